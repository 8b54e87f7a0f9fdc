"""Where docker-py keeps `UnixHTTPAdapter`; importing this imports `requests`.

The adapter works on the native engine. Connection and pool are urllib3's own,
over a unix socket, for programs that use those by themselves.
"""

from __future__ import annotations

import socket
from typing import Any

from urllib3._collections import RecentlyUsedContainer
from urllib3.connection import HTTPConnection
from urllib3.connectionpool import HTTPConnectionPool

from .requests_adapters import BaseHTTPAdapter, UnixHTTPAdapter

__all__ = [
    "BaseHTTPAdapter",
    "RecentlyUsedContainer",
    "UnixHTTPAdapter",
    "UnixHTTPConnection",
    "UnixHTTPConnectionPool",
]


class UnixHTTPConnection(HTTPConnection):
    """One connection to a unix socket."""

    def __init__(self, base_url: str, unix_socket: str, timeout: Any = 60) -> None:
        super().__init__("localhost", timeout=timeout)
        self.base_url = base_url
        self.unix_socket = unix_socket
        self.timeout = timeout

    def connect(self) -> None:
        """Open the socket."""
        opened = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            opened.settimeout(self.timeout)
            opened.connect(self.unix_socket)
        except OSError:
            opened.close()
            raise
        self.sock = opened


class UnixHTTPConnectionPool(HTTPConnectionPool):
    """Connections to one unix socket."""

    def __init__(
        self, base_url: str, socket_path: str, timeout: Any = 60, maxsize: int = 10
    ) -> None:
        super().__init__("localhost", timeout=timeout, maxsize=maxsize)
        self.base_url = base_url
        self.socket_path = socket_path
        self._seconds = timeout

    def _new_conn(self) -> UnixHTTPConnection:
        return UnixHTTPConnection(self.base_url, self.socket_path, self._seconds)
