"""Virtual environments for programs that were written for docker-py.

Each program gets one of its own under ``target/programs`` with exactly the pinned packages of its list,
and the dockline of this tree beside them. It is made once and made again when the list changes.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
import venv
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[2]


def environment(name: str) -> Path:
    """The interpreter of a program's environment, installed on first use."""
    wanted = HERE / f"{name}.txt"
    contents = wanted.read_bytes() + sys.version.encode()
    digest = hashlib.sha256(contents).hexdigest()[:12]
    folder = ROOT / "target" / "programs" / "python" / f"{name}-{digest}"
    python = folder / "bin" / "python"
    if (folder / "ready").exists():
        return python
    shutil.rmtree(folder, ignore_errors=True)
    venv.create(folder, with_pip=False)
    subprocess.run(
        [
            *(sys.executable, "-m", "pip", "--python", str(python)),
            *("install", "--quiet", "--disable-pip-version-check", "--no-deps"),
            *("--requirement", str(wanted)),
        ],
        check=True,
        stdin=subprocess.DEVNULL,
    )
    packages = next(folder.glob("lib/python*/site-packages"))
    (packages / "dockline.pth").write_text(f"{ROOT / 'python'}\n", encoding="utf-8")
    (folder / "ready").touch()
    return python
