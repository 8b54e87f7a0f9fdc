"""The low-level client, one file per kind of resource."""

from .client import AsyncAPIClient

__all__ = ["AsyncAPIClient"]
