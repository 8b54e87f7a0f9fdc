"""Where docker-py keeps `UnixHTTPAdapter`; importing this imports `requests`."""

from __future__ import annotations

from .requests_adapters import UnixHTTPAdapter

__all__ = ["UnixHTTPAdapter"]
