"""The works for blocking Python: `client.py MODULE WORK SIZE`, where MODULE is docker or dockline."""

import importlib
import json
import os
import sys
import threading

from measure import measured, settled, written

docker = importlib.import_module(sys.argv[1])


def ping(client, size, work):
    """Small requests one after another."""
    for _ in range(size):
        client.ping()
    work.amount = size


def inspect(client, size, work):
    """One container's details again and again."""
    for _ in range(size):
        client.api.inspect_container("c1")
    work.amount = size


def list_1000(client, size, work):
    """A list of 1000 containers to native objects."""
    for _ in range(size):
        assert len(client.api.containers(all=True)) == 1000
    work.amount = size * 1000


def list_objects(client, size, work):
    """A list of 100 container objects, each inspected."""
    for _ in range(size):
        assert len(client.containers.list(True, filters={"label": "hundred"})) == 100
    work.amount = size * 100


def log_lines(client, size, work):
    """80-byte log lines, one HTTP chunk per frame."""
    for _ in client.api.logs(f"lines-{size}", stream=True, follow=True):
        work.amount += 1


def log_frames(client, _size, work):
    """Log frames of 16 KiB."""
    for piece in client.api.logs("frames", stream=True, follow=True):
        work.amount += len(piece)


def two_gb(client, _size, work):
    """2 GB of logs: what memory that takes."""
    for piece in client.api.logs("two", stream=True, follow=True):
        work.amount += len(piece)


def log_whole(client, _size, work):
    """All of a log as one bytes object."""
    work.amount = len(client.api.logs("whole"))


def get_archive(client, _size, work):
    """A tar archive out of a container."""
    pieces, _stat = client.api.get_archive("c1", "/data")
    for piece in pieces:
        work.amount += len(piece)


def put_archive(client, _size, work):
    """A tar archive into a container, read from a file."""
    with open(os.environ["BENCH_FILE"], "rb") as file:
        client.api.put_archive("c1", "/data", file)
    work.amount = os.stat(os.environ["BENCH_FILE"]).st_size


def build(client, size, work):
    """A build context of small files."""
    folder = os.environ["BENCH_CONTEXT"]
    for step in client.api.build(path=folder, decode=True):
        assert "error" not in step, step
    work.amount = size


def events(client, size, work):
    """Events, decoded."""
    span = json.loads(os.environ["BENCH_EVENTS"])
    for _ in range(size):
        for _ in client.api.events(decode=True, **span):
            work.amount += 1


def stats(client, _size, work):
    """Samples of a container's statistics, decoded."""
    for _ in client.api.stats("c1", decode=True, stream=True):
        work.amount += 1


def pull(client, _size, work):
    """Progress of a pull, decoded."""
    image = os.environ.get("BENCH_IMAGE", "busybox")
    for _ in client.api.pull(image, tag="latest", stream=True, decode=True):
        work.amount += 1


def exec_lines(client, _size, work):
    """80-byte lines of an exec."""
    for _ in client.api.exec_start(os.environ["BENCH_EXEC"], stream=True):
        work.amount += 1


def exec_bytes(client, _size, work):
    """All that an exec writes, in frames as large as they come."""
    for piece in client.api.exec_start(os.environ["BENCH_EXEC"], stream=True):
        work.amount += len(piece)


def exec_echo(client, size, work):
    """Bytes to and fro on an exec's socket."""
    raw = client.api.exec_start(os.environ["BENCH_EXEC"], socket=True)
    connection = getattr(raw, "_sock", raw)
    back = int(os.environ["BENCH_ECHO"])
    for _ in range(size):
        connection.sendall(b"x" * 64)
        left = back
        while left:
            left -= len(connection.recv(left))
    work.amount = size


def exec_behind(client, size, work):
    """8 KiB that arrive with the head of the 101: how many times all of it came."""
    lost = 0
    for _ in range(size):
        raw = client.api.exec_start(os.environ["BENCH_EXEC"], socket=True)
        # What was lost never comes; three times are enough to know.
        getattr(raw, "_sock", raw).settimeout(2)
        got = 0
        try:
            while got < 8192:
                data = raw.read(8192 - got)
                if not data:
                    break
                got += len(data)
        except OSError:
            lost += 1
        raw.close()
        if lost == 3:
            break
        work.amount += got == 8192


def followers(client, size, work):
    """So many log followers at once, a thread each."""
    counts = [0] * size

    def follow(number):
        for _ in client.api.logs("drip", stream=True, follow=True):
            counts[number] += 1

    threads = [
        threading.Thread(target=follow, args=(number,)) for number in range(size)
    ]
    for thread in threads:
        thread.start()
    work.note_threads()
    for thread in threads:
        thread.join()
    work.amount = sum(counts)


def pause(client, _size, work):
    """A reader that stops after one line: bytes the client has taken from the socket."""
    before = written()
    stream = client.api.logs("endless", stream=True, follow=True)
    next(iter(stream))
    taken = settled(written) - before
    work.amount = max(0, taken - int(os.environ["BENCH_SOCKET_ROOM"]))


def main():
    """Measure one work."""
    work, size = globals()[sys.argv[2]], int(sys.argv[3])
    client = docker.DockerClient(
        base_url=os.environ["DOCKER_HOST"], version="1.51", timeout=600
    )
    client.ping()
    with measured() as measurement:
        work(client, size, measurement)


main()
