"""Where docker-py keeps `NpipeHTTPAdapter`; importing this imports `requests`."""

from __future__ import annotations

from .requests_adapters import NpipeHTTPAdapter

__all__ = ["NpipeHTTPAdapter"]
