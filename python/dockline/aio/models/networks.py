"""Networks: what containers reach each other through."""

from __future__ import annotations

import builtins
from typing import TYPE_CHECKING, Any, Optional, Union

from ..._elsewhere import elsewhere
from ...utils import version_gte
from .containers import Container
from .resource import Collection, Model


class Network(Model):
    """A network."""

    @property
    def name(self) -> Optional[str]:
        """Name of the network."""
        return self.attrs.get("Name")

    @property
    async def containers(self) -> list[Container]:
        """The containers connected to it, as of the last :py:meth:`reload`.

        Asks the engine about each of them.
        """
        found = []
        for container_id in self.attrs.get("Containers") or {}:
            found.append(  # noqa: PERF401
                await self.client.containers.get(container_id)
            )
        return found

    async def connect(
        self, container: Union[str, Container], *args: Any, **kwargs: Any
    ) -> None:
        """Connect a container: ``POST /networks/{id}/connect``.

        Args:
            container: Container, its id or its name.
            aliases (list): More names it answers to in this network.
            links (list): Containers to link, each with its alias.
            ipv4_address (str): Its IPv4 address in the network.
            ipv6_address (str): Its IPv6 address in the network.
            link_local_ips (list): Its link-local addresses.
            driver_opt (dict): Options for the network's driver.
            mac_address (str): Its MAC address in the network.

        Raises:
            dockline.errors.APIError: the engine refuses.
        """
        if isinstance(container, Container):
            container = container.id
        return await self.client.api.connect_container_to_network(
            container, self.id, *args, **kwargs
        )

    async def disconnect(
        self, container: Union[str, Container], *args: Any, **kwargs: Any
    ) -> None:
        """Disconnect a container: ``POST /networks/{id}/disconnect``.

        Args:
            container: Container, its id or its name.
            force (bool): Disconnect it even if it is not there any more.

        Raises:
            dockline.errors.APIError: the engine refuses.
        """
        if isinstance(container, Container):
            container = container.id
        return await self.client.api.disconnect_container_from_network(
            container, self.id, *args, **kwargs
        )

    async def remove(self) -> None:
        """Remove the network: ``DELETE /networks/{id}``.

        Raises:
            dockline.errors.APIError: the engine refuses; 403 while in use.
        """
        return await self.client.api.remove_network(self.id)


class NetworkCollection(Collection[Network]):
    """The networks of the engine."""

    model = Network

    async def create(self, name: str, *args: Any, **kwargs: Any) -> Network:
        """Create a network: ``POST /networks/create``.

        Args:
            name: Its name.
            driver (str): Driver to create it with.
            options (dict): Options of the driver.
            ipam (IPAMConfig): Addresses to use.
            check_duplicate (bool): Refuse a name that is taken.
            internal (bool): Keep it apart from the outside world.
            labels (dict): Labels to set on it.
            enable_ipv6 (bool): Use IPv6, too.
            attachable (bool): Let ordinary containers join a swarm's network.
            scope (str): ``local``, ``global`` or ``swarm``.
            ingress (bool): Make it the swarm's routing mesh.

        Raises:
            dockline.errors.APIError: the engine refuses.
        """
        created = await self.client.api.create_network(name, *args, **kwargs)
        return await self.get(created["Id"])

    async def get(self, network_id: str, *args: Any, **kwargs: Any) -> Network:
        """Get a network by id or name: ``GET /networks/{id}``.

        Args:
            network_id: Id or name.
            verbose (bool): Include services across the swarm.
            scope (str): Only in this scope: ``local``, ``global``, ``swarm``.

        Raises:
            dockline.errors.NotFound: there is no such network.
            dockline.errors.APIError: the engine refuses.
        """
        return self.prepare_model(
            await self.client.api.inspect_network(network_id, *args, **kwargs)
        )

    async def list(self, *args: Any, **kwargs: Any) -> builtins.list[Network]:
        """List networks: ``GET /networks``.

        Args:
            names (list): Only networks with these names.
            ids (list): Only networks with these ids.
            filters (dict): ``driver``, ``label``, ``type``, and more.
            greedy (bool): Inspect each one, so that containers are known;
                needs API 1.28.

        Raises:
            dockline.errors.APIError: the engine refuses.
        """
        greedy = kwargs.pop("greedy", False)
        await self.client.api._ensure_version()  # async-only
        found = await self.client.api.networks(*args, **kwargs)
        networks = [self.prepare_model(item) for item in found]
        if greedy and version_gte(self.client.api._version, "1.28"):
            for network in networks:
                await network.reload()
        return networks

    async def prune(self, filters: Optional[dict[str, Any]] = None) -> dict[str, Any]:
        """Delete unused networks: ``POST /networks/prune``.

        Args:
            filters: ``label``, ``until``.

        Returns:
            ``NetworksDeleted``.

        Raises:
            dockline.errors.APIError: the engine refuses.
        """
        return await self.client.api.prune_networks(filters=filters)


if not TYPE_CHECKING:
    # More names that docker-py has here.
    __getattr__ = elsewhere(__name__)
