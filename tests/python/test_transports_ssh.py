"""ssh for real: Debian's sshd, the machine's own ssh, and ``docker system dial-stdio`` on the other side."""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import dockline
from conftest import RealEngine
from dockline import errors
from transports import SSH, Front, Home, processes


@pytest.fixture
def home(newest_engine: RealEngine, tmp_path: Path, monkeypatch: Any) -> Iterator[Home]:
    """A way to the sshd of the newest engine."""
    with Front.into(newest_engine, "127.0.0.1:2222") as front:
        made = Home(tmp_path, newest_engine, front)
        made.enter(monkeypatch)
        yield made


def children() -> list[int]:
    """The ssh processes this process has started."""
    return processes("dial-stdio")


def none_left() -> bool:
    """Whether all ssh processes are gone, given a moment to go."""
    deadline = time.monotonic() + 20
    while children() and time.monotonic() < deadline:
        time.sleep(0.02)
    return not children()


def connect(url: str = "ssh://harbour", **options: Any) -> Any:
    """A client that has not asked for anything yet."""
    options.setdefault("version", "1.41")
    return dockline.APIClient(url, **options)


def refused(kind: str, *words: str, url: str = "ssh://harbour", **options: Any) -> Any:
    """Ask, and check kind and sentence; nothing of ssh may be left."""
    with pytest.raises(errors.DockerException) as caught:
        connect(url, **options).ping()
    error = caught.value
    assert error.kind == kind, (error.kind, str(error))
    for word in ("(given by the caller)", url, *words):
        assert word in error.summary, error.summary
        assert word in str(error)
    assert error.hint in str(error)
    assert isinstance(error, OSError)
    assert none_left()
    return error


@pytest.mark.parametrize("own", [True, False])
def test_an_alias_of_the_configuration(
    home: Home, newest_engine: RealEngine, own: bool
) -> None:
    client = dockline.DockerClient("ssh://harbour", use_ssh_client=own)
    assert client.version()["Version"] == newest_engine.release
    assert client.api.base_url == "http+docker://ssh"
    client.close()
    assert none_left()


def test_user_and_port_in_the_address(home: Home) -> None:
    assert connect(f"ssh://root@127.0.0.1:{home.front.port}").ping()


def test_one_process_for_many_requests(home: Home) -> None:
    client = connect()
    for _ in range(50):
        client.ping()
        assert len(children()) == 1
    assert home.front.connections == 1
    client.containers(all=True)
    client.images()
    assert home.front.connections == 1
    client.close()
    assert none_left()


def test_a_connection_that_died_is_replaced(home: Home) -> None:
    client = connect()
    client.ping()
    (old,) = children()
    os.kill(old, 9)
    deadline = time.monotonic() + 20
    while old in children() and time.monotonic() < deadline:
        time.sleep(0.01)
    made = client.create_container("busybox", "true")
    client.remove_container(made["Id"])
    assert old not in children()
    client.close()


def test_streams_and_half_close(home: Home) -> None:
    client = dockline.DockerClient("ssh://harbour")
    container = client.containers.run("busybox", "cat", detach=True, stdin_open=True)
    try:
        made = client.api.exec_create(
            container.id, ["sh", "-c", "wc -c; echo done"], stdin=True
        )
        with client.api.exec_start(made["Id"], socket=True) as sock:
            sock._sock.sendall(b"x" * 300_000)
            sock._sock.shutdown(1)
            heard = b""
            while piece := sock._sock.recv(65536):
                heard += piece
        assert b"300000\n" in heard
        assert b"done\n" in heard
    finally:
        container.remove(force=True)
    client.close()
    assert none_left()


def test_leaving_a_stream_kills_its_ssh(home: Home) -> None:
    client = connect()
    client.ping()
    before = children()
    events = client.events()
    assert len(children()) == len(before) + 1
    events.close()
    client.close()
    assert none_left()


def test_cancelling_from_another_thread(home: Home) -> None:
    client = connect()
    events = client.events()
    timer = threading.Timer(0.3, events.close)
    timer.start()
    assert list(events) == []
    timer.join()
    client.close()
    assert none_left()


def test_what_is_in_flight_outlives_the_client_that_is_closed(
    home: Home, newest_engine: RealEngine
) -> None:
    client = dockline.DockerClient("ssh://harbour")
    container = client.containers.run("busybox", "sleep 600", detach=True)
    local = dockline.DockerClient(newest_engine.host).api
    try:
        ended = container.attach(stream=True)
        client.close()
        local.kill(container.id)
        assert list(ended) == []
        assert none_left()
    finally:
        local.remove_container(container.id, force=True)


def test_an_agent(home: Home, tmp_path: Path, monkeypatch: Any) -> None:
    home.key.unlink()
    home.configure(
        "Host harbour", f"  IdentityAgent {tmp_path}/agent", "  IdentitiesOnly no"
    )
    refused("ssh_authentication", "Permission denied")
    agent = subprocess.Popen(
        ["ssh-agent", "-D", "-a", f"{tmp_path}/agent"], stdout=subprocess.DEVNULL
    )
    try:
        key = tmp_path / "agents-key"
        shutil.copy(home.facts["keys"]["client"], key)
        key.chmod(0o600)
        environment = {**os.environ, "SSH_AUTH_SOCK": f"{tmp_path}/agent"}
        while subprocess.run(
            ["ssh-add", "-q", str(key)], env=environment, check=False
        ).returncode:
            time.sleep(0.05)
        assert connect().ping()
    finally:
        agent.terminate()
        agent.wait()


def test_a_jump_host(home: Home) -> None:
    port = home.front.port
    host = home.known_hosts.read_text().split(" ", 1)[1]
    with home.known_hosts.open("a") as file:
        file.write(f"[127.0.0.1]:2222 {host}")
    # Beyond the jump host, the address is the engine's own inside its namespace.
    home.configure(
        "Host beyond",
        "  HostName 127.0.0.1",
        "  Port 2222",
        "  User root",
        f"  ProxyCommand {home.folder}/bin/ssh -W %h:%p -p {port} root@127.0.0.1",
        "Host jumped",
        "  HostName 127.0.0.1",
        "  Port 2222",
        "  User root",
        "  ProxyJump harbour",
    )
    for name in ("beyond", "jumped"):
        client = connect(f"ssh://{name}")
        assert client.ping()
        client.close()
        assert none_left()
        assert not processes("-W", parent=1)


def test_an_unknown_host_key(home: Home) -> None:
    home.known_hosts.write_text("")
    refused("ssh_host_key", "key is not known here", "Host key verification failed")


def test_a_changed_host_key(home: Home) -> None:
    other = Path(f"{home.facts['keys']['client']}.pub").read_text()
    home.known_hosts.write_text(f"[127.0.0.1]:{home.front.port} {other}")
    refused(
        "ssh_host_key", "is not the one in known_hosts", "IDENTIFICATION HAS CHANGED"
    )


def test_a_key_that_is_refused(home: Home) -> None:
    home.use("stranger")
    error = refused("ssh_authentication", "Permission denied (publickey")
    assert isinstance(error, errors.DaemonUnreachable)
    assert "ssh-add" in str(error.hint)


def test_a_key_with_a_passphrase_never_prompts(home: Home) -> None:
    home.use("client-locked")
    refused("ssh_authentication", "Permission denied")


def test_no_docker_on_the_host(home: Home) -> None:
    program = home.folder / "bin" / "ssh"
    program.write_text(
        f"#!/bin/sh\nexec {SSH} -F {home.folder}/config harbour "
        '"PATH=/nowhere; docker system dial-stdio"\n'
    )
    error = refused("ssh_no_docker", "there is no docker CLI", "not found")
    assert "install it there" in str(error.hint)


def test_no_engine_on_the_host(home: Home) -> None:
    program = home.folder / "bin" / "ssh"
    program.write_text(
        f"#!/bin/sh\nexec {SSH} -F {home.folder}/config harbour "
        '"DOCKER_HOST=unix:///nowhere.sock docker system dial-stdio"\n'
    )
    error = refused("ssh_no_engine", "no engine answers there")
    assert isinstance(error, errors.DaemonNotFound)


@pytest.mark.parametrize("fault", ["drop", "reset"])
def test_a_server_that_hangs_up(home: Home, fault: str) -> None:
    home.front.tell(fault)
    refused("ssh_unreachable", "the ssh server cannot be reached")


def test_nobody_listens(home: Home) -> None:
    home.configure("Host harbour", "  Port 1")
    refused("ssh_unreachable", "Connection refused")


def test_an_unknown_host(home: Home) -> None:
    refused(
        "name_resolution", "Could not resolve hostname", url="ssh://nowhere.invalid"
    )


def test_a_server_that_never_answers(home: Home) -> None:
    home.front.tell("silent")
    client = connect(timeout=1)
    with pytest.raises(errors.RequestTimeout) as caught:
        client.ping()
    assert "ssh://harbour (given by the caller)" in str(caught.value)
    assert "ssh may still be connecting" in str(caught.value)
    assert none_left()


def test_no_ssh_program(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(errors.DaemonUnreachable, match="openssh-client") as caught:
        connect("ssh://harbour").ping()
    assert "there is no program `ssh` in PATH" in caught.value.summary


def test_broken_in_the_middle(home: Home) -> None:
    home.front.tell("cut 4000")
    client = connect(timeout=20)
    with pytest.raises(errors.DockerException):
        for _ in range(100):
            client.info()
    assert none_left()
