"""Measured rows as text: medians, ratios pair by pair, and what machine it was."""

from __future__ import annotations

import os
import platform
import statistics
import subprocess
import sys
from typing import Any, Dict, List, Optional, Tuple

from targets import PAIRS, Row, Rows, lines, quotient, rate, thrift
from works import Work

COLUMNS = ("limit", "docker-py", "dockline", "aio", "dockerode", "node")
NAMES = {"aio": "dockline aio", "node": "dockline Node"}


def median(rows: List[Row], value: Any) -> Optional[float]:
    """Give the median of a value of the rows, None without rows."""
    return statistics.median(map(value, rows)) if rows else None


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
    found = quotient(rows, ours, PAIRS[ours], value)
    return "" if found is None else f"{found:.1f}x"


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
    node = subprocess.run(["node", "--version"], stdout=subprocess.PIPE, check=False)
    return (
        f"{os.cpu_count()} cores, {model}, {memory:.0f} GiB of memory, {platform.system()} {platform.release()}, "
        f"Python {platform.python_version()}, Node {node.stdout.decode().strip()}, load {load:.1f} at the end (anything much above "
        "the number of cores means that others were at work, and that the clock says more about them than about us)"
    )


def rate_line(work: Work, rows: Rows) -> List[List[str]]:
    """What a work's clients did by the clock."""
    if work.kind == "amount":
        made = cells(COLUMNS, rows, lambda row: row["amount"] / work.divisor, None)
        return [[work.about, work.unit, *made]]
    if work.name.startswith("imports"):
        return [
            [
                work.about,
                "ms",
                *cells(COLUMNS, rows, lambda row: row["cpu"] * 1e3, thrift),
            ]
        ]
    made = cells(COLUMNS, rows, lambda row: rate(row) / work.divisor, rate)
    return [[work.about, work.unit + "/s", *made]]


def cost_line(work: Work, rows: Rows) -> List[List[str]]:
    """What that cost in CPU time: of a gigabyte, of an item, or in all."""
    if work.kind == "amount" or work.name.startswith("imports"):
        return []
    unit, scale = "us", 1e6
    if work.name == "followers":
        made = cells(COLUMNS, rows, lambda row: row["cpu"], thrift)
        return [[work.about, "s in all", *made]]
    if work.unit == "MB" or (work.unit == "line" and work.name != "pull"):
        unit, scale = "s/GB", 1e9 / (80 if work.unit == "line" else 1)
    made = cells(COLUMNS, rows, lambda row: cost(row) * scale, thrift)
    return [[work.about, unit, *made]]


def memory_line(work: Work, rows: Rows) -> List[List[str]]:
    """The most memory above idle, and threads."""
    if work.name == "exec_behind":
        return []
    peaks = cells(COLUMNS, rows, lambda row: max(0.0, row["peak"] - row["idle"]), None)
    if work.name.startswith("imports"):
        return [[work.about, *peaks]]
    threads = cells(COLUMNS, rows, lambda row: row["threads"], None)
    pairs = zip(peaks, threads)
    return [
        [work.about, *(f"{peak} / {count}" if peak else "" for peak, count in pairs)]
    ]


#: What a reader of the figures has to know; kept by hand.
REMARKS = """\
## How to read it, and what bounds what is not met

- The verdicts go by the clock. Where the clock and the CPU time disagree, others were at work on the machine: the CPU column holds.
- **exec echo, Node.** Through the core a round trip woke four threads (the write's worker, its completion, the reader's worker, its
  completion): 67 to 83 us of CPU against dockerode's 24 to 29. A hijacked connection over a plain socket is now a `net.Socket` on the
  core's descriptor and costs what dockerode's does. A bare `net.Socket`, nothing of a client's around it, takes 15 to 16 us for the
  same echo, so what is left to gain is small, and only a stream that goes past `net.Socket` could gain it.
- **Large frames, Node.** A batch is read ahead in another thread while the last one is worked on. Frames lie in the reader's slab
  with the chunk heads between them, so a batch is copied once into a buffer without them; passing slabs with a table of beginnings and
  ends would save that copy and needs the core to hand out the slab itself.
- **asyncio** takes about 2.4 times the CPU time of blocking Python for log lines. A coroutine resumed for an item costs 0.2 to 0.3 us
  in CPython 3.11 whatever it does (an asynchronous generator 0.2), which is more than all the rest of a line.
- **import, Python.** `import dockline` loads nothing; the line below it is what the first use of the client's class loads.
"""


def page(works: List[Work], found: Dict[str, Rows], rounds: int) -> str:
    """The whole of RESULTS.md."""
    heads = [NAMES.get(column, column) for column in COLUMNS]
    rates = [line for work in works for line in rate_line(work, found[work.name])]
    costs = [line for work in works for line in cost_line(work, found[work.name])]
    memory = [line for work in works for line in memory_line(work, found[work.name])]
    return f"""# What dockline costs

Written by `make bench` (`{os.path.basename(sys.argv[0])}`), up to {rounds} interleaved rounds, medians; in parentheses how many times
better than the original (docker-py 7.2.0, dockerode 5.0.1), pair by pair. `limit` is a blocking raw reader that only does what a
client must. All talk to one replaying engine on a unix socket on the same machine, so only ratios carry over.

{machine()}

{REMARKS}
## What must be reached

{grid(["what", "client", "must", "aim", "seen", "verdict"], lines(found))}

## Work done by the clock

{grid(["work", "unit", *heads], rates)}

## CPU time of the client's process

{grid(["work", "per unit", *heads], costs)}

## Memory above idle in MiB / threads

{grid(["work", *heads], memory)}
"""
