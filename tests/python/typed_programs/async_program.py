"""A typed program on `dockline.aio`: tasks that follow logs, events and statistics."""

from __future__ import annotations

import asyncio
from typing import Any

from dockline import aio
from dockline.aio.models.containers import Container
from dockline.errors import NotFound


async def follow(container: Container, lines: asyncio.Queue[bytes]) -> None:
    stream = await container.logs(stream=True, follow=True)
    async for chunk in stream:
        await lines.put(chunk)


async def watch(client: aio.AsyncDockerClient) -> list[str]:
    seen: list[str] = []
    async for event in await client.events(decode=True):
        seen.append(event["Action"])
        if event["Action"] == "die":
            break
    return seen


async def run(client: aio.AsyncDockerClient, image: str, *command: str) -> int:
    container: Container = await client.containers.create(image, list(command))
    try:
        await container.start()
        lines: asyncio.Queue[bytes] = asyncio.Queue()
        task = asyncio.create_task(follow(container, lines))
        ended: dict[str, Any] = await container.wait()
        await task
        while not lines.empty():
            print(lines.get_nowait())
        return int(ended["StatusCode"])
    finally:
        await container.remove(force=True)


async def main() -> None:
    async with aio.AsyncDockerClient("unix:///var/run/docker.sock") as client:
        events = asyncio.create_task(watch(client))
        codes = await asyncio.gather(
            *(run(client, "busybox", "true") for _ in range(3))
        )
        print(codes, await events)
        try:
            image = await client.images.get("missing")
            print(image.tags)
        except NotFound as error:
            print(error.explanation)
        low: aio.AsyncAPIClient = client.api
        print((await low.version())["ApiVersion"])


if __name__ == "__main__":
    asyncio.run(main())
