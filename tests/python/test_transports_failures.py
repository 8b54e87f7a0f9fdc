"""When it cannot connect: each cause provoked for real, one sentence with endpoint, rule, cause and fix."""

from __future__ import annotations

import errno
import json
import os
import socket
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import dockline
from conftest import RealEngine
from dockline import errors
from transports import Front

NOBODY = 65534


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that everybody may enter; socket paths must be short."""
    with tempfile.TemporaryDirectory(prefix="dl") as name:
        os.chmod(name, 0o755)
        yield Path(name)


@pytest.fixture(autouse=True)
def quiet(monkeypatch: Any, folder: Path) -> None:
    """Nothing of this machine chooses an engine."""
    for name in (
        "DOCKER_HOST",
        "DOCKER_CONTEXT",
        "DOCKER_TLS_VERIFY",
        "DOCKER_CERT_PATH",
    ):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(folder / "home"))
    monkeypatch.setenv("DOCKER_CONFIG", str(folder / "config"))
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(folder / "run"))


def listen(path: Path) -> socket.socket:
    """A unix socket somebody listens on."""
    path.parent.mkdir(parents=True, exist_ok=True)
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(path))
    listener.listen()
    return listener


def failure(url: str, **options: Any) -> Any:
    """What asking there raises."""
    options.setdefault("version", "1.41")
    with pytest.raises(errors.DockerException) as caught:
        dockline.APIClient(url, **options).ping()
    error = caught.value
    assert f"{url} (given by the caller)" in error.summary
    assert error.summary in str(error)
    assert error.hint in str(error)
    assert isinstance(error, OSError)
    return error


def test_no_socket_lists_those_that_live(folder: Path) -> None:
    url = f"unix://{folder}/none.sock"
    stale = listen(folder / "home/.colima/docker.sock")
    stale.close()
    with (
        listen(folder / "run/docker.sock"),
        listen(folder / "home/.docker/run/docker.sock"),
    ):
        error = failure(url)
    assert isinstance(error, errors.DaemonNotFound)
    assert error.os_code == errno.ENOENT
    assert "FileNotFoundError" in str(error)
    assert "the socket does not exist" in error.summary
    assert f"unix://{folder}/run/docker.sock (rootless Docker)" in error.hint
    assert (
        f"unix://{folder}/home/.docker/run/docker.sock (Docker Desktop)" in error.hint
    )
    assert "colima" not in error.hint
    error = failure(f"unix://{folder}/no/folder/x.sock")
    assert f"the folder {folder}/no/folder does not exist" in error.summary
    with pytest.raises(errors.DockerException, match="the socket does not exist"):
        dockline.APIClient(url)


ASK = """
import http.client, json, os, sys
import requests
import dockline
import dockline.errors
client = dockline.APIClient(sys.argv[1], version="1.41")
os.setgroups([]); os.setgid(int(sys.argv[2])); os.setuid(65534)
try:
    print(client.ping())
except requests.exceptions.ConnectionError as error:
    facts = [type(error).__name__, error.kind, error.os_code, error.summary, error.hint]
    print(json.dumps([*facts, isinstance(error, dockline.errors.DockerException)]))
"""


def as_nobody(url: str, group: int = NOBODY) -> Any:
    """Ask as a user without rights."""
    done = subprocess.run(
        [sys.executable, "-c", ASK, url, str(group)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.lower() if done.stdout == "True\n" else done.stdout)


def test_a_socket_this_user_may_not_open(newest_engine: RealEngine) -> None:
    name, kind, code, summary, hint, ours = as_nobody(newest_engine.host)
    assert (name, kind, code, ours) == (
        "SocketPermissionDenied",
        "socket_permission_denied",
        errno.EACCES,
        True,
    )
    assert (
        f"this user may not open {newest_engine.host} (given by the caller)" in summary
    )
    assert "it is owned by root:root with mode 0660" in summary
    assert "does not belong to the group root" in summary
    assert "666" not in hint
    assert "rootless" in hint


def test_a_socket_of_a_group(folder: Path) -> None:
    path = folder / "x.sock"
    with listen(path):
        os.chown(path, 0, 1)
        path.chmod(0o660)
        *_, summary, hint, _ours = as_nobody(f"unix://{path}")
        assert "it is owned by root:daemon with mode 0660" in summary
        assert "usermod -aG daemon $USER" in hint
        path.chmod(0o600)
        *_, summary, hint, _ours = as_nobody(f"unix://{path}", group=1)
        assert "this process belongs to the group daemon" in summary
        assert "usermod" not in hint


def test_a_folder_this_user_may_not_enter(folder: Path) -> None:
    with listen(folder / "closed/x.sock"):
        (folder / "closed").chmod(0o700)
        *_, summary, hint, _ours = as_nobody(f"unix://{folder}/closed/x.sock")
    assert "may not look into the folder" in summary
    assert "rootless" in hint


def test_a_stale_socket(folder: Path) -> None:
    listen(folder / "x.sock").close()
    error = failure(f"unix://{folder}/x.sock")
    assert isinstance(error, errors.DaemonRefused)
    assert error.os_code == errno.ECONNREFUSED
    assert "left over from an engine that is not running" in error.summary
    assert "systemctl start docker" in error.hint


def test_a_closed_port() -> None:
    error = failure("tcp://127.0.0.1:1")
    assert isinstance(error, errors.DaemonRefused)
    assert "nothing listens at" in error.summary
    assert "ConnectionRefusedError" in str(error)


def test_an_unknown_host() -> None:
    with pytest.warns(UserWarning, match="plain TCP"):
        error = failure("tcp://nowhere.invalid:2375")
    assert error.kind == "name_resolution"
    assert "cannot be resolved" in error.summary


def test_a_file_that_is_no_socket(folder: Path) -> None:
    (folder / "file").write_text("")
    error = failure(f"unix://{folder}/file")
    assert isinstance(error, errors.DaemonUnreachable)


def test_an_engine_that_is_stopped(own_engine: Any) -> None:
    import requests

    engine = own_engine()
    engine.pause()
    try:
        error = failure(engine.host, timeout=1)
        assert isinstance(error, errors.DaemonNotResponding)
        assert isinstance(error, errors.RequestTimeout)
        assert isinstance(error, requests.exceptions.ReadTimeout)
        assert isinstance(error, socket.timeout)
        assert (
            "accepted the connection and did not answer within 1.0 s" in error.summary
        )
        assert "Read timed out. (read timeout=1)" in str(error)
        with pytest.raises(errors.DockerException, match="did not answer within 1.0 s"):
            dockline.APIClient(engine.host, timeout=1)
    finally:
        engine.resume()


def test_a_connection_that_breaks(newest_engine: RealEngine) -> None:
    with Front(f"unix:{newest_engine.socket}") as front:
        for fault in ("drop", "reset"):
            front.tell(fault)
            error = failure(front.url)
            assert isinstance(error, errors.DaemonNotResponding)
            assert "closed the connection without an answer" in error.summary
        front.tell("cut 1000")
        with pytest.raises(errors.StreamBroken, match="cut short"):
            dockline.APIClient(front.url, version="1.41").info()
        front.tell("stall 1000")
        with pytest.raises(errors.RequestTimeout) as caught:
            dockline.APIClient(front.url, version="1.41", timeout=1).info()
        assert f"{front.url} (given by the caller)" in str(caught.value)
        assert "sent nothing more within 1.0 s" in str(caught.value)
        front.tell("drip 1")
        assert dockline.APIClient(front.url, version="1.41", timeout=20).ping()


def write_context(folder: Path, name: str, host: str) -> None:
    """A context as the CLI writes it."""
    import hashlib

    meta = folder / "config/contexts/meta" / hashlib.sha256(name.encode()).hexdigest()
    meta.mkdir(parents=True)
    endpoint = {"Host": host, "SkipTLSVerify": False}
    text = {"Name": name, "Metadata": {}, "Endpoints": {"docker": endpoint}}
    (meta / "meta.json").write_text(json.dumps(text))


def test_which_engine_and_why(
    folder: Path, newest_engine: RealEngine, monkeypatch: Any
) -> None:
    host = newest_engine.host
    given = dockline.DockerClient(host)
    assert str(given.endpoint) == f"{host} (given by the caller)"
    assert given.endpoint == given.api.endpoint
    write_context(folder, "lab", host)
    (folder / "config/config.json").write_text('{"currentContext": "lab"}')
    client = dockline.from_env()
    assert client.ping()
    assert (
        str(client.endpoint) == f'{host} (context "lab", currentContext of config.json)'
    )
    monkeypatch.setenv("DOCKER_CONTEXT", "lab")
    assert (
        str(dockline.from_env().endpoint)
        == f'{host} (context "lab", from DOCKER_CONTEXT)'
    )
    assert str(dockline.from_context("lab").endpoint).startswith(
        f'{host} (context "lab", given by the caller)'
    )
    monkeypatch.setenv("DOCKER_HOST", host)
    endpoint = dockline.from_env().endpoint
    assert (endpoint.address, endpoint.rule) == (host, "from DOCKER_HOST")
    assert endpoint.passed_over == [
        ('context "lab" from DOCKER_CONTEXT', "DOCKER_HOST comes first")
    ]
    assert str(endpoint) == (
        f'{host} (from DOCKER_HOST); passed over: context "lab" from DOCKER_CONTEXT '
        "(DOCKER_HOST comes first)"
    )
    given = dockline.DockerClient(host, version="1.41")
    assert len(given.endpoint.passed_over) == 2


def test_a_missing_default_gives_way_to_a_known_socket(
    folder: Path, newest_engine: RealEngine
) -> None:
    if os.path.exists("/var/run/docker.sock"):
        pytest.fail("this machine has a default engine: the test needs one without")
    client = dockline.from_env(version="1.41")
    assert client.endpoint.rule == "the default"
    with pytest.raises(
        errors.DaemonNotFound, match=r"unix:///var/run/docker\.sock \(the default\)"
    ):
        client.ping()
    (folder / "run").mkdir()
    os.symlink(newest_engine.socket, folder / "run/docker.sock")
    for client in (dockline.from_env(), dockline.DockerClient()):
        assert client.ping()
        assert client.endpoint.address == f"unix://{folder}/run/docker.sock"
        assert "rootless Docker, since the default is missing" in client.endpoint.rule
        assert client.endpoint.passed_over == [
            ("unix:///var/run/docker.sock", "it does not exist")
        ]


KNOWN = [
    ("rootless Docker", "run/docker.sock"),
    ("Docker Desktop", "home/.docker/run/docker.sock"),
    ("Docker Desktop", "home/.docker/desktop/docker.sock"),
    ("Colima", "home/.colima/default/docker.sock"),
    ("Colima", "home/.colima/docker.sock"),
    ("OrbStack", "home/.orbstack/run/docker.sock"),
    ("Podman", "run/podman/podman.sock"),
]


def test_the_known_sockets_in_their_order(
    folder: Path, newest_engine: RealEngine
) -> None:
    # The last one first: each takes the place of those that come after it.
    for owner, place in reversed(KNOWN):
        (folder / place).parent.mkdir(parents=True, exist_ok=True)
        os.symlink(newest_engine.socket, folder / place)
        client = dockline.from_env()
        assert client.version()["Version"] == newest_engine.release
        assert client.endpoint.address == f"unix://{folder / place}"
        assert f"the socket of {owner}, since" in client.endpoint.rule


def test_unsafe_connections_warn_once() -> None:
    url = "tcp://192.0.2.77:2375"
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        for _ in range(2):
            client = dockline.APIClient(url, version="1.41", timeout=0.01)
            assert client.endpoint.address == url
        for safe in (
            "tcp://127.0.0.1:2375",
            "tcp://[::1]:2375",
            "tcp://localhost:2375",
        ):
            assert dockline.APIClient(safe, version="1.41").endpoint
    (warning,) = caught
    assert f"{url} (given by the caller) is plain TCP to another machine" in str(
        warning.message
    )
    assert "root" in str(warning.message)
    assert warning.filename == __file__
