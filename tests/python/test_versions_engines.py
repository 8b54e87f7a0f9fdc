"""What dockline says an engine ignores is what the engine does not show, and what it does not mention is there.

Each part is sent to each engine, at the newest version it serves and at older ones. What
comes out is compared with the warnings of that very request.
"""

from __future__ import annotations

import os
import re
import warnings
from contextlib import contextmanager

import pytest

import dockline
from dockline import errors, versions
from parts import CONTAINERS, NETWORKS, SERVICES, VOLUMES, get

NAME = f"parts-{os.getpid()}"
OLDER = ("1.40", "1.43", "1.45")


def minor(version):
    return int(version.partition(".")[2])


def spoken(engine):
    return [*(v for v in OLDER if minor(v) < minor(engine.api)), engine.api]


def foretold(told):
    """``there``, ``missing`` or ``refused``, from the words of the warnings."""
    text = " ".join(str(warning.message) for warning in told)
    if "answers 400" in text:
        return "refused"
    if "ignores it without a word" in text or "drops it silently" in text:
        return "missing"
    for warning in told:
        if warning.category is versions.DockerVersionWarning:
            assert "reads it all the same" in str(warning.message)
    return "there"


class Kind:
    """A kind of resource: how to create, show and remove one."""

    def __init__(self, create, show, remove, common=None):
        self.create, self.show, self.remove = create, show, remove
        self.common = common or {}

    def body(self, part):
        """What to create: the part, and what every resource of the kind needs."""
        common = dict(self.common)
        if part.path.startswith("Mode."):
            del common["Mode.Replicated.Replicas"]
        if self is not CONTAINER:
            common["Name"] = NAME
        return part.body(common)


CONTAINER = Kind(
    "/containers/create?name={name}",
    "/containers/{name}/json",
    "/containers/{name}?force=1",
    {"Image": "busybox", "Cmd": ["sleep", "600"]},
)
NETWORK = Kind("/networks/create", "/networks/{name}", "/networks/{name}")
VOLUME = Kind("/volumes/create", "/volumes/{name}", "/volumes/{name}?force=1")
SERVICE = Kind(
    "/services/create",
    "/services/{name}",
    "/services/{name}",
    {"TaskTemplate.ContainerSpec.Image": "busybox", "Mode.Replicated.Replicas": 0},
)


def shown_at(kind, part):
    if part.shown:
        return part.shown
    if kind is SERVICE:
        return f"Spec.{part.path}".replace("HealthCheck", "Healthcheck")
    if kind is CONTAINER and not part.path.startswith("HostConfig."):
        return f"Config.{part.path}"
    return part.path


def wanted(part):
    value = part.value
    for step in re.findall(r"\w+", (part.shown or "").partition(part.path)[2]):
        value = value[int(step) if step.isdigit() else step]
    if part.path == "ClusterVolumeSpec":
        value = value["Group"]
    return value


@contextmanager
def made(newest, api, kind, part):
    """Create with `api`; give the engine's refusal or what its newest version shows, and what was foretold."""
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        answer = api.post(api._url(kind.create.format(name=NAME)), json=kind.body(part))
    if answer.status_code == 400:
        yield None, foretold(told), answer.text
        return
    assert answer.status_code in {200, 201}, f"{part.path}: {answer.text}"
    url = newest._url
    try:
        if part.started:
            newest.post(url(f"/containers/{NAME}/start")).raise_for_status()
        shown = newest.get(url(kind.show.format(name=NAME)))
        shown.raise_for_status()
        yield shown.json(), foretold(told), ""
    finally:
        newest.delete(url(kind.remove.format(name=NAME))).raise_for_status()


def disagreements(engine, kind, parts):
    """What was foretold and what came, where that differs; and how often each came."""
    wrong, seen = [], {"there": 0, "missing": 0, "refused": 0}
    newest = dockline.APIClient(
        base_url=engine.host, version=engine.api, on_version_mismatch="ignore"
    )
    info = newest.info()
    for version in spoken(engine):
        with dockline.APIClient(base_url=engine.host, version=version) as api:
            assert api.negotiation.engine_release == engine.release
            for part in parts:
                if part.needs and not info.get(part.needs):
                    continue
                with made(newest, api, kind, part) as (shown, expected, refusal):
                    if shown is None:
                        came = "refused"
                    elif get(shown, shown_at(kind, part)) == wanted(part):
                        came = "there"
                    else:
                        came = "missing"
                seen[came] += 1
                if came != expected:
                    wrong.append(
                        f"{part.path} at {version}: foretold {expected}, came {came} {refusal}"
                    )
    newest.close()
    return wrong, seen


def test_containers(engine):
    volumes = dockline.APIClient(base_url=engine.host)
    wrong, seen = disagreements(engine, CONTAINER, CONTAINERS)
    volumes.remove_volume("parts", force=True)
    volumes.close()
    assert not wrong, "\n".join(wrong)
    assert seen["there"] > 10 and seen["missing"] > 5, seen


def test_networks(engine):
    wrong, seen = disagreements(engine, NETWORK, NETWORKS)
    assert not wrong, "\n".join(wrong)
    assert seen["there"] and seen["missing"], seen


@pytest.fixture(params=["20.10", "26.1", "28.5"])
def swarm(request, own_engine):
    """An engine that is a swarm of its own."""
    engine = own_engine(request.param)
    api = dockline.APIClient(base_url=engine.host)
    try:
        api.init_swarm(advertise_addr="127.0.0.1", listen_addr="127.0.0.1:2377")
    except errors.APIError:
        api.close()
        raise
    yield engine
    api.leave_swarm(force=True)
    api.close()


def test_services_and_volumes(swarm):
    wrong, seen = disagreements(swarm, SERVICE, SERVICES)
    more, _ = disagreements(swarm, VOLUME, VOLUMES)
    assert not wrong + more, "\n".join(wrong + more)
    assert seen["there"] and seen["missing"], seen


def test_a_console_size_is_lost_below_its_version(newest_engine):
    body = {"Image": "busybox", "HostConfig": {"ConsoleSize": [10, 20]}}
    newest = dockline.APIClient(base_url=newest_engine.host)
    for version, kept in (("1.41", False), ("1.42", True)):
        with dockline.APIClient(base_url=newest_engine.host, version=version) as api:
            url = api._url(f"/containers/create?name={NAME}")
            with warnings.catch_warnings(record=True) as told:
                warnings.simplefilter("always")
                api.post(url, json=body).raise_for_status()
        shown = newest.inspect_container(NAME)["HostConfig"]["ConsoleSize"]
        newest.remove_container(NAME)
        assert (shown == [10, 20]) is kept
        assert any("zeroes it" in str(warning.message) for warning in told) is not kept
    newest.close()
