"""Every kind that a real engine can be made to produce, produced: kind, class, meaning, hint. The others are vectors."""

from __future__ import annotations

import copy
import json
import os
import pickle
import subprocess
import sys
from pathlib import Path

import pytest

import dockline
import error_cases
import error_cases_swarm
from conftest import VERSIONS, harness
from dockline import _native, errors
from error_cases import REGISTRY, REGISTRY_PORT, STRANGER, Stage

HERE = Path(__file__).resolve().parent
KINDS = {row[0]: row for row in _native.kind_table()}
VECTORS = json.loads(
    (HERE.parent / "vectors" / "errors" / "engine_messages.json").read_text(
        encoding="utf-8"
    )
)
#: Kinds of what happens between program and engine, or in the program: other tests provoke them.
OURS = {"connection", "stream", "client", "status"}


@pytest.fixture(scope="module", params=VERSIONS)
def stage(request):
    """An engine of its own, with registries that refuse beside it."""
    name = f"{request.param}@kinds{os.getpid()}"
    facts = json.loads(harness("up", name, "--json", f"--owner={os.getpid()}"))[name]
    registries = []
    try:
        with dockline.DockerClient(
            base_url=facts["host"], on_version_mismatch="ignore"
        ) as client:
            for address in (REGISTRY, STRANGER):
                line = [
                    "nsenter",
                    f"--net={facts['netns']}",
                    sys.executable,
                    str(HERE / "error_registry.py"),
                ]
                line += [address, str(REGISTRY_PORT)]
                process = subprocess.Popen(
                    line, stdin=subprocess.PIPE, stdout=subprocess.PIPE
                )
                registries.append(process)
                assert process.stdout.readline() == b"ready\n"
            yield Stage(client)
    finally:
        for process in registries:
            process.communicate()
        harness("down", name)


def check(stage, row):
    with pytest.raises(errors.DockerException) as caught:
        row.provoke(stage)
    error = caught.value
    said = f"{error!r}\n{error.engine_message}"
    assert error.kind == row.kind, said
    assert isinstance(error, row.cls), (type(error), said)
    assert row.summary in error.summary, (error.summary, said)
    assert error.hint, said
    assert error.family == KINDS[row.kind][1]
    assert error.engine_message and error.engine_message in str(error), said
    if isinstance(error, errors.APIError):
        assert error.explanation.strip() == error.engine_message.strip()
        assert error.method and error.path.startswith("/") and error.endpoint
    if sys.version_info >= (3, 11) and error.family != "status":
        assert error.__notes__ == [error.summary, error.hint]
    for twin in (
        pickle.loads(pickle.dumps(error))
        if not isinstance(error, errors.BuildError)
        else error,
        copy.copy(error),
    ):
        assert (type(twin), str(twin), twin.kind, twin.fields) == (
            type(error),
            str(error),
            error.kind,
            error.fields,
        )
    everything = f"{error!r} {error.summary} {error.fields} {error.hint}"
    assert "sesame" not in everything, "a password in an error"


@pytest.mark.parametrize("row", error_cases.ROWS, ids=lambda row: row.kind)
def test_an_engine_refuses(stage, row):
    check(stage, row)


def test_a_swarm_refuses(stage):
    stage.client.swarm.init(advertise_addr="127.0.0.1")
    try:
        for row in error_cases_swarm.ROWS:
            check(stage, row)
    finally:
        stage.client.swarm.leave(force=True)


def test_a_container_that_fails_says_how(stage):
    def failed(command, **kwargs):
        with pytest.raises(errors.ContainerError) as caught:
            stage.client.containers.run("busybox", command, remove=True, **kwargs)
        return caught.value

    error = failed(["sh", "-c", "echo said; echo sorry >&2; exit 3"])
    assert (error.exit_status, error.stderr, error.stdout) == (3, b"sorry\n", b"said\n")
    assert (error.kind, error.signal) == ("container_failed", None)
    assert "exit code 3" in error.summary
    error = failed(["sh", "-c", "kill -9 $$"], init=True)
    assert (error.signal, error.oom_killed) == ("SIGKILL", False)
    error = failed(["sh", "-c", "exec nothing"])
    assert "not found" in error.summary
    error = failed(
        ["sh", "-c", "x=x; while :; do x=$x$x; done"],
        mem_limit="16m",
        memswap_limit="16m",
    )
    assert error.oom_killed is True, error.exit_status
    assert "memory" in error.summary
    assert str(error).startswith("Command '['sh', '-c'")


def test_a_failed_build_names_its_step(stage):
    with pytest.raises(errors.BuildError) as caught:
        stage.build("FROM busybox\nRUN echo hello && exit 7\n")
    fields = caught.value.fields
    assert (fields["step"], fields["steps"], fields["code"]) == ("2", "2", "7")
    assert fields["instruction"] == "RUN echo hello && exit 7"
    assert "hello" in fields["log_tail"]


def test_every_kind_is_provoked_or_a_vector():
    provoked = {row.kind for row in (*error_cases.ROWS, *error_cases_swarm.ROWS)} | {
        "container_failed"
    }
    known = provoked | {vector["kind"] for vector in VECTORS}
    missing = {
        name
        for name, family, *_ in KINDS.values()
        if name not in known and family not in OURS
    }
    assert not missing
    assert len(provoked) > 65
