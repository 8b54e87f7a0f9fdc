"""Limits for each phase of a call, where one number for all of them is too little."""

# No `annotations` of the future here: they would be text, which a NamedTuple
# compiles one by one when it is loaded.
from typing import Any, NamedTuple, Optional


class Timeouts(NamedTuple):
    """Limits in seconds, given where a ``timeout`` goes; None is no limit.

    >>> patient = Timeouts(connect=2, first_byte=30, idle=30)
    >>> client = dockline.from_env(timeout=patient)
    >>> client.api.get(client.api._url("/info"), timeout=Timeouts(total=5))

    What runs out raises RequestTimeout, whose ``phase`` names it.
    """

    #: Opening the connection, with TLS and ssh.
    connect: Optional[float] = None
    #: From the request until its answer begins.
    first_byte: Optional[float] = None
    #: Between two pieces of the answer.
    idle: Optional[float] = None
    #: From the beginning to the end of the answer; of a stream, until it begins.
    total: Optional[float] = None


def limits(
    timeout: Any,
) -> tuple[Optional[float], Optional[float], Optional[float], Optional[float]]:
    """Spell out a timeout, ours or one that requests takes: one for each phase."""
    if timeout is None:
        return None, None, None, None
    if isinstance(timeout, Timeouts):
        return timeout
    if isinstance(timeout, tuple):
        connect, read = timeout
        return connect, read, read, None
    return timeout, timeout, timeout, None


def longer(timeout: Any, seconds: float) -> Any:
    """Give what an answer may take when the engine itself waits for ``seconds``."""
    if not isinstance(timeout, tuple):
        return timeout + seconds
    connect, *others = limits(timeout)
    grown = (None if limit is None else limit + seconds for limit in others)
    return Timeouts(connect, *grown)
