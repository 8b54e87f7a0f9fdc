"""What the transport tests share: a front before an engine, certificates of every kind, who is running."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, List, Optional

HARNESS = Path(__file__).resolve().parents[1] / "engine"
PASSWORD = "harbour-42"
SSH = shutil.which("ssh") or "/usr/bin/ssh"


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


class Home:
    """A user's ssh configuration: ``ssh`` on PATH reads this one and no other."""

    def __init__(self, folder: Path, engine: Any, front: Front) -> None:
        """Make ``harbour`` an alias of the engine's host."""
        self.folder = folder
        self.facts = engine.facts["ssh"]
        self.front = front
        self.known_hosts = folder / "known_hosts"
        host = (
            Path(self.facts["known_hosts"]).read_text().split(" ", 1)[1].splitlines()[0]
        )
        self.known_hosts.write_text(f"[127.0.0.1]:{front.port} {host}\n")
        program = folder / "bin" / "ssh"
        program.parent.mkdir()
        program.write_text(f'#!/bin/sh\nexec {SSH} -F {folder}/config "$@"\n')
        program.chmod(0o755)
        self.key = folder / "key"
        self.use("client")
        self.configure()

    def use(self, name: str) -> None:
        """Use another of the harness' keys."""
        shutil.copy(self.facts["keys"][name], self.key)
        self.key.chmod(0o600)

    def configure(self, *lines: str, host: str = "*") -> None:
        """Write the configuration; `lines` come first, and so win."""
        alias = [
            "Host harbour",
            "  HostName 127.0.0.1",
            f"  Port {self.front.port}",
            "  User root",
        ]
        alias += [f"Host {host}", f"  UserKnownHostsFile {self.known_hosts}"]
        alias += ["  GlobalKnownHostsFile /dev/null", f"  IdentityFile {self.key}"]
        alias += ["  IdentitiesOnly yes", "  IdentityAgent none"]
        (self.folder / "config").write_text("\n".join([*lines, *alias]) + "\n")

    def enter(self, monkeypatch: Any) -> None:
        """From now on ``ssh`` is this user's."""
        monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
        monkeypatch.delenv("SSH_ASKPASS", raising=False)
        monkeypatch.setenv("PATH", f"{self.folder}/bin:{os.environ['PATH']}")


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
