"""Dictionaries in the shape of the Engine's request bodies, built and checked."""

from __future__ import annotations

import typing

from .._late import late

if typing.TYPE_CHECKING:
    from .containers import (
        ContainerConfig,
        DeviceRequest,
        HostConfig,
        LogConfig,
        Ulimit,
    )
    from .daemon import CancellableStream
    from .healthcheck import Healthcheck
    from .networks import EndpointConfig, IPAMConfig, IPAMPool, NetworkingConfig
    from .services import (
        ConfigReference,
        ContainerSpec,
        DNSConfig,
        DriverConfig,
        EndpointSpec,
        Mount,
        NetworkAttachmentConfig,
        Placement,
        PlacementPreference,
        Privileges,
        Resources,
        RestartPolicy,
        RollbackConfig,
        SecretReference,
        ServiceMode,
        TaskTemplate,
        UpdateConfig,
    )
    from .swarm import SwarmExternalCA, SwarmSpec

__all__ = [
    "CancellableStream",
    "ConfigReference",
    "ContainerConfig",
    "ContainerSpec",
    "DNSConfig",
    "DeviceRequest",
    "DriverConfig",
    "EndpointConfig",
    "EndpointSpec",
    "Healthcheck",
    "HostConfig",
    "IPAMConfig",
    "IPAMPool",
    "LogConfig",
    "Mount",
    "NetworkAttachmentConfig",
    "NetworkingConfig",
    "Placement",
    "PlacementPreference",
    "Privileges",
    "Resources",
    "RestartPolicy",
    "RollbackConfig",
    "SecretReference",
    "ServiceMode",
    "SwarmExternalCA",
    "SwarmSpec",
    "TaskTemplate",
    "Ulimit",
    "UpdateConfig",
]

if not typing.TYPE_CHECKING:
    __getattr__, __dir__ = late(
        __name__,
        {
            ".base": (),
            ".containers": (
                "ContainerConfig",
                "DeviceRequest",
                "HostConfig",
                "LogConfig",
                "Ulimit",
            ),
            ".daemon": ("CancellableStream",),
            ".healthcheck": ("Healthcheck",),
            ".networks": (
                "EndpointConfig",
                "IPAMConfig",
                "IPAMPool",
                "NetworkingConfig",
            ),
            ".services": (
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
                "RestartPolicy",
                "RollbackConfig",
                "SecretReference",
                "ServiceMode",
                "TaskTemplate",
                "UpdateConfig",
            ),
            ".swarm": ("SwarmExternalCA", "SwarmSpec"),
            ".responses": (),
        },
    )
