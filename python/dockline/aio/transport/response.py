"""The answer of an awaited call, with the names of ``requests.Response``.

Whatever may wait for the engine is a coroutine or an async iterator; `content`,
`text` and `json` need the body in memory, which `read` sees to.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any, Optional

from ...transport.base import BaseResponse
from ...transport.coding import AsyncDecodedPieces, decoded, decoder


class AsyncRawBody:
    """The body as an asynchronous file."""

    def __init__(self, response: AsyncResponse) -> None:
        """Read from `response`."""
        self._response = response
        self._position = 0
        self.status = response.status_code
        self.reason = response.reason
        self.headers = response.headers

    async def read(self, amt: Optional[int] = None) -> bytes:
        """Read `amt` bytes, fewer only at the end; everything without `amt`."""
        response = self._response
        if response._body is None:
            if amt is None or amt < 0:
                return await _everything(response._stream)
            return bytes(await response._stream.read(amt))
        start = self._position
        end = len(response._body) if amt is None or amt < 0 else start + amt
        self._position = min(end, len(response._body))
        return response._body[start:end]

    @property
    def closed(self) -> bool:
        """Whether nothing more can be read from the connection."""
        return self._response.closed

    def close(self) -> None:
        """Close the connection if the body is still on it."""
        self._response.close()


async def _everything(stream: Any) -> bytes:
    chunks = []
    while stream is not None:
        chunk = await stream.chunk()
        if chunk is None:
            break
        chunks.append(chunk)
    return b"".join(chunks)


class AsyncResponse(BaseResponse):
    """An answer; await `read` before asking for its content."""

    _raw: Optional[AsyncRawBody] = None

    @property
    def raw(self) -> AsyncRawBody:
        """The body as an asynchronous file."""
        if self._raw is None:
            self._raw = AsyncRawBody(self)
        return self._raw

    def _loaded(self) -> bytes:
        if self._body is None:
            raise RuntimeError("the body was not read: `await response.read()` first")
        return self._body

    async def read(self) -> bytes:
        """Read the whole body."""
        if self._body is None:
            whole = await _everything(self._stream)
            self._body = decoded(whole, self.headers.get("Content-Encoding"))
        return self._body

    def iter_content(
        self, chunk_size: Optional[int] = 1, decode_unicode: bool = False
    ) -> AsyncIterator[bytes]:
        """Iterate over pieces of at most `chunk_size` bytes."""
        _ = decode_unicode
        if self._body is not None:
            return _Pieces(self._body, chunk_size)
        kind = "http_chunks" if chunk_size is None else "pieces"
        pieces: AsyncIterator[bytes] = self._stream.iter(kind, size=chunk_size or 0)
        tool = decoder(self.headers.get("Content-Encoding"))
        return pieces if tool is None else AsyncDecodedPieces(pieces, tool)

    async def __aenter__(self) -> AsyncResponse:  # noqa: PYI034 - Python 3.9 has no Self
        """Return the answer itself."""
        return self

    async def __aexit__(self, *_exc: object) -> None:
        """Close it."""
        self.close()


class _Pieces:
    """Pieces of a body that is in memory."""

    def __init__(self, body: bytes, size: Optional[int]) -> None:
        self._body = body
        self._size = size or max(len(body), 1)
        self._at = 0

    def __aiter__(self) -> _Pieces:
        return self

    async def __anext__(self) -> bytes:
        if self._at >= len(self._body):
            raise StopAsyncIteration
        piece = self._body[self._at : self._at + self._size]
        self._at += self._size
        return piece
