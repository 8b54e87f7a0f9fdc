"""The harness for programs of Python: its verbs, and which engines there are."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from layout import HarnessError, all_versions

HARNESS = Path(__file__).with_name("engines.py")
#: The engines, oldest first.
VERSIONS = tuple(all_versions())
NEWEST = VERSIONS[-1]


def harness(*words: str) -> str:
    """Run one verb of the harness; its progress goes to the terminal."""
    done = subprocess.run(
        [sys.executable, str(HARNESS), *words],
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    if done.returncode:
        raise HarnessError(f"engines.py {' '.join(words)} failed: see its lines above")
    return done.stdout
