"""Real engines for the comparisons of results: the fixtures of tests/python, and the sides to compare."""

from __future__ import annotations

import importlib.util
import os
import warnings
from pathlib import Path
from typing import Any, Iterator

import pytest
from results import Twins

_FILE = Path(__file__).resolve().parents[1] / "python" / "conftest.py"
_SPEC = importlib.util.spec_from_file_location("engine_fixtures", _FILE)
assert _SPEC is not None
assert _SPEC.loader is not None
engine_fixtures: Any = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(engine_fixtures)


def pytest_configure(config: pytest.Config) -> None:
    """Let the original leave sockets open: they are collected, and warned of, within whatever test runs then, or at the end."""
    config.addinivalue_line("filterwarnings", "ignore:unclosed:ResourceWarning")
    warnings.filterwarnings("ignore", "unclosed", ResourceWarning)


engines = engine_fixtures.engines
engine = engine_fixtures.engine
own_engine = engine_fixtures.own_engine


@pytest.fixture
def twins(engine: Any) -> Twins:
    """Run a case through each client, on each of the three engines."""
    return Twins(engine)


@pytest.fixture(scope="session", params=engine_fixtures.VERSIONS)
def lone_engine(request: pytest.FixtureRequest) -> Iterator[Any]:
    """An engine that no other test uses, for what changes the whole engine."""
    name = f"{request.param}@results"
    facts = engine_fixtures.json.loads(
        engine_fixtures.harness("up", name, "--json", f"--owner={os.getpid()}")
    )
    yield engine_fixtures.RealEngine(name, facts[name])
    engine_fixtures.harness("down", name)


@pytest.fixture
def lone_twins(lone_engine: Any) -> Twins:
    """As `twins`, on engines of their own, one client after the other."""
    return Twins(lone_engine, at_once=False)
