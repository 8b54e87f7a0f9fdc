"""What a service runs: its task, container, mounts and resources."""

from __future__ import annotations

from typing import Any, Iterable, Mapping, Optional, Union

from .. import errors
from ..constants import IS_WINDOWS_PLATFORM
from ..utils import (
    check_resource,
    convert_service_networks,
    format_environment,
    format_extra_hosts,
    parse_bytes,
    split_command,
)
from ._service_parts import (
    ConfigReference,
    DNSConfig,
    DriverConfig,
    NetworkAttachmentConfig,
    Privileges,
    Resources,
    SecretReference,
    _convert_generic_resources_dict,
)
from ._service_policy import (
    EndpointSpec,
    Placement,
    PlacementPreference,
    RestartConditionTypesEnum,
    RestartPolicy,
    RollbackConfig,
    ServiceMode,
    UpdateConfig,
    convert_service_ports,
)

#: What programs import from here, or patch here.
__all__ = [
    "ConfigReference",
    "ContainerSpec",
    "DNSConfig",
    "DriverConfig",
    "EndpointSpec",
    "Mount",
    "NetworkAttachmentConfig",
    "Placement",
    "PlacementPreference",
    "Privileges",
    "Resources",
    "RestartConditionTypesEnum",
    "RestartPolicy",
    "RollbackConfig",
    "SecretReference",
    "ServiceMode",
    "TaskTemplate",
    "UpdateConfig",
    "_convert_generic_resources_dict",
    "check_resource",
    "convert_service_ports",
]


class TaskTemplate(dict[str, Any]):
    """The task that a service runs.

    Args:
        container_spec (ContainerSpec): The container of the task.
        resources (Resources): Limits and reservations.
        restart_policy (RestartPolicy): What happens when the task ends.
        placement (Placement or list): Where it may run; a list is taken as the
            constraints.
        log_driver (DriverConfig): Where its output goes.
        networks (list): Names, ids or :py:class:`NetworkAttachmentConfig` objects.
        force_update (int): A counter; a new value restarts the tasks although
            nothing else changed (API 1.25).

    Raises:
        TypeError: ``force_update`` is not an integer, or ``networks`` not a list.
    """

    def __init__(
        self,
        container_spec: Mapping[str, Any],
        resources: Optional[Mapping[str, Any]] = None,
        restart_policy: Optional[Mapping[str, Any]] = None,
        placement: Union[Mapping[str, Any], list[str], None] = None,
        log_driver: Optional[Mapping[str, Any]] = None,
        networks: Optional[list[Any]] = None,
        force_update: Optional[int] = None,
    ) -> None:
        super().__init__()
        self["ContainerSpec"] = container_spec
        if resources:
            self["Resources"] = resources
        if restart_policy:
            self["RestartPolicy"] = restart_policy
        if placement:
            if isinstance(placement, list):
                placement = Placement(constraints=placement)
            self["Placement"] = placement
        if log_driver:
            self["LogDriver"] = log_driver
        if networks:
            self["Networks"] = convert_service_networks(networks)
        if force_update is not None:
            if not isinstance(force_update, int):
                raise TypeError("force_update must be an integer")
            self["ForceUpdate"] = force_update

    @property
    def container_spec(self) -> Any:
        """The container of the task."""
        return self.get("ContainerSpec")

    @property
    def resources(self) -> Any:
        """Limits and reservations, or None."""
        return self.get("Resources")

    @property
    def restart_policy(self) -> Any:
        """What happens when the task ends, or None."""
        return self.get("RestartPolicy")

    @property
    def placement(self) -> Any:
        """Where the task may run, or None."""
        return self.get("Placement")


def _environment(value: Any) -> Any:
    return format_environment(value) if isinstance(value, dict) else value


def _hosts(value: Any) -> Any:
    return format_extra_hosts(value, task=True)


def _mounts(value: Any) -> list[Any]:
    return [
        Mount.parse_mount_string(one) if isinstance(one, str) else one for one in value
    ]


class ContainerSpec(dict[str, Any]):
    """The container of a service's task.

    Arguments that are not given leave no field behind.

    Args:
        image (str): Image to run.
        command (str or list): Replaces the image's entrypoint; a string is split
            as a shell would.
        args (list): Arguments of the command.
        hostname (str): Host name (API 1.25).
        env (dict or list): Environment variables.
        workdir (str): Working directory.
        user (str): User the command runs as.
        labels (dict): Labels of the containers.
        mounts (list): :py:class:`Mount` objects or ``source:target:mode`` strings.
        stop_grace_period (int): Nanoseconds between the stop signal and the kill.
        secrets (list): :py:class:`SecretReference` objects.
        tty (bool): Allocate a terminal (API 1.25).
        groups (list): Further groups of the process (API 1.25).
        open_stdin (bool): Keep standard input open.
        read_only (bool): Make the root file system read-only (API 1.28).
        stop_signal (str): Signal that asks the container to stop (API 1.28).
        healthcheck (Healthcheck): How its health is found out (API 1.25).
        hosts (dict): Name to address, for ``/etc/hosts`` (API 1.25).
        dns_config (DNSConfig): Name resolution (API 1.25).
        configs (list): :py:class:`ConfigReference` objects (API 1.30).
        privileges (Privileges): Security options (API 1.30).
        isolation (str): Windows: isolation technology (API 1.35).
        init (bool): Run an init process (API 1.37).
        cap_add (list): Capabilities to add (API 1.41).
        cap_drop (list): Capabilities to take away (API 1.41).
        sysctls (dict): Kernel parameters (API 1.40).

    Raises:
        TypeError: ``secrets``, ``configs``, ``cap_add`` or ``cap_drop`` is not a
            list, or ``sysctls`` not a dict.
        dockline.errors.InvalidArgument: A mount string has too many parts.
    """

    def __init__(
        self,
        image: str,
        command: Union[str, list[str], None] = None,
        args: Optional[list[str]] = None,
        hostname: Optional[str] = None,
        env: Union[Mapping[str, Any], list[str], None] = None,
        workdir: Optional[str] = None,
        user: Optional[str] = None,
        labels: Optional[Mapping[str, str]] = None,
        mounts: Optional[Iterable[Any]] = None,
        stop_grace_period: Optional[int] = None,
        secrets: Optional[list[Any]] = None,
        tty: Optional[bool] = None,
        groups: Optional[list[str]] = None,
        open_stdin: Optional[bool] = None,
        read_only: Optional[bool] = None,
        stop_signal: Optional[str] = None,
        healthcheck: Optional[Mapping[str, Any]] = None,
        hosts: Optional[Mapping[str, str]] = None,
        dns_config: Optional[Mapping[str, Any]] = None,
        configs: Optional[list[Any]] = None,
        privileges: Optional[Mapping[str, Any]] = None,
        isolation: Optional[str] = None,
        init: Optional[bool] = None,
        cap_add: Optional[list[str]] = None,
        cap_drop: Optional[list[str]] = None,
        sysctls: Optional[dict[str, Any]] = None,
    ) -> None:
        super().__init__()
        self["Image"] = image
        self["Command"] = (
            split_command(command) if isinstance(command, str) else command
        )
        self["Args"] = args
        self._put("Hostname", hostname)
        self._put("Env", _environment(env))
        self._put("Dir", workdir)
        self._put("User", user)
        self._put("Groups", groups)
        self._put("StopSignal", stop_signal)
        self._put("StopGracePeriod", stop_grace_period)
        self._put("Labels", labels)
        self._put("Hosts", None if hosts is None else _hosts(hosts))
        self._put("Mounts", None if mounts is None else _mounts(mounts))
        self._put_a("list", "secrets", "Secrets", secrets)
        self._put_a("list", "configs", "Configs", configs)
        self._put("DNSConfig", dns_config)
        self._put("Privileges", privileges)
        self._put("Healthcheck", healthcheck)
        self._put("TTY", tty)
        self._put("OpenStdin", open_stdin)
        self._put("ReadOnly", read_only)
        self._put("Isolation", isolation)
        self._put("Init", init)
        self._put_a("list", "cap_add", "CapabilityAdd", cap_add)
        self._put_a("list", "cap_drop", "CapabilityDrop", cap_drop)
        self._put_a("dict", "sysctls", "Sysctls", sysctls)

    def _put(self, field: str, value: Any) -> None:
        if value is not None:
            self[field] = value

    def _put_a(self, kind: str, name: str, field: str, value: Any) -> None:
        if value is not None and not isinstance(
            value, {"list": list, "dict": dict}[kind]
        ):
            raise TypeError(f"{name} must be a {kind}")
        self._put(field, value)


class Mount(dict[str, Any]):
    """Something mounted into a container or a service's containers.

    Args:
        target (str): Path inside the container.
        source (str): Volume name or host path; None for an anonymous volume or
            a tmpfs.
        type (str): ``volume`` (default), ``bind``, ``tmpfs`` or ``npipe``.
        read_only (bool): Mount it read-only. Default: ``False``.
        consistency (str): ``default``, ``consistent``, ``cached`` or
            ``delegated``.
        propagation (str): ``bind`` only: ``[r]private``, ``[r]shared`` or
            ``[r]slave``.
        no_copy (bool): ``volume`` only: do not fill a new volume with what the
            image has at the target. Default: ``False``.
        labels (dict): ``volume`` only: labels of the volume.
        driver_config (DriverConfig): ``volume`` only: driver of the volume.
        tmpfs_size (int or str): ``tmpfs`` only: size in bytes, or as ``64m``.
        tmpfs_mode (int): ``tmpfs`` only: permissions.
        subpath (str): ``volume`` only: path inside the volume (API 1.45).

    Raises:
        dockline.errors.InvalidArgument: The type is unknown, or does not go with
            another argument.
    """

    def __init__(
        self,
        target: str,
        source: Optional[str],
        type: str = "volume",
        read_only: bool = False,
        consistency: Optional[str] = None,
        propagation: Optional[str] = None,
        no_copy: bool = False,
        labels: Optional[Mapping[str, str]] = None,
        driver_config: Optional[Mapping[str, Any]] = None,
        tmpfs_size: Union[float, str, None] = None,
        tmpfs_mode: Optional[int] = None,
        subpath: Optional[str] = None,
    ) -> None:
        super().__init__()
        self["Target"] = target
        self["Source"] = source
        if type not in ("bind", "volume", "tmpfs", "npipe"):
            raise errors.InvalidArgument(f'Unsupported mount type: "{type}"')
        self["Type"] = type
        self["ReadOnly"] = read_only
        if consistency:
            self["Consistency"] = consistency
        of_volume = (labels, driver_config, no_copy)
        of_tmpfs = (tmpfs_size, tmpfs_mode)
        if type == "bind":
            if propagation is not None:
                self["BindOptions"] = {"Propagation": propagation}
            _exclude(type, *of_volume, *of_tmpfs, subpath)
        elif type == "volume":
            self._volume_options(no_copy, labels, driver_config, subpath)
            _exclude(type, propagation, *of_tmpfs)
        elif type == "tmpfs":
            self._tmpfs_options(tmpfs_mode, tmpfs_size)
            _exclude(type, propagation, *of_volume)

    def _volume_options(
        self, no_copy: bool, labels: Any, driver_config: Any, subpath: Any
    ) -> None:
        options: dict[str, Any] = {}
        if no_copy:
            options["NoCopy"] = True
        if labels:
            options["Labels"] = labels
        if driver_config:
            options["DriverConfig"] = driver_config
        if subpath:
            options["Subpath"] = subpath
        if options:
            self["VolumeOptions"] = options

    def _tmpfs_options(self, mode: Any, size: Any) -> None:
        options: dict[str, Any] = {}
        if mode:
            if not isinstance(mode, int):
                raise errors.InvalidArgument("tmpfs_mode must be an integer")
            options["Mode"] = mode
        if size:
            options["SizeBytes"] = parse_bytes(size)
        if options:
            self["TmpfsOptions"] = options

    @classmethod
    def parse_mount_string(cls, string: str) -> Mount:
        """Read ``target``, ``source:target`` or ``source:target:mode``.

        A source that begins with a slash is a host path, any other the name of a
        volume. Every mode but ``rw`` mounts read-only.

        Raises:
            dockline.errors.InvalidArgument: The string has more than three parts.
        """
        parts = string.split(":")
        if len(parts) > 3:
            raise errors.InvalidArgument(f'Invalid mount format "{string}"')
        if len(parts) == 1:
            return cls(target=parts[0], source=None)
        source, target = parts[0], parts[1]
        on_host = source.startswith("/") or (
            IS_WINDOWS_PLATFORM and source[:1].isalpha() and source[1:2] == ":"
        )
        read_only = len(parts) == 3 and parts[2] != "rw"
        kind = "bind" if on_host else "volume"
        return cls(target, source, read_only=read_only, type=kind)


def _exclude(mount_type: str, *others: Any) -> None:
    if any(others):
        raise errors.InvalidArgument(
            f"Incompatible options have been provided for the {mount_type} type mount."
        )
