"""The asynchronous client behind blocking names, so that one case serves it, too.

Every coroutine is awaited on an event loop in a thread of its own; asynchronous iterators become iterators.
"""

from __future__ import annotations

import asyncio
import inspect
import threading
from typing import Any, Iterator

import dockline.aio
from dockline.aio.models.resource import Collection, Model
from dockline.types.daemon import AsyncCancellableStream


class Loop:
    """An event loop in a thread."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self._thread.start()

    def call(self, function: Any, *args: Any, **kwargs: Any) -> Any:
        """Call on the loop, and await what comes of it."""

        async def called() -> Any:
            given = function(*args, **kwargs)
            return await given if inspect.isawaitable(given) else given

        return asyncio.run_coroutine_threadsafe(called(), self.loop).result(120)

    def stop(self) -> None:
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join()
        self.loop.close()


class Items:
    """An asynchronous iterator as an iterator."""

    def __init__(self, loop: Loop, items: Any) -> None:
        self._loop = loop
        self._inside = items

    def __iter__(self) -> Iterator[Any]:
        return self

    def __next__(self) -> Any:
        try:
            return self._loop.call(self._inside.__anext__)
        except StopAsyncIteration:
            raise StopIteration from None

    def __getattr__(self, name: str) -> Any:
        return wrapped(self._loop, getattr(self._inside, name))


class Thing:
    """An object whose coroutine methods block."""

    def __init__(self, loop: Loop, inside: Any) -> None:
        self.__dict__.update(_loop=loop, _inside=inside)

    def __getattr__(self, name: str) -> Any:
        return wrapped(self._loop, getattr(self._inside, name))

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        args = tuple(getattr(arg, "_inside", arg) for arg in args)
        kwargs = {name: getattr(arg, "_inside", arg) for name, arg in kwargs.items()}
        return wrapped(self._loop, self._loop.call(self._inside, *args, **kwargs))

    def __eq__(self, other: object) -> bool:
        return bool(self._inside == getattr(other, "_inside", other))

    def __hash__(self) -> int:
        return hash(self._inside)

    def __repr__(self) -> str:
        return repr(self._inside)


def wrapped(loop: Loop, value: Any) -> Any:
    """Make a value of the asynchronous client look like one of the blocking client."""
    if inspect.isawaitable(value):
        value = loop.call(lambda: value)
    if hasattr(value, "__anext__") or isinstance(value, AsyncCancellableStream):
        return Items(loop, value)
    if isinstance(value, (Model, Collection, dockline.aio.AsyncAPIClient)) or callable(
        value
    ):
        return Thing(loop, value)
    if isinstance(value, list) and any(isinstance(item, Model) for item in value):
        return [wrapped(loop, item) for item in value]
    if isinstance(value, tuple):
        items = [wrapped(loop, item) for item in value]
        return type(value)(*items) if hasattr(value, "_fields") else tuple(items)
    return value


class AioClient(Thing):
    """`dockline.aio.AsyncDockerClient`, blocking."""

    def __init__(self, address: str) -> None:
        super().__init__(Loop(), dockline.aio.AsyncDockerClient(address))

    def close(self) -> None:
        self._inside.close()
        self._loop.stop()
