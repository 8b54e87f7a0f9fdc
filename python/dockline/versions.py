"""What an API version does not know, told before it is sent.

`check` is the checker by itself, `behaviours` and `explain` tell what changed its
meaning. A client reviews every request and acts by its policy: ``warn`` (the
default), ``error`` or ``ignore``, chosen by `policy`, by the client's argument
``on_version_mismatch``, or by ``DOCKLINE_ON_VERSION_MISMATCH``.
"""

from __future__ import annotations

import json
import os
import sys
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from typing import Any, Optional, Union

from . import _native
from ._negotiation import Negotiation, spoken_by
from .errors import InvalidArgument, InvalidVersion

__all__ = [
    "POLICIES",
    "POLICY_VARIABLE",
    "DockerBehaviourWarning",
    "DockerVersionWarning",
    "Negotiation",
    "behaviours",
    "check",
    "explain",
    "policy",
    "response_field",
    "response_fields",
]

#: Names the policy of clients that are not given one.
POLICY_VARIABLE = "DOCKLINE_ON_VERSION_MISMATCH"
POLICIES = ("warn", "error", "ignore")

Finding = dict[str, Any]

#: How many findings a client keeps the words of.
_MEMORY = 512

_override: ContextVar[Optional[str]] = ContextVar("on_version_mismatch", default=None)


class DockerVersionWarning(UserWarning):
    """The engine would ignore, drop or refuse a part of a request."""


class DockerBehaviourWarning(DockerVersionWarning):
    """A request means something else before and after some API version."""


def check(
    method: str,
    path: str,
    *,
    api_version: str,
    query: Union[Mapping[str, Any], str, None] = None,
    headers: Optional[Mapping[str, str]] = None,
    body: Any = None,
    unknown: bool = False,
) -> list[Finding]:
    """List what `api_version` does not know of a request. Nothing is sent.

    >>> check("GET", "/images/json", api_version="1.41", query={"filter": "a"})
    [{'in': 'query', 'name': 'filter', 'removed': '1.41'}]

    Args:
        method: HTTP method.
        path: Path. A version before it counts instead of `api_version`, a query
            string behind it is checked, too.
        api_version: For example ``"1.41"``.
        query: Query parameters: lists repeat a parameter, dicts (``filters``)
            are sent as JSON, None is not sent.
        headers: Header fields.
        body: The JSON body: an object, or its text as bytes or str.
        unknown: Also report names that no version knows
            (``{"in": "body", "path": "Binds", "unknown": True, "suggestion":
            "HostConfig.Binds"}``).

    Returns:
        Findings as plain dicts, empty when nothing was found.

    Raises:
        dockline.errors.InvalidArgument: `api_version` is no API version, or an
            argument cannot be written as JSON.
    """
    case = _case(method, path, api_version, query, headers, body)
    found: list[Finding] = json.loads(_asked(_native.check_json, case, unknown))
    return found


def behaviours(
    method: str,
    path: str,
    *,
    api_version: str,
    query: Union[Mapping[str, Any], str, None] = None,
    headers: Optional[Mapping[str, str]] = None,
    body: Any = None,
) -> list[dict[str, str]]:
    """List the changes of meaning that touch a request, oldest first.

    The arguments are those of `check`. Each change is a dict of ``id``,
    ``origin`` (``API 1.42``), ``area``, ``what``, ``consequence`` and ``hint``.
    """
    case = _case(method, path, api_version, query, headers, body)
    found: list[dict[str, str]] = _asked(_native.behaviours_json, case)
    return found


def response_fields(method: str, path: str) -> list[str]:
    """List the fields of an operation's answers that some API version lacks."""
    return _native.response_fields(method, path)


def response_field(
    method: str, path: str, field: str, *, api_version: str
) -> Optional[str]:
    """Say why `api_version` may not send a field of an operation's answer.

    >>> response_field("GET", "/events", "status", api_version="1.51") is None
    True

    Returns:
        Sentences, or None when nothing is known to have happened to the field.
    """
    spoken = _unbound(api_version)
    said: Optional[str] = _asked(_native.response_field, method, path, field, spoken)
    return said


def explain(field: str, api: Union[str, Negotiation, Any]) -> list[str]:
    """Say why a field is missing from what an engine answered.

    ``attrs`` and the dicts of the low-level API hold what the engine sent,
    nothing else: a field that is gone raises KeyError there. This says why:

    >>> explain("NetworkSettings.IPAddress", client)

    Args:
        field: Its path, such as ``NetworkSettings.IPAddress`` or ``status``.
        api: The client that asked, its ``negotiation``, or an API version.

    Returns:
        One text per operation whose answers have had the field; empty when
        nothing is known to have happened to it.
    """
    if isinstance(api, str):
        spoken = _unbound(api)
    elif isinstance(api, Negotiation):
        spoken = api.spoken()
    else:
        spoken = api.negotiation.spoken()
    texts = []
    for method, path in _native.operations_with(field):
        text = _asked(_native.response_field, method, path, field, spoken)
        if text is not None:
            texts.append(f"{method} {path}: {text}")
    return texts


@contextmanager
def policy(on_version_mismatch: str) -> Iterator[None]:
    """Use another policy for the calls in a ``with`` block.

    >>> with dockline.versions.policy("error"):
    ...     client.containers.create("busybox", cgroupns="private")

    It holds for the current thread or task, whichever client makes the calls.

    Args:
        on_version_mismatch: ``warn``, ``error`` or ``ignore``.
    """
    token = _override.set(_named("on_version_mismatch", on_version_mismatch))
    try:
        yield
    finally:
        _override.reset(token)


def settled(chosen: Optional[str]) -> str:
    """Settle the policy of a client: its argument, the environment, or warn."""
    if chosen is not None:
        return _named("on_version_mismatch", chosen)
    from_environment = os.environ.get(POLICY_VARIABLE)
    return _named(POLICY_VARIABLE, from_environment) if from_environment else "warn"


def in_force(clients: str, given: Optional[str] = None) -> str:
    """Say which policy a request has: its own, the block's, or the client's."""
    if given is not None:
        return _named("on_version_mismatch", given)
    return _override.get() or clients


def review(client: Any, wire: Any, chosen: str) -> None:
    """Tell what is worth a word about a request, as the policy says."""
    if isinstance(wire.body, bytes):
        found = _native.review(wire.method, wire.target, wire.headers, wire.body)
    else:
        found = _found(wire.method, wire.target, tuple(wire.headers))
    if found is not None:
        spoken = spoken_by(client, found.version)
        _report(_steady(client._said, spoken, found.told(spoken)), chosen)


@lru_cache(maxsize=256)
def _found(method: str, target: str, headers: tuple[tuple[str, str], ...]) -> Any:
    """Look at a request without a body: many are sent again and again."""
    return _native.review(method, target, list(headers))


def newest_common(
    engine: Any, answer: Mapping[str, Any], served: Union[str, Any]
) -> str:
    """Cap what the engine serves by what is known here, and tell the engine."""
    if not isinstance(served, str):
        return str(served)
    try:
        common: str = _native.newest_common(served)
    except ValueError:
        return served
    oldest = answer.get("MinAPIVersion")
    release = answer.get("Version")
    engine.learn(
        release if isinstance(release, str) else None,
        served,
        oldest if isinstance(oldest, str) else None,
    )
    return common


def _steady(
    said: dict[Any, Any], spoken: Mapping[str, Any], told: list[tuple[str, str, str]]
) -> list[tuple[str, str, str]]:
    """Keep the words of a finding: Python shows a text once per call site.

    A pinned client learns which engine it talks to from the first answer; that
    alone is no reason to say the same again in other words.
    """
    release = spoken["engine_release"]
    steady = []
    for kind, plain, text in told:
        key = (kind, plain, spoken["version"])
        first_release, first_text = said.get(key, (release, text))
        if first_release not in {None, release}:
            first_release, first_text = release, text
        if len(said) < _MEMORY:
            said[key] = (first_release, first_text)
        steady.append((kind, plain, first_text))
    return steady


def _report(told: list[tuple[str, str, str]], chosen: str) -> None:
    """Raise for what would be lost if the policy is strict; warn of the rest."""
    lost = [entry for entry in told if entry[0] != "behaviour"]
    if chosen == "error" and lost:
        error = InvalidVersion("\n".join(text for _, _, text in lost))
        error.kind = "version_mismatch"
        error.findings = [  # type: ignore[attr-defined]
            json.loads(plain) for _, plain, _ in lost
        ]
        raise error
    depth = _caller_depth()
    for kind, _, text in told:
        category = (
            DockerBehaviourWarning if kind == "behaviour" else DockerVersionWarning
        )
        warnings.warn(text, category, stacklevel=depth)


def _named(what: str, value: Any) -> str:
    if value not in POLICIES:
        choices = ", ".join(map(repr, POLICIES))
        raise InvalidArgument(f"{what} must be one of {choices}, not {value!r}")
    return str(value)


def _unbound(api_version: str) -> dict[str, Optional[str]]:
    """Give the context of a version that no client speaks."""
    return {
        "version": api_version,
        "why": "pinned",
        "by": "the argument api_version",
        "engine_release": None,
        "engine_max": None,
    }


def _case(
    method: str, path: str, api_version: str, query: Any, headers: Any, body: Any
) -> str:
    if isinstance(body, (bytes, bytearray, memoryview)):
        body = bytes(body).decode("utf-8", "replace")
    case = {
        "method": method,
        "path": path,
        "api_version": api_version,
        "query": query,
        "headers": headers,
        "body": body,
    }
    given = {name: value for name, value in case.items() if value is not None}
    try:
        return json.dumps(given, default=_written)
    except (TypeError, ValueError) as error:
        raise InvalidArgument(f"the request cannot be written as JSON: {error}") from (
            error
        )


def _written(value: Any) -> Any:
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, (set, frozenset)):
        return sorted(value)
    raise TypeError(f"{value!r} is not JSON")


def _asked(function: Any, *args: Any) -> Any:
    try:
        return function(*args)
    except ValueError as error:
        raise InvalidArgument(str(error)) from None


def _caller_depth() -> int:
    """Count the frames from `_report` to the program's own code."""
    depth = 2
    frame = sys._getframe(2)
    package = __name__.partition(".")[0]
    while frame.f_back is not None:
        name = frame.f_globals.get("__name__", "")
        if name != package and not name.startswith(f"{package}."):
            break
        frame = frame.f_back
        depth += 1
    return depth
