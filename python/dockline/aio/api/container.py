"""Containers: everything under ``/containers``, and ``/commit``."""

from __future__ import annotations

from ._container_create import AsyncContainerCreateMixin
from ._container_inspect import AsyncContainerInspectMixin
from ._container_lifecycle import AsyncContainerLifecycleMixin
from ._container_streams import AsyncContainerStreamsMixin


class AsyncContainerApiMixin(
    AsyncContainerCreateMixin,
    AsyncContainerInspectMixin,
    AsyncContainerLifecycleMixin,
    AsyncContainerStreamsMixin,
):
    """The low-level methods on containers; part of ``APIClient``."""
