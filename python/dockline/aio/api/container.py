"""Containers: everything under ``/containers``, and ``/commit``."""

from __future__ import annotations

from ... import errors, utils
from ...constants import DEFAULT_DATA_CHUNK_SIZE
from ...types import ContainerConfig, EndpointConfig, HostConfig, NetworkingConfig
from ...types.daemon import AsyncCancellableStream
from ._container_create import AsyncContainerCreateMixin
from ._container_inspect import AsyncContainerInspectMixin
from ._container_lifecycle import AsyncContainerLifecycleMixin
from ._container_streams import AsyncContainerStreamsMixin

#: What programs import from here, or patch here.
__all__ = [
    "DEFAULT_DATA_CHUNK_SIZE",
    "AsyncCancellableStream",
    "AsyncContainerApiMixin",
    "ContainerConfig",
    "EndpointConfig",
    "HostConfig",
    "NetworkingConfig",
    "errors",
    "utils",
]


class AsyncContainerApiMixin(
    AsyncContainerCreateMixin,
    AsyncContainerInspectMixin,
    AsyncContainerLifecycleMixin,
    AsyncContainerStreamsMixin,
):
    """The low-level methods on containers; part of ``APIClient``."""
