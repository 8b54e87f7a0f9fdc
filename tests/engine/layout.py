"""Where the real engines live and which ones there are.

Everything of an engine is under ``target/engines/<name>`` and, for sockets that must have short
paths, ``/run/dockline-<id>/<name>``; ``<id>`` differs for every clone, so two clones never meet.
A name is a version (``28.5``) or a version with a label (``28.5@crash``): a second engine of that
version for tests that break it. This module never starts or deletes anything.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Dict, List

ROOT = Path(__file__).resolve().parents[2]
BASE = Path(os.environ.get("DOCKLINE_ENGINES_DIR") or ROOT / "target" / "engines")
CACHE = Path(os.environ.get("DOCKLINE_ENGINES_CACHE") or BASE / "cache")
IDENTITY = hashlib.sha256(str(BASE).encode()).hexdigest()[:6]
RUN = Path("/run") / f"dockline-{IDENTITY}"

# A unix socket path holds 107 bytes and the closing zero.
LONGEST_SOCKET_PATH = 107

REGISTRY = "127.0.0.1:5000"
PRIVATE_REGISTRY = "127.0.0.1:5001"
TLS_PORT = 2376
SSH_PORT = 2222


class HarnessError(Exception):
    """A real engine could not be provided; tests must fail on it, not skip."""


def read_versions() -> Dict[str, Any]:
    """Read ``versions.json``: engines, their packages, and what the machine needs."""
    with open(Path(__file__).with_name("versions.json"), encoding="utf-8") as file:
        versions: Dict[str, Any] = json.load(file)
    return versions


def all_versions() -> List[str]:
    """Name every engine version, oldest first."""
    return list(read_versions()["engines"])


@dataclass(frozen=True)
class Place:
    """The folders, files and names of one engine."""

    name: str

    def __post_init__(self) -> None:
        """Refuse a name that is no version of ours or would not make a good file name."""
        if self.version not in all_versions():
            known = ", ".join(all_versions())
            raise HarnessError(
                f"no engine {self.version!r}: there are {known}, each also as VERSION@label"
            )
        if not re.fullmatch(r"[0-9.]+(@[a-z0-9]{1,12})?", self.name):
            raise HarnessError(
                f"{self.name!r}: a label is 1 to 12 lower-case letters and digits"
            )

    @property
    def version(self) -> str:
        """The part of the name before ``@``."""
        return self.name.partition("@")[0]

    @property
    def folder(self) -> Path:
        """State, logs and data."""
        return BASE / self.name

    @property
    def software(self) -> Path:
        """The unpacked Debian packages of this version."""
        return BASE / "software" / self.version

    @property
    def run(self) -> Path:
        """Short-lived files with short paths."""
        return RUN / self.name

    @property
    def data(self) -> Path:
        """The engine's data root."""
        return self.folder / "data"

    @property
    def socket(self) -> Path:
        """The unix socket: in the engine's folder, or under /run where that path is too long."""
        wanted = self.folder / "docker.sock"
        return (
            wanted
            if len(os.fsencode(wanted)) <= LONGEST_SOCKET_PATH
            else self.run / "docker.sock"
        )

    @property
    def state_file(self) -> Path:
        """What is running, as JSON."""
        return self.folder / "state.json"

    @property
    def log(self) -> Path:
        """What dockerd and its helpers printed."""
        return self.folder / "dockerd.log"

    @property
    def namespace(self) -> str:
        """The network namespace's name."""
        return f"dl{IDENTITY}-{self.name.replace('@', '-')}"

    @property
    def namespace_file(self) -> Path:
        """Where ``ip netns`` keeps the namespace."""
        return Path("/run/netns") / self.namespace

    @property
    def cgroup(self) -> str:
        """The cgroup above every container of this engine, so that none outlives a crash unseen."""
        return f"dockline-{IDENTITY}-{self.name.replace('@', '-')}"


TOOLS = BASE / "software" / "tools"
