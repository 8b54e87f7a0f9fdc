"""Whether and how requests are repeated after failures that may pass."""

# No `annotations` of the future here: they would be text, which a NamedTuple
# compiles one by one when it is loaded.
from collections.abc import Mapping
from typing import Any, NamedTuple, Optional


class Retry(NamedTuple):
    """A retry policy, for ``retry=`` of a client or of one low-level request.

    A request is repeated only when it cannot have acted: it did not reach the
    engine, was turned away, or merely reads. What was sent and lost is never
    sent again, whatever ``kinds`` says.

    >>> client = docker.from_env(retry=Retry(attempts=5, backoff=0.2))

    Args:
        attempts: How often a request is sent at most, the first time included.
        backoff: Seconds before the second attempt; each later wait is doubled.
        max_backoff: The longest wait in seconds.
        jitter: Shorten waits at random, by up to a half.
        kinds: Kinds of error (``error.kind``) to repeat after; by default those
            that may pass by themselves (``error.retryable``).
    """

    attempts: int = 3
    backoff: float = 0.1
    max_backoff: float = 10.0
    jitter: bool = True
    kinds: Optional[tuple[str, ...]] = None


def policy(value: Any) -> Optional[Retry]:
    """Read ``retry=``: a number of attempts, a `Retry`, a dict of its arguments, or None."""
    if value is None or value is False:
        return None
    if value is True:
        return Retry()
    if isinstance(value, Mapping):
        value = Retry(**value)
    elif isinstance(value, int):
        value = Retry(attempts=value)
    if not isinstance(value, Retry):
        raise TypeError(f"retry must be a number, a Retry or a dict, not {value!r}")
    chosen: Retry = value
    if chosen.attempts < 0 or chosen.backoff < 0 or chosen.max_backoff < 0:
        raise ValueError(f"retry cannot count or wait backwards: {chosen!r}")
    if chosen.kinds is not None:
        from . import _native

        given: Any = chosen.kinds
        kinds = (given,) if isinstance(given, str) else tuple(given)
        unknown = sorted(set(kinds) - set(_native.kinds()))
        if unknown:
            raise ValueError(f"there is no kind of error called {', '.join(unknown)}")
        chosen = chosen._replace(kinds=kinds)
    return chosen
