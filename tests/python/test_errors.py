"""Exceptions: classes, words, fields, ancestors, pickling."""

from __future__ import annotations

import pickle
import socket
import subprocess
import sys
import textwrap

import pytest

import dockline
from dockline import _native, errors
from fake import FakeEngine

WITHOUT_REQUESTS = """
import sys
import dockline
from dockline import errors
{body}
assert not {{"requests", "urllib3"}} & set(sys.modules), "requests was imported"
"""


def alone(body):
    """Run code in an interpreter that has not imported `requests`."""
    code = WITHOUT_REQUESTS.format(body=textwrap.dedent(body))
    subprocess.run([sys.executable, "-W", "error", "-c", code], check=True)


def refused(fake, name="x"):
    with dockline.APIClient(base_url=fake.url, version="1.41") as api:
        with pytest.raises(errors.APIError) as caught:
            api.inspect_container(name)
    return caught.value


def answering(status, body):
    return FakeEngine({"default": {"status": status, "body": body}})


def test_an_api_error_reads_as_in_docker_py():
    with answering(404, {"json": {"message": "No such container: x"}}) as fake:
        error = refused(fake)
    assert type(error) is errors.NotFound
    assert str(error) == (
        "404 Client Error for http+docker://localhost/v1.41/containers/x/json: "
        'Not Found ("No such container: x")'
    )
    assert (error.status_code, error.explanation) == (404, "No such container: x")
    assert error.is_error() and error.is_client_error() and not error.is_server_error()
    assert error.response.json() == {"message": "No such container: x"}
    assert error.response.reason == "Not Found"
    assert type(error.__cause__).__name__ == "HTTPError"
    assert str(error.__cause__).startswith(
        "404 Client Error: Not Found for url: http+docker"
    )
    assert error.kind == "container_not_found"
    assert error.hint


@pytest.mark.parametrize(
    "words",
    [
        "No such image: x:latest",
        "pull access denied for x, repository does not exist or may require 'docker login'",
        "image with reference x was found but does not match the specified platform",
    ],
)
def test_absent_images(words):
    with answering(404, {"json": {"message": words}}) as fake:
        assert isinstance(refused(fake), errors.ImageNotFound)


@pytest.mark.parametrize(
    ("body", "explanation"),
    [
        ("oops\n", "oops"),
        ({"json": ["list"]}, '["list"]'),
        ({"json": {"a": 1}}, '{"a":1}'),
        ("", ""),
    ],
)
def test_answers_without_a_message(body, explanation):
    with answering(500, body) as fake:
        error = refused(fake)
    assert error.explanation == explanation
    assert error.is_server_error()
    assert type(error) is errors.APIError


def test_a_refused_version_is_both_errors():
    words = "client version 1.41 is too new. Maximum supported API version is 1.24"
    with answering(400, {"json": {"message": words}}) as fake:
        error = refused(fake)
    assert isinstance(error, errors.InvalidVersion)
    assert error.explanation == words


def test_every_kind_has_an_exception():
    for kind in _native.kinds():
        error = _native.failure(kind, "it happened")
        assert isinstance(error, errors.DockerException), kind
        assert error.kind == kind
        assert error.summary == "it happened"
        twin = pickle.loads(pickle.dumps(error))
        assert (type(twin), str(twin), twin.kind) == (type(error), str(error), kind)


def test_no_daemon():
    with pytest.raises(errors.DockerException) as auto:
        dockline.APIClient(base_url="unix:///nowhere.sock")
    words = "('Connection aborted.', FileNotFoundError(2, 'No such file or directory'))"
    begin = f"Error while fetching server API version: {words}: there is no engine at "
    assert str(auto.value).startswith(begin)
    assert auto.value.kind == "daemon_not_found"
    with pytest.raises(errors.DaemonNotFound) as pinned:
        dockline.APIClient(base_url="unix:///nowhere.sock", version="1.41").ping()
    assert str(pinned.value).startswith(
        f"{words}: there is no engine at unix:///nowhere.sock"
    )
    assert pinned.value.hint
    assert str(pinned.value).endswith(pinned.value.hint)


def test_nobody_listens(tmp_path):
    path = str(tmp_path / "stale.sock")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path)
    with pytest.raises(errors.DaemonRefused, match="ConnectionRefusedError"):
        dockline.APIClient(base_url=f"unix://{path}", version="1.41").ping()


def test_a_timeout_is_every_timeout():
    import requests

    with FakeEngine("wedge") as fake:
        api = dockline.APIClient(base_url=fake.url, version="1.41", timeout=0.2)
        with pytest.raises(errors.RequestTimeout) as caught:
            api.containers()
    error = caught.value
    assert isinstance(error, requests.exceptions.ReadTimeout)
    assert isinstance(error, requests.exceptions.ConnectionError)
    assert isinstance(error, socket.timeout)
    assert "Read timed out. (read timeout=0.2)" in str(error)


def test_requests_ancestors():
    import requests
    import urllib3

    with answering(404, "no") as fake:
        error = refused(fake)
    names = [cls.__name__ for cls in errors.APIError.__mro__]
    assert names == [
        "APIError",
        "HTTPError",
        "RequestException",
        "OSError",
        "DockerException",
        "Exception",
        "BaseException",
        "object",
    ]
    assert isinstance(error, requests.exceptions.HTTPError)
    assert isinstance(error.__cause__, requests.exceptions.HTTPError)
    assert issubclass(errors.DaemonNotFound, requests.exceptions.ConnectionError)
    assert issubclass(errors.TLSError, requests.exceptions.SSLError)
    assert issubclass(errors.StreamBroken, urllib3.exceptions.ProtocolError)
    assert pickle.loads(pickle.dumps(error)).status_code == 404


def test_without_requests():
    alone(
        """
        error = errors.NotFound("x", response=None, explanation="why")
        assert isinstance(error, OSError)
        assert str(error) == 'x ("why")', str(error)
        names = [cls.__name__ for cls in type(error).__mro__]
        assert names == ["NotFound", "APIError", "HTTPError", "OSError",
                         "DockerException", "Exception", "BaseException", "object"], names
        try:
            dockline.APIClient(base_url="unix:///nowhere.sock", version="1.41").ping()
        except errors.DaemonNotFound as error:
            assert "FileNotFoundError" in str(error)
        """
    )


def test_requests_imported_later():
    code = """
    import dockline.errors as errors
    early = errors.APIError("early")
    import requests
    late = errors.NotFound("late")
    assert isinstance(late, requests.exceptions.HTTPError)
    assert isinstance(early, requests.exceptions.HTTPError)
    assert type(late) is errors.NotFound
    """
    subprocess.run([sys.executable, "-c", textwrap.dedent(code)], check=True)


def test_plain_errors_keep_fields_and_words():
    error = errors.ContainerError("c", 3, "cmd", "img", b"err")
    assert (
        str(error)
        == "Command 'cmd' in image 'img' returned non-zero exit status 3: b'err'"
    )
    twin = pickle.loads(pickle.dumps(error))
    assert (twin.container, twin.exit_status, twin.stderr) == ("c", 3, b"err")
    build = errors.BuildError("why", iter(["a"]))
    assert (build.msg, list(build.build_log)) == ("why", ["a"])
    assert str(errors.ContextNotFound("n")) == "context 'n' not found"
    assert "TLS configurations should map" in str(errors.TLSParameterError("bad"))
    assert isinstance(errors.NullResource("x"), ValueError)
    assert errors.StreamParseError("r").msg == "r"


@pytest.mark.parametrize(
    ("names", "words"),
    [
        (["b"], "run() got an unexpected keyword argument 'b'"),
        (["b", "a"], "run() got unexpected keyword arguments 'a', 'b'"),
    ],
)
def test_unexpected_keyword_arguments(names, words):
    error = errors.create_unexpected_kwargs_error("run", dict.fromkeys(names))
    assert isinstance(error, TypeError)
    assert str(error) == words
