"""Streams that another thread or task can close."""

from __future__ import annotations

from collections.abc import AsyncIterator, Generator, Iterator
from typing import TYPE_CHECKING, Any

from .._elsewhere import elsewhere


class CancellableStream:
    """An iterator over logs, events or output that can be closed at any time.

    `close` works from any thread: a read in progress returns and the iteration
    ends cleanly. A stream that breaks raises instead.

    >>> events = client.events()
    >>> for event in events:
    ...     print(event)
    >>> events.close()  # for example from another thread
    """

    def __init__(self, stream: Any, response: Any) -> None:
        """Wrap an iterator and the answer it reads from."""
        self._stream = stream
        self._response = response

    def __iter__(self) -> Iterator[Any]:
        """Iterate; the wrapped iterator itself is faster than `__next__`."""
        if type(self) is CancellableStream:
            return iter(self._stream)
        return self

    def __next__(self) -> Any:
        """Give the next item."""
        return next(self._stream)

    next = __next__

    def close(self) -> None:
        """Close the stream and its connection."""
        self._response.close()


class Closed:
    """What `close` gives in the asynchronous package: it is done; awaiting it is allowed."""

    def __await__(self) -> Generator[None, None, None]:
        """Give None at once."""
        yield from ()


class AsyncCancellableStream:
    """An asynchronous iterator that can be closed from anywhere.

    Cancelling the task that waits for an item closes the connection, too.
    """

    def __init__(self, stream: Any, response: Any) -> None:
        """Wrap an asynchronous iterator and the answer it reads from."""
        self._stream = stream
        self._response = response

    def __aiter__(self) -> AsyncIterator[Any]:
        """Iterate."""
        iterator: AsyncIterator[Any] = self._stream.__aiter__()
        return iterator

    async def __anext__(self) -> Any:
        """Give the next item."""
        return await self._stream.__anext__()

    def close(self) -> Closed:
        """Close the stream and its connection; it may be awaited."""
        self._response.close()
        return Closed()


if not TYPE_CHECKING:
    # More names that docker-py has here.
    __getattr__ = elsewhere(__name__)
