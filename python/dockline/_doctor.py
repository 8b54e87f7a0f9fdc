"""`python -m dockline doctor`: what stands between this program and its engine."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence

from . import _native

_EPILOG = """\
The exit code is 0 when nothing has to be mended, 1 when something has, 2 when the
command line makes no sense."""


def doctor(arguments: Sequence[str]) -> int:
    """Examine, print what was found, and give the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m dockline doctor",
        description="Examine what stands between this program and its engine.",
        epilog=_EPILOG,
    )
    parser.add_argument(
        "--host", "-H", help="the engine's address; default: as clients choose it"
    )
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument(
        "--timeout",
        type=float,
        default=10.0,
        metavar="SECONDS",
        help="how long the engine may take to answer (default: 10)",
    )
    given = parser.parse_args(arguments)
    if not 0 < given.timeout < 1e6:
        parser.error(f"--timeout must be a positive number, not {given.timeout}")
    lines = _native.examine(given.host, dict(os.environ), given.timeout)
    healthy = all(outcome != "bad" for _, outcome, *_ in lines)
    if given.json:
        checks = [
            {"name": name, "outcome": outcome, "found": found, "fix": fix}
            for name, outcome, found, fix, _ in lines
        ]
        text = json.dumps({"healthy": healthy, "checks": checks}, indent=2)
    else:
        text = "\n".join(line for *_, line in lines)
    sys.stdout.write(f"{text}\n")
    return 0 if healthy else 1
