"""Answers, headers, and the adapter classes that programs import from here.

`UnixHTTPAdapter` and its relatives are real requests adapters, made when
somebody asks for them: a program that does has `requests`.
"""

from __future__ import annotations

import importlib
import importlib.util
from typing import TYPE_CHECKING, Any

from .headers import CaseInsensitiveDict
from .response import RawBody, Response

if TYPE_CHECKING:
    from .requests_adapters import BaseHTTPAdapter, SSHHTTPAdapter, UnixHTTPAdapter

#: Adapters, and the package without which docker-py does not have them.
_ADAPTERS = {
    "BaseHTTPAdapter": "requests",
    "NpipeHTTPAdapter": "win32pipe",
    "SSHHTTPAdapter": "paramiko",
    "UnixHTTPAdapter": "requests",
}

#: Where docker-py keeps them.
_MODULES = frozenset(("basehttpadapter", "npipeconn", "sshconn", "unixconn"))


def __getattr__(name: str) -> Any:
    """Make an adapter class, or load its module, when it is first asked for."""
    if name in _MODULES:
        return importlib.import_module(f".{name}", __name__)
    needed = _ADAPTERS.get(name)
    if needed is None or importlib.util.find_spec(needed) is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from . import requests_adapters

    value = getattr(requests_adapters, name)
    globals()[name] = value
    return value


__all__ = [
    "BaseHTTPAdapter",
    "CaseInsensitiveDict",
    "RawBody",
    "Response",
    "SSHHTTPAdapter",
    "UnixHTTPAdapter",
]
