"""JSON values out of text that was cut anywhere.

For programs that import these helpers; dockline's own streams are split by the
core, which gives whole values.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any, Callable, Optional, Union

from ..errors import StreamParseError

json_decoder = json.JSONDecoder()

Splitter = Callable[[str], Optional[tuple[Any, str]]]


def stream_as_text(stream: Iterable[Union[str, bytes]]) -> Iterator[str]:
    """Decode the pieces of a stream that are bytes, replacing what is no UTF-8."""
    for piece in stream:
        yield piece if isinstance(piece, str) else piece.decode("utf-8", "replace")


def json_splitter(buffer: str) -> Optional[tuple[Any, str]]:
    """Take the first value off a text; None when it is not complete."""
    buffer = buffer.strip()
    try:
        value, end = json_decoder.raw_decode(buffer)
    except ValueError:
        return None
    return value, buffer[end:].lstrip(" \t\n\r")


def json_stream(stream: Iterable[Union[str, bytes]]) -> Iterator[Any]:
    """Iterate over the values of a stream, however they are separated."""
    return split_buffer(stream, json_splitter, json_decoder.decode)


def line_splitter(buffer: str, separator: str = "\n") -> Optional[tuple[str, str]]:
    """Take the first line, with its end, off a text; None when there is none."""
    head, found, rest = buffer.partition(str(separator))
    return (head + found, rest) if found else None


def split_buffer(
    stream: Iterable[Union[str, bytes]],
    splitter: Optional[Splitter] = None,
    decoder: Callable[[str], Any] = lambda text: text,
) -> Iterator[Any]:
    """Iterate over what `splitter` takes off the joined pieces of a stream.

    What is left at the end goes through `decoder`; when that fails,
    `StreamParseError` is raised.
    """
    split = splitter or line_splitter
    waiting = ""
    for piece in stream_as_text(stream):
        waiting += piece
        found = split(waiting)
        while found is not None:
            item, waiting = found
            yield item
            found = split(waiting)
    if waiting:
        try:
            last = decoder(waiting)
        except Exception as error:
            raise StreamParseError(error) from error
        yield last
