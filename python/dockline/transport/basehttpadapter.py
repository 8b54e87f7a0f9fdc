"""Where docker-py keeps `BaseHTTPAdapter`; importing this imports `requests`."""

from __future__ import annotations

from .requests_adapters import BaseHTTPAdapter

__all__ = ["BaseHTTPAdapter"]
