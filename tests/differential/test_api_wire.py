"""Every method of the low-level API sends what docker-py sends, and gives what it gives.

Rows are in `cases_api.py`. Compared are the requests (method, path, query in order,
body, headers, whether the answer is streamed, the timeout) and the result or the
error. The asynchronous client is held against the same record.
"""

from __future__ import annotations

import gc
import inspect
import json
import warnings
from pathlib import Path
from typing import Any, Callable

import docker
import pytest
from cases_api import CASES, Case, Make, case, describe
from recording import run, without
from rows import outside
from rows_swarm import TASK

import dockline.aio.api.client
import dockline.api.client

Run = Callable[[Any, bool], dict[str, Any]]

#: Members that are not requests: construction, plumbing, the session's own.
PLUMBING = {"get_adapter", "reload_config"}


@pytest.fixture(name="play")
def _play(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., dict[str, Any]]:
    """Run a row with a client class under the row's own config.json."""

    def play(
        client_class: Any, row: Case, name: str, asynchronous: bool = False
    ) -> Any:
        config = tmp_path / "config"
        config.mkdir(exist_ok=True)
        (config / "config.json").write_text(json.dumps(row.config))
        monkeypatch.setenv("DOCKER_CONFIG", str(config))
        if client_class is not docker.APIClient:
            return run(client_class, row, tmp_path / name, asynchronous)
        # The original leaves its build context open when it refuses an argument.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ResourceWarning)
            found = run(client_class, row, tmp_path / name, asynchronous)
            if row.method == "build":
                gc.collect()
        return found

    return play


def _build_only_by_name(found: dict[str, Any]) -> dict[str, Any]:
    """Give a Dockerfile from outside of the context the name of none in particular.

    The original also sends its whole text as a second ``dockerfile``, which engines
    do not look at; dockline does not.
    """
    for request in found["requests"]:
        names = [value for key, value in request["query"] if key == "dockerfile"]
        if names and names[0].startswith(".dockerfile."):
            rest = [pair for pair in request["query"] if pair[0] != "dockerfile"]
            request["query"] = [*rest, ("dockerfile", "made up")]
    return found


@pytest.mark.parametrize("asynchronous", [False, True], ids=["sync", "async"])
@pytest.mark.parametrize("row", CASES, ids=map(describe, CASES))
def test_same(
    row: Case, asynchronous: bool, play: Callable[..., dict[str, Any]]
) -> None:
    ours = (
        dockline.aio.api.client.AsyncAPIClient
        if asynchronous
        else dockline.api.client.APIClient
    )
    theirs = _build_only_by_name(play(docker.APIClient, row, "theirs"))
    mine = _build_only_by_name(play(ours, row, "ours", asynchronous))
    detached = row.method == "exec_start" and (
        row.kwargs.get("detach") or True in row.args[1:2]
    )
    # The whole answer of the one is read at once: there is nothing to stream. That of the
    # other is streamed also when it is wanted whole, so that it is in memory once.
    if detached or row.method == "logs":
        theirs, mine = without(theirs, "stream"), without(mine, "stream")
    if not row.differs:
        assert mine == theirs
    else:
        assert mine != theirs, f"no difference any more: {row.differs}"


def test_every_method_has_a_row() -> None:
    called = {row.method for row in CASES}
    for module in MODULES:
        for name, member in vars(module).items():
            if inspect.isclass(member) and name.endswith("ApiMixin"):
                methods = {
                    method
                    for method, function in vars(member).items()
                    if inspect.isfunction(function) and not method.startswith("_")
                }
                assert methods - called - PLUMBING == set(), name


def test_every_argument_has_a_row() -> None:
    """Rows use each argument at least once with something else than its default."""
    used: dict[str, set[str]] = {}
    for row in CASES:
        signature = inspect.signature(getattr(docker.APIClient, row.method))
        try:
            bound = signature.bind(None, *row.args, **row.kwargs)
        except TypeError:  # a row that is wrong on purpose
            continue
        used.setdefault(row.method, set()).update(bound.arguments)
    missing = []
    for method, names in used.items():
        for parameter in inspect.signature(
            getattr(docker.APIClient, method)
        ).parameters.values():
            named = parameter.kind is parameter.POSITIONAL_OR_KEYWORD
            if named and parameter.name not in names | {"self"}:
                missing.append(f"{method}({parameter.name}=)")
    assert missing == []


MODULES = [
    docker.api.build,
    docker.api.config,
    docker.api.container,
    docker.api.daemon,
    docker.api.exec_api,
    docker.api.image,
    docker.api.network,
    docker.api.plugin,
    docker.api.secret,
    docker.api.service,
    docker.api.swarm,
    docker.api.volume,
]


@pytest.mark.parametrize(
    ("method", "arguments"),
    [
        ("networks", {"names": ["a"], "filters": {}}),
        ("images", {"name": "a", "filters": {}}),
        ("attach_socket", {"container": "abc", "params": {"stdin": 1}}),
        ("build", {"path": "https://example.com/a.git", "buildargs": {}}),
    ],
)
def test_arguments_are_not_changed(
    method: str, arguments: dict[str, Any], play: Callable[..., dict[str, Any]]
) -> None:
    """Unlike the original, which writes into the dicts it is given."""
    before = json.dumps(arguments)
    config = {"detachKeys": "x", "proxies": {"default": {"httpProxy": "y"}}}
    kept = Case(method, (), {}, "1.45", ([],), config, "")
    given: dict[str, Any] = {}

    class Client(dockline.api.client.APIClient):
        def call(self) -> Any:
            given.update(json.loads(before))
            return getattr(self, method)(**given)

    play(Client, kept._replace(method="call"), "ours")
    assert json.dumps(given) == before


@pytest.mark.parametrize(
    ("row", "path", "outcome"),
    [
        (case("push_plugin", "p"), "/v1.45/plugins/p/push", ""),
        (
            case(
                "create_service", TASK, rollback_config={"Order": "x"}, _version="1.28"
            ),
            "",
            "RollbackConfig.order is not supported in API version < 1.29",
        ),
        (
            case("create_service", TASK, rollback_config={}, _version="1.28"),
            "/v1.28/services/create",
            "",
        ),
        (
            case("build", "github.com/a/b", container_limits={"cpu": 1}),
            "",
            "invalid container limit 'cpu': not one of "
            + ", ".join(docker.constants.CONTAINER_LIMITS_KEYS),
        ),
        (
            case(
                "create_service",
                {"ContainerSpec": {"Image": "a", "ReadOnly": True}},
                _version="1.27",
            ),
            "",
            "ContainerSpec.read_only is not supported in API version < 1.28",
        ),
    ],
)
def test_deliberate_differences(
    row: Case, path: str, outcome: str, play: Callable[..., dict[str, Any]]
) -> None:
    """What rows with `_differs` do instead."""
    found = play(dockline.api.client.APIClient, row, "ours")
    assert [request["path"] for request in found["requests"]] == (
        [path] if path else []
    )
    assert found.get("text", "") == outcome


def test_dockerfile_outside_of_the_context(play: Callable[..., dict[str, Any]]) -> None:
    """It goes into the archive under a made-up name; only the name is in the query."""
    row = case("build", Make(outside), dockerfile="../Dockerfile")
    (request,) = play(dockline.api.client.APIClient, row, "ours")["requests"]
    names = [value for key, value in request["query"] if key == "dockerfile"]
    assert len(names) == 1
    assert names[0].startswith(".dockerfile.")
    assert (".dockerfile.x", b"FROM busybox\n") in [
        (member[0], member[-1]) for member in request["body"]
    ]


@pytest.mark.parametrize(("timeout", "patience"), [(3, 63), (0, 60), (-1, None)])
def test_stopping_waits_long_enough(
    timeout: int, patience: Any, play: Callable[..., dict[str, Any]]
) -> None:
    """The answer comes when the container has stopped: -1 is the engine's "for ever"."""
    for method in ("stop", "restart"):
        row = case(method, "abc", timeout=timeout)
        (request,) = play(dockline.api.client.APIClient, row, "ours")["requests"]
        assert request["timeout"] == patience
        assert request["query"] == [("t", str(timeout))]


@pytest.mark.parametrize("stream", [False, True])
def test_logs_demultiplexed(stream: bool, play: Callable[..., dict[str, Any]]) -> None:
    """What docker-py's logs() cannot do: the same request, read frame by frame."""
    found = play(
        dockline.api.client.APIClient,
        case("logs", "abc", stream=stream, demux=True),
        "a",
    )
    plain = play(dockline.api.client.APIClient, case("logs", "abc", stream=True), "b")
    assert found["requests"][0]["query"] == [
        (key, "1" if stream and key == "follow" else "0" if key == "follow" else value)
        for key, value in plain["requests"][0]["query"]
    ]
    read = ["socket", 0, stream, False, True]
    assert found["result"] == (["iterates", tuple(read)] if stream else read)
