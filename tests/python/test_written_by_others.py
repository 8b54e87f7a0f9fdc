"""What other programs wrote: contexts of the docker command line, credentials in a real helper."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

import dockline
from dockline import errors
from dockline.context import ContextAPI


@pytest.fixture
def configuration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A configuration folder of the test's own, and no other choice of an engine."""
    for name in ("DOCKER_HOST", "DOCKER_CONTEXT", "DOCKER_AUTH_CONFIG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path))
    return tmp_path


def run(*command: str, given: str = "") -> str:
    done = subprocess.run(
        command, input=given, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_contexts_that_the_command_line_wrote(
    engine: Any, configuration: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    docker = engine.facts["docker"]
    where = f"host={engine.host}"
    run(docker, "context", "create", "lab", "--description", "ours", "--docker", where)
    run(docker, "context", "create", "gone", "--docker", "host=unix:///nowhere.sock")
    names = {context.Name for context in ContextAPI.contexts()}
    assert {"default", "lab", "gone"} <= names
    assert ContextAPI.inspect_context("lab")["Endpoints"]["docker"]["Host"] == (
        engine.host
    )

    run(docker, "context", "use", "lab")
    with dockline.from_env() as client:
        assert client.version()["Version"] == engine.release
        assert client.endpoint.address == engine.host
        assert "lab" in str(client.endpoint)
    with pytest.raises(errors.DockerException, match=r"nowhere\.sock"):
        dockline.from_context("gone")
    monkeypatch.setenv("DOCKER_CONTEXT", "gone")
    with pytest.raises(errors.DaemonNotFound, match=r"nowhere\.sock"):
        dockline.from_env()


def test_credentials_in_a_real_helper(
    newest_engine: Any, configuration: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    registry = newest_engine.facts["private_registry"]
    address = registry["address"]
    keys = configuration / "keys"
    keys.mkdir(mode=0o700)
    monkeypatch.setenv("GNUPGHOME", str(keys))
    monkeypatch.setenv("PASSWORD_STORE_DIR", str(configuration / "passwords"))
    quick = (
        "--batch",
        "--passphrase",
        "",
        "--quick-generate-key",
        "tests",
        "default",
        "default",
        "never",
    )
    run("gpg", *quick)
    try:
        run("pass", "init", "tests")
        (configuration / "config.json").write_text('{"credsStore": "pass"}')
        reference = f"{address}/library/busybox"
        with dockline.DockerClient(base_url=newest_engine.host) as client:
            with pytest.raises(errors.APIError) as refused:
                client.images.pull(reference, tag="latest")
            assert refused.value.kind == "registry_unauthorized"
        secret = {
            "ServerURL": address,
            "Username": registry["username"],
            "Secret": registry["password"],
        }
        run("docker-credential-pass", "store", given=json.dumps(secret))
        with dockline.DockerClient(base_url=newest_engine.host) as client:
            image = client.images.pull(reference, tag="latest")
            assert f"{reference}:latest" in image.tags
            client.images.remove(f"{reference}:latest", noprune=True)
    finally:
        run("gpgconf", "--kill", "all")
