"""`utils` against the original: environment, ports, patterns, proxies, configuration, decorators."""

from __future__ import annotations

import asyncio
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
