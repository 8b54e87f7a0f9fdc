"""The numbered facts about docker-py that programs rely on: which tests hold each, and those held only here.

The numbers are those of the project's list of such facts; `TESTS` fails when a test that it names is gone.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import socket
import tarfile
from pathlib import Path
from unittest import mock

import pytest
import requests

import dockline
from dockline import _native, aio, errors
from dockline.timeouts import Timeouts
from dockline.types import CancellableStream, EndpointConfig
from fake import FakeEngine

HERE = Path(__file__).resolve().parent

#: fact -> the tests that hold it
TESTS = {
    1: (
        "test_errors.py::test_an_api_error_reads_as_in_docker_py",
        "test_errors.py::test_requests_ancestors",
        "test_facts.py::test_an_api_error_has_the_http_error_as_its_cause",
    ),
    2: ("test_errors.py::test_no_daemon", "test_errors.py::test_nobody_listens"),
    3: (
        "test_errors.py::test_a_timeout_is_every_timeout",
        "test_facts.py::test_waiting_too_long",
    ),
    4: (
        "test_models.py::test_build_log",
        "test_facts.py::test_a_container_error_keeps_its_words",
    ),
    5: (
        "test_base.py::test_url_quotes_but_keeps_slashes_and_colons",
        "test_facts.py::test_what_may_stand_for_an_id",
    ),
    6: ("test_facts.py::test_hints_for_old_names",),
    7: (
        "test_base.py::test_url_quotes_but_keeps_slashes_and_colons",
        "test_response.py::test_the_usual_names",
        "test_response.py::test_lines",
        "test_response.py::test_raw",
    ),
    8: ("test_facts.py::test_head_of_a_url_made_by_hand",),
    9: ("test_base.py::test_headers_are_mutable_and_sent",),
    10: (
        "test_base.py::test_members_that_programs_read",
        "test_facts.py::test_members_that_programs_assign",
    ),
    11: (
        "test_install.py::test_adapters_are_requests_adapters",
        "test_install.py::test_a_session_of_requests_over_the_adapter",
        "test_install.py::test_importing_loads_next_to_nothing",
        "test_programs.py::test_program",
    ),
    12: (
        "../differential/test_models_calls.py::test_same_calls",
        "test_base.py::test_methods_can_be_patched",
        "test_models_client.py::test_context_api_can_be_patched",
        "test_auth.py::test_header_goes_through_the_modules_function",
        "test_facts.py::test_what_programs_patch",
        "test_facts.py::test_an_api_that_is_a_mock",
    ),
    13: ("test_facts.py::test_the_package_version_as_api_version",),
    14: ("test_facts.py::test_names_that_programs_import",),
    15: (
        "test_sockets.py::test_the_socket_old_code_expects",
        "test_sockets.py::test_nothing_behind_the_head_is_lost",
        "test_sockets.py::test_the_socket_alone_is_enough",
        "test_programs.py::test_program",
    ),
    16: (
        "test_streams.py::test_logs_give_one_payload_per_frame",
        "test_streams.py::test_plain_generators",
        "test_streams.py::test_close_from_another_thread_ends_cleanly",
        "test_transports_ssh.py::test_cancelling_from_another_thread",
        "test_facts.py::test_which_streams_can_be_cancelled",
    ),
    17: (
        "test_sockets.py::test_a_silent_stream_is_none",
        "test_facts.py::test_exec_results",
    ),
    18: ("test_streams.py::test_a_stream_cut_anywhere_raises",),
    19: ("test_context.py::test_nothing_is_written_into_the_current_directory",),
    20: (
        "test_sockets.py::test_the_socket_old_code_expects",
        "test_facts.py::test_num_pools_says_that_it_has_no_effect",
    ),
}


def test_every_fact_has_tests():
    assert list(TESTS) == list(range(1, 21))
    known = {}
    for name in {test for held in TESTS.values() for test in held}:
        file, _, test = name.partition("::")
        if file not in known:
            tree = ast.parse((HERE / file).read_text(encoding="utf-8"))
            known[file] = {
                node.name for node in tree.body if isinstance(node, ast.FunctionDef)
            }
        assert test in known[file], f"{name} is gone"


FRAMES = {"frames": [[1, "out"], [2, "err"]]}
SCENARIO = {
    "routes": [
        {
            "path": "/containers/missing/json",
            "reply": {
                "status": 404,
                "body": {"json": {"message": "No such container: missing"}},
            },
        },
        {
            "path": "/containers/*/json",
            "reply": {"body": {"json": {"Id": "c", "Config": {"Tty": False}}}},
        },
        {
            "path": "/containers/*/wait",
            "reply": {"body": {"json": {}}, "faults": {"gate": {"name": "never"}}},
        },
        {
            "path": "/containers/*/logs",
            "reply": {"framing": "chunked", "body": FRAMES},
        },
        {
            "path": "/containers/*/attach",
            "reply": {
                "status": 101,
                "body": FRAMES,
                "upgrade": {"close_after_body": True},
            },
        },
        {
            "path": "/exec/*/start",
            "reply": {
                "status": 101,
                "body": FRAMES,
                "upgrade": {"close_after_body": True},
            },
        },
        {
            "path": "/containers/*/archive",
            "reply": {
                "headers": {"X-Docker-Container-Path-Stat": "e30="},
                "body": "tar",
            },
        },
    ],
    "default": {"status": 200, "body": {"json": {"Id": "x", "ExitCode": 0}}},
}


@pytest.fixture
def fake():
    with FakeEngine(SCENARIO) as engine:
        yield engine


@pytest.fixture
def client(fake):
    with dockline.DockerClient(base_url=fake.url, version="1.41") as made:
        yield made


def target(fake):
    return fake.requests()[-1]["target"]


# Facts 1 to 6: errors


def test_an_api_error_has_the_http_error_as_its_cause(client):
    with pytest.raises(requests.exceptions.RequestException) as caught:
        client.containers.get("missing")
    error = caught.value
    assert isinstance(error, (OSError, errors.DockerException))
    assert isinstance(error, errors.NotFound)
    assert isinstance(error.__cause__, requests.exceptions.HTTPError)
    assert error.response.status_code == error.status_code == 404
    assert error.response.json() == {"message": "No such container: missing"}
    assert error.explanation == "No such container: missing"
    assert str(error).startswith(
        "404 Client Error for http+docker://localhost/v1.41/containers/missing/json: "
        'Not Found ("No such container: missing")'
    )


def test_waiting_too_long(client):
    container = client.containers.get("c")
    with pytest.raises(requests.exceptions.ConnectionError, match="timed out") as it:
        container.wait(timeout=0.1)
    for kind in (requests.exceptions.ReadTimeout, socket.timeout, TimeoutError):
        assert isinstance(it.value, kind)


@pytest.mark.parametrize(
    ("timeout", "phase"),
    [
        (Timeouts(idle=0.1), "idle"),
        (Timeouts(idle=600, total=0.1), "total"),
        ((600, 0.1), "idle"),
    ],
)
def test_limits_for_each_phase(client, fake, timeout, phase):
    with pytest.raises(errors.RequestTimeout) as of_the_call:
        client.containers.get("c").wait(timeout=timeout)
    with dockline.APIClient(fake.url, version="1.41", timeout=timeout) as impatient:
        with pytest.raises(errors.RequestTimeout) as of_the_client:
            impatient._post(impatient._url("/containers/{0}/wait", "c"))
        # The engine's own waiting comes on top.
        impatient.stop("c", timeout=600)
    assert of_the_call.value.phase == of_the_client.value.phase == phase
    long = Timeouts(600, 600, 600, 600)
    with dockline.APIClient(fake.url, version="1.41", timeout=long) as patient:
        assert patient.logs("c") == b"outerr"


def test_a_container_error_keeps_its_words(client):
    container = client.containers.get("c")
    error = errors.ContainerError(container, 3, ["run", "it"], "image", b"oops")
    assert (error.exit_status, error.stderr) == (3, b"oops")
    assert error.container is container
    words = "Command '['run', 'it']' in image 'image' returned non-zero exit status 3: "
    assert str(error) == words + "b'oops'"


def test_what_may_stand_for_an_id(client, fake):
    api = client.api
    api.start({"Id": "abc"})
    assert target(fake) == "/v1.41/containers/abc/start"
    api.inspect_image({"ID": "def"})
    assert target(fake) == "/v1.41/images/def/json"
    container = client.containers.get("c")
    for call in (api.start, api.wait, api.inspect_image):
        with pytest.raises(ValueError, match="Expected a string but found <Container"):
            call(container)


def test_hints_for_old_names(client):
    with pytest.raises(AttributeError, match="APIClient"):
        _ = client.create_container
    with pytest.raises(AttributeError) as caught:
        _ = client.nonsense
    assert "APIClient" not in str(caught.value)
    with pytest.raises(TypeError, match="docker.APIClient"):
        client.containers()


# Facts 7 to 14: the client and the names that programs use


def test_head_of_a_url_made_by_hand(client, fake):
    api = client.api
    answer = api.head(api.base_url + "/things", **api._set_request_timeout({}))
    assert answer.ok and answer.headers["Content-Type"] == "application/json"
    assert (fake.requests()[-1]["method"], target(fake)) == ("HEAD", "/things")


def test_members_that_programs_assign(client, fake):
    api = client.api
    assert api.api_version == api._version == "1.41"
    assert api._general_configs.get("proxies", {}) == {}
    api._original_base_url = fake.url
    api.timeout = 5
    api._version = "1.40"
    api.inspect_image("a")
    assert target(fake) == "/v1.40/images/a/json"


def test_what_programs_patch(client):
    for name in ("get", "post", "put", "delete", "_read_from_socket"):
        with mock.patch(f"dockline.api.client.APIClient.{name}") as patched:
            assert getattr(client.api, name) is patched
    for name in ("auth.resolve_authconfig", "client.ContextAPI"):
        with mock.patch(f"dockline.{name}") as patched:
            module, _, attribute = name.partition(".")
            assert getattr(getattr(dockline, module), attribute) is patched


def test_an_api_that_is_a_mock(client):
    client.api = mock.Mock(_version="1.41")
    client.api.create_container.return_value = {"Id": "made"}
    client.api.inspect_container.return_value = {"Id": "made"}
    assert client.containers.create("image", "command", name="n").id == "made"
    assert [call[0] for call in client.api.mock_calls] == [
        "create_container",
        "inspect_container",
    ]
    given = client.api.create_container.call_args
    assert given[0] == ()
    assert given[1]["image"] == "image" and given[1]["name"] == "n"


def test_the_package_version_as_api_version():
    made = EndpointConfig(dockline.version.__version__, aliases=["a"])
    assert made == {"Aliases": ["a"]}
    assert dockline.utils.version_lt("1.41", "7.2.0")
    assert dockline.utils.version_gte("7.2.0", "1.41")


@pytest.mark.parametrize(
    "name",
    [
        *("utils.ports.build_port_bindings", "utils.ports.split_port"),
        *("utils.utils.convert_tmpfs_mounts", "utils.version_lt"),
        *("utils.version_gte", "ContextAPI", "utils.build.exclude_paths"),
        *("models.containers.Container", "models.containers.ExecResult"),
        *("models.images.Image", "models.networks.Network", "models.volumes.Volume"),
        *("types.EndpointConfig", "types.Mount", "types.LogConfig"),
        *("types.daemon.CancellableStream", "utils.socket.frames_iter"),
        *("utils.socket.STDOUT", "utils.socket.STDERR", "utils.socket.read"),
        "utils.socket.demux_adaptor",
    ],
)
def test_names_that_programs_import(name):
    module, _, attribute = f"dockline.{name}".rpartition(".")
    assert hasattr(importlib.import_module(module), attribute)


# Facts 16, 17 and 20: streams


def test_which_streams_can_be_cancelled(client, fake):
    api = client.api
    for stream in (
        api.logs("c", stream=True),
        api.attach("c", stream=True),
        api.events(),
        client.containers.get("c").exec_run("x", stream=True).output,
    ):
        assert isinstance(stream, CancellableStream)
        stream.close()
    for stream in (
        api.stats("c"),
        api.pull("busybox", stream=True),
        api.build(fileobj=tarfile_of_nothing(), custom_context=True),
        api.get_archive("c", "/")[0],
    ):
        assert not isinstance(stream, CancellableStream)
        assert iter(stream) is iter(stream)
        stream.close()


def tarfile_of_nothing():
    import io

    made = io.BytesIO()
    tarfile.open(fileobj=made, mode="w").close()
    made.seek(0)
    return made


def test_exec_results(client):
    container = client.containers.get("c")
    assert container.exec_run("x") == (0, b"outerr")
    assert container.exec_run("x", demux=True) == (0, (b"out", b"err"))
    streamed = container.exec_run("x", stream=True)
    assert streamed._fields == ("exit_code", "output")
    assert streamed.exit_code is None
    assert list(streamed.output) == [b"out", b"err"]
    code, raw = container.exec_run("x", socket=True)
    assert code is None
    raw.close()


def test_num_pools_says_that_it_has_no_effect(fake):
    with pytest.warns(UserWarning, match="max_pool_size") as told:
        dockline.APIClient(base_url=fake.url, version="1.41", num_pools=5)
    assert told[0].filename == __file__
    with pytest.warns(UserWarning, match="max_pool_size"):
        aio.AsyncAPIClient(base_url=fake.url, version="1.41", num_pools=5)


# Signatures of what is written in Rust


def test_native_functions_have_signatures():
    silent = []
    for name, member in vars(_native).items():
        if name.startswith("__"):
            continue
        if inspect.isclass(member):
            found = {
                f"{name}.{key}": value
                for key, value in vars(member).items()
                if callable(value) and not key.startswith("__")
            }
        else:
            found = {name: member} if callable(member) else {}
        for path, function in found.items():
            try:
                inspect.signature(function)
            except ValueError:
                silent.append(path)
    assert silent == []
