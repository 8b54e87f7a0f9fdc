"""Credential helpers against the original, with real programs on the PATH."""

from __future__ import annotations

import json
import os
import subprocess
import warnings
from pathlib import Path
from typing import Any

import docker.credentials as original
import docker.credentials.constants as original_constants
import docker.credentials.errors as original_errors
import docker.credentials.utils as original_utils
import pytest

from agreement import agree, outcome
from dockline import credentials
from dockline.credentials import constants, errors, utils

SCRIPT = """#!/bin/sh
case "$1" in
  get) cat > /dev/null; printf '%s' "$ANSWER"; exit "${STATUS:-0}" ;;
  store) cat > "$KEPT" ;;
  erase) cat > "$KEPT.erased" ;;
  list) printf '%s' "$ANSWER"; exit "${STATUS:-0}" ;;
esac
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: Any) -> Path:
    path = tmp_path / "docker-credential-fake"
    path.write_text(SCRIPT)
    path.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("KEPT", str(tmp_path / "kept"))
    return tmp_path


ANSWERS = [
    ('{"Username": "u", "Secret": "s", "ServerURL": "x"}', 0),
    ('{"Username": "", "Secret": ""}', 0),
    ('{"Username": "", "Secret": "s"}', 0),
    ("{}", 0),
    ("not json", 0),
    ("", 0),
    ("credentials not found in native keychain", 1),
    ("something é", 2),
    ("", 1),
]


@pytest.mark.parametrize(("answer", "status"), ANSWERS)
@pytest.mark.parametrize("server", ["h", b"h", "https://h/v1/", "ü"])
def test_get(folder: Path, answer: str, status: int, server: Any) -> None:
    env = {"ANSWER": answer, "STATUS": str(status)}
    agree(
        lambda: original.Store("fake", env).get(server),
        lambda: credentials.Store("fake", env).get(server),
    )


@pytest.mark.parametrize(
    ("answer", "status"), [('{"a": "b"}', 0), ("x", 0), ("failed", 3)]
)
def test_list(folder: Path, answer: str, status: int) -> None:
    env = {"ANSWER": answer, "STATUS": str(status)}
    agree(
        lambda: original.Store("fake", env).list(),
        lambda: credentials.Store("fake", env).list(),
    )


def test_store_and_erase(folder: Path) -> None:
    kept = []
    for module in (original, credentials):
        store = module.Store("fake")
        assert store.store(server="h", username="ü", secret="s") == b""
        assert store.erase("h") is None
        kept.append(
            (
                json.loads((folder / "kept").read_text()),
                (folder / "kept.erased").read_bytes(),
            )
        )
    assert kept[0] == kept[1]


def test_missing_helper() -> None:
    with pytest.warns(UserWarning, match="docker-credential-nonexistent") as theirs:
        their_store = original.Store("nonexistent")
    with pytest.warns(UserWarning, match="docker-credential-nonexistent") as mine:
        store = credentials.Store("nonexistent")
    assert str(mine[0].message) == str(theirs[0].message)
    assert (store.program, store.exe, store.environment) == (
        their_store.program,
        their_store.exe,
        their_store.environment,
    )
    agree(lambda: their_store.get("h"), lambda: store.get("h"))


def test_helper_that_vanishes_or_cannot_be_run(folder: Path) -> None:
    theirs, mine = original.Store("fake"), credentials.Store("fake")
    (folder / "docker-credential-fake").chmod(0o644)
    if os.geteuid() != 0 or not os.access(folder / "docker-credential-fake", os.X_OK):
        agree(lambda: theirs.get("h"), lambda: mine.get("h"))
    (folder / "docker-credential-fake").unlink()
    agree(lambda: theirs.get("h"), lambda: mine.get("h"))


def test_helper_that_never_answers(folder: Path, monkeypatch: Any) -> None:
    path = folder / "docker-credential-stuck"
    path.write_text("#!/bin/sh\nexec sleep 600\n")
    path.chmod(0o755)
    monkeypatch.setattr(constants, "HELPER_TIMEOUT_SECONDS", 0.2)
    with pytest.raises(
        credentials.StoreError,
        match='docker-credential-stuck gave no answer to "store" within 0.2 seconds',
    ) as caught:
        credentials.Store("stuck").store("h", "u", "hunter2")
    assert caught.value.__suppress_context__
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    "text", [b"credentials not found in native keychain", b"oh \xc3\xa9", b"", b"\xff"]
)
def test_process_store_error(text: bytes) -> None:
    failed = subprocess.CalledProcessError(1, "x", output=text)

    def shown(module: Any) -> Any:
        error = module.process_store_error(failed, "prog")
        return type(error).__name__, str(error)

    agree(lambda: shown(original_errors), lambda: shown(errors))


@pytest.mark.parametrize("overrides", [None, {}, {"HOME": "x", "NEW": "y"}])
def test_environment(overrides: Any) -> None:
    assert outcome(utils.create_environment_dict, overrides) == outcome(
        original_utils.create_environment_dict, overrides
    )


def test_surface() -> None:
    for name in (
        "PROGRAM_PREFIX",
        "DEFAULT_LINUX_STORE",
        "DEFAULT_OSX_STORE",
        "DEFAULT_WIN32_STORE",
    ):
        assert (
            getattr(constants, name)
            == getattr(original_constants, name)
            == getattr(credentials, name)
        )
    for name in ("StoreError", "CredentialsNotFound", "InitializationError"):
        mine, theirs = getattr(errors, name), getattr(original_errors, name)
        assert [c.__name__ for c in mine.__mro__] == [
            c.__name__ for c in theirs.__mro__
        ]


def test_installed_helper_is_not_warned_about(folder: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        credentials.Store("fake")
