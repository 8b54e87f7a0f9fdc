"""Sorting the arguments of `run` and `create` into those of the API."""

from __future__ import annotations

from typing import Any, Iterable

from ...errors import create_unexpected_kwargs_error
from ...types import HostConfig, NetworkingConfig
from ...utils import version_gte

#: Arguments of `run` that go to `create_container` as they are.
RUN_CREATE_KWARGS = [
    "command",
    "detach",
    "domainname",
    "entrypoint",
    "environment",
    "healthcheck",
    "hostname",
    "image",
    "labels",
    "mac_address",
    "name",
    "network_disabled",
    "platform",
    "stdin_open",
    "stop_signal",
    "tty",
    "use_config_proxy",
    "user",
    "working_dir",
]

#: Arguments of `run` that go to `HostConfig` as they are.
RUN_HOST_CONFIG_KWARGS = [
    "auto_remove",
    "blkio_weight_device",
    "blkio_weight",
    "cap_add",
    "cap_drop",
    "cgroup_parent",
    "cgroupns",
    "cpu_count",
    "cpu_percent",
    "cpu_period",
    "cpu_quota",
    "cpu_shares",
    "cpuset_cpus",
    "cpuset_mems",
    "cpu_rt_period",
    "cpu_rt_runtime",
    "device_cgroup_rules",
    "device_read_bps",
    "device_read_iops",
    "device_write_bps",
    "device_write_iops",
    "devices",
    "device_requests",
    "dns_opt",
    "dns_search",
    "dns",
    "extra_hosts",
    "group_add",
    "init",
    "init_path",
    "ipc_mode",
    "isolation",
    "kernel_memory",
    "links",
    "log_config",
    "lxc_conf",
    "mem_limit",
    "mem_reservation",
    "mem_swappiness",
    "memswap_limit",
    "mounts",
    "nano_cpus",
    "network_mode",
    "oom_kill_disable",
    "oom_score_adj",
    "pid_mode",
    "pids_limit",
    "privileged",
    "publish_all_ports",
    "read_only",
    "restart_policy",
    "security_opt",
    "shm_size",
    "storage_opt",
    "sysctls",
    "tmpfs",
    "ulimits",
    "userns_mode",
    "uts_mode",
    "version",
    "volume_driver",
    "volumes_from",
    "runtime",
]


def require_auto_remove(version: str) -> None:
    """Refuse ``detach`` with ``remove`` where the engine cannot do it."""
    if not version_gte(version, "1.25"):
        raise RuntimeError(
            "The options 'detach' and 'remove' cannot "
            "be used together in api versions < 1.25."
        )


def check_network_arguments(kwargs: dict[str, Any]) -> None:
    """Refuse network arguments that exclude each other."""
    if kwargs.get("network") and kwargs.get("network_mode"):
        raise RuntimeError(
            'The options "network" and "network_mode" can not be used together.'
        )
    if kwargs.get("networking_config") and not kwargs.get("network"):
        raise RuntimeError(
            'The option "networking_config" can not be used without "network".'
        )


def _take(kwargs: dict[str, Any], names: Iterable[str]) -> dict[str, Any]:
    """Move the arguments called ``names`` out of ``kwargs``."""
    return {name: kwargs.pop(name) for name in names if name in kwargs}


def _create_container_args(kwargs: dict[str, Any]) -> dict[str, Any]:
    """Sort the arguments of `create` into those of `create_container`.

    ``kwargs`` is used up; what nobody knows raises ``TypeError``.
    """
    create = _take(kwargs, RUN_CREATE_KWARGS)
    host = _take(kwargs, RUN_HOST_CONFIG_KWARGS)
    ports = kwargs.pop("ports", None)
    if ports:
        host["port_bindings"] = ports
    volumes = kwargs.pop("volumes", None)
    if volumes:
        host["binds"] = volumes
        create["volumes"] = _mount_points(volumes)
    network = kwargs.pop("network", None)
    endpoints = kwargs.pop("networking_config", None)
    if network:
        host["network_mode"] = network
        # Endpoints that do not speak of the network are of no use.
        if endpoints and network in endpoints:
            create["networking_config"] = NetworkingConfig(endpoints)
        else:
            create["networking_config"] = {network: None}
    if kwargs:
        raise create_unexpected_kwargs_error("run", kwargs)

    create["host_config"] = HostConfig(**host)
    bindings = create["host_config"].get("PortBindings")
    if bindings:
        create["ports"] = [tuple(port.split("/", 1)) for port in sorted(bindings)]
    return create


def _mount_points(volumes: Any) -> list[Any]:
    """List the paths in the container that ``volumes`` are mounted at."""
    if isinstance(volumes, dict):
        return [volume.get("bind") for volume in volumes.values()]
    return [_host_volume_from_bind(volume) for volume in volumes]


def _host_volume_from_bind(bind: str) -> str:
    """Give the path in the container of one ``[source:]path[:mode]``."""
    import ntpath

    # Only the colon of a Windows drive is no separator.
    drive, rest = ntpath.splitdrive(bind)
    first, colon, path = rest.partition(":")
    if not colon or path in ("ro", "rw"):
        return drive + first
    return path[:-3] if path.endswith((":ro", ":rw")) else path
