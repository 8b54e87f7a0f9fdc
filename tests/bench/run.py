#!/usr/bin/env python3
"""`make bench`: named works, the same in each language, next to the originals and the limit.

A replaying engine serves everybody; a raw reader in the same table shows that it is not what is measured. The works named
`real_` are done by a dockerd, which is started for them (root). Every round runs each client once, one after another, so that a
machine whose speed drifts does so for all. Nothing is asserted: a busy machine must not fail anybody's build.

    run.py                       every work, up to three rounds, 13 minutes at most; prints and writes RESULTS.md
    run.py ping log_lines        only these, printed only (real_ping, real_log_lines: on dockerd)
    run.py --rounds 7 --scale 4 --minutes 60
    run.py --clients docker-py,dockline
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Dict, List, Optional

import table
from scenario import ITEMS
from stages import RELEASE, ROOT, TARGET, Stage, build, dockerd, replaying
from targets import Row, Rows
from works import ORIGINALS, REAL, WORKS, WRITERS, Work

HERE = Path(__file__).resolve().parent
RAW = RELEASE / "examples" / "raw_reader"
COMMANDS: Dict[str, List[str]] = {
    "docker-py": [sys.executable, str(HERE / "client.py"), "docker"],
    "dockline": [sys.executable, str(HERE / "client.py"), "dockline"],
    "aio": [sys.executable, str(HERE / "client_aio.py"), "dockline"],
    "dockerode": ["node", "--expose-gc", str(HERE / "client.js"), str(ROOT / "node_modules/dockerode")],
    "node": ["node", "--expose-gc", str(HERE / "client.js"), str(ROOT)],
}  # fmt: skip
NODE_IMPORT = """
const peak = () => Number(/VmHWM:\\s+(\\d+)/.exec(require('fs').readFileSync('/proc/self/status', 'utf8'))[1]) / 1024;
const [before, idle] = [process.cpuUsage(), peak()];
%s;
const used = process.cpuUsage(before);
console.log(JSON.stringify({ cpu: (used.user + used.system) / 1e6, peak: peak() - idle }));
"""
PYTHON_IMPORT = """
import json, time
def peak():
    with open("/proc/self/status") as lines:
        return int(next(line for line in lines if line.startswith("VmHWM")).split()[1]) / 1024
before, idle = time.process_time(), peak()
%s
print(json.dumps({"cpu": time.process_time() - before, "peak": peak() - idle}))
"""
#: What a program does, blocking and with asyncio.
PYTHON_USES = (
    {
        "imports": "import MODULE",
        "imports_used": "import MODULE; MODULE.DockerClient",
        "imports_ping": "import MODULE; MODULE.from_env().ping()",
    },
    {
        "imports": "import MODULE.aio",
        "imports_used": "import MODULE.aio; MODULE.aio.AsyncDockerClient",
        "imports_ping": """
import asyncio, MODULE.aio
async def main():
    async with MODULE.aio.from_env() as client:
        await client.ping()
asyncio.run(main())
""",
    },
)


def finished(command: List[str], environment: Dict[str, str]) -> Optional[Row]:
    """Run a program that prints one row; None when it failed."""
    try:
        done = subprocess.run(
            command,
            cwd=TARGET,
            env=environment,
            stdout=subprocess.PIPE,
            timeout=90,
            check=True,
        )
        row: Row = json.loads(done.stdout.splitlines()[-1])
    except (subprocess.SubprocessError, IndexError, ValueError) as error:
        print(f"  {' '.join(command[-4:])}: {error}", file=sys.stderr, flush=True)
        return None
    return row


def imports(client: str, work: str, stage: Stage) -> Optional[Row]:
    """What an import costs, as its own process sees it: what starts an interpreter is noise many times its size."""
    module = COMMANDS[client][-1]
    if client in {"dockerode", "node"}:
        use = (
            f"require({module!r})"
            if work == "imports"
            else f"new (require({module!r}))()"
        )
        words = ["node", "-e", NODE_IMPORT % use]
    else:
        use = PYTHON_USES[client == "aio"][work].replace("MODULE", module)
        words = [sys.executable, "-c", PYTHON_IMPORT % use]
    # Who measures an import has its bytecode: the first run writes it.
    names = stage.environment.items()
    environment = {
        name: value for name, value in names if name != "PYTHONDONTWRITEBYTECODE"
    }
    rows = [row for row in (finished(words, environment) for _ in range(15)) if row]
    if not rows:
        return None
    cpu, peak = (
        statistics.median(row[name] for row in rows) for name in ("cpu", "peak")
    )
    return {"amount": 1, "wall": cpu, "cpu": cpu, "peak": peak, "idle": 0, "threads": 1}


def one(work: Work, client: str, stage: Stage) -> Optional[Row]:
    """Run one work with one client."""
    if work.name.startswith("imports"):
        return imports(client, work.name, stage) if client != "limit" else None
    size = work.short if client in ORIGINALS else work.size
    environment = {**stage.environment, **stage.prepare(work, size)}
    if client != "limit":
        return finished([*COMMANDS[client], work.program, str(size)], environment)
    if not work.limit:
        return None
    row = finished([str(RAW), str(stage.socket), *work.limit], environment)
    if row and work.name in ITEMS:
        row["amount"] = ITEMS[work.name] * float(environment["BENCH_SCALE"])
    return row


def measure(
    chosen: List[Work], clients: List[str], rounds: int, stage: Stage, seconds: float
) -> Dict[str, Rows]:
    """Run everything, interleaved."""
    found: Dict[str, Rows] = {}
    end = time.monotonic() + seconds
    for place, work in enumerate(chosen):
        rows: Rows = {client: [] for client in clients}
        # Every work gets one round; how many more, what is left of the time says.
        share = (end - time.monotonic()) / (len(chosen) - place)
        begun = time.monotonic()
        for number in range(work.rounds or rounds):
            spent = time.monotonic() - begun
            if number and spent + spent / number > share:
                break
            for client in clients:
                if client not in work.clients:
                    continue
                before = stage.used() if work.is_real else 0
                row = one(work, client, stage)
                if row:
                    row["engine"] = stage.used() - before if work.is_real else 0
                    rows[client].append(row)
        found[work.name] = rows
        print(table.line(work, rows), flush=True)
    return found


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("works", nargs="*")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--scale", type=float, default=1)
    parser.add_argument("--minutes", type=float, default=13)
    parser.add_argument("--clients", default=",".join(table.COLUMNS))
    parser.add_argument(
        "--built", action="store_true", help="the engine is built already"
    )
    options = parser.parse_args()
    unknown = set(options.works) - {work.name for work in [*WORKS, *REAL]}
    if unknown:
        parser.error(f"no such work: {', '.join(sorted(unknown))}")
    return options


def main() -> None:
    """Measure, print, write."""
    # A terminated run still takes its engines down.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    options = arguments()
    for name in ("DOCKLINE_ON_VERSION_MISMATCH", "PYTHONDONTWRITEBYTECODE"):
        os.environ.pop(name, None)
    TARGET.mkdir(parents=True, exist_ok=True)
    played, real = (
        [work for work in works if not options.works or work.name in options.works]
        for works in (WORKS, REAL)
    )
    if not options.built:
        build()
    clients = options.clients.split(",")
    # Of 13 minutes, nine and four.
    seconds = options.minutes * 60 / 13
    parts = []
    if played:
        with replaying(options.scale) as stage:
            found = measure(played, clients, options.rounds, stage, seconds * 9)
        parts.append(table.replayed(played, found))
    if real:
        with dockerd(WRITERS) as stage:
            found = measure(real, clients, options.rounds, stage, seconds * 4)
        parts.append(table.real(real, found, stage.title))
    text = table.page(parts, options.rounds)
    print(text)
    if not options.works and clients == list(table.COLUMNS):
        (HERE / "RESULTS.md").write_text(text)


if __name__ == "__main__":
    main()
