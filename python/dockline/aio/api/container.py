"""Containers: everything under ``/containers``, and ``/commit``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ... import errors, utils
from ..._late import late
from ...constants import DEFAULT_DATA_CHUNK_SIZE
from ...types.daemon import AsyncCancellableStream
from ._container_create import AsyncContainerCreateMixin
from ._container_inspect import AsyncContainerInspectMixin
from ._container_lifecycle import AsyncContainerLifecycleMixin
from ._container_streams import AsyncContainerStreamsMixin

if TYPE_CHECKING:
    from ...types import ContainerConfig, EndpointConfig, HostConfig, NetworkingConfig

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


if not TYPE_CHECKING:
    _TYPES = ("ContainerConfig", "EndpointConfig", "HostConfig", "NetworkingConfig")
    __getattr__, __dir__ = late(__name__, {"dockline.types": _TYPES})
