"""Port specifications as the CLI writes them: ``[[ip:]host[-end]:]port[-end][/proto]``."""

from __future__ import annotations

import re
from typing import Any, Iterable, NoReturn, Optional, Union

PORT_SPEC = re.compile(
    r"""
    ^(
        (\[?(?P<host>[a-fA-F\d.:]+)\]?:)?
        (?P<ext>\d*)(-(?P<ext_end>\d+))?:
    )?
    (?P<int>\d+)(-(?P<int_end>\d+))?
    (?P<proto>/(udp|tcp|sctp))?$
    """,
    re.VERBOSE,
)

#: A port on the host: none, a number or range, or an address with one of these.
External = Union[None, str, "tuple[str, Optional[str]]"]


def add_port_mapping(
    port_bindings: dict[str, list[External]], internal_port: str, external: External
) -> None:
    """Add one host port to the bindings of one container port."""
    port_bindings.setdefault(internal_port, []).append(external)


def add_port(
    port_bindings: dict[str, list[External]],
    internal_port_range: Iterable[str],
    external_range: Optional[Iterable[External]],
) -> None:
    """Add container ports, pairwise with host ports where there are any."""
    if external_range is None:
        for internal in internal_port_range:
            add_port_mapping(port_bindings, internal, None)
        return
    for internal, external in zip(internal_port_range, external_range):
        add_port_mapping(port_bindings, internal, external)


def build_port_bindings(ports: Iterable[Any]) -> dict[str, list[External]]:
    """Turn specifications into ``{container port: [host ports]}``.

    Raises ``ValueError`` for a specification that does not parse.
    """
    bindings: dict[str, list[External]] = {}
    for port in ports:
        internal, external = split_port(port)
        add_port(bindings, internal, external)
    return bindings


def _raise_invalid_port(port: str) -> NoReturn:
    raise ValueError(
        f'Invalid port "{port}", should be '
        "[[remote_ip:]remote_port[-remote_port]:]port[/protocol]"
    )


def port_range(
    start: Optional[str],
    end: Optional[str],
    proto: str,
    randomly_available_port: bool = False,
) -> Any:
    """List the ports from ``start`` to ``end`` as strings that end in ``proto``.

    With ``randomly_available_port`` a range stays one entry: the engine picks
    a free port in it. An absent or empty ``start`` is returned as it is.
    """
    if not start:
        return start
    if not end:
        return [start + proto]
    if randomly_available_port:
        return [f"{start}-{end}{proto}"]
    return [f"{number}{proto}" for number in range(int(start), int(end) + 1)]


def split_port(port: Any) -> tuple[list[str], Optional[list[External]]]:
    """Split a specification into container ports and host ports.

    Returns two lists of equal length; the second is None when the
    specification names no host side. Raises ``ValueError`` when it does not
    parse or when the two ranges differ in length.
    """
    if hasattr(port, "legacy_repr"):
        # Compose 1.x passes objects of its own that know their old spelling.
        port = port.legacy_repr()
    port = str(port)
    match = PORT_SPEC.match(port)
    if match is None:
        _raise_invalid_port(port)
    parts = match.groupdict()

    internal: list[str] = port_range(
        parts["int"], parts["int_end"], parts["proto"] or ""
    )
    external = port_range(parts["ext"], parts["ext_end"], "", len(internal) == 1)
    host = parts["host"]
    if host is not None and not external:
        external = [None] * len(internal)
    if external is not None and len(external) != len(internal):
        raise ValueError("Port ranges don't match in length")
    if host is None:
        return internal, external
    return internal, [(host, number) for number in external]
