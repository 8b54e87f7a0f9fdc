"""`utils` against the original: the same arguments, the same results and errors."""

from __future__ import annotations

import asyncio
import datetime as dt
import inspect
import os
import re
from typing import Any

import docker.constants as original_constants
import docker.utils.config as original_config
import docker.utils.decorators as original_decorators
import docker.utils.fnmatch as original_fnmatch
import docker.utils.ports as original_ports
import docker.utils.proxy as original_proxy
import docker.utils.utils as original
import pytest

import dockline.constants
import dockline.utils
from agreement import agree, outcome
from dockline import errors
from dockline.utils import config, decorators, fnmatch, ports, proxy, utils

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


ENV_FILES = [
    "",
    "A=b\n",
    "A=b\n#x=y\n\n  B = c=d  \n",
    " # not a comment\n",
    "A\n",
    "A=\n=b\n",
    "A=1\nA=2",
    "\n\n",
    "#",
]


@pytest.mark.parametrize("content", ENV_FILES)
def test_parse_env_file(tmp_path: Any, content: str) -> None:
    path = tmp_path / "env"
    path.write_text(content)
    agree(original.parse_env_file, utils.parse_env_file, str(path))
    agree(original.parse_env_file, utils.parse_env_file, path)
    agree(original.parse_env_file, utils.parse_env_file, str(tmp_path / "none"))


@pytest.fixture
def certificates(tmp_path: Any) -> str:
    for name in ("ca.pem", "cert.pem", "key.pem"):
        (tmp_path / name).write_text("")
    return str(tmp_path)


@pytest.mark.parametrize("host", [None, "", "tcp://h:1"])
@pytest.mark.parametrize("verify", [None, "", "0", "1", "yes"])
@pytest.mark.parametrize("with_certificates", [None, "", "there", "missing"])
def test_kwargs_from_env(
    certificates: str, host: Any, verify: Any, with_certificates: Any, monkeypatch: Any
) -> None:
    monkeypatch.setenv("HOME", certificates)
    environment = {"SOMETHING": "else"}
    if host is not None:
        environment["DOCKER_HOST"] = host
    if verify is not None:
        environment["DOCKER_TLS_VERIFY"] = verify
    if with_certificates is not None:
        environment["DOCKER_CERT_PATH"] = {
            "there": certificates,
            "missing": "/none",
            "": "",
        }[with_certificates]

    def shown(function: Any) -> Any:
        result = function(environment)
        if "tls" in result:
            tls = result["tls"]
            result["tls"] = (type(tls).__name__, tls.cert, tls.ca_cert, tls.verify)
        return result

    agree(lambda: shown(original.kwargs_from_env), lambda: shown(utils.kwargs_from_env))


PORTS: list[Any] = [
    "80", 80, "80/udp", "80/tcp", "80/sctp", "80/xxx", "8080:80", "8080:80/udp", ":80", "127.0.0.1:8080:80", "127.0.0.1::80",
    "127.0.0.1:80", "[::1]:8080:80", "::1:8080:80", "[::1]::80", "2001:abcd:1:2:3:4:5:6:2:20-21", "1000-1001", "1000-1001/udp",
    "2000-2001:1000-1001", "2000-2002:1000-1001", "2000-2001:1000", "127.0.0.1:2000-2001:1000-1001", "127.0.0.1:2000-2005:1000",
    "127.0.0.1::1000-1001", "127.0.0.1:2000-2001:1000-1002", "0", "0:0", "", "a", "80:a", "80-", "-80", "1:2:3:4:5", "localhost:1:2",
    "80:80:80", "1001-1000", "80 ", "80\n", None,
]  # fmt: skip


@pytest.mark.parametrize("port", PORTS, ids=repr)
def test_split_port(port: Any) -> None:
    agree(original_ports.split_port, ports.split_port, port)


@pytest.mark.parametrize(
    "given",
    [
        [],
        ["80", "81:82"],
        ["80", "8080:80", "80/udp"],
        ["1000-1001:1000-1001", "127.0.0.1::1000"],
        ["x"],
        [80, "80"],
    ],
)
def test_build_port_bindings(given: Any) -> None:
    agree(original_ports.build_port_bindings, ports.build_port_bindings, given)


def test_split_port_of_compose() -> None:
    class Legacy:
        def legacy_repr(self) -> str:
            return "127.0.0.1:1:2"

    agree(original_ports.split_port, ports.split_port, Legacy())


PATTERNS = [
    "", "*", "**", "***", "****", "a", "*.py", "**/*.py", "a/**", "a/**/b", "**a", "a**", "a**b", "?", "a?c", "[a-c]", "[!a]", "[^a]",
    "[]]", "[!]]", "[", "[a", "a[", "[]", "[!", "[\\]", "\\*", "a.b", "a+b", "(a)", "a|b", "{a,b}", "$", "^", "A", "é", "a/", "/a", "**/",
    "**/**", "*/*", "[a-]", "[[]", "[z-a]", "a b", "~", "#",
]  # fmt: skip
FILES = [
    "",
    "a",
    "b",
    "abc",
    "a.py",
    "x/a.py",
    "x/y/a.py",
    "a/b",
    "a/x/b",
    "a/",
    "/a",
    "*",
    "[",
    "]",
    "^",
    "!a",
    "A",
    "É",
    "a.b",
    "axb",
    "a\nb",
]


@pytest.mark.parametrize("pattern", PATTERNS)
def test_fnmatch(pattern: str) -> None:
    agree(original_fnmatch.translate, fnmatch.translate, pattern)
    for name in FILES:
        theirs, mine = (
            outcome(original_fnmatch.fnmatch, name, pattern),
            outcome(fnmatch.fnmatch, name, pattern),
        )
        assert mine == theirs, (pattern, name)
        agree(original_fnmatch.fnmatchcase, fnmatch.fnmatchcase, name, pattern)


PROXIES: list[Any] = [
    {}, {"httpProxy": "http://p:1"}, {"httpsProxy": "https://p:2", "noProxy": "a,b"}, {"ftpProxy": "f", "httpProxy": "", "x": "y"},
    {"httpProxy": "a", "httpsProxy": "b", "ftpProxy": "c", "noProxy": "d"},
]  # fmt: skip


@pytest.mark.parametrize("settings", PROXIES)
@pytest.mark.parametrize("environment", [None, [], ["A=b"], ["HTTP_PROXY=mine"]])
def test_proxies(settings: Any, environment: Any) -> None:
    def shown(module: Any) -> Any:
        made = module.ProxyConfig.from_dict(settings)
        facts = (
            made.http,
            made.https,
            made.ftp,
            made.no_proxy,
            made.get_environment(),
            str(made),
            dict(made),
        )
        return (
            facts,
            made.inject_proxy_environment(environment),
            module.ProxyConfig().inject_proxy_environment(environment),
        )

    agree(lambda: shown(original_proxy), lambda: shown(proxy))


CONFIGURATIONS = [
    None,
    "",
    "{}",
    '{"a": 1}',
    "auth = eA==",
    "[",
    '{"HttpHeaders": {"X": "y"}}',
]


@pytest.mark.parametrize("content", CONFIGURATIONS)
@pytest.mark.parametrize(
    "place", ["explicit", "environment", ".docker/config.json", ".dockercfg"]
)
def test_configuration_file(
    tmp_path: Any, monkeypatch: Any, content: Any, place: str
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("DOCKER_CONFIG", raising=False)
    explicit = None
    path = tmp_path / place
    if place == "explicit":
        explicit = str(path)
    if place == "environment":
        monkeypatch.setenv("DOCKER_CONFIG", str(path))
        path = path / "config.json"
    if content is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    agree(original_config.find_config_file, config.find_config_file, explicit)
    agree(
        original_config.config_path_from_environment,
        config.config_path_from_environment,
    )
    agree(original_config.home_dir, config.home_dir)
    agree(original_config.load_general_config, config.load_general_config, explicit)


class Api:
    """Enough of a client for the decorators."""

    def __init__(self, version: str = "1.30", headers: Any = None) -> None:
        self._version = version
        self._general_configs = {} if headers is None else {"HttpHeaders": headers}


RESOURCES: list[Any] = [
    (("x",), {}), (({"Id": "x"},), {}), (({"ID": "x"},), {}), (({},), {}), ((None,), {}), (("",), {}), ((), {}), ((), {"thing": "x"}),
    ((), {"thing": {"Id": "x"}}), ((), {"thing": ""}), ((), {"resource_id": "x"}), (("x", 1), {"y": 2}), ((5,), {}), ((), {"other": 1}),
]  # fmt: skip


@pytest.mark.parametrize(("args", "kwargs"), RESOURCES)
def test_check_resource(args: Any, kwargs: Any) -> None:
    def made(module: Any) -> Any:
        @module.check_resource("thing")
        def method(self: Any, thing: Any, *rest: Any, **more: Any) -> Any:
            return thing, rest, more

        return lambda: method(Api(), *args, **kwargs)

    agree(made(original_decorators), made(decorators))


@pytest.mark.parametrize("version", ["1.24", "1.29", "1.30", "1.31", "1.100", "7.2.0"])
def test_minimum_version(version: str) -> None:
    def made(module: Any) -> Any:
        @module.minimum_version("1.30")
        def method(self: Any) -> str:
            return "done"

        return lambda: method(Api(version))

    agree(made(original_decorators), made(decorators))


@pytest.mark.parametrize("configured", [None, {}, {"X": "y"}, {"X": "y", "A": "b"}])
@pytest.mark.parametrize("given", [None, {}, {"A": "a"}])
def test_update_headers(configured: Any, given: Any) -> None:
    def made(module: Any) -> Any:
        @module.update_headers
        def method(self: Any, **kwargs: Any) -> Any:
            return kwargs

        kwargs = {} if given is None else {"headers": dict(given)}
        return lambda: method(Api(headers=configured), **kwargs)

    agree(made(original_decorators), made(decorators))


def test_decorators_on_coroutines() -> None:
    @decorators.check_resource("thing")
    @decorators.minimum_version("1.30")
    async def method(self: Any, thing: Any) -> Any:
        """Its text."""
        return thing

    assert asyncio.run(method(Api(), {"Id": "x"})) == "x"
    assert method.__doc__ == "Its text."
    assert inspect.iscoroutinefunction(inspect.unwrap(method))
    with pytest.raises(errors.NullResource):
        method(Api(), None)
    with pytest.raises(errors.InvalidVersion):
        method(Api("1.24"), "x")


def test_configured_headers_are_not_shared() -> None:
    @decorators.update_headers
    def method(self: Any, **kwargs: Any) -> Any:
        kwargs["headers"]["Content-Type"] = "text/plain"

    api = Api(headers={"X": "y"})
    method(api)
    assert api._general_configs == {"HttpHeaders": {"X": "y"}}


def test_constants() -> None:
    theirs = {
        name: value
        for name, value in vars(original_constants).items()
        if name.isupper()
    }
    mine = {
        name: value
        for name, value in vars(dockline.constants).items()
        if name.isupper()
    }
    assert mine == theirs


def test_exports() -> None:
    import docker.utils

    names = {name for name in vars(docker.utils) if not name.startswith("_")}
    assert {name for name in names if not hasattr(dockline.utils, name)} <= {
        "socket",
        "json_stream",
    }


def test_signatures() -> None:
    for module, reference in (
        (utils, original),
        (ports, original_ports),
        (fnmatch, original_fnmatch),
        (config, original_config),
    ):
        for name, function in vars(reference).items():
            if (
                not inspect.isfunction(function)
                or function.__module__ != reference.__name__
                or name.startswith("_")
            ):
                continue
            bare = [
                re.sub(r"<.*", "", str((p.name, p.default, p.kind)))
                for p in inspect.signature(function).parameters.values()
            ]
            mine = [
                re.sub(r"<.*", "", str((p.name, p.default, p.kind)))
                for p in inspect.signature(getattr(module, name)).parameters.values()
            ]
            assert mine == bare, f"{module.__name__}.{name}"


def test_home_is_used_only_when_needed(monkeypatch: Any) -> None:
    monkeypatch.setattr(os.path, "expanduser", lambda _: pytest.fail("not needed"))
    assert utils.kwargs_from_env({"DOCKER_HOST": "tcp://h:1"}) == {
        "base_url": "tcp://h:1"
    }
