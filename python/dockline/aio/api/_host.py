"""What the resource mixins expect of the client they are mixed into.

Only type checkers read this module: at run time a mixin derives from `object`,
and `APIClient` brings the members.
"""

from __future__ import annotations

from typing import Any, Optional, Protocol

from ...utils.proxy import ProxyConfig


class AsyncApiHost(Protocol):
    """The members of the client that the mixins use."""

    base_url: Any
    timeout: Any
    credstore_env: Any
    _auth_configs: Any
    _general_configs: dict[str, Any]
    _proxy_configs: ProxyConfig

    @property
    def _version(self) -> str: ...

    def _url(self, pathfmt: str, *args: Any, **kwargs: Any) -> str: ...

    async def _get(self, url: str, **kwargs: Any) -> Any: ...

    async def _post(self, url: str, **kwargs: Any) -> Any: ...

    async def _put(self, url: str, **kwargs: Any) -> Any: ...

    async def _delete(self, url: str, **kwargs: Any) -> Any: ...

    async def _post_json(self, url: str, data: Any, **kwargs: Any) -> Any: ...

    async def post(self, url: str, data: Any = None, **kwargs: Any) -> Any: ...

    def _result(
        self, response: Any, json: bool = False, binary: bool = False
    ) -> Any: ...

    def _raise_for_status(self, response: Any) -> None: ...

    def _attach_params(self, override: Optional[dict[str, Any]] = None) -> Any: ...

    async def _attach_websocket(self, container: Any, params: Any = None) -> Any: ...

    async def _get_raw_response_socket(self, response: Any) -> Any: ...

    def _stream_helper(self, response: Any, decode: Any = False) -> Any: ...

    def _stream_raw_result(
        self, response: Any, chunk_size: Optional[int] = 1, decode: bool = True
    ) -> Any: ...

    def _batches(self, response: Any, tty: bool, demux: bool) -> Any: ...

    async def _read_from_socket(
        self, response: Any, stream: bool, tty: bool = True, demux: bool = False
    ) -> Any: ...

    async def _check_is_tty(self, container: Any) -> bool: ...

    async def _get_result(self, container: Any, stream: bool, res: Any) -> Any: ...

    async def _get_result_tty(self, stream: bool, res: Any, is_tty: bool) -> Any: ...
