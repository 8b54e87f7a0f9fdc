"""Runs the same call in the original and in dockline and compares what comes out.

An outcome is a result, or an exception by the name of its class and its text. Arguments are copied for each
side, so that a function that changes them is found out, too.
"""

from __future__ import annotations

import copy
from typing import Any, Callable, NamedTuple, Optional


class Outcome(NamedTuple):
    """What a call did: its result, or the exception it raised."""

    value: Any
    error: Optional[str]
    text: Optional[str]


def outcome(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Outcome:
    """Call and keep what happens."""
    try:
        return Outcome(function(*args, **kwargs), None, None)
    except Exception as error:
        return Outcome(None, type(error).__name__, str(error))


def agree(
    original: Callable[..., Any], ours: Callable[..., Any], *args: Any, **kwargs: Any
) -> Outcome:
    """Assert that both do the same; give what ours did."""
    theirs = outcome(original, *copy.deepcopy(args), **copy.deepcopy(kwargs))
    mine = outcome(ours, *copy.deepcopy(args), **copy.deepcopy(kwargs))
    assert mine == theirs, f"{args} {kwargs}"
    if theirs.error is None:
        assert type(mine.value).__name__ == type(theirs.value).__name__, (
            f"{args} {kwargs}"
        )
    return mine
