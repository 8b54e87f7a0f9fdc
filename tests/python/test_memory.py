"""Memory promises: what a client holds while bytes pour in, wait, or are wanted in one piece.

Each measurement is a process of its own, whose peak the kernel keeps. Bytes are compared, never times.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

import dockline
from fake import FakeEngine

MIB = 1 << 20
PROGRAM = Path(__file__).with_name("memory_program.py")
FRAME = {"frames": [[1, "x" * 16383 + "\n"]]}
LINE = {"frames": [[1, "x" * 79 + "\n"]]}
#: What a unix socket holds for a reader that does not read, and the engine's own write in progress.
SOCKET = 640 * 1024


def pouring(body: Any, count: int) -> dict[str, Any]:
    inspected = {"body": {"json": {"Id": "c1", "Config": {"Tty": False}}}}
    poured = {"framing": "chunked", "body": {"repeat": body, "count": count}}
    return {
        "record": False,
        "routes": [
            {"path": "/containers/*/json", "reply": inspected},
            {"path": "/containers/*/logs", "reply": poured},
            {"path": "/containers/*/archive", "reply": poured},
            {"path": "/exec/*/start", "reply": {**poured, "status": 200}},
        ],
    }


def measured(work: str, url: str, *, api: str = "sync") -> dict[str, Any]:
    """Run one work of the program; sizes in bytes."""
    done = subprocess.run(
        [sys.executable, str(PROGRAM), api, work, url],
        stdout=subprocess.PIPE,
        check=True,
        env={**os.environ, "PYTHONMALLOC": "default"},
        timeout=600,
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize("api", ["sync", "aio"])
@pytest.mark.parametrize(("body", "count"), [(FRAME, 2 << 16), (LINE, 1 << 21)])
def test_a_long_log_takes_no_memory(api, body, count):
    with FakeEngine(pouring(body, count)) as fake:
        found = measured("follow", fake.url, api=api)
    size = len(body["frames"][0][1])
    assert found["received"] == size * count
    assert found["peak"] - found["idle"] < 8 * MIB, found


@pytest.mark.parametrize("api", ["sync", "aio"])
def test_a_log_in_one_piece_is_in_memory_once(api):
    payload = 16384 << 14
    with FakeEngine(pouring(FRAME, 1 << 14)) as fake:
        found = measured("whole", fake.url, api=api)
    assert found["received"] == payload
    assert found["peak"] - found["idle"] < 1.3 * payload, found


@pytest.mark.parametrize("api", ["sync", "aio"])
def test_a_reader_that_pauses_stops_the_engine(api):
    with FakeEngine(pouring(FRAME, 1 << 17)) as fake:
        program = subprocess.Popen(
            [sys.executable, str(PROGRAM), api, "pause", fake.url],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        assert program.stdout is not None
        before = json.loads(program.stdout.readline())
        settled = _settled(fake)
        answer, _ = program.communicate(b"go\n", timeout=60)
        after = json.loads(answer)
    assert settled - before["received"] < MIB + SOCKET
    assert after["now"] - before["idle"] < 2 * MIB, (before, after)


def _settled(fake: FakeEngine) -> int:
    """Bytes written once the engine has stopped writing."""
    last, same = -1, 0
    while same < 3:
        now = fake.connections()["written"]
        same = same + 1 if now == last else 0
        last = now
        threading.Event().wait(0.1)
    return last


def test_an_archive_takes_no_memory():
    with FakeEngine(pouring("x" * 32768, 1 << 14)) as fake:
        found = measured("archive", fake.url)
    assert found["received"] == 1 << 29
    assert found["peak"] - found["idle"] < 8 * MIB, found


def test_five_hundred_followers_are_few_threads():
    drip = {
        "framing": "chunked",
        "body": {"repeat": LINE, "count": 4},
        "faults": {"drip": {"bytes": 94, "ms": 700}},
    }
    scenario = pouring(LINE, 1)
    scenario["routes"][1]["reply"] = drip
    with FakeEngine(scenario) as fake:
        program = subprocess.Popen(
            [sys.executable, str(PROGRAM), "aio", "followers", fake.url],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        assert program.stdout is not None
        before = json.loads(program.stdout.readline())
        answer, _ = program.communicate(timeout=120)
        after = json.loads(answer)
    assert before["threads"] <= 6, before
    assert after["received"] == 500 * 4 * 80
    assert after["peak"] - before["idle"] < 32 * MIB, after


def test_a_real_container_that_writes_a_gigabyte_to_a_slow_reader(own_engine):
    engine = own_engine("28.5")
    client = dockline.DockerClient(base_url=engine.host)
    container = client.containers.create(
        "busybox", "sh -c 'yes 0123456789012345678901234567890123456789012345678901234567890 | head -c 1073741824'",
        name="dockline-memory", log_config={"Type": "json-file", "Config": {"max-size": "8m"}},
    )  # fmt: skip
    try:
        container.start()
        found = measured("slow dockline-memory", engine.host)
        assert found["received"] > 0
        assert found["peak"] - found["idle"] < 32 * MIB, found
    finally:
        container.remove(force=True)
        client.close()
