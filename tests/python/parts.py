"""Parts of request bodies that came to the API with some version, and where an engine shows that it read them."""

from __future__ import annotations

import re
from typing import Any, NamedTuple, Optional


class Part(NamedTuple):
    """A part of a create body: where it stands, its value, what else the body needs."""

    path: str
    value: Any
    beside: dict[str, Any] = {}
    #: Where inspection shows it, when that is not where it was sent.
    shown: Optional[str] = None
    #: A started container shows it.
    started: bool = False
    #: What GET /info must say, or the kernel cannot do it.
    needs: Optional[str] = None

    def body(self, common: dict[str, Any]) -> dict[str, Any]:
        """Build the body."""
        body: dict[str, Any] = {}
        for path, value in {**common, **self.beside, self.path: self.value}.items():
            put(body, path, value)
        return body


def steps(path: str) -> list[Any]:
    """``A.B[0].C`` as keys and indexes."""
    found = re.findall(r"[^.\[\]]+|\[\d+\]", path)
    return [int(step[1:-1]) if step.startswith("[") else step for step in found]


def put(body: Any, path: str, value: Any) -> None:
    """Set a value by its path; lists have one element."""
    way = steps(path)
    for step, following in zip(way, way[1:]):
        empty: Any = [{}] if isinstance(following, int) else {}
        if isinstance(step, int):
            body = body[step]
        else:
            body = body.setdefault(step, empty)
    body[way[-1]] = value


def get(value: Any, path: str) -> Any:
    """What stands at a path; None when something on the way is missing."""
    for step in steps(path):
        try:
            value = value[step]
        except (KeyError, IndexError, TypeError):
            return None
    return value


MAC = "02:42:ac:11:00:63"
BRIDGE = "NetworkingConfig.EndpointsConfig.bridge"
MOUNT = "HostConfig.Mounts[0]"
# Engines refuse a source that holds their own data, which lies where the project does.
BIND = {f"{MOUNT}.Type": "bind", f"{MOUNT}.Source": "/etc", f"{MOUNT}.Target": "/x"}
VOLUME = {
    f"{MOUNT}.Type": "volume",
    f"{MOUNT}.Source": "parts",
    f"{MOUNT}.Target": "/x",
}
TMPFS = {f"{MOUNT}.Type": "tmpfs", f"{MOUNT}.Target": "/x"}
SHOWN_BRIDGE = "NetworkSettings.Networks.bridge"
SECOND = 1_000_000_000

CONTAINERS = [
    Part("HostConfig.Annotations", {"a": "b"}),
    Part("HostConfig.CgroupnsMode", "host"),
    Part(
        "HostConfig.DeviceRequests",
        [{"Driver": "d", "Count": 1}],
        shown="HostConfig.DeviceRequests[0].Driver",
    ),
    Part("HostConfig.KernelMemory", 64 << 20, needs="KernelMemory"),
    Part("HostConfig.KernelMemoryTCP", 64 << 20, needs="KernelMemoryTCP"),
    Part("Healthcheck.StartInterval", SECOND, {"Healthcheck.Test": ["CMD", "true"]}),
    Part("StopTimeout", 7),
    Part("MacAddress", MAC, shown=f"{SHOWN_BRIDGE}.MacAddress", started=True),
    Part(f"{BRIDGE}.MacAddress", MAC, shown=f"{SHOWN_BRIDGE}.MacAddress", started=True),
    Part(f"{BRIDGE}.GwPriority", 5, shown=f"{SHOWN_BRIDGE}.GwPriority", started=True),
    Part(f"{BRIDGE}.DriverOpts", {"a": "b"}, shown=f"{SHOWN_BRIDGE}.DriverOpts"),
    Part(f"{MOUNT}.BindOptions.Propagation", "rprivate", BIND),
    Part(f"{MOUNT}.BindOptions.NonRecursive", True, BIND),
    Part(f"{MOUNT}.BindOptions.CreateMountpoint", True, BIND),
    Part(
        f"{MOUNT}.BindOptions.ReadOnlyNonRecursive",
        True,
        {**BIND, f"{MOUNT}.ReadOnly": True},
    ),
    Part(
        f"{MOUNT}.BindOptions.ReadOnlyForceRecursive",
        True,
        {
            **BIND,
            f"{MOUNT}.ReadOnly": True,
            f"{MOUNT}.BindOptions.Propagation": "rprivate",
        },
    ),
    Part(f"{MOUNT}.VolumeOptions.NoCopy", True, VOLUME),
    Part(f"{MOUNT}.VolumeOptions.Labels", {"a": "b"}, VOLUME),
    Part(f"{MOUNT}.VolumeOptions.Subpath", "below", VOLUME),
    Part(
        f"{MOUNT}.VolumeOptions.DriverConfig.Options",
        {"type": "tmpfs", "device": "tmpfs"},
        VOLUME,
    ),
    Part(f"{MOUNT}.TmpfsOptions.SizeBytes", 1 << 20, TMPFS),
    Part(f"{MOUNT}.TmpfsOptions.Options", [["noexec"]], TMPFS),
]

NETWORKS = [
    Part("EnableIPv4", False, {"EnableIPv6": True, "ConfigOnly": True}),
    Part("EnableIPv6", False),
    Part("Attachable", True),
    Part("ConfigOnly", True),
    Part("Labels", {"a": "b"}),
    Part("Options", {"com.docker.network.driver.mtu": "1400"}),
]

VOLUMES = [
    Part("DriverOpts", {"type": "tmpfs", "device": "tmpfs"}, shown="Options"),
    Part("Labels", {"a": "b"}),
    Part(
        "ClusterVolumeSpec",
        {
            "Group": "g",
            "AccessMode": {"Scope": "single", "Sharing": "none", "MountVolume": {}},
        },
        shown="ClusterVolume.Spec.Group",
    ),
]

SPEC = "TaskTemplate.ContainerSpec"
TASK_MOUNT = f"{SPEC}.Mounts[0]"
TASK_BIND = {
    f"{TASK_MOUNT}.Type": "bind",
    f"{TASK_MOUNT}.Source": "/etc",
    f"{TASK_MOUNT}.Target": "/x",
}
TASK_VOLUME = {
    f"{TASK_MOUNT}.Type": "volume",
    f"{TASK_MOUNT}.Source": "parts",
    f"{TASK_MOUNT}.Target": "/x",
}
TASK_TMPFS = {f"{TASK_MOUNT}.Type": "tmpfs", f"{TASK_MOUNT}.Target": "/x"}

SERVICES = [
    Part(f"{SPEC}.CapabilityAdd", ["CAP_NET_ADMIN"]),
    Part(f"{SPEC}.CapabilityDrop", ["CAP_MKNOD"]),
    Part(f"{SPEC}.Sysctls", {"net.ipv4.ip_forward": "1"}),
    Part(f"{SPEC}.Ulimits", [{"Name": "nofile", "Soft": 5, "Hard": 9}]),
    Part(f"{SPEC}.OomScoreAdj", 9),
    Part(f"{SPEC}.Init", True),
    Part(
        f"{SPEC}.HealthCheck.StartInterval",
        SECOND,
        {f"{SPEC}.HealthCheck.Test": ["CMD", "true"]},
    ),
    Part(
        f"{SPEC}.Healthcheck.StartInterval",
        SECOND,
        {f"{SPEC}.Healthcheck.Test": ["CMD", "true"]},
    ),
    Part(f"{SPEC}.Privileges.NoNewPrivileges", True),
    Part(f"{SPEC}.Privileges.AppArmor", {"Mode": "disabled"}),
    Part(f"{SPEC}.Privileges.Seccomp", {"Mode": "unconfined"}),
    Part("TaskTemplate.Resources.Limits.Pids", 9),
    Part("TaskTemplate.Resources.SwapBytes", 1 << 20),
    Part("TaskTemplate.Resources.MemorySwappiness", 7),
    Part("TaskTemplate.Placement.MaxReplicas", 3),
    Part(f"{TASK_MOUNT}.BindOptions.NonRecursive", True, TASK_BIND),
    Part(f"{TASK_MOUNT}.BindOptions.CreateMountpoint", True, TASK_BIND),
    Part(
        f"{TASK_MOUNT}.BindOptions.ReadOnlyNonRecursive",
        True,
        {**TASK_BIND, f"{TASK_MOUNT}.ReadOnly": True},
    ),
    Part(
        f"{TASK_MOUNT}.BindOptions.ReadOnlyForceRecursive",
        True,
        {
            **TASK_BIND,
            f"{TASK_MOUNT}.ReadOnly": True,
            f"{TASK_MOUNT}.BindOptions.Propagation": "rprivate",
        },
    ),
    Part(f"{TASK_MOUNT}.VolumeOptions.NoCopy", True, TASK_VOLUME),
    Part(f"{TASK_MOUNT}.VolumeOptions.Subpath", "below", TASK_VOLUME),
    Part(f"{TASK_MOUNT}.TmpfsOptions.Options", [["noexec"]], TASK_TMPFS),
    Part("Mode.ReplicatedJob", {"MaxConcurrent": 1, "TotalCompletions": 1}),
    Part("UpdateConfig.Order", "start-first"),
]
