"""Requests adapters over the native engine, for programs with their own Session.

Importing this module imports `requests`; nothing in dockline does so unasked.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Optional
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from requests.structures import CaseInsensitiveDict

from .. import _native, constants
from ..timeouts import limits
from .response import RawBody, Response
from .wire import Wire, body_of, engine_options


class BaseHTTPAdapter(HTTPAdapter):
    """Sends prepared requests through the native engine."""

    __attrs__ = [*HTTPAdapter.__attrs__, "address", "timeout", "max_pool_size"]  # noqa: RUF012 - requests' own form
    address: str
    timeout: Any
    max_pool_size: int
    _engine: Optional[_native.Engine] = None

    def _native_engine(self) -> _native.Engine:
        if self._engine is None:
            options = engine_options(self.address, self.max_pool_size)
            self._engine = _native.Engine(options)
        return self._engine

    def request_url(
        self, request: requests.PreparedRequest, proxies: Optional[Mapping[str, str]]
    ) -> str:
        """Give path and query only: no proxy leads to an engine's socket."""
        _ = proxies
        return str(request.path_url)

    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = False,
        timeout: Any = None,
        verify: Any = True,
        cert: Any = None,
        proxies: Optional[Mapping[str, str]] = None,
    ) -> requests.Response:
        """Send a prepared request."""
        _ = stream, verify, cert
        body, length = body_of(request.body)
        given = [(name, str(value)) for name, value in request.headers.items()]
        fields = [(name, value) for name, value in given if name.lower() not in _WIRED]
        target = self.request_url(request, proxies)
        url = str(request.url)
        wire = Wire(str(request.method), url, target, fields, body, length)
        timeouts = limits(self.timeout if timeout is None else timeout)
        native: Any = self._native_engine()
        reply = (native.upgrade if wire.upgrade else native.stream)(wire, timeouts)
        whole = reply.body
        answer = Response(
            url,
            reply.status,
            reply.reason,
            reply.headers,
            whole,
            None if whole is not None else reply,
            wire.sent(),
        )
        return self._as_requests(request, answer)

    def _as_requests(
        self, request: requests.PreparedRequest, answer: Response
    ) -> requests.Response:
        response = requests.Response()
        response.status_code = answer.status_code
        response.reason = answer.reason
        response.headers = CaseInsensitiveDict(answer.headers)
        response.encoding = requests.utils.get_encoding_from_headers(response.headers)
        response.raw = RawBody(answer)
        response.url = answer.url
        response.request = request
        response.connection = self
        return response

    def close(self) -> None:
        """Close the connections."""
        super().close()
        engine, self._engine = self._engine, None
        if engine is not None:
            engine.close()

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Open connections anew when they are needed."""
        super().__setstate__(state)  # type: ignore[misc]
        self._engine = None


#: Written by the core from the body itself.
_WIRED = frozenset(
    ("accept-encoding", "connection", "content-length", "host", "transfer-encoding")
)


class UnixHTTPAdapter(BaseHTTPAdapter):
    """A requests adapter for the engine behind a unix socket."""

    __attrs__ = [*BaseHTTPAdapter.__attrs__, "socket_path"]  # noqa: RUF012 - requests' own form

    def __init__(
        self,
        socket_url: str,
        timeout: Any = 60,
        pool_connections: int = constants.DEFAULT_NUM_POOLS,
        max_pool_size: int = constants.DEFAULT_MAX_POOL_SIZE,
    ) -> None:
        """Remember the socket; ``http+unix://`` before its path is optional."""
        _ = pool_connections
        path = socket_url.replace("http+unix://", "")
        self.socket_path = path if path.startswith("/") else f"/{path}"
        self.address = f"unix://{self.socket_path}"
        self.timeout = timeout
        self.max_pool_size = max_pool_size
        super().__init__()


class NpipeHTTPAdapter(BaseHTTPAdapter):
    """A requests adapter for the engine behind a Windows named pipe."""

    __attrs__ = [*BaseHTTPAdapter.__attrs__, "npipe_path"]  # noqa: RUF012 - requests' own form

    def __init__(
        self,
        base_url: str,
        timeout: Any = 60,
        pool_connections: int = constants.DEFAULT_NUM_POOLS,
        max_pool_size: int = constants.DEFAULT_MAX_POOL_SIZE,
    ) -> None:
        """Remember the pipe."""
        _ = pool_connections
        self.npipe_path = base_url.replace("npipe://", "")
        self.address = f"npipe://{self.npipe_path}"
        self.timeout = timeout
        self.max_pool_size = max_pool_size
        super().__init__()


class SSHHTTPAdapter(BaseHTTPAdapter):
    """A requests adapter for an engine reached by the ssh program."""

    __attrs__ = [*BaseHTTPAdapter.__attrs__, "ssh_host"]  # noqa: RUF012 - requests' own form

    def __init__(
        self,
        base_url: str,
        timeout: Any = 60,
        pool_connections: int = constants.DEFAULT_NUM_POOLS,
        max_pool_size: int = constants.DEFAULT_MAX_POOL_SIZE,
        shell_out: bool = False,
    ) -> None:
        """Remember the host; the ssh program is used in any case."""
        _ = pool_connections, shell_out
        self.address = base_url if "://" in base_url else f"ssh://{base_url}"
        self.ssh_host = urlsplit(self.address).netloc
        self.timeout = timeout
        self.max_pool_size = max_pool_size
        super().__init__()
