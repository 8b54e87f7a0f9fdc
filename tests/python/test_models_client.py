"""Making a client: from arguments, the environment and contexts, as the original does."""

from __future__ import annotations

import copy
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
from dockline.models import networks, plugins, resource
from test_models import Client


@pytest.fixture
def made(monkeypatch: Any, tmp_path: Any) -> Any:
    """Compare what the two clients are made with."""
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in (
        "DOCKER_HOST",
        "DOCKER_TLS_VERIFY",
        "DOCKER_CERT_PATH",
        "DOCKER_CONFIG",
        "DOCKER_CONTEXT",
    ):
        monkeypatch.delenv(name, raising=False)
    for name in ("ca.pem", "cert.pem", "key.pem"):
        (tmp_path / name).write_text("")
    monkeypatch.setattr(
        docker.client, "APIClient", lambda *args, **kwargs: (args, kwargs)
    )
    monkeypatch.setattr(
        dockline.client, "APIClient", lambda *args, **kwargs: (args, kwargs)
    )

    def compare(method: str, *args: Any, **kwargs: Any) -> Any:
        seen = []
        for module in (docker.client, dockline.client):
            try:
                given = getattr(module, method)(*args, **kwargs).api
                tls = given[1].pop("tls", None)
                result: Any = (given, tls and (tls.cert, tls.ca_cert, tls.verify))
            except Exception as error:
                result = (type(error).__name__, str(error))
            seen.append(result)
        assert seen[1] == seen[0]
        return seen[1]

    return compare


@pytest.mark.parametrize("host", [None, "", "tcp://h:1", "unix:///x"])
@pytest.mark.parametrize("context", [None, "default", "none"])
@pytest.mark.parametrize(
    "kwargs",
    [
        {},
        {"timeout": 5, "version": "1.40", "max_pool_size": 3, "use_ssh_client": True},
        {"use_context": False},
        {"nonsense": 1},
        {"environment": {}},
        {"environment": {"DOCKER_HOST": "tcp://other:1"}},
        {"environment": {"DOCKER_CONTEXT": "default"}},
        {"environment": {"DOCKER_TLS_VERIFY": "1"}},
    ],
)
def test_from_env(
    made: Any, monkeypatch: Any, tmp_path: Any, host: Any, context: Any, kwargs: Any
) -> None:
    for name, value in (("DOCKER_HOST", host), ("DOCKER_CONTEXT", context)):
        if value is not None:
            monkeypatch.setenv(name, value)
    made("from_env", **copy.deepcopy(kwargs))
    monkeypatch.setenv("DOCKER_CERT_PATH", str(tmp_path))
    made("from_env", **copy.deepcopy(kwargs))


@pytest.mark.parametrize("context", [None, "default", "none"])
@pytest.mark.parametrize(
    ("args", "kwargs"),
    [
        ((), {}),
        (("default",), {}),
        (("none",), {}),
        ((), {"timeout": 5, "version": "1.40"}),
        ((), {"base_url": "tcp://h:1", "credstore_env": {}}),
    ],
)
def test_from_context(
    made: Any, monkeypatch: Any, context: Any, args: Any, kwargs: Any
) -> None:
    if context is not None:
        monkeypatch.setenv("DOCKER_CONTEXT", context)
    made("from_context", *args, **kwargs)


def test_from_env_takes_the_helpers_environment(made: Any) -> None:
    """The original documents `credstore_env` and does not take it."""
    assert dockline.client.from_env(credstore_env={"A": "b"}).api[1][
        "credstore_env"
    ] == {"A": "b"}  # type: ignore[index]


def test_context_api_can_be_patched(made: Any, monkeypatch: Any) -> None:
    fake = mock.Mock()
    fake.kwargs_from_context.return_value = {"base_url": "tcp://patched:1"}
    monkeypatch.setattr(dockline.client, "ContextAPI", fake)
    assert dockline.client.from_env().api[1]["base_url"] == "tcp://patched:1"  # type: ignore[index]


def test_client_is_a_context_manager() -> None:
    client = Client(close=mock.Mock(return_value=None))
    with client as entered:
        assert entered is client
    client.api.close.assert_called_once_with()


def test_collections_know_their_client() -> None:
    client = Client()
    for name in (
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
        assert getattr(client, name).client is client
        assert getattr(client, name).model is not None


def test_types_of_collections() -> None:
    assert plugins.PluginCollection.model is plugins.Plugin
    assert networks.NetworkCollection.model is networks.Network
    with pytest.raises(NotImplementedError):
        resource.Collection().list()  # type: ignore[no-untyped-call]
