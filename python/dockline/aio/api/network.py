"""Networks: everything under ``/networks``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Callable, Optional

from ... import utils
from ...errors import InvalidVersion
from ...types.base import Resource
from ...utils import check_resource, minimum_version, version_lt

if TYPE_CHECKING:
    from ._host import AsyncApiHost

    _EndpointConfig = Callable[..., dict[str, Any]]
else:
    AsyncApiHost = object


def _since(version: str, minimum: str, message: str) -> None:
    if version_lt(version, minimum):
        raise InvalidVersion(message)


class AsyncNetworkApiMixin(AsyncApiHost):
    """The low-level methods on networks; part of ``APIClient``."""

    if TYPE_CHECKING:
        create_endpoint_config: _EndpointConfig

    async def networks(
        self,
        names: Optional[list[str]] = None,
        ids: Optional[list[str]] = None,
        filters: Optional[dict[str, Any]] = None,
    ) -> list[dict[str, Any]]:
        """List networks.

        Endpoint: ``GET /networks``.

        Args:
            names (list): Only networks with these names.
            ids (list): Only networks with these ids.
            filters (dict): ``dangling``, ``driver``, ``label``, ``scope``,
                ``type`` and others the engine knows.

        Returns:
            list of dict: One per network.

        Raises:
            dockline.errors.APIError: The engine refused.
        """
        wanted = dict(filters) if filters else {}
        if names:
            wanted["name"] = names
        if ids:
            wanted["id"] = ids
        params = {"filters": utils.convert_filters(wanted)}
        response = await self._get(self._url("/networks"), params=params)
        found: list[dict[str, Any]] = self._result(response, json=True)
        return found

    async def create_network(
        self,
        name: str,
        driver: Optional[str] = None,
        options: Optional[dict[str, Any]] = None,
        ipam: Optional[dict[str, Any]] = None,
        check_duplicate: Optional[bool] = None,
        internal: bool = False,
        labels: Optional[dict[str, str]] = None,
        enable_ipv6: bool = False,
        attachable: Optional[bool] = None,
        scope: Optional[str] = None,
        ingress: Optional[bool] = None,
    ) -> dict[str, Any]:
        """Create a network.

        Endpoint: ``POST /networks/create``.

        Args:
            name (str): Name.
            driver (str): Network driver. Default of the engine: ``bridge``.
            options (dict): Options for the driver.
            ipam (IPAMConfig): Address management.
            check_duplicate (bool): Refuse a name that is taken (always so from API
                1.44 on).
            internal (bool): No way out of the network. Default: ``False``.
            labels (dict): Labels.
            enable_ipv6 (bool): Hand out IPv6 addresses. Default: ``False``.
            attachable (bool): Containers outside of services may join a network of
                the swarm (API 1.24).
            scope (str): ``local``, ``global`` or ``swarm`` (API 1.30).
            ingress (bool): Make it the routing mesh of the swarm (API 1.29).

        Returns:
            dict: ``Id`` of the network, and ``Warning``.

        Raises:
            dockline.errors.APIError: The engine refused.
            dockline.errors.InvalidVersion: The API version does not know an
                argument.
            TypeError: ``options`` or ``labels`` is not a dict.
        """
        if options is not None and not isinstance(options, dict):
            raise TypeError("options must be a dictionary")
        data: dict[str, Any] = {
            "Name": name,
            "Driver": driver,
            "Options": options,
            "IPAM": ipam,
            "CheckDuplicate": check_duplicate,
        }
        if labels is not None:
            _since(self._version, "1.23", "network labels were introduced in API 1.23")
            if not isinstance(labels, dict):
                raise TypeError("labels must be a dictionary")
            data["Labels"] = labels
        if enable_ipv6:
            _since(self._version, "1.23", "enable_ipv6 was introduced in API 1.23")
            data["EnableIPv6"] = True
        if internal:
            message = "Internal networks are not supported in API version < 1.22"
            _since(self._version, "1.22", message)
            data["Internal"] = True
        if attachable is not None:
            message = "attachable is not supported in API version < 1.24"
            _since(self._version, "1.24", message)
            data["Attachable"] = attachable
        if ingress is not None:
            message = "ingress is not supported in API version < 1.29"
            _since(self._version, "1.29", message)
            data["Ingress"] = ingress
        if scope is not None:
            message = "scope is not supported in API version < 1.30"
            _since(self._version, "1.30", message)
            data["Scope"] = scope
        response = await self._post_json(self._url("/networks/create"), data=data)
        created: dict[str, Any] = self._result(response, json=True)
        return created

    @minimum_version("1.25")
    async def prune_networks(
        self, filters: Optional[dict[str, Any]] = None
    ) -> dict[str, Any]:
        """Remove networks that no container uses.

        Endpoint: ``POST /networks/prune`` (API 1.25).

        Args:
            filters (dict): ``until`` and ``label``.

        Returns:
            dict: ``NetworksDeleted``.

        Raises:
            dockline.errors.APIError: The engine refused.
        """
        params = {}
        if filters:
            params["filters"] = utils.convert_filters(filters)
        response = await self._post(self._url("/networks/prune"), params=params)
        pruned: dict[str, Any] = self._result(response, True)
        return pruned

    @check_resource("net_id")
    async def remove_network(self, net_id: Resource) -> None:
        """Remove a network.

        Endpoint: ``DELETE /networks/{id}``.

        Args:
            net_id (str or dict): Id or name.

        Raises:
            dockline.errors.APIError: The engine refused.
        """
        response = await self._delete(self._url("/networks/{0}", net_id))
        self._raise_for_status(response)

    @check_resource("net_id")
    async def inspect_network(
        self,
        net_id: Resource,
        verbose: Optional[bool] = None,
        scope: Optional[str] = None,
    ) -> dict[str, Any]:
        """Give what the engine knows about a network.

        Endpoint: ``GET /networks/{id}``.

        Args:
            net_id (str or dict): Id or name.
            verbose (bool): In a swarm: also the services on it (API 1.28).
            scope (str): Look only among ``local``, ``global`` or ``swarm``
                networks (API 1.31).

        Returns:
            dict: The details, as the engine gives them.

        Raises:
            dockline.errors.NotFound: There is no such network.
            dockline.errors.APIError: The engine refused.
            dockline.errors.InvalidVersion: The API version does not know an
                argument.
        """
        params: dict[str, Any] = {}
        if verbose is not None:
            _since(self._version, "1.28", "verbose was introduced in API 1.28")
            params["verbose"] = verbose
        if scope is not None:
            _since(self._version, "1.31", "scope was introduced in API 1.31")
            params["scope"] = scope
        response = await self._get(self._url("/networks/{0}", net_id), params=params)
        details: dict[str, Any] = self._result(response, json=True)
        return details

    @check_resource("container")
    async def connect_container_to_network(
        self,
        container: Resource,
        net_id: str,
        ipv4_address: Optional[str] = None,
        ipv6_address: Optional[str] = None,
        aliases: Optional[list[str]] = None,
        links: Any = None,
        link_local_ips: Optional[list[str]] = None,
        driver_opt: Optional[dict[str, Any]] = None,
        mac_address: Optional[str] = None,
    ) -> None:
        """Let a container join a network.

        Endpoint: ``POST /networks/{id}/connect``.

        Args:
            container (str or dict): Id or name of the container.
            net_id (str): Id or name of the network.
            ipv4_address (str): Fixed IPv4 address.
            ipv6_address (str): Fixed IPv6 address.
            aliases (list): Further names of the container on the network.
            links (dict or list): Containers to link, as ``{name: alias}``.
            link_local_ips (list): Link-local addresses.
            driver_opt (dict): Options for the network driver (API 1.32).
            mac_address (str): Fixed MAC address (API 1.25).

        Raises:
            dockline.errors.APIError: The engine refused.
            dockline.errors.InvalidVersion: The API version does not know an
                argument.
        """
        data = {
            "Container": container,
            "EndpointConfig": self.create_endpoint_config(
                aliases=aliases,
                links=links,
                ipv4_address=ipv4_address,
                ipv6_address=ipv6_address,
                link_local_ips=link_local_ips,
                driver_opt=driver_opt,
                mac_address=mac_address,
            ),
        }
        url = self._url("/networks/{0}/connect", net_id)
        response = await self._post_json(url, data=data)
        self._raise_for_status(response)

    @check_resource("container")
    async def disconnect_container_from_network(
        self, container: Resource, net_id: str, force: bool = False
    ) -> None:
        """Take a container off a network.

        Endpoint: ``POST /networks/{id}/disconnect``.

        Args:
            container (str or dict): Id or name of the container.
            net_id (str): Id or name of the network.
            force (bool): Even if the container is gone or unreachable.
                Default: ``False``.

        Raises:
            dockline.errors.APIError: The engine refused.
        """
        data: dict[str, Any] = {"Container": container}
        if force:
            message = "Forced disconnect was introduced in API 1.22"
            _since(self._version, "1.22", message)
            data["Force"] = force
        url = self._url("/networks/{0}/disconnect", net_id)
        response = await self._post_json(url, data=data)
        self._raise_for_status(response)
