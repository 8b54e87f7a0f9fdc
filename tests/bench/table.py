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
    return float(row["cpu"] / max(row["amount"], 1e-9))


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
    return f"{work.name:<17} {' | '.join(parts)}"


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
- A virtual machine is not the same machine from one minute to the next, let alone another one, and V8 and CPython do not feel it alike.
  Repeats gave get_archive in Python 1.4 to 1.95x and put_archive 1.65 to 2.05x, events in Node 1.1 to 1.45x, the list in Node 1.1 to 1.7x,
  2 GB of logs in Node 7.8 to 8.7 MiB. Where to wake a thread is dear and Python fast, small requests gain least: ping in Python was 12 to
  17x, inspect 9x and `containers.list()` 11x on a machine whose limit did 49,000 pings a second, before answers were looked for; on one
  whose limit does 20,000, which is 17 times what docker-py does there, ping was 5x before and is 10x now.
- **Small answers.** To fall asleep and to be woken takes longer than the replaying engine needs to answer. So a blocking call, Node's
  event loop after a request, and a hijacked `net.Socket` after a small write look for the answer for 50 us at most before they sleep,
  one at a time, and once in 64 waits where nothing comes that soon. Side by side with the build before, a ping took half the time by the
  clock or less, and less CPU time; on dockerd 28.5 both were the same within what repeats differ by. With a `sched_yield` in between,
  pings took up to four times as long where all processors were busy.
- **ping, Python.** A raw blocking reader in Python takes 37 to 53 us for a ping by the clock here, one that never sleeps 20; dockline
  took 51 to 70 side by side. By `callgrind`, more than half of its instructions are Python code, most of it the library's own.
- **exec echo, Node.** A hijacked connection over a plain socket is a `net.Socket` on the core's descriptor, as with dockerode, and costs
  what that costs; the clock is better because the loop looks for the answer.
- **Large frames and archives, Node.** A read lands in memory that is used again, the framing is taken out in place, and a batch crosses
  as it is: one copy, the kernel's. By `perf`, of the CPU time a third is that copy, an eighth makes V8 collect (see below), the rest
  is V8's: its streams, a `Buffer` around every batch and the way back of its memory. Six times what dockerode does is between half
  and three quarters of what the limit does, from run to run. A bare `net.Socket` that does nothing but count
  bytes takes 0.29 s for the archive's 512 MiB (0.55 s of CPU per GB), where dockerode takes 0.55 to 0.6.
- **get_archive.** Twice what docker-py does is more than the limit itself does. The limit alone takes about the 0.2 s/GB that are asked
  for, more whenever the machine is not at its fastest; Python copies every piece once more, into the `bytes` it gives.
- **put_archive.** Python: a plain file goes out by `sendfile`. Node: the file is read by the core; `fs.createReadStream` alone, its data
  dropped, takes 0.43 s for these 512 MiB.
- **pull progress, Node.** Parsing the lines one by one with `JSON.parse` and keeping the events, with no client at all, takes 2.7 to 2.9
  us a line; parsing a batch at once saves a tenth, and would take lines for JSON that are not.
- **events, Node.** By `perf`, three quarters of the CPU time are the program's own listener, half of all is its `JSON.parse`. The same
  listener, fed the same buffer from memory over and over, is 1.7 times as fast as dockerode.
- **2 GB of logs, Node.** Batches lie outside V8's heap, where nothing but a collection of young objects gives them back, so each of them
  makes as much garbage as it is long; without that, memory rises by 70 to 80 MiB. What it rises now are 4 MiB of V8's optimising
  compiler (5.3 MiB in all with `--no-opt`), 2 MiB of space for young objects, and 2 MiB of batches that wait for a collection. Buffers
  that Node copies meet the 8 MiB (7.8) for 15 % more CPU time and half as much again by the clock. A bare `net.Socket` that counts the
  same bytes rises by 40 MiB.
- **500 followers.** A line that comes alone costs a wake-up, here 500 every 100 ms. Node: opening the 500 takes 0.07 s of CPU (dockerode
  0.2 to 0.28), the lines the rest: some 11,000 turns of the event loop for 15,000 lines, and what one turn brings is told in one call;
  nothing of ours is above a twentieth of the profile. 500 bare `net.Socket` that only count what comes take 0.36 to 0.46 s in all,
  dockerode 0.73 to 0.9. Blocking Python: 500 plain threads that send the same thousand requests written by hand, and call nothing but
  `socket.recv`, take 0.49 to 0.6 s in all (0.1 s until all are open) and 3.17 to 3.2 s by the clock. Here the lines cost the same; the
  thousand calls of the library, one parsed JSON object for each follower, cost what is more. In asyncio the thousand requests take
  0.21 to 0.29 s, the lines 0.5 s: some 10,000 turns of its loop, written in Python. Leaving the reactor alone for a millisecond where
  turns bring little made a third of the turns in Node, and no less CPU time: what a line costs is its own way to its listener.
- **list, Node.** Two thirds of the CPU time are `JSON.parse`, a tenth is the string it reads. V8 can read one where it lies, outside its
  heap: tried on a busy machine, 1.3 to 1.4x; but it gives such strings back late, and memory rose by 45 to 65 MiB more.
- **asyncio** does everything in the loop's thread, a call in two turns of the loop. It takes 1.8 to 2 times the CPU time of blocking
  Python for log lines: a coroutine resumed for an item costs 0.2 to 0.3 us in CPython 3.11 whatever it does (an asynchronous generator
  0.2), which is more than all the rest of a line.
- **import, Python.** `import dockline` loads nothing; the lines below it are what the first use of the client's class loads, and what
  a first call does. Half is the standard library's (`typing`, `re`, `enum`, `json`). What few calls need comes with the first of them:
  the models, which `client.containers` loads, are a sixth more. `asyncio` itself is only in the last line.
"""

#: What has to be known of a real engine's table.
REAL_REMARKS = """\
Seconds for the whole of a work, the same size for everybody; the programs are those of the replaying engine, under the same names. An
engine does real work for an answer, and every client waits for that work alike: where dockerd's CPU time comes near the clock or above
it, no client could be faster. So the ratios by the clock are smaller here, and what a client costs is seen in its CPU time, which on one
machine with dockerd is also time that dockerd does not get. dockerd's CPU time is that of its process alone, without containerd's and
the containers', in steps of 10 ms, and has the connection in it that a client opens before its work. Logs are those of a container that
has ended: streamed, they are followed to their end. Left to the replaying engine are statistics, of which a real one gives one sample a
second, the paused reader, for whom the engine has to count what it writes, and memory over 2 GB of logs, which would be on its disk.
"""


def replayed(works: List[Work], found: Dict[str, Rows]) -> str:
    """The works of the replaying engine: the verdicts and three tables."""
    heads = [NAMES.get(column, column) for column in COLUMNS]
    rates = [line for work in works for line in rate_line(work, found[work.name])]
    costs = [line for work in works for line in cost_line(work, found[work.name])]
    memory = [line for work in works for line in memory_line(work, found[work.name])]
    return f"""{REMARKS}
## What must be reached

{grid(["what", "client", "must", "aim", "seen", "verdict"], lines(found))}

## Work done by the clock

{grid(["work", "unit", *heads], rates)}

## CPU time of the client's process

{grid(["work", "per unit", *heads], costs)}

## Memory above idle in MiB / threads

{grid(["work", *heads], memory)}
"""


def real_lines(work: Work, rows: Rows) -> List[List[str]]:
    """Seconds for the whole of a work: by the clock, of the client, of the engine."""
    wall = cells(COLUMNS, rows, lambda row: row["wall"], rate)
    cpu = cells(COLUMNS, rows, lambda row: row["cpu"], thrift)
    engine = cells(COLUMNS, rows, lambda row: row["engine"], None)
    return [
        [work.about, "clock", *wall],
        ["", "client's CPU", *cpu],
        ["", "dockerd's CPU", *engine],
    ]


def real(works: List[Work], found: Dict[str, Rows], title: str) -> str:
    """The works of a real engine: one table."""
    heads = [NAMES.get(column, column) for column in COLUMNS]
    made = [line for work in works for line in real_lines(work, found[work.name])]
    return f"""## The same programs against {title}

{REAL_REMARKS}
{grid(["work", "seconds", *heads], made)}
"""


def page(parts: List[str], rounds: int) -> str:
    """The whole of RESULTS.md."""
    body = "\n".join(parts)
    return f"""# What dockline costs

Written by `make bench` (`{os.path.basename(sys.argv[0])}`), up to {rounds} interleaved rounds, medians; in parentheses how many times
better than the original (docker-py 7.2.0, dockerode 5.0.1), pair by pair. `limit` is a blocking raw reader that only does what a
client must. All talk to one engine on a unix socket on the same machine, so only ratios carry over. The engine replays answers, so
that it is not what is measured; a dockerd does the last table's works.

{machine()}

{body}"""
