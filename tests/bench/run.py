#!/usr/bin/env python3
"""`make bench`: named scenarios, the same in each language, next to the originals.

The engine is the fake one, whose speed is not what is measured. Nothing is asserted: a busy machine must
not fail anybody's build.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, Dict, List

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).resolve().parent
TARGET = ROOT / "target" / "bench"
SCENARIOS = ("calls", "lists", "logs")
CLIENTS: Dict[str, List[str]] = {
    "docker-py": [sys.executable, str(HERE / "bench.py"), "{}"],
    "dockline": [sys.executable, "-m", "dockline", str(HERE / "bench.py"), "{}"],
    "dockerode": [
        "node",
        str(HERE / "bench.js"),
        "{}",
        str(ROOT / "node_modules/dockerode"),
    ],
    "dockline (node)": ["node", str(HERE / "bench.js"), "{}", str(ROOT)],
}


def scenario() -> Dict[str, Any]:
    """A container with 96 MiB of logs, one HTTP chunk per frame as engines send them, and a list of containers."""
    row = {
        "Image": "busybox",
        "Command": "sh",
        "State": "running",
        "Labels": {"a": "b"},
        "Mounts": [],
        "Ports": [],
    }
    listed = [
        {"Id": f"{number:064x}", "Names": [f"/c{number}"], **row}
        for number in range(200)
    ]
    line = {"frames": [[1, "x" * 79 + "\n"]]}
    logs = {
        "framing": "chunked",
        "body": {"repeat": line, "count": 96 * (1 << 20) // 80},
    }
    inspected = {
        "body": {
            "json": {
                "Id": "c1",
                "Config": {"Tty": False},
                "State": {"Status": "exited"},
            }
        }
    }
    routes = [
        {
            "method": "GET",
            "path": "/containers/json",
            "reply": {"body": {"json": listed}},
        },
        {"method": "GET", "path": "/containers/c1/json", "reply": inspected},
        {"method": "GET", "path": "/containers/c1/logs", "reply": logs},
    ]
    return {"about": "make bench", "record": False, "routes": routes}


def main() -> None:
    """Print one row for each client and scenario."""
    TARGET.mkdir(parents=True, exist_ok=True)
    (TARGET / "scenario.json").write_text(json.dumps(scenario()))
    socket = TARGET / "engine.sock"
    socket.unlink(missing_ok=True)
    build = [
        "cargo",
        "build",
        "--quiet",
        "--release",
        "--locked",
        "--package",
        "fake-engine",
    ]
    subprocess.run(build, cwd=ROOT, check=True)
    command = [str(ROOT / "target/release/fake-engine"), "--unix", str(socket)]
    command += ["--scenario", str(TARGET / "scenario.json")]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as fake:
        assert fake.stdout is not None
        assert fake.stdin is not None
        if not fake.stdout.readline():
            raise SystemExit("the fake engine did not start")
        environment = {**os.environ, "DOCKER_HOST": f"unix://{socket}"}
        for name in SCENARIOS:
            for client, words in CLIENTS.items():
                line = [word.format(name) if word == "{}" else word for word in words]
                text = subprocess.run(
                    line, env=environment, stdout=subprocess.PIPE, check=True
                ).stdout
                row = json.loads(text)
                rate = row["amount"] / row["seconds"]
                print(
                    f"{name:<6} {client:<16} {rate:10.0f} {row['unit']}/s   peak {row['peak']:6.1f} MiB",
                    flush=True,
                )
        fake.stdin.close()


if __name__ == "__main__":
    main()
