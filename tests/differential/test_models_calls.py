"""The high-level client against the original: which low-level methods are called, with exactly which arguments.

Each row is a chain of attributes and calls that starts at the client. It runs three times: with docker-py, with dockline,
and with dockline.aio, each over an `api` that records and gives scripted answers. Calls, results and errors must be equal.
"""

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
import pytest

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


# ------------------------------------------------------------------ the client itself

for method in ("events", "info", "login", "ping", "version"):
    row(f"client.{method}", call(method, 1, x=2))
row("client.df", call("df"))
row("client.df with arguments", call("df", 1))
row("client.close", call("close"))
for collection in (
    "configs",
    "containers",
    "images",
    "networks",
    "nodes",
    "plugins",
    "secrets",
    "services",
    "volumes",
):
    row(f"calling client.{collection}", call(collection))
for name in ("create_container", "nonsense", "inspect_image", "base_url"):
    row(f"client.{name}", get(name))

# ------------------------------------------------------------------ containers

ONE = (get("containers"), call("get", "web"))
for name in (
    "name",
    "image",
    "labels",
    "status",
    "health",
    "ports",
    "id",
    "short_id",
    "attrs",
):
    row(f"container.{name}", *ONE, get(name))
for attrs in (
    {"Id": "x", "Image": "i", "State": "exited"},
    {"Id": "x", "ImageID": IMAGE, "Image": "y", "Config": {"Labels": {}}},
    {"Id": "x", "ImageID": None, "Image": "y", "Name": None},
    {"Id": "x", "State": {}, "NetworkSettings": {}},
    {},
):
    for name in (
        "name",
        "image",
        "labels",
        "status",
        "health",
        "ports",
        "id",
        "short_id",
    ):
        row(f"container.{name} of {attrs}", *ONE, get(name), inspect_container=attrs)

for name, kwargs in (
    ("attach", {"stream": True, "logs": True}), ("attach_socket", {"params": {"stdin": 1}, "ws": False}), ("commit", {}),
    ("commit", {"repository": "r", "tag": "t", "message": "m", "pause": False}), ("diff", {}), ("export", {}), ("export", {"chunk_size": None}),
    ("get_archive", {"path": "/x"}), ("get_archive", {"path": "/x", "chunk_size": 5, "encode_stream": True}), ("kill", {}),
    ("kill", {"signal": 9}), ("logs", {}), ("logs", {"stream": True, "follow": True, "tail": 5, "since": 1}), ("pause", {}),
    ("put_archive", {"path": "/x", "data": b"tar"}), ("remove", {}), ("remove", {"v": True, "link": False, "force": True}),
    ("rename", {"name": "n"}), ("resize", {"height": 1, "width": 2}), ("restart", {}), ("restart", {"timeout": 3}), ("start", {}),
    ("stats", {"decode": True}), ("stats", {"stream": False}), ("stop", {}), ("stop", {"timeout": 3}), ("top", {}), ("top", {"ps_args": "aux"}),
    ("unpause", {}), ("update", {"cpu_shares": 3}), ("wait", {}), ("wait", {"timeout": 3, "condition": "removed"}), ("reload", {}),
):  # fmt: skip
    row(f"container.{name}({kwargs})", *ONE, call(name, **kwargs))
for kwargs in (
    {}, {"stdout": False, "stderr": False, "stdin": True, "tty": True, "privileged": True, "user": "u", "environment": {"a": "b"}, "workdir": "/"},
    {"detach": True}, {"socket": True}, {"demux": True},
):  # fmt: skip
    row(f"container.exec_run({kwargs})", *ONE, call("exec_run", ["ls"], **kwargs))
row(
    "container.exec_run streamed",
    *ONE,
    call("exec_run", "ls", stream=True),
    exec_start=Stream([b"a", b"b"]),
)
row(
    "container.exec_run streamed and demuxed",
    *ONE,
    call("exec_run", "ls", stream=True, demux=True),
    exec_start=Stream([(b"a", None)]),
)
row(
    "container.exec_run refused",
    *ONE,
    call("exec_run", "ls"),
    exec_create=Raises("APIError", status=409),
)
for name in ("get_archive", "put_archive", "rename", "resize", "exec_run"):
    row(f"container.{name} without arguments", *ONE, call(name))

for args in ((), (True,), ("", "b"), (True, None, {"status": "running"}, 3, "s")):
    row(f"containers.list{args}", get("containers"), call("list", *args))
row("containers.list sparse", get("containers"), call("list", sparse=True))
row(
    "containers.list of none",
    get("containers"),
    call("list", all=True, ignore_removed=True),
    containers=[],
)
GONE = Each(CONTAINER, Raises("NotFound"))
row(
    "containers.list with one gone",
    get("containers"),
    call("list"),
    inspect_container=GONE,
)
row(
    "containers.list ignoring one gone",
    get("containers"),
    call("list", ignore_removed=True),
    inspect_container=GONE,
)
row(
    "containers.get of none",
    get("containers"),
    call("get", "x"),
    inspect_container=Raises("NotFound"),
)
row(
    "containers.get of nonsense",
    get("containers"),
    call("get", "x"),
    inspect_container=5,
)
row("containers.prune", get("containers"), call("prune"))
row(
    "containers.prune filtered",
    get("containers"),
    call("prune", filters={"until": "1h"}),
)

CREATE: list[dict[str, Any]] = [
    {},
    {"command": "echo hi", "name": "n", "environment": {"A": "b"}, "labels": ["x"], "tty": True, "stdin_open": True, "user": 5},
    {"ports": {"80/tcp": 8080, 53: None, "53/udp": [1, 2], "1/tcp": ("127.0.0.1", 3)}},
    {"ports": {}},
    {"ports": {"80": {"HostPort": 1}}},
    {"volumes": {"/a": {"bind": "/b", "mode": "ro"}, "v": {"bind": "/c"}}},
    {"volumes": ["/a:/b", "/c", "v:/d:ro", "/e:rw", "C:\\x:C:\\y", "C:\\x:/y:ro", "/only:ro"]},
    {"volumes": {"/a": "/b"}},
    {"volumes": []},
    {"network": "net"},
    {"network": "net", "networking_config": {"net": Made(lambda m, c: m.types.EndpointConfig("1.45", aliases=["a"]))}},
    {"network": "net", "networking_config": {"other": Made(lambda m, c: m.types.EndpointConfig("1.45"))}},
    {"networking_config": {"net": {}}},
    {"network_mode": "host"},
    {"network_mode": "host", "network": "net"},
    {"nonsense": 1},
    {"nonsense": 1, "other": 2, "ports": {"80": 1}},
    {"mem_limit": "64m", "memswap_limit": -1, "cpu_shares": 2, "nano_cpus": 10**9, "cap_add": ["X"], "cap_drop": ["Y"], "shm_size": "1g"},
    {"mem_limit": "64q"},
    {"devices": ["/dev/a:/dev/b"], "dns": ["1.1.1.1"], "dns_search": ["x"], "dns_opt": ["y"], "extra_hosts": {"a": "1"}},
    {"restart_policy": {"Name": "always"}, "privileged": True, "read_only": True, "init": True, "runtime": "runc", "isolation": "x"},
    {"ulimits": [Made(lambda m, c: m.types.Ulimit(name="nofile", soft=1, hard=2))]},
    {"log_config": Made(lambda m, c: m.types.LogConfig(type="local", config={"a": "b"}))},
    {"mounts": [Made(lambda m, c: m.types.Mount("/x", "v", type="volume", read_only=True))]},
    {"tmpfs": ["/t:size=1"], "sysctls": {"a": "b"}, "storage_opt": {"size": "1G"}, "security_opt": ["a"], "links": {"a": "b"}},
    {"healthcheck": {"test": "true", "interval": 10**9}, "platform": "linux/arm64", "stop_signal": "SIGINT", "working_dir": "/w"},
    {"device_requests": [Made(lambda m, c: m.types.DeviceRequest(count=-1, capabilities=[["gpu"]]))], "pids_limit": 5, "oom_score_adj": 3},
    {"use_config_proxy": True, "domainname": "d", "entrypoint": ["e"], "hostname": "h", "mac_address": "m", "network_disabled": True},
    {"ipc_mode": "host", "pid_mode": "host", "userns_mode": "host", "uts_mode": "host", "cgroupns": "private", "group_add": [1]},
    {"version": "1.30"},
    {"auto_remove": True, "publish_all_ports": True, "volumes_from": ["x"], "volume_driver": "d", "cgroup_parent": "c", "oom_kill_disable": True},
    {"blkio_weight": 20, "device_read_bps": [{"Path": "p", "Rate": 1}], "cpu_period": 1, "cpu_quota": 2, "cpuset_cpus": "0", "cpuset_mems": "1"},
    {"lxc_conf": {"a": "b"}, "kernel_memory": "1m", "mem_reservation": "2m", "mem_swappiness": 10},
    {"image": "twice"},
    {"detach": True},
]  # fmt: skip
for number, kwargs in enumerate(CREATE):
    row(
        f"containers.create {number} {sorted(kwargs)}",
        get("containers"),
        call("create", "busybox", **kwargs),
    )
    row(
        f"containers.run {number} {sorted(kwargs)}",
        get("containers"),
        call("run", "busybox", **kwargs),
    )

IMAGE_OBJECT = Made(lambda m, c: c.images.prepare_model({"Id": IMAGE, "RepoTags": []}))
MISSING = Each(Raises("ImageNotFound"), {"Id": "created"})
for name in ("create", "run"):
    row(
        f"containers.{name} of an Image",
        get("containers"),
        call(name, IMAGE_OBJECT, "ls"),
    )
    row(f"containers.{name} without an image", get("containers"), call(name))
for name, chained, answers in (
    ("detached", {"detach": True}, {}),
    ("detached and removed", {"detach": True, "remove": True}, {}),
    ("streamed", {"stream": True}, {}),
    ("streamed and detached", {"stream": True, "detach": True}, {}),
    ("removed", {"remove": True}, {}),
    ("stderr", {"stdout": False, "stderr": True}, {}),
    ("auto_remove", {"auto_remove": True}, {}),
    ("journald", {}, {"inspect_container": {**CONTAINER, "HostConfig": {"LogConfig": {"Type": "journald"}}}}),
    ("no logs", {}, {"inspect_container": {**CONTAINER, "HostConfig": {"LogConfig": {"Type": "none"}}}}),
    ("no logs, streamed", {"stream": True}, {"inspect_container": {**CONTAINER, "HostConfig": {"LogConfig": {"Type": "local"}}}}),
    ("failing", {}, {"wait": {"StatusCode": 3}}),
    ("failing, removed", {"remove": True}, {"wait": {"StatusCode": 3}}),
    ("failing, auto_remove", {"auto_remove": True}, {"wait": {"StatusCode": 3}}),
    ("failing, streamed", {"stream": True}, {"wait": {"StatusCode": 255}}),
    ("failing without logs", {}, {"wait": {"StatusCode": 1}, "inspect_container": {**CONTAINER, "HostConfig": {"LogConfig": {"Type": "none"}}}}),
    ("missing image", {}, {"create_container": MISSING}),
    ("missing image of a platform", {"platform": "linux/arm64", "name": "n"}, {"create_container": MISSING}),
    ("missing image that cannot be pulled", {}, {"create_container": MISSING, "pull": Raises("ImageNotFound")}),
    ("refused", {}, {"create_container": Raises("APIError", status=500)}),
    ("start refused", {}, {"start": Raises("APIError", status=500)}),
):  # fmt: skip
    row(
        f"containers.run {name}",
        get("containers"),
        call("run", "busybox:1", "ls", **chained),
        **answers,
    )
row(
    "containers.run detached and removed on an old API",
    get("containers"),
    call("run", "x", detach=True, remove=True),
    version="1.24",
)
row(
    "containers.run positional",
    get("containers"),
    call("run", "x", ["a"], False, True, True),
)

# ------------------------------------------------------------------ images

ONE = (get("images"), call("get", "busybox"))
for name in ("labels", "short_id", "tags", "id", "attrs"):
    row(f"image.{name}", *ONE, get(name))
    row(
        f"image.{name} of little",
        *ONE,
        get(name),
        inspect_image={
            "Id": "abc" * 10,
            "RepoTags": None,
            "Config": {"Labels": {"a": "b"}},
        },
    )
    row(f"image.{name} of nothing", *ONE, get(name), inspect_image={})
for name, args, kwargs in (
    ("history", (), {}), ("remove", (), {}), ("remove", (True, True), {}), ("save", (), {}), ("save", (None,), {}), ("save", (), {"named": True}),
    ("save", (), {"named": "a:1"}), ("save", (5,), {"named": "b:2"}), ("save", (), {"named": ""}), ("tag", ("r",), {}),
    ("tag", ("r", "t"), {"force": True}), ("tag", (), {}), ("reload", (), {}),
):  # fmt: skip
    row(f"image.{name}{args}{kwargs}", *ONE, call(name, *args, **kwargs))
row(
    "image.save of an image without tags",
    *ONE,
    call("save", named=True),
    inspect_image={"Id": IMAGE, "RepoTags": []},
)

IMAGES = get("images")
for args, kwargs in (
    ((), {}),
    (("n", True, {"a": "b"}), {}),
    ((), {"name": "n"}),
    ((), {"nonsense": 1}),
):
    row(f"images.list{args}{kwargs}", IMAGES, call("list", *args, **kwargs))
for args, kwargs in (
    (("busybox",), {}), (("busybox:1.35",), {}), (("busybox", "1.36"), {}), (("busybox:1", "2"), {}), (("busybox@" + IMAGE,), {}),
    (("busybox",), {"tag": IMAGE}), (("host:5000/x",), {}), (("busybox",), {"all_tags": True}), (("busybox", "3"), {"all_tags": True}),
    (("busybox",), {"platform": "p", "auth_config": {"username": "u"}}), (("busybox", ""), {}), ((), {}), (("busybox",), {"stream": False}),
):  # fmt: skip
    row(f"images.pull{args}{kwargs}", IMAGES, call("pull", *args, **kwargs))
row("images.pull refused", IMAGES, call("pull", "x"), pull=Raises("NotFound"))
row(
    "images.pull of text",
    IMAGES,
    call("pull", "x"),
    pull=Stream(["no json", b"\xff", '{"a"', ': "b"}']),
)
row(
    "images.pull of dicts",
    IMAGES,
    call("pull", "x", decode=True),
    pull=Stream([{"status": "x"}]),
)
row("images.push", IMAGES, call("push", "r"))
row("images.push of a tag", IMAGES, call("push", "r", "t", auth_config={"a": "b"}))
row(
    "images.push streamed",
    IMAGES,
    call("push", "r", tag="t", stream=True),
    push=Stream([b'{"status": "x"}\r\n']),
)
row(
    "images.push decoded",
    IMAGES,
    call("push", "r", stream=True, decode=True),
    push=Stream([{"status": "x"}, {"aux": {}}]),
)
row(
    "images.push refused",
    IMAGES,
    call("push", "r"),
    push=Raises("APIError", status=401),
)
for name in ("remove", "search", "prune_builds"):
    row(f"images.{name}", IMAGES, call(name, "x", y=1))
row("images.prune", IMAGES, call("prune"))
row("images.prune filtered", IMAGES, call("prune", {"dangling": False}))
row("images.load", IMAGES, call("load", b"tar"))
row("images.load of nothing", IMAGES, call("load", b"tar"), load_image=Stream([]))
row(
    "images.load failing",
    IMAGES,
    call("load", b"tar"),
    load_image=Stream(
        [{"stream": "x"}, {"errorDetail": {"message": "bad tar"}, "error": "bad"}]
    ),
)
for name, answer in (
    ("quiet", "sha256:abc"),
    ("quiet in a stream", Stream([b'{"stream": "sha256:0123abcd\\n"}'])),
    (
        "in pieces",
        Stream(
            [
                b'{"stream": "Suc',
                b"cessfully built abc",
                b'123\\n"}\n{"stream":',
                b' "tagged"}',
            ]
        ),
    ),
    ("of text", Stream(['{"stream": "Successfully built 12"}'])),
    (
        "twice",
        Stream(
            [b'{"stream": "Successfully built 12"}{"stream": "Successfully built 34"}']
        ),
    ),
    (
        "failing",
        Stream(
            [
                b'{"stream": "a"}\n',
                b'{"error": "no", "errorDetail": {"message": "no"}}\n',
            ]
        ),
    ),
    (
        "failing after success",
        Stream([b'{"stream": "Successfully built 12"}', b'{"error": "late"}']),
    ),
    ("without an end", Stream([b'{"stream": "a"}'])),
    ("of nothing", Stream([])),
    ("refused", Raises("APIError", status=500)),
):
    row(f"images.build {name}", IMAGES, call("build", path="/x", tag="t"), build=answer)
row("images.build positional", IMAGES, call("build", "/x"))
row(
    "images.get of none",
    IMAGES,
    call("get", "x"),
    inspect_image=Raises("ImageNotFound"),
)

DATA = (IMAGES, call("get_registry_data", "busybox:1"))
row("images.get_registry_data", *DATA)
row(
    "images.get_registry_data with credentials",
    IMAGES,
    call("get_registry_data", "x", auth_config={"a": "b"}),
)
for name in ("id", "short_id", "attrs", "image_name"):
    row(f"registry data.{name}", *DATA, get(name))
row("registry data.reload", *DATA, call("reload"))
row("registry data.pull", *DATA, call("pull"))
row("registry data.pull of a platform", *DATA, call("pull", platform="p"))
for platform in (
    "linux/amd64",
    "linux",
    "linux/arm/v7",
    "linux/arm",
    "windows",
    "a/b/c/d",
    {"os": "linux"},
    {"architecture": "amd64"},
    None,
    {},
):
    row(
        f"registry data.has_platform({platform})", *DATA, call("has_platform", platform)
    )

# ------------------------------------------------------------------ networks, volumes

ONE = (get("networks"), call("get", "n"))
for name in ("name", "containers", "id", "attrs"):
    row(f"network.{name}", *ONE, get(name))
row(
    "network.containers of none",
    *ONE,
    get("containers"),
    inspect_network={"Id": "n", "Containers": None},
)
CONTAINER_OBJECT = Made(lambda m, c: c.containers.prepare_model({"Id": "object"}))
for name in ("connect", "disconnect"):
    row(f"network.{name}", *ONE, call(name, "c"))
    row(f"network.{name} of a Container", *ONE, call(name, CONTAINER_OBJECT, "x", y=1))
    row(f"network.{name} of nothing", *ONE, call(name))
row("network.remove", *ONE, call("remove"))
row("network.reload", *ONE, call("reload"))
NETWORKS = get("networks")
row("networks.create", NETWORKS, call("create", "n"))
row(
    "networks.create with more",
    NETWORKS,
    call(
        "create",
        "n",
        "bridge",
        labels={"a": "b"},
        ipam=Made(lambda m, c: m.types.IPAMConfig()),
    ),
)
row("networks.create without a name", NETWORKS, call("create"))
row("networks.get with more", NETWORKS, call("get", "n", True, scope="swarm"))
row("networks.list", NETWORKS, call("list"))
row(
    "networks.list with more",
    NETWORKS,
    call("list", ["a"], ids=["b"], filters={"c": "d"}),
)
row("networks.list greedy", NETWORKS, call("list", greedy=True))
row(
    "networks.list greedy on an old API",
    NETWORKS,
    call("list", greedy=True),
    version="1.27",
)
row("networks.prune", NETWORKS, call("prune", {"until": "1h"}))

ONE = (get("volumes"), call("get", "v"))
for name in ("name", "id", "short_id", "attrs"):
    row(f"volume.{name}", *ONE, get(name))
row("volume.name of nothing", *ONE, get("name"), inspect_volume={})
row("volume.remove", *ONE, call("remove"))
row("volume.remove by force", *ONE, call("remove", True))
row("volume.reload", *ONE, call("reload"))
VOLUMES = get("volumes")
row("volumes.create", VOLUMES, call("create"))
row(
    "volumes.create with more",
    VOLUMES,
    call("create", "v", driver="d", driver_opts={"a": "b"}, labels={}),
)
row("volumes.list", VOLUMES, call("list"))
row("volumes.list filtered", VOLUMES, call("list", filters={"dangling": True}))
row("volumes.list of none", VOLUMES, call("list"), volumes={"Volumes": None})
row("volumes.list of nothing", VOLUMES, call("list"), volumes={})
row("volumes.prune", VOLUMES, call("prune"))

# ------------------------------------------------------------------ plugins

ONE = (get("plugins"), call("get", "plug"))
for name in ("name", "enabled", "settings", "id", "attrs"):
    row(f"plugin.{name}", *ONE, get(name))
for name, args, kwargs in (
    ("configure", ({"a": "b"},), {}), ("disable", (), {}), ("disable", (True,), {}), ("enable", (), {}), ("enable", (5,), {}), ("push", (), {}),
    ("remove", (), {}), ("remove", (), {"force": True}), ("upgrade", (), {}), ("upgrade", ("other:2",), {}), ("reload", (), {}),
):  # fmt: skip
    row(f"plugin.{name}{args}{kwargs}", *ONE, call(name, *args, **kwargs))
PLUGINS = get("plugins")
row("plugins.create", PLUGINS, call("create", "n", "/dir"))
row("plugins.create packed", PLUGINS, call("create", "n", "/dir", gzip=True))
row("plugins.install", PLUGINS, call("install", "r"))
row("plugins.install under a name", PLUGINS, call("install", "r", "l"))
row("plugins.list", PLUGINS, call("list"))
row("plugins.list with arguments", PLUGINS, call("list", filters={}))

# ------------------------------------------------------------------ configs, secrets, nodes

for kind in ("config", "secret"):
    many = get(f"{kind}s")
    one = (many, call("get", "x"))
    for name in ("name", "id", "short_id", "attrs"):
        row(f"{kind}.{name}", *one, get(name))
    row(f"{kind}.remove", *one, call("remove"))
    row(f"{kind}.reload", *one, call("reload"))
    row(f"{kind}s.create", many, call("create", name="n", data=b"d", labels={"a": "b"}))
    row(f"{kind}s.create without a name", many, call("create"))
    row(f"{kind}s.create positional", many, call("create", "n"))
    row(f"{kind}s.list", many, call("list", filters={"name": "x"}))

ONE = (get("nodes"), call("get", "n"))
for name in ("version", "id", "attrs"):
    row(f"node.{name}", *ONE, get(name))
row("node.version of nothing", *ONE, get("version"), inspect_node={})
row("node.update", *ONE, call("update", {"Role": "worker"}))
row("node.remove", *ONE, call("remove"))
row("node.remove by force", *ONE, call("remove", force=True))
row("node.reload", *ONE, call("reload"))
row("nodes.list", get("nodes"), call("list"))
row("nodes.list filtered", get("nodes"), call("list", {"role": "manager"}))

# ------------------------------------------------------------------ services, swarm

ONE = (get("services"), call("get", "s"))
for name in ("name", "version", "id", "attrs"):
    row(f"service.{name}", *ONE, get(name))
row("service.version of nothing", *ONE, get("version"), inspect_service={})
GLOBAL = {**SERVICE, "Spec": {**SERVICE["Spec"], "Mode": {"Global": {}}}}  # type: ignore[dict-item]
for name, args, kwargs in (
    ("remove", (), {}), ("tasks", (), {}), ("tasks", ({"node": "n"},), {}), ("logs", (), {}), ("logs", (), {"follow": True, "stdout": True}),
    ("scale", (5,), {}), ("scale", (0,), {}), ("force_update", (), {}), ("reload", (), {}),
):  # fmt: skip
    row(f"service.{name}{args}{kwargs}", *ONE, call(name, *args, **kwargs))
row("service.scale of a global one", *ONE, call("scale", 1), inspect_service=GLOBAL)

SERVICES: list[dict[str, Any]] = [
    {},
    {"command": ["c"], "args": ["a"], "env": ["A=b"], "hostname": "h", "workdir": "/", "user": "u", "tty": True, "open_stdin": True},
    {"name": "n", "labels": {"a": "b"}, "container_labels": {"c": "d"}},
    {"labels": {"a": "b"}},
    {"mode": "global"},
    {"mode": Made(lambda m, c: m.types.ServiceMode("replicated", 3))},
    {"constraints": ["node.role==manager"], "preferences": [("spread", "node.labels.x")], "platforms": [("x86_64", "linux")], "maxreplicas": 2},
    {"log_driver": "local", "log_driver_options": {"a": "b"}},
    {"log_driver": "local"},
    {"log_driver_options": {"a": "b"}},
    {"mounts": ["v:/x", "/a:/b:ro"], "read_only": True, "stop_grace_period": 5, "stop_signal": "SIGINT", "init": True},
    {"networks": ["n", {"Target": "m"}], "resources": Made(lambda m, c: m.types.Resources(cpu_limit=1, mem_limit=2))},
    {"restart_policy": Made(lambda m, c: m.types.RestartPolicy(condition="any")), "endpoint_spec": Made(lambda m, c: m.types.EndpointSpec(ports={80: 8080}))},
    {"update_config": Made(lambda m, c: m.types.UpdateConfig(parallelism=2)), "rollback_config": Made(lambda m, c: m.types.RollbackConfig(parallelism=1))},
    {"secrets": [Made(lambda m, c: m.types.SecretReference("i", "n"))], "configs": [Made(lambda m, c: m.types.ConfigReference("i", "n"))]},
    {"healthcheck": Made(lambda m, c: m.types.Healthcheck(test=["CMD", "x"])), "dns_config": Made(lambda m, c: m.types.DNSConfig(nameservers=["1"]))},
    {"hosts": {"a": "1"}, "groups": ["g"], "cap_add": ["X"], "cap_drop": ["Y"], "sysctls": {"a": "b"}, "isolation": "default"},
    {"privileges": Made(lambda m, c: m.types.Privileges(selinux_disable=True))},
    {"nonsense": 1},
    {"nonsense": 1, "other": 2},
    {"networks": "n"},
    {"force_update": 1},
    {"fetch_current_spec": True},
]  # fmt: skip
for number, kwargs in enumerate(SERVICES):
    row(
        f"services.create {number} {sorted(kwargs)}",
        get("services"),
        call("create", "nginx", **kwargs),
    )
    row(f"service.update {number} {sorted(kwargs)}", *ONE, call("update", **kwargs))
for kwargs in (
    {"image": "i"},
    {"force_update": True},
    {"force_update": 7},
    {"force_update": False},
    {"fetch_current_spec": False, "name": "n"},
):
    row(f"service.update({kwargs})", *ONE, call("update", **kwargs))
row("services.create positional", get("services"), call("create", "i", "c"))
row("services.create of nothing", get("services"), call("create"))
row("services.get with defaults", get("services"), call("get", "s", True))
row("services.list", get("services"), call("list"))
row(
    "services.list filtered",
    get("services"),
    call("list", filters={"name": "x"}, status=True),
)

SWARM = get("swarm")
row("swarm", SWARM)
row("swarm.version", SWARM, get("version"))
row(
    "swarm outside a swarm",
    SWARM,
    get("attrs"),
    inspect_swarm=Raises("APIError", status=503),
)
row(
    "swarm of an old engine outside a swarm",
    SWARM,
    get("attrs"),
    inspect_swarm=Raises("APIError", status=406),
)
row("swarm refused", SWARM, get("attrs"), inspect_swarm=Raises("APIError", status=500))
row("swarm.get_unlock_key", SWARM, call("get_unlock_key"))
row("swarm.init", SWARM, call("init"))
row(
    "swarm.init with more",
    SWARM,
    call(
        "init",
        "eth0",
        "0.0.0.0:1",
        True,
        ["10.0.0.0/8"],
        24,
        "d",
        4790,
        snapshot_interval=5,
        name="n",
    ),
)
row(
    "swarm.init by name",
    SWARM,
    call("init", advertise_addr="a", data_path_port=1, labels={"a": "b"}),
)
row("swarm.join", SWARM, call("join", ["r"], "t", listen_addr="l"))
row("swarm.leave", SWARM, call("leave"))
row("swarm.leave by force", SWARM, call("leave", force=True))
row("swarm.reload", SWARM, call("reload"))
row("swarm.unlock", SWARM, call("unlock", {"UnlockKey": "k"}))
row("swarm.update", SWARM, call("update"))
row(
    "swarm.update with more",
    SWARM,
    call("update", True, True, True, name="n", node_cert_expiry=5),
)
row(
    "swarm.update outside a swarm",
    SWARM,
    call("update"),
    inspect_swarm=Raises("APIError", status=503),
)

#: There the asynchronous client asks once more, and raises what the engine says.
SYNC_ONLY = {"swarm.update outside a swarm"}


@pytest.mark.parametrize("asked", ROWS, ids=[row.name for row in ROWS])
@pytest.mark.parametrize("side", ["dockline", "dockline.aio"])
@pytest.mark.filterwarnings("ignore:.stream. is not a valid parameter")
def test_same_calls(asked: Row, side: str) -> None:
    if side == "dockline.aio" and asked.name in SYNC_ONLY:
        return
    theirs, mine = run("docker", asked), run(side, asked)
    assert mine[1] == theirs[1], "calls of the low-level client"
    assert mine[0] == theirs[0], "results"
