"""What ``create_container`` sends: a container's and its host's configuration."""

from __future__ import annotations

from typing import Any, Iterable, Optional, Union

from .. import errors
from ..utils.utils import (
    convert_port_bindings,
    convert_tmpfs_mounts,
    convert_volume_binds,
    format_environment,
    format_extra_hosts,
    normalize_links,
    parse_bytes,
    parse_devices,
    split_command,
    version_gte,
    version_lt,
)
from ._container_options import (
    DeviceRequest,
    LogConfig,
    LogConfigTypesEnum,
    Ulimit,
)
from ._host_config import (
    AFTER_NETWORK_MODE,
    BEFORE_NETWORK_MODE,
    Row,
    host_config_incompatible_error,
    host_config_type_error,
    host_config_value_error,
    host_config_version_error,
)
from .base import DictType
from .healthcheck import Healthcheck

#: What programs import from here, or patch here.
__all__ = [
    "ContainerConfig",
    "DeviceRequest",
    "DictType",
    "Healthcheck",
    "HostConfig",
    "LogConfig",
    "LogConfigTypesEnum",
    "Ulimit",
    "convert_port_bindings",
    "convert_tmpfs_mounts",
    "convert_volume_binds",
    "format_environment",
    "format_extra_hosts",
    "host_config_incompatible_error",
    "host_config_type_error",
    "host_config_value_error",
    "host_config_version_error",
    "normalize_links",
    "parse_bytes",
    "parse_devices",
    "split_command",
    "version_gte",
    "version_lt",
]


class HostConfig(dict[str, Any]):
    """The part of a container's configuration that concerns its host.

    Made by ``APIClient.create_host_config()``, which passes the API version and
    describes the arguments. Arguments that are not given leave no field behind,
    except for ``NetworkMode``, which becomes ``default``.

    Raises:
        dockline.errors.InvalidVersion: ``version`` does not know an argument.
        dockline.errors.InvalidArgument: Two arguments exclude each other.
        TypeError: An argument has the wrong type.
        ValueError: An argument has a value that is not accepted.
    """

    def __init__(
        self,
        version: str,
        binds: Any = None,
        port_bindings: Any = None,
        lxc_conf: Any = None,
        publish_all_ports: bool = False,
        links: Any = None,
        privileged: bool = False,
        dns: Optional[list[str]] = None,
        dns_search: Optional[list[str]] = None,
        volumes_from: Union[str, list[str], None] = None,
        network_mode: Optional[str] = None,
        restart_policy: Optional[dict[str, Any]] = None,
        cap_add: Optional[list[str]] = None,
        cap_drop: Optional[list[str]] = None,
        devices: Optional[list[Any]] = None,
        extra_hosts: Any = None,
        read_only: Optional[bool] = None,
        pid_mode: Optional[str] = None,
        ipc_mode: Optional[str] = None,
        security_opt: Optional[list[str]] = None,
        ulimits: Optional[list[Any]] = None,
        log_config: Any = None,
        mem_limit: Union[float, str, None] = None,
        memswap_limit: Union[float, str, None] = None,
        mem_reservation: Union[float, str, None] = None,
        kernel_memory: Union[float, str, None] = None,
        mem_swappiness: Optional[int] = None,
        cgroup_parent: Optional[str] = None,
        group_add: Optional[Iterable[Union[str, int]]] = None,
        cpu_quota: Optional[int] = None,
        cpu_period: Optional[int] = None,
        blkio_weight: Optional[int] = None,
        blkio_weight_device: Optional[list[Any]] = None,
        device_read_bps: Optional[list[Any]] = None,
        device_write_bps: Optional[list[Any]] = None,
        device_read_iops: Optional[list[Any]] = None,
        device_write_iops: Optional[list[Any]] = None,
        oom_kill_disable: bool = False,
        shm_size: Union[int, str, None] = None,
        sysctls: Optional[dict[str, Any]] = None,
        tmpfs: Any = None,
        oom_score_adj: Optional[int] = None,
        dns_opt: Optional[list[str]] = None,
        cpu_shares: Optional[int] = None,
        cpuset_cpus: Optional[str] = None,
        userns_mode: Optional[str] = None,
        uts_mode: Optional[str] = None,
        pids_limit: Optional[int] = None,
        isolation: Optional[str] = None,
        auto_remove: bool = False,
        storage_opt: Optional[dict[str, Any]] = None,
        init: Optional[bool] = None,
        init_path: Optional[str] = None,
        volume_driver: Optional[str] = None,
        cpu_count: Optional[int] = None,
        cpu_percent: Optional[int] = None,
        nano_cpus: Optional[int] = None,
        cpuset_mems: Optional[str] = None,
        runtime: Optional[str] = None,
        mounts: Optional[list[Any]] = None,
        cpu_rt_period: Optional[int] = None,
        cpu_rt_runtime: Optional[int] = None,
        device_cgroup_rules: Optional[list[str]] = None,
        device_requests: Optional[list[Any]] = None,
        cgroupns: Optional[str] = None,
    ) -> None:
        given = dict(locals())
        super().__init__()
        self._apply(BEFORE_NETWORK_MODE, given)
        if network_mode == "host" and port_bindings:
            raise host_config_incompatible_error(
                "network_mode", "host", "port_bindings"
            )
        self["NetworkMode"] = network_mode or "default"
        self._apply(AFTER_NETWORK_MODE, given)

    def _apply(self, rows: tuple[Row, ...], given: dict[str, Any]) -> None:
        for row in rows:
            value = given[row.param]
            if row.given(value):
                for check in row.checks:
                    check(row.param, value, given["version"])
                self[row.field] = row.convert(value)


def _exposed_ports(ports: Any) -> Any:
    """Turn ``[80, (53, "udp")]`` into the Engine's ``{"80/tcp": {}, ...}``."""
    if not isinstance(ports, list):
        return ports
    exposed: dict[str, dict[str, Any]] = {}
    for entry in ports:
        port, protocol = entry, "tcp"
        if isinstance(entry, tuple):
            port = entry[0]
            if len(entry) == 2:
                protocol = entry[1]
        exposed[f"{port}/{protocol}"] = {}
    return exposed


def _mount_points(volumes: Any) -> Any:
    """Turn a path or a list of paths into the Engine's ``{path: {}}``."""
    if isinstance(volumes, str):
        volumes = [volumes]
    if isinstance(volumes, list):
        return {path: {} for path in volumes}
    return volumes


def _words(command: Any) -> Any:
    return split_command(command) if isinstance(command, str) else command


def _check_version(version: str, healthcheck: Any, stop_timeout: Any) -> None:
    if stop_timeout is not None and version_lt(version, "1.25"):
        raise errors.InvalidVersion(
            "stop_timeout was only introduced in API version 1.25"
        )
    if healthcheck is None:
        return
    if version_lt(version, "1.24"):
        raise errors.InvalidVersion(
            "Health options were only introduced in API version 1.24"
        )
    if version_lt(version, "1.29") and "StartPeriod" in healthcheck:
        raise errors.InvalidVersion(
            "healthcheck start period was introduced in API version 1.29"
        )


class ContainerConfig(dict[str, Any]):
    """A container's configuration, the body of ``POST /containers/create``.

    Made by ``APIClient.create_container_config()``, which passes the API version
    and describes the arguments.

    Raises:
        dockline.errors.InvalidVersion: ``version`` does not know an argument.
    """

    def __init__(
        self,
        version: str,
        image: Optional[str],
        command: Union[str, list[str], None],
        hostname: Optional[str] = None,
        user: Union[str, int, None] = None,
        detach: bool = False,
        stdin_open: bool = False,
        tty: bool = False,
        ports: Any = None,
        environment: Any = None,
        volumes: Any = None,
        network_disabled: bool = False,
        entrypoint: Union[str, list[str], None] = None,
        working_dir: Optional[str] = None,
        domainname: Optional[str] = None,
        host_config: Optional[dict[str, Any]] = None,
        mac_address: Optional[str] = None,
        labels: Any = None,
        stop_signal: Optional[str] = None,
        networking_config: Optional[dict[str, Any]] = None,
        healthcheck: Optional[dict[str, Any]] = None,
        stop_timeout: Optional[int] = None,
        runtime: Optional[str] = None,
    ) -> None:
        super().__init__()
        _check_version(version, healthcheck, stop_timeout)
        if isinstance(environment, dict):
            environment = format_environment(environment)
        if isinstance(labels, list):
            labels = dict.fromkeys(labels, "")
        if healthcheck and isinstance(healthcheck, dict):
            healthcheck = Healthcheck(**healthcheck)
        attached = not detach
        with_stdin = bool(attached and stdin_open)
        self.update(
            {
                "Hostname": hostname,
                "Domainname": domainname,
                "ExposedPorts": _exposed_ports(ports),
                "User": None if user is None else str(user),
                "Tty": tty,
                "OpenStdin": stdin_open,
                "StdinOnce": with_stdin,
                "AttachStdin": with_stdin,
                "AttachStdout": attached,
                "AttachStderr": attached,
                "Env": environment,
                "Cmd": _words(command),
                "Image": image,
                "Volumes": _mount_points(volumes),
                "NetworkDisabled": network_disabled,
                "Entrypoint": _words(entrypoint),
                "WorkingDir": working_dir,
                "HostConfig": host_config,
                "NetworkingConfig": networking_config,
                "MacAddress": mac_address,
                "Labels": labels,
                "StopSignal": stop_signal,
                "Healthcheck": healthcheck,
                "StopTimeout": stop_timeout,
                "Runtime": runtime,
            }
        )
