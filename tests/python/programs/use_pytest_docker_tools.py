"""pytest-docker-tools: its fixtures, made of docker-py's models, in a test run of their own."""

from __future__ import annotations

import urllib.request

import docker
import pytest
from pytest_docker_tools import build, container, fetch, image, network, volume

BASE = "busybox:latest"

busybox = fetch(repository=BASE)
there = image(name=BASE)
served = build(path="{folder}", tag="dockline-tools:1", buildargs={"WORD": "built"})
wire = network()
pages = volume(initial_content={"page": b"from a volume"})

server = container(
    image="{served.id}",
    command=["httpd", "-f", "-p", "8080", "-h", "/www"],
    ports={"8080/tcp": None},
    network="{wire.name}",
    volumes={"{pages.name}": {"bind": "/www", "mode": "rw"}},
    environment={"COLOUR": "blue"},
)
asking = container(
    image="{busybox.id}",
    command=[
        "sh",
        "-c",
        "until wget -qO- {server.ips.primary}:8080/page; do sleep 0.1; done; echo; exec sleep 1000",
    ],
    network="{wire.name}",
)


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    where = tmp_path_factory.mktemp("image")
    (where / "Dockerfile").write_text(
        f"FROM {BASE}\nARG WORD\nRUN echo $WORD > /word\n"
    )
    return str(where)


def test_it_is_dockline(docker_client):
    assert type(docker_client).__module__ == "dockline.client"
    assert docker.__name__ == "dockline"
    assert docker_client.ping()


def test_images(busybox, there, served):
    assert busybox.id == there.id
    assert "dockline-tools:1" in served.tags


def test_a_server(server, wire, pages):
    assert server.status == "running"
    assert server.env["COLOUR"] == "blue"
    # That it runs and has its ports is all that the fixture waits for.
    asked = "until wget -qO- 127.0.0.1:8080/page; do sleep 0.1; done"
    assert server.exec_run(["sh", "-c", asked]).output == b"from a volume"
    host, port = server.get_addr("8080/tcp")
    with urllib.request.urlopen(f"http://{host}:{port}/page", timeout=10) as got:
        assert got.read() == b"from a volume"
    assert server.get_text("/word") == {"word": "built\n"}
    assert "www/page" in server.get_files("/www")
    assert wire.name in server.ips
    code, output = server.exec_run("cat /word")
    assert (code, output) == (0, b"built\n")
    server.restart(timeout=0)
    assert server.status == "running"


def test_containers_depend_on_each_other(asking, server):
    while "from a volume" not in asking.logs():
        assert asking.status == "running"
        asking.reload()


def test_nothing_is_left_of_the_others(docker_client):
    labelled = {"label": "creator=pytest-docker-tools"}
    assert docker_client.containers.list(all=True, filters=labelled) == []
