"""`dockline.aio` on asyncio's own loop and on uvloop: streams, sockets, cancelling, many at once on few threads."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import threading

import pytest
import uvloop

import dockline
from dockline import aio, errors
from fake import FakeEngine

LOOPS = {"asyncio": asyncio.new_event_loop, "uvloop": uvloop.new_event_loop}
FOLLOWERS = 300
EXPORTED = 256 << 20
ANSWER = {"Id": "x", "ExitCode": 0}
NO_TTY = {"json": {"Id": "c", "Config": {"Tty": False}}}
FRAMES = {"frames": [[1, "out"], [2, "err"]]}
SCENARIO = {
    "routes": [
        {"path": "/containers/*/json", "reply": {"body": NO_TTY}},
        {
            "path": "/containers/*/logs",
            "reply": {
                "framing": "chunked",
                "body": FRAMES,
                "faults": {"gate": {"name": "go", "after": 16}},
            },
        },
        {
            "path": "/events",
            "reply": {
                "framing": "chunked",
                "body": {"json_lines": [{"Action": "start"}, {"Action": "die"}]},
            },
        },
        {
            "path": "/containers/*/export",
            "reply": {
                "framing": "chunked",
                "body": {"repeat": "x" * 4096, "count": EXPORTED // 4096},
            },
        },
        {
            "path": "/containers/silent/top",
            "reply": {"faults": {"gate": {"name": "never", "in": "head"}}},
        },
        {
            "path": "/exec/*/start",
            "reply": {
                "status": 101,
                "body": FRAMES,
                "upgrade": {"close_after_body": True},
            },
        },
    ],
    "default": {"status": 200, "body": {"json": ANSWER}},
}

pytestmark = pytest.mark.timeout(60)


@pytest.fixture
def fake():
    with FakeEngine(SCENARIO) as engine:
        yield engine


@pytest.fixture(params=LOOPS)
def run(request):
    """Run a coroutine to its end on one of the loops."""

    def start(coroutine):
        loop = LOOPS[request.param]()
        try:
            assert type(loop).__module__.startswith(request.param)
            return loop.run_until_complete(coroutine)
        finally:
            loop.run_until_complete(loop.shutdown_asyncgens())
            loop.close()

    return start


def connect(fake):
    return aio.AsyncDockerClient(fake.url, version="1.41", timeout=None)


def threads():
    return len(os.listdir("/proc/self/task"))


def test_calls_streams_and_output(run, fake):
    async def main():
        async with connect(fake) as client:
            container = await client.containers.get("c")
            events = await client.events(decode=True)
            assert [event["Action"] async for event in events] == ["start", "die"]
            code, output = await container.exec_run("x", demux=True)
            assert output == (b"out", b"err")
            found = await asyncio.gather(*(client.info() for _ in range(50)))
            assert found == [ANSWER] * 50

    run(main())


def test_hundreds_of_followers_are_few_threads(run, fake):
    async def follow(client, begun):
        received = []
        async for chunk in await client.api.logs("c", stream=True, follow=True):
            received.append(chunk)
            begun.release()
        return received

    async def main():
        async with connect(fake) as client:
            await client.info()
            before = threads()
            begun = asyncio.Semaphore(0)
            tasks = [
                asyncio.create_task(follow(client, begun)) for _ in range(FOLLOWERS)
            ]
            for _ in range(FOLLOWERS):
                await begun.acquire()
            # All of them are open now, and waiting.
            assert fake.connections()["open"] >= FOLLOWERS
            assert threads() <= before + 1
            fake.open_gate("go")
            assert await asyncio.gather(*tasks) == [[b"out", b"err"]] * FOLLOWERS

    run(main())


#: A process of its own has no threads that other tests have left.
COUNTING = """
import asyncio, os, re, sys, threading, uvloop
from pathlib import Path
from dockline import aio

def others():
    own = str(threading.get_native_id())
    tasks = set(os.listdir("/proc/self/task")) - {own}
    return {task: Path(f"/proc/self/task/{task}/status").read_text() for task in tasks}

def wakes():
    pattern = r"^voluntary_ctxt_switches:\\s+(\\d+)"
    return {task: re.search(pattern, said, re.M)[1] for task, said in others().items()}

async def use(client):
    await client.info()
    events = await client.events(decode=True)
    assert len([event async for event in events]) == 2

async def main():
    async with aio.AsyncDockerClient(sys.argv[2], version="1.41") as client:
        await use(client)
        while not all("State:\\tS" in said for said in others().values()):
            await asyncio.sleep(0)
        before = wakes()
        assert len(before) == 1, before
        for _ in range(50):
            await use(client)
        assert wakes() == before, (before, wakes())

{"asyncio": asyncio, "uvloop": uvloop}[sys.argv[1]].new_event_loop().run_until_complete(main())
"""


@pytest.mark.parametrize("name", LOOPS)
def test_calls_and_streams_wake_no_other_thread(name, fake):
    command = [sys.executable, "-c", COUNTING, name, fake.url]
    subprocess.run(command, check=True)


def test_whoever_always_has_something_lets_others_go_on(run, fake):
    async def main():
        async with connect(fake) as client:
            turns = 0

            async def count():
                nonlocal turns
                while True:
                    turns += 1
                    await asyncio.sleep(0)

            counting = asyncio.create_task(count())
            response = await client.api.export("c")
            received = 0
            async for piece in response:
                received += len(piece)
            assert received == EXPORTED
            # Each of them is a turn of the loop.
            assert turns > 5
            counting.cancel()

    run(main())


def test_limits_of_many_at_once(run, fake):
    async def main():
        limited = aio.AsyncDockerClient(fake.url, version="1.41", timeout=0.2)
        async with limited as client:
            silent = [client.api.top("silent") for _ in range(20)]
            answers = [client.info() for _ in range(20)]
            found = await asyncio.gather(*silent, *answers, return_exceptions=True)
            assert all(isinstance(error, errors.RequestTimeout) for error in found[:20])
            assert found[20:] == [ANSWER] * 20

    run(main())


class Unhelpful(asyncio.SelectorEventLoop):
    """A loop that cannot wait for descriptors."""

    def add_reader(self, fd, callback, *args):
        raise NotImplementedError


def test_a_loop_that_waits_for_no_descriptors(fake):
    async def main():
        async with connect(fake) as client:
            for _ in range(5):
                assert await client.info() == ANSWER
            events = await client.events(decode=True)
            assert len([event async for event in events]) == 2

    # asyncio's own loop reads its self-pipe through another method.
    loop = Unhelpful()
    loop.run_until_complete(main())
    loop.close()


def test_what_is_awaited_twice_says_so(run, fake):
    async def main():
        async with connect(fake) as client:
            asked = client.api._native.negotiate()
            assert (await asked)["result"] == "1.41"
            with pytest.raises(RuntimeError, match="awaited"):
                await asked

    run(main())


def test_cancelling_closes_the_connection(run, fake):
    async def main():
        async with connect(fake) as client:
            stream = await client.api.logs("c", stream=True, follow=True)
            assert await stream.__anext__() == b"out"
            task = asyncio.ensure_future(stream.__anext__())
            await asyncio.sleep(0)
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
            del stream
            waiting = asyncio.create_task(client.api.logs("c"))
            with pytest.raises(asyncio.TimeoutError):
                await asyncio.wait_for(waiting, 0.1)
        while fake.connections()["open"]:
            await asyncio.sleep(0.01)

    run(main())


def test_closing_the_client_ends_what_waits(run, fake):
    async def main():
        client = connect(fake)
        task = asyncio.create_task(client.api.logs("c"))
        while not any("logs" in record["path"] for record in fake.requests()):
            await asyncio.sleep(0.01)
        await client.close()
        with pytest.raises(errors.ClientClosed):
            await task

    run(main())


@pytest.mark.parametrize("name", LOOPS)
def test_ctrl_c_ends_the_loop(name, fake):
    async def main():
        async with connect(fake) as client:
            await client.api.logs("c")

    loop = LOOPS[name]()
    before = signal.signal(
        signal.SIGALRM, lambda *_: os.kill(os.getpid(), signal.SIGINT)
    )
    signal.setitimer(signal.ITIMER_REAL, 0.2)
    try:
        with pytest.raises(KeyboardInterrupt):
            loop.run_until_complete(main())
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
        for task in asyncio.all_tasks(loop):
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                loop.run_until_complete(task)
        loop.close()


def test_one_client_on_two_loops_in_turn(fake):
    client = connect(fake)
    for make in LOOPS.values():
        loop = make()
        assert loop.run_until_complete(client.info()) == ANSWER
        loop.close()
    client.close()


def test_loops_in_threads(fake):
    """A loop per thread, a client for all of them."""
    client = connect(fake)
    results = []

    def work(make):
        loop = make()
        results.extend(loop.run_until_complete(many()))
        loop.close()

    async def many():
        return await asyncio.gather(*(client.info() for _ in range(20)))

    workers = [
        threading.Thread(target=work, args=(make,))
        for make in [*LOOPS.values(), *LOOPS.values()]
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert results == [ANSWER] * 80
    client.close()


def test_the_blocking_client_inside_a_running_loop(run, fake):
    async def main():
        with dockline.DockerClient(fake.url, version="1.41") as client:
            loop = asyncio.get_running_loop()
            inside = client.info()
            assert inside == await loop.run_in_executor(None, client.info)

    run(main())
