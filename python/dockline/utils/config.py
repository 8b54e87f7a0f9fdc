"""Where the user's configuration file is, and what it says."""

from __future__ import annotations

import json
import os
from typing import Any, Optional

from .._late import Log
from ..constants import IS_WINDOWS_PLATFORM

DOCKER_CONFIG_FILENAME = os.path.join(".docker", "config.json")
LEGACY_DOCKER_CONFIG_FILENAME = ".dockercfg"

log = Log(__name__)


def find_config_file(config_path: Optional[str] = None) -> Optional[str]:
    """Find the first configuration file that exists.

    Looked at in this order: ``config_path``, ``$DOCKER_CONFIG/config.json``,
    ``~/.docker/config.json``, ``~/.dockercfg``. None when there is none.
    """
    home = home_dir()
    candidates = (
        config_path,
        config_path_from_environment(),
        os.path.join(home, DOCKER_CONFIG_FILENAME),
        os.path.join(home, LEGACY_DOCKER_CONFIG_FILENAME),
    )
    for path in candidates:
        if path and os.path.exists(path):
            log.debug("Using the configuration file %s", path)
            return path
    log.debug("No configuration file among %r", candidates)
    return None


def config_path_from_environment() -> Optional[str]:
    """Path of config.json in ``$DOCKER_CONFIG``; None when that is not set."""
    folder = os.environ.get("DOCKER_CONFIG")
    if not folder:
        return None
    return os.path.join(folder, os.path.basename(DOCKER_CONFIG_FILENAME))


def home_dir() -> str:
    """The user's home folder: ``%USERPROFILE%`` on Windows, else ``~``."""
    if IS_WINDOWS_PLATFORM:
        return os.environ.get("USERPROFILE", "")
    return os.path.expanduser("~")


def load_general_config(config_path: Optional[str] = None) -> dict[str, Any]:
    """Read the configuration file; empty when there is none or it is not JSON."""
    path = find_config_file(config_path)
    if path is None:
        return {}
    try:
        with open(path, encoding="utf-8") as file:
            loaded: dict[str, Any] = json.load(file)
    except (OSError, ValueError) as error:
        # The old .dockercfg format is not JSON: auth.py reads that one.
        log.debug("Cannot read %s as JSON: %s", path, error)
        return {}
    return loaded
