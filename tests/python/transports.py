"""What the transport tests share: a front before an engine, certificates of every kind, who is running."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any, List, Optional

HARNESS = Path(__file__).resolve().parents[1] / "engine"
PASSWORD = "harbour-42"


def certificates() -> Path:
    """The folder of tests/engine/certificates.py."""
    made = subprocess.run(
        [sys.executable, str(HARNESS / "certificates.py")],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return Path(made.stdout.strip())


class Front:
    """tests/engine/front.py: a forwarder, a TLS front, a fault-injecting proxy."""

    def __init__(self, to: str, *options: str) -> None:
        """Listen on a port of loopback and pass connections on to ``unix:PATH`` or ``HOST:PORT``."""
        self.child = subprocess.Popen(
            [sys.executable, str(HARNESS / "front.py"), "--to", to, *options],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.child.stdout is not None
        self.port = int(self.child.stdout.readline())

    @classmethod
    def into(cls, engine: Any, to: str, *options: str) -> Front:
        """Outside an engine's network namespace, and lead to an address inside."""
        return cls(to, "--netns", engine.facts["netns"], *options)

    @property
    def address(self) -> str:
        """``127.0.0.1:PORT``."""
        return f"127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        """As DOCKER_HOST has it."""
        return f"tcp://{self.address}"

    def tell(self, line: str) -> str:
        """Give a command; return what it answers."""
        assert self.child.stdin is not None
        assert self.child.stdout is not None
        self.child.stdin.write(line + "\n")
        self.child.stdin.flush()
        return self.child.stdout.readline().strip()

    @property
    def connections(self) -> int:
        """How many there were so far."""
        return int(self.tell("count"))

    def close(self) -> None:
        """End it; its connections are closed."""
        assert self.child.stdin is not None
        assert self.child.stdout is not None
        self.child.stdin.close()
        self.child.wait(timeout=20)
        self.child.stdout.close()

    def __enter__(self) -> Front:  # noqa: PYI034 - `Self` is newer than Python 3.9
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()


def processes(word: str, parent: Optional[int] = None) -> List[int]:
    """The pids of living processes below `parent` (this one) with `word` in their command line."""
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            line = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        alive = fields[0] not in "ZX"
        mine = int(fields[1]) == (os.getpid() if parent is None else parent)
        if alive and mine and word in line:
            found.append(int(entry.name))
    return found
