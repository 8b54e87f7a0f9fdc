"""What an API version does not know: the checker by itself, and the policy of clients."""

from __future__ import annotations

import asyncio
import json
import threading
import warnings
from pathlib import Path

import pytest

import dockline
from dockline import errors, versions
from dockline.aio import AsyncAPIClient
from fake import FakeEngine

VECTORS = Path(__file__).resolve().parents[1] / "vectors" / "versions"
CASES = [
    pytest.param(case, id=f"{file.stem}-{case['id']}")
    for file in sorted(VECTORS.glob("*.json"))
    for case in json.loads(file.read_text(encoding="utf-8"))
]
HELLO = {
    "default": {
        "body": {"json": {"Id": "x"}},
        "headers": {"Server": "Docker/20.10.24 (linux)", "Api-Version": "1.41"},
    },
    "engine": {"version": "20.10.24", "api_version": "1.41", "min_api_version": "1.12"},
}
ANNOTATED = {"Image": "busybox", "HostConfig": {"Annotations": {"a": "b"}}}


def plain(findings):
    return sorted(json.dumps(finding, sort_keys=True) for finding in findings)


def checked(case, **more):
    return versions.check(
        case["method"],
        case["path"],
        api_version=case["api_version"],
        query=case.get("query"),
        headers=case.get("headers"),
        body=case["body"],
        **more,
    )


@pytest.mark.parametrize("case", CASES)
def test_vectors(case):
    expected = [] if case["expect"] == "ok" else case["expect"]
    assert plain(checked(case)) == plain(expected)
    if "unknown" in case:
        found = [
            finding for finding in checked(case, unknown=True) if "unknown" in finding
        ]
        assert plain(found) == plain(case["unknown"])


@pytest.mark.parametrize(
    "body",
    [
        ANNOTATED,
        json.dumps(ANNOTATED),
        json.dumps(ANNOTATED).encode(),
        bytearray(json.dumps(ANNOTATED).encode()),
    ],
    ids=["dict", "str", "bytes", "bytearray"],
)
def test_bodies_of_every_form(body):
    found = versions.check("POST", "/containers/create", api_version="1.42", body=body)
    assert found == [{"in": "body", "path": "HostConfig.Annotations", "since": "1.43"}]


def test_queries_of_every_form():
    def found(query):
        return versions.check("GET", "/images/json", api_version="1.40", query=query)

    until = [{"in": "query", "name": "filters.until", "since": "1.44"}]
    assert found({"filters": {"until": ["1h"]}}) == until
    assert found({"filters": {"until": {"1h": True}}}) == until
    assert found({"filters": '{"until":["1h"]}'}) == until
    assert found("filters=%7B%22until%22%3A%5B%221h%22%5D%7D") == until
    assert found({"filters": None, "all": True}) == []
    repeated = versions.check(
        "GET", "/images/get", api_version="1.51", query={"platform": ("a", "b")}
    )
    assert repeated == [
        {"in": "query", "name": "platform", "since": "1.52", "multi": True}
    ]


def test_what_cannot_be_checked():
    with pytest.raises(errors.InvalidArgument, match='"seven" is not an API version'):
        versions.check("GET", "/info", api_version="seven")
    with pytest.raises(ValueError, match="cannot be written as JSON"):
        versions.check("GET", "/info", api_version="1.41", query={"a": object()})


def test_changes_of_meaning_by_themselves():
    (change,) = versions.behaviours("POST", "/volumes/prune", api_version="1.45")
    assert change["id"] == "1.42-volumes-default"
    assert change["origin"] == "API 1.42"
    assert "anonymous" in change["what"] and change["hint"]
    every = {"filters": {"all": ["true"]}}
    assert (
        versions.behaviours("POST", "/volumes/prune", api_version="1.45", query=every)
        == []
    )


def test_fields_of_answers():
    address = "NetworkSettings.IPAddress"
    path = "/containers/x/json"
    assert versions.response_field("GET", path, address, api_version="1.51") is None
    text = versions.response_field("GET", path, address, api_version="1.52")
    assert "Networks" in text
    assert address in versions.response_fields("GET", path)
    (text,) = versions.explain("status", "1.52")
    assert text.startswith("GET /events:") and "Action" in text
    assert versions.explain("status", "1.51") == []
    assert versions.explain("Nothing", "1.52") == []


@pytest.fixture
def fake():
    with FakeEngine(HELLO) as engine:
        yield engine


def client(fake, version="1.41", **options):
    return dockline.APIClient(base_url=fake.url, version=version, **options)


def create(api, **options):
    url = api._url("/containers/create")
    return api.post(url, data=json.dumps(ANNOTATED), **options)


def test_a_warning_names_the_line_of_the_program_once(fake):
    with (
        client(fake, version=None) as api,
        warnings.catch_warnings(record=True) as seen,
    ):
        warnings.simplefilter("default")
        for _ in range(3):
            create(api)
        lines = {warning.lineno for warning in seen}
        create(api)
    assert [warning.category for warning in seen] == [versions.DockerVersionWarning]
    assert {warning.filename for warning in seen} == {__file__} and len(lines) == 1
    text = str(seen[0].message)
    for part in [
        "`HostConfig.Annotations` needs API 1.43 (Engine 24.0.0)",
        "API 1.41 is spoken, the newest Engine 20.10.24 serves",
        "ignores it without a word",
        "Leave it out, or use Engine 24.0.0 or newer",
    ]:
        assert part in text


def test_a_warning_at_the_line_that_called_the_model(fake):
    docker = dockline.DockerClient(base_url=fake.url, version="1.41")
    with pytest.warns(versions.DockerBehaviourWarning) as seen:
        docker.volumes.prune()
    assert {warning.filename for warning in seen} == {__file__}
    docker.close()


def test_a_warning_at_the_line_that_awaited(fake):
    async def main():
        async with AsyncAPIClient(base_url=fake.url) as api:
            await api.create_container("busybox", host_config={"Annotations": {}})

    with pytest.warns(versions.DockerVersionWarning) as seen:
        asyncio.run(main())
    assert [warning.filename for warning in seen] == [__file__]


def test_a_pinned_client_says_a_thing_once_although_it_learns_more(fake):
    with client(fake, "1.40") as api, warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("default")
        for _ in range(3):
            create(api)
    assert len(seen) == 1
    assert "pinned by the argument version" in str(seen[0].message)


def test_strict_clients_send_nothing(fake):
    with client(fake, on_version_mismatch="error") as api:
        with pytest.raises(errors.InvalidVersion, match="Annotations") as caught:
            create(api)
    assert caught.value.kind == "version_mismatch"
    assert caught.value.findings == [
        {"in": "body", "path": "HostConfig.Annotations", "since": "1.43"}
    ]
    assert fake.requests() == []


def test_names_no_version_knows(fake):
    body = {"Image": "busybox", "HostConfig": {"Bind": ["/a:/b"]}}
    with client(fake) as api:
        with pytest.warns(versions.DockerVersionWarning, match="Did you mean `HostC"):
            api.post(api._url("/containers/create"), json=body)
        with pytest.raises(errors.InvalidVersion, match=r"HostConfig\.Bind`"):
            api.post(
                api._url("/containers/create"), json=body, on_version_mismatch="error"
            )


def test_changes_of_meaning_warn_even_in_strict_clients(fake):
    with client(fake, on_version_mismatch="error") as api:
        with pytest.warns(versions.DockerBehaviourWarning, match="anonymous"):
            api.prune_volumes()
    assert fake.requests()[-1]["path"] == "/volumes/prune"


def test_a_change_of_meaning_and_a_finding_of_one_version_are_one_warning(fake):
    mounts = [{"Type": "volume", "VolumeOptions": {"Subpath": "x"}}]
    with client(fake) as api, pytest.warns(versions.DockerVersionWarning) as seen:
        api.create_container("busybox", host_config={"Mounts": mounts})
    (warning,) = seen
    assert "needs API 1.45" in str(warning.message)
    assert "data exposure" in str(warning.message)


def test_what_docker_py_sends_of_itself_is_no_mistake(fake):
    listing = {"default": {"body": {"json": []}}}
    fake.scenario(listing)
    with client(fake) as api:
        api.containers(trunc=True, since="a", before="b")
        api.images(quiet=True)
    fake.scenario({"default": {"status": 201, "body": {"json": {"Id": "x"}}}})
    with client(fake) as api:
        api.exec_create("abc", "ls")
        api.tag("busybox", "other", force=True)


def test_off_means_not_looked_at(fake, monkeypatch):
    monkeypatch.setattr(versions, "review", None)
    with client(fake, on_version_mismatch="ignore") as api:
        assert create(api).status_code == 200


def test_the_policy_of_a_block(fake):
    with client(fake) as api:
        with versions.policy("ignore"):
            create(api)
            with versions.policy("error"), pytest.raises(errors.InvalidVersion):
                create(api)
            create(api)
        with pytest.warns(versions.DockerVersionWarning):
            create(api)


def run(thread):
    thread.start()
    thread.join()


def test_the_policy_of_a_block_is_that_of_its_thread(fake):
    with client(fake) as api:
        caught = []

        def other():
            try:
                create(api)
            except errors.InvalidVersion as error:
                caught.append(error)

        thread = threading.Thread(target=other)
        with pytest.warns(versions.DockerVersionWarning), versions.policy("error"):
            run(thread)
        assert caught == []


def test_the_policy_of_a_block_is_that_of_its_task(fake):
    async def strict(api, entered, go):
        with versions.policy("error"):
            entered.set()
            await go.wait()
            with pytest.raises(errors.InvalidVersion):
                await api.create_container("busybox", host_config={"Annotations": {}})

    async def main():
        entered, go = asyncio.Event(), asyncio.Event()
        async with AsyncAPIClient(
            base_url=fake.url, on_version_mismatch="ignore"
        ) as api:
            task = asyncio.create_task(strict(api, entered, go))
            await entered.wait()
            await api.create_container("busybox", host_config={"Annotations": {}})
            go.set()
            await task

    asyncio.run(main())


def test_the_policy_of_one_request(fake):
    with client(fake) as api:
        create(api, on_version_mismatch="ignore")
        with pytest.raises(errors.InvalidVersion):
            create(api, on_version_mismatch="error")


def test_the_policy_of_the_environment(fake, monkeypatch):
    monkeypatch.setenv("DOCKLINE_ON_VERSION_MISMATCH", "error")
    monkeypatch.setenv("DOCKER_HOST", fake.url)
    docker = dockline.from_env()
    with pytest.raises(errors.InvalidVersion):
        create(docker.api)
    docker.close()
    docker = dockline.from_env(on_version_mismatch="ignore")
    create(docker.api)
    docker.close()
    monkeypatch.setenv("DOCKLINE_ON_VERSION_MISMATCH", "loud")
    with pytest.raises(
        errors.InvalidArgument,
        match="DOCKLINE_ON_VERSION_MISMATCH must be one of 'warn', 'error', 'ignore', not 'loud'",
    ):
        dockline.from_env()


@pytest.mark.parametrize("make", [dockline.APIClient, dockline.DockerClient])
@pytest.mark.parametrize("value", ["loud", "", "WARN", 1])
def test_policies_that_are_none(make, value):
    with pytest.raises(errors.InvalidArgument) as caught:
        make(base_url="unix:///nowhere", version="1.41", on_version_mismatch=value)
    assert "on_version_mismatch must be one of" in str(caught.value)
    assert repr(value) in str(caught.value)
    with pytest.raises(ValueError, match="on_version_mismatch"), versions.policy(value):
        pass


def test_raw_requests_at_another_version(fake):
    with client(fake) as api, pytest.warns(versions.DockerVersionWarning) as seen:
        api.post(f"{api.base_url}/v1.42/containers/create", json=ANNOTATED)
    assert "API 1.42 is spoken, named in the path" in str(seen[0].message)


def test_docker_pys_own_guards_stay(fake):
    with client(fake, "1.24", on_version_mismatch="ignore") as api:
        with pytest.raises(errors.InvalidVersion, match="1.25"):
            api.prune_images()
    assert fake.requests() == []
