"""The object a client shows where docker-py has a requests adapter mounted.

It says where the engine is and carries no connection: the native engine does.
Real requests adapters are made on demand, see `requests_adapters`.
"""

from __future__ import annotations

from typing import Any, ClassVar


class UnknownScheme(ValueError):
    """No adapter serves a URL of that scheme."""


class EngineAdapter:
    """Address, timeout and pool sizes of a client."""

    __attrs__: ClassVar[list[str]] = ["socket_path", "timeout", "max_pool_size"]

    def __init__(
        self, url: str, timeout: Any, pool_connections: int, max_pool_size: int
    ) -> None:
        """Remember where the engine is."""
        self.url = url
        self.timeout = timeout
        self.pool_connections = pool_connections
        self.max_pool_size = max_pool_size
        if url.startswith("http+unix://"):
            self.socket_path = "/" + url[len("http+unix://") :].lstrip("/")
        elif url.startswith("npipe://"):
            self.npipe_path = url[len("npipe://") :]
        elif url.startswith("ssh://"):
            self.ssh_host = url[len("ssh://") :]

    def close(self) -> None:
        """Do nothing: connections belong to the client."""

    def __repr__(self) -> str:
        """Name the address."""
        return f"<EngineAdapter {self.url}>"
