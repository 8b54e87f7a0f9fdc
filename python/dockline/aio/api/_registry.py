"""The credentials that go along with a request to a registry."""

from __future__ import annotations

from typing import Any, Optional

from ... import auth
from ..._late import Log
from ._offload import offload

log = Log(__name__)


async def registry_auth(
    client: Any, image: str, auth_config: Optional[dict[str, Any]] = None
) -> dict[str, Any]:
    """Give the headers with the credentials for an image's registry.

    Given credentials go before those of the user's configuration, which may have
    none: then there is no header, and the registry is asked anonymously.
    """
    registry, _ = auth.resolve_repository_name(image)
    if auth_config is not None:
        log.debug("Sending supplied auth config")
        return {"X-Registry-Auth": auth.encode_header(auth_config)}
    header = await offload(auth.get_config_header, client, registry)
    return {"X-Registry-Auth": header} if header else {}
