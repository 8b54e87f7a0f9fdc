"""Streams: the items docker-py gives, three endings, and who may end them."""

from __future__ import annotations

import asyncio
import inspect
import os
import signal
import threading
import time

import pytest

import dockline
from dockline import aio, errors
from dockline.types import CancellableStream
from fake import FakeEngine

NO_TTY = {
    "path": "/containers/*/json",
    "reply": {"body": {"json": {"Config": {"Tty": False}}}},
}
TTY = {
    "path": "/containers/*/json",
    "reply": {"body": {"json": {"Config": {"Tty": True}}}},
}
FRAMES = {"frames": [[1, "out"], [2, "err"], [1, ""], [1, "x" * 300]]}


def logs(body, *, tty=False, **reply):
    reply = {"framing": "chunked", "body": body, **reply}
    return {
        "routes": [
            TTY if tty else NO_TTY,
            {"path": "/containers/*/logs", "reply": reply},
        ]
    }


@pytest.fixture
def play():
    opened = []

    def start(scenario, **options):
        fake = FakeEngine(scenario)
        api = dockline.APIClient(base_url=fake.url, version="1.41", **options)
        opened.append((api, fake))
        return api

    yield start
    for api, fake in opened:
        api.close()
        fake.stop()


def test_logs_give_one_payload_per_frame(play):
    stream = play(logs(FRAMES)).logs("c", stream=True)
    assert isinstance(stream, CancellableStream)
    assert list(stream) == [b"out", b"err", b"x" * 300]


def test_next_works_as_well_as_iteration(play):
    stream = play(logs(FRAMES)).logs("c", stream=True)
    assert next(stream) == b"out"
    assert stream.next() == b"err"
    assert len(next(stream)) == 300
    with pytest.raises(StopIteration):
        next(stream)


def test_logs_in_one_piece(play):
    assert play(logs(FRAMES)).logs("c") == b"outerr" + b"x" * 300


def test_a_terminal_gives_bytes_one_by_one(play):
    api = play(logs(["ab", "c"], tty=True))
    assert list(api.logs("c", stream=True)) == [b"a", b"b", b"c"]
    assert api.logs("c") == b"abc"


def test_an_error_frame_raises(play):
    api = play(logs({"frames": [[1, "out"], [3, "it broke"]]}))
    stream = api.logs("c", stream=True)
    assert next(stream) == b"out"
    with pytest.raises(errors.DaemonStreamError, match="it broke"):
        list(stream)
    with pytest.raises(errors.DaemonStreamError, match="it broke"):
        api.logs("c")


@pytest.mark.parametrize("after", range(0, 65, 5))
def test_a_stream_cut_anywhere_raises(play, after):
    api = play(logs(FRAMES, faults={"cut": {"after": after, "how": "fin"}}))
    with pytest.raises(errors.StreamBroken) as caught:
        list(api.logs("c", stream=True))
    assert caught.value.kind in {"truncated", "connection_lost"}


def test_splits_do_not_matter(play):
    api = play(logs(FRAMES, faults={"split": {"every": 1}}))
    assert list(api.logs("c", stream=True)) == [b"out", b"err", b"x" * 300]


def test_plain_generators(play):
    lines = {"framing": "chunked", "body": {"json_lines": [{"n": 1}, {"n": "ü"}]}}
    api = play({"default": {"status": 200, **lines}})
    decoded = api.stats("c", decode=True)
    assert inspect.isgenerator(decoded)
    assert list(decoded) == [{"n": 1}, {"n": "ü"}]
    assert [chunk.strip() for chunk in api.stats("c")] == [
        b'{"n":1}',
        '{"n":"ü"}'.encode(),
    ]
    assert list(api.events(decode=True)) == [{"n": 1}, {"n": "ü"}]


def test_values_do_not_need_lines(play):
    body = ['{"a":', '1}{"b":2}', "\n"]
    api = play({"default": {"status": 200, "framing": "chunked", "body": body}})
    assert list(api.stats("c", decode=True)) == [{"a": 1}, {"b": 2}]


def test_half_a_value_raises(play):
    api = play(
        {"default": {"status": 200, "framing": "chunked", "body": ['{"a":1}', '{"b"']}}
    )
    stream = api.stats("c", decode=True)
    assert next(stream) == {"a": 1}
    with pytest.raises(errors.Truncated):
        next(stream)


def test_a_refusal_raises_at_the_first_item(play):
    api = play({"default": {"status": 500, "body": {"json": {"message": "no"}}}})
    stream = api.stats("c")
    with pytest.raises(errors.APIError, match="no"):
        next(stream)


GATED = logs(FRAMES, faults={"gate": {"name": "go", "after": 16}})


def test_close_from_another_thread_ends_cleanly(play):
    stream = play(GATED).logs("c", stream=True, follow=True)
    items = iter(stream)
    closer = threading.Timer(0.05, stream.close)
    closer.start()
    assert list(items) in ([], [b"out"])
    closer.join()
    assert list(stream) == []


def test_close_drops_what_was_not_read(play):
    stream = play(logs(FRAMES)).logs("c", stream=True)
    assert next(stream) == b"out"
    stream.close()
    assert list(stream) == []


def test_dropping_a_stream_closes_its_connection():
    with (
        FakeEngine(GATED) as fake,
        dockline.APIClient(base_url=fake.url, version="1.41") as api,
    ):
        for item in api.logs("c", stream=True, follow=True):
            assert item == b"out"
            break
        for _ in range(500):
            if fake.connections()["open"] <= 1:
                break
            time.sleep(0.01)
        # The one that is left is the pooled connection of the inspect call.
        assert fake.connections()["open"] <= 1


def test_what_is_under_way_outlives_the_client_that_is_closed():
    gated = logs(FRAMES, faults={"gate": {"name": "go", "after": 16}})
    with FakeEngine(gated) as fake:
        api = dockline.APIClient(base_url=fake.url, version="1.41")
        stream = api.logs("c", stream=True, follow=True)
        assert next(stream) == b"out"
        called = []
        caller = threading.Thread(target=lambda: called.append(api.logs("c")))
        caller.start()
        while sum("logs" in record["path"] for record in fake.requests()) < 2:
            pass
        api.close()
        fake.open_gate("go")
        assert list(stream) == [b"err", b"x" * 300]
        caller.join()
        assert called == [b"outerr" + b"x" * 300]
        while fake.connections()["open"]:
            pass
        assert api.inspect_container("c") == {"Config": {"Tty": False}}
        api.close()


def test_silence_is_limited_where_docker_py_limits_it(play):
    stalled = {
        "framing": "chunked",
        "body": ["{}\n"],
        "faults": {"cut": {"after": 8, "how": "stall"}},
    }
    api = play({"default": {"status": 200, **stalled}}, timeout=0.2)
    stream = api.stats("c", decode=True)
    assert next(stream) == {}
    with pytest.raises(errors.RequestTimeout) as caught:
        next(stream)
    assert caught.value.phase == "idle"


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="needs signals")
def test_ctrl_c_interrupts_a_read(play):
    stream = play(GATED).logs("c", stream=True, follow=True)
    signal.signal(signal.SIGALRM, lambda *_: os.kill(os.getpid(), signal.SIGINT))
    signal.setitimer(signal.ITIMER_REAL, 0.05)
    with pytest.raises(KeyboardInterrupt):
        list(stream)


def test_async_streams():
    async def main(fake):
        async with aio.AsyncAPIClient(base_url=fake.url) as api:
            stream = await api.logs("c", stream=True)
            assert [item async for item in stream] == [b"out", b"err", b"x" * 300]
            assert api._version == "1.51"
            assert await api.logs("c") == b"outerr" + b"x" * 300

    with FakeEngine(logs(FRAMES)) as fake:
        asyncio.run(main(fake))


def test_what_is_closed_asynchronously_may_be_awaited():
    async def main(fake):
        client = aio.AsyncDockerClient(base_url=fake.url)
        stream = await client.api.logs("c", stream=True, follow=True)
        assert await stream.close() is None
        assert await client.api.close() is None
        assert await client.close() is None
        assert dockline.DockerClient(base_url=fake.url).close() is None

    with FakeEngine(GATED) as fake:
        asyncio.run(main(fake))


def test_cancelling_a_task_closes_the_connection():
    async def follow(api, begun):
        pieces = await api.logs("c", stream=True, follow=True)
        begun.set()
        async for _ in pieces:
            pass

    async def run(fake):
        api = aio.AsyncAPIClient(base_url=fake.url, version="1.41")
        begun = asyncio.Event()
        task = asyncio.create_task(follow(api, begun))
        await begun.wait()
        # The task has gone on to its first piece.
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        api.close()
        for _ in range(500):
            if fake.connections()["open"] == 0:
                break
            await asyncio.sleep(0.01)
        assert fake.connections()["open"] == 0

    with FakeEngine(GATED) as fake:
        asyncio.run(run(fake))
