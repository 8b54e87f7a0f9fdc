"""Files as bodies of requests: sent as they lie where that is possible, read where it is not."""

from __future__ import annotations

import base64
import subprocess
import sys

import pytest

import dockline
from fake import FakeEngine

SIZE = 700_000
#: The engine takes a part of the body, and is gone.
GONE = {
    "request_body": "early",
    "cut": {"after": 0, "in": "head", "how": "fin"},
}

_PROGRAM = """
import signal, sys
import dockline
from dockline.errors import DockerException
signal.signal(signal.SIGPIPE, getattr(signal, sys.argv[3]))
client = dockline.APIClient(sys.argv[1], version="1.45")
with open(sys.argv[2], "rb") as file:
    try:
        client.put_archive("c", "/", file)
    except DockerException as error:
        print("told:", error)
"""


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(bytes(range(250)) * (SIZE // 250))
    with path.open("rb") as opened:
        yield opened


@pytest.mark.parametrize("offset", [0, 5, SIZE - 300_000, SIZE - 10])
def test_what_is_left_of_a_file(file, offset):
    with FakeEngine({"default": {"status": 200}}) as engine:
        client = dockline.APIClient(engine.url, version="1.45")
        file.seek(offset)
        assert client.put_archive("c", "/", file)
        assert file.tell() == SIZE
        record = engine.requests()[-1]
        file.seek(offset)
        assert base64.b64decode(record["body_base64"]) == file.read()
        client.close()


@pytest.mark.parametrize("disposition", ["SIG_IGN", "SIG_DFL"])
def test_an_engine_that_is_gone_ends_no_program(tmp_path, disposition):
    """A closed socket raises SIGPIPE in `sendfile`, which ends what does not ignore it."""
    path = tmp_path / "file"
    path.write_bytes(bytes(20_000_000))
    with FakeEngine({"default": {"faults": GONE}}) as engine:
        done = subprocess.run(
            [sys.executable, "-c", _PROGRAM, engine.url, str(path), disposition],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert done.returncode == 0, done
    assert done.stdout.startswith("told: "), done
