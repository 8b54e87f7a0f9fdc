"""A tar archive on its way: an iterator of pieces, and a file to read from."""

from __future__ import annotations

# sync-only: import io
from typing import Any, Optional

from .._flow import Closed

ArchiveBase = object  # async-only
# sync-only: ArchiveBase = io.RawIOBase


class AsyncArchive(ArchiveBase):
    """What `get_archive` gives.

    Iterate over it, as docker-py's programs do, or read from it as from a file
    that cannot seek; both may be mixed, no byte is lost. Pieces go through as
    they arrive, so that memory stays flat. Closing it early closes the
    connection.
    """

    def __init__(self, pieces: Any, response: Any) -> None:
        """Take an iterator of bytes and the answer it reads from."""
        super().__init__()
        self._pieces = pieces
        self._response = response
        #: What is left of the piece that was read last.
        self._rest = memoryview(b"")

    def readable(self) -> bool:
        """Say yes."""
        return True

    def __aiter__(self) -> AsyncArchive:
        """Return itself."""
        return self

    async def __anext__(self) -> bytes:
        """Give the next piece."""
        if self._rest:
            rest, self._rest = bytes(self._rest), memoryview(b"")
            return rest
        piece: bytes = await self._pieces.__anext__()
        return piece

    async def read(self, size: Optional[int] = -1) -> bytes:
        """Read `size` bytes, fewer only at the end; everything by default.

        Args:
            size: Number of bytes; None or a negative number for all.
        """
        left = None if size is None or size < 0 else size
        parts = []
        while left is None or left > 0:
            if not self._rest:
                try:
                    self._rest = memoryview(await self._pieces.__anext__())
                except StopAsyncIteration:
                    break
            part = self._rest[:left]
            self._rest = self._rest[len(part) :]
            left = None if left is None else left - len(part)
            parts.append(part)
        return b"".join(parts)

    async def readinto(self, target: Any) -> int:
        """Fill a writable buffer as far as possible; give the number of bytes."""
        data = await self.read(len(target))
        target[: len(data)] = data
        return len(data)

    def close(self) -> Closed:
        """Close the connection; safe to repeat, and from another thread."""
        self._rest = memoryview(b"")
        close = getattr(self._response, "close", None)
        if close is not None:
            close()
        # sync-only: super().close()
        return Closed()  # async-only

    async def __aenter__(self) -> AsyncArchive:  # noqa: PYI034
        """Return the archive itself."""
        return self

    async def __aexit__(self, *_exc: object) -> None:
        """Close it."""
        self.close()
