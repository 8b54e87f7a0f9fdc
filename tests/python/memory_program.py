"""What `test_memory.py` measures, one work in a process: ``memory_program.py sync|aio WORK URL``."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from typing import Any

import dockline
from dockline import aio


def status(name: str) -> int:
    """A row of the kernel's account of this process: bytes, or a number."""
    with open("/proc/self/status", encoding="utf-8") as rows:
        for row in rows:
            if row.startswith(name + ":"):
                value = int(row.split()[1])
                return value if name == "Threads" else value * 1024
    raise KeyError(name)


def say(**facts: Any) -> None:
    """Tell the test."""
    print(json.dumps(facts), flush=True)


def idle() -> int:
    """Begin to measure: what is there now, and the peak forgotten."""
    with open("/proc/self/clear_refs", "w", encoding="utf-8") as file:
        file.write("5")
    return status("VmRSS")


def sync(work: str, url: str) -> None:
    """Do it with the blocking client."""
    client = dockline.APIClient(base_url=url, version="1.41")
    name = work.partition(" ")[2] or "c1"
    work = work.partition(" ")[0]
    client.inspect_container(name)
    before, received = idle(), 0
    if work == "whole":
        received = len(client.logs(name))
    elif work == "archive":
        for piece in client.get_archive(name, "/")[0]:
            received += len(piece)
    elif work == "pause":
        stream = iter(client.logs(name, stream=True, follow=True))
        say(idle=before, received=len(next(stream)))
        sys.stdin.readline()
    else:
        slow = work == "slow"
        end = time.monotonic() + 20
        for number, piece in enumerate(client.logs(name, stream=True, follow=True)):
            received += len(piece)
            if slow and number % 1000 == 0:
                time.sleep(0.005)
                if time.monotonic() > end:
                    break
    say(idle=before, received=received, now=status("VmRSS"), peak=status("VmHWM"))


async def asynchronous(work: str, url: str) -> None:
    """Do it with the client for event loops."""
    client = aio.AsyncAPIClient(base_url=url, version="1.41")
    await client.inspect_container("c1")
    before, received = idle(), 0
    if work == "whole":
        received = len(await client.logs("c1"))
    elif work == "followers":
        received = await followers(client, before)
    else:
        stream = (await client.logs("c1", stream=True, follow=True)).__aiter__()
        if work == "pause":
            say(idle=before, received=len(await stream.__anext__()))
            sys.stdin.readline()
        else:
            async for piece in stream:
                received += len(piece)
    say(idle=before, received=received, now=status("VmRSS"), peak=status("VmHWM"))


async def followers(client: Any, before: int) -> int:
    """Five hundred streams; says so when each has given its first line."""
    ready = asyncio.Semaphore(0)

    async def follow() -> int:
        received, first = 0, True
        async for piece in await client.logs("c1", stream=True, follow=True):
            received += len(piece)
            if first:
                ready.release()
                first = False
        return received

    tasks = [asyncio.ensure_future(follow()) for _ in range(500)]
    for _ in tasks:
        await ready.acquire()
    say(idle=before, threads=status("Threads"))
    return sum(await asyncio.gather(*tasks))


def main() -> None:
    """Do the work named."""
    api, work, url = sys.argv[1:]
    if api == "sync":
        sync(work, url)
    else:
        asyncio.run(asynchronous(work, url))


main()
