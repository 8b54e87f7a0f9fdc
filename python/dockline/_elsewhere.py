"""Names that docker-py's modules import for their own use, and that programs find there.

dockline keeps each in one place; asked for it in another of docker-py's modules,
it is brought from where it is at home.
"""

from __future__ import annotations

import importlib
from typing import Any, Callable

_API = {"APIClient": "api.client"}

#: Module of docker-py → name → where that is here.
NAMES: dict[str, dict[str, str]] = {
    "api.client": {
        "MINIMUM_DOCKER_API_VERSION": "constants",
        "STREAM_HEADER_SIZE_BYTES": "constants",
        "InvalidVersion": "errors",
        "UnixHTTPAdapter": "transport",
        "check_resource": "utils",
        "consume_socket_output": "utils.socket",
        "create_api_error_from_http_exception": "errors",
        "demux_adaptor": "utils.socket",
        "frames_iter": "utils.socket",
        "json_stream": "utils.json_stream",
    },
    "models.configs": _API,
    "models.containers": {
        **_API,
        "DEFAULT_DATA_CHUNK_SIZE": "constants",
        "DockerException": "errors",
        "HostConfig": "types",
        "Model": "models.resource",
        "NetworkingConfig": "types",
        "create_unexpected_kwargs_error": "errors",
        "version_gte": "utils",
    },
    "models.images": {
        **_API,
        "DEFAULT_DATA_CHUNK_SIZE": "constants",
        "ImageLoadError": "errors",
        "InvalidArgument": "errors",
        "Model": "models.resource",
        "json_stream": "utils.json_stream",
    },
    "models.networks": _API,
    "models.secrets": _API,
    "models.swarm": _API,
    "models.volumes": _API,
    "types.daemon": {"DockerException": "errors"},
    "utils.utils": {
        "DEFAULT_HTTP_HOST": "constants",
        "DEFAULT_NPIPE": "constants",
        "DEFAULT_UNIX_SOCKET": "constants",
    },
}


def elsewhere(module: str) -> Callable[[str], Any]:
    """Make the ``__getattr__`` of a module."""
    package, _, inside = module.partition(".")
    names = NAMES[inside.removeprefix("aio.")]

    def find(name: str) -> Any:
        home = names.get(name)
        if home is None:
            raise AttributeError(f"module {module!r} has no attribute {name!r}")
        return getattr(importlib.import_module(f"{package}.{home}"), name)

    return find
