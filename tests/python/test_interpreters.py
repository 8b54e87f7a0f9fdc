"""The oldest and the newest CPython, with the one extension module built for the stable ABI of 3.9.

Each runs a part of these tests in a process of its own: the fake engine, a real one, sockets, processes.
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from interpreters import interpreter, libraries

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
VERSIONS = ("3.9", "3.13")
#: Base, streams and sockets on the fake engine; types and values beside the original; a real engine.
PARTS = (
    *("test_base.py", "test_streams.py", "test_sockets.py", "test_response.py"),
    *("test_errors.py", "test_types.py", "test_copying.py", "test_extras_fake.py"),
    "test_container_extras.py",
)
#: Engines of other versions, and what is about memory and not about Python.
LEFT_OUT = "not 20.10 and not 26.1 and not 256_mib"


@pytest.mark.parametrize("version", VERSIONS)
def test_under(version, engines, capsys):
    python = interpreter(version)
    (extension,) = (ROOT / "python" / "dockline").glob("_native*.so")
    assert ".abi3." in extension.name
    with capsys.disabled():
        print(f"\nCPython {version}: {python}", flush=True)
    variables = {
        **os.environ,
        "PYTHONPATH": f"{libraries(version)}:{ROOT / 'python'}",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    done = subprocess.run(
        [
            *(str(python), "-W", "error", "-m", "pytest", "-q", "-x"),
            *("-p", "no:cacheprovider", "-k", LEFT_OUT),
            *(str(HERE / part) for part in PARTS),
        ],
        env=variables,
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    assert " passed" in done.stdout.splitlines()[-1], done.stdout
