"""The client that programs start with: resources as properties, a few calls.

It holds a low-level client in ``api`` and nothing else; whatever is done goes
through that attribute, which may be replaced.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any, Mapping, Optional

from .._endpoint import Endpoint
from .._late import late
from .._negotiation import Negotiation, VersionFrom
from ..constants import DEFAULT_MAX_POOL_SIZE, DEFAULT_TIMEOUT_SECONDS
from ..utils import kwargs_from_env
from .api.client import AsyncAPIClient

if TYPE_CHECKING:
    from .models.configs import ConfigCollection
    from .models.containers import ContainerCollection
    from .models.images import ImageCollection
    from .models.networks import NetworkCollection
    from .models.nodes import NodeCollection
    from .models.plugins import PluginCollection
    from .models.secrets import SecretCollection
    from .models.services import ServiceCollection
    from .models.swarm import Swarm
    from .models.volumes import VolumeCollection
else:
    __getattr__, __dir__ = late(
        __name__,
        {
            "dockline.context": ("ContextAPI",),
            ".models.configs": ("ConfigCollection",),
            ".models.containers": ("ContainerCollection",),
            ".models.images": ("ImageCollection",),
            ".models.networks": ("NetworkCollection",),
            ".models.nodes": ("NodeCollection",),
            ".models.plugins": ("PluginCollection",),
            ".models.secrets": ("SecretCollection",),
            ".models.services": ("ServiceCollection",),
            ".models.swarm": ("Swarm",),
            ".models.volumes": ("VolumeCollection",),
        },
    )

#: Where the names above are looked up, so that they may be replaced.
_names: Any = sys.modules[__name__]


class AsyncDockerClient:
    """A client for one engine.

    Args:
        base_url (str): Address of the engine: ``unix:///var/run/docker.sock``,
            ``tcp://host:port``, ``ssh://user@host``, ``npipe:////./pipe/name``.
        version (str): API version to use; negotiated by default or with
            ``auto``.
        timeout (int): Seconds a call may take by default.
        tls (bool or TLSConfig): Use TLS, with these options.
        user_agent (str): What to say in the header of that name.
        credstore_env (dict): Variables to set for credential helpers.
        use_ssh_client (bool): Accepted; ``ssh://`` always uses the system's ssh.
        max_pool_size (int): Idle connections to keep.
        on_version_mismatch (str): ``warn`` about, ``error`` on, or ``ignore``
            what the API version in use does not know.
        retry (int or Retry): Repeat requests after failures that may pass; off
            by default. What may have acted is never repeated.

    Raises:
        dockline.errors.DockerException: an argument makes no sense.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.api = AsyncAPIClient(*args, **kwargs)

    @classmethod
    def from_env(cls, **kwargs: Any) -> AsyncDockerClient:
        """Make a client as the environment says.

        ``DOCKER_HOST``, ``DOCKER_TLS_VERIFY`` and ``DOCKER_CERT_PATH`` choose
        the engine; without the first, the current context of the Docker CLI
        does (``DOCKER_CONTEXT``, then the configuration file).

        Args:
            version (str): API version to use; by default what
                ``DOCKER_API_VERSION`` says, else it is negotiated.
            timeout (int): Seconds a call may take by default; 60.
            max_pool_size (int): Idle connections to keep; 10.
            environment (dict): Variables to use instead of the process's.
            credstore_env (dict): Variables to set for credential helpers.
            use_ssh_client (bool): Accepted; see the class.
            use_context (bool): False leaves contexts alone.
            on_version_mismatch (str): ``warn``, ``error`` or ``ignore`` what
                the API version in use does not know.
            retry (int or Retry): Repeat requests after failures that may pass.

        Raises:
            dockline.errors.TLSParameterError: certificate files are missing.
            dockline.errors.DockerException: the address makes no sense.
        """
        options = _client_options(kwargs)
        for name in ("credstore_env", "on_version_mismatch", "retry"):
            if name in kwargs:
                options[name] = kwargs.pop(name)
        if options["version"] is None and kwargs.get("environment") is not None:
            options["version"] = VersionFrom.environment(kwargs["environment"])
        use_context = kwargs.pop("use_context", True)
        params = kwargs_from_env(**kwargs)
        if use_context and "base_url" not in params:
            environment: Mapping[str, str] = kwargs.get("environment") or os.environ
            found = _names.ContextAPI.kwargs_from_context(environment=environment)
            params = {**found, **params}
        return cls(**options, **params)

    @classmethod
    def from_context(
        cls, name: Optional[str] = None, **kwargs: Any
    ) -> AsyncDockerClient:
        """Make a client for a context of the Docker CLI.

        Args:
            name: Its name; by default ``DOCKER_CONTEXT``, then the one the
                configuration file selects, then ``default``.
            version (str): API version to use; negotiated by default.
            timeout (int): Seconds a call may take by default; 60.
            max_pool_size (int): Idle connections to keep; 10.
            use_ssh_client (bool): Accepted; see the class.
            **kwargs: Further arguments of the class; they win over the context.

        Raises:
            dockline.errors.DockerException: the context's address makes no sense.
        """
        options = _client_options(kwargs)
        params = {**_names.ContextAPI.kwargs_from_context(name=name), **kwargs}
        return cls(**options, **params)

    @property
    def endpoint(self) -> Endpoint:
        """Which engine this client talks to, by which rule, and what was passed over.

        >>> print(docker.from_env().endpoint)
        unix:///var/run/docker.sock (the default)
        """
        endpoint: Endpoint = self.api.endpoint
        return endpoint

    @property
    def configs(self) -> ConfigCollection:
        """The configs of the swarm."""
        made: ConfigCollection = _names.ConfigCollection(client=self)
        return made

    @property
    def containers(self) -> ContainerCollection:
        """The containers of the engine."""
        made: ContainerCollection = _names.ContainerCollection(client=self)
        return made

    @property
    def images(self) -> ImageCollection:
        """The images of the engine."""
        made: ImageCollection = _names.ImageCollection(client=self)
        return made

    @property
    def networks(self) -> NetworkCollection:
        """The networks of the engine."""
        made: NetworkCollection = _names.NetworkCollection(client=self)
        return made

    @property
    def nodes(self) -> NodeCollection:
        """The nodes of the swarm."""
        made: NodeCollection = _names.NodeCollection(client=self)
        return made

    @property
    def plugins(self) -> PluginCollection:
        """The plugins of the engine."""
        made: PluginCollection = _names.PluginCollection(client=self)
        return made

    @property
    def secrets(self) -> SecretCollection:
        """The secrets of the swarm."""
        made: SecretCollection = _names.SecretCollection(client=self)
        return made

    @property
    def services(self) -> ServiceCollection:
        """The services of the swarm."""
        made: ServiceCollection = _names.ServiceCollection(client=self)
        return made

    @property
    def swarm(self) -> Swarm:
        """The swarm the engine is part of."""
        made: Swarm = _names.Swarm(client=self)
        return made

    @property
    def volumes(self) -> VolumeCollection:
        """The volumes of the engine."""
        made: VolumeCollection = _names.VolumeCollection(client=self)
        return made

    @property
    def negotiation(self) -> Negotiation:
        """The engine's release and API versions, ours, the pin, and the result.

        >>> print(client.negotiation)
        API 1.51 (negotiated: the newest the engine serves): Engine 28.5.2 serves
        1.24 to 1.51, dockline speaks 1.24 to 1.55
        """
        return self.api.negotiation

    async def events(self, *args: Any, **kwargs: Any) -> Any:
        """Follow what happens on the engine: ``GET /events``.

        Args:
            since (datetime or int): Begin with events from then on.
            until (datetime or int): End there.
            filters (dict): ``container``, ``event``, ``image``, ``label``,
                ``type``, and more.
            decode (bool): Give dicts instead of bytes.

        Returns:
            An iterator of events that can be closed from another thread.

        Raises:
            dockline.errors.APIError: the engine refuses.
        """
        return await self.api.events(*args, **kwargs)

    async def df(self) -> dict[str, Any]:
        """Tell how much disk space is used: ``GET /system/df``.

        Returns:
            ``LayersSize`` in bytes, ``Images``, ``Containers``, ``Volumes``, ….

        Raises:
            dockline.errors.APIError: the engine refuses.
        """
        return await self.api.df()

    async def info(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Describe the engine and its host: ``GET /info``.

        Raises:
            dockline.errors.APIError: the engine refuses.
        """
        return await self.api.info(*args, **kwargs)

    async def login(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Check credentials with a registry and keep them: ``POST /auth``.

        They are kept in this client, not in a file.

        Args:
            username (str): User name.
            password (str): Password, or a token.
            email (str): Address, for registries that want one.
            registry (str): Registry; the public one by default.
            reauth (bool): Ask even if the client has credentials already.
            dockercfg_path (str): Configuration file to read first.

        Returns:
            What the engine answered, or the credentials kept already.

        Raises:
            dockline.errors.APIError: the registry or the engine refuses.
        """
        return await self.api.login(*args, **kwargs)

    async def ping(self, *args: Any, **kwargs: Any) -> bool:
        """Tell whether the engine answers: ``GET /_ping``.

        Raises:
            dockline.errors.DockerException: it does not.
        """
        return await self.api.ping(*args, **kwargs)

    async def version(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Tell the engine's versions: ``GET /version``.

        Args:
            api_version (bool): Ask with the client's API version in the path;
                on by default.

        Raises:
            dockline.errors.APIError: the engine refuses.
        """
        return await self.api.version(*args, **kwargs)

    def close(self) -> Any:
        # sync-only: """Close idle connections. What is in flight goes on."""
        """Close the client's connections. Calls in flight are cancelled."""  # async-only
        return self.api.close()

    async def __aenter__(self) -> AsyncDockerClient:  # noqa: PYI034
        """Give the client itself."""
        return self

    async def __aexit__(self, *_exc: object) -> None:
        """Close it."""
        self.close()

    def __getattr__(self, name: str) -> Any:
        """Say where a method of the low-level client is found."""
        hint = f"'DockerClient' object has no attribute '{name}'"
        if hasattr(AsyncAPIClient, name):
            hint += (
                " In Docker SDK for Python 2.0, this method is now on the "
                "object APIClient. See the low-level API section of the "
                "documentation for more details."
            )
        raise AttributeError(hint)


def _client_options(kwargs: dict[str, Any]) -> dict[str, Any]:
    """Take the options every client gets, with their defaults, out of ``kwargs``."""
    return {
        "timeout": kwargs.pop("timeout", DEFAULT_TIMEOUT_SECONDS),
        "max_pool_size": kwargs.pop("max_pool_size", DEFAULT_MAX_POOL_SIZE),
        "version": kwargs.pop("version", None),
        "use_ssh_client": kwargs.pop("use_ssh_client", False),
    }


from_env = AsyncDockerClient.from_env
from_context = AsyncDockerClient.from_context
