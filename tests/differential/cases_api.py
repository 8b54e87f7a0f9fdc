"""Calls of the low-level API, as data: what to call, and what an engine would answer.

Every method of docker-py's ``APIClient`` that talks to an engine is here with
every argument it has, and with the errors it raises before it sends anything.
The rows know nothing about how they are run: `test_api_wire.py` records what
both libraries would send; other tests may send it.

``case(method, *args, **kwargs)`` makes a row. Settings of the row itself begin
with an underscore: ``_version`` (API version), ``_answers`` (one per request, the
last one repeats), ``_config`` (the user's config.json), ``_differs`` (what differs
from docker-py, and why).
"""

from __future__ import annotations

import io
import json
import tarfile
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, Callable, NamedTuple, Sequence


class Make(NamedTuple):
    """An argument that is made anew for each run, from an empty directory."""

    how: Callable[[Path], Any]


class Reply(NamedTuple):
    """An answer that is more than a JSON body."""

    status: int = 200
    body: Any = None
    headers: Sequence[tuple[str, str]] = ()


class Case(NamedTuple):
    """One call."""

    method: str
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    version: str
    answers: tuple[Any, ...]
    config: dict[str, Any]
    differs: str


#: An answer that serves most methods.
ANSWER = {
    "Id": "4fa6e0f0c678",
    "Config": {"Tty": False},
    "Spec": {"TaskTemplate": {"ContainerSpec": {"Image": "busybox"}}},
    "NetworkSettings": {"Ports": {"80/tcp": [{"HostIp": "", "HostPort": "8080"}]}},
}
TTY = {**ANSWER, "Config": {"Tty": True}}
NEW = "1.45"
WHEN = datetime(2024, 5, 6, 7, 8, 9, tzinfo=timezone.utc)

CREDENTIALS = {
    "auths": {
        "https://index.docker.io/v1/": {"auth": "aHViOnNlY3JldA=="},
        "registry.example:5000": {"auth": "dXNlcjpzZWNyZXQ="},
    }
}
LOGIN = {"username": "someone", "password": "secret"}
PROXIES = {
    "proxies": {
        "default": {
            "httpProxy": "http://proxy:3128",
            "httpsProxy": "https://proxy:3129",
            "noProxy": "localhost",
            "ftpProxy": "ftp://proxy",
        }
    }
}
KEYS = {"detachKeys": "ctrl-a,a"}
HEADERS = {"HttpHeaders": {"X-Meta": "yes"}}


def case(
    method: str,
    /,
    *args: Any,
    _version: str = NEW,
    _answers: Sequence[Any] = (ANSWER,),
    _config: Any = None,
    _differs: str = "",
    **kwargs: Any,
) -> Case:
    """Make a row."""
    return Case(
        method, args, kwargs, _version, tuple(_answers), _config or {}, _differs
    )


def _tar() -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        info = tarfile.TarInfo("Dockerfile")
        info.size = 4
        archive.addfile(info, io.BytesIO(b"FROM"))
    return out.getvalue()


def _context(tmp: Path) -> str:
    (tmp / "Dockerfile").write_text("FROM busybox\n")
    (tmp / "other.Dockerfile").write_text("FROM alpine\n")
    (tmp / ".dockerignore").write_text("# nothing of these\n*.tmp\n\n!keep.tmp\n")
    for name in ("a.txt", "b.tmp", "keep.tmp"):
        (tmp / name).write_text(name)
    (tmp / "sub").mkdir()
    (tmp / "sub" / "c.txt").write_text("c")
    return str(tmp)


def _outside(tmp: Path) -> str:
    inner = tmp / "context"
    inner.mkdir()
    (inner / "a.txt").write_text("a")
    (tmp / "Dockerfile").write_text("FROM busybox\n")
    return str(inner)


def _file(tmp: Path) -> str:
    path = tmp / "image.tar"
    path.write_bytes(_tar())
    return str(path)


def _plugin(tmp: Path) -> str:
    (tmp / "config.json").write_text("{}")
    (tmp / "rootfs").mkdir()
    return str(tmp)


def _docker_config(tmp: Path) -> str:
    path = tmp / "config.json"
    path.write_text(json.dumps(CREDENTIALS))
    return str(path)


def _stream() -> Any:
    return Make(lambda _tmp: io.BytesIO(_tar()))


LISTED = [{"Id": "0123456789abcdef", "Names": ["/a"]}]

CONTAINERS: list[Case] = [
    case("containers", _answers=[LISTED]),
    case("containers", quiet=True, _answers=[LISTED]),
    case("containers", all=True, trunc=True, _answers=[LISTED]),
    case("containers", latest=True, limit=5, size=True, _answers=[[]]),
    case("containers", since="a", before="b", limit=3, _answers=[[]]),
    case("containers", False, True, False, False, None, None, 2, True, _answers=[[]]),
    case(
        "containers",
        filters={"label": ["a", "b=c"], "exited": 0, "status": "running"},
        _answers=[[]],
    ),
    case("containers", filters={"dangling": True, "x": False}, _answers=[[]]),
    case("create_container", "busybox"),
    case("create_container", None, None),
    case("create_container", "busybox", "run 'a b'", "host", "root", True, True, True),
    case(
        "create_container",
        "busybox",
        ["true"],
        ports=[80, (53, "udp")],
        environment={"A": "b", "C": None},
        volumes="/data",
        network_disabled=True,
        name="box",
        entrypoint="sh -c",
        working_dir="/w",
        domainname="example.com",
        host_config={"NetworkMode": "host"},
        mac_address="02:42:ac:11:65:43",
        labels=["a"],
        stop_signal="SIGINT",
        networking_config={"EndpointsConfig": {"n": {}}},
        healthcheck={"test": "true"},
        stop_timeout=5,
        runtime="runc",
        use_config_proxy=False,
        platform="linux/amd64",
    ),
    case("create_container", "busybox", environment=["A=b"], user=1000),
    case("create_container", "busybox", environment={}, _config=PROXIES),
    case("create_container", "busybox", environment={"A": "b"}, _config=PROXIES),
    case("create_container", "busybox", use_config_proxy=False, _config=PROXIES),
    case("create_container", "busybox", platform="linux", _version="1.40"),
    case("create_container", "busybox", stop_timeout=1, _version="1.24"),
    case(
        "create_container",
        "busybox",
        healthcheck={"StartPeriod": 1},
        _version="1.28",
    ),
    case("create_container", "busybox", _config=HEADERS),
    case("create_container_from_config", {"Image": "a", "Cmd": None}, "box", "linux"),
    case("create_container_from_config", {"Image": "a"}, platform="x", _version="1.40"),
    case("create_container_config", "busybox", "true", hostname="h"),
    case("create_host_config"),
    case("create_host_config", mem_limit="1g", binds={"/a": "/b"}),
    case("create_host_config", version="1.20"),
    case("create_networking_config"),
    case("create_networking_config", {"n": {"Aliases": ["a"]}}),
    case("create_endpoint_config", aliases=["a"], ipv4_address="10.0.0.1"),
    case("create_endpoint_config", driver_opt={"a": "b"}, _version="1.31"),
    case("inspect_container", "abc"),
    case("inspect_container", {"Id": "abc"}),
    case("inspect_container", {"ID": "abc"}),
    case("inspect_container", container="a b?c/d:e"),
    case("inspect_container", None),
    case("inspect_container", ""),
    case("inspect_container", {}),
    case("inspect_container", 5),
    case("inspect_container", _config=HEADERS, container="abc"),
    case("diff", "abc", _answers=[[{"Path": "/a", "Kind": 1}]]),
    case("diff", "abc", _answers=[None]),
    case("port", "abc", 80),
    case("port", "abc", "80"),
    case("port", "abc", "80/tcp"),
    case("port", "abc", "80/udp"),
    case("port", "abc", 81),
    case("port", "abc", 80, _answers=[{"NetworkSettings": {"Ports": None}}]),
    case("port", "abc", 80, _answers=[{}]),
    case("top", "abc"),
    case("top", "abc", "aux"),
    case("top", "abc", ps_args="-o pid"),
    case("stats", "abc"),
    case("stats", "abc", decode=True),
    case("stats", "abc", stream=False),
    case("stats", "abc", stream=False, one_shot=True),
    case("stats", "abc", stream=False, one_shot=False),
    case("stats", "abc", one_shot=True),
    case("stats", "abc", one_shot=False),
    case("stats", "abc", True, False),
    case("stats", "abc", one_shot=True, stream=False, _version="1.40"),
    case("start", "abc", _answers=[Reply(204)]),
    case("start", "abc", "x"),
    case("start", "abc", binds={}),
    case("start", container={"Id": "abc"}, _answers=[Reply(204)]),
    case("stop", "abc", _answers=[Reply(204)]),
    case("stop", "abc", timeout=3, _answers=[Reply(204)]),
    case("stop", "abc", 0, _answers=[Reply(304)]),
    case("restart", "abc", _answers=[Reply(204)]),
    case("restart", "abc", timeout=3, _answers=[Reply(204)]),
    case("kill", "abc", _answers=[Reply(204)]),
    case("kill", "abc", "SIGTERM", _answers=[Reply(204)]),
    case("kill", "abc", signal=15, _answers=[Reply(204)]),
    case("kill", "abc", signal=0, _answers=[Reply(204)]),
    case("kill", "abc", signal=[]),
    case("pause", "abc", _answers=[Reply(204)]),
    case("unpause", "abc", _answers=[Reply(204)]),
    case("wait", "abc", _answers=[{"StatusCode": 0}]),
    case("wait", "abc", 5, "removed", _answers=[{"StatusCode": 0}]),
    case("wait", "abc", condition="next-exit", _answers=[{"StatusCode": 0}]),
    case("wait", "abc", condition="removed", _version="1.29"),
    case("rename", "abc", "new", _answers=[Reply(204)]),
    case("resize", "abc", 24, 80),
    case("resize", "abc", height=24, width=80),
    case("remove_container", "abc", _answers=[Reply(204)]),
    case("remove_container", "abc", True, True, True, _answers=[Reply(204)]),
    case("remove_container", "abc", v=True, force=True, _answers=[Reply(204)]),
    case("prune_containers"),
    case("prune_containers", filters={"until": "10m", "label": ["a"]}),
    case("prune_containers", {}),
    case("prune_containers", _version="1.24"),
    case("update_container", "abc"),
    case(
        "update_container",
        "abc",
        blkio_weight=10,
        cpu_period=1,
        cpu_quota=2,
        cpu_shares=3,
        cpuset_cpus="0",
        cpuset_mems="0",
        mem_limit="1g",
        mem_reservation=5,
        memswap_limit=-1,
        kernel_memory="1m",
        restart_policy={"Name": "always"},
    ),
    case("update_container", "abc", mem_limit="1z"),
    case("commit", "abc"),
    case("commit", "abc", "repo", "tag", "message", "author", False, "CMD x", {"A": 1}),
    case("commit", {"Id": "abc"}, changes=["CMD x", "ENV a=b"], conf={"A": None}),
    case("attach", "abc"),
    case("attach", "abc", stream=True),
    case("attach", "abc", False, True, True, True, True),
    case("attach", "abc", stdout=False, stderr=False, logs=True, _answers=[TTY]),
    case("attach", "abc", demux=True, _answers=[Reply(101), ANSWER]),
    case("attach_socket", "abc"),
    case("attach_socket", "abc", {"stdin": 1, "stream": 1}),
    case("attach_socket", "abc", params={"stdin": 1}, _config=KEYS),
    case("attach_socket", "abc", _config=KEYS),
    case("attach_socket", "abc", params={"detachKeys": "x"}, _config=KEYS),
    case("attach_socket", "abc", ws=True),
    case("attach_socket", "abc", {"logs": 1}, ws=True),
    case("logs", "abc", _answers=[Reply(200, b""), ANSWER]),
    case("logs", "abc", _answers=[Reply(200, b"tty text"), TTY]),
    case(
        "logs",
        "abc",
        _answers=[Reply(200, b"\x01\0\0\0\0\0\0\x02hi\x02\0\0\0\0\0\0\x01!"), ANSWER],
    ),
    case("logs", "abc", stream=True),
    case("logs", "abc", stream=True, _answers=[TTY]),
    case("logs", "abc", stream=True, follow=False),
    case("logs", "abc", follow=True, _answers=[Reply(200, b""), ANSWER]),
    case("logs", "abc", False, False, True, True, 10, 5, False, 7),
    case("logs", "abc", stream=True, timestamps=True, tail=0),
    case("logs", "abc", stream=True, tail=-1),
    case("logs", "abc", stream=True, tail="5"),
    case("logs", "abc", stream=True, tail=None),
    case("logs", "abc", stream=True, since=WHEN, until=WHEN),
    case("logs", "abc", stream=True, since=1.5, until=2.5),
    case("logs", "abc", since=0),
    case("logs", "abc", since=-1),
    case("logs", "abc", since="yesterday"),
    case("logs", "abc", until=0),
    case("logs", "abc", until="yesterday"),
    case("logs", "abc", until=5, _version="1.34"),
    case("export", "abc"),
    case("export", "abc", 10),
    case("export", "abc", chunk_size=None),
    case("get_archive", "abc", "/etc"),
    case("get_archive", "abc", "/etc", 10, True),
    case(
        "get_archive",
        "abc",
        "/etc",
        encode_stream=False,
        _answers=[Reply(headers=[("X-Docker-Container-Path-Stat", "eyJuYW1lIjogImEifQ==")])],
    ),
    case("put_archive", "abc", "/etc", _tar()),
    case("put_archive", "abc", "/etc", _stream()),
    case("put_archive", "abc", path="/etc", data=b"", _answers=[Reply(204)]),
]

EXECS: list[Case] = [
    case("exec_create", "abc", "ls -l 'a b'"),
    case("exec_create", "abc", ["ls"], False, False, True, True, True, "root", {"A": "b"}),
    case("exec_create", "abc", "ls", environment=["A=b"], workdir="/w", detach_keys="x"),
    case("exec_create", "abc", "ls", _config=KEYS),
    case("exec_create", "abc", "ls", detach_keys="x", _config=KEYS),
    case("exec_create", "abc", "ls", environment={"A": None}, user="me"),
    case("exec_create", "abc", "ls", environment={}, _version="1.24"),
    case("exec_create", "abc", "ls", workdir="/w", _version="1.34"),
    case("exec_create", None, "ls"),
    case("exec_inspect", "e1"),
    case("exec_inspect", {"Id": "e1"}),
    case("exec_inspect", None),
    case("exec_resize", "e1", 24, 80),
    case("exec_resize", {"Id": "e1"}),
    case("exec_start", "e1"),
    case("exec_start", {"Id": "e1"}, stream=True),
    case("exec_start", "e1", tty=True, stream=True, demux=True),
    case("exec_start", "e1", socket=True),
    case("exec_start", "e1", False, True, False, True),
    case("exec_start", "e1", detach=True, _answers=[Reply(200, b"")]),
    case("exec_start", "e1", True, True, _answers=[Reply(200, b"")]),
    case("exec_start", exec_id="e1", demux=True),
    case("exec_start", None),
]

IMAGES: list[Case] = [
    case("get_image", "busybox"),
    case("get_image", "library/busybox:1.36", 10),
    case("get_image", {"Id": "sha256:abc"}, chunk_size=None),
    case("history", "busybox", _answers=[[{"Id": "a"}]]),
    case("images", _answers=[LISTED]),
    case("images", quiet=True, all=True, _answers=[LISTED]),
    case("images", "busybox", _answers=[[]]),
    case("images", name="busybox", filters={"dangling": True}, _answers=[[]]),
    case("images", name="busybox", _version="1.24", _answers=[[]]),
    case("images", filters={"label": "a"}, _answers=[[]]),
    case("import_image"),
    case("import_image", "http://example.com/a.tar", "repo", "tag"),
    case("import_image", Make(_file), repository="repo"),
    case("import_image", _stream(), "repo", changes="CMD x"),
    case("import_image", _stream(), stream_src=True, tag="t", repository="r"),
    case("import_image", image="busybox", repository="repo", changes=["CMD x", "ENV y=z"]),
    case("import_image_from_data", _tar(), "repo", "tag", "CMD x"),
    case("import_image_from_data", _tar(), changes=["CMD x"]),
    case("import_image_from_file", Make(_file), "repo", "tag", "CMD x"),
    case("import_image_from_stream", _stream(), "repo", "tag", "CMD x"),
    case("import_image_from_url", "http://example.com/a.tar", "repo", "tag", "CMD x"),
    case("import_image_from_image", "busybox", "repo", "tag", "CMD x"),
    case("inspect_image", "busybox:latest"),
    case("inspect_image", None),
    case("inspect_distribution", "busybox"),
    case("inspect_distribution", "busybox", _config=CREDENTIALS),
    case("inspect_distribution", "registry.example:5000/a", _config=CREDENTIALS),
    case("inspect_distribution", "busybox", auth_config=LOGIN),
    case("inspect_distribution", "busybox", _version="1.29"),
    case("load_image", _tar()),
    case("load_image", _stream(), quiet=True),
    case("load_image", b"", False),
    case("prune_images"),
    case("prune_images", filters={"dangling": False}),
    case("prune_images", {}),
    case("prune_images", _version="1.24"),
    case("pull", "busybox"),
    case("pull", "busybox:1.36", stream=True),
    case("pull", "busybox@sha256:abc", stream=True, decode=True),
    case("pull", "busybox:1.35", "1.36"),
    case("pull", "busybox", tag="1.36", all_tags=True),
    case("pull", "busybox:1.36", all_tags=True, platform="linux/arm64"),
    case("pull", "busybox", platform="linux/arm64", _version="1.31"),
    case("pull", "busybox", _config=CREDENTIALS),
    case("pull", "registry.example:5000/a/b:c", _config=CREDENTIALS),
    case("pull", "other.example/a", _config=CREDENTIALS),
    case("pull", "busybox", auth_config=LOGIN, _config=CREDENTIALS),
    case("pull", "http://example.com/a"),
    case("pull", "-bad.example/a"),
    case("push", "busybox"),
    case("push", "registry.example:5000/a:b", _config=CREDENTIALS),
    case("push", "a/b:c", "d", True, LOGIN, True),
    case("push", "a/b", tag="d", stream=True),
    case("push", "https://example.com/a"),
    case("remove_image", "busybox", _answers=[[]]),
    case("remove_image", "busybox", True, True, _answers=[[]]),
    case("remove_image", {"Id": "abc"}, force=True, noprune=False, _answers=[[]]),
    case("search", "busybox", _answers=[[]]),
    case("search", "busybox", 5, _answers=[[]]),
    case("tag", "busybox", "repo", _answers=[Reply(201)]),
    case("tag", "busybox", "repo", "tag", True, _answers=[Reply(201)]),
    case("tag", "busybox", repository="repo", tag="t", _answers=[Reply(200)]),
]

BUILDS: list[Case] = [
    case("build"),
    case("build", Make(_context)),
    case(
        "build",
        Make(_context),
        "repo:tag",
        True,
        None,
        True,
        True,
        5,
        dockerfile="other.Dockerfile",
        pull=True,
        forcerm=True,
        decode=True,
    ),
    case("build", Make(_context), gzip=True),
    case("build", Make(_outside), dockerfile="../Dockerfile"),
    case("build", Make(_context), dockerfile="missing.Dockerfile"),
    case("build", "/no/such/directory"),
    case("build", "https://example.com/repo.git", dockerfile="x/Dockerfile", tag="a"),
    case("build", "git@example.com:repo.git"),
    case("build", "github.com/a/b"),
    case("build", fileobj=Make(lambda _tmp: io.BytesIO(b"FROM busybox\n"))),
    case("build", fileobj=Make(lambda _tmp: io.StringIO("FROM busybox\n"))),
    case("build", fileobj=_stream(), custom_context=True),
    case("build", fileobj=_stream(), custom_context=True, encoding="gzip"),
    case("build", Make(_context), custom_context=True),
    case("build", Make(_context), encoding="gzip", gzip=True),
    case("build", Make(_context), tag="Bad Tag"),
    case(
        "build",
        Make(_context),
        container_limits={"memory": 1, "memswap": 2, "cpushares": 3, "cpusetcpus": "0"},
    ),
    case(
        "build",
        Make(_context),
        container_limits={"nonsense": 1},
        _differs="message: the original speaks of an invalid tag",
    ),
    case(
        "build",
        Make(_context),
        buildargs={"a": "b"},
        shmsize=5,
        labels={"c": "d"},
        cache_from=["e"],
        target="f",
        network_mode="g",
        squash=True,
        extra_hosts={"h": "1.1.1.1"},
        platform="linux",
        isolation="process",
    ),
    case("build", Make(_context), extra_hosts=["a:1.1.1.1"], squash=False, labels={}),
    case("build", Make(_context), cache_from=["e"], _version="1.24"),
    case("build", Make(_context), target="e", _version="1.28"),
    case("build", Make(_context), network_mode="e", _version="1.24"),
    case("build", Make(_context), squash=True, _version="1.24"),
    case("build", Make(_context), extra_hosts={}, _version="1.26"),
    case("build", Make(_context), platform="", _version="1.31"),
    case("build", Make(_context), _config=PROXIES),
    case("build", Make(_context), buildargs={"http_proxy": "x"}, _config=PROXIES),
    case("build", Make(_context), use_config_proxy=False, _config=PROXIES),
    case("build", Make(_context), _config=CREDENTIALS),
    case("build", Make(_context), _config=HEADERS),
    case("prune_builds"),
    case("prune_builds", {"until": "10m"}, 5, True),
    case("prune_builds", filters={}, keep_storage=0, all=False),
    case("prune_builds", _version="1.31"),
    case("prune_builds", all=True, _version="1.38"),
    case("prune_builds", _version="1.30"),
]

ENGINE: list[Case] = [
    case("df"),
    case("df", _version="1.24"),
    case("events"),
    case("events", decode=True),
    case("events", WHEN, WHEN, {"type": "container", "event": ["start", "die"]}, True),
    case("events", since=5, until="6", filters={}),
    case("info"),
    case("ping", _answers=[Reply(200, b"OK")]),
    case("ping", _answers=[Reply(200, b"not OK")]),
    case("version"),
    case("version", False),
    case("version", api_version=False, _config=HEADERS),
    case("login", "someone", "secret"),
    case("login", "someone", "secret", "me@example.com", "registry.example", True),
    case("login", "user", registry="registry.example:5000", _config=CREDENTIALS),
    case(
        "login",
        "user",
        "new",
        registry="registry.example:5000",
        reauth=True,
        _config=CREDENTIALS,
    ),
    case("login", "hub", _config=CREDENTIALS),
    case("login", "other", "x", _config=CREDENTIALS),
    case("login", "hub", dockercfg_path=Make(_docker_config)),
    case("login", "a", "b", _answers=[Reply(401, {"message": "unauthorized"})]),
]

NETWORKS: list[Case] = [
    case("networks", _answers=[[]]),
    case("networks", ["a"], ["b"], {"driver": "bridge"}, _answers=[[]]),
    case("networks", names=["a"], filters={"name": ["b"]}, _answers=[[]]),
    case("create_network", "n"),
    case(
        "create_network",
        "n",
        "bridge",
        {"a": "b"},
        {"Driver": "default"},
        True,
        True,
        {"c": "d"},
        True,
        True,
        "swarm",
        True,
    ),
    case("create_network", "n", attachable=False, ingress=False, check_duplicate=False),
    case("create_network", "n", options="x"),
    case("create_network", "n", labels="x"),
    case("create_network", "n", ingress=True, _version="1.28"),
    case("create_network", "n", scope="local", _version="1.29"),
    case("prune_networks"),
    case("prune_networks", {"until": "5m"}),
    case("remove_network", "n", _answers=[Reply(204)]),
    case("remove_network", net_id={"Id": "n"}, _answers=[Reply(204)]),
    case("inspect_network", "n"),
    case("inspect_network", "n", True, "swarm"),
    case("inspect_network", "n", verbose=False, _version="1.27"),
    case("inspect_network", "n", scope="local", _version="1.30"),
    case("connect_container_to_network", "abc", "n"),
    case(
        "connect_container_to_network",
        {"Id": "abc"},
        "n",
        "10.0.0.1",
        "::1",
        ["a"],
        {"db": "alias"},
        ["fe80::1"],
        {"o": "p"},
        "02:42:ac:11:65:43",
    ),
    case("connect_container_to_network", "abc", "n", driver_opt="x"),
    case("disconnect_container_from_network", "abc", "n"),
    case("disconnect_container_from_network", "abc", "n", True),
]

VOLUMES: list[Case] = [
    case("volumes"),
    case("volumes", {"dangling": True}),
    case("volumes", filters={}),
    case("create_volume"),
    case("create_volume", "v", "local", {"a": "b"}, {"c": "d"}),
    case("create_volume", driver_opts="x"),
    case("create_volume", labels="x"),
    case("inspect_volume", "v"),
    case("inspect_volume", None),
    case("prune_volumes"),
    case("prune_volumes", {"all": True}),
    case("prune_volumes", _version="1.24"),
    case("remove_volume", "v", _answers=[Reply(204)]),
    case("remove_volume", "v", True, _answers=[Reply(204)]),
    case("remove_volume", "v", force=True, _version="1.24"),
]

PLUGINS: list[Case] = [
    case("configure_plugin", "p", {"a": "b"}, _answers=[Reply(204)]),
    case("configure_plugin", "p", ["a=b"], _answers=[Reply(204)]),
    case("configure_plugin", "p", [], _version="1.24"),
    case("create_plugin", "p", Make(_plugin), _answers=[Reply(204)]),
    case("create_plugin", "p", Make(_plugin), True, _answers=[Reply(204)]),
    case("disable_plugin", "p"),
    case("disable_plugin", "p", True),
    case("enable_plugin", "p"),
    case("enable_plugin", "p", 5),
    case("inspect_plugin", "p:latest"),
    case("pull_plugin", "registry.example:5000/p", [{"Name": "n"}], _config=CREDENTIALS),
    case("pull_plugin", "p", [], "name"),
    case("plugins", _answers=[[]]),
    case("plugin_privileges", "p", _answers=[[]]),
    case("plugin_privileges", "registry.example:5000/p", _config=CREDENTIALS),
    case(
        "push_plugin",
        "registry.example:5000/p",
        _config=CREDENTIALS,
        _differs="path and streaming: the original asks for a path no engine has",
    ),
    case("remove_plugin", "p"),
    case("remove_plugin", "p", True),
    case("upgrade_plugin", "p", "registry.example:5000/q", [{"Name": "n"}], _config=CREDENTIALS),
    case("upgrade_plugin", "p", "q", [], _version="1.25"),
]

STORED: list[Case] = [
    case("create_config", "c", b"data"),
    case("create_config", "c", "text \u00e9", {"a": "b"}, {"Name": "golang"}),
    case("create_config", "c", b"", _version="1.29"),
    case("inspect_config", "c"),
    case("inspect_config", id={"ID": "c"}),
    case("remove_config", "c", _answers=[Reply(204)]),
    case("configs", _answers=[[]]),
    case("configs", {"name": "a"}, _answers=[[]]),
    case("create_secret", "s", b"data"),
    case("create_secret", "s", "text \u00e9", {"a": "b"}, {"Name": "d"}),
    case("create_secret", "s", b"", driver={"Name": "d"}, _version="1.30"),
    case("create_secret", "s", b"", _version="1.24"),
    case("inspect_secret", "s"),
    case("remove_secret", "s", _answers=[Reply(204)]),
    case("remove_secret", None),
    case("secrets", _answers=[[]]),
    case("secrets", {"names": ["a"]}, _answers=[[]]),
]

TASK = {"ContainerSpec": {"Image": "busybox"}, "Networks": [{"Target": "own"}]}


def _task(**container: Any) -> dict[str, Any]:
    return {"ContainerSpec": {"Image": "busybox", **container}}


CURRENT = {
    "Spec": {
        "Name": "s",
        "Labels": {"a": "b"},
        "Mode": {"Global": {}},
        "TaskTemplate": {
            "ContainerSpec": {"Image": "registry.example:5000/old", "Args": ["x"]},
            "Networks": [{"Target": "task"}],
            "ForceUpdate": 1,
        },
        "UpdateConfig": {"Parallelism": 1},
        "RollbackConfig": {"Parallelism": 2},
        "Networks": [{"Target": "service"}],
        "EndpointSpec": {"Mode": "vip"},
    }
}
BARE = {"Spec": {"TaskTemplate": {}, "Networks": [{"Target": "service"}]}}

SERVICES: list[Case] = [
    case("create_service", TASK),
    case(
        "create_service",
        TASK,
        "s",
        {"a": "b"},
        "global",
        {"Parallelism": 2},
        ["n", {"Target": "m"}],
        {"ignored": 1},
        {"Mode": "vip"},
        {"Parallelism": 1},
    ),
    case("create_service", _task(), mode={"Replicated": {"Replicas": 2}}),
    case("create_service", _task(Image="registry.example:5000/a"), _config=CREDENTIALS),
    case("create_service", {}),
    case("create_service", _task(), mode="sideways"),
    case("create_service", _task(), networks="n"),
    case("create_service", TASK, _version="1.24"),
    case("create_service", TASK, networks=["n"], _version="1.24"),
    *(
        case("create_service", _task(**{field: value}), _version=version)
        for field, value, version in (
            ("TTY", True, "1.24"),
            ("TTY", False, "1.24"),
            ("Hostname", "h", "1.24"),
            ("Hosts", [], "1.24"),
            ("Groups", [], "1.24"),
            ("DNSConfig", {}, "1.24"),
            ("Healthcheck", {}, "1.24"),
            ("StopSignal", "x", "1.27"),
            ("Configs", [], "1.29"),
            ("Privileges", {}, "1.29"),
            ("Isolation", "x", "1.34"),
            ("Init", True, "1.37"),
        )
    ),
    case(
        "create_service",
        _task(ReadOnly=True),
        _version="1.27",
        _differs="message: the original names dns_config",
    ),
    case("create_service", {**TASK, "ForceUpdate": 1}, _version="1.24"),
    case(
        "create_service",
        {**TASK, "Placement": {"Platforms": [{}]}},
        _version="1.29",
    ),
    case(
        "create_service",
        {**TASK, "Placement": {"Preferences": [{}]}},
        _version="1.26",
    ),
    case(
        "create_service",
        {**TASK, "Resources": {"GenericResources": [{}]}},
        _version="1.31",
    ),
    case("create_service", TASK, update_config={"MaxFailureRatio": 1}, _version="1.24"),
    case("create_service", TASK, update_config={"Monitor": 1}, _version="1.24"),
    case(
        "create_service",
        TASK,
        update_config={"FailureAction": "rollback"},
        _version="1.27",
    ),
    case("create_service", TASK, update_config={"Order": "x"}, _version="1.28"),
    case("create_service", TASK, rollback_config={}, _version="1.27"),
    case(
        "create_service",
        TASK,
        rollback_config={},
        _version="1.28",
        _differs="the original fails with a TypeError of its own",
    ),
    case(
        "create_service",
        TASK,
        endpoint_spec={"Ports": [{"PublishMode": "host"}]},
        _version="1.31",
    ),
    case("inspect_service", "s"),
    case("inspect_service", "s", True),
    case("inspect_service", "s", insert_defaults=True, _version="1.28"),
    case("inspect_task", "t"),
    case("inspect_task", {"ID": "t"}),
    case("remove_service", "s"),
    case("services", _answers=[[]]),
    case("services", {"name": "s"}, True, _answers=[[]]),
    case("services", status=False, _version="1.40"),
    case("service_logs", "s"),
    case("service_logs", "s", True, True, True, True, 5, True, 10, False),
    case("service_logs", "s", is_tty=True),
    case("service_logs", "s", _answers=[{"Spec": {"TaskTemplate": {"ContainerSpec": {"TTY": True}}}}]),
    case("service_logs", "s", _version="1.24"),
    case("tasks", _answers=[[]]),
    case("tasks", {"service": "s"}, _answers=[[]]),
    case("update_service", "s", 5),
    case(
        "update_service",
        "s",
        5,
        TASK,
        "n",
        {"a": "b"},
        "replicated",
        {"Parallelism": 2},
        ["n"],
        {"ignored": 1},
        {"Mode": "dnsrr"},
        False,
        {"Parallelism": 3},
    ),
    case("update_service", {"ID": "s"}, 5, fetch_current_spec=True, _answers=[CURRENT]),
    case(
        "update_service",
        "s",
        5,
        {"ContainerSpec": {"Image": "new", "Args": None}, "ForceUpdate": 2, "Resources": None},
        fetch_current_spec=True,
        mode={"Replicated": {}},
        _answers=[CURRENT],
        _config=CREDENTIALS,
    ),
    case(
        "update_service",
        "s",
        5,
        fetch_current_spec=True,
        _answers=[CURRENT],
        _config=CREDENTIALS,
    ),
    case("update_service", "s", 5, fetch_current_spec=True, _answers=[BARE]),
    case("update_service", "s", 5, _task(), fetch_current_spec=True, _answers=[BARE]),
    case(
        "update_service",
        "s",
        5,
        networks=["n"],
        fetch_current_spec=True,
        _answers=[CURRENT],
    ),
    case(
        "update_service",
        "s",
        5,
        fetch_current_spec=True,
        _version="1.24",
        _answers=[{"Spec": {"TaskTemplate": {"ContainerSpec": {}}, "Networks": ["m"]}}],
    ),
    case("update_service", "s", 5, networks=["n"], _version="1.24"),
    case("update_service", "s", 5, mode="sideways"),
]

SWARMS: list[Case] = [
    case("create_swarm_spec"),
    case("create_swarm_spec", 5, external_ca={"URL": "u"}, name="n"),
    case("create_swarm_spec", signing_ca_key="k", _version="1.29"),
    case("get_unlock_key", _answers=[{"UnlockKey": "k"}]),
    case("init_swarm", _answers=["node"]),
    case(
        "init_swarm",
        "eth0",
        "0.0.0.0:5000",
        True,
        {"Name": "n"},
        ["10.1.0.0/16"],
        26,
        "eth1",
        4790,
        _answers=["node"],
    ),
    case("init_swarm", default_addr_pool=["10.1.0.0/16"], _answers=["node"]),
    case("init_swarm", subnet_size=26, _answers=["node"]),
    case("init_swarm", swarm_spec="x"),
    case("init_swarm", subnet_size=26, _version="1.38"),
    case("init_swarm", default_addr_pool=[], _version="1.38"),
    case("init_swarm", data_path_addr="a", _version="1.29"),
    case("init_swarm", data_path_port=1, _version="1.39"),
    case("inspect_swarm"),
    case("inspect_node", "n"),
    case("inspect_node", node_id={"ID": "n"}),
    case("join_swarm", ["a:2377"], "token"),
    case("join_swarm", ["a"], "token", "0.0.0.0:1", "eth0", "eth1"),
    case("join_swarm", ["a"], "token", data_path_addr="a", _version="1.29"),
    case("leave_swarm"),
    case("leave_swarm", True),
    case("leave_swarm", force=True, _answers=[Reply(406, {"message": "no swarm"})]),
    case("leave_swarm", force=True, _answers=[Reply(503, {"message": "no swarm"})]),
    case("leave_swarm", _answers=[Reply(503, {"message": "no swarm"})]),
    case("nodes", _answers=[[]]),
    case("nodes", {"role": "manager"}, _answers=[[]]),
    case("remove_node", "n"),
    case("remove_node", "n", True),
    case("unlock_swarm", "key"),
    case("unlock_swarm", {"UnlockKey": "key"}),
    case("unlock_swarm", {"key": "key"}),
    case("update_node", "n", 5),
    case("update_node", "n", version=5, node_spec={"Role": "manager", "Name": None}),
    case("update_swarm", 5),
    case("update_swarm", 5, {"Name": "n"}, True, True, True),
    case("update_swarm", 5, rotate_manager_unlock_key=True, _version="1.24"),
]

#: What the engine says no to.
REFUSED: list[Case] = [
    case("inspect_container", "abc", _answers=[Reply(404, {"message": "No such container: abc"})]),
    case("inspect_image", "abc", _answers=[Reply(404, {"message": "No such image: abc"})]),
    case("create_container", "x", _answers=[Reply(404, {"message": "No such image: x:latest"})]),
    case("start", "abc", _answers=[Reply(500, {"message": "driver failed"})]),
    case("stop", "abc", _answers=[Reply(500, b"plain text")]),
    case("info", _answers=[Reply(503, b"")]),
    case("remove_container", "abc", _answers=[Reply(409, {"message": "conflict"})]),
    case("pull", "abc", _answers=[Reply(404, {"message": "pull access denied, repository does not exist"})]),
    case("exec_create", "abc", "ls", _answers=[Reply(409, {"message": "not running"})]),
]

CASES: list[Case] = [
    *CONTAINERS,
    *EXECS,
    *IMAGES,
    *BUILDS,
    *ENGINE,
    *NETWORKS,
    *VOLUMES,
    *PLUGINS,
    *STORED,
    *SERVICES,
    *SWARMS,
    *REFUSED,
]


def describe(row: Case) -> str:
    """Name a row in a test report."""
    given = [*map(_short, row.args), *(f"{key}={_short(value)}" for key, value in row.kwargs.items())]
    return f"{row.method}({', '.join(given)})@{row.version}"[:120]


def _short(value: Any) -> str:
    if isinstance(value, Make):
        return "made"
    if isinstance(value, bytes) and len(value) > 20:
        return f"{len(value)} bytes"
    return str(value)
