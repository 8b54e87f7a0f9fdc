"""Ctrl-C ends every call that waits; a call that it did not end would hang this test."""

from __future__ import annotations

import contextlib
import io
import os
import signal
import subprocess
import sys
import textwrap

import pytest

import dockline
from fake import FakeEngine

pytestmark = [
    pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="needs signals"),
    pytest.mark.timeout(30),
]

NEVER = {"gate": {"name": "never"}}
FRAMES = {"frames": [[1, "out"], [1, "more"]]}
#: Everything that is asked stops in its head or, where a part comes first, in its body.
SILENT = {
    "routes": [
        {
            "path": "/containers/begun/json",
            "reply": {
                "body": {
                    "json": {
                        "Id": "begun",
                        "Config": {"Tty": False},
                        "State": {
                            "Status": "running",
                            "Running": True,
                            "Health": {"Status": "starting"},
                        },
                        "HostConfig": {"LogConfig": {"Type": "json-file"}},
                    }
                }
            },
        },
        {
            "path": "/containers/begun/logs",
            "reply": {
                "framing": "chunked",
                "body": FRAMES,
                "faults": {"gate": {"name": "never", "after": 11}},
            },
        },
        {
            "path": "/begun",
            "reply": {
                "framing": "chunked",
                "body": ["{}\n", "{}\n"],
                "faults": {"gate": {"name": "never", "after": 3}},
            },
        },
        {"path": "/exec/begun/json", "reply": {"body": {"json": {}}}},
        {
            "path": "/exec/begun/start",
            "reply": {"status": 101, "body": "", "upgrade": True},
        },
        {"path": "/containers/create", "reply": {"body": {"json": {"Id": "begun"}}}},
        {"path": "/containers/begun/start", "reply": {"status": 204}},
    ],
    "default": {"status": 200, "body": {"json": {}}, "faults": NEVER},
}


def endless():
    while True:
        yield b"x" * 65536


CALLS = {
    "info": lambda client: client.info(),
    "get": lambda client: client.api.get(client.api._url("/x"), timeout=None),
    "list": lambda client: client.containers.list(),
    "wait": lambda client: client.api.wait("c"),
    "run": lambda client: client.containers.run("busybox", "true"),
    "pull": lambda client: client.images.pull("busybox"),
    "pull_stream": lambda client: list(client.api.pull("busybox", stream=True)),
    "build": lambda client: client.images.build(fileobj=io.BytesIO(b"FROM x")),
    "load": lambda client: client.images.load(endless()),
    "put_archive": lambda client: client.api.put_archive("c", "/", endless()),
    "get_archive": lambda client: list(client.api.get_archive("c", "/")[0]),
    "stats": lambda client: next(client.api.stats("c")),
    "events": lambda client: next(client.api.events()),
    "logs": lambda client: client.api.logs("begun"),
    "logs_stream": lambda client: list(client.api.logs("begun", stream=True)),
    "logs_lines": lambda client: list(
        client.api.logs("begun", stream=True, lines=True)
    ),
    "attach": lambda client: client.api.attach("begun", stream=False),
    "attach_socket": lambda client: client.api.attach_socket("c"),
    "exec_start": lambda client: client.api.exec_start("begun"),
    "exec_stream": lambda client: list(client.api.exec_start("begun", stream=True)),
    "raw_read": lambda client: begun(client).raw.read(),
    "iter_lines": lambda client: list(begun(client).iter_lines()),
    "content": lambda client: begun(client).content,
    "wait_healthy": lambda client: client.containers.prepare_model(
        {"Id": "begun"}
    ).wait_healthy(),
}


def begun(client):
    return client.api.get(client.api._url("/begun"), stream=True, timeout=None)


@pytest.fixture(scope="module")
def fake():
    with FakeEngine(SILENT) as engine:
        yield engine


@contextlib.contextmanager
def interrupting():
    """Send this process SIGINT soon, as a terminal does."""
    before = signal.signal(
        signal.SIGALRM, lambda *_: os.kill(os.getpid(), signal.SIGINT)
    )
    signal.setitimer(signal.ITIMER_REAL, 0.15)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@pytest.mark.parametrize("name", CALLS)
def test_ctrl_c(name, fake):
    client = dockline.DockerClient(fake.url, version="1.41", timeout=None)
    with pytest.raises(KeyboardInterrupt), interrupting():
        CALLS[name](client)
    client.close()


def test_ctrl_c_while_negotiating():
    with FakeEngine("wedge_accept") as fake:
        with pytest.raises(KeyboardInterrupt), interrupting():
            dockline.DockerClient(fake.url, timeout=None)


def test_a_program_that_is_interrupted_says_so_and_ends(fake):
    code = """
        import dockline, sys
        client = dockline.DockerClient(sys.argv[1], version="1.41", timeout=None)
        print("waiting", flush=True)
        client.api.wait("mine")
    """
    program = subprocess.Popen(
        [
            sys.executable,
            "-X",
            "dev",
            "-W",
            "error",
            "-c",
            textwrap.dedent(code),
            fake.url,
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert program.stdout is not None
    assert program.stdout.readline() == "waiting\n"
    while not any(
        record["path"].endswith("/containers/mine/wait") for record in fake.requests()
    ):
        pass
    program.send_signal(signal.SIGINT)
    _, said = program.communicate(timeout=20)
    assert said.rstrip().endswith("KeyboardInterrupt"), said
    assert program.returncode == -signal.SIGINT
