"""Reading credentials where they are written down, and hiding them where they show.

Decodes entries of configuration files, old and new, and of the environment.
"""

from __future__ import annotations

import base64
import json
import os
from typing import Any, Mapping, Union

from . import errors
from ._late import Log

INDEX_NAME = "docker.io"
INDEX_URL = f"https://index.{INDEX_NAME}/v1/"
#: Variable that holds credentials as the JSON of a configuration file.
ENVIRONMENT_VARIABLE = "DOCKER_AUTH_CONFIG"

log = Log(__name__)

_SECRET_KEYS = frozenset(
    ("auth", "identitytoken", "password", "registrytoken", "secret")
)


def decode_auth(auth: Union[str, bytes]) -> tuple[str, str]:
    """Decode an ``auth`` entry, base64 of ``user:password``."""
    raw = auth.encode("ascii") if isinstance(auth, str) else auth
    user, password = base64.b64decode(raw).split(b":", 1)
    return user.decode("utf8"), password.decode("utf8")


def decode_entries(
    entries: Mapping[str, Any], raise_on_error: bool = False
) -> dict[str, dict[str, Any]]:
    """Decode an ``auths`` section: see ``AuthConfig.parse_auth``."""
    result: dict[str, dict[str, Any]] = {}
    for registry, entry in entries.items():
        if not isinstance(entry, dict):
            if raise_on_error:
                raise errors.InvalidConfigFile(
                    f"Invalid configuration for registry {registry}"
                )
            return {}
        if "identitytoken" in entry:
            result[registry] = {"IdentityToken": entry["identitytoken"]}
        elif "auth" in entry:
            user, password = decode_auth(entry["auth"])
            result[registry] = {
                "username": user,
                "password": password,
                "email": entry.get("email"),
                "serveraddress": registry,
            }
        else:
            result[registry] = {}
    return result


def environment_auths() -> dict[str, dict[str, Any]]:
    """Read ``DOCKER_AUTH_CONFIG``; its value never shows up in an error."""
    text = os.environ.get(ENVIRONMENT_VARIABLE)
    if not text:
        return {}
    try:
        auths = json.loads(text).get("auths") or {}
        return decode_entries(auths, raise_on_error=True)
    except (AttributeError, ValueError):
        raise errors.InvalidConfigFile(
            f"{ENVIRONMENT_VARIABLE} is not the JSON of a configuration file "
            'with an "auths" section'
        ) from None


def masked(value: Any) -> Any:
    """Copy ``value`` with every secret in it replaced."""
    if not isinstance(value, dict):
        return value
    return {
        key: "***" if str(key).lower() in _SECRET_KEYS and item else masked(item)
        for key, item in value.items()
    }


def load_legacy(config_file: str) -> dict[str, Any]:
    """Read the oldest format: ``auth = ...`` and ``email = ...`` on two lines.

    Empty when the file is something else.
    """
    try:
        with open(config_file, encoding="utf-8") as file:
            values = [line.strip().split(" = ")[1] for line in file]
        user, password = decode_auth(values[0])
        email = values[1]
    except (OSError, ValueError, IndexError) as error:
        log.debug("%s is no old configuration file either: %s", config_file, error)
        return {}
    return {
        "auths": {
            INDEX_NAME: {
                "username": user,
                "password": password,
                "email": email,
                "serveraddress": INDEX_URL,
            }
        }
    }
