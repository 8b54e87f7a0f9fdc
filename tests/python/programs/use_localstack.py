"""localstack's container client: it works on bare sockets of attach and exec, and on raw requests."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import docker
from localstack.utils.container_utils.container_client import (
    ContainerException,
    DockerContainerStatus,
    NoSuchContainer,
    NoSuchImage,
    PortMappings,
)
from localstack.utils.container_utils.docker_sdk_client import SdkDockerClient

IMAGE = "busybox:latest"
NAME = f"dockline-localstack-{os.getpid()}"


def attached(client):
    """Start with something on stdin, half close, read what comes back."""
    ports = PortMappings()
    ports.add(18_080, 80)
    command = ["sh", "-c", "echo $COLOUR; cat; echo end >&2"]
    client.create_container(
        IMAGE,
        name=NAME,
        command=command,
        interactive=True,
        env_vars={"COLOUR": "blue"},
        ports=ports,
    )
    out, err = client.start_container(
        NAME, stdin=b"typed\n", interactive=True, attach=True
    )
    assert (out, err) == (b"blue\ntyped\n", b"end\n")
    client.remove_container(NAME)


def running(client, folder):
    client.run_container(IMAGE, name=NAME, command=["sleep", "1000"], detach=True)
    assert client.get_container_status(NAME) == DockerContainerStatus.UP
    assert NAME in client.get_running_container_names()
    both = ["sh", "-c", "echo out; echo err >&2"]
    assert client.exec_in_container(NAME, both) == (b"out\n", b"err\n")
    piped = client.exec_in_container(NAME, ["cat"], interactive=True, stdin=b"piped")
    assert piped == (b"piped", b"")
    try:
        client.exec_in_container(NAME, ["sh", "-c", "echo bad >&2; exit 3"])
    except ContainerException as error:
        said = error.stderr
    assert said == b"bad\n"
    (folder / "one").write_text("data")
    client.copy_into_container(NAME, str(folder / "one"), "/tmp/one")
    client.copy_from_container(NAME, str(folder / "two"), "/tmp/one")
    assert (folder / "two").read_text() == "data"
    assert client.get_container_logs(NAME) == ""
    client.stream_container_logs(NAME).close()
    assert client.inspect_container(NAME)["State"]["Running"]
    network = f"{NAME}-network"
    client.create_network(network)
    client.connect_container_to_network(network, NAME)
    assert network in client.get_networks(NAME)
    client.disconnect_container_from_network(network, NAME)
    client.delete_network(network)
    client.stop_container(NAME, timeout=0)


def absent(client):
    for error, call in (
        (NoSuchContainer, lambda: client.inspect_container("nobody")),
        (NoSuchImage, lambda: client.inspect_image("nobody", pull=False)),
        (ContainerException, lambda: client.pull_image("127.0.0.1:5000/none:1")),
    ):
        try:
            call()
        except error:
            continue
        raise AssertionError(error)


def main():
    assert docker.__name__ == "dockline", docker.__file__
    client = SdkDockerClient()
    assert client.has_docker()
    assert IMAGE in client.get_docker_image_names()
    try:
        attached(client)
        with tempfile.TemporaryDirectory() as folder:
            running(client, Path(folder))
        absent(client)
    finally:
        client.remove_container(NAME, force=True)
    print("done")


if __name__ == "__main__":
    main()
