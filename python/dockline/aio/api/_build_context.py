"""What a build sends: where its context comes from, and its query."""

from __future__ import annotations

import json
import os
from typing import Any, Optional

from ... import constants, errors, utils

_REMOTES = ("http://", "https://", "git://", "github.com/", "git@")

#: Argument, its name in the query, the first API version that knows it, and
#: whether the value is sent as JSON. Falsy arguments are not sent.
_SINCE = (
    ("shmsize", "shmsize", "1.22", False),
    ("labels", "labels", "1.23", True),
    ("cache_from", "cachefrom", "1.25", True),
    ("target", "target", "1.29", False),
    ("network_mode", "networkmode", "1.25", False),
    ("squash", "squash", "1.25", False),
)
#: The same for arguments that are sent unless they are None.
_SINCE_IF_SET = (
    ("extra_hosts", "extrahosts", "1.27"),
    ("platform", "platform", "1.32"),
    ("isolation", "isolation", "1.24"),
)


def process_dockerfile(
    dockerfile: Optional[str], path: str
) -> tuple[Optional[str], Optional[str]]:
    """Find a Dockerfile that may lie outside of the build context.

    Gives its name inside the context and None; for a file outside, a made-up name
    and the contents to put into the archive under it.
    """
    if not dockerfile:
        return None, None
    absolute = dockerfile
    if not os.path.isabs(dockerfile):
        absolute = os.path.join(path, dockerfile)
        prefix = constants.WINDOWS_LONGPATH_PREFIX
        if constants.IS_WINDOWS_PLATFORM and path.startswith(prefix):
            absolute = prefix + os.path.normpath(absolute[len(prefix) :])
    on_other_drive = os.path.splitdrive(path)[0] != os.path.splitdrive(absolute)[0]
    if on_other_drive or os.path.relpath(absolute, path).startswith(".."):
        with open(absolute) as file:
            import random

            return f".dockerfile.{random.getrandbits(160):x}", file.read()
    if dockerfile == absolute:
        return os.path.relpath(absolute, path), None
    return dockerfile, None


def check_build(
    path: Optional[str],
    fileobj: Any,
    gzip: bool,
    encoding: Optional[str],
    tag: Optional[str],
    limits: dict[str, Any],
    custom_context: bool,
) -> None:
    """Refuse arguments that do not go together."""
    if path is None and fileobj is None:
        raise TypeError("Either path or fileobj needs to be provided.")
    if gzip and encoding is not None:
        raise errors.DockerException("Can not use custom encoding if gzip is enabled")
    if tag is not None and not utils.match_tag(tag):
        raise errors.DockerException(f"invalid tag '{tag}': invalid reference format")
    for key in limits:
        if key not in constants.CONTAINER_LIMITS_KEYS:
            raise errors.DockerException(
                f"invalid container limit '{key}': "
                f"not one of {', '.join(constants.CONTAINER_LIMITS_KEYS)}"
            )
    if custom_context and not fileobj:
        raise TypeError("You must specify fileobj with custom_context")


def is_remote(path: Optional[str]) -> bool:
    """Tell whether the engine fetches the context itself."""
    return path is not None and path.startswith(_REMOTES)


def archive_directory(
    path: str, dockerfile: Optional[str], gzip: bool
) -> tuple[Any, Optional[str]]:
    """Pack a directory, minus what its .dockerignore leaves out.

    Gives the archive, made while it is sent, and the name of the Dockerfile in it.
    """
    if not os.path.isdir(path):
        raise TypeError("You must specify a directory to build in path")
    exclude = None
    ignore = os.path.join(path, ".dockerignore")
    if os.path.exists(ignore):
        with open(ignore) as file:
            lines = [line.strip() for line in file.read().splitlines()]
        exclude = [line for line in lines if line and not line.startswith("#")]
    found = process_dockerfile(dockerfile, path)
    archive = utils.build.stream_context(path, exclude, dockerfile=found, gzip=gzip)
    return archive, found[0]


def versioned_params(version: str, given: dict[str, Any]) -> dict[str, Any]:
    """Give the query of the arguments that not every API version knows."""
    params: dict[str, Any] = {}
    for name, key, minimum, as_json in _SINCE:
        value = given[name]
        if value:
            _since(version, minimum, name)
            params[key] = json.dumps(value) if as_json else value
    for name, key, minimum in _SINCE_IF_SET:
        value = given[name]
        if value is not None:
            _since(version, minimum, name)
            if name == "extra_hosts" and isinstance(value, dict):
                value = utils.format_extra_hosts(value)
            params[key] = value
    return params


def _since(version: str, minimum: str, name: str) -> None:
    if utils.version_lt(version, minimum):
        raise errors.InvalidVersion(
            f"{name} was only introduced in API version {minimum}"
        )
