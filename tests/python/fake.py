"""The fake engine for Python tests: start it, read what it was sent, change what it plays. Standard library only."""

from __future__ import annotations

import base64
import http.client
import json
import os
import socket
import subprocess
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Any, Optional, Union, final

ROOT = Path(__file__).resolve().parents[2]
SCENARIOS = ROOT / "tests" / "fake_engine" / "scenarios"


def program() -> Path:
    """The program, built on first use."""
    chosen = os.environ.get("DOCKLINE_FAKE_ENGINE")
    if chosen:
        return Path(chosen)
    built = ROOT / "target" / "debug" / "fake-engine"
    if not built.exists():
        subprocess.run(
            ["cargo", "build", "--quiet", "-p", "fake-engine"], cwd=ROOT, check=True
        )
    return built


class _UnixConnection(http.client.HTTPConnection):
    def __init__(self, path: str) -> None:
        super().__init__("fake", timeout=30)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)


@final
class FakeEngine:
    """A running fake engine; a context manager.

    ``scenario`` is a dict, or the name of a file in ``tests/fake_engine/scenarios`` without its ending.
    """

    def __init__(
        self, scenario: Union[str, dict[str, Any], None] = None, *, tcp: bool = False
    ) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="fake-engine-")
        where = (
            ["--tcp", "127.0.0.1:0"]
            if tcp
            else ["--unix", os.path.join(self._folder.name, "engine.sock")]
        )
        command = [str(program()), *where]
        if isinstance(scenario, str):
            command += ["--scenario", str(SCENARIOS / f"{scenario}.json")]
        elif scenario is not None:
            file = Path(self._folder.name) / "scenario.json"
            file.write_text(json.dumps(scenario), encoding="utf-8")
            command += ["--scenario", str(file)]
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            self.stop()
            raise RuntimeError(f"the fake engine did not start: {' '.join(command)}")
        #: Where it listens, as ``DOCKER_HOST`` has it.
        self.url: str = json.loads(line)["address"]

    def requests(self) -> list[dict[str, Any]]:
        """What it was sent; the bodies as bytes under ``body`` and ``upgraded``."""
        records: list[dict[str, Any]] = self._control("GET", "requests")
        for record in records:
            record["body"] = base64.b64decode(record["body_base64"])
            record["upgraded"] = base64.b64decode(record["upgraded_base64"])
        return records

    def clear(self) -> None:
        """Forget what it was sent."""
        self._control("DELETE", "requests")

    def connections(self) -> dict[str, int]:
        """``open``, ``total``, ``written`` and ``upgraded``."""
        counters: dict[str, int] = self._control("GET", "connections")
        return counters

    def drop_connections(self) -> None:
        """Close every connection and go on listening."""
        self._control("DELETE", "connections")

    def scenario(self, scenario: Union[str, dict[str, Any]]) -> None:
        """Play another scenario from the next request on."""
        if isinstance(scenario, str):
            text = (SCENARIOS / f"{scenario}.json").read_text(encoding="utf-8")
        else:
            text = json.dumps(scenario)
        self._control("POST", "scenario", text)

    def open_gate(self, name: str) -> None:
        """Let answers pass that wait at this gate."""
        self._control("POST", f"gate/{name}")

    def stop(self) -> None:
        """End it; its connections are closed."""
        if self.process.stdin is not None:
            self.process.stdin.close()
        self.process.wait(timeout=30)
        if self.process.stdout is not None:
            self.process.stdout.close()
        self._folder.cleanup()

    def _control(self, method: str, what: str, body: Optional[str] = None) -> Any:
        scheme, _, place = self.url.partition("://")
        connection: http.client.HTTPConnection
        connection = (
            _UnixConnection(place)
            if scheme == "unix"
            else http.client.HTTPConnection(place, timeout=30)
        )
        try:
            connection.request(method, f"/__fake/{what}", body=body)
            answer = connection.getresponse()
            value = json.loads(answer.read())
        finally:
            connection.close()
        if answer.status != 200:
            raise ValueError(value["message"])
        return value

    def __enter__(self) -> FakeEngine:
        return self

    def __exit__(
        self,
        kind: Optional[type[BaseException]],
        error: Optional[BaseException],
        trace: Optional[TracebackType],
    ) -> None:
        self.stop()
