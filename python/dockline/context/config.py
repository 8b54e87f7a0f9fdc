"""Where contexts are kept, and which one is current.

Contexts live beside the user's configuration file. Without one they live
where the CLI would create it; the current directory is never used.
"""

from __future__ import annotations

import json
import os
from typing import Any, Optional

from .. import utils
from ..constants import DEFAULT_UNIX_SOCKET, IS_WINDOWS_PLATFORM
from ..utils.config import (
    DOCKER_CONFIG_FILENAME,
    config_path_from_environment,
    find_config_file,
    home_dir,
)

METAFILE = "meta.json"


def get_current_context_name() -> str:
    """Name of the context the configuration file selects, or ``default``."""
    path = find_config_file()
    if path is None:
        return "default"
    try:
        with open(path, encoding="utf-8") as file:
            name: str = json.load(file).get("currentContext", "default")
    except (OSError, ValueError, AttributeError):
        return "default"
    return name


def write_context_name_to_docker_config(
    name: Optional[str] = None,
) -> Optional[Exception]:
    """Select a context in the configuration file; None selects the default.

    The file is created when it is missing. Returns the exception when it
    cannot be read or written, and None when all went well.
    """
    if name == "default":
        name = None
    found = find_config_file()
    config: dict[str, Any] = {}
    try:
        if found is not None:
            with open(found, encoding="utf-8") as file:
                config = json.load(file)
        if name:
            config["currentContext"] = name
        elif config.get("currentContext"):
            del config["currentContext"]
        else:
            return None
        path = found or _default_config_file()
        os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            json.dump(config, file, indent=4)
    except (OSError, ValueError, TypeError, AttributeError) as error:
        return error
    return None


def _default_config_file() -> str:
    return config_path_from_environment() or os.path.join(
        home_dir(), DOCKER_CONFIG_FILENAME
    )


def get_context_id(name: str) -> str:
    """Name of a context's folder: the SHA-256 of its name."""
    import hashlib  # late: few programs use contexts

    return hashlib.sha256(name.encode("utf-8")).hexdigest()


def get_context_dir() -> str:
    """Folder that holds all contexts."""
    path = find_config_file() or _default_config_file()
    return os.path.join(os.path.dirname(path), "contexts")


def get_meta_dir(name: Optional[str] = None) -> str:
    """Folder of one context's description, or of all descriptions."""
    folder = os.path.join(get_context_dir(), "meta")
    return os.path.join(folder, get_context_id(name)) if name else folder


def get_meta_file(name: str) -> str:
    """File that describes one context."""
    return os.path.join(get_meta_dir(name), METAFILE)


def get_tls_dir(name: Optional[str] = None, endpoint: str = "") -> str:
    """Folder of the TLS files of one context's endpoint, of one, or of all."""
    folder = os.path.join(get_context_dir(), "tls")
    return os.path.join(folder, get_context_id(name), endpoint) if name else folder


def get_context_host(path: Optional[str] = None, tls: bool = False) -> str:
    """Normalise an engine address as contexts spell it."""
    host = utils.parse_host(path, IS_WINDOWS_PLATFORM, tls)
    if host == DEFAULT_UNIX_SOCKET and host.startswith("http+"):
        return host[len("http+") :]
    return host
