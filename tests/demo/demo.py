"""A script written for docker-py: nothing in it knows of dockline.

`python -m dockline demo.py` runs it on dockline; plain `python demo.py` runs it on docker-py.
"""

import sys
import time

import docker

GIB = 1 << 30
LINE = 8192
TALK = 'for i in 1 2 3 4; do echo "cask $i of 4 is aboard"; sleep 0.3; done; echo "the fifth fell in" >&2; exit 3'
FLOOD = f"yes \"$(printf '%{LINE - 1}s' | tr ' ' x)\" | head -c {GIB}"


def memory(field):
    """One of this process's sizes, in MiB."""
    with open("/proc/self/status") as status:
        for line in status:
            if line.startswith(field + ":"):
                return int(line.split()[1]) / 1024
    raise LookupError(field)


def follow(client):
    """Print a container's lines as they come, and its exit code."""
    container = client.containers.run(
        "busybox", ["sh", "-c", TALK], detach=True, name="dockline-demo-py"
    )
    try:
        begin = time.monotonic()
        for line in container.logs(stream=True, follow=True):
            print(
                f"  +{time.monotonic() - begin:4.1f} s  {line.decode().rstrip()}",
                flush=True,
            )
        print(f"  exit code {container.wait()['StatusCode']}")
    finally:
        container.remove(force=True)


def fail(client):
    """Pull what is not there."""
    try:
        client.images.pull("127.0.0.1:5000/library/no-such-image", tag="latest")
    except docker.errors.APIError as error:
        print(f"  {type(error).__name__}: {error}")
    else:
        sys.exit("a pull of an image that does not exist came back as if it had worked")


def flood(client):
    """Follow 1 GiB of logs and look at what it cost."""
    idle = memory("VmRSS")
    container = client.containers.run(
        "busybox", ["sh", "-c", FLOOD], detach=True, name="dockline-demo-flood-py"
    )
    try:
        begin = time.monotonic()
        received = sum(len(piece) for piece in container.logs(stream=True, follow=True))
        seconds = time.monotonic() - begin
    finally:
        container.remove(force=True)
    peak = memory("VmHWM")
    print(
        f"  {received / GIB:.3f} GiB in {seconds:.1f} s; peak {peak:.1f} MiB, {peak - idle:.1f} MiB above idle"
    )
    if received != GIB:
        sys.exit(f"{received} bytes came instead of {GIB}")
    if peak - idle > 32:
        sys.exit("that is more than 32 MiB above idle")


def main():
    """Run the whole tour."""
    client = docker.from_env()
    print(f"endpoint    {getattr(client, 'endpoint', client.api.base_url)}")
    print(
        f"engine      {client.version()['Version']}, API {client.api.api_version} negotiated"
    )
    print("following a container:")
    follow(client)
    print("a pull that fails:")
    fail(client)
    print("1 GiB of logs:")
    flood(client)
    client.close()


main()
