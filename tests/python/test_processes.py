"""Clients and models in other processes: fork, forkserver and spawn; pickled, and used on both sides."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import pickle
import subprocess
import sys
import textwrap

import pytest

import dockline
from dockline import aio
from fake import FakeEngine

DETAILS = {"Id": "c", "Name": "/name", "Config": {"Tty": False}}
SCENARIO = {
    "routes": [
        {"path": "/containers/*/json", "reply": {"body": {"json": DETAILS}}},
        {
            "path": "/containers/*/logs",
            "reply": {"framing": "chunked", "body": {"frames": [[1, "out"]]}},
        },
    ],
    "default": {"status": 200, "body": {"json": {"Id": "x"}}},
}

pytestmark = [
    pytest.mark.timeout(60),
    # Said by newer Pythons of every fork of a program with threads.
    pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning"),
]


@pytest.fixture
def fake():
    with FakeEngine(SCENARIO) as engine:
        yield engine


@pytest.fixture
def client(fake):
    with dockline.DockerClient(fake.url, version="1.41") as made:
        yield made


def work(client, container):
    """In the other process: the client and the model that were handed over."""
    assert container.name == "name"
    container.reload()
    assert client.containers.get("c") == container
    assert client.info() == {"Id": "x"}
    assert list(container.logs(stream=True)) == [b"out"]
    asyncio.run(async_work(client.api._host))
    return os.getpid()


async def async_work(address):
    async with aio.AsyncDockerClient(address, version="1.41") as client:
        assert await client.info() == {"Id": "x"}


@pytest.mark.parametrize("method", multiprocessing.get_all_start_methods())
def test_multiprocessing(method, client):
    container = client.containers.get("c")
    with multiprocessing.get_context(method).Pool(3) as pool:
        given = [(client, container)] * 9
        pids = pool.starmap(work, given, chunksize=1)
        pool.close()
        pool.join()
    assert os.getpid() not in pids
    assert work(client, container) == os.getpid()


def test_a_fork_in_the_middle_of_a_stream(client):
    stream = client.containers.get("c").logs(stream=True)
    child = os.fork()
    if child == 0:
        ended = 1
        try:
            ended = 0 if client.info() == {"Id": "x"} else 2
        finally:
            os._exit(ended)
    assert os.waitpid(child, 0)[1] == 0
    assert list(stream) == [b"out"]


def test_forks_of_forks(client):
    def descend(depth):
        assert client.info() == {"Id": "x"}
        if depth == 0:
            return 0
        child = os.fork()
        if child == 0:
            ended = 1
            try:
                ended = descend(depth - 1)
            finally:
                os._exit(ended)
        return os.waitpid(child, 0)[1]

    assert descend(4) == 0


def test_clients_and_what_hangs_on_them_pickle(client, fake):
    for thing in (client, client.api, client.containers, client.containers.get("c")):
        twin = pickle.loads(pickle.dumps(thing))
        assert type(twin) is type(thing)
    twin = pickle.loads(pickle.dumps(client))
    assert twin.containers.get("c").name == "name"
    twin.close()
    for made in (aio.AsyncDockerClient, aio.AsyncAPIClient):
        twin = pickle.loads(pickle.dumps(made(fake.url, version="1.41")))
        assert asyncio.run(ask(twin)) == {"Id": "x"}


async def ask(client):
    async with client:
        return await client.info()


def test_nothing_is_left_open(fake):
    """Not closed, dropped in the middle, failed: no ResourceWarning, nothing on stderr."""
    code = """
        import asyncio, gc, sys, dockline
        from dockline import aio
        client = dockline.DockerClient(sys.argv[1], version="1.41")
        client.info()
        for _ in client.api.logs("c", stream=True):
            break
        raw = client.api.get(client.api._url("/x"), stream=True)
        stream = client.api.events()
        next(stream)
        async def work():
            made = aio.AsyncDockerClient(sys.argv[1], version="1.41")
            await made.info()
            async for _ in await made.api.logs("c", stream=True):
                break
            task = asyncio.create_task(made.info())
            await asyncio.sleep(0)
            task.cancel()
        asyncio.run(work())
        try:
            dockline.DockerClient("unix:///nowhere.sock").ping()
        except dockline.errors.DockerException:
            pass
        del raw, stream
        gc.collect()
    """
    command = [sys.executable, "-X", "dev", "-W", "error", "-c", textwrap.dedent(code)]
    done = subprocess.run(
        [*command, fake.url], capture_output=True, text=True, check=False
    )
    # Debug mode of asyncio times every step; the first one imports.
    said = [line for line in done.stderr.splitlines() if "took 0." not in line]
    assert (done.returncode, said) == (0, [])
