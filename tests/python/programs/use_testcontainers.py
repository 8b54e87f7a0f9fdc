"""testcontainers: containers with wait strategies, networks, images, files. Published ports are reached."""

from __future__ import annotations

import sys
import tempfile
import urllib.request
from pathlib import Path

import docker
from testcontainers.core.container import DockerContainer
from testcontainers.core.image import DockerImage
from testcontainers.core.network import Network
from testcontainers.core.wait_strategies import (
    ExecWaitStrategy,
    HealthcheckWaitStrategy,
    LogMessageWaitStrategy,
)
from testcontainers.core.waiting_utils import wait_for_logs

IMAGE = "busybox:latest"
SERVE = ["sh", "-c", "echo serving; exec httpd -f -p 8080 -h /www"]


def a_server(folder):
    page = folder / "page"
    page.write_text("hello from testcontainers")
    server = (
        DockerContainer(IMAGE)
        .with_command(SERVE)
        .with_env("COLOUR", "blue")
        .with_exposed_ports(8080)
        .with_volume_mapping(folder, "/www")
        .with_tmpfs_mount("/scratch", "size=1m")
        .with_copy_into_container(b"copied", "/tmp/before")
        .with_kwargs(
            healthcheck={
                "test": ["CMD", "wget", "-qO-", "localhost:8080/page"],
                "interval": 200_000_000,
            }
        )
        .waiting_for(LogMessageWaitStrategy("serving"))
    )
    with server:
        HealthcheckWaitStrategy().wait_until_ready(server)
        ExecWaitStrategy(["test", "-f", "/tmp/before"]).wait_until_ready(server)
        port = server.get_exposed_port(8080)
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/page", timeout=10) as got:
            assert got.read() == page.read_bytes()
        code, output = server.exec(
            ["sh", "-c", "echo $COLOUR; cat /tmp/before; exit 3"]
        )
        assert (code, output) == (3, b"blue\ncopied")
        server.copy_into_container(b"later", "/tmp/later", mode=0o600)
        server.copy_from_container("/tmp/later", folder / "back")
        assert (folder / "back").read_bytes() == b"later"
        out, err = server.get_logs()
        assert (out, err) == (b"serving\n", b"")
        info = server.get_container_info()
        assert info is not None and info.State.Running
        kept = server.get_wrapped_container().id
    try:
        docker.from_env().containers.get(kept)
    except docker.errors.NotFound:
        return
    raise AssertionError("the container is still there")


def two_on_a_network():
    with Network() as network:
        first = (
            DockerContainer(IMAGE)
            .with_command(["sh", "-c", "echo here > /tmp/x; exec httpd -f -h /tmp"])
            .with_network(network)
            .with_network_aliases("first")
        )
        asking = "until wget -qO- first/x; do sleep 0.1; done; nslookup first; echo end"
        second = DockerContainer(IMAGE).with_command(["sh", "-c", asking])
        with first, second.with_network(network):
            wait_for_logs(second, "end")
            assert b"here" in second.get_logs()[0]
            assert second.wait() == 0


def an_image(folder):
    (folder / "Dockerfile").write_text(
        f"FROM {IMAGE}\nARG WORD\nRUN echo $WORD > /word\nCMD cat /word\n"
    )
    built = DockerImage(
        folder, tag="dockline-testcontainers:1", buildargs={"WORD": "built"}
    )
    with built as image:
        assert any("Successfully built" in str(line) for line in image.get_logs())
        with DockerContainer(str(image)) as container:
            wait_for_logs(container, "built")


def main():
    assert docker.__name__ == "dockline", docker.__file__
    with tempfile.TemporaryDirectory() as folder:
        a_server(Path(folder))
        an_image(Path(folder))
    two_on_a_network()
    sent = docker.from_env().api.headers["User-Agent"]
    assert not sent.startswith("tc-python"), sent
    print("done")


if __name__ == "__main__":
    sys.exit(main())
