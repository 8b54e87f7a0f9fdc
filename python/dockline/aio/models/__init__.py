"""Objects on the engine, one file per kind."""

from __future__ import annotations

from ..._late import late

_KINDS = (
    "configs",
    "containers",
    "images",
    "networks",
    "nodes",
    "plugins",
    "resource",
    "secrets",
    "services",
    "swarm",
    "volumes",
)
__getattr__, __dir__ = late(__name__, {f".{kind}": () for kind in _KINDS})
