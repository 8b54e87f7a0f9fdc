"""Proxy settings of config.json, handed to containers and builds as environment."""

from __future__ import annotations

from typing import Any, Mapping, Optional

from .utils import format_environment


class ProxyConfig(dict[str, Any]):
    """The proxies for one engine: a dict with ``http, https, ftp, no_proxy``.

    Each value is a URL (for ``no_proxy`` a comma-separated list) or None.
    """

    @property
    def http(self) -> Optional[str]:
        """Proxy for plain HTTP."""
        return self.get("http")

    @property
    def https(self) -> Optional[str]:
        """Proxy for HTTPS."""
        return self.get("https")

    @property
    def ftp(self) -> Optional[str]:
        """Proxy for FTP."""
        return self.get("ftp")

    @property
    def no_proxy(self) -> Optional[str]:
        """Hosts that are reached directly."""
        return self.get("no_proxy")

    @staticmethod
    def from_dict(config: Mapping[str, Any]) -> ProxyConfig:
        """Read one entry of the ``proxies`` section of config.json.

        See https://docs.docker.com/engine/cli/proxy/ for the keys.
        """
        return ProxyConfig(
            http=config.get("httpProxy"),
            https=config.get("httpsProxy"),
            ftp=config.get("ftpProxy"),
            no_proxy=config.get("noProxy"),
        )

    def get_environment(self) -> dict[str, str]:
        """Give the settings as variables, each in lower and in upper case."""
        named = (
            ("http_proxy", self.http),
            ("https_proxy", self.https),
            ("ftp_proxy", self.ftp),
            ("no_proxy", self.no_proxy),
        )
        environment: dict[str, str] = {}
        for name, value in named:
            if value:
                environment[name] = environment[name.upper()] = value
        return environment

    def inject_proxy_environment(
        self, environment: Optional[list[str]]
    ) -> Optional[list[str]]:
        """Put the settings in front of ``KEY=value`` strings.

        They go first so that a variable the caller set wins.
        """
        if not self:
            return environment
        return format_environment(self.get_environment()) + (environment or [])

    def __str__(self) -> str:
        return (
            f"ProxyConfig(http={self.http}, https={self.https}, "
            f"ftp={self.ftp}, no_proxy={self.no_proxy})"
        )
