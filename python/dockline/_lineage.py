"""Ancestors borrowed from ``requests`` and ``urllib3``, never imported here.

Programs written for docker-py catch ``requests.exceptions.HTTPError`` and its
relatives. When a program has imported ``requests``, the error classes listed
with `adopt` get those classes as real bases the next time an error is made;
until then plain stand-ins hold their place. Identity, name and pickling of the
classes stay as they are, and ``except`` clauses match by their ordinary rules.
"""

from __future__ import annotations

import sys
from typing import Any, Callable, Optional, TypeVar

Cls = TypeVar("Cls", bound=type)
Bases = tuple[type, ...]
Recipe = Callable[[Any, Any], Bases]


class HTTPError(OSError):
    """Stands in for ``requests.exceptions.HTTPError``."""


class ConnectionFailure(OSError):
    """Stands in for ``requests.exceptions.ConnectionError``."""


_recipes: list[tuple[type, Bases, Recipe]] = []
_adopted: tuple[Optional[Any], Optional[Any]] = (None, None)


def adopt(recipe: Recipe) -> Callable[[Cls], Cls]:
    """Decorate a class whose bases follow `requests` once that is imported.

    ``recipe(requests.exceptions, urllib3.exceptions)`` gives the borrowed
    bases. They take the place of a stand-in among the class's bases, else they
    come behind its first one.
    """

    def register(cls: Cls) -> Cls:
        _recipes.append((cls, cls.__bases__, recipe))
        return cls

    return register


def _rebased(bases: Bases, borrowed: Bases) -> Bases:
    stand_ins = (HTTPError, ConnectionFailure)
    if bases[0] in stand_ins:
        return borrowed + bases[1:]
    return bases[:1] + borrowed + bases[1:]


def refresh() -> None:
    """Rebase the registered classes if `requests` has appeared or changed."""
    global _adopted  # noqa: PLW0603 - one process-wide fact: what was adopted
    requests = sys.modules.get("requests.exceptions")
    urllib3 = sys.modules.get("urllib3.exceptions")
    if (requests, urllib3) == _adopted:
        return
    # A module that is still being imported lacks its last names.
    if not hasattr(requests, "RequestsDependencyWarning") or urllib3 is None:
        return
    for cls, bases, recipe in _recipes:
        cls.__bases__ = _rebased(bases, recipe(requests, urllib3))
    _adopted = (requests, urllib3)


def http_error(message: str, response: Any) -> Exception:
    """Return the error of `raise_for_status`: requests' own if it is imported."""
    refresh()
    requests = _adopted[0]
    if requests is not None:
        error: Exception = requests.HTTPError(message, response=response)
        return error
    failure: Any = HTTPError(message)
    failure.response = response
    failure.request = getattr(response, "request", None)
    return failure  # type: ignore[no-any-return]


def wrapped(name: str, *args: Any) -> Exception:
    """Build ``urllib3.exceptions.<name>``, or a plain stand-in of that name.

    docker-py's connection errors carry such an exception as ``args[0]``.
    """
    module = sys.modules.get("urllib3.exceptions")
    cls = getattr(module, name, None) or _STAND_INS[name]
    error: Exception = cls(*args)
    return error


class ProtocolError(Exception):
    """Stands in for ``urllib3.exceptions.ProtocolError``."""


class ReadTimeoutError(Exception):
    """Stands in for ``urllib3.exceptions.ReadTimeoutError``."""

    def __init__(self, pool: object, url: object, message: object) -> None:
        """Say which pool it was, as urllib3 does."""
        super().__init__(f"{pool}: {message}")
        self.pool = pool
        self.url = url

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle without the prefix that `__init__` adds."""
        return _plain, (type(self), self.args)


class Packed:
    """An exception on its way into a pickle: urllib3's own lose their words there."""

    def __init__(self, error: Exception) -> None:
        """Keep what it is made of."""
        self.parts = (type(error), error.args)

    def __reduce__(self) -> tuple[Any, ...]:
        """Come out as the exception itself."""
        return _plain, self.parts


def packed(value: Any) -> Any:
    """Wrap a value of urllib3 for a pickle; give any other as it is."""
    own = type(value).__module__.partition(".")[0] == "urllib3"
    return Packed(value) if own and isinstance(value, Exception) else value


def unpacked(value: Any) -> Any:
    """Give what `packed` was given: a copy is made without a pickle."""
    return _plain(*value.parts) if isinstance(value, Packed) else value


def _plain(cls: type[Exception], args: tuple[Any, ...]) -> Exception:
    error = cls.__new__(cls, *args)
    error.args = args
    return error


_STAND_INS = {"ProtocolError": ProtocolError, "ReadTimeoutError": ReadTimeoutError}
