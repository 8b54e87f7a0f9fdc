"""Header fields: a mapping that ignores the case of names and keeps it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, MutableMapping
from typing import Any, Optional, Union

Source = Union[Mapping[str, Any], Iterable[tuple[str, Any]], None]


class CaseInsensitiveDict(MutableMapping[str, Any]):
    """Header fields by name, in the order and spelling they were set."""

    __slots__ = ("_store",)

    def __init__(self, data: Source = None, **kwargs: Any) -> None:
        """Start with the given fields."""
        self._store: dict[str, tuple[str, Any]] = {}
        if data is not None:
            self.update(data)
        if kwargs:
            self.update(kwargs)

    @classmethod
    def received(cls, fields: Iterable[tuple[str, str]]) -> CaseInsensitiveDict:
        """Build from fields as received; repeated ones are joined by commas."""
        headers = cls()
        store = headers._store
        for name, value in fields:
            known = store.get(name.lower())
            store[name.lower()] = (
                (known[0], f"{known[1]}, {value}") if known else (name, value)
            )
        return headers

    def __setitem__(self, key: str, value: Any) -> None:
        """Set a field, replacing one of the same name."""
        self._store[key.lower()] = (key, value)

    def __getitem__(self, key: str) -> Any:
        """Give a field's value."""
        return self._store[key.lower()][1]

    def __delitem__(self, key: str) -> None:
        """Remove a field."""
        del self._store[key.lower()]

    def __iter__(self) -> Iterator[str]:
        """Give the names as they were spelled."""
        return (name for name, _ in self._store.values())

    def __len__(self) -> int:
        """Count the fields."""
        return len(self._store)

    def lower_items(self) -> Iterator[tuple[str, Any]]:
        """Give the fields with names in lower case."""
        return ((key, value) for key, (_, value) in self._store.items())

    def pairs(self) -> list[tuple[str, Any]]:
        """Give the fields as a list of tuples."""
        return list(self._store.values())

    def __eq__(self, other: object) -> bool:
        """Compare without regard to the case of names."""
        if not isinstance(other, Mapping):
            return NotImplemented
        theirs = CaseInsensitiveDict(other)
        return dict(self.lower_items()) == dict(theirs.lower_items())

    __hash__ = None  # type: ignore[assignment]

    def copy(self) -> CaseInsensitiveDict:
        """Give an independent copy."""
        return CaseInsensitiveDict(self)

    def __repr__(self) -> str:
        """Show it as a dict."""
        return str(dict(self.items()))


def merged(
    base: CaseInsensitiveDict, extra: Optional[Mapping[str, Any]]
) -> CaseInsensitiveDict:
    """Lay a request's fields over the client's; None takes a field away."""
    headers = base.copy()
    for name, value in (extra or {}).items():
        if value is None:
            headers.pop(name, None)
        else:
            headers[name] = value
    return headers
