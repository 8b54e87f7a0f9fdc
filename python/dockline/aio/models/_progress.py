"""Progress that is handed on to the caller, and watched on the way."""

from __future__ import annotations

from typing import Any, Optional

from ...transport.base import last_sent
from ...utils.progress import ProgressReader, failure, failure_in


class CheckedProgress:
    """An iterator over progress that does not let a failure pass for success.

    Every item is given as it came, the one that reports the failure too, so
    that programs which look for it themselves still find it; the next step
    raises. Everything else is left to the iterator inside.

    Args:
        stream: Iterator of bytes, text or decoded messages.
        action: What is going on, for the error.
    """

    def __init__(self, stream: Any, action: str) -> None:
        self._stream = stream
        self._items = stream.__aiter__()
        self._action = action
        self._sent = last_sent.get()
        self._reader = ProgressReader()
        self._failure: Optional[Exception] = None
        self._ended = False

    def __aiter__(self) -> CheckedProgress:
        return self

    async def __anext__(self) -> Any:
        if self._ended:
            raise StopAsyncIteration
        if self._failure is not None:
            self._ended = True
            raise self._failure
        try:
            item = await self._items.__anext__()
        except StopAsyncIteration:
            self._ended = True
            self._reader.finish()
            raise
        for message in self._reader.feed(item):
            words = failure_in(message)
            if words is not None and self._failure is None:
                self._failure = failure(self._action, words, self._sent)
        return item

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return getattr(self._stream, name)
