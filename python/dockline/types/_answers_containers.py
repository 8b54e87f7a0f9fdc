"""Shapes of answers about containers; see `responses`."""

from __future__ import annotations

from typing import Any, Optional, TypedDict

from ._answers_engine import StringMap


class PortBinding(TypedDict):
    """Where a port is published."""

    HostIp: str
    HostPort: str


class MountPoint(TypedDict):
    """Something mounted into a container."""

    Type: str
    Name: str
    Source: str
    Destination: str
    Driver: str
    Mode: str
    RW: bool
    Propagation: str


class HealthProbe(TypedDict):
    """One run of a health check."""

    Start: str
    End: str
    ExitCode: int
    Output: str


class Health(TypedDict):
    """How a container's health check went."""

    Status: str
    FailingStreak: int
    Log: Optional[list[HealthProbe]]


class ContainerState(TypedDict):
    """What a container is doing, or how it ended."""

    Status: str
    Running: bool
    Paused: bool
    Restarting: bool
    OOMKilled: bool
    Dead: bool
    Pid: int
    ExitCode: int
    Error: str
    StartedAt: str
    FinishedAt: str
    Health: Health


class EndpointSettings(TypedDict):
    """A container's place in one network."""

    IPAMConfig: Optional[dict[str, Any]]
    Links: Optional[list[str]]
    Aliases: Optional[list[str]]
    DNSNames: Optional[list[str]]
    DriverOpts: StringMap
    NetworkID: str
    EndpointID: str
    Gateway: str
    IPAddress: str
    IPPrefixLen: int
    IPv6Gateway: str
    GlobalIPv6Address: str
    GlobalIPv6PrefixLen: int
    MacAddress: str
    GwPriority: int


class NetworkSettings(TypedDict):
    """Networks and published ports of a container."""

    Networks: dict[str, EndpointSettings]
    Ports: dict[str, Optional[list[PortBinding]]]
    SandboxID: str
    SandboxKey: str
    Bridge: str
    Gateway: str
    IPAddress: str
    IPPrefixLen: int
    MacAddress: str
    EndpointID: str
    HairpinMode: bool
    IPv6Gateway: str
    GlobalIPv6Address: str
    GlobalIPv6PrefixLen: int
    LinkLocalIPv6Address: str
    LinkLocalIPv6PrefixLen: int
    SecondaryIPAddresses: Optional[list[Any]]
    SecondaryIPv6Addresses: Optional[list[Any]]


class ContainerSettings(TypedDict):
    """``Config`` of a container or an image."""

    Hostname: str
    Domainname: str
    User: str
    AttachStdin: bool
    AttachStdout: bool
    AttachStderr: bool
    ExposedPorts: Optional[dict[str, dict[str, Any]]]
    Tty: bool
    OpenStdin: bool
    StdinOnce: bool
    Env: Optional[list[str]]
    Cmd: Optional[list[str]]
    ArgsEscaped: bool
    Healthcheck: dict[str, Any]
    Image: str
    Volumes: Optional[dict[str, dict[str, Any]]]
    WorkingDir: str
    Entrypoint: Optional[list[str]]
    NetworkDisabled: bool
    MacAddress: str
    OnBuild: Optional[list[str]]
    Labels: StringMap
    StopSignal: str
    StopTimeout: int
    Shell: list[str]


class GraphDriver(TypedDict):
    """Where a file system is kept."""

    Name: str
    Data: StringMap


class ContainerDetails(TypedDict):
    """``inspect_container()``, and ``attrs`` of a container."""

    Id: str
    Name: str
    Created: str
    Path: str
    Args: list[str]
    State: ContainerState
    Image: str
    ImageManifestDescriptor: dict[str, Any]
    ResolvConfPath: str
    HostnamePath: str
    HostsPath: str
    LogPath: str
    RestartCount: int
    Driver: str
    Platform: str
    MountLabel: str
    ProcessLabel: str
    AppArmorProfile: str
    ExecIDs: Optional[list[str]]
    HostConfig: dict[str, Any]
    GraphDriver: GraphDriver
    SizeRw: int
    SizeRootFs: int
    Mounts: list[MountPoint]
    Config: ContainerSettings
    NetworkSettings: NetworkSettings


class PortSummary(TypedDict):
    """A port of a container, in a list."""

    IP: str
    PrivatePort: int
    PublicPort: int
    Type: str


class _Networks(TypedDict):
    Networks: dict[str, EndpointSettings]


class ContainerSummary(TypedDict):
    """One item of ``containers()``."""

    Id: str
    Names: list[str]
    Image: str
    ImageID: str
    ImageManifestDescriptor: dict[str, Any]
    Command: str
    Created: int
    Ports: list[PortSummary]
    SizeRw: int
    SizeRootFs: int
    Labels: StringMap
    State: str
    Status: str
    HostConfig: dict[str, Any]
    NetworkSettings: _Networks
    Mounts: list[MountPoint]


class WaitResult(TypedDict):
    """``wait()``."""

    StatusCode: int
    Error: Optional[dict[str, str]]


class Processes(TypedDict):
    """``top()``."""

    Titles: list[str]
    Processes: Optional[list[list[str]]]


class FilesystemChange(TypedDict):
    """One item of ``diff()``: 0 changed, 1 added, 2 deleted."""

    Path: str
    Kind: int


class ExecDetails(TypedDict):
    """``exec_inspect()``."""

    ID: str
    Running: bool
    ExitCode: Optional[int]
    ProcessConfig: dict[str, Any]
    OpenStdin: bool
    OpenStderr: bool
    OpenStdout: bool
    CanRemove: bool
    ContainerID: str
    DetachKeys: str
    Pid: int
