"""Shapes of answers about the engine itself; see `responses`."""

from __future__ import annotations

from typing import Any, Optional, TypedDict

StringMap = Optional[dict[str, str]]


class Created(TypedDict):
    """What ``create_container``, ``create_network`` and others answer."""

    Id: str
    ID: str
    Warnings: Optional[list[str]]
    Warning: str


class _Named(TypedDict):
    Name: str


class VersionComponent(TypedDict):
    """One program of an engine."""

    Name: str
    Version: str
    Details: dict[str, str]


class EngineVersion(TypedDict):
    """``version()``."""

    Platform: _Named
    Components: list[VersionComponent]
    Version: str
    ApiVersion: str
    MinAPIVersion: str
    GitCommit: str
    GoVersion: str
    Os: str
    Arch: str
    KernelVersion: str
    Experimental: bool
    BuildTime: str


class SwarmSummary(TypedDict):
    """The swarm, as this node sees it."""

    NodeID: str
    NodeAddr: str
    LocalNodeState: str
    ControlAvailable: bool
    Error: str
    RemoteManagers: Optional[list[dict[str, str]]]
    Nodes: int
    Managers: int
    Cluster: dict[str, Any]


class EngineInfo(TypedDict):
    """``info()``."""

    ID: str
    Name: str
    ServerVersion: str
    Containers: int
    ContainersRunning: int
    ContainersPaused: int
    ContainersStopped: int
    Images: int
    Driver: str
    DriverStatus: Optional[list[list[str]]]
    Plugins: dict[str, Optional[list[str]]]
    LoggingDriver: str
    CgroupDriver: str
    CgroupVersion: str
    MemoryLimit: bool
    SwapLimit: bool
    PidsLimit: bool
    OomKillDisable: bool
    Debug: bool
    ExperimentalBuild: bool
    LiveRestoreEnabled: bool
    SystemTime: str
    KernelVersion: str
    OperatingSystem: str
    OSType: str
    OSVersion: str
    Architecture: str
    NCPU: int
    MemTotal: int
    DockerRootDir: str
    HttpProxy: str
    HttpsProxy: str
    NoProxy: str
    Labels: Optional[list[str]]
    Runtimes: dict[str, dict[str, Any]]
    DefaultRuntime: str
    Swarm: SwarmSummary
    RegistryConfig: Optional[dict[str, Any]]
    IndexServerAddress: str
    SecurityOptions: Optional[list[str]]
    Warnings: Optional[list[str]]
    KernelMemory: bool
    KernelMemoryTCP: bool
    CpuCfsPeriod: bool
    CpuCfsQuota: bool
    CPUShares: bool
    CPUSet: bool
    IPv4Forwarding: bool
    BridgeNfIptables: bool
    BridgeNfIp6tables: bool
    NFd: int
    NGoroutines: int
    NEventsListener: int
    GenericResources: Optional[list[dict[str, Any]]]
    DefaultAddressPools: list[dict[str, Any]]
    Isolation: str
    InitBinary: str
    ContainerdCommit: dict[str, str]
    RuncCommit: dict[str, str]
    InitCommit: dict[str, str]
    Containerd: dict[str, Any]
    FirewallBackend: dict[str, Any]
    CDISpecDirs: Optional[list[str]]
    DiscoveredDevices: list[dict[str, str]]
    ProductLicense: str
    ClusterStore: str
    ClusterAdvertise: str


class EventActor(TypedDict):
    """What an event happened to."""

    ID: str
    Attributes: StringMap


#: One item of ``events(decode=True)``.
Event = TypedDict(
    "Event",
    {
        "Type": str,
        "Action": str,
        "Actor": EventActor,
        "scope": str,
        "time": int,
        "timeNano": int,
        "status": str,
        "id": str,
        "from": str,
    },
)
