"""How a chain of calls of the high-level client is made with docker-py, dockline and dockline.aio, and what is compared."""

from __future__ import annotations

import asyncio
import copy
import inspect
import re
from typing import Any, Callable, NamedTuple

import docker
import docker.client
import docker.errors
import docker.types

import dockline
import dockline.aio.client
import dockline.client
import dockline.errors
import dockline.types

IMAGE = "sha256:" + "ab" * 32
OTHER = "sha256:" + "cd" * 32


class Made(NamedTuple):
    """A value that each side makes for itself, from its own modules or its own client."""

    make: Callable[[Any, Any], Any]


class Stream(NamedTuple):
    """An answer that arrives item by item."""

    items: list[Any]


class Raises(NamedTuple):
    """An answer that is an exception, by its name in `errors`."""

    name: str
    text: str = "from the script"
    status: int = 404


class Each:
    """Answers given one after the other."""

    def __init__(self, *answers: Any) -> None:
        self.answers = answers


class Call(NamedTuple):
    """One step of a chain: an attribute, called unless `args` is None."""

    name: str
    args: Any
    kwargs: dict[str, Any]


def call(step: str, /, *args: Any, **kwargs: Any) -> Call:
    return Call(step, args, kwargs)


def get(name: str) -> Call:
    return Call(name, None, {})


CONTAINER = {
    "Id": "c0ffee" * 8,
    "Name": "/web",
    "Image": IMAGE,
    "Config": {"Labels": {"a": "b"}},
    "State": {"Status": "running", "Health": {"Status": "healthy"}},
    "HostConfig": {"LogConfig": {"Type": "json-file"}},
    "NetworkSettings": {"Ports": {"80/tcp": None}},
}
SERVICE = {
    "ID": "svc",
    "Version": {"Index": 7},
    "Spec": {
        "Name": "web",
        "Mode": {"Replicated": {"Replicas": 1}},
        "TaskTemplate": {
            "ContainerSpec": {"Image": "nginx", "TTY": True},
            "ForceUpdate": 3,
        },
    },
}
ANSWERS: dict[str, Any] = {
    "attach": b"out",
    "attach_socket": "socket",
    "build": Stream(
        [b'{"stream": "Step 1"}\r\n{"stream": "Successfully built abc123\\n"}\r\n']
    ),
    "commit": {"Id": "committed"},
    "configs": [
        {"ID": "1", "Spec": {"Name": "one"}},
        {"ID": "2", "Spec": {"Name": "two"}},
    ],
    "containers": [{"Id": "c1", "Image": "i", "State": "exited"}, {"Id": "c2"}],
    "create_config": {"ID": "cfg"},
    "create_container": {"Id": "created", "Warnings": None},
    "create_network": {"Id": "net"},
    "create_plugin": True,
    "create_secret": {"ID": "sec"},
    "create_service": {"ID": "svc"},
    "create_swarm_spec": lambda **kwargs: {"spec of": kwargs},
    "create_volume": {"Name": "vol"},
    "diff": [{"Path": "/x", "Kind": 0}],
    "exec_create": {"Id": "exec"},
    "exec_inspect": {"ExitCode": 3},
    "exec_start": b"output",
    "get_archive": (["bits"], {"name": "x"}),
    "history": [{"Id": "h"}],
    "images": [{"Id": IMAGE}, {"Id": OTHER}],
    "init_swarm": "node-id",
    "inspect_config": {"ID": "cfg", "Spec": {"Name": "one"}},
    "inspect_container": CONTAINER,
    "inspect_distribution": {
        "Descriptor": {"digest": IMAGE},
        "Platforms": [
            {"os": "linux", "architecture": "amd64"},
            {"os": "linux", "architecture": "arm", "variant": "v7"},
        ],
    },
    "inspect_image": {
        "Id": IMAGE,
        "RepoTags": ["a:1", "<none>:<none>"],
        "Config": {"Labels": None},
    },
    "inspect_network": {"Id": "net", "Name": "n", "Containers": {"c1": {}, "c2": {}}},
    "inspect_node": {"ID": "node", "Version": {"Index": 4}},
    "inspect_plugin": {
        "Id": "p",
        "Name": "plug:latest",
        "Enabled": False,
        "Settings": {"Env": []},
    },
    "inspect_secret": {"ID": "sec", "Spec": {"Name": "one"}},
    "inspect_service": SERVICE,
    "inspect_swarm": {"ID": "swarm", "Version": {"Index": 9}},
    "inspect_volume": {"Name": "vol"},
    "load_image": Stream(
        [
            {"stream": "Loaded image: a:1\n"},
            {"stream": f"Loaded image ID: {OTHER}\n"},
            {"status": "x"},
        ]
    ),
    "logs": lambda *_, stream=False, **__: (
        Stream([b"one\n", b"two\n"]) if stream else b"err"
    ),
    "networks": [{"Id": "n1"}, {"Id": "n2"}],
    "nodes": [{"ID": "1"}],
    "plugin_privileges": [{"Name": "network", "Value": ["host"]}],
    "plugins": [{"Id": "p", "Name": "plug"}],
    "pull": Stream([b'{"status": "Pulling"}\r\n', b'{"status": "Done"}\r\n']),
    "pull_plugin": Stream([{"status": "x"}]),
    "push": '{"status": "Pushed"}\r\n',
    "push_plugin": Stream([{"status": "x"}]),
    "secrets": [{"ID": "1", "Spec": {"Name": "one"}}],
    "service_logs": Stream([b"line\n"]),
    "services": [SERVICE],
    "tasks": [{"ID": "t"}],
    "upgrade_plugin": Stream([{"status": "x"}]),
    "version": {"Os": "linux", "Arch": "amd64"},
    "volumes": {"Volumes": [{"Name": "v"}], "Warnings": None},
    "wait": {"StatusCode": 0},
}


class Api:
    """Records calls and answers from a script."""

    def __init__(
        self, module: Any, answers: dict[str, Any], version: str, asynchronous: bool
    ) -> None:
        self._module, self._answers, self._version, self._asynchronous = (
            module,
            {**ANSWERS, **answers},
            version,
            asynchronous,
        )
        self.calls: list[Any] = []

    async def _ensure_version(self) -> str:
        return self._version

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)

        def answer(*args: Any, **kwargs: Any) -> Any:
            self.calls.append((name, plain(args), plain(kwargs)))
            given = self._answers.get(name, f"answer of {name}")
            if isinstance(given, Each):
                given, self._answers[name] = given.answers[0], Each(*given.answers[1:])
            if callable(given):
                given = given(*args, **kwargs)
            if isinstance(given, Raises):
                raise self.error(given)
            if isinstance(given, Stream):
                return (
                    AsyncItems(given.items)
                    if self._asynchronous
                    else (copy.deepcopy(item) for item in given.items)
                )
            return copy.deepcopy(given)

        async def answer_later(*args: Any, **kwargs: Any) -> Any:
            return answer(*args, **kwargs)

        plain_methods = ("close", "create_swarm_spec")
        return (
            answer_later if self._asynchronous and name not in plain_methods else answer
        )

    def error(self, given: Raises) -> Exception:
        kind = getattr(self._module.errors, given.name)
        if not issubclass(kind, self._module.errors.APIError):
            return kind(given.text)
        response = type(
            "Response", (), {"status_code": given.status, "url": "u", "reason": "r"}
        )()
        return kind(given.text, response=response, explanation="words")


class AsyncItems:
    """A stream for the asynchronous client."""

    def __init__(self, items: list[Any]) -> None:
        self.items = iter(copy.deepcopy(items))

    def __aiter__(self) -> AsyncItems:
        return self

    async def __anext__(self) -> Any:
        for item in self.items:
            return item
        raise StopAsyncIteration


def plain(value: Any) -> Any:
    """Copy a value with everything that belongs to one side taken out."""
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return value


def described(value: Any) -> Any:
    """Describe a result so that results of different sides can be compared."""
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return type(value).__name__, value._fields, [described(item) for item in value]
    if isinstance(value, (list, tuple)):
        return type(value).__name__, [described(item) for item in value]
    if hasattr(value, "attrs") and hasattr(value, "collection"):
        return (
            type(value).__name__,
            plain(value.attrs),
            shown(lambda: repr(value)),
            shown(lambda: value.id),
            shown(lambda: value.short_id),
        )
    return plain(value)


def shown(read: Callable[[], Any]) -> Any:
    try:
        return read()
    except Exception as error:
        return type(error).__name__, str(error)


async def settled(value: Any) -> Any:
    """Await what can be awaited and read streams to their end."""
    if inspect.isawaitable(value):
        value = await value
    if hasattr(value, "__aiter__"):
        return [item async for item in value]
    if hasattr(value, "__next__"):
        return list(value)
    if isinstance(value, tuple):
        items = [await settled(item) for item in value]
        return type(value)(*items) if hasattr(value, "_fields") else tuple(items)
    return value


async def walk(client: Any, module: Any, chain: Any) -> Any:
    value = client
    for step in chain:
        value = getattr(value, step.name)
        if step.args is not None:
            value = value(
                *resolved(step.args, module, client),
                **resolved(step.kwargs, module, client),
            )
        if inspect.isawaitable(value) and not (
            step is chain[-1] and hasattr(value, "attrs")
        ):
            value = await value
    return described(await settled(value))


def resolved(value: Any, module: Any, client: Any) -> Any:
    if isinstance(value, Made):
        return value.make(module, client)
    if isinstance(value, dict):
        return {key: resolved(item, module, client) for key, item in value.items()}
    if isinstance(value, tuple):
        return tuple(resolved(item, module, client) for item in value)
    if isinstance(value, list):
        return [resolved(item, module, client) for item in value]
    return copy.deepcopy(value)


SIDES = {
    "docker": (docker, docker.client.DockerClient, False),
    "dockline": (dockline, dockline.client.DockerClient, False),
    "dockline.aio": (dockline, dockline.aio.client.AsyncDockerClient, True),
}


def run(side: str, row: Row) -> Any:
    module, cls, asynchronous = SIDES[side]
    client = cls.__new__(cls)
    client.api = api = Api(module, row.answers, row.version, asynchronous)
    try:
        result = asyncio.run(walk(client, module, row.chain))
    except Exception as error:
        text = re.sub(r"0x[0-9a-f]+", "0x", str(error)).replace(
            "AsyncDockerClient", "DockerClient"
        )
        extra = {
            name: described(value)
            for name, value in vars(error).items()
            if name in {"exit_status", "stderr", "command", "image", "msg"}
        }
        log = list(error.build_log) if hasattr(error, "build_log") else None
        result = ("raised", type(error).__name__, text, extra, log)
    return result, api.calls


class Row(NamedTuple):
    """One comparison."""

    name: str
    chain: list[Call]
    answers: dict[str, Any]
    version: str


ROWS: list[Row] = []


def row(label: str, /, *chain: Call, version: str = "1.45", **answers: Any) -> None:
    ROWS.append(Row(label, list(chain), answers, version))
