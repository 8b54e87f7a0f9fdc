"""`dockline.api` and `dockline.types` have the names and signatures of docker-py.

Walks the original's modules: every name defined in docker-py has to exist under
the same path, every function and method has to take the same parameters with the
same defaults, and what has a docstring there has one here.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from types import ModuleType
from typing import Any, Iterator

import docker.api
import docker.types
import pytest

#: Parameters that only dockline has; keyword-only, with a default.
MORE: dict[str, set[str]] = {
    "api.client.APIClient.__init__": {"on_version_mismatch", "retry"},
    "api.container.ContainerApiMixin.attach": {"batches"},
    "api.container.ContainerApiMixin.logs": {"batches", "demux", "lines"},
    "api.exec_api.ExecApiMixin.exec_start": {"batches"},
}

#: The original's wrapper hides what these four take; ours shows it.
SHOWN = {
    f"api.client.APIClient.{verb}" for verb in ("_get", "_post", "_put", "_delete")
}


def _modules(package: ModuleType) -> Iterator[ModuleType]:
    yield package
    for found in pkgutil.iter_modules(package.__path__):
        yield importlib.import_module(f"{package.__name__}.{found.name}")


MODULES = [*_modules(docker.api), *_modules(docker.types)]


def _ours(module: ModuleType) -> ModuleType:
    return importlib.import_module(module.__name__.replace("docker", "dockline", 1))


def _names(module: ModuleType) -> Iterator[tuple[str, Any]]:
    """Give what docker-py defines, here or in another of its modules."""
    for name, member in vars(module).items():
        if name.startswith("__"):
            continue
        home = getattr(member, "__module__", None) or getattr(member, "__name__", "")
        if isinstance(member, ModuleType):
            home = member.__name__
        if str(home).split(".")[0] == "docker":
            yield name, member


def _functions(module: ModuleType) -> Iterator[tuple[str, Any, Any]]:
    """Give the functions and methods of a module, with ours beside them."""
    ours = _ours(module)
    for name, member in _names(module):
        if getattr(member, "__module__", None) != module.__name__:
            continue
        if inspect.isfunction(member):
            yield name, member, getattr(ours, name)
        if not inspect.isclass(member):
            continue
        mine = getattr(ours, name)
        yield name, member, mine
        for attribute, function in vars(member).items():
            public = not attribute.startswith("_") or attribute == "__init__"
            private = attribute.startswith("_") and not attribute.startswith("__")
            if public or private:
                yield (
                    f"{name}.{attribute}",
                    function,
                    inspect.getattr_static(mine, attribute, None),
                )


def _plain(function: Any) -> Any:
    if isinstance(function, (staticmethod, classmethod)):
        return function.__func__
    return function


def _parameters(path: str, function: Any) -> list[tuple[str, Any, Any]]:
    more = MORE.get(path, set())
    return [
        (parameter.name, parameter.kind, parameter.default)
        for parameter in inspect.signature(_plain(function)).parameters.values()
        if parameter.name not in more
    ]


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__)
def test_names_exist(module: ModuleType) -> None:
    ours = _ours(module)
    missing = {name for name, _ in _names(module) if not hasattr(ours, name)}
    assert missing == set()


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__)
def test_signatures(module: ModuleType) -> None:
    different = []
    for name, theirs, mine in _functions(module):
        path = f"{module.__name__.partition('.')[2]}.{name}"
        if path in SHOWN:
            continue
        if mine is None:
            different.append(f"{path} is missing")
        elif type(theirs) is not type(mine) and not inspect.isclass(theirs):
            different.append(f"{path} is a {type(mine).__name__}")
        elif callable(_plain(theirs)) and not inspect.isclass(theirs):
            if _parameters(path, theirs) != _parameters(path, mine):
                here, there = (
                    inspect.signature(_plain(mine)),
                    inspect.signature(_plain(theirs)),
                )
                different.append(f"{path}{here} is {there} there")
    assert different == []


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__)
def test_docstrings(module: ModuleType) -> None:
    silent = [
        name
        for name, theirs, mine in _functions(module)
        if getattr(theirs, "__doc__", None) and not getattr(mine, "__doc__", None)
    ]
    assert silent == []


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__)
def test_base_classes(module: ModuleType) -> None:
    """What was a dict or an exception still is one."""
    for name, member in _names(module):
        if inspect.isclass(member) and issubclass(member, (dict, BaseException)):
            builtin = {
                base.__name__
                for base in member.__mro__
                if base.__module__ == "builtins"
            }
            home = importlib.import_module(member.__module__)
            mine = getattr(_ours(home), name)
            assert builtin <= {base.__name__ for base in mine.__mro__}, name


def test_mixins_do_not_hide_each_other() -> None:
    """Two mixins with a private helper of the same name would call the wrong one."""
    client = importlib.import_module("dockline.api.client").APIClient
    seen: dict[str, Any] = {}
    hidden = []
    for base in client.__mro__[1:-1]:
        if not base.__name__.endswith("Mixin"):
            continue
        for name, member in vars(base).items():
            if (
                inspect.isfunction(member)
                and seen.setdefault(name, member) is not member
            ):
                hidden.append(f"{base.__name__}.{name}")
    assert hidden == []


def test_asynchronous_names() -> None:
    """Every mixin has an asynchronous source with the same parameters."""
    client = importlib.import_module("dockline.api.client").APIClient
    source = importlib.import_module("dockline.aio.api.client").AsyncAPIClient
    for name in dir(client):
        member = inspect.getattr_static(client, name)
        if inspect.isfunction(member) and not name.startswith("_"):
            theirs = inspect.getattr_static(source, name)
            assert _parameters("", member) == _parameters("", theirs), name
