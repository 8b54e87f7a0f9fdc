#!/usr/bin/env python3
"""`make bench`: named works, the same in each language, next to the originals and the limit.

A replaying engine serves everybody; a raw reader in the same table shows that it is not what is measured. Every round runs
each client once, one after another, so that a machine whose speed drifts does so for all. Nothing is asserted: a busy machine
must not fail anybody's build.

    run.py                       every work, three rounds, a few minutes; prints and writes RESULTS.md
    run.py ping log_lines        only these, printed only
    run.py --rounds 7 --scale 4  longer
    run.py --clients docker-py,dockline
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Dict, Iterator, List, Optional

import table
from scenario import scenario
from works import ORIGINALS, WORKS, Work

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).resolve().parent
TARGET = ROOT / "target" / "bench"
RELEASE = ROOT / "target" / "release"
RAW = RELEASE / "examples" / "raw_reader"
PYTHON = [sys.executable]
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
            command, env=environment, stdout=subprocess.PIPE, timeout=300, check=True
        )
        row: Row = json.loads(done.stdout.splitlines()[-1])
    except (subprocess.SubprocessError, IndexError, ValueError) as error:
        print(f"  {' '.join(command[-4:])}: {error}", file=sys.stderr, flush=True)
        return None
    return row


def imported(words: List[str]) -> Optional[Row]:
    """What a whole process costs that only imports a module."""
    with subprocess.Popen(words, cwd=TARGET) as process:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    cpu = usage.ru_utime + usage.ru_stime
    return {
        "amount": 1,
        "wall": cpu,
        "cpu": cpu,
        "peak": usage.ru_maxrss / 1024,
        "idle": 0,
        "threads": 1,
    }


def over_bare(client: str) -> Optional[Row]:
    """CPU and memory of an import over those of the bare interpreter."""
    module = COMMANDS[client][-1]
    if client in {"dockerode", "node"}:
        words, bare = ["node", "-e", f"require({module!r})"], ["node", "-e", "0"]
    else:
        aio = ".aio" if client == "aio" else ""
        use = "" if client == "aio" else f"; {module}.DockerClient"
        words, bare = (
            [*PYTHON, "-c", f"import {module}{aio}{use}"],
            [*PYTHON, "-c", "pass"],
        )
    pairs = [(imported(words), imported(bare)) for _ in range(5)]
    found = [(a["cpu"] - b["cpu"], a["peak"] - b["peak"]) for a, b in pairs if a and b]
    cpu, peak = (statistics.median(column) for column in zip(*found))
    return {"amount": 1, "wall": cpu, "cpu": cpu, "peak": peak, "idle": 0, "threads": 1}


def one(
    work: Work, client: str, environment: Dict[str, str], socket: Path
) -> Optional[Row]:
    """Run one work with one client."""
    if work.name == "imports":
        return over_bare(client) if client != "limit" else None
    if client == "limit":
        return (
            finished([str(RAW), str(socket), *work.limit], environment)
            if work.limit
            else None
        )
    size = work.short if client in ORIGINALS else work.size
    return finished([*COMMANDS[client], work.name, str(size)], environment)


def measure(
    chosen: List[Work], clients: List[str], rounds: int, scale: float
) -> Dict[str, Dict[str, List[Row]]]:
    """Run everything, interleaved."""
    rows: Dict[str, Dict[str, List[Row]]] = {}
    environment = {**os.environ, **material()}
    environment.pop("DOCKLINE_ON_VERSION_MISMATCH", None)
    with engine(scale) as socket:
        environment["DOCKER_HOST"] = f"unix://{socket}"
        for work in chosen:
            found = rows.setdefault(work.name, {client: [] for client in clients})
            for _ in range(work.rounds or rounds):
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
    rows = measure(chosen, options.clients.split(","), options.rounds, options.scale)
    text = table.page(chosen, rows, options.rounds)
    print(text)
    if not options.works and options.clients == parser.get_default("clients"):
        (HERE / "RESULTS.md").write_text(text)


if __name__ == "__main__":
    main()
