#!/usr/bin/env python3
"""Real engines for tests: ``setup``, ``up``, ``down``, ``status``, ``env``, ``run -- COMMAND``.

Debian's dockerd 20.10, 26.1 and 28.5 run side by side, each in its own network namespace with its
own data. An engine that runs is used again; what a crash left is cleaned first. Progress goes to
stderr, data to stdout. An engine that cannot be had is an error, never something to skip.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import shlex
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any, Callable, Dict, List, Optional

sys.path.insert(0, str(Path(__file__).resolve().parent))

import daemon
from layout import BASE, RUN, HarnessError, Place, all_versions
from packages import say, setup
from processes import inside, lock

Environment = Dict[str, Dict[str, Any]]


def places(names: List[str]) -> List[Place]:
    """The engines named on the command line; all three when none is."""
    return [Place(name) for name in names or all_versions()]


def known_places() -> List[Place]:
    """Every engine that has a folder, labelled ones included."""
    if not BASE.exists():
        return []
    versions = all_versions()
    names = sorted(
        path.name for path in BASE.iterdir() if path.name.partition("@")[0] in versions
    )
    return [Place(name) for name in names]


def side_by_side(work: Callable[[Place], None], chosen: List[Place]) -> None:
    """Do the same for several engines at once; the first failure is raised when all have settled."""
    failures: List[BaseException] = []

    def one(place: Place) -> None:
        try:
            with lock(place.name):
                work(place)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=one, args=(place,)) for place in chosen]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]


def sweep() -> None:
    """Remove engines whose owner (a test run) is gone without having taken them down."""
    for place in known_places():
        if daemon.is_orphan(place):
            with lock(place.name):
                if daemon.is_orphan(place):
                    say(f"{place.name}: its owner is gone; removing it")
                    daemon.down(place)


def up(
    names: List[str], extra: Optional[List[str]] = None, owner: Optional[int] = None
) -> List[Place]:
    """Have engines running; returns those that had to be started."""
    chosen = places(names)
    with lock("setup"):
        setup()
        daemon.prepare()
    sweep()
    started: List[Place] = []

    def one(place: Place) -> None:
        if daemon.up(place, extra, owner):
            started.append(place)

    side_by_side(one, chosen)
    return started


def environment(names: List[str]) -> Environment:
    """What tests are told; without names, every engine that is up."""
    chosen = (
        places(names)
        if names
        else [place for place in known_places() if daemon.condition(place) == "up"]
    )
    return {place.name: daemon.describe(place) for place in chosen}


def command_up(options: argparse.Namespace) -> int:
    """Start engines."""
    up(options.names, options.extra, options.owner)
    if options.json:
        print(json.dumps(environment(options.names or all_versions()), indent=1))
    return 0


def command_down(options: argparse.Namespace) -> int:
    """Stop engines: the named ones, or every one of this clone."""
    side_by_side(
        daemon.down, places(options.names) if options.names else known_places()
    )
    with contextlib.suppress(OSError):
        RUN.rmdir()
    return 0


def command_status(_options: argparse.Namespace) -> int:
    """Say how every engine is; not 0 when one of the three is not up."""
    chosen = {place.name: place for place in [*places([]), *known_places()]}
    conditions = {name: daemon.condition(place) for name, place in chosen.items()}
    for name, condition in conditions.items():
        detail = (
            f"  {daemon.describe(chosen[name])['host']}" if condition == "up" else ""
        )
        print(f"{name:<12} {condition}{detail}")
    return 0 if all(conditions[name] == "up" for name in all_versions()) else 1


def command_env(options: argparse.Namespace) -> int:
    """Print the environment for tests: as shell exports, or as JSON."""
    found = environment(options.names)
    if options.json:
        print(json.dumps(found, indent=1))
    else:
        print(f"export DOCKLINE_ENGINES={shlex.quote(json.dumps(found))}")
    return 0


def command_run(options: argparse.Namespace) -> int:
    """Run a command with engines up; those that this call started are taken down again."""
    if not options.command:
        raise HarnessError("run what? engines.py run [-e NAME]… -- COMMAND")
    # A terminated run still takes its engines down.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    started = up(options.names)
    try:
        variables = {
            **os.environ,
            "DOCKLINE_ENGINES": json.dumps(
                environment(options.names or all_versions())
            ),
        }
        return subprocess.run(options.command, env=variables, check=False).returncode
    finally:
        if not options.keep:
            side_by_side(daemon.down, started)


def command_inside(options: argparse.Namespace) -> int:
    """Run a command in an engine's network namespace, where its TCP, ssh and published ports are."""
    place = Place(options.name)
    daemon.running(place)
    return subprocess.run(inside(place, options.command), check=False).returncode


def command_hurt(options: argparse.Namespace) -> int:
    """Crash, restart, pause or resume one engine."""
    place = Place(options.name)
    with lock(place.name):
        if options.verb == "restart":
            daemon.restart(place, options.extra)
        else:
            {"crash": daemon.crash, "pause": daemon.pause, "resume": daemon.resume}[
                options.verb
            ](place)
    return 0


def command_setup(_options: argparse.Namespace) -> int:
    """Bring the software, start nothing."""
    with lock("setup"):
        setup()
        daemon.prepare()
    return 0


def parser() -> argparse.ArgumentParser:
    """The command line."""
    top = argparse.ArgumentParser(
        prog="engines.py", description="Real Docker engines for dockline's tests."
    )
    verbs = top.add_subparsers(dest="verb", required=True)

    def verb(
        name: str, action: Callable[[argparse.Namespace], int]
    ) -> argparse.ArgumentParser:
        made = verbs.add_parser(name, help=(action.__doc__ or "").splitlines()[0])
        made.set_defaults(action=action)
        return made

    verb("setup", command_setup)
    made = verb("up", command_up)
    made.add_argument(
        "names",
        nargs="*",
        metavar="NAME",
        help="28.5, or 28.5@label for one of your own",
    )
    made.add_argument(
        "--json", action="store_true", help="print what `env --json` prints"
    )
    made.add_argument(
        "--extra",
        action="append",
        metavar="--OPTION",
        help="another dockerd option, as --extra=--OPTION",
    )
    made.add_argument(
        "--owner",
        type=int,
        metavar="PID",
        help="a later `up` removes the engine when this process is gone",
    )
    verb("down", command_down).add_argument("names", nargs="*", metavar="NAME")
    verb("status", command_status)
    made = verb("env", command_env)
    made.add_argument("names", nargs="*", metavar="NAME")
    made.add_argument("--json", action="store_true")
    made = verb("run", command_run)
    made.add_argument("-e", "--engine", action="append", dest="names", metavar="NAME")
    made.add_argument("--keep", action="store_true", help="leave the engines running")
    made = verb("inside", command_inside)
    made.add_argument("name", metavar="NAME")
    for name in ("crash", "restart", "pause", "resume"):
        made = verb(name, command_hurt)
        made.add_argument("name", metavar="NAME")
        if name == "restart":
            made.add_argument("--extra", action="append", metavar="--OPTION")
    return top


def main() -> int:
    """Run one verb; a failure is one line on stderr and exit code 1."""
    words = sys.argv[1:]
    own, command = (
        (words[: words.index("--")], words[words.index("--") + 1 :])
        if "--" in words
        else (words, [])
    )
    options = parser().parse_args(own)
    options.command = command
    if command and options.verb not in ("run", "inside"):
        raise SystemExit(f"engines.py {options.verb} takes no command after --")
    try:
        action: Callable[[argparse.Namespace], int] = options.action
        return action(options)
    except HarnessError as error:
        say(f"failed: {error}")
        return 1


if __name__ == "__main__":
    sys.exit(main())
