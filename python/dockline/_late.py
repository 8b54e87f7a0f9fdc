"""What is loaded when it is first used: parts of packages, and `logging`."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterable, Mapping
from typing import Any, Callable


def late(
    module: str, homes: Mapping[str, Iterable[str]]
) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """Make the ``__getattr__`` and the ``__dir__`` of a module with names from others.

    Args:
        module: Its ``__name__``.
        homes: The other modules, absolute or relative to its package, each with
            the names that come from there. Those right below it are names, too.
    """
    members = vars(sys.modules[module])
    package = members["__package__"]
    places = {name: home for home, names in homes.items() for name in names}
    below = {home[1:] for home in homes if home[0] == "." and "." not in home[1:]}

    def find(name: str) -> Any:
        home = places.get(name)
        if home is not None:
            value = getattr(importlib.import_module(home, package), name)
        elif name in below and package == module:
            value = importlib.import_module(f".{name}", package)
        else:
            raise AttributeError(f"module {module!r} has no attribute {name!r}")
        members[name] = value
        return value

    def names() -> list[str]:
        return sorted({*members, *places, *(below if package == module else ())})

    return find, names


class Log:
    """The logger of a name: `logging` is loaded by whoever wants to see something."""

    def __init__(self, name: str) -> None:
        self._name = name

    def debug(self, message: str, *args: object) -> None:
        """Log for those who look closely; without `logging` nobody does."""
        logging: Any = sys.modules.get("logging")
        # It may be in the middle of being imported.
        if hasattr(logging, "getLogger"):
            logging.getLogger(self._name).debug(message, *args, stacklevel=2)

    def __getattr__(self, name: str) -> Any:
        """Give what the logger itself has."""
        import logging

        return getattr(logging.getLogger(self._name), name)
