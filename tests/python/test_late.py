"""What is loaded when it is first used: by whom it is found, replaced and seen."""

from __future__ import annotations

import logging
import pickle
import subprocess
import sys
from unittest import mock

import pytest

import dockline
import dockline.aio.client
import dockline.client

#: Much to load, and few calls need it.
HEAVY = {
    *("asyncio", "datetime", "email", "hashlib", "http", "inspect", "logging"),
    *("multiprocessing", "requests", "socket", "ssl", "subprocess", "tarfile"),
    *("tempfile", "urllib", "urllib3"),
}
COUNTING = """
import sys
before = set(sys.modules)
{}
print(*set(sys.modules) - before)
"""


def loaded(code: str) -> set[str]:
    command = [sys.executable, "-c", COUNTING.format(code)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    return set(done.stdout.split())


@pytest.mark.parametrize(
    ("code", "more"),
    [
        ("import dockline; dockline.DockerClient", set()),
        ("import dockline; dockline.DockerClient('tcp://x:1', '1.41')", {"urllib"}),
        ("import dockline; dockline.DockerClient('unix:///x', '1.41')", set()),
        ("import dockline.models.containers", set()),
        ("import dockline.aio; dockline.aio.AsyncDockerClient", {"inspect"}),
    ],
)
def test_what_few_calls_need_is_left_alone(code, more):
    names = loaded(code)
    assert "dockline.errors" in names
    assert {name.partition(".")[0] for name in names} & HEAVY == more


@pytest.mark.parametrize("module", [dockline.client, dockline.aio.client])
def test_collections_can_be_replaced_in_the_client_s_module(module):
    make = getattr(module, "DockerClient", None) or module.AsyncDockerClient
    client = make("unix:///nowhere", version="1.41")
    with mock.patch.object(module, "ContainerCollection") as double:
        assert client.containers is double.return_value
    double.assert_called_once_with(client=client)
    assert type(client.containers).__name__ == "ContainerCollection"
    with mock.patch.object(module, "ContextAPI") as contexts:
        contexts.kwargs_from_context.return_value = {"base_url": "unix:///chosen"}
        chosen = make.from_context("x", version="1.41")
    assert chosen.endpoint.address == "unix:///chosen"
    client.close()
    chosen.close()


@pytest.mark.parametrize("name", ["types", "utils", "models", "credentials"])
def test_a_package_says_what_it_has(name):
    package = getattr(dockline, name)
    names = dir(package)
    assert set(getattr(package, "__all__", ())) <= set(names)
    for each in names:
        assert getattr(package, each) is vars(package)[each]
    with pytest.raises(AttributeError, match="has no attribute 'nonsense'"):
        _ = package.nonsense


def test_what_comes_late_pickles():
    mount = dockline.types.Mount("/a", "b")
    assert pickle.loads(pickle.dumps(mount)) == mount


def test_a_log_is_the_logger_of_its_module(caplog, monkeypatch):
    log = dockline.auth.log
    assert log.name == "dockline.auth"
    with caplog.at_level(logging.DEBUG, "dockline.auth"):
        log.debug("seen by %s", "whoever looks")
    (record,) = caplog.records
    assert record.getMessage() == "seen by whoever looks"
    assert record.filename == "test_late.py"
    # Where `logging` was never imported nobody looks.
    monkeypatch.delitem(sys.modules, "logging")
    log.debug("not seen")
    assert "logging" not in sys.modules
