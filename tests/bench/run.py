#!/usr/bin/env python3
"""`make bench`: named works, the same in each language, next to the originals and the limit.

A replaying engine serves everybody; a raw reader in the same table shows that it is not what is measured. Every round runs
each client once, one after another, so that a machine whose speed drifts does so for all. Nothing is asserted: a busy machine
must not fail anybody's build.

    run.py                       every work, up to three rounds, nine minutes at most; prints and writes RESULTS.md
    run.py ping log_lines        only these, printed only
    run.py --rounds 7 --scale 4 --minutes 60
    run.py --clients docker-py,dockline
"""

from __future__ import annotations

import argparse
import json
import os
import socket as sockets
import statistics
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Dict, Iterator, List, Optional

import table
from measure import settled, written
from scenario import ITEMS, scenario
from works import ORIGINALS, WORKS, Work

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).resolve().parent
TARGET = ROOT / "target" / "bench"
RELEASE = ROOT / "target" / "release"
RAW = RELEASE / "examples" / "raw_reader"
PYTHON = [sys.executable]
NODE = ["node", "-e"]
COMMANDS: Dict[str, List[str]] = {
    "docker-py": [*PYTHON, str(HERE / "client.py"), "docker"],
    "dockline": [*PYTHON, str(HERE / "client.py"), "dockline"],
    "aio": [*PYTHON, str(HERE / "client_aio.py"), "dockline"],
    "dockerode": ["node", "--expose-gc", str(HERE / "client.js"), str(ROOT / "node_modules/dockerode")],
    "node": ["node", "--expose-gc", str(HERE / "client.js"), str(ROOT)],
}  # fmt: skip
Row = Dict[str, Any]


def build() -> None:
    """Build the replaying engine and the raw reader."""
    command = (
        "cargo build --quiet --release --locked --package fake-engine --bins --examples"
    )
    subprocess.run(command.split(), cwd=ROOT, check=True)


def material() -> Dict[str, str]:
    """Make what is uploaded: one large file and a build context."""
    TARGET.mkdir(parents=True, exist_ok=True)
    file, context = TARGET / "upload.tar", TARGET / "context"
    with file.open("wb") as upload:
        upload.truncate(512 << 20)
    if not (context / "Dockerfile").exists():
        for number in range(10_000):
            path = context / f"folder-{number % 100}" / f"file-{number}.txt"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(f"file {number}\n" * 20)
        (context / "Dockerfile").write_text("FROM scratch\nCOPY . /\n")
    return {"BENCH_FILE": str(file), "BENCH_CONTEXT": str(context)}


@contextmanager
def engine(scale: float) -> Iterator[Path]:
    """Run the replaying engine."""
    socket, played = TARGET / "engine.sock", TARGET / "scenario.json"
    played.write_text(json.dumps(scenario(scale)))
    socket.unlink(missing_ok=True)
    command = [
        str(RELEASE / "fake-engine"),
        "--unix",
        str(socket),
        "--scenario",
        str(played),
    ]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as playing:
        if (
            playing.stdout is None
            or playing.stdin is None
            or not playing.stdout.readline()
        ):
            raise SystemExit("the replaying engine did not start")
        yield socket
        playing.stdin.close()


def finished(command: List[str], environment: Dict[str, str]) -> Optional[Row]:
    """Run a program that prints one row; None when it failed."""
    try:
        done = subprocess.run(
            command, env=environment, stdout=subprocess.PIPE, timeout=90, check=True
        )
        row: Row = json.loads(done.stdout.splitlines()[-1])
    except (subprocess.SubprocessError, IndexError, ValueError) as error:
        print(f"  {' '.join(command[-4:])}: {error}", file=sys.stderr, flush=True)
        return None
    return row


def imported(words: List[str]) -> Optional[Row]:
    """What a whole process costs that only imports a module, and says itself how much memory it took."""
    with subprocess.Popen(words, cwd=TARGET, stdout=subprocess.PIPE) as process:
        said = process.stdout.read() if process.stdout else b""
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode or not said:
        return None
    cpu = usage.ru_utime + usage.ru_stime
    return {"cpu": cpu, "peak": int(said) / 1024}


def over_bare(client: str, is_used: bool) -> Optional[Row]:
    """CPU and memory of an import over those of the bare interpreter."""
    module = COMMANDS[client][-1]
    if client in {"dockerode", "node"}:
        peak = "console.log(/VmHWM:\\s+(\\d+)/.exec(require('fs').readFileSync('/proc/self/status', 'utf8'))[1])"
        wanted = f"new (require({module!r}))()" if is_used else f"require({module!r})"
        words, bare = ([*NODE, f"{text}; {peak}"] for text in (wanted, "0"))
    else:
        peak = "import re; print(re.search(r'VmHWM:\\s+(\\d+)', open('/proc/self/status').read())[1])"
        name = f"{module}.aio" if client == "aio" else module
        kind = "AsyncDockerClient" if client == "aio" else "DockerClient"
        use = f"; {name}.{kind}" if is_used else ""
        words, bare = (
            [*PYTHON, "-c", f"{text}; {peak}"]
            for text in (f"import {name}{use}", "pass")
        )
    pairs = [(imported(words), imported(bare)) for _ in range(5)]
    found = [(a["cpu"] - b["cpu"], a["peak"] - b["peak"]) for a, b in pairs if a and b]
    cpu, peak = (max(0.0, statistics.median(column)) for column in zip(*found))
    return {"amount": 1, "wall": cpu, "cpu": cpu, "peak": peak, "idle": 0, "threads": 1}


def one(
    work: Work, client: str, environment: Dict[str, str], socket: Path
) -> Optional[Row]:
    """Run one work with one client."""
    if work.name.startswith("imports"):
        is_used = work.name == "imports_used"
        return over_bare(client, is_used) if client != "limit" else None
    if client == "limit":
        if not work.limit:
            return None
        row = finished([str(RAW), str(socket), *work.limit], environment)
        if row and work.name in ITEMS:
            row["amount"] = ITEMS[work.name] * float(environment["BENCH_SCALE"])
        return row
    size = work.short if client in ORIGINALS else work.size
    return finished([*COMMANDS[client], work.name, str(size)], environment)


def socket_room(path: Path) -> int:
    """Bytes that the system itself takes for a reader that reads nothing but one."""
    before = written()
    with sockets.socket(sockets.AF_UNIX) as idle:
        idle.connect(str(path))
        idle.sendall(b"GET /containers/endless/logs HTTP/1.1\r\nHost: x\r\n\r\n")
        idle.recv(1)
        return int(settled(written) - before)


def measure(
    chosen: List[Work], clients: List[str], rounds: int, scale: float, minutes: float
) -> Dict[str, Dict[str, List[Row]]]:
    """Run everything, interleaved."""
    rows: Dict[str, Dict[str, List[Row]]] = {}
    environment = {**os.environ, **material()}
    for name in ("DOCKLINE_ON_VERSION_MISMATCH", "PYTHONDONTWRITEBYTECODE"):
        os.environ.pop(name, None)
        environment.pop(name, None)
    environment["BENCH_SCALE"] = str(scale)
    end = time.monotonic() + minutes * 60
    with engine(scale) as socket:
        os.environ["DOCKER_HOST"] = environment["DOCKER_HOST"] = f"unix://{socket}"
        environment["BENCH_SOCKET_ROOM"] = str(socket_room(socket))
        for place, work in enumerate(chosen):
            found = rows.setdefault(work.name, {client: [] for client in clients})
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
                    row = one(work, client, environment, socket)
                    if row:
                        found[client].append(row)
            print(table.line(work, found), flush=True)
    return rows


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("works", nargs="*")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--scale", type=float, default=1)
    parser.add_argument("--minutes", type=float, default=9)
    parser.add_argument(
        "--clients", default="limit,docker-py,dockline,aio,dockerode,node"
    )
    parser.add_argument(
        "--built", action="store_true", help="the engine is built already"
    )
    options = parser.parse_args()
    chosen = [work for work in WORKS if not options.works or work.name in options.works]
    if not options.built:
        build()
    rows = measure(
        chosen,
        options.clients.split(","),
        options.rounds,
        options.scale,
        options.minutes,
    )
    text = table.page(chosen, rows, options.rounds)
    print(text)
    if not options.works and options.clients == parser.get_default("clients"):
        (HERE / "RESULTS.md").write_text(text)


if __name__ == "__main__":
    main()
