"""What an API version does not know, told before it is sent.

`check` is the checker by itself; a client calls it for every request and acts
on the findings by its policy: warn (the default), error or ignore.
"""

from __future__ import annotations

import json
import os
import sys
import warnings
from collections.abc import Mapping
from typing import Any, Optional, Union

from . import _native
from .errors import InvalidVersion

#: Names the policy when a client is not given one.
POLICY_VARIABLE = "DOCKLINE_ON_VERSION_MISMATCH"
POLICIES = ("warn", "error", "ignore")

Finding = dict[str, Any]


class DockerVersionWarning(UserWarning):
    """The engine would ignore, change or refuse a part of a request."""


def check(
    method: str,
    path: str,
    *,
    api_version: str,
    query: Optional[Mapping[str, Any]] = None,
    headers: Optional[Mapping[str, str]] = None,
    body: Any = None,
) -> list[Finding]:
    """List what `api_version` does not know of a request.

    Args:
        method: HTTP method.
        path: Path, with or without version prefix.
        api_version: For example ``"1.41"``.
        query: Query parameters; lists repeat a parameter.
        headers: Header fields.
        body: The JSON body, as an object or as bytes or text.

    Returns:
        Findings as plain dicts, empty when nothing was found.
    """
    case = {
        "method": method,
        "path": path,
        "api_version": api_version,
        "query": query,
        "headers": headers,
        "body": body.decode() if isinstance(body, bytes) else body,
    }
    given = {name: value for name, value in case.items() if value is not None}
    found: list[Finding] = json.loads(_native.check_json(json.dumps(given)))
    return found


def policy(chosen: Optional[str]) -> str:
    """Settle the policy of a client: its argument, the environment, or warn."""
    name = chosen or os.environ.get(POLICY_VARIABLE) or "warn"
    if name not in POLICIES:
        raise ValueError(
            f"on_version_mismatch must be one of {', '.join(POLICIES)}, not {name!r}"
        )
    return name


def report(findings: list[Finding], chosen: str) -> None:
    """Warn about findings, or raise InvalidVersion for them."""
    if chosen == "error":
        texts = [sentence(finding) for finding in findings]
        error = InvalidVersion("; ".join(texts))
        error.kind = "version_mismatch"
        error.findings = findings  # type: ignore[attr-defined]
        raise error
    for finding in findings:
        warnings.warn(sentence(finding), DockerVersionWarning, _caller_depth())


def sentence(finding: Finding) -> str:
    """Word a finding for people."""
    what = finding.get("path") or finding.get("name")
    if finding.get("value") is not None:
        what = f"{what}={finding['value']}"
    if "removed" in finding:
        return f"{what} is not known any more since API version {finding['removed']}"
    if "since" in finding:
        return f"{what} needs API version {finding['since']} or newer"
    if finding.get("multi"):
        return f"{what} may be given only once"
    return f"{what} is not known"


def _caller_depth() -> int:
    """Count the frames between `report` and the program's own code."""
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
