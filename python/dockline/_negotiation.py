"""Which API version is spoken with an engine, and why: `client.negotiation`."""

# No `annotations` of the future here: they would be text, which a NamedTuple
# compiles one by one when it is loaded.
import json
import os
from collections.abc import Mapping
from typing import Any, NamedTuple, Optional

from . import _native

#: Pins the API version of clients that were given none.
VERSION_VARIABLE = "DOCKER_API_VERSION"


class Negotiation(NamedTuple):
    """How a client and its engine settled on an API version.

    ``str()`` says it in one line.
    """

    #: The API version that requests are sent with.
    result: str
    #: The engine's release, such as ``28.5.2``; None when it did not say.
    engine_release: Optional[str]
    #: The oldest and the newest API version the engine serves, where known.
    engine_min: Optional[str]
    engine_max: Optional[str]
    #: The oldest and the newest API version known here.
    client_min: str
    client_max: str
    #: The version that was asked for, and by whom: ``the argument version`` or
    #: ``DOCKER_API_VERSION``. Both None when the version was negotiated.
    pin: Optional[str]
    pin_source: Optional[str]

    def __str__(self) -> str:
        """Say it in one line."""
        engine = (
            f"Engine {self.engine_release}"
            if self.engine_release
            else "an engine of unknown release"
        )
        if self.engine_max is None:
            served = "does not say which versions it serves"
        elif self.engine_min is None:
            served = f"serves up to {self.engine_max}"
        else:
            served = f"serves {self.engine_min} to {self.engine_max}"
        return (
            f"API {self.result} ({self._reason()}): {engine} {served}, "
            f"dockline speaks {self.client_min} to {self.client_max}"
        )

    def _reason(self) -> str:
        if self.pin is not None:
            outside = ", which the engine does not serve" if self._is_outside() else ""
            return f"pinned by {self.pin_source}{outside}"
        if self.engine_max is not None and self.engine_max == self.result:
            return "negotiated: the newest the engine serves"
        if self.result == self.client_max:
            return "negotiated: the newest known here"
        return "negotiated"

    def _is_outside(self) -> bool:
        pin, low, high = map(_order, (self.pin, self.engine_min, self.engine_max))
        return bool(pin and ((low and pin < low) or (high and pin > high)))

    def as_dict(self) -> dict[str, Optional[str]]:
        """Give the fields as a dict."""
        return self._asdict()

    def as_json(self) -> str:
        """Give the fields as JSON text."""
        return json.dumps(self._asdict())

    def spoken(self) -> dict[str, Optional[str]]:
        """Give what the core needs to explain a finding."""
        return {
            "version": self.result,
            "why": _why(self.pin, self.engine_max, self.client_max),
            "by": self.pin_source,
            "engine_release": self.engine_release,
            "engine_max": self.engine_max,
        }


class VersionFrom(str):
    """A version argument that was read from a program's own environment."""

    __slots__ = ()

    @classmethod
    def environment(cls, environment: Mapping[str, str]) -> "Optional[VersionFrom]":
        """Read the variable there, so that it is not read from the process's own."""
        pin = environment.get(VERSION_VARIABLE)
        if not pin and not os.environ.get(VERSION_VARIABLE):
            return None
        return cls(pin or "auto")


def chosen_version(version: Any) -> tuple[Any, str]:
    """Settle a version argument and who chose it: the caller or the environment."""
    if isinstance(version, VersionFrom):
        return str(version), VERSION_VARIABLE
    if version is None:
        return os.environ.get(VERSION_VARIABLE) or None, VERSION_VARIABLE
    return version, "the argument version"


def negotiation_of(client: Any, result: str) -> Negotiation:
    """Describe a client; its engine is asked unless it has said enough."""
    engine = client._native
    known = engine.negotiation()
    if known is None or known["engine_max"] is None:
        known = engine.survey()
    oldest, newest = _native.known_range()
    return Negotiation(
        result,
        known["engine_release"],
        known["engine_min"],
        known["engine_max"],
        oldest,
        newest,
        client._pin,
        client._pin_source,
    )


def spoken_by(client: Any, prefix: Optional[str]) -> dict[str, Optional[str]]:
    """Say which version a request of a client is sent with and why; no I/O."""
    known = client._native.negotiation() or {}
    newest = _native.known_range()[1]
    engine_max = known.get("engine_max")
    by = client._pin_source
    if prefix is None:
        version, why = engine_max or newest, "unprefixed"
    elif prefix != client._version:
        version, why = prefix, "path"
    elif client._pin is None and known.get("result", prefix) != prefix:
        version, why, by = prefix, "pinned", "the attribute _version"
    else:
        version, why = prefix, _why(client._pin, engine_max, newest)
    return {
        "version": version,
        "why": why,
        "by": by,
        "engine_release": known.get("engine_release"),
        "engine_max": engine_max,
    }


def _why(pin: Optional[str], engine_max: Optional[str], newest: str) -> str:
    if pin is not None:
        return "pinned"
    beyond = engine_max is not None and _order(engine_max) > _order(newest)
    return "client" if beyond else "engine"


def _order(version: Optional[str]) -> tuple[int, ...]:
    """Give a version as numbers; nothing for what is none."""
    try:
        return tuple(map(int, (version or "").split(".")))
    except ValueError:
        return ()
