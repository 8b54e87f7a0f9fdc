"""Shapes of answers on images, networks, volumes and usage; see `responses`."""

from __future__ import annotations

from typing import Any, Optional, TypedDict

from ._answers_containers import ContainerSettings, ContainerSummary, GraphDriver
from ._answers_engine import StringMap

# Images


class ImageSummary(TypedDict):
    """One item of ``images()``."""

    Id: str
    ParentId: str
    RepoTags: Optional[list[str]]
    RepoDigests: Optional[list[str]]
    Created: int
    Size: int
    SharedSize: int
    VirtualSize: int
    Labels: StringMap
    Containers: int
    Manifests: list[dict[str, Any]]
    Descriptor: dict[str, Any]


class RootFS(TypedDict):
    """The layers of an image."""

    Type: str
    Layers: list[str]


class ImageDetails(TypedDict):
    """``inspect_image()``, and ``attrs`` of an image."""

    Id: str
    RepoTags: Optional[list[str]]
    RepoDigests: Optional[list[str]]
    Parent: str
    Comment: str
    Created: str
    Container: str
    ContainerConfig: Optional[ContainerSettings]
    DockerVersion: str
    Author: str
    Config: Optional[ContainerSettings]
    Architecture: str
    Variant: str
    Os: str
    OsVersion: str
    Size: int
    VirtualSize: int
    GraphDriver: GraphDriver
    RootFS: RootFS
    Metadata: dict[str, str]
    Descriptor: dict[str, Any]


class ImageLayer(TypedDict):
    """One item of ``history()``."""

    Id: str
    Created: int
    CreatedBy: str
    Tags: Optional[list[str]]
    Size: int
    Comment: str


# Networks and volumes


class IPAMSubnet(TypedDict):
    """One range of addresses."""

    Subnet: str
    IPRange: str
    Gateway: str
    AuxiliaryAddresses: dict[str, str]


class IPAM(TypedDict):
    """How a network's addresses are managed."""

    Driver: str
    Options: StringMap
    Config: Optional[list[IPAMSubnet]]


class NetworkMember(TypedDict):
    """A container in a network."""

    Name: str
    EndpointID: str
    MacAddress: str
    IPv4Address: str
    IPv6Address: str


class NetworkDetails(TypedDict):
    """``inspect_network()``, and one item of ``networks()``."""

    Name: str
    Id: str
    Created: str
    Scope: str
    Driver: str
    EnableIPv4: bool
    EnableIPv6: bool
    IPAM: IPAM
    Internal: bool
    Attachable: bool
    Ingress: bool
    ConfigFrom: dict[str, str]
    ConfigOnly: bool
    Containers: dict[str, NetworkMember]
    Options: StringMap
    Labels: StringMap
    Peers: list[dict[str, str]]
    Services: dict[str, Any]


class VolumeUsage(TypedDict):
    """How much of the disk a volume takes; -1 when it was not looked at."""

    RefCount: int
    Size: int


class VolumeDetails(TypedDict):
    """``inspect_volume()``, and one item of ``volumes()``."""

    CreatedAt: str
    Driver: str
    Labels: StringMap
    Mountpoint: str
    Name: str
    Options: StringMap
    Scope: str
    Status: dict[str, Any]
    UsageData: VolumeUsage


class VolumeList(TypedDict):
    """``volumes()``."""

    Volumes: Optional[list[VolumeDetails]]
    Warnings: Optional[list[str]]


# Usage


class DiskUsage(TypedDict):
    """``df()``."""

    LayersSize: int
    Images: Optional[list[ImageSummary]]
    Containers: Optional[list[ContainerSummary]]
    Volumes: Optional[list[VolumeDetails]]
    BuildCache: Optional[list[dict[str, Any]]]
    BuilderSize: int


class CpuUsage(TypedDict):
    """Nanoseconds of processor time."""

    total_usage: int
    percpu_usage: Optional[list[int]]
    usage_in_kernelmode: int
    usage_in_usermode: int


class Throttling(TypedDict):
    """How often a limit held a container back."""

    periods: int
    throttled_periods: int
    throttled_time: int


class CpuStats(TypedDict):
    """Processor time of a container and of its machine."""

    cpu_usage: CpuUsage
    system_cpu_usage: int
    online_cpus: int
    throttling_data: Throttling


class MemoryStats(TypedDict):
    """Bytes of memory; ``stats`` differs between cgroup versions."""

    usage: int
    max_usage: int
    failcnt: int
    limit: int
    stats: dict[str, int]


class InterfaceStats(TypedDict):
    """Traffic of one interface."""

    rx_bytes: int
    rx_packets: int
    rx_errors: int
    rx_dropped: int
    tx_bytes: int
    tx_packets: int
    tx_errors: int
    tx_dropped: int


class ContainerStats(TypedDict):
    """One sample of ``stats()``."""

    id: str
    name: str
    os_type: str
    read: str
    preread: str
    num_procs: int
    pids_stats: dict[str, int]
    cpu_stats: CpuStats
    precpu_stats: CpuStats
    memory_stats: MemoryStats
    blkio_stats: dict[str, Optional[list[dict[str, Any]]]]
    storage_stats: dict[str, Any]
    networks: dict[str, InterfaceStats]
