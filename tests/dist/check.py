#!/usr/bin/env python3
"""Install the wheel and the npm tarball of ``dist/`` into empty projects and talk to an engine from them.

Nothing may be fetched for it: both packages carry all they need. The engine is the fake one, since what
is tried is the packaging.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Dict, Iterator, List, Optional

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).resolve().parent
WORK = ROOT / "target" / "dist-check"


def run(
    command: List[str], cwd: Path = WORK, env: Optional[Dict[str, str]] = None
) -> str:
    """Run a command that must succeed."""
    clean = {
        name: value
        for name, value in os.environ.items()
        if name not in ("PYTHONPATH", "NODE_PATH", "VIRTUAL_ENV")
    }
    done = subprocess.run(
        command,
        cwd=cwd,
        env={**clean, **(env or {})},
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(
            f"{' '.join(command)} ended with {done.returncode}\n{done.stdout}"
        )
    return done.stdout


def only(pattern: str) -> Path:
    """The one file of dist that matches."""
    found = list((ROOT / "dist").glob(pattern))
    if len(found) != 1:
        raise SystemExit(
            f"dist/ should hold one {pattern} and holds {[path.name for path in found]}"
        )
    return found[0]


@contextlib.contextmanager
def fake_engine() -> Iterator[str]:
    """Run the fake engine for the smoke scripts."""
    run(["cargo", "build", "--quiet", "--locked", "--package", "fake-engine"], ROOT)
    socket = WORK / "engine.sock"
    command = [
        str(ROOT / "target/debug/fake-engine"),
        "--unix",
        str(socket),
        "--scenario",
        str(HERE / "scenario.json"),
    ]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as fake:
        assert fake.stdout is not None
        assert fake.stdin is not None
        if not fake.stdout.readline():
            raise SystemExit("the fake engine did not start")
        yield f"unix://{socket}"
        fake.stdin.close()


def try_wheel(host: str) -> None:
    """An empty virtual environment, the wheel, and a docker-py script."""
    python = WORK / "venv/bin/python"
    run([sys.executable, "-m", "venv", str(WORK / "venv")])
    run(
        [
            str(python),
            "-m",
            "pip",
            "install",
            "--quiet",
            "--no-index",
            "--disable-pip-version-check",
            str(only("*.whl")),
        ]
    )
    environment = {"DOCKER_HOST": host}
    shutil.copy(HERE / "smoke.py", WORK / "smoke.py")
    print(run([str(python), "smoke.py"], env=environment), end="")
    print(
        run([str(python), "-m", "dockline", "smoke.py", "docker"], env=environment),
        end="",
    )


def try_tarball(host: str) -> None:
    """An empty npm project, the tarball under both names, and scripts of both module kinds."""
    project = WORK / "npm"
    project.mkdir()
    (project / "package.json").write_text(
        '{"name": "empty", "version": "1.0.0", "private": true}\n'
    )
    tarball = only("*.tgz")
    install = [
        "npm",
        "install",
        "--prefer-offline",
        "--no-audit",
        "--no-fund",
        "--loglevel=error",
    ]
    run([*install, f"dockline@file:{tarball}", f"dockerode@file:{tarball}"], project)
    for name in ("smoke.cjs", "smoke.mjs"):
        shutil.copy(HERE / name, project / name)
        print(run(["node", name], project, {"DOCKER_HOST": host}), end="")


def main() -> None:
    """Try both packages."""
    shutil.rmtree(WORK, ignore_errors=True)
    WORK.mkdir(parents=True)
    with fake_engine() as host:
        try_wheel(host)
        try_tarball(host)
    print(f"{only('*.whl').name} and {only('*.tgz').name} work in empty projects")


if __name__ == "__main__":
    main()
