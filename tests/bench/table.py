"""Measured rows as text: medians, ratios pair by pair, and what machine it was."""

from __future__ import annotations

import os
import platform
import statistics
import sys
from typing import Any, Dict, List, Optional, Tuple

from works import Work

Row = Dict[str, Any]
Rows = Dict[str, List[Row]]
#: Ours, and the original each is compared with.
PAIRS = {"dockline": "docker-py", "aio": "docker-py", "node": "dockerode"}
COLUMNS = ("limit", "docker-py", "dockline", "aio", "dockerode", "node")
NAMES = {"aio": "dockline aio", "node": "dockline Node"}


def median(rows: List[Row], value: Any) -> Optional[float]:
    """Give the median of a value of the rows, None without rows."""
    return statistics.median(map(value, rows)) if rows else None


def rate(row: Row) -> float:
    """Amount by time on the clock."""
    return float(row["amount"]) / max(row["wall"], 1e-9)


def cost(row: Row) -> float:
    """CPU seconds for one."""
    return float(row["cpu"]) / max(row["amount"], 1e-9)


def short(value: Optional[float]) -> str:
    """Three digits and a suffix."""
    if value is None:
        return ""
    for size, suffix in ((1e6, "M"), (1e3, "k")):
        if value >= size:
            return f"{value / size:.3g}{suffix}"
    return f"{value:.3g}"


def ratio(rows: Rows, ours: str, value: Any) -> str:
    """How many times better ours is, pair by pair; `value` is better when it is larger."""
    pairs = list(zip(rows.get(ours, []), rows.get(PAIRS[ours], [])))
    if not pairs:
        return ""
    return f"{statistics.median(value(own) / max(value(other), 1e-12) for own, other in pairs):.1f}x"


def thrift(row: Row) -> float:
    """Amount by CPU second."""
    return float(row["amount"]) / max(row["cpu"], 1e-9)


def cells(columns: Tuple[str, ...], rows: Rows, value: Any, better: Any) -> List[str]:
    """Give a median for each column, and a ratio behind ours."""
    made = []
    for column in columns:
        text = short(median(rows.get(column, []), value))
        if text and better and column in PAIRS:
            text = f"{text} ({ratio(rows, column, better) or '-'})"
        made.append(text)
    return made


def line(work: Work, rows: Rows) -> str:
    """One work for the terminal while it runs."""
    made = cells(COLUMNS, rows, lambda row: rate(row) / work.divisor, rate)
    cpu = cells(COLUMNS, rows, cost, thrift)
    parts = [
        f"{name} {text} cpu {used}"
        for name, text, used in zip(COLUMNS, made, cpu)
        if text
    ]
    return f"{work.name:<13} {' | '.join(parts)}"


def grid(heads: List[str], lines: List[List[str]]) -> str:
    """Make a Markdown table with columns of one width."""
    widths = [max(len(cell) for cell in column) for column in zip(heads, *lines)]
    rows = [heads, ["-" * width for width in widths], *lines]
    return "\n".join(
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths)) + " |"
        for row in rows
    )


def machine() -> str:
    """Cores, processor, kernel, interpreters."""
    model = platform.processor() or platform.machine()
    with open("/proc/cpuinfo") as info:
        for text in info:
            if text.startswith("model name"):
                model = text.partition(":")[2].strip()
                break
    with open("/proc/meminfo") as info:
        memory = int(info.readline().split()[1]) / (1 << 20)
    load = os.getloadavg()[0]
    return (
        f"{os.cpu_count()} cores, {model}, {memory:.0f} GiB of memory, {platform.system()} {platform.release()}, "
        f"Python {platform.python_version()}, load {load:.1f} at the end"
    )


def page(works: List[Work], found: Dict[str, Rows], rounds: int) -> str:
    """The whole of RESULTS.md."""
    heads = [NAMES.get(column, column) for column in COLUMNS]
    rates, costs, memory = [], [], []
    for work in works:
        rows = found[work.name]
        if work.kind == "amount":
            rates.append(
                [
                    work.about,
                    work.unit,
                    *cells(
                        COLUMNS,
                        rows,
                        lambda row, by=work.divisor: row["amount"] / by,
                        None,
                    ),
                ]
            )
        elif work.name == "imports":
            rates.append(
                [
                    work.about,
                    "ms",
                    *cells(COLUMNS, rows, lambda row: row["cpu"] * 1e3, thrift),
                ]
            )
            memory.append(
                [work.about, *cells(COLUMNS, rows, lambda row: row["peak"], None)]
            )
        else:
            rates.append(
                [
                    work.about,
                    work.unit + "/s",
                    *cells(
                        COLUMNS, rows, lambda row, by=work.divisor: rate(row) / by, rate
                    ),
                ]
            )
        if work.kind == "amount" or work.name == "imports":
            continue
        bulk = work.unit in {"MB", "line"} and work.name not in {"pull", "followers"}
        unit, scale = (
            ("s/GB", 1e9 / (80 if work.unit == "line" else 1)) if bulk else ("us", 1e6)
        )
        if work.name == "followers":
            unit, scale = "s in all", 0.0
        value = (
            (lambda row: row["cpu"])
            if not scale
            else (lambda row, by=scale: cost(row) * by)
        )
        costs.append([work.about, unit, *cells(COLUMNS, rows, value, thrift)])
        peaks = cells(COLUMNS, rows, lambda row: row["peak"] - row["idle"], None)
        threads = cells(COLUMNS, rows, lambda row: row["threads"], None)
        memory.append(
            [
                work.about,
                *(
                    f"{peak} / {count}" if peak else ""
                    for peak, count in zip(peaks, threads)
                ),
            ]
        )
    return f"""# What dockline costs

Written by `make bench` (`{os.path.basename(sys.argv[0])}`), {rounds} interleaved rounds, medians; in parentheses how many times
better than the original (docker-py 7.2.0, dockerode 5.0.1), pair by pair. `limit` is a blocking raw reader that only does what a
client must. All talk to one replaying engine on a unix socket on the same machine, so only ratios carry over.

{machine()}

## Work done by the clock

{grid(["work", "unit", *heads], rates)}

## CPU time of the client's process

{grid(["work", "per unit", *heads], costs)}

## Memory above idle in MiB / threads

{grid(["work", *heads], memory)}
"""
