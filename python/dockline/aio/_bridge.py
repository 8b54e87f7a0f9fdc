"""Reading an asynchronous file from a thread of its own."""

from __future__ import annotations

import asyncio
from typing import Any


class Bridge:
    """A file whose `read` waits for that of an asynchronous file.

    For worker threads only: on the loop's own thread it would wait for itself.
    """

    def __init__(self, file: Any, loop: asyncio.AbstractEventLoop) -> None:
        """Read from `file`, which lives on `loop`."""
        self._file = file
        self._loop = loop

    def read(self, size: int = -1) -> bytes:
        """Read `size` bytes, fewer only at the end."""
        reading = asyncio.run_coroutine_threadsafe(self._file.read(size), self._loop)
        return bytes(reading.result())
