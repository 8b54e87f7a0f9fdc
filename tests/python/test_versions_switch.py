"""One socket, exchanged from engine 20.10 to 28.5 and back under living clients."""

from __future__ import annotations

import asyncio
import os

import pytest

import dockline
from dockline import aio, errors
from switch import Switch

NAME = f"switch-{os.getpid()}"


@pytest.fixture
def switch(engines):
    with Switch(engines["20.10"].socket) as running:
        yield running


def release(api):
    return api.version()["Version"]


def test_a_negotiated_client(switch, engines):
    old, new = engines["20.10"], engines["28.5"]
    docker = dockline.DockerClient(base_url=switch.url)
    assert docker.api.api_version == old.api
    for _ in range(2):
        # Upgraded: the new engine still serves the version that is spoken.
        switch.to(new.socket)
        assert release(docker.api) == new.release
        assert docker.negotiation.engine_release == new.release
        assert docker.negotiation.engine_max == new.api
        assert docker.api.api_version == old.api
        switch.to(old.socket)
        assert release(docker.api) == old.release
        assert docker.negotiation.engine_release == old.release
    docker.close()


def test_a_client_that_negotiated_with_the_newer(switch, engines):
    old, new = engines["20.10"], engines["28.5"]
    switch.to(new.socket)
    docker = dockline.DockerClient(base_url=switch.url)
    assert docker.api.api_version == new.api
    switch.to(old.socket)
    container = docker.containers.create("busybox", "true", name=NAME)
    try:
        assert docker.api.api_version == old.api
        assert docker.negotiation.engine_release == old.release
        assert docker.containers.get(NAME).id == container.id
        # It is one container: the refused request did nothing.
        assert [
            c.name for c in docker.containers.list(all=True, filters={"name": NAME})
        ]
        switch.to(new.socket)
        with pytest.raises(errors.NotFound):
            docker.containers.get(NAME)
        switch.to(old.socket)
    finally:
        container.remove(force=True)
    docker.close()


def test_streams_begun_after_the_exchange(switch, engines):
    switch.to(engines["28.5"].socket)
    docker = dockline.DockerClient(base_url=switch.url)
    switch.to(engines["20.10"].socket)
    said = docker.containers.run("busybox", "echo hello", remove=True, name=NAME)
    assert said == b"hello\n"
    assert docker.api.api_version == engines["20.10"].api
    docker.close()


def test_pinned_clients(switch, engines):
    fits = dockline.DockerClient(base_url=switch.url, version="1.40")
    new = dockline.DockerClient(base_url=switch.url, version="1.51")
    for name, refused in (("28.5", False), ("20.10", True), ("28.5", False)):
        switch.to(engines[name].socket)
        assert fits.api.info()["ServerVersion"] == engines[name].release
        assert fits.negotiation.engine_release == engines[name].release
        if refused:
            with pytest.raises(errors.VersionRefused, match=r"1\.51 is too new"):
                new.api.info()
        else:
            assert new.api.info()["ServerVersion"] == engines[name].release
        assert (fits.api.api_version, new.api.api_version) == ("1.40", "1.51")
    fits.close()
    new.close()


def test_asynchronous_clients(switch, engines):
    old, new = engines["20.10"], engines["28.5"]

    async def main():
        switch.to(new.socket)
        async with aio.AsyncDockerClient(base_url=switch.url) as docker:
            assert (await docker.info())["ServerVersion"] == new.release
            assert docker.api.api_version == new.api
            switch.to(old.socket)
            calls = [docker.info() for _ in range(6)]
            seen = {info["ServerVersion"] for info in await asyncio.gather(*calls)}
            assert seen == {old.release}
            assert docker.api.api_version == old.api
            switch.to(new.socket)
            assert (await docker.info())["ServerVersion"] == new.release
            assert docker.negotiation.engine_release == new.release
        async with aio.AsyncDockerClient(base_url=switch.url, version="1.51") as docker:
            await docker.info()
            switch.to(old.socket)
            with pytest.raises(errors.VersionRefused):
                await docker.info()

    asyncio.run(main())
