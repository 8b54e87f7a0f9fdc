"""`auth` against the original: names, headers, configuration files, which credentials are found."""

from __future__ import annotations

import base64
import inspect
import json
import os
import pickle
from pathlib import Path
from typing import Any

import docker.auth as original
import docker.credentials as original_credentials
import pytest

from agreement import agree, outcome
from dockline import auth, credentials, errors


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


NAMES = [
    "busybox", "user/repo", "localhost/user/repo", "localhost:5000/repo", "my.host/repo", "my.host:5000/a/b", "index.docker.io/x",
    "docker.io/x", "http://h/x", "-gecko.com/image", "gecko.com-/image", "a-b.c/x", "", "/", "/x", "a/", ".", ":/", "registry/a",
    "https://h", "localhost", "127.0.0.1/x",
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "function",
    [
        "resolve_repository_name",
        "resolve_index_name",
        "split_repo_name",
        "convert_to_hostname",
    ],
)
def test_names(function: str, name: str) -> None:
    agree(getattr(original, function), getattr(auth, function), name)


URLS = [
    "https://index.docker.io/v1/",
    "http://h/x/y",
    "h:1/v2",
    "https://https://x",
    "index.docker.io",
    "HTTPS://h",
    "",
]


@pytest.mark.parametrize("url", URLS)
@pytest.mark.parametrize("function", ["resolve_index_name", "convert_to_hostname"])
def test_urls(function: str, url: str) -> None:
    agree(getattr(original, function), getattr(auth, function), url)


@pytest.mark.parametrize(
    "value",
    [
        encoded("a:b"),
        encoded("a:b:c"),
        encoded("é:ü").encode(),
        encoded("ab"),
        "",
        "!!",
        "é",
        "abc",
        encoded(":"),
    ],
)
def test_decode_auth(value: Any) -> None:
    agree(original.decode_auth, auth.decode_auth, value)


@pytest.mark.parametrize(
    "value",
    [{}, {"username": "ü", "password": "/?>>>"}, {"a": {"b": None}}, [], "x", object],
)
def test_encode_header(value: Any) -> None:
    agree(original.encode_header, auth.encode_header, value)


ENTRIES: list[Any] = [
    {},
    {"h": {"auth": encoded("u:p")}},
    {"h": {"auth": encoded("u:p"), "email": "e@x"}},
    {"h": {}},
    {"h": {"identitytoken": "t", "auth": "broken"}},
    {"h": {"email": "x"}},
    {"h": "x"},
    {"h": None},
    {"h": {"auth": "broken"}},
    {"a": {"auth": encoded("u:p")}, "b": {"identitytoken": "t"}, "c": {}},
    {"a": {"auth": encoded("u:p")}, "b": 1},
]


@pytest.mark.parametrize("entries", ENTRIES)
@pytest.mark.parametrize("strict", [False, True])
def test_parse_auth(entries: Any, strict: bool) -> None:
    agree(original.parse_auth, auth.parse_auth, entries, strict)
    agree(
        original.AuthConfig.parse_auth,
        auth.AuthConfig.parse_auth,
        entries,
        raise_on_error=strict,
    )


FILES: list[Any] = [
    None,
    "",
    "{}",
    "[",
    '{"auths": {}}',
    json.dumps(
        {
            "auths": {"h": {"auth": encoded("u:p"), "email": "e"}},
            "HttpHeaders": {"a": "b"},
        }
    ),
    json.dumps(
        {
            "auths": {"h": {"identitytoken": "t"}},
            "credsStore": "x",
            "credHelpers": {"g": "y"},
        }
    ),
    json.dumps({"credsStore": "x"}),
    json.dumps({"credHelpers": {"h": "y"}}),
    json.dumps({"h": {"auth": encoded("u:p")}}),
    json.dumps({"auths": {"h": 5}}),
    json.dumps({"currentContext": "x"}),
    f"auth = {encoded('u:p')}\nemail = e@x\n",
    f"auth = {encoded('u:p')}\n",
    "auth = broken\nemail = e\n",
    "auth: x",
    "\n\n",
]


def shown(config: Any) -> Any:
    return (
        dict(config),
        config.auths,
        config.creds_store,
        config.cred_helpers,
        config.is_empty,
    )


@pytest.mark.parametrize("content", FILES)
@pytest.mark.parametrize(
    "place", ["explicit", "DOCKER_CONFIG", ".docker/config.json", ".dockercfg"]
)
def test_load_config(
    tmp_path: Path, monkeypatch: Any, content: Any, place: str
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("DOCKER_CONFIG", raising=False)
    path = tmp_path / ("config.json" if place == "DOCKER_CONFIG" else place)
    if place == "DOCKER_CONFIG":
        monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path))
    explicit = str(path) if place == "explicit" else None
    if content is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    agree(
        lambda: shown(original.load_config(explicit)),
        lambda: shown(auth.load_config(explicit)),
    )


@pytest.mark.parametrize(
    "content", [json.loads(text) for text in FILES if text and text.startswith("{")]
)
def test_load_config_from_a_dict(content: Any) -> None:
    theirs, mine = json.loads(json.dumps(content)), json.loads(json.dumps(content))
    expected = outcome(
        lambda: shown(original.load_config(config_dict=theirs, config_path="/none"))
    )
    assert (
        outcome(lambda: shown(auth.load_config(config_dict=mine, config_path="/none")))
        == expected
    )
    assert mine == theirs  # what concerns credentials is taken out of it


AUTHS = {
    "auths": {
        "https://index.docker.io/v1/": {"username": "hub", "password": "p"},
        "my.registry.net": {"username": "plain"},
        "http://legacy.registry.url/v1/": {"username": "legacy"},
        "https://secure.example:5000/v2/": {"username": "secure"},
        "empty.example": {},
        "token.example": {"IdentityToken": "t"},
    }
}
REGISTRIES = [
    None, "", "docker.io", "index.docker.io", "https://index.docker.io/v1/", "my.registry.net", "http://my.registry.net/v1/",
    "https://my.registry.net", "legacy.registry.url", "http://legacy.registry.url/v1/", "secure.example:5000", "secure.example",
    "empty.example", "token.example", "none.example", "does.not.exist",
]  # fmt: skip


@pytest.mark.parametrize("registry", REGISTRIES)
def test_resolve_authconfig(registry: Any) -> None:
    agree(original.resolve_authconfig, auth.resolve_authconfig, AUTHS, registry)
    agree(original.resolve_authconfig, auth.resolve_authconfig, {}, registry)
    agree(
        lambda: original.AuthConfig(dict(AUTHS)).resolve_authconfig(registry),
        lambda: auth.AuthConfig(AUTHS).resolve_authconfig(registry),
    )
    agree(
        original.get_credential_store, auth.get_credential_store, dict(AUTHS), registry
    )
    helpers = {
        "credHelpers": {"my.registry.net": "a", "https://index.docker.io/v1/": "b"},
        "credsStore": "c",
    }
    agree(original.get_credential_store, auth.get_credential_store, helpers, registry)


HELPER = """#!/bin/sh
read server
echo "$0 $1 $server $MARK" >> "$LOG"
case "$1 $server" in
  "get https://index.docker.io/v1/") echo '{"Username": "hub", "Secret": "s"}' ;;
  "get token.example") echo '{"Username": "<token>", "Secret": "identity"}' ;;
  "get empty.example") echo '{"Username": "", "Secret": ""}' ;;
  "get broken.example") echo 'something broke'; exit 1 ;;
  "get known.example") echo '{"Username": "known", "Secret": "k"}' ;;
  "list ") echo '{"https://known.example/v2/": "known", "token.example": "<token>"}' ;;
  "get https://known.example/v2/") echo '{"Username": "known", "Secret": "k"}' ;;
  *) echo 'credentials not found in native keychain'; exit 1 ;;
esac
"""


@pytest.fixture
def helper(tmp_path: Path, monkeypatch: Any) -> Path:
    path = tmp_path / "docker-credential-test"
    path.write_text(HELPER)
    path.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("LOG", str(tmp_path / "log"))
    return tmp_path / "log"


STORES: list[Any] = [
    {"credsStore": "test"},
    {"credHelpers": {"known.example": "test"}},
    {"credHelpers": {"token.example": "test"}, "auths": AUTHS["auths"]},
    {
        "credsStore": "test",
        "auths": {
            "other.example": {"username": "file"},
            "empty.example": {"username": "file"},
        },
    },
]
WANTED = [
    None,
    "docker.io",
    "token.example",
    "empty.example",
    "broken.example",
    "known.example",
    "other.example",
    "my.registry.net",
]


@pytest.mark.parametrize("config", STORES)
@pytest.mark.parametrize("registry", WANTED)
def test_credential_stores(helper: Path, config: Any, registry: Any) -> None:
    theirs = outcome(
        original.AuthConfig(json.loads(json.dumps(config))).resolve_authconfig, registry
    )
    mine = outcome(
        auth.AuthConfig(json.loads(json.dumps(config))).resolve_authconfig, registry
    )
    assert mine == theirs


@pytest.mark.parametrize("config", STORES)
def test_all_credentials(helper: Path, config: Any) -> None:
    theirs = outcome(
        original.AuthConfig(json.loads(json.dumps(config))).get_all_credentials
    )
    assert (
        outcome(auth.AuthConfig(json.loads(json.dumps(config))).get_all_credentials)
        == theirs
    )


def test_helpers_get_the_environment_asked_for(helper: Path) -> None:
    auth.resolve_authconfig(
        {"credsStore": "test"}, "known.example", credstore_env={"MARK": "marked"}
    )
    assert helper.read_text().split()[1:] == ["get", "known.example", "marked"]


def test_answers_are_kept_briefly(helper: Path, monkeypatch: Any) -> None:
    config = auth.AuthConfig({"credsStore": "test"})
    now = 1000.0
    monkeypatch.setattr(auth.time, "monotonic", lambda: now)
    first = config.resolve_authconfig("known.example")
    assert first is not None
    first["Password"] = "changed by the caller"
    assert config.resolve_authconfig("known.example") == {
        "ServerAddress": "known.example",
        "Username": "known",
        "Password": "k",
    }
    assert len(helper.read_text().splitlines()) == 1
    now += auth.HELPER_CACHE_SECONDS
    config.resolve_authconfig("known.example")
    assert len(helper.read_text().splitlines()) == 2


def test_only_the_helper_needed_is_run(helper: Path) -> None:
    config = auth.AuthConfig({"credHelpers": {"known.example": "test"}})
    assert config.resolve_authconfig("other.example") is None
    assert not helper.exists()


class Client:
    credstore_env = None

    def __init__(self, configs: Any) -> None:
        self._auth_configs = configs


@pytest.mark.parametrize("registry", REGISTRIES)
def test_header(registry: Any) -> None:
    theirs, mine = (
        Client(original.AuthConfig(dict(AUTHS))),
        Client(auth.AuthConfig(AUTHS)),
    )
    agree(
        lambda: original.get_config_header(theirs, registry),
        lambda: auth.get_config_header(mine, registry),
    )


def test_header_reads_the_file_when_nothing_is_known(
    tmp_path: Path, monkeypatch: Any
) -> None:
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path))
    (tmp_path / "config.json").write_text(
        json.dumps({"auths": {"h": {"auth": encoded("u:p")}}})
    )
    theirs, mine = Client(None), Client(None)
    agree(
        lambda: original.get_config_header(theirs, "h"),
        lambda: auth.get_config_header(mine, "h"),
    )
    assert dict(mine._auth_configs) == dict(theirs._auth_configs)


def test_header_goes_through_the_modules_function(monkeypatch: Any) -> None:
    monkeypatch.setattr(
        auth, "resolve_authconfig", lambda *args, **kwargs: {"username": "patched"}
    )
    header = auth.get_config_header(Client(auth.AuthConfig(AUTHS)), "h")
    assert header is not None
    assert json.loads(base64.urlsafe_b64decode(header)) == {"username": "patched"}


def test_docker_auth_config(monkeypatch: Any, tmp_path: Path) -> None:
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path))
    (tmp_path / "config.json").write_text(
        json.dumps(
            {
                "auths": {
                    "h": {"auth": encoded("file:p")},
                    "g": {"auth": encoded("file:p")},
                }
            }
        )
    )
    monkeypatch.setenv(
        "DOCKER_AUTH_CONFIG",
        json.dumps({"auths": {"https://h/v1/": {"auth": encoded("env:secret")}}}),
    )
    config = auth.load_config()
    found = config.resolve_authconfig("h")
    assert found is not None
    assert (found["username"], found["password"]) == ("env", "secret")
    assert config.resolve_authconfig("g") == {
        "username": "file",
        "password": "p",
        "email": None,
        "serveraddress": "g",
    }
    assert set(config.get_all_credentials()) == {"h", "g", "https://h/v1/"}
    assert "h" in config["auths"]
    assert "https://h/v1/" not in config["auths"]
    (tmp_path / "config.json").unlink()
    assert not auth.load_config().is_empty


@pytest.mark.parametrize(
    "value",
    [
        "{",
        "[]",
        "5",
        '{"auths": {"h": "hunter2"}}',
        '{"auths": {"h": {"auth": "hunter2"}}}',
        '{"auths": 5}',
    ],
)
def test_docker_auth_config_that_makes_no_sense(monkeypatch: Any, value: str) -> None:
    monkeypatch.setenv("DOCKER_AUTH_CONFIG", value)
    with pytest.raises(errors.InvalidConfigFile) as caught:
        auth.load_config("/none")
    assert "hunter2" not in str(caught.value)
    assert caught.value.__suppress_context__ or caught.value.__cause__ is None


def test_secrets_are_not_shown() -> None:
    config = auth.AuthConfig(
        {
            "auths": {
                "h": {"username": "u", "password": "hunter2"},
                "t": {"IdentityToken": "hunter2"},
            }
        }
    )
    for text in (repr(config), str(config), f"{config}"):
        assert "hunter2" not in text
        assert "'username': 'u'" in text


def test_pickles() -> None:
    config = pickle.loads(pickle.dumps(auth.AuthConfig(AUTHS)))
    assert config == AUTHS
    assert config.resolve_authconfig("my.registry.net") == {"username": "plain"}


def test_add_auth() -> None:
    config = auth.AuthConfig({})
    config.add_auth("h", {"username": "u"})
    assert config.resolve_authconfig("h") == {"username": "u"}


def test_surface() -> None:
    for name, value in vars(original).items():
        if name.startswith("_") or inspect.ismodule(value) or name == "log":
            continue
        mine = getattr(auth, name)
        if inspect.isfunction(value):
            parameters = inspect.signature(value).parameters
            assert [
                (p.name, p.default) for p in inspect.signature(mine).parameters.values()
            ] == [(p.name, p.default) for p in parameters.values()]
        elif isinstance(value, str):
            assert mine == value
    assert {n for n in vars(original.AuthConfig) if not n.startswith("__")} <= set(
        vars(auth.AuthConfig)
    )
    for name in vars(original_credentials):
        assert name.startswith("_") or hasattr(credentials, name), name
