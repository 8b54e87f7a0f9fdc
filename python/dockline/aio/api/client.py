"""The low-level client: one method per endpoint over one native engine.

The constructor reads configuration and settles the address; the mixins shape
arguments; `_session` sends; `_streams` takes answers apart.
"""

from __future__ import annotations

import json as jsonlib
from typing import TYPE_CHECKING, Any, Optional, Union

from ... import auth, versions
from ... import retry as retrying
from ..._elsewhere import elsewhere
from ..._endpoint import warn_outside
from ..._flow import is_automatic
from ..._negotiation import chosen_version, negotiation_of
from ...constants import (
    DEFAULT_MAX_POOL_SIZE,
    DEFAULT_NUM_POOLS,
    DEFAULT_NUM_POOLS_SSH,
    DEFAULT_TIMEOUT_SECONDS,
    DEFAULT_USER_AGENT,
    IS_WINDOWS_PLATFORM,
)
from ...errors import DockerException, TLSParameterError
from ...timeouts import Timeouts
from ...tls import TLSConfig
from ...transport.urls import quoted_part
from ...utils import config, utils
from ...utils.decorators import update_headers
from ...utils.proxy import ProxyConfig
from .._flow import negotiates_first
from ..transport import AsyncResponse
from ._session import AsyncSession
from ._streams import AsyncStreamsMixin
from .build import AsyncBuildApiMixin
from .config import AsyncConfigApiMixin
from .container import AsyncContainerApiMixin
from .daemon import AsyncDaemonApiMixin
from .exec_api import AsyncExecApiMixin
from .image import AsyncImageApiMixin
from .network import AsyncNetworkApiMixin
from .plugin import AsyncPluginApiMixin
from .secret import AsyncSecretApiMixin
from .service import AsyncServiceApiMixin
from .swarm import AsyncSwarmApiMixin
from .volume import AsyncVolumeApiMixin

_LOCAL = {
    "http+unix://": ("http+docker://", "http+docker://localhost"),
    "npipe://": ("http+docker://", "http+docker://localnpipe"),
    "ssh://": ("http+docker://ssh", "http+docker://ssh"),
}


@negotiates_first
class AsyncAPIClient(
    AsyncSession,
    AsyncStreamsMixin,
    AsyncBuildApiMixin,
    AsyncConfigApiMixin,
    AsyncContainerApiMixin,
    AsyncDaemonApiMixin,
    AsyncExecApiMixin,
    AsyncImageApiMixin,
    AsyncNetworkApiMixin,
    AsyncPluginApiMixin,
    AsyncSecretApiMixin,
    AsyncServiceApiMixin,
    AsyncSwarmApiMixin,
    AsyncVolumeApiMixin,
):
    """A client for the Engine API, one method per endpoint.

    >>> client = docker.APIClient(base_url="unix:///var/run/docker.sock")
    >>> client.version()["ApiVersion"]
    '1.51'

    Args:
        base_url: Where the engine listens, for example
            ``unix:///var/run/docker.sock`` or ``tcp://127.0.0.1:1234``.
        version: The API version to use; ``auto`` for the newest that both sides
            know; by default what ``DOCKER_API_VERSION`` says, else ``auto``.
        timeout: Seconds a call may wait for the engine, or
            :py:class:`~dockline.timeouts.Timeouts`; None to wait forever.
        tls: True, or a :py:class:`~dockline.tls.TLSConfig`.
        user_agent: Value of the ``User-Agent`` header.
        num_pools: Has no effect, and says so: a client has one pool, whose size
            is ``max_pool_size``.
        credstore_env: Environment variables for credential helper programs.
        use_ssh_client: Accepted for compatibility; the ssh program is always
            the one used.
        max_pool_size: Idle connections to keep.
        on_version_mismatch: What to do about parts of a request that the API
            version in use does not know: ``warn``, ``error`` or ``ignore``.
            Default: ``DOCKLINE_ON_VERSION_MISMATCH``, else ``warn``.
        retry: How requests are repeated after failures that may pass: a number
            of attempts or a :py:class:`~dockline.retry.Retry`. Off by default;
            a request that may have acted is never repeated.
    """

    def __init__(
        self,
        base_url: Optional[str] = None,
        version: Optional[str] = None,
        timeout: Union[float, Timeouts, None] = DEFAULT_TIMEOUT_SECONDS,
        tls: Union[bool, TLSConfig] = False,
        user_agent: str = DEFAULT_USER_AGENT,
        num_pools: Optional[int] = None,
        credstore_env: Optional[dict[str, str]] = None,
        use_ssh_client: bool = False,
        max_pool_size: int = DEFAULT_MAX_POOL_SIZE,
        *,
        on_version_mismatch: Optional[str] = None,
        retry: Any = None,
    ) -> None:
        """Read the configuration and settle address and API version."""
        super().__init__()
        self._retry = retrying.policy(retry)
        if tls and not base_url:
            raise TLSParameterError(
                "If using TLS, the base_url argument must be provided."
            )
        self.timeout = timeout
        self.headers["User-Agent"] = user_agent
        self._on_version_mismatch = versions.settled(on_version_mismatch)
        self._use_ssh_client = use_ssh_client
        self._pool_size = max_pool_size
        self._read_configuration(base_url, credstore_env)
        self._settle_address(base_url, tls, num_pools)
        version, source = chosen_version(version)
        if not is_automatic(version):
            self._pin, self._pin_source = version, source
        self._settle_version(version)

    def _read_configuration(
        self, base_url: Optional[str], credstore_env: Optional[dict[str, str]]
    ) -> None:
        self._general_configs = config.load_general_config()
        proxies = self._general_configs.get("proxies", {})
        chosen = proxies.get(base_url, proxies.get("default", {}))
        self._proxy_configs = ProxyConfig.from_dict(chosen)
        self._auth_configs = auth.load_config(
            config_dict=self._general_configs, credstore_env=credstore_env
        )
        self.credstore_env = credstore_env

    def _settle_address(
        self, base_url: Optional[str], tls: Any, num_pools: Optional[int]
    ) -> None:
        host = utils.parse_host(base_url, IS_WINDOWS_PLATFORM, tls=bool(tls))
        # An alias of the user's ssh configuration names its port itself.
        ssh = host.startswith("ssh://")
        self._host = base_url.strip() if base_url and ssh else host
        self._rule = getattr(base_url, "rule", "explicit" if base_url else "default")
        self._context = getattr(base_url, "context", None)
        if host.startswith("npipe://") and not IS_WINDOWS_PLATFORM:
            raise DockerException("The npipe:// protocol is only supported on Windows")
        if num_pools:
            warn_outside(
                "num_pools has no effect: a client has one pool of connections, and "
                "max_pool_size says how many it keeps",
                UserWarning,
            )
        pools = num_pools or (DEFAULT_NUM_POOLS_SSH if ssh else DEFAULT_NUM_POOLS)
        for scheme, (prefix, url) in _LOCAL.items():
            if host.startswith(scheme):
                self._mount_engine(prefix, pools)
                self.base_url = url
                return
        self.base_url = host
        if isinstance(tls, TLSConfig):
            tls.configure_client(self)
        self._mount_engine(f"{host.partition('://')[0]}://", pools)

    def _set_request_timeout(self, kwargs: dict[str, Any]) -> dict[str, Any]:
        """Put the client's timeout among the arguments unless one is there."""
        kwargs.setdefault("timeout", self.timeout)
        return kwargs

    @update_headers
    async def _post(self, url: str, **kwargs: Any) -> AsyncResponse:
        return await self.post(url, **self._set_request_timeout(kwargs))

    @update_headers
    async def _get(self, url: str, **kwargs: Any) -> AsyncResponse:
        return await self.get(url, **self._set_request_timeout(kwargs))

    @update_headers
    async def _put(self, url: str, **kwargs: Any) -> AsyncResponse:
        return await self.put(url, **self._set_request_timeout(kwargs))

    @update_headers
    async def _delete(self, url: str, **kwargs: Any) -> AsyncResponse:
        return await self.delete(url, **self._set_request_timeout(kwargs))

    def _url(self, pathfmt: str, *args: Any, **kwargs: Any) -> str:
        """Fill quoted arguments into a path and put base URL and version before it."""
        for arg in args:
            if not isinstance(arg, str):
                raise ValueError(  # noqa: TRY004 - docker-py's choice
                    f"Expected a string but found {arg} ({type(arg)}) instead"
                )
        path = pathfmt.format(*map(quoted_part, args))
        if kwargs.get("versioned_api", True):
            return f"{self.base_url}/v{self._version}{path}"
        return f"{self.base_url}{path}"

    async def _post_json(self, url: str, data: Any, **kwargs: Any) -> AsyncResponse:
        """Post an object as JSON; members of the topmost dict that are None are left out."""
        if isinstance(data, dict):
            data = {name: value for name, value in data.items() if value is not None}
        headers = kwargs.setdefault("headers", {})
        headers["Content-Type"] = "application/json"
        body = jsonlib.dumps({} if data is None else data)
        return await self._post(url, data=body, **kwargs)

    @property
    def api_version(self) -> str:
        """The API version in use."""
        return self._version

    @property
    def negotiation(self) -> versions.Negotiation:
        """The engine's release and API versions, ours, the pin, and the result.

        ``str()`` of it says it in one line. The engine is asked now if nothing is
        known about it yet, which blocks the thread, also in a coroutine.
        """
        return negotiation_of(self, self._version)

    def reload_config(self, dockercfg_path: Optional[str] = None) -> None:
        """Read the registry credentials again.

        Args:
            dockercfg_path: The configuration file; default the user's own.
        """
        self._auth_configs = auth.load_config(
            dockercfg_path, credstore_env=self.credstore_env
        )


if not TYPE_CHECKING:
    # More names that docker-py has here.
    __getattr__ = elsewhere(__name__)
