"""Swarm secrets: everything under ``/secrets``."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any, Optional, Union

from ... import errors, utils
from ...types.base import Resource

if TYPE_CHECKING:
    from ._host import AsyncApiHost
else:
    AsyncApiHost = object


class AsyncSecretApiMixin(AsyncApiHost):
    """The low-level methods on secrets; part of ``APIClient``."""

    @utils.minimum_version("1.25")
    async def create_secret(
        self,
        name: str,
        data: Union[bytes, str],
        labels: Optional[dict[str, str]] = None,
        driver: Optional[dict[str, Any]] = None,
    ) -> dict[str, Any]:
        """Store a secret in the swarm.

        Endpoint: ``POST /secrets/create`` (API 1.25).

        Args:
            name (str): Name.
            data (bytes or str): The secret; a string is stored as UTF-8.
            labels (dict): Labels.
            driver (DriverConfig): Where the secret is kept (API 1.31).
                Default: in the swarm itself.

        Returns:
            dict: ``ID`` of the secret.

        Raises:
            dockline.errors.APIError: The engine refused.
            dockline.errors.InvalidVersion: ``driver`` below API 1.31.
        """
        raw = data if isinstance(data, bytes) else data.encode("utf-8")
        body: dict[str, Any] = {
            "Data": base64.b64encode(raw).decode("ascii"),
            "Name": name,
            "Labels": labels,
        }
        if driver is not None:
            if utils.version_lt(self._version, "1.31"):
                raise errors.InvalidVersion(
                    "Secret driver is only available for API version > 1.31"
                )
            body["Driver"] = driver
        response = await self._post_json(self._url("/secrets/create"), data=body)
        created: dict[str, Any] = self._result(response, True)
        return created

    @utils.minimum_version("1.25")
    @utils.check_resource("id")
    async def inspect_secret(self, id: Resource) -> dict[str, Any]:
        """Give what the swarm knows about a secret, but not its contents.

        Endpoint: ``GET /secrets/{id}`` (API 1.25).

        Args:
            id (str or dict): Id or name.

        Returns:
            dict: The details, as the engine gives them.

        Raises:
            dockline.errors.NotFound: There is no such secret.
            dockline.errors.APIError: The engine refused.
        """
        response = await self._get(self._url("/secrets/{0}", id))
        details: dict[str, Any] = self._result(response, True)
        return details

    @utils.minimum_version("1.25")
    @utils.check_resource("id")
    async def remove_secret(self, id: Resource) -> bool:
        """Remove a secret.

        Endpoint: ``DELETE /secrets/{id}`` (API 1.25).

        Args:
            id (str or dict): Id or name.

        Returns:
            bool: True.

        Raises:
            dockline.errors.NotFound: There is no such secret.
            dockline.errors.APIError: The engine refused.
        """
        response = await self._delete(self._url("/secrets/{0}", id))
        self._raise_for_status(response)
        return True

    @utils.minimum_version("1.25")
    async def secrets(
        self, filters: Optional[dict[str, Any]] = None
    ) -> list[dict[str, Any]]:
        """List the secrets of the swarm.

        Endpoint: ``GET /secrets`` (API 1.25).

        Args:
            filters (dict): ``id``, ``label``, ``name`` and ``names``.

        Returns:
            list of dict: One per secret.

        Raises:
            dockline.errors.APIError: The engine refused.
        """
        params = {}
        if filters:
            params["filters"] = utils.convert_filters(filters)
        response = await self._get(self._url("/secrets"), params=params)
        found: list[dict[str, Any]] = self._result(response, True)
        return found
