"""Content codings: what an engine compressed because it was asked to."""

from __future__ import annotations

import zlib
from collections.abc import AsyncIterator, Iterator
from typing import Any, Optional

#: Window sizes that make zlib take a gzip header, or find out by itself.
_GZIP = 16 + zlib.MAX_WBITS
_CODINGS = {"gzip": _GZIP, "x-gzip": _GZIP, "deflate": 32 + zlib.MAX_WBITS}


def decoder(coding: Optional[str]) -> Any:
    """Give a decompressor for the value of Content-Encoding, or None."""
    window = _CODINGS.get((coding or "").strip().lower())
    return None if window is None else zlib.decompressobj(window)


def decoded(body: bytes, coding: Optional[str]) -> bytes:
    """Decompress a whole body."""
    tool = decoder(coding)
    if tool is None or not body:
        return body
    return bytes(tool.decompress(body) + tool.flush())


def decoded_pieces(pieces: Iterator[bytes], tool: Any) -> Iterator[bytes]:
    """Decompress a body piece by piece."""
    for piece in pieces:
        data = tool.decompress(piece)
        if data:
            yield data
    data = tool.flush()
    if data:
        yield data


class AsyncDecodedPieces:
    """Decompresses a body piece by piece."""

    def __init__(self, pieces: AsyncIterator[bytes], tool: Any) -> None:
        """Read from `pieces`."""
        self._pieces = pieces
        self._tool = tool

    def __aiter__(self) -> AsyncDecodedPieces:
        """Return itself."""
        return self

    async def __anext__(self) -> bytes:
        """Give the next decompressed piece."""
        while self._tool is not None:
            try:
                data = self._tool.decompress(await self._pieces.__anext__())
            except StopAsyncIteration:
                data, self._tool = self._tool.flush(), None
            if data:
                return bytes(data)
        raise StopAsyncIteration
