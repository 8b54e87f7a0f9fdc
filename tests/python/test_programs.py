"""Programs from PyPI that were written for docker-py run unchanged, on the oldest and the newest engine.

``programs/use_<program>.txt`` lists exactly what is installed beside dockline. testcontainers has docker-py
installed as well, and must not get it; the others could not import it. Published ports are on the loopback
of the engine's network namespace, so the programs run inside it.
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from conftest import VERSIONS
from programs.environments import environment

PROGRAMS = Path(__file__).resolve().parent / "programs"

#: What follows `python -m dockline`; where nothing does, the program installs dockline itself.
HOW = {
    "use_testcontainers": ["-m", "dockline", "{program}.py"],
    "use_pytest_docker_tools": [
        *("-m", "dockline", "-m", "pytest", "-q", "-c", os.devnull),
        *("--rootdir", str(PROGRAMS), "-p", "no:cacheprovider", "{program}.py"),
    ],
    "use_docker_squash": ["-m", "dockline", "{program}.py"],
    "use_dockerspawner": ["{program}.py"],
    "use_compose": ["{program}.py"],
    "use_localstack": ["-m", "dockline", "{program}.py"],
    "use_dockerpty": ["-m", "dockline", "{program}.py"],
}
#: What each says when it got to its end.
END = {"use_pytest_docker_tools": "5 passed"}


@pytest.mark.parametrize("name", HOW)
def test_program(name, engines, tmp_path):
    python = environment(name)
    runs = {
        version: start(name, python, engines[version], tmp_path / version)
        for version in (VERSIONS[0], VERSIONS[-1])
    }
    try:
        said = {
            version: run.communicate(timeout=240)[0] for version, run in runs.items()
        }
    finally:
        for run in runs.values():
            run.kill()
            run.communicate()
    for version, run in runs.items():
        lines = said[version].splitlines()
        assert run.returncode == 0, f"{version}: {said[version]}"
        assert END.get(name, "done") in lines[-1], f"{version}: {said[version]}"
        leaked = [line for line in lines if "ResourceWarning" in line]
        assert not any("dockline" in line for line in leaked), said[version]


def start(name, python, engine, folder):
    folder.mkdir()
    words = [word.format(program=PROGRAMS / name) for word in HOW[name]]
    variables = {
        **os.environ,
        "DOCKER_HOST": engine.host,
        "HOME": str(folder),
        # Its own helper container comes from an image that cannot be had here.
        "TESTCONTAINERS_RYUK_DISABLED": "true",
        "PYTHONWARNINGS": "always::ResourceWarning",
    }
    for inherited in ("DOCKER_API_VERSION", "PYTEST_ADDOPTS"):
        variables.pop(inherited, None)
    return subprocess.Popen(
        ["nsenter", f"--net={engine.facts['netns']}", str(python), *words],
        cwd=folder,
        env=variables,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
