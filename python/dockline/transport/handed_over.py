"""The connection of an attach or exec as programs expect it: a `SocketIO` around a socket.

Some keep the file-like object, some only its ``_sock``. Closing the first closes
the connection; dropping it leaves the connection to whoever holds the second.
"""

from __future__ import annotations

import socket
from typing import Any


class ConnectionSocket(socket.socket):
    """A socket that closes without a warning when nobody holds it any more."""

    def __del__(self) -> None:
        """Close it."""
        self.close()


class SocketIO(socket.SocketIO):
    """Reads and writes the socket in ``_sock``; named as programs know it."""

    _sock: Any
    _response: Any

    def close(self) -> None:
        """Close the connection."""
        held = self._sock
        super().close()
        if held is not None:
            held.close()

    def __del__(self) -> None:
        """Let go of the socket."""
        if not self.closed:
            super().close()


def hand_over(descriptor: int, response: Any) -> SocketIO:
    """Wrap a connected socket's descriptor, which belongs to the result then."""
    real: Any = ConnectionSocket(fileno=descriptor)
    real.setblocking(True)
    made = SocketIO(real, "rb")
    # As `makefile` counts: the socket stays open while its file is.
    real._io_refs += 1
    made._response = response
    return made
