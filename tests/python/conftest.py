"""Fixtures that give tests a real engine.

``DOCKLINE_ENGINES`` says what runs; when it is not set, the harness is asked to start the three.
An engine that cannot be had fails the test: nothing here skips.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Callable, Dict, NamedTuple

import pytest

# Behind everything else: the harness's modules have common names.
sys.path.append(str(Path(__file__).resolve().parents[1] / "engine"))
from harness import NEWEST, VERSIONS, harness  # noqa: E402

# A shell that starts the tests in the background has interrupts ignored, and so would everything here.
signal.signal(signal.SIGINT, signal.default_int_handler)


class RealEngine(NamedTuple):
    """A real engine, as ``engines.py env`` describes it."""

    name: str
    facts: Dict[str, Any]

    @property
    def version(self) -> str:
        """``28.5``."""
        return str(self.facts["version"])

    @property
    def release(self) -> str:
        """What GET /version calls ``Version``."""
        return str(self.facts["release"])

    @property
    def api(self) -> str:
        """The newest API version it speaks."""
        return str(self.facts["api"])

    @property
    def host(self) -> str:
        """What goes into DOCKER_HOST."""
        return str(self.facts["host"])

    @property
    def socket(self) -> str:
        """The unix socket's path."""
        return str(self.facts["socket"])

    def inside(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Run a command where this engine's TCP, ssh and published ports are."""
        line = ["nsenter", f"--net={self.facts['netns']}", *command]
        return subprocess.run(line, capture_output=True, text=True, check=False)

    def crash(self) -> None:
        """Kill dockerd with SIGKILL."""
        harness("crash", self.name)

    def restart(self, *extra: str) -> None:
        """Start dockerd again on the same data."""
        harness("restart", self.name, *(f"--extra={option}" for option in extra))

    def pause(self) -> None:
        """Make dockerd accept connections and never answer."""
        harness("pause", self.name)

    def resume(self) -> None:
        """End a pause."""
        harness("resume", self.name)


@pytest.fixture(scope="session")
def engines() -> Dict[str, RealEngine]:
    """The three engines by version, started when nobody has."""
    given = os.environ.get("DOCKLINE_ENGINES")
    facts: Dict[str, Any] = json.loads(given) if given else {}
    if any(version not in facts for version in VERSIONS):
        facts = json.loads(harness("up", "--json"))
    return {
        name: RealEngine(name, row) for name, row in facts.items() if name in VERSIONS
    }


@pytest.fixture(params=VERSIONS)
def engine(
    request: pytest.FixtureRequest, engines: Dict[str, RealEngine]
) -> RealEngine:
    """A running engine; a test that takes this runs once per version."""
    return engines[request.param]


@pytest.fixture
def newest_engine(engines: Dict[str, RealEngine]) -> RealEngine:
    """The newest engine, for what does not depend on the version."""
    return engines[NEWEST]


@pytest.fixture
def own_engine(request: pytest.FixtureRequest) -> Iterator[Callable[..., RealEngine]]:
    """Start an engine for one test alone: ``own_engine("28.5")``; it is removed when the test ends."""
    started = []

    def start(version: str = NEWEST, *extra: str) -> RealEngine:
        name = f"{version}@py{os.getpid()}x{len(started)}"
        facts = json.loads(
            harness(
                "up",
                name,
                "--json",
                f"--owner={os.getpid()}",
                *(f"--extra={option}" for option in extra),
            )
        )
        started.append(name)
        return RealEngine(name, facts[name])

    yield start
    if started:
        harness("down", *started)
