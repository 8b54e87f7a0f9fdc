"""What dockline must reach and aims at, as the works show it: one line each, with what was seen."""

from __future__ import annotations

import statistics
from typing import Any, Callable, Dict, List, NamedTuple, Optional, Tuple

Row = Dict[str, Any]
Rows = Dict[str, List[Row]]
Value = Callable[[Row], float]
#: Ours, and the original each is compared with.
PAIRS = {"dockline": "docker-py", "aio": "docker-py", "node": "dockerode"}
CLIENTS = {"dockline": "Python", "node": "Node"}


def rate(row: Row) -> float:
    """Amount by time on the clock."""
    return float(row["amount"] / max(row["wall"], 1e-9))


def thrift(row: Row) -> float:
    """Amount by CPU second."""
    return float(row["amount"] / max(row["cpu"], 1e-9))


def growth(row: Row) -> float:
    """MiB of memory above what the idle client has."""
    return float(row["peak"] - row["idle"])


def per_payload(row: Row) -> float:
    """Memory above idle for each byte of the result."""
    return float(growth(row) * (1 << 20) / max(row["amount"], 1))


def quotient(rows: Rows, ours: str, other: str, value: Value) -> Optional[float]:
    """How many times better ours is, pair by pair; `value` is better when it is larger."""
    pairs = list(zip(rows.get(ours, []), rows.get(other, [])))
    if not pairs:
        return None
    return statistics.median(
        value(own) / max(value(their), 1e-12) for own, their in pairs
    )


class Target(NamedTuple):
    """One promise: what is looked at, and the bound for Python and for Node as (must, aim)."""

    work: str
    about: str
    unit: str
    value: Value
    python: Tuple[float, float]
    node: Optional[Tuple[float, float]]
    #: `original`: times the original; `limit`: of the raw reader's; `most`: no more than; `least`: no less than.
    against: str = "original"


def gigabytes(size: float) -> Value:
    """CPU seconds for a gigabyte when an item has so many bytes."""
    return lambda row: float(row["cpu"]) / max(row["amount"] * size, 1) * 1e9


def of(name: str, factor: float = 1) -> Value:
    """A number of the row."""
    return lambda row: float(row[name]) * factor


TARGETS = [
    Target("ping", "ping", "x", rate, (15, 30), (4, 8)),
    Target("inspect", "inspect", "x", rate, (8, 12), (2.5, 4)),
    Target("list_1000", "list 1000, CPU", "x", thrift, (1.6, 2.2), (1.4, 2)),
    Target("list_objects", "containers.list() of 100", "x", rate, (6, 12), None),
    Target("log_lines", "log lines of 80 bytes", "x", rate, (40, 100), (8, 15)),
    Target("log_lines", "log lines of 80 bytes, CPU s/GB", "s", gigabytes(80), (4, 4), (6, 6), "most"),
    Target("log_frames", "large frames, of the limit", "of it", rate, (0.5, 0.5), None, "limit"),
    Target("log_frames", "large frames", "x", rate, (0, 0), (6, 6)),
    Target("exec_lines", "exec flood", "x", rate, (40, 40), (40, 40)),
    Target("exec_echo", "exec echo", "x", rate, (0.9, 0.9), (1.2, 1.2)),
    Target("exec_behind", "complete of 1000 execs with 8 KiB behind the 101", "", of("amount"), (1000, 1000), (1000, 1000), "least"),
    Target("get_archive", "get_archive", "x", rate, (2, 3), (2, 3)),
    Target("get_archive", "get_archive, CPU s/GB", "s", gigabytes(1), (0.2, 0.2), (0.2, 0.2), "most"),
    Target("put_archive", "put_archive", "x", rate, (2, 2), (2, 2)),
    Target("events", "events", "x", rate, (3, 6), (1.3, 2)),
    Target("build", "build context of 10,000 files", "x", rate, (2, 2), (2, 2)),
    Target("imports", "import, CPU over the bare interpreter", "ms", of("cpu", 1e3), (40, 40), (30, 30), "most"),
    Target("imports", "import, memory over the bare interpreter", "MB", of("peak"), (8, 8), (8, 8), "most"),
    Target("pause", "paused reader, read ahead", "KiB", of("amount", 1 / 1024), (1024, 1024), (1024, 1024), "most"),
    Target("pause", "paused reader, growth", "MiB", growth, (2, 2), (2, 2), "most"),
    Target("two_gb", "2 GB of logs, memory above idle", "MiB", growth, (8, 8), (8, 8), "most"),
    Target("log_whole", "logs() in one piece, memory of the payload", "x", per_payload, (1.3, 1.3), (1.3, 1.3), "most"),
    Target("followers", "500 followers, CPU", "s", of("cpu"), (0.6, 0.6), (0.5, 0.5), "most"),
    Target("followers", "500 followers, wall (the engine needs 3 s)", "s", of("wall"), (3.3, 3.3), (3.3, 3.3), "most"),
]  # fmt: skip


def seen(target: Target, rows: Rows, client: str) -> Optional[float]:
    """What the rows say."""
    if target.against == "original":
        return quotient(rows, client, PAIRS[client], target.value)
    if target.against == "limit":
        return quotient(rows, client, "limit", target.value)
    own = rows.get(client, [])
    return statistics.median(map(target.value, own)) if own else None


def verdict(target: Target, found: float, bounds: Tuple[float, float]) -> str:
    """Say which bound is kept."""
    must, aim = bounds
    if target.against == "most":
        return "met" if found <= must else "**not met**"
    if found < must:
        return "**not met**"
    return "met" if found >= aim or must == aim else "must met, aim not"


def lines(found: Dict[str, Rows]) -> List[List[str]]:
    """The table's lines: target, client, must, aim, seen, verdict."""
    made = []
    for target in TARGETS:
        for client, bounds in (("dockline", target.python), ("node", target.node)):
            if not bounds or not any(bounds):
                continue
            value = seen(target, found.get(target.work, {}), client)
            if value is None:
                continue
            sign = "≤ " if target.against == "most" else ""
            must, aim = (f"{sign}{bound:g} {target.unit}".strip() for bound in bounds)
            shown = f"{value:.3g}" if value < 1000 else f"{value:.0f}"
            made.append(
                [
                    target.about,
                    CLIENTS[client],
                    must,
                    "" if aim == must else aim,
                    f"{shown} {target.unit}".strip(),
                    verdict(target, value, bounds),
                ]
            )
    return made
