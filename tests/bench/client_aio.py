"""The works for asyncio Python: `client_aio.py dockline WORK SIZE`."""

import asyncio
import json
import os
import sys

from measure import measured, settled, written

from dockline.aio import AsyncDockerClient


async def ping(client, size, work):
    """Small requests one after another."""
    for _ in range(size):
        await client.ping()
    work.amount = size


async def inspect(client, size, work):
    """One container's details again and again."""
    for _ in range(size):
        await client.api.inspect_container("c1")
    work.amount = size


async def list_1000(client, size, work):
    """A list of 1000 containers to native objects."""
    for _ in range(size):
        assert len(await client.api.containers(all=True)) == 1000
    work.amount = size * 1000


async def list_objects(client, size, work):
    """A list of 100 container objects, each inspected."""
    for _ in range(size):
        found = await client.containers.list(True, filters={"label": "hundred"})
        assert len(found) == 100
    work.amount = size * 100


async def log_lines(client, size, work):
    """80-byte log lines, one HTTP chunk per frame."""
    async for _ in await client.api.logs(f"lines-{size}", stream=True, follow=True):
        work.amount += 1


async def log_frames(client, _size, work):
    """Log frames of 16 KiB."""
    async for piece in await client.api.logs("frames", stream=True, follow=True):
        work.amount += len(piece)


async def two_gb(client, _size, work):
    """2 GB of logs: what memory that takes."""
    async for piece in await client.api.logs("two", stream=True, follow=True):
        work.amount += len(piece)


async def log_whole(client, _size, work):
    """All of a log as one bytes object."""
    work.amount = len(await client.api.logs("whole"))


async def get_archive(client, _size, work):
    """A tar archive out of a container."""
    pieces, _stat = await client.api.get_archive("c1", "/data")
    async for piece in pieces:
        work.amount += len(piece)


async def put_archive(client, _size, work):
    """A tar archive into a container, read from a file."""
    with open(os.environ["BENCH_FILE"], "rb") as file:  # noqa: ASYNC230 - nothing else runs here
        await client.api.put_archive("c1", "/data", file)
    work.amount = os.stat(os.environ["BENCH_FILE"]).st_size


async def build(client, size, work):
    """A build context of small files."""
    folder = os.environ["BENCH_CONTEXT"]
    async for step in await client.api.build(path=folder, decode=True):
        assert "error" not in step, step
    work.amount = size


async def _count(stream, work):
    async for _ in stream:
        work.amount += 1


async def _opened(stream):
    return await stream if asyncio.iscoroutine(stream) else stream


async def events(client, size, work):
    """Events, decoded."""
    span = json.loads(os.environ["BENCH_EVENTS"])
    for _ in range(size):
        await _count(await _opened(client.api.events(decode=True, **span)), work)


async def stats(client, _size, work):
    """Samples of a container's statistics, decoded."""
    await _count(await _opened(client.api.stats("c1", decode=True, stream=True)), work)


async def pull(client, _size, work):
    """Progress of a pull, decoded."""
    image = os.environ.get("BENCH_IMAGE", "busybox")
    stream = client.api.pull(image, tag="latest", stream=True, decode=True)
    await _count(await _opened(stream), work)


async def exec_lines(client, _size, work):
    """80-byte lines of an exec."""
    number = os.environ["BENCH_EXEC"]
    await _count(await client.api.exec_start(number, stream=True), work)


async def exec_bytes(client, _size, work):
    """All that an exec writes, in frames as large as they come."""
    number = os.environ["BENCH_EXEC"]
    async for piece in await client.api.exec_start(number, stream=True):
        work.amount += len(piece)


async def exec_echo(client, size, work):
    """Bytes to and fro on an exec's socket, which asyncio itself waits for."""
    loop = asyncio.get_running_loop()
    raw = await client.api.exec_start(os.environ["BENCH_EXEC"], socket=True)
    connection = raw._sock
    connection.setblocking(False)
    back = int(os.environ["BENCH_ECHO"])
    for _ in range(size):
        await loop.sock_sendall(connection, b"x" * 64)
        left = back
        while left:
            left -= len(await loop.sock_recv(connection, left))
    work.amount = size


async def exec_behind(client, size, work):
    """8 KiB that arrive with the head of the 101: how many times all of it came."""
    for _ in range(size):
        raw = await client.api.exec_start(os.environ["BENCH_EXEC"], socket=True)
        raw._sock.settimeout(2)
        work.amount += len(raw.read(8192)) == 8192
        raw.close()


async def pause(client, _size, work):
    """A reader that stops after one line: bytes the client has taken from the socket."""
    before = written()
    stream = await client.api.logs("endless", stream=True, follow=True)
    await stream.__anext__()
    loop = asyncio.get_running_loop()
    taken = await loop.run_in_executor(None, settled, written) - before
    work.amount = max(0, taken - int(os.environ["BENCH_SOCKET_ROOM"]))


async def followers(client, size, work):
    """So many log followers at once, a task each."""

    async def follow():
        count = 0
        async for _ in await client.api.logs("drip", stream=True, follow=True):
            count += 1
        return count

    tasks = [asyncio.ensure_future(follow()) for _ in range(size)]
    await asyncio.sleep(0.5)
    work.note_threads()
    work.amount = sum(await asyncio.gather(*tasks))


async def main():
    """Measure one work."""
    work, size = globals()[sys.argv[2]], int(sys.argv[3])
    client = AsyncDockerClient(
        base_url=os.environ["DOCKER_HOST"], version="1.51", timeout=600
    )
    await client.ping()
    with measured() as measurement:
        await work(client, size, measurement)


asyncio.run(main())
