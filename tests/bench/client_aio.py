"""The works for asyncio Python: `client_aio.py dockline WORK SIZE`."""

import asyncio
import os
import sys

from measure import measured

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
        assert len(await client.containers.list(filters={"label": "hundred"})) == 100
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


async def build(client, _size, work):
    """A build context of 10,000 small files."""
    async for _ in await client.api.build(
        path=os.environ["BENCH_CONTEXT"], decode=True
    ):
        pass
    work.amount = 10_000


async def _count(stream, work):
    async for _ in stream:
        work.amount += 1


async def _opened(stream):
    return await stream if asyncio.iscoroutine(stream) else stream


async def events(client, _size, work):
    """Events, decoded."""
    await _count(await _opened(client.api.events(decode=True)), work)


async def stats(client, _size, work):
    """Samples of a container's statistics, decoded."""
    await _count(await _opened(client.api.stats("c1", decode=True, stream=True)), work)


async def pull(client, _size, work):
    """Progress of a pull, decoded."""
    stream = client.api.pull("busybox", tag="latest", stream=True, decode=True)
    await _count(await _opened(stream), work)


async def exec_lines(client, size, work):
    """80-byte lines of an exec."""
    await _count(await client.api.exec_start(f"flood-{size}", stream=True), work)


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
