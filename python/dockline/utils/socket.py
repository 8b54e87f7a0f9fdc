"""Reading a hijacked connection by hand: sockets, file-like objects, pipes.

For programs that hold a socket from `attach_socket` or `exec_start`; dockline's
own streams do not come this way.
"""

from __future__ import annotations

import errno
import os
import select
import socket as pysocket
import struct
from collections.abc import Iterable, Iterator
from typing import Any, Optional

STDOUT = 1
STDERR = 2

#: Windows' code for a pipe whose other end is gone.
NPIPE_ENDED = 109

#: docker-py's own class for named pipes; here they come as ordinary sockets.
NpipeSocket = type(None)

_TRY_AGAIN = frozenset((errno.EINTR, errno.EDEADLK, errno.EWOULDBLOCK))


class SocketError(Exception):
    """The connection ended in the middle of something."""


def _wait_readable(socket: Any) -> None:
    """Wait until there is something to read, or the other side is gone."""
    if hasattr(select, "poll"):
        poll = select.poll()
        poll.register(socket, select.POLLIN | select.POLLPRI)
        poll.poll()
    else:
        select.select([socket], [], [])


def read(socket: Any, n: int = 4096) -> Optional[bytes]:
    """Read at most `n` bytes; None when it should be tried again."""
    _wait_readable(socket)
    try:
        if hasattr(socket, "recv"):
            received: bytes = socket.recv(n)
            return received
        if isinstance(socket, pysocket.SocketIO):
            return socket.read(n)
        return os.read(socket.fileno(), n)
    except OSError as error:
        if error.errno not in _TRY_AGAIN:
            raise
        return None


def read_exactly(socket: Any, n: int) -> bytes:
    """Read `n` bytes; SocketError when the connection ends before."""
    data = b""
    while len(data) < n:
        more = read(socket, n - len(data))
        if not more:
            raise SocketError("Unexpected EOF")
        data += more
    return data


def next_frame_header(socket: Any) -> tuple[int, int]:
    """Read the header of the next frame: stream and size; (-1, -1) at the end."""
    try:
        header = read_exactly(socket, 8)
    except SocketError:
        return (-1, -1)
    stream, size = struct.unpack(">BxxxL", header)
    return (stream, size)


def frames_iter(socket: Any, tty: bool) -> Iterator[tuple[int, bytes]]:
    """Iterate over (stream, data); with a terminal everything is stdout."""
    if tty:
        return ((STDOUT, data) for data in frames_iter_tty(socket))
    return frames_iter_no_tty(socket)


def frames_iter_no_tty(socket: Any) -> Iterator[tuple[int, bytes]]:
    """Iterate over (stream, data) of a multiplexed connection."""
    while True:
        stream, left = next_frame_header(socket)
        if left < 0:
            return
        while left > 0:
            data = read(socket, left)
            if data is None:
                continue
            if not data:
                return
            left -= len(data)
            yield (stream, data)


def frames_iter_tty(socket: Any) -> Iterator[bytes]:
    """Iterate over what a terminal shows."""
    while True:
        data = read(socket)
        if data is None:
            continue
        if not data:
            return
        yield data


def consume_socket_output(frames: Iterable[Any], demux: bool = False) -> Any:
    """Join all frames: bytes, or with `demux` a tuple (stdout, stderr)."""
    if not demux:
        return b"".join(frames)
    sides: list[Optional[bytearray]] = [None, None]
    for frame in frames:
        side = 0 if frame[0] is not None else 1
        buffer = sides[side]
        if buffer is None:
            buffer = sides[side] = bytearray()
        buffer += frame[side]
    return tuple(None if side is None else bytes(side) for side in sides)


def demux_adaptor(
    stream_id: int, data: bytes
) -> tuple[Optional[bytes], Optional[bytes]]:
    """Put data where its stream belongs: (stdout, None) or (None, stderr)."""
    if stream_id == STDOUT:
        return (data, None)
    if stream_id == STDERR:
        return (None, data)
    raise ValueError(f"{stream_id} is not a valid stream")
