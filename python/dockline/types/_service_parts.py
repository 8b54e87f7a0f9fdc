"""What a service's containers get: secrets, configs, drivers, networks, resources."""

from __future__ import annotations

from typing import Any, Mapping, Optional, Union

from .. import errors
from ..utils import check_resource


def _file(
    name: str,
    uid: Union[str, int, None],
    gid: Union[str, int, None],
    mode: int,
) -> dict[str, Any]:
    return {"Name": name, "UID": uid or "0", "GID": gid or "0", "Mode": mode}


class SecretReference(dict[str, Any]):
    """A secret that a service's containers see as a file.

    Args:
        secret_id (str): Id of the secret.
        secret_name (str): Name of the secret.
        filename (str): Name of the file. Default: the name of the secret.
        uid (str): Owner of the file. Default: ``0``.
        gid (str): Group of the file. Default: ``0``.
        mode (int): Permissions of the file. Default: ``0o444``.

    Raises:
        dockline.errors.NullResource: ``secret_id`` is empty.
    """

    @check_resource("secret_id")
    def __init__(
        self,
        secret_id: str,
        secret_name: str,
        filename: Optional[str] = None,
        uid: Optional[str] = None,
        gid: Optional[str] = None,
        mode: int = 0o444,
    ) -> None:
        super().__init__()
        self["SecretName"] = secret_name
        self["SecretID"] = secret_id
        self["File"] = _file(filename or secret_name, uid, gid, mode)


class ConfigReference(dict[str, Any]):
    """A config that a service's containers see as a file (API 1.30).

    Args:
        config_id (str): Id of the config.
        config_name (str): Name of the config.
        filename (str): Name of the file. Default: the name of the config.
        uid (str): Owner of the file. Default: ``0``.
        gid (str): Group of the file. Default: ``0``.
        mode (int): Permissions of the file. Default: ``0o444``.

    Raises:
        dockline.errors.NullResource: ``config_id`` is empty.
    """

    @check_resource("config_id")
    def __init__(
        self,
        config_id: str,
        config_name: str,
        filename: Optional[str] = None,
        uid: Optional[str] = None,
        gid: Optional[str] = None,
        mode: int = 0o444,
    ) -> None:
        super().__init__()
        self["ConfigName"] = config_name
        self["ConfigID"] = config_id
        self["File"] = _file(filename or config_name, uid, gid, mode)


class DriverConfig(dict[str, Any]):
    """A driver and its options: for logs, volumes or secrets.

    Args:
        name (str): Name of the driver.
        options (dict): Options of the driver.
    """

    def __init__(self, name: str, options: Optional[Mapping[str, Any]] = None) -> None:
        super().__init__()
        self["Name"] = name
        if options:
            self["Options"] = options


class DNSConfig(dict[str, Any]):
    """What goes into ``/etc/resolv.conf`` of a service's containers (API 1.25).

    Args:
        nameservers (list): Addresses of name servers.
        search (list): Domains that are appended to short names.
        options (list): Resolver options such as ``ndots:3``.
    """

    def __init__(
        self,
        nameservers: Optional[list[str]] = None,
        search: Optional[list[str]] = None,
        options: Optional[list[str]] = None,
    ) -> None:
        super().__init__()
        self["Nameservers"] = nameservers
        self["Search"] = search
        self["Options"] = options


class Privileges(dict[str, Any]):
    """Security options of a service's containers (API 1.30).

    Args:
        credentialspec_file (str): Windows: file with the credential spec, in the
            engine's own ``CredentialSpecs`` directory.
        credentialspec_registry (str): Windows: registry value with the credential
            spec; not together with ``credentialspec_file``.
        selinux_disable (bool): Switch SELinux off.
        selinux_user (str): SELinux user label.
        selinux_role (str): SELinux role label.
        selinux_type (str): SELinux type label.
        selinux_level (str): SELinux level label.

    Raises:
        dockline.errors.InvalidArgument: Both credential specs are given.
    """

    def __init__(
        self,
        credentialspec_file: Optional[str] = None,
        credentialspec_registry: Optional[str] = None,
        selinux_disable: Optional[bool] = None,
        selinux_user: Optional[str] = None,
        selinux_role: Optional[str] = None,
        selinux_type: Optional[str] = None,
        selinux_level: Optional[str] = None,
    ) -> None:
        super().__init__()
        credential_spec = {}
        if credentialspec_registry is not None:
            credential_spec["Registry"] = credentialspec_registry
        if credentialspec_file is not None:
            credential_spec["File"] = credentialspec_file
        if len(credential_spec) > 1:
            raise errors.InvalidArgument(
                "credentialspec_file and credentialspec_registry are mutually exclusive"
            )
        if credential_spec:
            self["CredentialSpec"] = credential_spec
        self["SELinuxContext"] = {
            "Disable": selinux_disable,
            "User": selinux_user,
            "Role": selinux_role,
            "Type": selinux_type,
            "Level": selinux_level,
        }


class NetworkAttachmentConfig(dict[str, Any]):
    """A network that a service's tasks join.

    Args:
        target (str): Name or id of the network.
        aliases (list): Further names of the service on it.
        options (dict): Options for the network driver (API 1.32).
    """

    def __init__(
        self,
        target: str,
        aliases: Optional[list[str]] = None,
        options: Optional[Mapping[str, str]] = None,
    ) -> None:
        super().__init__()
        self["Target"] = target
        self["Aliases"] = aliases
        self["DriverOpts"] = options


class Resources(dict[str, Any]):
    """What a task may use, and what is kept free for it.

    Args:
        cpu_limit (int): Most CPU time, in billionths of a CPU.
        mem_limit (int): Most memory, in bytes.
        cpu_reservation (int): CPU time kept free, in billionths of a CPU.
        mem_reservation (int): Memory kept free, in bytes.
        generic_resources (dict or list): Other resources of the node, as
            ``{kind: number or name}`` or as the Engine writes them (API 1.32).

    Raises:
        dockline.errors.InvalidArgument: ``generic_resources`` has a wrong type.
    """

    def __init__(
        self,
        cpu_limit: Optional[int] = None,
        mem_limit: Optional[int] = None,
        cpu_reservation: Optional[int] = None,
        mem_reservation: Optional[int] = None,
        generic_resources: Union[dict[str, Any], list[Any], None] = None,
    ) -> None:
        super().__init__()
        limits: dict[str, Any] = {}
        reservations: dict[str, Any] = {}
        if cpu_limit is not None:
            limits["NanoCPUs"] = cpu_limit
        if mem_limit is not None:
            limits["MemoryBytes"] = mem_limit
        if cpu_reservation is not None:
            reservations["NanoCPUs"] = cpu_reservation
        if mem_reservation is not None:
            reservations["MemoryBytes"] = mem_reservation
        if generic_resources is not None:
            reservations["GenericResources"] = _convert_generic_resources_dict(
                generic_resources
            )
        if limits:
            self["Limits"] = limits
        if reservations:
            self["Reservations"] = reservations


def _convert_generic_resources_dict(generic_resources: Any) -> list[Any]:
    if isinstance(generic_resources, list):
        return generic_resources
    if not isinstance(generic_resources, dict):
        raise errors.InvalidArgument(
            "generic_resources must be a dict or a list "
            f"(found {type(generic_resources)})"
        )
    resources = []
    for kind, value in generic_resources.items():
        if isinstance(value, int):
            name = "DiscreteResourceSpec"
        elif isinstance(value, str):
            name = "NamedResourceSpec"
        else:
            raise errors.InvalidArgument(
                f"Unsupported generic resource reservation type: { {kind: value} }"
            )
        resources.append({name: {"Kind": kind, "Value": value}})
    return resources
