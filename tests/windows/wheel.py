"""Checks a Windows wheel: its tags, the package in it, and that the module is a Windows library for any Python 3.9."""

from __future__ import annotations

import sys
import zipfile
from pathlib import Path


def check(path: Path) -> None:
    assert path.name.endswith("-cp39-abi3-win_amd64.whl"), path.name
    with zipfile.ZipFile(path) as wheel:
        names = set(wheel.namelist())
        module = wheel.read("dockline/_native.pyd")
    assert {
        "dockline/__init__.py",
        "dockline/aio/__init__.py",
        "dockline/py.typed",
    } <= names
    header = int.from_bytes(module[0x3C:0x40], "little")
    assert module[:2] == b"MZ"
    assert module[header : header + 6] == b"PE\0\0\x64\x86", "not for x86-64"
    assert b"python3.dll" in module, "not the stable ABI"
    assert b"PyInit__native" in module


check(Path(sys.argv[1]))
print(f"{Path(sys.argv[1]).name}: as it should be")
