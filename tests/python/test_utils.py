"""`utils` against the original: the same arguments, the same results and errors."""

from __future__ import annotations

import datetime as dt
from typing import Any

import docker.utils.utils as original
import pytest

from agreement import agree, outcome
from dockline.utils import utils

HOSTS = [
    None,
    "",
    " ",
    "unix://",
    "unix:// ",
    "unix:///var/run/docker.sock",
    "unix://var/run/docker.sock",
    "unix:///run/user/1000/docker.sock",
    "http+unix:///var/run/docker.sock",
    "http+unix://var/run/docker.sock",
    "unix://",
    "unix:///a/b/",
    "unix:///with space/docker.sock",
    "0.0.0.0",
    "0.0.0.0:1",
    "localhost",
    "localhost:2375",
    "example.org:2375/prefix",
    "tcp://",
    "tcp://:7777",
    "tcp://:7777/path",
    "tcp://localhost",
    "tcp://localhost:0",
    "tcp://localhost:2375",
    "tcp://localhost:2375/",
    "tcp://LocalHost:2375/p/a/t/h/",
    "tcp://[::1]:2375",
    "tcp://[fd12::82d1]:2375/docker",
    "tcp://user@host:2375",
    "tcp://user:secret@host:2375",
    "tcp://host:2375?x=y",
    "tcp://host:2375#fragment",
    "tcp://host:2375/a;b",
    "tcp://host:99999",
    "tcp://host:port",
    "http://host:2375",
    "https://host:2376",
    "https://host",
    "HTTPS://Host:2376",
    "npipe://",
    "npipe:////./pipe/docker_engine",
    "npipe:////./pipe/a/",
    "ssh://host",
    "ssh://",
    "ssh://user@host",
    "ssh://user@host:22",
    "ssh://user@host:2222",
    "ssh://:2222",
    "ssh://host/path",
    "ssh://host:22/",
    "ssh://user:secret@host",
    "fd://",
    "fd://3",
    "udp://127.0.0.1:2375",
    "ftp://host:21",
    "10.0.0.1:2375",
    ":2375",
    "a_b://host:1",
    "host_name:2375",
    "tcp:host:2375",
    "//host:2375",
    "/var/run/docker.sock",
]


@pytest.mark.parametrize("address", HOSTS)
@pytest.mark.parametrize("windows", [False, True])
@pytest.mark.parametrize("tls", [False, True])
def test_parse_host(address: Any, windows: bool, tls: bool) -> None:
    agree(original.parse_host, utils.parse_host, address, windows, tls)


NAMES = [
    "root", "root:tag", "user/repo", "user/repo:tag", "url:5000/repo", "url:5000/repo:tag", "root@sha256:digest",
    "user/repo@sha256:digest", "url:5000/repo@sha256:digest", "a:b@c", "a@b@c", "", ":", "@", "a:", "a@", ":b", "@b",
    "a/b:c/d", "[::1]:5000/x:y",
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_parse_repository_tag(name: str) -> None:
    agree(original.parse_repository_tag, utils.parse_repository_tag, name)


VERSIONS = [
    ("1.9", "1.10"), ("1.10", "1.9"), ("1.10", "1.10"), ("1", "1.0"), ("1.0.0", "1"), ("1.24", "1.45"), ("7.2.0", "1.22"),
    ("1.2.3", "1.2"), ("auto", "1.2"), ("1.2", ""), ("", ""), ("x", "x"), ("1.-1", "1.0"), ("01.2", "1.2"),
]  # fmt: skip


@pytest.mark.parametrize(("first", "second"), VERSIONS)
@pytest.mark.parametrize("name", ["compare_version", "version_lt", "version_gte"])
def test_versions(name: str, first: str, second: str) -> None:
    agree(getattr(original, name), getattr(utils, name), first, second)


PORT_BINDINGS: list[Any] = [
    {},
    {"80": 8080},
    {80: 8080},
    {"80/udp": None},
    {"80/tcp": "8080-8090"},
    {"80": ("127.0.0.1", 8080)},
    {"80": ("127.0.0.1",)},
    {"80": (8080,)},
    {"80": ("127.0.0.1", None)},
    {
        "80": [
            1,
            "2",
            None,
            ("::1", 3),
            {"HostPort": 4},
            {"HostPort": None, "HostIp": "h"},
        ]
    },
    {"80": []},
    {"80": {"HostIp": "127.0.0.1"}},
    {"80": {"HostIp": "127.0.0.1", "HostPort": "1"}},
    {"80": {}},
    {"80": ()},
    {"80": (1, 2, 3)},
    {"80": ("a", 2, 3)},
    {"80": 0},
    {"80": ""},
]


@pytest.mark.parametrize("bindings", PORT_BINDINGS)
def test_convert_port_bindings(bindings: Any) -> None:
    agree(original.convert_port_bindings, utils.convert_port_bindings, bindings)


BINDS: list[Any] = [
    ["/a:/b", "/c:/d:ro"],
    {},
    {"/a": "/b"},
    {b"/a": b"/b"},
    {"/a": {"bind": "/b"}},
    {"/a": {"bind": "/b", "mode": "ro"}},
    {"/a": {"bind": "/b", "mode": "rw,z"}},
    {"/a": {"bind": "/b", "mode": ""}},
    {"/a": {"bind": "/b", "mode": None}},
    {"/a": {"bind": "/b", "ro": True}},
    {"/a": {"bind": "/b", "ro": False}},
    {"/a": {"bind": "/b", "ro": False, "mode": "rw"}},
    {"/a": {"bind": b"/b", "mode": "ro"}},
    {"/a": {}},
    {"/a": {"bind": "/b", "mode": "ro", "propagation": "rshared"}},
    {"/a": {"bind": "/b", "ro": True, "propagation": "slave"}},
    {"/a": {"bind": "/b", "mode": "", "propagation": "private"}},
    {"/a": {"bind": "/b", "propagation": "nonsense"}},
    {"/a": {"bind": "/b", "propagation": None}},
    {"/a": None, "/é": "/ü", "C:\\x": {"bind": "/y"}},
    ("/a:/b",),
    None,
    "x",
]


@pytest.mark.parametrize("binds", BINDS)
def test_convert_volume_binds(binds: Any) -> None:
    agree(original.convert_volume_binds, utils.convert_volume_binds, binds)


@pytest.mark.parametrize(
    "tmpfs",
    [
        {},
        {"/a": "size=1"},
        [],
        ["/a"],
        ["/a:size=1,uid=2"],
        ["/a:b:c", "/a"],
        [1],
        None,
        "x",
        ("/a",),
        ["/a", {}],
    ],
)
def test_convert_tmpfs_mounts(tmpfs: Any) -> None:
    agree(original.convert_tmpfs_mounts, utils.convert_tmpfs_mounts, tmpfs)


@pytest.mark.parametrize(
    "networks", [None, [], {}, "", ["a", {"Target": "b"}, 3], ("a",), "a", {"a": 1}]
)
def test_convert_service_networks(networks: Any) -> None:
    agree(original.convert_service_networks, utils.convert_service_networks, networks)


DEVICES: list[Any] = [
    [], ["/dev/a"], ["/dev/a:/dev/b"], ["/dev/a:/dev/b:r"], ["/dev/a:/dev/b:r:x"], [{"PathOnHost": "/dev/a"}], [""], ["a::"],
    [1], [None], [b"/dev/a"], ["/dev/a", {"x": 1}],
]  # fmt: skip


@pytest.mark.parametrize("devices", DEVICES)
def test_parse_devices(devices: Any) -> None:
    agree(original.parse_devices, utils.parse_devices, devices)


SIZES: list[Any] = [
    0, 1, 1.5, -1, True, "", "0", "512", "512b", "512B", "1k", "1K", "1kb", "1KB", "1Kb", "64m", "64MB", "2g", "1.5g", "-1",
    "-1m", "1e3", "1e3k", " 5 ", "5 m", "m", "b", "kb", "127.0.0.1K", "1t", "1tb", "1p", "x", "12x3", "infb", "inf", "nan",
    "²", "1²", "9" * 30 + "g", None, b"1k", [],
]  # fmt: skip


@pytest.mark.parametrize("size", SIZES, ids=repr)
def test_parse_bytes(size: Any) -> None:
    theirs, mine = outcome(original.parse_bytes, size), outcome(utils.parse_bytes, size)
    if theirs.error in {
        "AttributeError",
        "TypeError",
    }:  # no size at all: Python's own words
        assert mine.error in {"AttributeError", "TypeError"}
    else:
        assert mine == theirs


@pytest.mark.parametrize(
    "links",
    [
        {},
        {"b": "x", "a": "y"},
        {"a": None, "b": ""},
        [("b", "x"), ("a", "y")],
        [("a", None)],
        [],
        [["a", "b"]],
        {"a": 1},
        ["ab"],
    ],
)
def test_normalize_links(links: Any) -> None:
    agree(original.normalize_links, utils.normalize_links, links)


FILTERS: list[Any] = [
    {}, {"dangling": True}, {"dangling": False}, {"label": "a"}, {"label": ["a", "b=c"]}, {"exited": 0}, {"id": [1, "2", None]},
    {"a": True, "b": [True, False]}, {"a": ("x", "y")}, {"ü": "é"}, {"a": None}, {"a": {"b": 1}}, {1: 2},
]  # fmt: skip


@pytest.mark.parametrize("filters", FILTERS)
def test_convert_filters(filters: Any) -> None:
    agree(original.convert_filters, utils.convert_filters, filters)


TIMES = [
    dt.datetime(1970, 1, 1, tzinfo=dt.timezone.utc),
    dt.datetime(2024, 2, 29, 23, 59, 59, 999999, tzinfo=dt.timezone.utc),
    dt.datetime(1969, 12, 31, 23, 59, 59, 500000, tzinfo=dt.timezone.utc),
    dt.datetime(2000, 1, 1, tzinfo=dt.timezone(dt.timedelta(hours=5, minutes=45))),
    dt.datetime(2030, 6, 1, 12),
    dt.datetime(1901, 1, 1, tzinfo=dt.timezone.utc),
]


@pytest.mark.parametrize("moment", TIMES)
def test_datetime_to_timestamp(moment: dt.datetime) -> None:
    agree(original.datetime_to_timestamp, utils.datetime_to_timestamp, moment)


@pytest.mark.parametrize(
    "environment",
    [
        {},
        {"a": "b"},
        {"a": None},
        {"a": b"\xc3\xa9"},
        {"a": 1, "b": True, "c": ""},
        {"": "x"},
        {"a": "b=c"},
    ],
)
def test_format_environment(environment: Any) -> None:
    agree(original.format_environment, utils.format_environment, environment)


@pytest.mark.parametrize("hosts", [{}, {"b": "1", "a": "::2"}, {"a": 1}])
@pytest.mark.parametrize("task", [False, True])
def test_format_extra_hosts(hosts: Any, task: bool) -> None:
    agree(original.format_extra_hosts, utils.format_extra_hosts, hosts, task)


@pytest.mark.parametrize(
    "line",
    [
        "",
        "echo hello",
        'echo \'a b\' "c\\"d"',
        "a\\ b",
        "'",
        "ls -l | wc",
        "é # x",
        "a\nb",
    ],
)
def test_split_command(line: str) -> None:
    agree(original.split_command, utils.split_command, line)


@pytest.mark.parametrize(
    "header", ["e30=", b"eyJhIjogMX0=", "bm90IGpzb24=", "!", "", "W10="]
)
def test_decode_json_header(header: Any) -> None:
    agree(original.decode_json_header, utils.decode_json_header, header)


@pytest.mark.parametrize(
    "name", ["create_ipam_pool", "create_ipam_config", "create_host_config"]
)
def test_gone(name: str) -> None:
    seen = agree(getattr(original, name), getattr(utils, name), 1, x=2)
    assert seen.error == "DeprecatedMethod"
