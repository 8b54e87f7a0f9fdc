"""Attach and exec: sockets as old code expects them, and output read from them."""

from __future__ import annotations

import asyncio
import gc
import os
import select
import socket
import time

import pytest

import dockline
from dockline import aio
from dockline.utils import socket as helpers
from fake import FakeEngine

OUTPUT = {"frames": [[1, "out"], [2, "err"], [1, "more"]]}


def upgraded(body, **options):
    reply = {"status": 101, "body": body, "upgrade": options or True}
    return {
        "routes": [
            {
                "path": "/containers/*/json",
                "reply": {"body": {"json": {"Config": {"Tty": False}}}},
            },
            {"path": "/exec/*/start", "reply": reply},
            {"path": "/containers/*/attach", "reply": reply},
        ]
    }


CLOSING = upgraded(OUTPUT, close_after_body=True)
ECHO = upgraded("", echo=True)


@pytest.fixture
def play():
    opened = []

    def start(scenario):
        fake = FakeEngine(scenario)
        api = dockline.APIClient(base_url=fake.url, version="1.41")
        opened.append((api, fake))
        return api

    yield start
    for api, fake in opened:
        api.close()
        fake.stop()


def test_output_at_once_and_apart(play):
    api = play(CLOSING)
    assert api.exec_start("e") == b"outerrmore"
    assert api.exec_start("e", demux=True) == (b"outmore", b"err")
    assert api.attach("c", logs=True) == b"outerrmore"


def test_output_as_a_stream(play):
    api = play(CLOSING)
    assert list(api.exec_start("e", stream=True)) == [b"out", b"err", b"more"]
    pairs = [(b"out", None), (None, b"err"), (b"more", None)]
    assert list(api.exec_start("e", stream=True, demux=True)) == pairs
    assert list(api.attach("c", stream=True)) == [b"out", b"err", b"more"]


def test_a_silent_stream_is_none(play):
    api = play(upgraded({"frames": [[1, "out"]]}, close_after_body=True))
    assert api.exec_start("e", demux=True) == (b"out", None)


def test_the_head_asks_for_an_upgrade():
    with (
        FakeEngine(CLOSING) as fake,
        dockline.APIClient(base_url=fake.url, version="1.41") as api,
    ):
        api.exec_start("e")
        headers = {
            name.lower(): value for name, value in fake.requests()[-1]["headers"]
        }
    assert (headers["connection"], headers["upgrade"]) == ("Upgrade", "tcp")


def test_the_socket_old_code_expects(play):
    raw = play(ECHO).exec_start("e", socket=True)
    assert isinstance(raw, socket.SocketIO)
    assert isinstance(raw._sock, socket.socket)
    assert raw.mode == "rb"
    assert raw._sock.gettimeout() is None
    assert raw._response.status_code == 101
    raw._sock.sendall(b"ping")
    assert select.select([raw], [], [], 10)[0]
    assert raw.read(4) == b"ping"
    raw._sock.send(b"again")
    assert raw._sock.recv(100) == b"again"
    assert os.write(raw.fileno(), b"fd") == 2
    assert os.read(raw.fileno(), 10) == b"fd"
    raw._sock.shutdown(socket.SHUT_WR)
    assert raw._sock.recv(10) == b""
    raw.close()


def test_nothing_behind_the_head_is_lost(play):
    api = play(CLOSING)
    for _ in range(50):
        raw = api.attach_socket("c")
        frames = list(helpers.frames_iter(raw, tty=False))
        raw.close()
        assert frames == [(1, b"out"), (2, b"err"), (1, b"more")]


def test_the_helpers(play):
    raw = play(CLOSING).attach_socket("c")
    assert helpers.next_frame_header(raw) == (1, 3)
    assert helpers.read_exactly(raw, 3) == b"out"
    rest = (
        helpers.demux_adaptor(*frame) for frame in helpers.frames_iter(raw, tty=False)
    )
    assert helpers.consume_socket_output(rest, demux=True) == (b"more", b"err")
    assert helpers.next_frame_header(raw) == (-1, -1)
    with pytest.raises(helpers.SocketError):
        helpers.read_exactly(raw, 1)
    raw.close()
    with pytest.raises(ValueError, match="not a valid stream"):
        helpers.demux_adaptor(7, b"")


def test_a_refused_upgrade_raises(play):
    refusal = {
        "status": 409,
        "body": {"json": {"message": "container x is not running"}},
    }
    api = play({"default": refusal})
    with pytest.raises(dockline.errors.APIError, match="not running"):
        api.exec_start("e")
    with pytest.raises(dockline.errors.APIError, match="not running"):
        api.attach_socket("c")


def test_async_sockets_and_output():
    async def main(fake):
        async with aio.AsyncAPIClient(base_url=fake.url, version="1.41") as api:
            assert await api.exec_start("e", demux=True) == (b"outmore", b"err")
            stream = await api.exec_start("e", stream=True)
            assert [item async for item in stream] == [b"out", b"err", b"more"]
            raw = await api.exec_start("e", socket=True)
            assert raw._sock.recv(11) == b"\x01\0\0\0\0\0\0\x03out"
            raw.close()

    with FakeEngine(CLOSING) as fake:
        asyncio.run(main(fake))


def test_the_socket_alone_is_enough(play):
    """As localstack does: the file-like object is dropped, its `_sock` is used."""
    bare = play(ECHO).exec_start("e", socket=True)._sock
    gc.collect()
    bare.sendall(b"ping")
    assert bare.recv(4) == b"ping"
    bare.shutdown(socket.SHUT_WR)
    assert bare.recv(4) == b""
    bare.close()
    assert bare.fileno() == -1


def test_dropped_sockets_close_their_connection():
    with FakeEngine(ECHO) as fake:
        api = dockline.APIClient(base_url=fake.url, version="1.41")
        raw = api.exec_start("e", socket=True)
        held = raw._sock
        raw.close()
        assert raw.closed and held.fileno() == -1
        raw = api.exec_start("e", socket=True)
        bare = raw._sock
        del raw, bare
        gc.collect()
        api.close()
        for _ in range(500):
            if fake.connections()["open"] == 0:
                break
            time.sleep(0.01)
        assert fake.connections()["open"] == 0
