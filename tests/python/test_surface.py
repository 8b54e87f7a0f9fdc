"""Everything in docker-py is in dockline, as `surface.py` compares them."""

from __future__ import annotations

import importlib

import pytest

import surface
from dockline import _elsewhere

#: Differences that are meant; anything else fails.
ALLOWED = {
    # Written by docker-py's build tool; `docker.version` is what programs read.
    "docker._version",
    # Inner workings, each with one user in docker-py itself.
    "docker.auth._load_legacy_config",
    "docker.errors._image_not_found_explanation_fragments",
    "docker.utils.fnmatch._cache",
    "docker.utils.fnmatch._MAXCACHE",
    # The original shows `*args, **kwargs` of a wrapper; here they say what they take.
    *(
        f"docker.api.client.APIClient.{verb}"
        for verb in ("_get", "_post", "_put", "_delete")
    ),
}


def test_surface():
    found = dict(surface.differences())
    assert {path: how for path, how in found.items() if path not in ALLOWED} == {}
    assert set(found) == ALLOWED, "a difference that was allowed is gone"


def test_every_module_is_walked():
    walked = {module.__name__ for module in surface.modules()}
    assert len(walked) > 60
    assert {"docker.api.client", "docker.models.swarm", "docker.utils.socket"} <= walked


@pytest.mark.parametrize("module", _elsewhere.NAMES)
def test_names_that_are_at_home_elsewhere(module):
    for package in ("dockline", "dockline.aio"):
        if package.endswith("aio") and module.partition(".")[0] in {"types", "utils"}:
            continue
        loaded = importlib.import_module(f"{package}.{module}")
        for name in _elsewhere.NAMES[module]:
            assert getattr(loaded, name).__class__
        with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
            _ = loaded.nonsense
