"""The rows behind ``HostConfig``: one per keyword argument.

A row says when an argument counts as given, what is checked, and how it is
turned into the Engine's field. Rows are applied in order, which is the order of
the fields on the wire and of the errors when several arguments are wrong.
"""

# No `annotations` of the future here: they would be text, which a NamedTuple
# compiles one by one when it is loaded.
from typing import Any, Callable, NamedTuple

from .. import errors
from ..utils.utils import (
    convert_port_bindings,
    convert_tmpfs_mounts,
    convert_volume_binds,
    format_extra_hosts,
    normalize_links,
    parse_bytes,
    parse_devices,
    version_gte,
    version_lt,
)
from ._container_options import DeviceRequest, LogConfig, Ulimit

#: Gets the parameter's name, its value and the API version; raises if they clash.
Check = Callable[[str, Any, str], None]


def host_config_type_error(param: str, param_value: Any, expected: str) -> TypeError:
    """Make the error for an argument of the wrong type."""
    return TypeError(
        f"Invalid type for {param} param: expected {expected} "
        f"but found {type(param_value)}"
    )


def host_config_version_error(
    param: str, version: str, less_than: bool = True
) -> errors.InvalidVersion:
    """Make the error for an argument that an API version does not have."""
    operator = "<" if less_than else ">"
    return errors.InvalidVersion(
        f"{param} param is not supported in API versions {operator} {version}"
    )


def host_config_value_error(param: str, param_value: Any) -> ValueError:
    """Make the error for a value that an argument does not accept."""
    return ValueError(f"Invalid value for {param} param: {param_value}")


def host_config_incompatible_error(
    param: str, param_value: Any, incompatible_param: str
) -> errors.InvalidArgument:
    """Make the error for two arguments that exclude each other."""
    return errors.InvalidArgument(
        f'"{param_value}" {param} is incompatible with {incompatible_param}'
    )


class Row(NamedTuple):
    """One argument of ``HostConfig`` and the field it becomes."""

    param: str
    field: str
    given: Callable[[Any], bool]
    checks: tuple[Check, ...]
    convert: Callable[[Any], Any]


def _is_set(value: Any) -> bool:
    return value is not None


def _same(value: Any) -> Any:
    return value


def _a(kind: type, name: str) -> Check:
    def check(param: str, value: Any, _version: str) -> None:
        if not isinstance(value, kind):
            raise host_config_type_error(param, value, name)

    return check


def _since(minimum: str) -> Check:
    def check(param: str, _value: Any, version: str) -> None:
        if version_lt(version, minimum):
            raise host_config_version_error(param, minimum)

    return check


def _until(limit: str) -> Check:
    def check(param: str, _value: Any, version: str) -> None:
        if version_gte(version, limit):
            raise host_config_version_error(param, limit, False)

    return check


def _only_host(param: str, value: Any, _version: str) -> None:
    if value != "host":
        raise host_config_value_error(param, value)


def _pid_mode(param: str, value: Any, version: str) -> None:
    if version_lt(version, "1.24"):
        _only_host(param, value, version)


def _log_config(param: str, value: Any, _version: str) -> None:
    if not isinstance(value, dict):
        raise host_config_type_error(param, value, "LogConfig")


_INT = _a(int, "int")
_LIST = _a(list, "list")
_DICT = _a(dict, "dict")


def _when_set(
    param: str, field: str, *checks: Check, to: Callable[[Any], Any] = _same
) -> Row:
    return Row(param, field, _is_set, checks, to)


def _when_true(
    param: str, field: str, *checks: Check, to: Callable[[Any], Any] = _same
) -> Row:
    return Row(param, field, bool, checks, to)


def _size(value: Any) -> Any:
    return parse_bytes(value) if isinstance(value, str) else value


def _names(value: Any) -> Any:
    return value.split(",") if isinstance(value, str) else value


def _extra_hosts(value: Any) -> Any:
    return format_extra_hosts(value) if isinstance(value, dict) else value


def _lxc(value: Any) -> Any:
    if isinstance(value, dict):
        return [{"Key": key, "Value": str(item)} for key, item in value.items()]
    return value


def _strings(value: Any) -> dict[str, str]:
    return {key: str(item) for key, item in value.items()}


def _each(kind: type) -> Callable[[Any], Any]:
    def convert(values: Any) -> Any:
        return [item if isinstance(item, kind) else kind(**item) for item in values]

    return convert


def _logging(value: Any) -> Any:
    return value if isinstance(value, LogConfig) else LogConfig(**value)


BEFORE_NETWORK_MODE: tuple[Row, ...] = (
    _when_set("mem_limit", "Memory", to=parse_bytes),
    _when_set("memswap_limit", "MemorySwap", to=parse_bytes),
    _when_true("mem_reservation", "MemoryReservation", to=parse_bytes),
    _when_true("kernel_memory", "KernelMemory", to=parse_bytes),
    _when_set("mem_swappiness", "MemorySwappiness", _INT),
    _when_set("shm_size", "ShmSize", to=_size),
    _when_true("pid_mode", "PidMode", _pid_mode),
    _when_true("ipc_mode", "IpcMode"),
    _when_true("privileged", "Privileged"),
    _when_true("oom_kill_disable", "OomKillDisable"),
    _when_true("oom_score_adj", "OomScoreAdj", _since("1.22"), _INT),
    _when_true("publish_all_ports", "PublishAllPorts"),
    _when_set("read_only", "ReadonlyRootfs"),
    _when_true("dns_search", "DnsSearch"),
)

AFTER_NETWORK_MODE: tuple[Row, ...] = (
    _when_true("restart_policy", "RestartPolicy", _DICT),
    _when_true("cap_add", "CapAdd"),
    _when_true("cap_drop", "CapDrop"),
    _when_true("devices", "Devices", to=parse_devices),
    _when_true("group_add", "GroupAdd", to=lambda groups: [str(one) for one in groups]),
    _when_set("dns", "Dns"),
    _when_set("dns_opt", "DnsOptions"),
    _when_set("security_opt", "SecurityOpt", _LIST),
    _when_true("sysctls", "Sysctls", _DICT, to=_strings),
    _when_set("volumes_from", "VolumesFrom", to=_names),
    _when_set("binds", "Binds", to=convert_volume_binds),
    _when_set("port_bindings", "PortBindings", to=convert_port_bindings),
    _when_set("extra_hosts", "ExtraHosts", to=_extra_hosts),
    _when_set("links", "Links", to=normalize_links),
    _when_set("lxc_conf", "LxcConf", to=_lxc),
    _when_set("cgroup_parent", "CgroupParent"),
    _when_set("ulimits", "Ulimits", _LIST, to=_each(Ulimit)),
    _when_set("log_config", "LogConfig", _log_config, to=_logging),
    _when_true("cpu_quota", "CpuQuota", _INT),
    _when_true("cpu_period", "CpuPeriod", _INT),
    _when_true("cpu_shares", "CpuShares", _INT),
    _when_true("cpuset_cpus", "CpusetCpus"),
    _when_true("cpuset_mems", "CpusetMems", _a(str, "str")),
    _when_true("cpu_rt_period", "CPURealtimePeriod", _since("1.25"), _INT),
    _when_true("cpu_rt_runtime", "CPURealtimeRuntime", _since("1.25"), _INT),
    _when_true("blkio_weight", "BlkioWeight", _INT, _since("1.22")),
    _when_true("blkio_weight_device", "BlkioWeightDevice", _LIST, _since("1.22")),
    _when_true("device_read_bps", "BlkioDeviceReadBps", _LIST, _since("1.22")),
    _when_true("device_write_bps", "BlkioDeviceWriteBps", _LIST, _since("1.22")),
    _when_true("device_read_iops", "BlkioDeviceReadIOps", _LIST, _since("1.22")),
    _when_true("device_write_iops", "BlkioDeviceWriteIOps", _LIST, _since("1.22")),
    _when_true("tmpfs", "Tmpfs", _since("1.22"), to=convert_tmpfs_mounts),
    _when_true("userns_mode", "UsernsMode", _since("1.23"), _only_host),
    _when_true("uts_mode", "UTSMode", _only_host),
    _when_true("pids_limit", "PidsLimit", _INT, _since("1.23")),
    _when_true("isolation", "Isolation", _a(str, "string"), _since("1.24")),
    _when_true("auto_remove", "AutoRemove", _since("1.25")),
    _when_set("storage_opt", "StorageOpt", _since("1.24")),
    _when_set("init", "Init", _since("1.25")),
    _when_set("init_path", "InitPath", _since("1.25"), _until("1.29")),
    _when_set("volume_driver", "VolumeDriver"),
    _when_true("cpu_count", "CpuCount", _INT, _since("1.25")),
    _when_true("cpu_percent", "CpuPercent", _INT, _since("1.25")),
    _when_true("nano_cpus", "NanoCpus", _INT, _since("1.25")),
    _when_true("runtime", "Runtime", _since("1.25")),
    _when_set("mounts", "Mounts", _since("1.30")),
    _when_set("device_cgroup_rules", "DeviceCgroupRules", _since("1.28"), _LIST),
    _when_set(
        "device_requests",
        "DeviceRequests",
        _since("1.40"),
        _LIST,
        to=_each(DeviceRequest),
    ),
    _when_true("cgroupns", "CgroupnsMode"),
)
