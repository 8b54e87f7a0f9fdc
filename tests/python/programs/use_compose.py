"""Compose v1, through its own command line: a project goes up, is looked at, changed, and goes down."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

PROJECT = """
version: "2.4"
services:
  web:
    image: busybox:latest
    command: sh -c "echo web is here; echo page > /data/page; exec httpd -f -p 80 -h /data"
    environment: {COLOUR: blue}
    volumes: ["data:/data"]
    networks: [back]
    ports: ["127.0.0.1::80"]
    tmpfs: [/scratch]
    ulimits: {nofile: {soft: 1000, hard: 2000}}
    logging: {driver: json-file, options: {max-size: 1m}}
    healthcheck: {test: ["CMD", "wget", "-qO-", "localhost/page"], interval: 200ms}
    stop_grace_period: 0s
  caller:
    build:
      context: .
      args: {WORD: built}
    depends_on: {web: {condition: service_healthy}}
    command: sh -c "wget -qO- web/page; cat /word; exec sleep 1000"
    stop_grace_period: 0s
    networks: [back]
volumes: {data: {}}
networks: {back: {driver_opts: {a: b}}}
"""
RECIPE = "FROM busybox:latest\nARG WORD\nRUN echo $WORD > /word\n"


def compose(*arguments, given=""):
    done = subprocess.run(
        [sys.executable, "-m", "dockline", "-m", "compose", *arguments],
        input=given,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(f"compose {' '.join(arguments)}: {done.stdout}{done.stderr}")
    return done.stdout + done.stderr


def main():
    with tempfile.TemporaryDirectory(prefix="docklinecompose") as folder:
        os.chdir(folder)
        Path("docker-compose.yml").write_text(PROJECT)
        Path("Dockerfile").write_text(RECIPE)
        try:
            everything()
        finally:
            compose("down", "--volumes", "--rmi", "local", "--timeout", "0")
    print("done")


def everything():
    assert "up" not in compose("ps")
    compose("up", "--detach")
    assert "(healthy)" in compose("ps")
    # `up` ends when the containers have started, not when they have said what they say.
    logs = ""
    while not all(said in logs for said in ("web is here", "page", "built")):
        logs = compose("logs", "--no-color")
    assert "127.0.0.1:" in compose("port", "web", "80")
    assert "blue" in compose("exec", "-T", "web", "sh", "-c", "echo $COLOUR")
    assert "ran" in compose("run", "--rm", "--no-deps", "caller", "echo", "ran")
    compose("up", "--detach", "--scale", "caller=2")
    assert len(compose("ps", "--quiet", "caller").split()) == 2
    assert "httpd" in compose("top")
    assert "busybox" in compose("images")
    compose("pause", "web")
    assert "Paused" in compose("ps")
    compose("unpause", "web")
    compose("restart", "--timeout", "0", "caller")
    Path("docker-compose.yml").write_text(PROJECT.replace("blue", "red"))
    # Compose 1 cannot recreate on engines from 25 on: they no longer tell an image's `ContainerConfig`.
    compose("rm", "--stop", "--force", "web")
    compose("up", "--detach", "web")
    assert "red" in compose("exec", "-T", "web", "sh", "-c", "echo $COLOUR")
    # Attached: the output of all, until the one that ends.
    finishing = PROJECT.replace("blue", "red").replace("exec sleep 1000", "exit 0")
    Path("docker-compose.yml").write_text(finishing)
    compose("rm", "--stop", "--force", "caller")
    ended = compose("up", "--timeout", "0", "--no-color", "--exit-code-from", "caller")
    assert "exited with code 0" in ended, ended


if __name__ == "__main__":
    main()
