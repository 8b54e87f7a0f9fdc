"""The answer of a blocking call, with the names of ``requests.Response``."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any, Optional

from .base import BaseResponse
from .coding import decoded, decoded_pieces, decoder


class RawBody(io.RawIOBase):
    """The body as a raw file: what ``response.raw`` is in `requests`."""

    def __init__(self, response: Response) -> None:
        """Read from `response`."""
        super().__init__()
        self._response = response
        self._rest: Optional[io.BytesIO] = None
        self.status = response.status_code
        self.reason = response.reason
        self.headers = response.headers
        self.decode_content = False

    def readable(self) -> bool:
        """Say yes."""
        return True

    def _buffer(self) -> Optional[io.BytesIO]:
        """Return the body when it is in memory, else None."""
        if self._rest is None and self._response._body is not None:
            self._rest = io.BytesIO(self._response._body)
        return self._rest

    def read(
        self, amt: Optional[int] = -1, decode_content: Optional[bool] = None
    ) -> bytes:
        """Read `amt` bytes, fewer only at the end; everything without `amt`."""
        _ = decode_content
        buffer = self._buffer()
        if buffer is not None:
            return buffer.read(amt)
        stream = self._response._stream
        if amt is None or amt < 0:
            return b"".join(iter(stream.chunk, None))
        return bytes(stream.read(amt))

    def readinto(self, target: Any) -> int:
        """Fill `target` as far as possible."""
        data = self.read(len(target))
        target[: len(data)] = data
        return len(data)

    def stream(
        self, amt: int = 65536, decode_content: Optional[bool] = None
    ) -> Iterator[bytes]:
        """Iterate over pieces of at most `amt` bytes."""
        _ = decode_content
        return self._response.iter_content(amt)

    def release_conn(self) -> None:
        """Do nothing: connections return by themselves."""

    @property
    def closed(self) -> bool:
        """Whether nothing more can be read."""
        return super().closed or (
            self._response._body is None and self._response.closed
        )

    def close(self) -> None:
        """Close the connection if the body is still on it."""
        if not super().closed:
            super().close()
            self._response.close()


class Response(BaseResponse):
    """An answer; its body is read when it is asked for."""

    _raw: Optional[RawBody] = None

    @property
    def raw(self) -> RawBody:
        """The body as a raw file."""
        if self._raw is None:
            self._raw = RawBody(self)
        return self._raw

    def _loaded(self) -> bytes:
        if self._body is None:
            stream = self._stream
            chunks = iter(stream.chunk, None) if stream is not None else ()
            whole = b"".join(chunks)
            self._body = decoded(whole, self.headers.get("Content-Encoding"))
        return self._body

    def read(self) -> bytes:
        """Read the whole body."""
        return self._loaded()

    def iter_content(
        self, chunk_size: Optional[int] = 1, decode_unicode: bool = False
    ) -> Iterator[Any]:
        """Iterate over pieces of at most `chunk_size` bytes."""
        if chunk_size is not None and not isinstance(chunk_size, int):
            raise TypeError(
                f"chunk_size must be an int, it is instead a {type(chunk_size)}."
            )
        pieces: Iterator[Any]
        if self._body is not None:
            body, size = self._body, chunk_size or len(self._body) or 1
            pieces = (body[at : at + size] for at in range(0, len(body), size))
        elif chunk_size is None:
            pieces = self._stream.iter("http_chunks")
        else:
            pieces = self._stream.iter("pieces", size=chunk_size)
        tool = decoder(self.headers.get("Content-Encoding"))
        if tool is not None and self._body is None:
            pieces = decoded_pieces(pieces, tool)
        if decode_unicode and self.encoding:
            return _as_text(pieces, self.encoding)
        return pieces

    def iter_lines(
        self,
        chunk_size: int = 512,
        decode_unicode: bool = False,
        delimiter: Optional[Any] = None,
    ) -> Iterator[Any]:
        """Iterate over lines without their ends."""
        pending: Any = None
        for chunk in self.iter_content(chunk_size, decode_unicode):
            text = chunk if pending is None else pending + chunk
            lines = text.split(delimiter) if delimiter else text.splitlines()
            whole = not (lines and lines[-1] and text and lines[-1][-1] == text[-1])
            pending = None if whole else lines.pop()
            yield from lines
        if pending is not None:
            yield pending

    def __iter__(self) -> Iterator[bytes]:
        """Iterate over pieces of 128 bytes."""
        return self.iter_content(128)

    def __enter__(self) -> Response:  # noqa: PYI034 - Python 3.9 has no Self
        """Return the answer itself."""
        return self

    def __exit__(self, *_exc: object) -> None:
        """Close it."""
        self.close()


def _as_text(pieces: Iterator[bytes], encoding: str) -> Iterator[str]:
    import codecs

    decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
    for piece in pieces:
        text = decoder.decode(piece)
        if text:
            yield text
    text = decoder.decode(b"", final=True)
    if text:
        yield text
