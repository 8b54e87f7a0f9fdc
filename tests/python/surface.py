"""What docker-py offers and dockline does not, name by name.

Walks every module of the original: names, values of constants, classes with their bases, attributes and
properties, signatures with defaults, and whether there is a docstring. dockline may have more: modules, names,
keyword-only arguments.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
from types import ModuleType
from typing import Any, Iterator

import docker


def modules() -> Iterator[ModuleType]:
    """Every module of docker-py that can be imported on this machine."""
    yield docker
    for found in pkgutil.walk_packages(docker.__path__, "docker."):
        try:
            yield importlib.import_module(found.name)
        except ImportError:
            # For Windows, or with paramiko.
            continue


def differences() -> Iterator[tuple[str, str]]:
    """Give the path of everything that is not as in docker-py, and how it differs."""
    for theirs in modules():
        path = theirs.__name__
        try:
            ours = importlib.import_module(path.replace("docker", "dockline", 1))
        except ImportError:
            yield path, "there is no such module"
            continue
        for name, member in vars(theirs).items():
            if name.startswith("__") or _is_foreign(member):
                continue
            yield from _compare(f"{path}.{name}", member, getattr(ours, name, _Missing))


class _Missing:
    """Stands for what is not there."""


def _is_foreign(member: Any) -> bool:
    """Whether this came from elsewhere: what the original imports is no part of it."""
    if isinstance(member, ModuleType):
        return True
    home = getattr(member, "__module__", None)
    return isinstance(home, str) and home.partition(".")[0] != "docker"


def _compare(path: str, theirs: Any, ours: Any) -> Iterator[tuple[str, str]]:
    if ours is _Missing:
        yield path, "is missing"
    elif getattr(theirs, "__module__", path) != path.rpartition(".")[0]:
        # It is at home in another module, and compared there.
        if getattr(theirs, "__name__", None) != getattr(ours, "__name__", None):
            yield path, f"is {ours!r}"
    elif inspect.isclass(theirs):
        yield from _compare_classes(path, theirs, ours)
    elif callable(theirs):
        yield from _compare_functions(path, theirs, ours)
    elif isinstance(theirs, (str, bytes, int, float, tuple, list, dict, frozenset)):
        if theirs != ours:
            yield path, f"is {ours!r}, not {theirs!r}"
    elif type(theirs).__name__ != type(ours).__name__:
        yield path, f"is a {type(ours).__name__}, not a {type(theirs).__name__}"


def _compare_classes(path: str, theirs: Any, ours: Any) -> Iterator[tuple[str, str]]:
    if not inspect.isclass(ours):
        yield path, "is no class"
        return
    lost = {base.__name__ for base in theirs.__mro__} - {
        base.__name__ for base in ours.__mro__
    }
    # What only derives from an adapter or Session of requests does so here, too, or not at all: see the tests.
    lost -= {"Session", "SessionRedirectMixin"}
    if lost:
        yield path, f"is no {', '.join(sorted(lost))}"
    if theirs.__doc__ and not ours.__doc__:
        yield path, "has no docstring"
    for name in dir(theirs):
        if name.startswith("__") and name != "__init__":
            continue
        member = inspect.getattr_static(theirs, name)
        owner = next(base for base in theirs.__mro__ if name in vars(base))
        if owner.__module__.partition(".")[0] != "docker":
            continue
        mine = inspect.getattr_static(ours, name, _Missing)
        place = f"{path}.{name}"
        if mine is _Missing:
            yield place, "is missing"
        elif isinstance(member, (staticmethod, classmethod)):
            yield from _compare_functions(place, member.__func__, mine.__func__)
        elif isinstance(member, property):
            if (
                not isinstance(mine, property)
                and type(mine).__name__ != "cached_property"
            ):
                yield place, f"is a {type(mine).__name__}, not a property"
            elif member.__doc__ and not mine.__doc__:
                yield place, "has no docstring"
        elif inspect.isfunction(member):
            yield from _compare_functions(place, member, mine)


def _compare_functions(path: str, theirs: Any, ours: Any) -> Iterator[tuple[str, str]]:
    if not callable(ours):
        yield path, "cannot be called"
        return
    if theirs.__doc__ and not ours.__doc__:
        yield path, "has no docstring"
    given, mine = _parameters(theirs), _parameters(ours)
    more = [
        name
        for name, kind, default in mine
        if (name, kind, default) not in given
        and kind is inspect.Parameter.KEYWORD_ONLY
        and default != "-"
    ]
    if [row for row in mine if row[0] not in more] != given:
        yield path, f"takes {inspect.signature(ours)}, not {inspect.signature(theirs)}"


def _parameters(function: Any) -> list[tuple[str, Any, str]]:
    return [
        (
            parameter.name,
            parameter.kind,
            "-"
            if parameter.default is parameter.empty
            # An object's address says nothing.
            else re.sub(r"<.*", "<", repr(parameter.default)),
        )
        for parameter in inspect.signature(function).parameters.values()
    ]
