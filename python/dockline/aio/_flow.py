"""How the asynchronous client settles its API version: with its first call.

A constructor cannot await. Every public coroutine of the client therefore
makes sure of the version before its body runs; concurrent first calls share one
negotiation in the core.
"""

from __future__ import annotations

import functools
import inspect
from typing import Any, Callable, Optional, TypeVar

from .._flow import beyond_known, checked_version, is_automatic
from ..types.daemon import Closed

__all__ = ("AsyncFlow", "Closed", "negotiates_first")

Cls = TypeVar("Cls", bound=type)


class AsyncFlow:
    """Settles `_version` when it is first needed."""

    _known_version: Optional[str] = None
    _native: Any

    def _settle_version(self, version: Optional[str]) -> None:
        if is_automatic(version) or beyond_known(version):
            # A pin newer than anything known is put to the engine first, too.
            self._known_version = None
        else:
            self._known_version = checked_version(version, version)

    @property
    def _version(self) -> str:
        """The API version in use.

        Read before any call was awaited, it asks the engine there and then,
        which holds up the event loop for one round trip.
        """
        if self._known_version is None:
            self._known_version = str(self._native.negotiate_now()["result"])
        return self._known_version

    @_version.setter
    def _version(self, version: str) -> None:
        self._known_version = version

    async def _ensure_version(self) -> str:
        """Negotiate unless that was done."""
        if self._known_version is None:
            self._known_version = str((await self._native.negotiate())["result"])
        return self._known_version


def negotiates_first(cls: Cls) -> Cls:
    """Make every public coroutine of a client class negotiate before its body."""
    for name in dir(cls):
        if name.startswith("_") or name in _VERBS:
            continue
        function = inspect.getattr_static(cls, name)
        if inspect.iscoroutinefunction(inspect.unwrap(function)):
            setattr(cls, name, _negotiating(function))
    return cls


#: These take a finished URL.
_VERBS = frozenset(
    ("delete", "get", "head", "options", "patch", "post", "put", "request", "send")
)


def _negotiating(function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    async def negotiating(self: Any, *args: Any, **kwargs: Any) -> Any:
        if self._known_version is None:
            await self._ensure_version()
        return await function(self, *args, **kwargs)

    return negotiating
