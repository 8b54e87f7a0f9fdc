"""The high-level client: no failure passes for success, and the surface is the original's.

Which low-level methods are called, and how, is compared row by row in tests/differential/test_models_calls.py.
"""

from __future__ import annotations

import asyncio
import copy
import inspect
import json
import pickle
from typing import Any
from unittest import mock

import docker.client
import docker.errors
import docker.models.containers
import docker.models.images
import docker.models.resource
import docker.models.services
import pytest

import dockline.aio.client
import dockline.client
from dockline import errors
from dockline.models import containers, images, services
from dockline.utils.progress import (
    BuildLog,
    ProgressReader,
    check_messages,
    failure,
    failure_in,
)

FAILED = {
    "errorDetail": {"code": 5, "message": "disk full"},
    "error": "disk full (short)",
}


class Api:
    """Answers what it was told; everything else is an empty dict."""

    _version = "1.45"

    def __init__(self, **answers: Any) -> None:
        self.answers = answers

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        answer = self.answers.get(name, {})
        return answer if callable(answer) else lambda *args, **kwargs: answer


class Client(dockline.client.DockerClient):
    """The client over an `Api`."""

    def __init__(self, **answers: Any) -> None:
        self.api: Any = Api(**answers)


def lines(*messages: Any) -> list[bytes]:
    return [json.dumps(message).encode() + b"\r\n" for message in messages]


# ------------------------------------------------------------------ no false success


def pieces(data: bytes, size: int) -> list[bytes]:
    return [data[start : start + size] for start in range(0, len(data), size)]


@pytest.mark.parametrize("size", [1, 2, 3, 7, 64, 10_000])
def test_a_pull_that_fails_raises(size: int) -> None:
    data = b"".join(lines({"status": "Pülling"}, FAILED, {"status": "after"}))
    with pytest.raises(errors.APIError) as caught:
        Client(pull=iter(pieces(data, size))).images.pull("busybox")
    assert str(caught.value) == 'Pull of busybox:latest failed ("disk full")'
    assert caught.value.explanation == caught.value.engine_message == "disk full"
    assert caught.value.response is None
    assert caught.value.status_code is None
    assert not isinstance(caught.value, errors.NotFound)


@pytest.mark.parametrize(
    "words",
    [
        "manifest for busybox:x not found: manifest unknown: manifest unknown",
        "pull access denied for x, repository does not exist or may require 'docker login'",
        "No such image: x",
        "image with reference x was found but does not match the specified platform: wanted linux/arm64",
    ],
)
def test_a_pull_of_a_missing_image(words: str) -> None:
    for message in ({"error": words}, {"errorDetail": {"message": words}}):
        with pytest.raises(errors.ImageNotFound):
            Client(pull=lines(message)).images.pull("x", all_tags=True)


def test_a_pull_that_ends_in_the_middle() -> None:
    with pytest.raises(errors.Truncated):
        Client(pull=[b'{"status": "x"}\r\n{"sta']).images.pull("x")


def test_run_passes_on_a_failed_pull() -> None:
    def missing(**kwargs: Any) -> Any:
        raise errors.ImageNotFound("missing")

    with pytest.raises(errors.APIError, match="disk full"):
        Client(create_container=missing, pull=lines(FAILED)).containers.run("x")


def test_a_push_that_fails_raises() -> None:
    text = b"".join(lines({"status": "x"}, {"error": "denied"})).decode()
    with pytest.raises(errors.APIError, match='Push of r:t failed \\("denied"\\)'):
        Client(push=text).images.push("r", tag="t")


@pytest.mark.parametrize("decode", [False, True])
def test_a_streamed_push_gives_the_message_then_raises(decode: bool) -> None:
    messages: list[Any] = [{"status": "x"}, FAILED, {"status": "after"}]
    items = messages if decode else lines(*messages)
    stream = Client(push=iter(items)).images.push("r", stream=True, decode=decode)
    assert iter(stream) is stream
    assert [next(stream), next(stream)] == items[:2]
    with pytest.raises(errors.APIError, match="disk full"):
        next(stream)
    assert list(stream) == []


def test_a_streamed_push_is_otherwise_left_alone() -> None:
    class Progress:
        closed = False

        def __iter__(self) -> Any:
            return iter(lines({"status": "x"}))

        def close(self) -> None:
            self.closed = True

    inner = Progress()
    stream = Client(push=inner).images.push("r", stream=True)
    assert list(stream) == lines({"status": "x"})
    stream.close()
    assert inner.closed


def test_a_streamed_push_that_ends_in_the_middle() -> None:
    stream = Client(push=iter([b'{"status": "x"}{'])).images.push("r", stream=True)
    with pytest.raises(errors.Truncated):
        list(stream)


def test_an_answer_that_is_no_stream_is_passed_on() -> None:
    answer = mock.MagicMock()
    assert Client(push=answer.push).images.push("r") is answer.push.return_value


@pytest.mark.parametrize(
    "message",
    [FAILED, {"error": "disk full"}, {"errorDetail": {"message": "disk full"}}],
)
def test_a_load_that_fails_raises(message: Any) -> None:
    with pytest.raises(errors.ImageLoadError, match="^disk full$"):
        Client(load_image=[{"stream": "Loaded image: x\n"}, message]).images.load(b"")


@pytest.mark.parametrize("size", [1, 5, 10_000])
def test_a_build_that_fails_raises(size: int) -> None:
    messages = [
        {"stream": "Step 1/2 : FROM x\n"},
        {"errorDetail": {"message": "no"}, "error": "no"},
    ]
    data = b"".join(lines(*messages))
    with pytest.raises(errors.BuildError, match="^no$") as caught:
        Client(build=iter(pieces(data, size))).images.build(path="x")
    assert caught.value.msg == "no"
    assert list(caught.value.build_log) == messages
    assert list(caught.value.build_log) == messages, "the log can be read again"


def test_a_build_that_ends_in_the_middle() -> None:
    data = b"".join(lines({"stream": "Successfully built abc\n"})) + b'{"stream": "Succ'
    with pytest.raises(errors.Truncated):
        Client(build=[data]).images.build(path="x")


def test_plugins_that_fail() -> None:
    client = Client(
        pull_plugin=[FAILED],
        upgrade_plugin=iter([{"status": "x"}, FAILED]),
        push_plugin=[FAILED],
    )
    with pytest.raises(errors.APIError, match="Installation of plugin p failed"):
        client.plugins.install("p")
    plugin = client.plugins.prepare_model({"Id": "x", "Name": "p", "Enabled": False})
    upgrade = plugin.upgrade()
    assert [next(upgrade), next(upgrade)] == [{"status": "x"}, FAILED]
    with pytest.raises(errors.APIError, match="Upgrade of plugin p failed"):
        next(upgrade)
    with pytest.raises(errors.APIError, match="Push of plugin p failed"):
        list(plugin.push())


def test_upgrading_an_enabled_plugin() -> None:
    plugin = Client().plugins.prepare_model({"Name": "p", "Enabled": True})
    with pytest.raises(
        errors.DockerException, match="Plugin must be disabled before upgrading."
    ):
        next(plugin.upgrade())


def test_asynchronous_failures() -> None:
    class Later(Api):
        async def _ensure_version(self) -> str:
            return self._version

        def __getattr__(self, name: str) -> Any:
            answer = super().__getattr__(name)

            async def later(*args: Any, **kwargs: Any) -> Any:
                given = answer(*args, **kwargs)
                return items(given) if isinstance(given, list) else given

            return later

    async def items(given: list[Any]) -> Any:
        for item in given:
            yield item

    async def scenario() -> None:
        client = dockline.aio.client.AsyncDockerClient.__new__(
            dockline.aio.client.AsyncDockerClient
        )
        client.api = Later(  # type: ignore[assignment]
            pull=lines(FAILED),
            push=lines(FAILED),
            load_image=[FAILED],
            build=lines(FAILED),
            pull_plugin=[FAILED],
            push_plugin=[FAILED],
        )
        with pytest.raises(errors.APIError, match="disk full"):
            await client.images.pull("x")
        with pytest.raises(errors.ImageLoadError):
            await client.images.load(b"")
        with pytest.raises(errors.BuildError):
            await client.images.build(path="x")
        with pytest.raises(errors.APIError):
            await client.plugins.install("x")
        seen = []
        with pytest.raises(errors.APIError):
            async for item in await client.images.push("x", stream=True):
                seen.append(item)
        assert seen == lines(FAILED)

    asyncio.run(scenario())


# ------------------------------------------------------------------ progress


@pytest.mark.parametrize("size", range(1, 40))
def test_messages_cut_anywhere(size: int) -> None:
    messages = [{"a": "é {x}"}, {"b": {"c": ["}", "\n"]}}, {"d": 1}]
    data = (
        "\r\n".join(
            json.dumps(message, ensure_ascii=False) for message in messages
        ).encode()
        + b"\n"
    )
    reader = ProgressReader()
    assert [m for piece in pieces(data, size) for m in reader.feed(piece)] == messages
    reader.finish()


def test_messages_without_anything_between() -> None:
    reader = ProgressReader()
    assert reader.feed('{"a":1}{"b":2}\x1e{"c":3}') == [{"a": 1}, {"b": 2}, {"c": 3}]


def test_what_is_no_message_is_passed_over() -> None:
    reader = ProgressReader()
    assert reader.feed(b"text }\n{broken}\n[1]\n5\n") == []
    assert reader.feed(b'{"a": 1}') == [{"a": 1}]
    assert reader.feed(None) == []
    assert reader.feed({"b": 2}) == [{"b": 2}]
    reader.finish()


def test_messages_are_bounded(monkeypatch: Any) -> None:
    monkeypatch.setattr("dockline.utils.progress.MESSAGE_LIMIT", 100)
    with pytest.raises(errors.StreamParseError):
        ProgressReader().feed('{"a": "' + "x" * 100)


@pytest.mark.parametrize(
    ("message", "words"),
    [
        ({"error": "a"}, "a"),
        (FAILED, "disk full"),
        ({"errorDetail": {"message": "b"}}, "b"),
        ({"errorDetail": {"code": 1}}, "the engine gave no reason"),
        ({"error": "", "errorDetail": {}}, None),
        ({"status": "error"}, None),
        ("error", None),
        (None, None),
    ],
)
def test_what_counts_as_failure(message: Any, words: Any) -> None:
    assert failure_in(message) == words


def test_failures_are_caught_as_before() -> None:
    with pytest.raises(OSError, match="x failed"):
        check_messages("x", [{"status": "a"}, FAILED])
    assert pickle.loads(pickle.dumps(failure("x", "words"))).explanation == "words"


def test_build_log() -> None:
    log = BuildLog()
    assert list(log) == []
    for number in range(3):
        log.append(number)
    assert next(log) == 0
    assert list(log) == [1, 2]
    assert list(log) == [0, 1, 2]
    assert len(log) == 3


# ------------------------------------------------------------------ models


def test_equality_hash_and_repr() -> None:
    client = Client()
    one, same, other = (
        client.containers.prepare_model({"Id": name * 20}) for name in "aab"
    )
    assert one == same != other
    assert hash(one) == hash(same)
    assert len({one, same, other}) == 2
    assert one != client.networks.prepare_model({"Id": "a" * 20})
    assert one != "a" * 20
    theirs = docker.models.containers.Container({"Id": "a" * 20})
    assert (repr(one), hash(one)) == (repr(theirs), hash(theirs))
    image, their_image = (
        images.Image({"Id": "x", "RepoTags": ["a", "b"]}),
        docker.models.images.Image({"Id": "x", "RepoTags": ["a", "b"]}),
    )
    assert repr(image) == repr(their_image) == "<Image: 'a', 'b'>"


def test_prepare_model_adopts_models() -> None:
    client = Client()
    model = containers.Container({"Id": "x"})
    assert client.containers.prepare_model(model) is model
    assert model.client is client
    assert model.collection.__class__ is containers.ContainerCollection


def test_reload_keeps_the_object() -> None:
    network = Client(inspect_network={"Id": "n", "Name": "new"}).networks.prepare_model(
        {"Id": "n", "Name": "old"}
    )
    assert network.reload() is None
    assert network.name == "new"


def test_models_pickle_and_copy() -> None:
    model = containers.Container({"Id": "x", "Name": "/n"})
    for made in (
        pickle.loads(pickle.dumps(model)),
        copy.copy(model),
        copy.deepcopy(model),
    ):
        assert made == model
        assert made.name == "n"
    result = containers.ExecResult(0, b"x")
    assert pickle.loads(pickle.dumps(result)) == result == (0, b"x")


def test_tasks_leaves_its_mark_on_the_callers_filters() -> None:
    given: dict[str, Any] = {"node": "n"}
    Client(tasks=[]).services.prepare_model({"ID": "s"}).tasks(filters=given)
    assert given == {"node": "n", "service": "s"}


def test_pull_with_stream_warns() -> None:
    with pytest.warns(
        UserWarning,
        match="`stream` is not a valid parameter for this method and will be overridden",
    ) as caught:
        Client(pull=[]).images.pull("x", stream=True)
    assert caught[0].filename == __file__


def test_lists_of_arguments() -> None:
    assert containers.RUN_CREATE_KWARGS == docker.models.containers.RUN_CREATE_KWARGS
    assert (
        containers.RUN_HOST_CONFIG_KWARGS
        == docker.models.containers.RUN_HOST_CONFIG_KWARGS
    )
    for name in (
        "CONTAINER_SPEC_KWARGS",
        "TASK_TEMPLATE_KWARGS",
        "CREATE_SERVICE_KWARGS",
        "PLACEMENT_KWARGS",
    ):
        assert getattr(services, name) == getattr(docker.models.services, name)


def surface(cls: type) -> dict[str, Any]:
    return {
        name: inspect.getattr_static(cls, name)
        for name in dir(cls)
        if not name.startswith("_") or name in {"__init__", "__call__"}
    }


def shape(function: Any) -> Any:
    function = getattr(function, "__func__", function)
    return [
        (p.name, p.default, p.kind)
        for p in inspect.signature(function).parameters.values()
    ]


MODULES = [
    "configs",
    "containers",
    "images",
    "networks",
    "nodes",
    "plugins",
    "resource",
    "secrets",
    "services",
    "swarm",
    "volumes",
]


@pytest.mark.parametrize("name", MODULES)
def test_surface(name: str) -> None:
    theirs = __import__(f"docker.models.{name}", fromlist=["x"])
    mine = __import__(f"dockline.models.{name}", fromlist=["x"])
    later = __import__(f"dockline.aio.models.{name}", fromlist=["x"])
    for title, cls in vars(theirs).items():
        if not inspect.isclass(cls) or cls.__module__ != theirs.__name__:
            if inspect.isfunction(cls) and cls.__module__ == theirs.__name__:
                assert shape(getattr(mine, title)) == shape(cls), title
            continue
        for module in (mine, later):
            own = getattr(module, title)
            assert own.__name__ == title
            for attribute, value in surface(cls).items():
                found = inspect.getattr_static(own, attribute)
                assert isinstance(found, property) == isinstance(value, property), (
                    f"{title}.{attribute}"
                )
                if inspect.isfunction(value):
                    assert shape(found) == shape(value), f"{title}.{attribute}"
                if attribute not in {"__init__", "model", "id_attribute"}:
                    assert inspect.getdoc(found), f"{title}.{attribute} says nothing"


@pytest.mark.parametrize(
    "cls", [dockline.client.DockerClient, dockline.aio.client.AsyncDockerClient]
)
def test_surface_of_the_client(cls: Any) -> None:
    for name, value in surface(docker.client.DockerClient).items():
        own = inspect.getattr_static(cls, name)
        assert isinstance(own, type(value)), name
        if not isinstance(value, property):
            assert shape(own) == shape(value), name
            assert inspect.getdoc(own), name
