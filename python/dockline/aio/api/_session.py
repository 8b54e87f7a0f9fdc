"""The Session-like half of the client: verbs, headers, adapters, one `request`.

Programs patch, wrap and call these as they did with ``requests.Session``. A
request goes to the native engine as it would have gone on the wire; nothing
here knows a path.
"""

from __future__ import annotations

import time
from _thread import allocate_lock
from collections import OrderedDict
from typing import Any, ClassVar, Optional

from ... import retry as retrying
from ... import versions
from ..._endpoint import Endpoint, warn_once
from ..._native import AsyncEngine
from ...errors import DockerException
from ...timeouts import limits
from ...transport.adapter import EngineAdapter, UnknownScheme
from ...transport.base import last_sent
from ...transport.headers import CaseInsensitiveDict
from ...transport.wire import Limits, Wire, engine_options, prepare
from .._flow import AsyncFlow, Closed
from ..transport import AsyncResponse


class AsyncSession(AsyncFlow):
    """What docker-py's client inherits from ``requests.Session``."""

    base_url: str
    timeout: Any
    _host: str
    _pool_size: int
    _pin: Optional[str] = None
    _pin_source: Optional[str] = None
    #: The negotiated version that an exchanged engine refused.
    _left_version: Optional[str] = None
    _rule = "explicit"
    _context: Optional[str] = None
    _custom_adapter: Any = None
    _retry: Optional[retrying.Retry] = None
    _on_version_mismatch = "warn"
    __attrs__: ClassVar[list[str]] = [
        "headers",
        "cookies",
        "auth",
        "proxies",
        "hooks",
        "params",
        "verify",
        "cert",
        "adapters",
        "stream",
        "trust_env",
        "max_redirects",
        "_auth_configs",
        "_general_configs",
        "_version",
        "base_url",
        "timeout",
    ]

    def __init__(self) -> None:
        """Set the attributes a new session has."""
        self.headers = CaseInsensitiveDict({"Accept": "*/*"})
        self.params: dict[str, Any] = {}
        self.auth: Any = None
        self.verify: Any = True
        self.cert: Any = None
        self._tls_options: dict[str, Any] = {}
        self.cookies: dict[str, str] = {}
        self.proxies: dict[str, str] = {}
        self.hooks: dict[str, list[Any]] = {"response": []}
        self.stream = False
        self.trust_env = True
        self.max_redirects = 30
        self.adapters: OrderedDict[str, Any] = OrderedDict()
        self._engine: Optional[AsyncEngine] = None
        self._opening = allocate_lock()
        self._said: dict[Any, Any] = {}

    @property
    def _native(self) -> AsyncEngine:
        """The native engine, opened at first use and again after `close`."""
        engine = self._engine
        if engine is None:
            with self._opening:
                engine = self._engine
                if engine is None:
                    engine = self._engine = self._open()
        return engine

    def _open(self) -> AsyncEngine:
        engine = AsyncEngine(
            engine_options(
                self._host,
                self._pool_size,
                rule=self._rule,
                context=self._context,
                verify=self.verify,
                cert=self.cert,
                pin=self._pin,
                pin_source=self._pin_source,
                **self._tls_options,
            )
        )
        warn_once(engine.warning)
        return engine

    @property
    def endpoint(self) -> Endpoint:
        """Which engine this client talks to, by which rule, and what was passed over."""
        return Endpoint(*self._native.endpoint)

    async def request(
        self,
        method: str,
        url: str,
        params: Any = None,
        data: Any = None,
        headers: Any = None,
        cookies: Any = None,  # noqa: ARG002
        files: Any = None,
        auth: Any = None,
        timeout: Any = None,
        allow_redirects: bool = True,
        proxies: Any = None,  # noqa: ARG002
        hooks: Any = None,  # noqa: ARG002
        stream: Optional[bool] = None,
        verify: Any = None,  # noqa: ARG002
        cert: Any = None,  # noqa: ARG002
        json: Any = None,
        *,
        retry: Any = None,
        on_version_mismatch: Optional[str] = None,
    ) -> AsyncResponse:
        """Send a request and return the answer, whatever its status.

        The arguments are those of ``requests.Session.request``; cookies, proxies
        and hooks have no meaning here, TLS is settled by the client. With ``stream``
        a welcome answer's body stays on the connection until it is read. ``retry``
        takes the place of the client's own for this request; 1 switches it off.
        So does ``on_version_mismatch``: ``warn``, ``error`` or ``ignore``.
        """
        if files is not None:
            raise DockerException("multipart uploads (files=) are not supported")
        wire = prepare(
            self,
            method,
            url,
            params=params,
            data=data,
            json=json,
            headers=headers,
            auth=auth,
        )
        policy = self._retry if retry is None else retrying.policy(retry)
        if policy is not None:
            wire = wire._replace(retry=policy)
        chosen = versions.in_force(self._on_version_mismatch, on_version_mismatch)
        if chosen != "ignore":
            versions.review(self, wire, chosen)
        response = await self._exchange(wire, limits(timeout), bool(stream))
        if response.status_code == 400:
            other = await self._with_other_version(wire, response)
            if other is not None:
                response = await self._exchange(other, limits(timeout), bool(stream))
        hops = 0
        while allow_redirects and response.status_code in _MOVED and hops < 30:
            moved = self._moved(wire, response)
            if moved is None:
                break
            wire, hops = moved, hops + 1
            response = await self._exchange(wire, limits(timeout), bool(stream))
        return response

    async def _with_other_version(
        self, wire: Wire, response: AsyncResponse
    ) -> Optional[Wire]:
        """Give the request again after the engine behind the address was exchanged.

        Only when the version was negotiated, and the body can be sent twice. The
        engine refused the version, so it has done nothing yet.
        """
        used = wire.target[2:].partition("/")[0]
        if self._pin is not None or used not in {self._version, self._left_version}:
            return None
        if b"client version" not in response.content:
            return None
        if used == self._version:
            api: Any = self
            answer = await api.version(api_version=False)
            found = versions.newest_common(self._native, answer, answer["ApiVersion"])
            if found == used:
                return None
            self._left_version, self._version = used, found
        if wire.body is not None and not isinstance(wire.body, bytes):
            return None
        old = wire.target
        target = f"/v{self._version}{old[len(used) + 2 :]}"
        return wire._replace(
            target=target, url=wire.url[: len(wire.url) - len(old)] + target
        )

    def _moved(self, wire: Wire, response: AsyncResponse) -> Optional[Wire]:
        """Give the request a redirection asks for, if it can be made here."""
        place = response.headers.get("Location")
        if not place or wire.length is not None:
            return None
        keep = response.status_code in {307, 308}
        method = wire.method if keep or wire.method == "HEAD" else "GET"
        moved = prepare(self, method, place)
        headers = wire.headers if keep else moved.headers
        return moved._replace(headers=headers, body=wire.body if keep else None)

    async def _exchange(
        self, wire: Wire, timeouts: Limits, stream: bool
    ) -> AsyncResponse:
        engine = self._native
        started = time.perf_counter()
        reply: Any
        if wire.upgrade:
            reply = await engine.upgrade(wire, timeouts)
        elif stream:
            reply = await engine.stream(wire, timeouts)
        else:
            reply = await engine.call(wire, timeouts)
        body = reply.body
        response = AsyncResponse(
            wire.url,
            reply.status,
            reply.reason,
            reply.headers,
            body,
            None if body is not None else reply,
            wire.sent(),
            time.perf_counter() - started,
        )
        response._endpoint = self._host
        if body is None:
            last_sent.set((wire.method, wire.target, wire.headers, self._host))
            if reply.status >= 400:
                await response.read()
                response.close()
        return response

    async def get(self, url: str, params: Any = None, **kwargs: Any) -> AsyncResponse:
        """Send a GET request."""
        return await self.request("GET", url, params=params, **kwargs)

    async def options(self, url: str, **kwargs: Any) -> AsyncResponse:
        """Send an OPTIONS request."""
        return await self.request("OPTIONS", url, **kwargs)

    async def head(self, url: str, **kwargs: Any) -> AsyncResponse:
        """Send a HEAD request; redirections are not followed."""
        kwargs.setdefault("allow_redirects", False)
        return await self.request("HEAD", url, **kwargs)

    async def post(
        self, url: str, data: Any = None, json: Any = None, **kwargs: Any
    ) -> AsyncResponse:
        """Send a POST request."""
        return await self.request("POST", url, data=data, json=json, **kwargs)

    async def put(self, url: str, data: Any = None, **kwargs: Any) -> AsyncResponse:
        """Send a PUT request."""
        return await self.request("PUT", url, data=data, **kwargs)

    async def patch(self, url: str, data: Any = None, **kwargs: Any) -> AsyncResponse:
        """Send a PATCH request."""
        return await self.request("PATCH", url, data=data, **kwargs)

    async def delete(self, url: str, **kwargs: Any) -> AsyncResponse:
        """Send a DELETE request."""
        return await self.request("DELETE", url, **kwargs)

    async def send(self, request: Any, **kwargs: Any) -> AsyncResponse:
        """Send a request that was prepared: anything with method, URL, headers, body."""
        return await self.request(
            request.method,
            request.url,
            data=request.body,
            headers=dict(request.headers or {}),
            **kwargs,
        )

    def mount(self, prefix: str, adapter: Any) -> None:
        """Remember an adapter for URLs that begin with `prefix`."""
        self.adapters[prefix] = adapter
        shorter = [known for known in self.adapters if len(known) < len(prefix)]
        for known in shorter:
            self.adapters[known] = self.adapters.pop(known)

    def _unmount(self, *args: str) -> None:
        for prefix in args:
            self.adapters.pop(prefix)

    def get_adapter(self, url: str) -> Any:
        """Give the adapter for a URL."""
        for prefix, adapter in self.adapters.items():
            if url.lower().startswith(prefix.lower()):
                return adapter
        if self._custom_adapter is not None:
            return self._custom_adapter
        raise UnknownScheme(f"No connection adapters were found for {url!r}")

    def _mount_engine(self, prefix: str, pools: int) -> None:
        """Mount the adapter that stands for the native engine."""
        self._custom_adapter = EngineAdapter(
            self._host, self.timeout, pools, self._pool_size
        )
        self.mount(prefix, self._custom_adapter)

    def close(self) -> Closed:
        # sync-only: """Close idle connections. What is in flight goes on."""
        """Close every connection; calls in flight end, later ones open anew."""  # async-only
        with self._opening:
            engine, self._engine = self._engine, None
        if engine is not None:
            engine.close()
        return Closed()  # async-only

    async def __aenter__(self) -> Any:
        """Return the client itself."""
        return self

    async def __aexit__(self, *_exc: object) -> None:
        """Close it."""
        self.close()

    def __getstate__(self) -> dict[str, Any]:
        """Leave connections behind."""
        state = dict(self.__dict__)
        for name in ("_engine", "_opening"):
            state.pop(name, None)
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Start without connections; they open at first use."""
        self.__dict__.update(state)
        self._engine = None
        self._opening = allocate_lock()


_MOVED = frozenset((301, 302, 303, 307, 308))
