"""Conversions between what callers write and what the engine's API takes.

Pure functions, no I/O except :py:func:`parse_env_file`. The names, results and
error classes are public: programs import them one by one.
"""

from __future__ import annotations

import base64
import functools
import json
import os
import shlex
from typing import TYPE_CHECKING, Any, Iterable, Mapping, NoReturn, Optional, Union

from .. import errors
from .._elsewhere import elsewhere
from ..constants import BYTE_UNITS
from ..tls import TLSConfig
from ._address import ChosenAddress, URLComponents, parse_host
from ._older import with_older_options

if TYPE_CHECKING:
    from datetime import datetime

__all__ = [
    "URLComponents",
    "compare_version",
    "convert_filters",
    "convert_port_bindings",
    "convert_service_networks",
    "convert_tmpfs_mounts",
    "convert_volume_binds",
    "create_host_config",
    "create_ipam_config",
    "create_ipam_pool",
    "datetime_to_timestamp",
    "decode_json_header",
    "format_environment",
    "format_extra_hosts",
    "kwargs_from_env",
    "normalize_links",
    "parse_bytes",
    "parse_devices",
    "parse_env_file",
    "parse_host",
    "parse_repository_tag",
    "split_command",
    "version_gte",
    "version_lt",
]

_PROPAGATIONS = ("private", "rprivate", "rshared", "rslave", "shared", "slave")


def create_ipam_pool(*args: Any, **kwargs: Any) -> NoReturn:  # noqa: ARG001
    """Gone: raises DeprecatedMethod and names its replacement."""
    raise errors.DeprecatedMethod(
        "utils.create_ipam_pool has been removed. Please use a "
        "docker.types.IPAMPool object instead."
    )


def create_ipam_config(*args: Any, **kwargs: Any) -> NoReturn:  # noqa: ARG001
    """Gone: raises DeprecatedMethod and names its replacement."""
    raise errors.DeprecatedMethod(
        "utils.create_ipam_config has been removed. Please use a "
        "docker.types.IPAMConfig object instead."
    )


def create_host_config(self: Any, *args: Any, **kwargs: Any) -> NoReturn:  # noqa: ARG001
    """Gone: raises DeprecatedMethod and names its replacement."""
    raise errors.DeprecatedMethod(
        "utils.create_host_config has been removed. Please use a "
        "docker.types.HostConfig object instead."
    )


def decode_json_header(header: Union[str, bytes]) -> Any:
    """Decode a header whose value is base64 of JSON (such as archive stats)."""
    return json.loads(base64.b64decode(header).decode("utf-8"))


# ---------------------------------------------------------------- versions


@functools.cache
def compare_version(v1: str, v2: str) -> int:
    """Compare dotted versions number by number.

    Returns 1 when ``v2`` is newer, -1 when ``v1`` is, 0 when they are equal
    (missing parts count as 0). A part that is no number raises ``ValueError``.
    """
    if v1 == v2:
        return 0
    first = [int(part) for part in v1.split(".")]
    second = [int(part) for part in v2.split(".")]
    length = max(len(first), len(second))
    first += [0] * (length - len(first))
    second += [0] * (length - len(second))
    return (first < second) - (first > second)


def version_lt(v1: str, v2: str) -> bool:
    """Tell whether ``v1`` is older than ``v2``."""
    return compare_version(v1, v2) > 0


def version_gte(v1: str, v2: str) -> bool:
    """Tell whether ``v1`` is ``v2`` or newer."""
    return not version_lt(v1, v2)


# ------------------------------------------------------- ports and volumes


def _convert_port_binding(binding: Any) -> dict[str, str]:
    """Write one host port as the API wants it: ``HostIp`` and ``HostPort``."""
    address: Any = ""
    port: Any = ""
    if isinstance(binding, dict):
        if "HostPort" not in binding:
            raise ValueError(binding)
        address, port = binding.get("HostIp", ""), binding["HostPort"]
    elif not isinstance(binding, tuple):
        port = binding
    elif len(binding) == 2:
        address, port = binding
    elif isinstance(binding[0], str):
        address = binding[0]
    else:
        port = binding[0]
    return {"HostIp": address, "HostPort": "" if port is None else str(port)}


def convert_port_bindings(
    port_bindings: Mapping[Any, Any],
) -> dict[str, list[dict[str, str]]]:
    """Convert ``{container port: host port(s)}`` to the API's ``PortBindings``.

    A key without a protocol is TCP. A host port is a number, None (any free
    port), ``(address, port)``, ``(address,)``, a dict with ``HostPort``, or a
    list of these. A dict without ``HostPort`` raises ``ValueError``.
    """
    result = {}
    for port, given in port_bindings.items():
        key = str(port)
        bindings = given if isinstance(given, list) else [given]
        result[key if "/" in key else key + "/tcp"] = [
            _convert_port_binding(binding) for binding in bindings
        ]
    return result


def _text(value: Any) -> Any:
    return value.decode("utf-8") if isinstance(value, bytes) else value


def _bind_mode(bind: Mapping[str, Any]) -> Any:
    """Mode of one bind mount: ``ro``/``rw`` or the caller's, plus propagation."""
    if "ro" in bind:
        mode: Any = "ro" if bind["ro"] else "rw"
    else:
        mode = bind.get("mode", "rw")
    propagation = bind.get("propagation")
    if propagation not in _PROPAGATIONS:
        return mode
    return f"{mode},{propagation}" if mode else propagation


def convert_volume_binds(binds: Any) -> list[str]:
    """Convert ``{source: {"bind": path, "mode": ...}}`` to ``source:path:mode``.

    A plain path as value means read-write; a list is passed through as it is.
    ``ro`` together with ``mode`` raises ``ValueError``.
    """
    if isinstance(binds, list):
        return binds
    result = []
    for source, bind in binds.items():
        if isinstance(bind, dict):
            if "ro" in bind and "mode" in bind:
                raise ValueError(
                    f'Binding cannot contain both "ro" and "mode": {bind!r}'
                )
            target, mode = _text(bind["bind"]), _bind_mode(bind)
        else:
            target, mode = _text(bind), "rw"
        result.append(f"{_text(source)}:{target}:{mode}")
    return result


def convert_tmpfs_mounts(tmpfs: Any) -> dict[str, str]:
    """Convert ``["path", "path:options"]`` to ``{path: options}``.

    A dict is passed through; anything else raises ``ValueError``.
    """
    if isinstance(tmpfs, dict):
        return tmpfs
    if not isinstance(tmpfs, list):
        raise ValueError(  # noqa: TRY004 - the class programs know
            "Expected tmpfs value to be either a list or a dict, "
            f"found: {type(tmpfs).__name__}"
        )
    result = {}
    for mount in tmpfs:
        if not isinstance(mount, str):
            raise ValueError(  # noqa: TRY004
                "Expected item in tmpfs list to be a string, "
                f"found: {type(mount).__name__}"
            )
        path, _, options = mount.partition(":")
        result[path] = options
    return result


def convert_service_networks(networks: Any) -> Any:
    """Convert network names or ids to attachment dicts for a service.

    Anything falsy is passed through; what is no list raises ``TypeError``.
    """
    if not networks:
        return networks
    if not isinstance(networks, list):
        raise TypeError("networks parameter must be a list.")
    return [{"Target": item} if isinstance(item, str) else item for item in networks]


# ------------------------------------------------------ names and addresses


def parse_repository_tag(repo_name: str) -> tuple[str, Optional[str]]:
    """Split ``repository[:tag]`` or ``repository@digest``.

    The second part is None when there is neither. The colon of a registry's
    port is no tag.
    """
    name, at, digest = repo_name.rpartition("@")
    if at:
        return name, digest
    name, colon, tag = repo_name.rpartition(":")
    if colon and "/" not in tag:
        return name, tag
    return repo_name, None


def parse_devices(devices: Iterable[Any]) -> list[dict[str, str]]:
    """Convert ``host[:container[:permissions]]`` strings to device mappings.

    The path inside defaults to the host's, permissions to ``rwm``. Dicts are
    kept; other types raise :py:class:`dockline.errors.DockerException`.
    """
    result = []
    for device in devices:
        if isinstance(device, dict):
            result.append(device)
            continue
        if not isinstance(device, str):
            raise errors.DockerException(f"Invalid device type {type(device)}")
        parts = device.split(":")
        result.append(
            {
                "PathOnHost": parts[0],
                "PathInContainer": parts[1] if len(parts) > 1 else parts[0],
                "CgroupPermissions": parts[2] if len(parts) > 2 else "rwm",
            }
        )
    return result


@with_older_options
def kwargs_from_env(environment: Optional[Mapping[str, str]] = None) -> dict[str, Any]:
    """Read ``DOCKER_HOST``, ``DOCKER_TLS_VERIFY`` and ``DOCKER_CERT_PATH``.

    Returns the keyword arguments ``base_url`` and ``tls`` for a client, each
    only when the variables ask for it. ``DOCKER_TLS_VERIFY`` counts as on with
    any value but the empty one; certificates default to ``~/.docker``.
    Missing certificate files raise :py:class:`dockline.errors.TLSParameterError`.
    """
    environment = environment or os.environ
    params: dict[str, Any] = {}
    host = environment.get("DOCKER_HOST")
    if host:
        params["base_url"] = ChosenAddress(host, "DOCKER_HOST")

    cert_path = environment.get("DOCKER_CERT_PATH")
    verify = bool(environment.get("DOCKER_TLS_VERIFY"))
    if cert_path or verify:
        folder = cert_path or os.path.join(os.path.expanduser("~"), ".docker")
        params["tls"] = TLSConfig(
            client_cert=(
                os.path.join(folder, "cert.pem"),
                os.path.join(folder, "key.pem"),
            ),
            ca_cert=os.path.join(folder, "ca.pem"),
            verify=verify,
        )
    return params


def convert_filters(filters: Mapping[str, Any]) -> str:
    """Encode filters as the JSON the API takes: every value a list of strings."""
    result = {}
    for key, given in filters.items():
        value = str(given).lower() if isinstance(given, bool) else given
        values = value if isinstance(value, list) else [value]
        result[key] = [item if isinstance(item, str) else str(item) for item in values]
    return json.dumps(result)


def datetime_to_timestamp(dt: datetime) -> int:
    """Whole seconds since 1970; a time without a zone is local time."""
    from datetime import datetime, timedelta, timezone

    epoch = datetime(1970, 1, 1, tzinfo=timezone.utc)
    return (dt.astimezone(timezone.utc) - epoch) // timedelta(seconds=1)


def parse_bytes(s: Union[str, float]) -> Union[int, float]:
    """Convert a size such as ``"512m"`` to bytes.

    Units are ``b k m g`` (powers of 1024, either case, ``kb`` and so on too);
    digits alone are bytes; numbers are returned as they are. Anything else
    raises :py:class:`dockline.errors.DockerException`.
    """
    if isinstance(s, (int, float)):
        return s
    if len(s) == 0:
        return 0
    if s[-2:-1].isalpha() and s[-1] in "bB":
        s = s[:-1]
    unit, digits = s[-1].lower(), s[:-1]
    if unit.isdigit():
        unit, digits = "b", s
    if unit not in BYTE_UNITS:
        raise errors.DockerException(
            f"The specified value for memory ({s}) should specify the units. "
            "The postfix should be one of the `b` `k` `m` `g` characters"
        )
    try:
        number = float(digits)
    except ValueError as error:
        raise errors.DockerException(
            f"Failed converting the string value for memory ({digits}) to an integer."
        ) from error
    return int(number * BYTE_UNITS[unit])


def normalize_links(links: Any) -> list[str]:
    """Convert links, a dict or pairs, to sorted ``container:alias`` strings."""
    pairs = links.items() if isinstance(links, dict) else links
    return [f"{name}:{alias}" if alias else name for name, alias in sorted(pairs)]


def parse_env_file(env_file: Union[str, os.PathLike[str]]) -> dict[str, str]:
    """Read a file of ``KEY=value`` lines; ``#`` in front makes a comment.

    A line without ``=`` raises :py:class:`dockline.errors.DockerException`.
    """
    environment = {}
    with open(env_file) as file:
        for raw in file:
            line = raw.strip()
            if not line or raw.startswith("#"):
                continue
            key, equals, value = line.partition("=")
            if not equals:
                raise errors.DockerException(
                    f"Invalid line in environment file {env_file}:\n{line}"
                )
            environment[key] = value
    return environment


def split_command(command: str) -> list[str]:
    """Split a command line into words as a POSIX shell does."""
    return shlex.split(command)


def format_environment(environment: Mapping[str, Any]) -> list[str]:
    """Convert a dict to ``KEY=value``; None leaves the bare name (unset it)."""
    return [
        key if value is None else f"{key}={_text(value)}"
        for key, value in environment.items()
    ]


def format_extra_hosts(extra_hosts: Mapping[str, str], task: bool = False) -> list[str]:
    """Convert ``{host: address}`` to sorted entries for the hosts file.

    Containers take ``host:address``, tasks of a swarm ``address host``.
    """
    pairs = sorted(extra_hosts.items())
    if task:
        return [f"{address} {host}" for host, address in pairs]
    return [f"{host}:{address}" for host, address in pairs]


if not TYPE_CHECKING:
    __getattr__ = elsewhere(__name__)
