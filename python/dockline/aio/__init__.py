"""The asynchronous half: the same names, awaited.

>>> from dockline import aio
>>> async with aio.from_env() as client:
...     async for line in await client.containers.get("web").logs(stream=True):
...         print(line)
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .api import AsyncAPIClient
    from .client import AsyncDockerClient, from_context, from_env

_NAMES = {
    "AsyncAPIClient": ".api",
    "AsyncDockerClient": ".client",
    "from_context": ".client",
    "from_env": ".client",
}


def __getattr__(name: str) -> Any:
    """Load a public name when it is first used."""
    if name not in _NAMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(_NAMES[name], __name__), name)
    globals()[name] = value
    return value


__all__ = ["AsyncAPIClient", "AsyncDockerClient", "from_context", "from_env"]
