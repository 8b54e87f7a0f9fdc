"""Which engine a client talks to, and what is unsafe about the way there."""

# No `annotations` of the future here: they would be text, which a NamedTuple
# compiles one by one when it is loaded.
import warnings
from typing import NamedTuple, Optional

_told: set[str] = set()


class UnsafeConnectionWarning(UserWarning):
    """Others can read or change what goes to the engine."""


class Endpoint(NamedTuple):
    """An engine's address and how it was chosen; ``str()`` gives one sentence."""

    sentence: str
    address: str
    rule: str
    passed_over: list[tuple[str, str]]

    def __str__(self) -> str:
        """Give address, rule, and what was passed over."""
        return self.sentence


def warn_once(sentence: Optional[str]) -> None:
    """Warn about an unsafe way to an engine, once for each in this process."""
    if sentence and sentence not in _told:
        _told.add(sentence)
        warnings.warn(sentence, UnsafeConnectionWarning, stacklevel=_outside())


def warn_outside(sentence: str, category: type[Warning]) -> None:
    """Warn at the line of the program that called into this package."""
    warnings.warn(sentence, category, stacklevel=_outside())


def _outside() -> int:
    """How far up the stack the program is that uses this package."""
    import sys

    package = __name__.partition(".")[0]
    frame, level = sys._getframe(1), 1
    while frame.f_back and frame.f_globals.get("__name__", "").startswith(package):
        frame, level = frame.f_back, level + 1
    return level
