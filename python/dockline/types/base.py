"""The base of request dictionaries that take keyword arguments in two spellings."""

from __future__ import annotations

from typing import Any, Mapping, Union


class DictType(dict[str, Any]):
    """A dict filled from a mapping of Engine field names to values."""

    def __init__(self, init: Mapping[str, Any]) -> None:
        super().__init__()
        for key, value in init.items():
            self[key] = value


def either(kwargs: Mapping[str, Any], name: str, field: str) -> Any:
    """Look an argument up by its Python name, then by its Engine field name."""
    return kwargs.get(name, kwargs.get(field))


#: How a method names what it works on: an id, a name, or a dict with an ``Id``.
#: None and the empty string raise ``NullResource``.
Resource = Union[str, Mapping[str, Any], None]
