"""The shapes in `dockline.types.responses` are those of what real engines answer: nothing unknown, nothing else."""

from __future__ import annotations

import time
import typing
from typing import Any, Union

import pytest

import dockline
from dockline.types import IPAMConfig, IPAMPool, Mount, responses


def misfits(value: Any, hint: Any, path: str) -> list[str]:
    """Where a value is not what a type says."""
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if hint is Any:
        return []
    if origin is Union:
        if value is None and type(None) in arguments:
            return []
        (rest,) = (kind for kind in arguments if kind is not type(None))
        return misfits(value, rest, path)
    if origin is list and isinstance(value, list):
        return [m for item in value for m in misfits(item, arguments[0], f"{path}[]")]
    if origin is dict and isinstance(value, dict):
        return [
            m
            for item in value.values()
            for m in misfits(item, arguments[1], f"{path}.*")
        ]
    if hasattr(hint, "__total__") and isinstance(value, dict):
        known = typing.get_type_hints(hint)
        found = []
        for key, item in value.items():
            if key in known:
                found += misfits(item, known[key], f"{path}.{key}")
            else:
                found.append(f"{path}.{key} is not known")
        return found
    if origin is None and isinstance(hint, type) and isinstance(value, hint):
        return []
    return [f"{path} is {value!r}, not {hint}"]


@pytest.fixture
def answers(engine):
    """What an engine answers, each with the name of its shape."""
    client = dockline.DockerClient(engine.host)
    api, given = client.api, []
    begun = int(time.time())
    pools = IPAMConfig(pool_configs=[IPAMPool(subnet="10.213.7.0/24")])
    network = client.networks.create("dockline-answers", ipam=pools, labels={"a": "b"})
    volume = client.volumes.create("dockline-answers", labels={"a": "b"})
    container = client.containers.create(
        "busybox",
        ["sleep", "1000"],
        network=network.name,
        ports={"80/tcp": None, "81/udp": None},
        volumes={volume.name: {"bind": "/v", "mode": "rw"}},
        mounts=[Mount("/m", None, type="tmpfs")],
        healthcheck={"test": ["CMD", "true"], "interval": 200_000_000},
        stop_signal="SIGKILL",
        labels={"a": "b"},
    )
    try:
        container.start()
        container.wait_healthy(30)
        executed = api.exec_create(container.id, ["touch", "/tmp/x"])
        api.exec_start(executed)
        given += [
            ("Created", executed),
            ("ExecDetails", api.exec_inspect(executed)),
            ("ContainerDetails", api.inspect_container(container.id)),
            ("ContainerStats", api.stats(container.id, stream=False)),
            ("Processes", api.top(container.id)),
            ("EngineVersion", api.version()),
            ("EngineInfo", api.info()),
            ("ImageDetails", api.inspect_image("busybox")),
            ("NetworkDetails", api.inspect_network(network.id)),
            ("VolumeDetails", api.inspect_volume(volume.name)),
            ("VolumeList", api.volumes()),
        ]
        given += [("ImageSummary", item) for item in api.images()]
        given += [("ImageLayer", item) for item in api.history("busybox")]
        given += [("FilesystemChange", item) for item in api.diff(container.id)]
        mine = {"id": container.id}
        given += [
            ("ContainerSummary", item)
            for item in api.containers(all=True, size=True, filters=mine)
        ]
        container.stop()
        given.append(("WaitResult", api.wait(container.id)))
        events = api.events(
            since=begun,
            until=int(time.time()) + 1,
            decode=True,
            filters={"container": container.id},
        )
        given += [("Event", item) for item in events]
    finally:
        container.remove(force=True)
        network.remove()
        volume.remove()
        client.close()
    return given


def test_answers(answers):
    wrong = {
        misfit
        for shape, answer in answers
        for misfit in misfits(answer, getattr(responses, shape), shape)
    }
    assert wrong == set()
    assert {"Event", "ContainerSummary", "FilesystemChange"} <= {
        shape for shape, _ in answers
    }


def test_the_shapes_find_what_is_wrong():
    details = {"State": {"Pid": "1", "Surprise": 1}, "Args": None}
    assert misfits(details, responses.ContainerDetails, "it") == [
        "it.State.Pid is '1', not <class 'int'>",
        "it.State.Surprise is not known",
        "it.Args is None, not list[str]",
    ]
