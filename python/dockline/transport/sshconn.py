"""Where docker-py keeps `SSHHTTPAdapter`; importing this imports `requests`."""

from __future__ import annotations

from .requests_adapters import SSHHTTPAdapter

__all__ = ["SSHHTTPAdapter"]
