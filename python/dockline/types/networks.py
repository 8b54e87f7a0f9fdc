"""Networks: address management and how a container joins one."""

from __future__ import annotations

from typing import Any, Iterable, Mapping, Optional, Union

from .. import errors
from ..utils import normalize_links, version_lt


def _since(api_version: str, minimum: str, what: str) -> None:
    if version_lt(api_version, minimum):
        raise errors.InvalidVersion(
            f"{what} is not supported for API version < {minimum}"
        )


class EndpointConfig(dict[str, Any]):
    """How one container is attached to one network.

    Made by ``APIClient.create_endpoint_config()``, which passes the API version.

    Args:
        version (str): API version the result is meant for.
        aliases (list): Further names of the container on this network.
        links (dict or list): Containers to link, as ``{name: alias}`` or pairs.
        ipv4_address (str): Fixed IPv4 address.
        ipv6_address (str): Fixed IPv6 address.
        link_local_ips (list): Link-local addresses (API 1.24).
        driver_opt (dict): Options for the network driver (API 1.32).
        mac_address (str): Fixed MAC address (API 1.25).

    Raises:
        dockline.errors.InvalidVersion: ``version`` does not know an argument.
        TypeError: ``driver_opt`` is not a dict.
    """

    def __init__(
        self,
        version: str,
        aliases: Optional[list[str]] = None,
        links: Union[Mapping[str, str], Iterable[tuple[str, str]], None] = None,
        ipv4_address: Optional[str] = None,
        ipv6_address: Optional[str] = None,
        link_local_ips: Optional[list[str]] = None,
        driver_opt: Optional[dict[str, Any]] = None,
        mac_address: Optional[str] = None,
    ) -> None:
        super().__init__()
        _since(version, "1.22", "Endpoint config")
        if aliases:
            self["Aliases"] = aliases
        if links:
            self["Links"] = normalize_links(links)
        if mac_address:
            _since(version, "1.25", "mac_address")
            self["MacAddress"] = mac_address
        addresses: dict[str, Any] = {}
        if ipv4_address:
            addresses["IPv4Address"] = ipv4_address
        if ipv6_address:
            addresses["IPv6Address"] = ipv6_address
        if link_local_ips is not None:
            _since(version, "1.24", "link_local_ips")
            addresses["LinkLocalIPs"] = link_local_ips
        if addresses:
            self["IPAMConfig"] = addresses
        if driver_opt:
            _since(version, "1.32", "DriverOpts")
            if not isinstance(driver_opt, dict):
                raise TypeError("driver_opt must be a dictionary")
            self["DriverOpts"] = driver_opt


class NetworkingConfig(dict[str, Any]):
    """The networks a new container joins.

    Args:
        endpoints_config (dict): Network name to :py:class:`EndpointConfig`.
    """

    def __init__(self, endpoints_config: Optional[Mapping[str, Any]] = None) -> None:
        super().__init__()
        if endpoints_config:
            self["EndpointsConfig"] = endpoints_config


class IPAMConfig(dict[str, Any]):
    """Address management of a network, for ``create_network(ipam=...)``.

    Args:
        driver (str): Address driver. Default: ``default``.
        pool_configs (list): :py:class:`IPAMPool` objects. Default: none.
        options (dict): Options for the driver.

    Raises:
        TypeError: ``options`` is not a dict.

    Example:
        >>> pool = IPAMPool(subnet="10.77.0.0/16", gateway="10.77.0.1")
        >>> client.api.create_network("backend", ipam=IPAMConfig(pool_configs=[pool]))
    """

    def __init__(
        self,
        driver: str = "default",
        pool_configs: Optional[list[Any]] = None,
        options: Optional[dict[str, str]] = None,
    ) -> None:
        super().__init__()
        self["Driver"] = driver
        self["Config"] = pool_configs or []
        if options:
            if not isinstance(options, dict):
                raise TypeError("IPAMConfig options must be a dictionary")
            self["Options"] = options


class IPAMPool(dict[str, Any]):
    """One address pool of an :py:class:`IPAMConfig`.

    Args:
        subnet (str): The pool, in CIDR notation.
        iprange (str): The part of it that containers get addresses from.
        gateway (str): Address of the gateway.
        aux_addresses (dict): Reserved addresses, name to address.
    """

    def __init__(
        self,
        subnet: Optional[str] = None,
        iprange: Optional[str] = None,
        gateway: Optional[str] = None,
        aux_addresses: Optional[Mapping[str, str]] = None,
    ) -> None:
        super().__init__()
        self["Subnet"] = subnet
        self["IPRange"] = iprange
        self["Gateway"] = gateway
        self["AuxiliaryAddresses"] = aux_addresses
