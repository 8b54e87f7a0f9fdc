"""The harness keeps what it promises: real engines that answer, break on request and leave no trace."""

from __future__ import annotations

import base64
import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any, Dict, Iterator, List

import pytest
from engine_http import ask, ping, request
from harness import HARNESS, NEWEST, VERSIONS, harness
from layout import HarnessError, Place, read_versions
from processes import identify, is_alive, mounts_below

LABEL = f"t{os.getpid()}"


@pytest.fixture(scope="module", params=VERSIONS)
def facts(request: pytest.FixtureRequest) -> Iterator[Dict[str, Any]]:
    """An engine that belongs to this module."""
    name = f"{request.param}@{LABEL}"
    yield json.loads(harness("up", name, "--json"))[name]
    harness("down", name)
    place = Place(name)
    assert not place.folder.exists()
    assert not place.namespace_file.exists()
    assert not mounts_below(place.folder)
    assert not list(Path("/sys/fs/cgroup").glob(f"**/{place.cgroup}"))


def run_container(path: Path, command: List[str], wait: bool = True) -> str:
    """Start a container, by default to its end, and return its id."""
    config = json.dumps({"Image": "busybox", "Cmd": command}).encode()
    made = ask(
        path, "POST", "/containers/create", config, {"Content-Type": "application/json"}
    )
    ask(path, "POST", f"/containers/{made['Id']}/start")
    if wait:
        assert ask(path, "POST", f"/containers/{made['Id']}/wait")["StatusCode"] == 0
    return str(made["Id"])


def test_is_the_version_it_should_be(facts: Dict[str, Any]) -> None:
    versions = read_versions()["engines"]
    assert facts["release"].startswith(f"{facts['version']}.")
    assert (
        ping(Path(facts["socket"])) == facts["api"] == versions[facts["version"]]["api"]
    )


def test_runs_containers(facts: Dict[str, Any]) -> None:
    path = Path(facts["socket"])
    made = run_container(path, ["echo", "aye"])
    _, _, content = request(path, "GET", f"/containers/{made}/logs?stdout=1")
    assert content.endswith(b"aye\n")
    ask(path, "DELETE", f"/containers/{made}")


def test_pulls_through_the_mirror(facts: Dict[str, Any]) -> None:
    path = Path(facts["socket"])
    ask(path, "DELETE", "/images/busybox:1.35")
    ask(path, "POST", "/images/create?fromImage=busybox&tag=1.35")
    assert "busybox:1.35" in ask(path, "GET", "/images/busybox:1.35/json")["RepoTags"]


def test_private_registry_wants_the_password(facts: Dict[str, Any]) -> None:
    path = Path(facts["socket"])
    private = facts["private_registry"]
    target = f"/images/create?fromImage={private['address']}/library/busybox&tag=latest"
    with pytest.raises(HarnessError, match="no basic auth credentials"):
        ask(path, "POST", target)
    for password, expected in (("wrong", {401, 500}), (private["password"], {200})):
        words = {
            "username": private["username"],
            "password": password,
            "serveraddress": private["address"],
        }
        auth = base64.urlsafe_b64encode(json.dumps(words).encode()).decode()
        status, _, _ = request(path, "POST", target, headers={"X-Registry-Auth": auth})
        assert status in expected
    ask(path, "DELETE", f"/images/{private['address']}/library/busybox:latest")


def test_crash_and_restart_keep_the_data(facts: Dict[str, Any]) -> None:
    path = Path(facts["socket"])
    made = run_container(path, ["true"])
    harness("crash", facts["name"])
    with pytest.raises(OSError, match="refused"):
        request(path, "GET", "/_ping")
    harness("restart", facts["name"])
    assert ask(path, "GET", f"/containers/{made}/json")["State"]["Status"] == "exited"
    ask(path, "DELETE", f"/containers/{made}")


def test_a_paused_engine_accepts_and_does_not_answer(facts: Dict[str, Any]) -> None:
    path = Path(facts["socket"])
    harness("pause", facts["name"])
    with pytest.raises(socket.timeout):
        request(path, "GET", "/_ping", timeout=0.3)
    harness("resume", facts["name"])
    assert ping(path, timeout=30.0) == facts["api"]


def test_up_wakes_a_paused_engine_and_keeps_it(facts: Dict[str, Any]) -> None:
    before = json.loads(harness("env", facts["name"], "--json"))[facts["name"]]["pid"]
    harness("pause", facts["name"])
    assert (
        json.loads(harness("up", facts["name"], "--json"))[facts["name"]]["pid"]
        == before
    )
    assert ping(Path(facts["socket"])) == facts["api"]


def test_up_after_a_crash_cleans_what_was_left(facts: Dict[str, Any]) -> None:
    path = Path(facts["socket"])
    made = run_container(path, ["sleep", "1000"], wait=False)
    inside = identify(ask(path, "GET", f"/containers/{made}/json")["State"]["Pid"])
    harness("crash", facts["name"])
    harness("up", facts["name"])
    assert ask(path, "GET", "/containers/json?all=1") == []
    assert not is_alive(inside)


def test_several_ups_at_once_start_one_engine(facts: Dict[str, Any]) -> None:
    command = [sys.executable, str(HARNESS), "up", facts["name"], "--json"]
    running = [
        subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(3)
    ]
    pids = {
        json.loads(process.communicate()[0])[facts["name"]]["pid"]
        for process in running
    }
    assert [process.returncode for process in running] == [0, 0, 0]
    assert len(pids) == 1


def test_an_engine_whose_owner_is_gone_is_removed() -> None:
    name = f"{NEWEST}@o{os.getpid()}"
    with subprocess.Popen(["sleep", "1000"]) as owner:
        harness("up", name, f"--owner={owner.pid}")
        owner.kill()
    assert Place(name).folder.exists()
    harness("up", NEWEST)
    assert not Place(name).folder.exists()


def test_tls_listener_turns_away_a_stranger(facts: Dict[str, Any]) -> None:
    certificates = facts["tls"]["certificates"]

    def connect(folder: str) -> str:
        files = {"cacert": "ca.pem", "cert": "cert.pem", "key": "key.pem"}
        options = [
            word
            for name, file in files.items()
            for word in (f"--tls{name}", f"{folder}/{file}")
        ]
        command = [
            facts["docker"],
            "--host",
            facts["tls"]["host"],
            "--tlsverify",
            *options,
        ]
        line = [
            sys.executable,
            str(HARNESS),
            "inside",
            facts["name"],
            "--",
            *command,
            "version",
            "--format",
        ]
        done = subprocess.run(
            [*line, "{{.Server.Version}}"], capture_output=True, text=True, check=False
        )
        return done.stdout.strip() or done.stderr

    assert connect(certificates["good"]) == facts["release"]
    assert "tls" in connect(certificates["unknown-client"])
    assert "unknown authority" in connect(certificates["unknown-authority"])


def test_ssh_login_reaches_this_engine(facts: Dict[str, Any]) -> None:
    ssh = facts["ssh"]
    options = [
        "-o",
        f"UserKnownHostsFile={ssh['known_hosts']}",
        "-o",
        "IdentitiesOnly=yes",
        "-o",
        "BatchMode=yes",
    ]

    def login(key: str) -> subprocess.CompletedProcess[str]:
        command = [
            "ssh",
            "-F",
            "none",
            "-p",
            str(ssh["port"]),
            "-i",
            ssh["keys"][key],
            *options,
            "root@127.0.0.1",
        ]
        line = [
            sys.executable,
            str(HARNESS),
            "inside",
            facts["name"],
            "--",
            *command,
            "docker system dial-stdio",
        ]
        question = "GET /_ping HTTP/1.0\r\n\r\n"
        return subprocess.run(
            line, input=question, capture_output=True, text=True, check=False
        )

    assert f"Server: Docker/{facts['release']} " in login("client").stdout
    assert "Permission denied" in login("stranger").stderr


def test_an_unknown_version_is_an_error() -> None:
    done = subprocess.run(
        [sys.executable, str(HARNESS), "up", "1.0"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "there are 20.10, 26.1, 28.5" in done.stderr
