"""How the blocking client settles its API version: at once, as docker-py does.

`aio._flow` is the asynchronous sibling of this file; the rest of the two
clients is one source.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Optional, TypeVar

from ._native import newest_common as newest_known
from .constants import MINIMUM_DOCKER_API_VERSION
from .errors import (
    ConnectTimeout,
    DaemonUnreachable,
    DockerException,
    InvalidVersion,
    RequestTimeout,
)
from .utils import utils
from .versions import newest_common

if TYPE_CHECKING:
    from typing_extensions import TypeAlias

Cls = TypeVar("Cls", bound=type)

#: What `close` gives; in the asynchronous package it may be awaited.
Closed: TypeAlias = None


def checked_version(version: Any, given: Any) -> str:
    """Refuse what is no API version, or one below those supported."""
    if not isinstance(version, str):
        raise DockerException(
            f"Version parameter must be a string or None. Found {type(given).__name__}"
        )
    if utils.version_lt(version, MINIMUM_DOCKER_API_VERSION):
        raise InvalidVersion(
            f"API versions below {MINIMUM_DOCKER_API_VERSION} are "
            "no longer supported by this library."
        )
    return version


def is_automatic(version: Any) -> bool:
    """Tell whether a version argument asks for negotiation."""
    return version is None or (isinstance(version, str) and version.lower() == "auto")


def beyond_known(version: Any) -> bool:
    """Tell whether a pin is an API version newer than any known here."""
    try:
        return bool(newest_known(version) != version)
    except (TypeError, ValueError):
        return False


class Flow:
    """Settles `_version` while the client is constructed."""

    _version: str
    _native: Any

    def _settle_version(self, version: Optional[str]) -> None:
        automatic = is_automatic(version)
        if not automatic and beyond_known(version):
            # Such a pin is refused here, by name, if the engine lacks it, too.
            self._native.negotiate()
        chosen: Any = self._retrieve_server_version() if automatic else version
        self._version = checked_version(chosen, version)

    def _retrieve_server_version(self) -> str:
        """Ask the engine for its API version, capped by the newest known here."""
        api: Any = self
        try:
            answer = api.version(api_version=False)
            served = answer["ApiVersion"]
        except KeyError as error:
            raise DockerException(
                'Invalid response from docker daemon: key "ApiVersion" is missing.'
            ) from error
        except Exception as error:
            words = str(error)
            if getattr(error, "kind", None) == "wrong_protocol":
                summary = vars(error).get("summary") or ""
                words = words if summary in words else f"{words}: {summary}"
            # docker-py raises a plain DockerException; these say more and are that, too.
            kind = (
                type(error) if isinstance(error, DaemonUnreachable) else DockerException
            )
            failure = kind(f"Error while fetching server API version: {words}")
            failure.__dict__.update(
                {
                    name: value
                    for name, value in vars(error).items()
                    if name in _INHERITED
                }
            )
            raise failure from error
        return newest_common(self._native, answer, served)


_UNREACHED = (DaemonUnreachable, ConnectTimeout, RequestTimeout)
_INHERITED = ("kind", "summary", "hint", "endpoint", "phase", "os_code")


def negotiates_first(cls: Cls) -> Cls:
    """Return the class as it is: a blocking client has negotiated already."""
    return cls
