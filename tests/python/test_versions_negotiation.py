"""`client.negotiation`, the pin of the environment, and engines that are exchanged or say odd things."""

from __future__ import annotations

import asyncio
import json
import threading

import pytest

import dockline
from dockline import aio, errors, versions
from fake import FakeEngine


def engine(release, newest, oldest="1.24", **more):
    """A fake engine that refuses what real ones of its range refuse, by words and status."""
    low, high = int(oldest[2:]), int(newest[2:])
    refused = [
        (minor, "new", "Maximum", newest) for minor in range(high + 1, high + 20)
    ] + [(minor, "old", "Minimum", oldest) for minor in range(24, low)]
    routes = [
        {
            "path": "*",
            "version": f"1.{minor}",
            "reply": {
                "status": 400,
                "headers": {
                    "Server": f"Docker/{release} (linux)",
                    "Api-Version": newest,
                },
                "body": {
                    "json": {
                        "message": f"client version 1.{minor} is too {how}. {which} "
                        f"supported API version is {bound}, please upgrade"
                    }
                },
            },
        }
        for minor, how, which, bound in refused
    ]
    return {
        "engine": {
            "version": release,
            "api_version": newest,
            "min_api_version": oldest,
        },
        "routes": routes,
        "default": {
            "body": {"json": {"Id": "x"}},
            "headers": {"Server": f"Docker/{release} (linux)", "Api-Version": newest},
        },
        **more,
    }


OLD = engine("20.10.24", "1.41", "1.12")
NEW = engine("28.5.2", "1.51")


def targets(fake):
    return [record["target"] for record in fake.requests()]


@pytest.fixture
def fake():
    with FakeEngine(OLD) as running:
        yield running


def test_a_negotiated_client(fake):
    docker = dockline.DockerClient(base_url=fake.url)
    before = targets(fake)
    known = docker.negotiation
    assert isinstance(known, versions.Negotiation) and known == docker.api.negotiation
    assert (known.engine_release, known.engine_min, known.engine_max) == (
        "20.10.24",
        "1.12",
        "1.41",
    )
    assert (known.client_min, known.client_max) == ("1.24", "1.55")
    assert (known.result, known.pin, known.pin_source) == ("1.41", None, None)
    assert str(known) == (
        "API 1.41 (negotiated: the newest the engine serves): Engine 20.10.24 "
        "serves 1.12 to 1.41, dockline speaks 1.24 to 1.55"
    )
    assert json.loads(known.as_json()) == known.as_dict()
    assert targets(fake) == before
    docker.close()


@pytest.mark.parametrize("how", ["argument", "environment", "mapping", "from_env"])
def test_a_pinned_client(fake, monkeypatch, how):
    if how == "argument":
        docker = dockline.DockerClient(base_url=fake.url, version="1.40")
    elif how == "environment":
        monkeypatch.setenv("DOCKER_API_VERSION", "1.40")
        docker = dockline.DockerClient(base_url=fake.url)
    elif how == "mapping":
        monkeypatch.setenv("DOCKER_API_VERSION", "1.30")
        environment = {"DOCKER_HOST": fake.url, "DOCKER_API_VERSION": "1.40"}
        docker = dockline.from_env(environment=environment)
    else:
        monkeypatch.setenv("DOCKER_HOST", fake.url)
        monkeypatch.setenv("DOCKER_API_VERSION", "1.40")
        docker = dockline.from_env()
    assert targets(fake) == []
    known = docker.negotiation
    source = "the argument version" if how == "argument" else "DOCKER_API_VERSION"
    assert (known.result, known.pin, known.pin_source) == ("1.40", "1.40", source)
    assert str(known).startswith(f"API 1.40 (pinned by {source}): Engine 20.10.24")
    assert targets(fake) == ["/version"]
    docker.close()


def test_a_mapping_without_the_variable_does_not_pin(fake, monkeypatch):
    monkeypatch.setenv("DOCKER_API_VERSION", "1.30")
    docker = dockline.from_env(environment={"DOCKER_HOST": fake.url})
    assert docker.negotiation.pin is None
    assert docker.api.api_version == "1.41"
    docker.close()


def test_a_pin_that_the_engine_does_not_serve(fake):
    docker = dockline.DockerClient(base_url=fake.url, version="1.50")
    assert "pinned by the argument version, which the engine does not serve" in str(
        docker.negotiation
    )
    with pytest.raises(errors.InvalidVersion, match=r"1\.50 .*1\.12 to 1\.41.*1\.55"):
        docker.api.inspect_container("x")
    assert set(targets(fake)) <= {"/_ping", "/version"}
    docker.close()


def test_asynchronous_clients(fake):
    async def main():
        async with aio.AsyncDockerClient(base_url=fake.url) as docker:
            await docker.api.inspect_container("x")
            known = docker.negotiation
            assert (known.result, known.engine_release) == ("1.41", "20.10.24")
        async with aio.AsyncDockerClient(base_url=fake.url) as docker:
            assert docker.negotiation.engine_max == "1.41"

    asyncio.run(main())


def test_the_first_answer_names_the_engine_of_a_pinned_client(fake):
    with dockline.APIClient(base_url=fake.url, version="1.40") as api:
        api.inspect_container("x")
        assert api.negotiation.engine_release == "20.10.24"
    assert targets(fake) == ["/_ping", "/v1.40/containers/x/json"]


def test_an_engine_newer_than_known(fake):
    fake.scenario(engine("35.0.0", "1.60"))
    with dockline.APIClient(base_url=fake.url) as api:
        api.inspect_container("x")
        assert api.api_version == "1.55"
        assert "negotiated: the newest known here" in str(api.negotiation)
        with pytest.warns(versions.DockerVersionWarning, match="newest this client"):
            api.create_container("busybox", host_config={"Bindz": []})
    assert targets(fake)[-1] == "/v1.55/containers/create"


def test_an_engine_whose_minimum_is_above_ours(fake):
    fake.scenario(engine("40.0.0", "1.70", "1.60"))
    with dockline.APIClient(base_url=fake.url) as api:
        with pytest.raises(errors.VersionRefused, match=r"Minimum .* is 1\.60"):
            api.inspect_container("x")

    async def main():
        async with aio.AsyncAPIClient(base_url=fake.url) as api:
            with pytest.raises(errors.VersionOutOfRange, match=r"1\.60 to 1\.70"):
                await api.inspect_container("x")

    asyncio.run(main())


def test_a_proxy_that_strips_headers(fake):
    bare = {**OLD, "default": {"body": {"json": {"Id": "x"}}}}
    bare["engine"] = {**OLD["engine"], "bare_ping": True}
    fake.scenario(bare)
    with dockline.APIClient(base_url=fake.url) as api:
        assert api.api_version == "1.41"

    async def main():
        async with aio.AsyncAPIClient(base_url=fake.url) as api:
            await api.inspect_container("x")
            assert api.api_version == "1.41"

    fake.clear()
    asyncio.run(main())
    assert targets(fake) == ["/_ping", "/version", "/v1.41/containers/x/json"]


def podman():
    headers = {
        "Api-Version": "1.41",
        "Libpod-Api-Version": "4.3.1",
        "Server": "Libpod/4.3.1 (linux)",
    }
    about = {
        "Platform": {"Name": "linux/amd64/debian-12"},
        "Components": [{"Name": "Podman Engine", "Version": "4.3.1"}],
        "Version": "4.3.1",
        "ApiVersion": "1.41",
        "MinAPIVersion": "1.24",
        "Os": "linux",
        "Arch": "amd64",
    }
    return {
        "routes": [
            {"path": "/_ping", "reply": {"headers": headers, "body": "OK"}},
            {
                "path": "/version",
                "reply": {"headers": headers, "body": {"json": about}},
            },
        ],
        "default": {"headers": headers, "body": {"json": {"Id": "x"}}},
    }


def test_podman(fake):
    fake.scenario(podman())
    docker = dockline.DockerClient(base_url=fake.url)
    docker.api.inspect_container("x")
    assert docker.negotiation.result == "1.41"
    assert docker.negotiation.engine_release == "4.3.1"
    docker.close()


def test_the_engine_is_exchanged_under_a_living_client(fake):
    fake.scenario(NEW)
    with dockline.APIClient(base_url=fake.url) as api:
        assert api.api_version == "1.51"
        api.inspect_container("x")
        fake.scenario(OLD)
        fake.clear()
        assert api.create_container("busybox") == {"Id": "x"}
        assert targets(fake) == [
            "/v1.51/containers/create",
            "/version",
            "/v1.41/containers/create",
        ]
        assert api._version == api.api_version == "1.41"
        assert api.negotiation.engine_release == "20.10.24"
        fake.scenario(engine("29.0.0", "1.52", "1.44"))
        fake.clear()
        api.inspect_container("x")
        assert targets(fake) == [
            "/v1.41/containers/x/json",
            "/version",
            "/v1.52/containers/x/json",
        ]
        assert api._version == "1.52"


def test_an_upgrade_that_still_serves_the_version_changes_nothing(fake):
    with dockline.APIClient(base_url=fake.url) as api:
        api.inspect_container("x")
        fake.scenario(NEW)
        api.inspect_container("x")
        assert api.api_version == "1.41"
        assert api.negotiation.engine_release == "28.5.2"
        assert api.negotiation.engine_max == "1.51"


def test_many_calls_at_once_while_the_engine_is_exchanged(fake):
    fake.scenario(NEW)
    with dockline.APIClient(base_url=fake.url) as api:
        fake.scenario(OLD)
        results = []
        start = threading.Barrier(8)

        def call():
            start.wait()
            results.append(api.inspect_container("x"))

        threads = [threading.Thread(target=call) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert results == [{"Id": "x"}] * 8
        assert api.api_version == "1.41"


def test_many_tasks_while_the_engine_is_exchanged(fake):
    async def main():
        fake.scenario(NEW)
        async with aio.AsyncAPIClient(base_url=fake.url) as api:
            await api.inspect_container("x")
            fake.scenario(OLD)
            calls = [api.inspect_container("x") for _ in range(8)]
            assert await asyncio.gather(*calls) == [{"Id": "x"}] * 8
            assert api.api_version == "1.41"

    asyncio.run(main())


def test_streams_follow(fake):
    fake.scenario(NEW)
    lines = {
        "method": "GET",
        "path": "/events",
        "version": "1.41",
        "reply": {"framing": "chunked", "body": {"json_lines": [{"Action": "die"}]}},
    }
    with dockline.APIClient(base_url=fake.url) as api:
        fake.scenario({**OLD, "routes": [*OLD["routes"], lines]})
        assert [event["Action"] for event in api.events(decode=True)] == ["die"]
        assert api.api_version == "1.41"


def test_what_cannot_be_sent_twice_is_refused_clearly_and_learned(fake):
    fake.scenario(NEW)
    with dockline.APIClient(base_url=fake.url) as api:
        fake.scenario(OLD)
        with pytest.raises(errors.VersionRefused, match=r"client version 1\.51 is too"):
            api.put_archive("x", "/", iter([b"a", b"b"]))
        assert api.api_version == "1.41"
        assert api.put_archive("x", "/", iter([b"a", b"b"]))
    assert targets(fake)[-1].startswith("/v1.41/containers/x/archive")


def test_a_pinned_client_is_not_renegotiated(fake):
    with dockline.APIClient(base_url=fake.url, version="1.50") as api:
        for _ in range(2):
            with pytest.raises(errors.VersionOutOfRange, match="argument version"):
                api.inspect_container("x")
        assert api.api_version == "1.50"
    assert set(targets(fake)) <= {"/_ping", "/version"}


def test_a_version_that_was_assigned(fake):
    with dockline.APIClient(base_url=fake.url) as api:
        api._version = "1.40"
        with pytest.warns(versions.DockerVersionWarning) as seen:
            api.create_container("busybox", host_config={"CgroupnsMode": "private"})
    assert "pinned by the attribute _version" in str(seen[0].message)
