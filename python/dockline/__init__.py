"""Docker Engine API client: a drop-in for docker-py over one Rust core.

>>> import dockline as docker
>>> client = docker.from_env()
>>> client.containers.run("alpine", "echo hello")
b'hello'

Importing this package loads almost nothing: names and submodules come in when
they are first used.
"""

from __future__ import annotations

from .version import __version__

# What type checkers look for; importing `typing` would be most of the work here.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from . import (
        aio,
        api,
        auth,
        client,
        constants,
        context,
        credentials,
        errors,
        models,
        tls,
        transport,
        types,
        utils,
        version,
        versions,
    )
    from ._install import install_as_docker
    from .api import APIClient
    from .client import DockerClient, from_context, from_env
    from .context import Context, ContextAPI
    from .tls import TLSConfig

#: The name programs know this interface by.
__title__ = "docker"

_NAMES = {
    "APIClient": ".api",
    "Context": ".context",
    "ContextAPI": ".context",
    "DockerClient": ".client",
    "TLSConfig": ".tls",
    "from_context": ".client",
    "from_env": ".client",
    "install_as_docker": "._install",
}
#: Submodules that `import docker` of docker-py makes reachable, and ours.
_MODULES = frozenset(
    (
        "aio",
        "api",
        "auth",
        "client",
        "constants",
        "context",
        "credentials",
        "errors",
        "models",
        "retry",
        "timeouts",
        "tls",
        "transport",
        "types",
        "utils",
        "version",
        "versions",
    )
)


def __getattr__(name: str) -> Any:
    """Load a public name or a submodule when it is first used."""
    import importlib

    if name in _NAMES:
        value = getattr(importlib.import_module(_NAMES[name], __name__), name)
    elif name in _MODULES:
        if name in {"api", "models"}:
            # The client brings every file of these packages with it.
            importlib.import_module(".client", __name__)
        value = importlib.import_module(f".{name}", __name__)
    else:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """List what can be had, loaded or not."""
    return sorted({*globals(), *_NAMES, *_MODULES})


__all__ = [
    "APIClient",
    "Context",
    "ContextAPI",
    "DockerClient",
    "TLSConfig",
    "__title__",
    "__version__",
    "aio",
    "api",
    "auth",
    "client",
    "constants",
    "context",
    "credentials",
    "errors",
    "from_context",
    "from_env",
    "install_as_docker",
    "models",
    "tls",
    "transport",
    "types",
    "utils",
    "version",
    "versions",
]
