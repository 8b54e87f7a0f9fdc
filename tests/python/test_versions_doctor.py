"""`python -m dockline doctor`: what it says, and its exit code, for engines in every condition."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys

import pytest

from fake import FakeEngine
from test_versions_negotiation import OLD, podman


@pytest.fixture
def doctor(tmp_path):
    """Run it under an environment of its own; give exit code and what it printed."""

    def run(*words, **environment):
        variables = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("DOCKER_", "DOCKLINE_"))
        }
        home = {"HOME": str(tmp_path), "DOCKER_CONFIG": str(tmp_path)}
        done = subprocess.run(
            [sys.executable, "-m", "dockline", "doctor", *words],
            env={**variables, **home, **environment},
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        assert "Traceback" not in done.stderr
        return done.returncode, done.stdout

    return run


def by_name(text):
    report = json.loads(text)
    for check in report["checks"]:
        assert set(check) == {"name", "outcome", "found", "fix"}
        assert (check["fix"] is None) == (check["outcome"] == "good")
    bad = any(check["outcome"] == "bad" for check in report["checks"])
    assert report["healthy"] is not bad
    return {check["name"]: check for check in report["checks"]}


def test_no_engine(doctor, tmp_path):
    code, text = doctor("--host", f"unix://{tmp_path}/nothing.sock")
    assert code == 1
    assert "FAIL  reached" in text and "fix: " in text
    code, text = doctor("--json", DOCKER_HOST=f"unix://{tmp_path}/nothing.sock")
    checks = by_name(text)
    assert code == 1 and checks["reached"]["outcome"] == "bad"
    assert "DOCKER_HOST" in checks["endpoint"]["found"]


def test_a_socket_that_nobody_serves(doctor, tmp_path):
    path = str(tmp_path / "refused.sock")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path)
    code, text = doctor("--json", "--host", f"unix://{path}")
    assert code == 1
    assert by_name(text)["reached"]["outcome"] == "bad"


def test_an_address_that_makes_no_sense(doctor):
    code, text = doctor("--json", DOCKER_HOST="carrier-pigeon://coop")
    assert code == 1
    assert by_name(text)["endpoint"]["outcome"] == "bad"


def test_an_engine_that_never_answers(doctor):
    with FakeEngine({"accept": {"how": "stall"}}) as fake:
        code, text = doctor("--json", "--timeout", "0.5", "--host", fake.url)
    assert code == 1
    reached = by_name(text)["reached"]
    assert reached["outcome"] == "bad" and reached["fix"]


def test_an_engine_that_answers_nothing_but_its_version(doctor):
    info = {"path": "/info", "reply": {"cut": {}}}
    info["reply"] = {"faults": {"cut": {"after": 0, "in": "head", "how": "stall"}}}
    with FakeEngine({"routes": [info]}) as fake:
        code, text = doctor("--json", "--timeout", "1", "--host", fake.url)
    checks = by_name(text)
    assert code == 1
    assert checks["reached"]["outcome"] == "good"
    assert checks["answer"]["outcome"] == "bad"


def test_a_pin_that_does_not_fit(doctor):
    with FakeEngine(OLD) as fake:
        code, text = doctor("--json", "--host", fake.url, DOCKER_API_VERSION="1.50")
        checks = by_name(text)
        assert code == 1 and "DOCKER_API_VERSION" in checks["versions"]["fix"]
        code, text = doctor("--json", "--host", fake.url, DOCKER_API_VERSION="new")
        assert code == 1 and by_name(text)["pin"]["outcome"] == "bad"


def test_podman_is_told_from_docker(doctor):
    with FakeEngine(podman()) as fake:
        _, text = doctor("--json", "--host", fake.url)
    engine = by_name(text)["engine"]
    assert engine["outcome"] == "warning" and "Podman 4.3.1" in engine["found"]


def test_a_credential_helper_that_is_missing(doctor, tmp_path):
    (tmp_path / "config.json").write_text('{"credsStore": "nowhere-to-be-found"}')
    with FakeEngine(OLD) as fake:
        code, text = doctor("--json", "--host", fake.url)
    assert code == 1
    assert "docker-credential-nowhere-to-be-found" in text


def test_command_lines_that_make_no_sense(doctor):
    assert doctor("--timeout", "soon")[0] == 2
    assert doctor("--timeout", "-1")[0] == 2
    assert doctor("--what")[0] == 2
    assert doctor("--help")[0] == 0


def test_a_real_engine(doctor, engine):
    code, text = doctor("--json", DOCKER_HOST=engine.host)
    checks = by_name(text)
    assert code == 0, text
    assert engine.release in checks["engine"]["found"]
    assert f"API {engine.api}" in checks["versions"]["found"]
    assert checks["clock"]["outcome"] == "good"
    code, text = doctor("--host", engine.host)
    assert code == 0
    assert all(line.startswith(("ok  ", "warn", "     ")) for line in text.splitlines())


def test_a_wedged_engine(doctor, own_engine):
    engine = own_engine()
    engine.pause()
    try:
        code, text = doctor("--json", "--timeout", "1", "--host", engine.host)
    finally:
        engine.resume()
    assert code == 1
    assert by_name(text)["reached"]["outcome"] == "bad"
