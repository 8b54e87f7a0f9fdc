"""`dockline.types` against the original: the same arguments, the same dict or error.

A row is a class, positional arguments and keyword arguments; it is made with both
and compared.
"""

from __future__ import annotations

import copy
import json
import pickle
from typing import Any

import docker.types as theirs
import pytest

import dockline.types as ours
from dockline.types import containers, services
from types_rows import NEW, ROWS


def outcome(
    module: Any, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> Any:
    """Give what a call makes: ordered JSON of the dict, or class and text of the error."""
    args, kwargs = copy.deepcopy((args, kwargs))
    try:
        made = getattr(module, name)(*args, **kwargs)
    except Exception as error:  # noqa: BLE001 - any error is an outcome to compare
        text = str(error)
        # How Python itself words a wrong call depends on private names.
        return type(
            error
        ).__name__, "" if "__init__" in text or "keyword" in text else text
    return json.dumps(made)


def describe(row: tuple[str, tuple[Any, ...], dict[str, Any]]) -> str:
    """Name a row in the test report."""
    name, args, kwargs = row
    return f"{name}({', '.join([*map(str, args), *map(str, kwargs)])})"


@pytest.mark.parametrize("row", ROWS, ids=map(describe, ROWS))
def test_same_as_the_original(row: tuple[str, tuple[Any, ...], dict[str, Any]]) -> None:
    assert outcome(ours, *row) == outcome(theirs, *row)


EXPECTED: list[tuple[str, tuple[Any, ...], dict[str, Any], dict[str, Any]]] = [
    (
        "HostConfig",
        (NEW,),
        {"mem_limit": "1k", "binds": {"v": {"bind": "/c", "mode": "ro"}}},
        {"Memory": 1024, "NetworkMode": "default", "Binds": ["v:/c:ro"]},
    ),
    (
        "Mount",
        ("/t", "/s"),
        {"type": "bind", "propagation": "rslave"},
        {
            "Target": "/t",
            "Source": "/s",
            "Type": "bind",
            "ReadOnly": False,
            "BindOptions": {"Propagation": "rslave"},
        },
    ),
    (
        "EndpointConfig",
        ("7.2.0",),  # a package version: compared, not refused
        {"aliases": ["a"], "mac_address": "m"},
        {"Aliases": ["a"], "MacAddress": "m"},
    ),
    (
        "ServiceMode",
        ("replicated-job", 4),
        {},
        {"ReplicatedJob": {"MaxConcurrent": 1, "TotalCompletions": 4}},
    ),
]


@pytest.mark.parametrize(("name", "args", "kwargs", "shape"), EXPECTED)
def test_shape(
    name: str, args: tuple[Any, ...], kwargs: dict[str, Any], shape: dict[str, Any]
) -> None:
    assert getattr(ours, name)(*args, **kwargs) == shape


#: Class, arguments to make it, attributes to assign.
ATTRIBUTES: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("LogConfig", {"type": "a"}, {"type": "b"}),
    ("Ulimit", {"name": "a"}, {"name": "b", "soft": 1, "hard": 2}),
    (
        "DeviceRequest",
        {},
        {
            "driver": "d",
            "count": 2,
            "device_ids": ["1"],
            "capabilities": [["gpu"]],
            "options": {"a": "b"},
        },
    ),
    (
        "Healthcheck",
        {},
        {"test": "true", "interval": 1, "timeout": 2, "retries": 3, "start_period": 4},
    ),
    ("Healthcheck", {}, {"test": ["CMD", "true"]}),
]


@pytest.mark.parametrize(("name", "made_of", "attributes"), ATTRIBUTES)
def test_attributes(
    name: str, made_of: dict[str, Any], attributes: dict[str, Any]
) -> None:
    mine = getattr(ours, name)(**made_of)
    original = getattr(theirs, name)(**made_of)
    for attribute, value in attributes.items():
        setattr(mine, attribute, value)
        setattr(original, attribute, value)
        assert getattr(mine, attribute) == getattr(original, attribute)
    assert mine == original


def test_properties_without_setter() -> None:
    for module in (ours, theirs):
        with pytest.raises(AttributeError):
            module.LogConfig(type="a").config = {}
        task = module.TaskTemplate({"Image": "i"}, resources={"a": 1}, placement=["c"])
        assert task.container_spec == {"Image": "i"}
        assert task.resources == {"a": 1}
        assert task.restart_policy is None
        assert task.placement == {"Constraints": ["c"]}
        modes = [
            module.ServiceMode("replicated", 2),
            module.ServiceMode("replicated-job", 3),
        ]
        assert [mode.replicas for mode in modes] == [2, 3]
        assert [mode.mode for mode in modes] == ["replicated", "ReplicatedJob"]
        assert module.ServiceMode("global").replicas is None


def test_log_config_values() -> None:
    config = ours.LogConfig(type=ours.LogConfig.types.JSON)
    config.set_config_value("max-size", "1m")
    assert config == {"Type": "json-file", "Config": {"max-size": "1m"}}
    config.unset_config("max-size")
    config.unset_config("max-size")
    assert config.config == {}


@pytest.mark.parametrize(
    "string",
    # A source of one letter is an IndexError of the original on Windows: not compared.
    ["/a", "vol:/a", "/s:/a", "/s:/a:ro", "vol:/a:rw", "vol:/a:z", "a:b:c:d", ""],
)
@pytest.mark.parametrize("windows", [False, True])
def test_mount_strings(
    string: str, windows: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The platform switch is patched where docker-py's users patch it."""
    monkeypatch.setattr("dockline.types.services.IS_WINDOWS_PLATFORM", windows)
    monkeypatch.setattr("docker.types.services.IS_WINDOWS_PLATFORM", windows)

    def parse(module: Any) -> Any:
        try:
            return dict(module.Mount.parse_mount_string(string))
        except Exception as error:  # noqa: BLE001 - compared
            return type(error).__name__, str(error)

    assert parse(ours) == parse(theirs)


def test_enumerations() -> None:
    kinds = ours.LogConfig.types
    assert kinds is containers.LogConfigTypesEnum
    assert (kinds.JSON, kinds.SYSLOG, kinds.JOURNALD) == (
        "json-file",
        "syslog",
        "journald",
    )
    assert (kinds.GELF, kinds.FLUENTD, kinds.NONE) == ("gelf", "fluentd", "none")
    conditions = ours.RestartPolicy.condition_types
    assert conditions is services.RestartConditionTypesEnum
    assert (conditions.NONE, conditions.ON_FAILURE, conditions.ANY) == (
        "none",
        "on-failure",
        "any",
    )


def test_they_are_dicts_that_copy_and_pickle() -> None:
    for made in (
        ours.HostConfig(NEW, mem_limit="1g", ulimits=[{"name": "a"}]),
        ours.ContainerConfig(NEW, "image", "command"),
        ours.Mount("/a", None),
        ours.SecretReference("id", "name"),
        ours.ServiceMode("replicated", 3),
    ):
        assert isinstance(made, dict)
        assert type(copy.deepcopy(made)) is type(made)
        assert copy.deepcopy(made) == pickle.loads(pickle.dumps(made)) == made


def test_names() -> None:
    assert [name for name in dir(theirs) if name[0].isupper()] == [
        name for name in dir(ours) if name[0].isupper()
    ]
