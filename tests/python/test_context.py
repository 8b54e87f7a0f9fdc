"""Contexts against the original: the same files are written, the same answers given."""

from __future__ import annotations

import inspect
import json
import os
from pathlib import Path
from typing import Any, Callable

import docker.context as original
import docker.context.config as original_config
import docker.tls
import pytest

import dockline.tls
from agreement import agree, outcome
from dockline import context, errors
from dockline.context import config

# The original leaves the files it reads to the garbage collector.
pytestmark = pytest.mark.filterwarnings(
    "ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning"
)

CONTEXT = {"original": original, "ours": context}
TLS = {"original": docker.tls.TLSConfig, "ours": dockline.tls.TLSConfig}


@pytest.fixture
def home(tmp_path: Path, monkeypatch: Any) -> Callable[[str], Path]:
    """Give each side a home of its own, with the same content."""
    monkeypatch.delenv("DOCKER_CONFIG", raising=False)
    monkeypatch.delenv("DOCKER_CONTEXT", raising=False)
    monkeypatch.delenv("DOCKER_HOST", raising=False)
    for name in ("ca.pem", "cert.pem", "key.pem"):
        (tmp_path / name).write_text(name)

    def enter(side: str, content: Any = "{}") -> Path:
        folder = tmp_path / side
        if not folder.exists():
            (folder / ".docker").mkdir(parents=True)
            if content is not None:
                (folder / ".docker" / "config.json").write_text(content)
        monkeypatch.setenv("HOME", str(folder))
        return folder

    return enter


def files(folder: Path) -> dict[str, Any]:
    return {
        str(path.relative_to(folder)): path.read_text()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def described(made: Any, folder: Path) -> Any:
    if made is None or isinstance(made, (str, bool)):
        return made
    if isinstance(made, dict):
        return json.loads(
            json.dumps(
                made, default=lambda tls: [tls.cert, tls.ca_cert, tls.verify]
            ).replace(str(folder), "~")
        )
    tls = made.TLSConfig
    return [
        made.name, made.Name, made.Host, made.Orchestrator, made.context_type, made.is_docker_host(), repr(made),
        tls and [str(tls.cert).replace(str(folder), "~"), str(tls.ca_cert).replace(str(folder), "~"), tls.verify],
        *(json.loads(json.dumps(part).replace(str(folder), "~")) for part in (made.Metadata, made.TLSMaterial, made.Storage, made(), made.inspect())),
        str(made).replace(str(folder), "~"),
    ]  # fmt: skip


def both(home: Any, steps: Callable[[Any, Any, Path], Any], content: Any = "{}") -> Any:
    """Run the steps on each side; results, errors and files must be equal."""
    seen = []
    for side in ("original", "ours"):
        folder = home(side, content)
        result = outcome(steps, CONTEXT[side], TLS[side], folder)
        value = (
            [described(item, folder) for item in result.value]
            if isinstance(result.value, list)
            else described(result.value, folder)
        )
        text = result.text and result.text.replace(str(folder), "~")
        seen.append((value, result.error, text, files(folder)))
    assert seen[1] == seen[0]
    return seen[1]


CREATED: list[Any] = [
    {},
    {"host": "tcp://h:2375"},
    {"host": "tcp://h:2376", "skip_tls_verify": True},
    {"host": "unix:///run/x.sock"},
    {"host": "ssh://u@h"},
    {"orchestrator": "swarm", "host": "tcp://h:1"},
    {"orchestrator": "kubernetes", "host": "tcp://h:1", "default_namespace": "n"},
    {"host": "nonsense://x"},
]


@pytest.mark.parametrize("options", CREATED)
def test_create_list_inspect_remove(home: Any, options: Any) -> None:
    def steps(module: Any, tls: Any, folder: Path) -> Any:
        api = module.ContextAPI
        made = api.create_context("test", **options)
        again = outcome(api.create_context, "test")
        shown = [
            made,
            api.get_context("test"),
            api.inspect_context("test"),
            *api.contexts(),
            again.error,
            again.text,
        ]
        api.set_current_context("test")
        shown += [
            api.get_current_context(),
            api.kwargs_from_context(),
            api.kwargs_from_context("default"),
        ]
        (folder / "between").write_text(json.dumps(files(folder)))
        api.remove_context("test")
        return [*shown, api.get_context("test"), api.get_current_context()]

    both(home, steps)


@pytest.mark.parametrize("verify", [None, True])
@pytest.mark.parametrize("skip", [False, True])
def test_tls_files(home: Any, tmp_path: Path, verify: Any, skip: bool) -> None:
    pair = (str(tmp_path / "cert.pem"), str(tmp_path / "key.pem"))

    def steps(module: Any, tls: Any, folder: Path) -> Any:
        options = tls(client_cert=pair, ca_cert=str(tmp_path / "ca.pem"), verify=verify)
        module.ContextAPI.create_context(
            "secure", host="tcp://h:2376", tls_cfg=options, skip_tls_verify=skip
        )
        loaded = module.ContextAPI.get_context("secure")
        return [
            loaded,
            module.ContextAPI.kwargs_from_context("secure"),
            *module.ContextAPI.contexts(),
        ]

    both(home, steps)


BAD_CALLS: list[Any] = [
    ("create_context", ("",)), ("create_context", ("default",)), ("remove_context", ("",)), ("remove_context", ("default",)),
    ("remove_context", ("none",)), ("inspect_context", ("",)), ("inspect_context", ("none",)), ("inspect_context", ()),
    ("set_current_context", ("none",)), ("set_current_context", ()), ("set_current_context", ("default",)), ("get_context", ("none",)),
    ("get_context", ()), ("get_context", ("default",)), ("get_current_context", ()), ("contexts", ()), ("kwargs_from_context", ("none",)),
    ("kwargs_from_context", ()),
]  # fmt: skip


@pytest.mark.parametrize(("method", "args"), BAD_CALLS)
@pytest.mark.parametrize(
    "content", ["{}", '{"currentContext": "none"}', "[", '{"currentContext": ""}']
)
def test_calls_without_contexts(
    home: Any, method: str, args: Any, content: str
) -> None:
    both(
        home,
        lambda module, tls, folder: getattr(module.ContextAPI, method)(*args),
        content,
    )


META: list[Any] = [
    {
        "Name": "x",
        "Metadata": {},
        "Endpoints": {"docker": {"Host": "tcp://h:1", "SkipTLSVerify": False}},
    },
    {
        "Name": "x",
        "Metadata": {"Description": "d", "Type": "aci"},
        "Endpoints": {"docker": {"Host": "unix:///x"}},
    },
    {
        "Name": "x",
        "Metadata": {"StackOrchestrator": "kubernetes"},
        "Endpoints": {"docker": {}, "kubernetes": {"Host": "k"}},
    },
    {"Name": "x", "Metadata": {}, "Endpoints": {"other": {"Host": "y"}}},
    {"Name": "x", "Metadata": {}, "Endpoints": {}},
    {"Name": "x", "Metadata": {}, "Endpoints": {"other": 5}},
    {"Name": "", "Metadata": {}, "Endpoints": {}},
    {"Name": "x", "Endpoints": {}},
    {"Name": "x", "Metadata": {}},
    {},
    "broken {",
]


@pytest.mark.parametrize("meta", META)
@pytest.mark.parametrize(
    "method", ["get_context", "contexts", "kwargs_from_context", "inspect_context"]
)
def test_files_of_the_cli(home: Any, meta: Any, method: str) -> None:
    def steps(module: Any, tls: Any, folder: Path) -> Any:
        place = Path(module.config.get_meta_file("x"))
        place.parent.mkdir(parents=True)
        place.write_text(meta if isinstance(meta, str) else json.dumps(meta))
        return getattr(module.ContextAPI, method)(
            *([] if method == "contexts" else ["x"])
        )

    both(home, steps)


@pytest.mark.parametrize(
    "environment",
    [
        {},
        {"DOCKER_CONTEXT": "a"},
        {"DOCKER_CONTEXT": "default"},
        {"DOCKER_CONTEXT": "none"},
        {"DOCKER_CONTEXT": ""},
    ],
)
@pytest.mark.parametrize("current", ["a", "b", None])
@pytest.mark.parametrize("name", [None, "", "b", "default"])
def test_which_context(home: Any, environment: Any, current: Any, name: Any) -> None:
    def steps(module: Any, tls: Any, folder: Path) -> Any:
        for made in ("a", "b"):
            module.ContextAPI.create_context(made, host=f"tcp://{made}:1")
        if current:
            module.ContextAPI.set_current_context(current)
        return module.ContextAPI.kwargs_from_context(name, environment)

    both(home, steps)


MADE: list[Any] = [
    (("x",), {}), (("",), {}), ((None,), {}), (("x", "swarm"), {}), (("x", "kubernetes"), {}), (("x",), {"host": "tcp://h:1", "tls": True}),
    (("x",), {"host": "h:1"}), (("x",), {"host": "bad://"}), (("x",), {"endpoints": {"docker": {}}, "tls": True}),
    (("x",), {"endpoints": {"docker": {"Host": None}}}), (("x",), {"endpoints": {"a": {"b": 1}}}), (("x",), {"endpoints": {"a": []}}),
    (("x",), {"endpoints": {"docker": {"SkipTLSVerify": "yes"}}}),
]  # fmt: skip


@pytest.mark.parametrize(("args", "kwargs"), MADE)
def test_context_objects(home: Any, args: Any, kwargs: Any) -> None:
    both(
        home,
        lambda module, tls, folder: module.Context(
            *args, **json.loads(json.dumps(kwargs))
        ),
    )


@pytest.mark.parametrize(
    ("path", "tls"),
    [
        (None, False),
        (None, True),
        ("tcp://h:1", True),
        ("http+unix:///x", False),
        ("", False),
        ("unix:///var/run/docker.sock", True),
    ],
)
def test_context_host(path: Any, tls: bool) -> None:
    agree(original_config.get_context_host, config.get_context_host, path, tls)


def test_paths(home: Any) -> None:
    home("ours")
    for name in ("get_context_dir", "get_meta_dir", "get_tls_dir"):
        agree(getattr(original_config, name), getattr(config, name))
    for name in ("get_context_id", "get_meta_dir", "get_meta_file", "get_tls_dir"):
        agree(getattr(original_config, name), getattr(config, name), "x")
    agree(original_config.get_tls_dir, config.get_tls_dir, "x", "docker")


def test_nothing_is_written_into_the_current_directory(
    home: Any, tmp_path: Path, monkeypatch: Any
) -> None:
    folder = home("ours", None)
    (tmp_path / "cwd").mkdir()
    monkeypatch.chdir(tmp_path / "cwd")
    context.ContextAPI.create_context("test", host="tcp://h:1")
    context.ContextAPI.set_current_context("test")
    assert os.listdir(tmp_path / "cwd") == []
    assert json.loads((folder / ".docker" / "config.json").read_text()) == {
        "currentContext": "test"
    }
    assert context.ContextAPI.kwargs_from_context() == {"base_url": "https://h:1"}
    names = [made.Name for made in context.ContextAPI.contexts() if made]
    assert names == ["default", "test"]
    context.ContextAPI.remove_context("test")
    assert os.listdir(tmp_path / "cwd") == []


def test_docker_config_without_a_file(
    home: Any, tmp_path: Path, monkeypatch: Any
) -> None:
    home("ours", None)
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path / "elsewhere"))
    context.ContextAPI.create_context("test")
    assert (tmp_path / "elsewhere" / "contexts" / "meta").is_dir()


def test_an_endpoint_that_is_no_mapping(home: Any) -> None:
    home("ours")
    place = Path(config.get_meta_file("x"))
    place.parent.mkdir(parents=True)
    place.write_text(
        json.dumps({"Name": "x", "Metadata": {}, "Endpoints": {"docker": "wrong"}})
    )
    with pytest.raises(
        errors.ContextException, match="Unknown endpoint format for context x: wrong"
    ):
        context.ContextAPI.get_context("x")


def test_a_file_that_cannot_be_written(home: Any, monkeypatch: Any) -> None:
    folder = home("ours")
    context.ContextAPI.create_context("test")
    (folder / ".docker" / "config.json").write_text("[")
    with pytest.raises(errors.ContextException, match="Failed to set current context"):
        context.ContextAPI.set_current_context("test")


def test_surface() -> None:
    for mine, theirs in (
        (context.ContextAPI, original.ContextAPI),
        (context.Context, original.Context),
    ):
        for name, value in vars(theirs).items():
            if name.startswith("_") and name not in {"__init__", "__call__"}:
                continue
            own = inspect.getattr_static(mine, name)
            function, reference = (
                getattr(own, "__func__", own),
                getattr(value, "__func__", value),
            )
            if inspect.isfunction(reference):
                expected = [
                    (p.name, p.default)
                    for p in inspect.signature(reference).parameters.values()
                ]
                assert [
                    (p.name, p.default)
                    for p in inspect.signature(function).parameters.values()
                ] == expected, name
    assert {n for n in vars(original_config) if n.startswith(("get", "write"))} <= set(
        vars(config)
    )


def shown_tls(made: Any) -> Any:
    class Session:
        verify = cert = "untouched"

    session = Session()
    made.configure_client(session)
    return made.cert, made.ca_cert, made.verify, session.verify, session.cert


PAIRS: list[Any] = [
    None,
    (),
    ("cert.pem", "key.pem"),
    ("cert.pem", "none"),
    ("none", "key.pem"),
    ("cert.pem",),
    ("", ""),
    ("cert.pem", None),
    "ab",
    "abc",
]


@pytest.mark.parametrize("pair", PAIRS)
@pytest.mark.parametrize("authority", [None, "ca.pem", "none"])
@pytest.mark.parametrize("verify", [None, True, False, "ca.pem"])
def test_tls_config(
    home: Any, tmp_path: Path, monkeypatch: Any, pair: Any, authority: Any, verify: Any
) -> None:
    monkeypatch.chdir(tmp_path)
    agree(
        lambda: shown_tls(docker.tls.TLSConfig(pair, authority, verify)),
        lambda: shown_tls(
            dockline.tls.TLSConfig(client_cert=pair, ca_cert=authority, verify=verify)
        ),
    )


def test_what_the_native_engine_gets(
    home: Any, tmp_path: Path, monkeypatch: Any
) -> None:
    monkeypatch.chdir(tmp_path)
    client = dockline.APIClient(
        "tcp://127.0.0.1:1",
        version="1.41",
        tls=dockline.tls.TLSConfig(
            ("cert.pem", "key.pem"), "ca.pem", True, assert_hostname="engine"
        ),
    )
    assert (client.verify, client.cert) == ("ca.pem", ("cert.pem", "key.pem"))
    assert client._tls_options == {"assert_hostname": "engine", "key_password": None}
    assert str(client.endpoint) == "https://127.0.0.1:1 (given by the caller)"


def test_options_of_docker_py_before_7(tmp_path: Path, recwarn: Any) -> None:
    """Compose 1 passes them; what is shown is the signature of docker-py 7."""
    for name in ("ca.pem", "cert.pem", "key.pem"):
        (tmp_path / name).touch()
    environment = {"DOCKER_CERT_PATH": str(tmp_path), "DOCKER_TLS_VERIFY": "1"}
    params = dockline.utils.kwargs_from_env(
        environment=environment, ssl_version=None, assert_hostname=False
    )
    assert params["tls"].assert_hostname is False
    assert not recwarn.list
    with pytest.warns(DeprecationWarning, match="no effect") as told:
        dockline.utils.kwargs_from_env(ssl_version=5, environment=environment)
    assert told[0].filename == __file__
    with pytest.warns(DeprecationWarning, match="no effect") as told:
        dockline.tls.TLSConfig(ssl_version=5)
    assert told[0].filename == __file__
    assert dockline.utils.kwargs_from_env({}, ssl_version=5) == {}
