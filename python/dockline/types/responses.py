"""The shapes of the engine's most common answers, for type checkers.

Methods return plain dictionaries, as in docker-py, and pass on whatever an
engine says: a field may be missing in one version and new in another. Every key
is stated as if it were there, so that it can be read; ask for those that depend
on something. Say what a value is where it matters:

    details = cast(ContainerDetails, client.api.inspect_container("web"))
    details["State"]["Health"]["Status"]

Nothing in dockline imports this module at run time.
"""

from __future__ import annotations

from ._answers_containers import (
    ContainerDetails,
    ContainerSettings,
    ContainerState,
    ContainerSummary,
    EndpointSettings,
    ExecDetails,
    FilesystemChange,
    GraphDriver,
    Health,
    HealthProbe,
    MountPoint,
    NetworkSettings,
    PortBinding,
    PortSummary,
    Processes,
    WaitResult,
)
from ._answers_engine import (
    Created,
    EngineInfo,
    EngineVersion,
    Event,
    EventActor,
    SwarmSummary,
    VersionComponent,
)
from ._answers_resources import (
    IPAM,
    ContainerStats,
    CpuStats,
    CpuUsage,
    DiskUsage,
    ImageDetails,
    ImageLayer,
    ImageSummary,
    InterfaceStats,
    IPAMSubnet,
    MemoryStats,
    NetworkDetails,
    NetworkMember,
    RootFS,
    Throttling,
    VolumeDetails,
    VolumeList,
    VolumeUsage,
)

__all__ = [
    "IPAM",
    "ContainerDetails",
    "ContainerSettings",
    "ContainerState",
    "ContainerStats",
    "ContainerSummary",
    "CpuStats",
    "CpuUsage",
    "Created",
    "DiskUsage",
    "EndpointSettings",
    "EngineInfo",
    "EngineVersion",
    "Event",
    "EventActor",
    "ExecDetails",
    "FilesystemChange",
    "GraphDriver",
    "Health",
    "HealthProbe",
    "IPAMSubnet",
    "ImageDetails",
    "ImageLayer",
    "ImageSummary",
    "InterfaceStats",
    "MemoryStats",
    "MountPoint",
    "NetworkDetails",
    "NetworkMember",
    "NetworkSettings",
    "PortBinding",
    "PortSummary",
    "Processes",
    "RootFS",
    "SwarmSummary",
    "Throttling",
    "VersionComponent",
    "VolumeDetails",
    "VolumeList",
    "VolumeUsage",
    "WaitResult",
]
