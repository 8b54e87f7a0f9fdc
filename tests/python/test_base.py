"""The Session-like client: what programs read, patch and assign, and what goes on the wire."""

from __future__ import annotations

import copy
import io
import os
import pickle
import threading
import warnings

import pytest

import dockline
from dockline import errors, versions
from dockline.transport.urls import request_target
from fake import FakeEngine

HELLO = {"default": {"status": 200, "body": {"json": {"Id": "x"}}}}


@pytest.fixture
def fake():
    with FakeEngine(HELLO) as engine:
        yield engine


@pytest.fixture
def api(fake):
    client = dockline.APIClient(base_url=fake.url, version="1.41")
    yield client
    client.close()


def sent(fake, *names):
    last = fake.requests()[-1]
    headers = {name.lower(): value for name, value in last["headers"]}
    return last, headers


def test_negotiates_with_version_when_constructed(fake):
    client = dockline.APIClient(base_url=fake.url)
    assert [record["target"] for record in fake.requests()] == ["/version"]
    assert client.api_version == client._version == "1.51"
    client.close()


def test_the_newest_known_version_is_the_limit():
    with FakeEngine({"engine": {"api_version": "1.99"}}) as fake:
        with dockline.APIClient(base_url=fake.url) as client:
            assert client._version == "1.55"


def test_a_pin_sends_nothing(fake):
    client = dockline.APIClient(base_url=fake.url, version="1.40")
    assert fake.requests() == []
    assert client._version == "1.40"


def test_a_pin_beyond_what_is_known_is_refused_with_both_ranges(fake):
    with pytest.raises(errors.InvalidVersion) as caught:
        dockline.APIClient(base_url=fake.url, version="1.99")
    assert "1.51" in str(caught.value) and "1.24 to 1.55" in str(caught.value)
    assert [
        record["path"] for record in fake.requests() if "1.99" in record["target"]
    ] == []


def test_version_arguments_are_checked(fake):
    with pytest.raises(errors.InvalidVersion, match=r"below 1\.24"):
        dockline.APIClient(base_url=fake.url, version="1.12")
    with pytest.raises(errors.DockerException, match="Found int"):
        dockline.APIClient(base_url=fake.url, version=1)


def test_the_environment_pins(fake, monkeypatch):
    monkeypatch.setenv("DOCKER_API_VERSION", "1.39")
    assert dockline.APIClient(base_url=fake.url)._version == "1.39"
    assert dockline.APIClient(base_url=fake.url, version="auto")._version == "1.51"


def test_url_quotes_but_keeps_slashes_and_colons(api):
    assert (
        api._url("/x/{0}/{1}", "a/b?c", "h:1")
        == "http+docker://localhost/v1.41/x/a/b%3Fc/h:1"
    )
    assert (
        api._url("/version", versioned_api=False) == "http+docker://localhost/version"
    )
    with pytest.raises(ValueError, match="Expected a string but found 1"):
        api._url("/x/{0}", 1)


def test_members_that_programs_read(api, fake):
    assert api.base_url == "http+docker://localhost"
    assert api._custom_adapter.socket_path == fake.url[len("unix://") :]
    assert api.get_adapter(api.base_url) is api._custom_adapter
    assert list(api.adapters) == ["http+docker://"]
    assert api.timeout == 60
    assert isinstance(api._general_configs, dict)
    assert "headers" in api.__attrs__ and "_version" in api.__attrs__


def test_headers_are_mutable_and_sent(api, fake):
    api.headers["X-Session"] = "1"
    api.headers["user-agent"] = "tc/4"
    api.get(api._url("/info"), headers={"X-Once": "2", "Accept": None})
    _, headers = sent(fake)
    assert headers["x-session"] == "1"
    assert headers["user-agent"] == "tc/4"
    assert headers["x-once"] == "2"
    assert "accept" not in headers
    api.get(api._url("/info"))
    _, headers = sent(fake)
    assert "x-once" not in headers


def test_configured_headers_win(api, fake):
    api._general_configs = {"HttpHeaders": {"X-Meta": "yes"}}
    api._get(api._url("/info"), headers={"X-Meta": "no"})
    assert sent(fake)[1]["x-meta"] == "yes"


def test_parameters_as_requests_encodes_them(api, fake):
    params = {"a": [1, "b c"], "none": None, "yes": True, "json": '{"k": ["v"]}'}
    api.get(api._url("/x?own=1"), params=params)
    last, _ = sent(fake)
    assert last["target"] == (
        "/v1.41/x?own=1&a=1&a=b+c&yes=True&json=%7B%22k%22%3A+%5B%22v%22%5D%7D"
    )


@pytest.mark.parametrize(
    ("rest", "target"),
    [
        ("/a/../b", "/b"),
        ("/a/./b/..", "/a/"),
        ("/a%2fb%7Ec", "/a%2Fb~c"),
        ("/a b{c}", "/a%20b%7Bc%7D"),
        ("", "/"),
    ],
)
def test_targets_as_requests_writes_them(rest, target):
    assert request_target(rest) == target


def test_json_body_leaves_out_topmost_none(api, fake):
    api._post_json(api._url("/x"), {"a": None, "b": {"c": None}, "d": 1})
    last, headers = sent(fake)
    assert last["body"] == b'{"b": {"c": null}, "d": 1}'
    assert headers["content-type"] == "application/json"


@pytest.mark.parametrize(
    ("data", "body", "framing"),
    [
        (b"abc", b"abc", ("content-length", "3")),
        ("text", b"text", ("content-length", "4")),
        (io.BytesIO(b"file"), b"file", ("content-length", "4")),
        (iter([b"a", b"", b"b"]), b"ab", ("transfer-encoding", "chunked")),
        ({"k": [1, 2]}, b"k=1&k=2", ("content-length", "7")),
        (bytearray(b"xy"), b"xy", ("content-length", "2")),
        (None, b"", ("content-length", "0")),
    ],
)
def test_bodies(api, fake, data, body, framing):
    api.post(api._url("/x"), data=data)
    last, headers = sent(fake)
    assert last["body"] == body
    assert headers[framing[0]] == framing[1]


def test_a_path_is_read_by_the_core(api, fake, tmp_path):
    file = tmp_path / "body"
    file.write_bytes(b"z" * 700_000)
    api.put(api._url("/x"), data=file)
    last, headers = sent(fake)
    assert last["body_length"] == 700_000
    assert headers["content-length"] == "700000"


def test_a_file_is_sent_from_where_it_stands(api, fake):
    data = io.BytesIO(b"0123456789")
    data.seek(4)
    api.put(api._url("/x"), data=data)
    assert sent(fake)[0]["body"] == b"456789"


@pytest.mark.parametrize("buffering", [-1, 0])
@pytest.mark.parametrize("mode", ["rb", "r+b"])
def test_a_file_on_disk_is_sent_from_where_it_stands(
    api, fake, tmp_path, mode, buffering
):
    content = bytes(range(256)) * 4000
    path = tmp_path / "body"
    path.write_bytes(content)
    with open(path, mode, buffering=buffering) as file:
        assert file.read(3) == content[:3]
        api.put(api._url("/x"), data=file)
        assert file.tell() == len(content)
        api.put(api._url("/empty"), data=file)
        file.seek(700_000)
        if mode == "r+b":
            file.write(b"new")
        api.put(api._url("/end"), data=file)
    lengths = {
        row["path"].rpartition("/")[2]: row["body_length"]
        for row in fake.requests()
        if row["method"] == "PUT"
    }
    skipped = 700_003 if mode == "r+b" else 700_000
    assert lengths == {
        "x": len(content) - 3,
        "empty": 0,
        "end": len(content) - skipped,
    }


def test_a_file_that_reads_in_its_own_way_is_read_that_way(api, fake, tmp_path):
    class Doubled(io.FileIO):
        def read(self, size=-1):
            return super().read(size).upper()

    path = tmp_path / "body"
    path.write_bytes(b"small")
    with Doubled(path) as file:
        api.put(api._url("/x"), data=file)
    assert sent(fake)[0]["body"] == b"SMALL"


def test_what_a_body_raises_is_raised(api):
    def body():
        yield b"x"
        raise LookupError("mine")

    with pytest.raises(LookupError, match="mine"):
        api.post(api._url("/x"), data=body())


def test_a_body_may_use_the_same_client(api, fake):
    def body():
        yield api.get(api._url("/inner")).content

    api.post(api._url("/outer"), data=body())
    asked = {record["path"] for record in fake.requests()}
    assert asked - {"/_ping", "/version"} == {"/inner", "/outer"}


def test_redirections_are_followed():
    moved = {"status": 301, "headers": {"Location": "/v1.41/new"}, "body": ""}
    scenario = {"routes": [{"path": "/old", "reply": moved}], **HELLO}
    with FakeEngine(scenario) as fake:
        api = dockline.APIClient(base_url=fake.url, version="1.41")
        assert api.get(api._url("/old")).json() == {"Id": "x"}
        assert api.get(api._url("/old"), allow_redirects=False).status_code == 301


def test_another_host_is_refused(api):
    with pytest.raises(ValueError, match="No connection adapters"):
        api.get("http://example.invalid/x")


def test_negotiates_again_when_the_engine_was_exchanged():
    refusal = {
        "message": "client version 1.51 is too new. Maximum supported API version is 1.41"
    }
    refused = {"status": 400, "body": {"json": refusal}}
    scenario = {
        "engine": {
            "version": "20.10.24",
            "api_version": "1.41",
            "min_api_version": "1.12",
        },
        "routes": [{"path": "*", "version": "1.51", "reply": refused}],
        **HELLO,
    }
    with FakeEngine(HELLO) as fake:
        api = dockline.APIClient(base_url=fake.url)
        fake.scenario(scenario)
        assert api.get(api._url("/info")).json() == {"Id": "x"}
        assert api._version == "1.41"


def test_pickle_and_copy(api):
    for twin in (pickle.loads(pickle.dumps(api)), copy.copy(api), copy.deepcopy(api)):
        assert twin.info() == {"Id": "x"}
        assert twin._version == "1.41"
        twin.close()


def test_close_can_be_followed_by_calls(api):
    assert api.info() == {"Id": "x"}
    api.close()
    assert api.info() == {"Id": "x"}


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_survives_fork(api):
    assert api.info() == {"Id": "x"}
    child = os.fork()
    if child == 0:
        try:
            os._exit(0 if api.info() == {"Id": "x"} else 1)
        finally:
            os._exit(2)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert api.info() == {"Id": "x"}


def test_threads_share_a_client(api):
    results = []

    def work():
        results.extend(api.info()["Id"] for _ in range(20))

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == ["x"] * 160


NEW_FIELD = {"HostConfig": {"Annotations": {"a": "b"}}}


def test_version_findings_warn_at_the_call(api):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("default")
        for _ in range(3):
            api._post_json(api._url("/containers/create"), NEW_FIELD)
    assert len(caught) == 1
    assert caught[0].category is versions.DockerVersionWarning
    assert caught[0].filename == __file__
    assert "HostConfig.Annotations" in str(caught[0].message)


def test_version_findings_raise_or_are_ignored(fake, monkeypatch):
    strict = dockline.APIClient(
        base_url=fake.url, version="1.41", on_version_mismatch="error"
    )
    with pytest.raises(errors.InvalidVersion, match=r"HostConfig\.Annotations"):
        strict._post_json(strict._url("/containers/create"), NEW_FIELD)
    assert fake.requests() == []
    monkeypatch.setenv("DOCKLINE_ON_VERSION_MISMATCH", "ignore")
    silent = dockline.APIClient(base_url=fake.url, version="1.41")
    silent._post_json(silent._url("/containers/create"), NEW_FIELD)
    with pytest.raises(ValueError, match="on_version_mismatch"):
        dockline.APIClient(
            base_url=fake.url, version="1.41", on_version_mismatch="loud"
        )


def test_the_checker_by_itself():
    found = versions.check(
        "POST", "/containers/create", api_version="1.41", body=NEW_FIELD
    )
    assert found == [{"in": "body", "path": "HostConfig.Annotations", "since": "1.43"}]
    assert versions.check("GET", "/info", api_version="1.41") == []


def test_methods_can_be_patched(api, monkeypatch):
    monkeypatch.setattr(
        "dockline.api.client.APIClient.get", lambda *_args, **_kwargs: "patched"
    )
    assert api._get("anything") == "patched"
