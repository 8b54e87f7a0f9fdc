"""Typed programs on dockline pass mypy and pyright at their strictest (`typed_programs/`)."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
PROGRAMS = HERE / "typed_programs"
PYRIGHT = "1.1.414"


def run(command, folder, **variables):
    return subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, **variables},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


def test_mypy(tmp_path):
    settings = tmp_path / "mypy.ini"
    settings.write_text("[mypy]\nstrict = True\nwarn_unreachable = True\n")
    found = run(
        [
            *(sys.executable, "-m", "mypy", "--config-file", str(settings)),
            *map(str, sorted(PROGRAMS.glob("*.py"))),
        ],
        tmp_path,
        MYPYPATH=str(ROOT / "python"),
    )
    assert found.returncode == 0, found.stdout
    assert "Success" in found.stdout, found.stdout


def test_pyright(tmp_path):
    program = pyright()
    settings = {
        "include": ["programs"],
        "extraPaths": [str(ROOT / "python")],
        "typeCheckingMode": "strict",
        "pythonVersion": "3.12",
    }
    (tmp_path / "pyrightconfig.json").write_text(json.dumps(settings))
    # It takes no folder that is not below that of its settings.
    (tmp_path / "programs").symlink_to(PROGRAMS)
    found = run([str(program), "--project", str(tmp_path)], tmp_path)
    assert found.returncode == 0, found.stdout
    assert "0 errors" in found.stdout, found.stdout


def pyright():
    """The program, installed on first use."""
    folder = ROOT / "target" / "programs" / f"pyright-{PYRIGHT}"
    program = folder / "node_modules" / ".bin" / "pyright"
    if not program.exists():
        folder.mkdir(parents=True, exist_ok=True)
        install = ["npm", "install", "--no-save", "--no-audit", "--no-fund"]
        place = ["--loglevel=error", "--prefix", str(folder), f"pyright@{PYRIGHT}"]
        done = run([*install, *place], folder)
        assert done.returncode == 0, done.stdout
    return program
