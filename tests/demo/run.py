#!/usr/bin/env python3
"""`make demo`: one script written for docker-py and one written for dockerode, both on dockline.

The engine is the one DOCKER_HOST names; without it a real one that the harness starts for the demo and
removes after it; without root, which that needs, the fake engine.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, Dict, Iterator, List

ROOT = Path(__file__).resolve().parents[2]
HARNESS = ROOT / "tests" / "engine" / "engines.py"
TARGET = ROOT / "target" / "demo"
ENGINE = "28.5@demo"


def main() -> int:
    """Show both scripts on one engine; the exit code is the first failure's."""
    with contextlib.ExitStack() as stack:
        environment = dict(os.environ)
        if os.environ.get("DOCKER_HOST"):
            print("The engine is the one that DOCKER_HOST names.")
        elif os.geteuid() == 0:
            environment["DOCKER_HOST"] = stack.enter_context(real_engine())
        else:
            print(
                "Without root there is no real engine of our own, and DOCKER_HOST is not set: this is the FAKE engine."
            )
            environment["DOCKER_HOST"] = stack.enter_context(fake_engine())
        for title, command in scripts():
            print(f"\n== {title}", flush=True)
            code = subprocess.run(command, env=environment, check=False).returncode
            if code:
                print(f"{title}: exit code {code}")
                return code
    return 0


def scripts() -> List[Any]:
    """The commands: neither script is changed, only what `docker` and `dockerode` resolve to."""
    python = [sys.executable, "-m", "dockline", str(ROOT / "tests/demo/demo.py")]
    # What `npm install dockerode@npm:dockline` leaves behind.
    modules = TARGET / "node_modules"
    shutil.rmtree(TARGET, ignore_errors=True)
    modules.mkdir(parents=True)
    (modules / "dockerode").symlink_to(ROOT, target_is_directory=True)
    shutil.copy(ROOT / "tests/demo/demo.js", TARGET / "demo.js")
    return [
        ("Python: a docker-py script, `python -m dockline demo.py`", python),
        (
            "Node: a dockerode script, with `dockerode@npm:dockline` installed",
            ["node", str(TARGET / "demo.js")],
        ),
    ]


@contextlib.contextmanager
def real_engine() -> Iterator[str]:
    """Start an engine for the demo alone."""
    up = [
        sys.executable,
        str(HARNESS),
        "up",
        ENGINE,
        "--json",
        f"--owner={os.getpid()}",
    ]
    try:
        facts = json.loads(
            subprocess.run(up, stdout=subprocess.PIPE, check=True).stdout
        )[ENGINE]
        print(f"A private engine, docker {facts['release']}, was started for the demo.")
        yield str(facts["host"])
    finally:
        subprocess.run([sys.executable, str(HARNESS), "down", ENGINE], check=True)


@contextlib.contextmanager
def fake_engine() -> Iterator[str]:
    """Play the demo's two containers from a scenario."""
    TARGET.mkdir(parents=True, exist_ok=True)
    scenario = TARGET.with_name("demo-scenario.json")
    scenario.write_text(json.dumps(fake_scenario()))
    socket = TARGET.with_name("demo.sock")
    socket.unlink(missing_ok=True)
    command = [
        "cargo",
        "run",
        "--quiet",
        "--release",
        "--locked",
        "--package",
        "fake-engine",
        "--",
    ]
    command += ["--unix", str(socket), "--scenario", str(scenario)]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as fake:
        assert fake.stdout is not None
        assert fake.stdin is not None
        if not fake.stdout.readline():
            raise SystemExit("the fake engine did not start")
        yield f"unix://{socket}"
        fake.stdin.close()


def fake_scenario() -> Dict[str, Any]:
    """The answers that demo.py and demo.js need."""
    talk = [[1, f"cask {count} of 4 is aboard\n"] for count in range(1, 5)] + [
        [2, "the fifth fell in\n"]
    ]
    flood = {"repeat": {"frames": [[1, "x" * 8191 + "\n"]]}, "count": (1 << 30) // 8192}
    routes: List[Dict[str, Any]] = []
    for identity, prefix, code in (
        ("talk", "dockline-demo", 3),
        ("flood", "dockline-demo-flood", 0),
    ):
        for suffix in ("py", "js"):
            whole = f"{prefix}-{suffix}"
            made = {"status": 201, "body": {"json": {"Id": identity, "Warnings": []}}}
            routes.append(
                {
                    "method": "POST",
                    "path": "/containers/create",
                    "query": {"name": whole},
                    "reply": made,
                }
            )
        inspected = {
            "Id": identity,
            "Name": f"/{identity}",
            "Config": {"Tty": False, "Image": "busybox"},
            "HostConfig": {"LogConfig": {"Type": "json-file"}},
            "State": {"Status": "running"},
            "Image": "sha256:0",
        }
        logs: Dict[str, Any] = {
            "framing": "chunked",
            "body": {"frames": talk} if identity == "talk" else flood,
        }
        if identity == "talk":
            logs["faults"] = {"drip": {"bytes": 36, "ms": 300}}
        at = f"/containers/{identity}"
        routes += [
            {"method": "POST", "path": f"{at}/start", "reply": {"status": 204}},
            {
                "method": "GET",
                "path": f"{at}/json",
                "reply": {"body": {"json": inspected}},
            },
            {"method": "GET", "path": f"{at}/logs", "reply": logs},
            {
                "method": "POST",
                "path": f"{at}/wait",
                "reply": {"body": {"json": {"StatusCode": code}}},
            },
            {"method": "DELETE", "path": at, "reply": {"status": 204}},
        ]
    missing = {
        "message": "manifest for 127.0.0.1:5000/library/no-such-image:latest not found: manifest unknown"
    }
    pull = {"status": 404, "body": {"json": missing}}
    routes.append({"method": "POST", "path": "/images/create", "reply": pull})
    return {"about": "make demo without root", "routes": routes}


if __name__ == "__main__":
    sys.exit(main())
