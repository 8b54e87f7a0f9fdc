"""Output cut into lines, whatever the pieces it came in."""

from __future__ import annotations

from collections import deque
from typing import Any, Optional

from ... import errors

#: Bytes one line may have before the output is given up.
LINE_LIMIT = 16 << 20


class AsyncLines:
    """An iterator of lines over an iterator of pieces.

    A piece is bytes, or a pair of standard output and error of which one is None.
    The lines of the two are put together separately, so that a line is whole even
    when the other stream was written to in the middle of it. What follows the
    last line end comes as a line, too, when the output has ended.

    Args:
        pieces: Iterator of bytes or of pairs.
        demux: Give pairs; else the lines of both streams one after the other.
        end: What ends a line; it is not given.
    """

    def __init__(self, pieces: Any, *, demux: bool, end: bytes = b"\n") -> None:
        self._pieces = pieces
        self._demux = demux
        self._end = end
        #: The pieces of the line that has begun, for each stream.
        self._begun: tuple[list[bytes], list[bytes]] = ([], [])
        self._ready: deque[Any] = deque()
        self._ended = False

    def __aiter__(self) -> AsyncLines:
        """Return itself."""
        return self

    async def __anext__(self) -> Any:
        """Give the next line."""
        while not self._ready:
            if self._ended:
                raise StopAsyncIteration
            try:
                piece = await self._pieces.__anext__()
            except StopAsyncIteration:
                self._ended = True
                for stream in (0, 1):
                    if self._begun[stream]:
                        self._give(stream, b"".join(self._begun[stream]))
            else:
                out, err = piece if isinstance(piece, tuple) else (piece, None)
                self._cut(0, out)
                self._cut(1, err)
        return self._ready.popleft()

    def _cut(self, stream: int, data: Optional[bytes]) -> None:
        if not data:
            return
        begun = self._begun[stream]
        begun.append(data)
        if b"\n" in data:
            # Both are joined first: a line end may itself have been cut in two.
            *lines, rest = b"".join(begun).split(self._end)
            begun[:] = [rest] if rest else []
            for line in lines:
                self._give(stream, line)
        elif sum(map(len, begun)) > LINE_LIMIT:
            raise errors.StreamBroken(f"a line is longer than {LINE_LIMIT} bytes")

    def _give(self, stream: int, line: bytes) -> None:
        if self._demux:
            self._ready.append((line, None) if stream == 0 else (None, line))
        else:
            self._ready.append(line)
