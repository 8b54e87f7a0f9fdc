"""Swarm configs: everything under ``/configs``."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any, Optional, Union

from ... import utils
from ...types.base import Resource

if TYPE_CHECKING:
    from ._host import AsyncApiHost
else:
    AsyncApiHost = object


class AsyncConfigApiMixin(AsyncApiHost):
    """The low-level methods on configs; part of ``APIClient``."""

    @utils.minimum_version("1.30")
    async def create_config(
        self,
        name: str,
        data: Union[bytes, str],
        labels: Optional[dict[str, str]] = None,
        templating: Optional[dict[str, Any]] = None,
    ) -> dict[str, Any]:
        """Store a config in the swarm.

        Endpoint: ``POST /configs/create`` (API 1.30).

        Args:
            name (str): Name.
            data (bytes or str): Contents; a string is stored as UTF-8.
            labels (dict): Labels.
            templating (dict): ``Name`` and ``Options`` of a template driver, with
                which each task sees the contents filled in (API 1.37).

        Returns:
            dict: ``ID`` of the config.

        Raises:
            dockline.errors.APIError: The engine refused.
        """
        raw = data if isinstance(data, bytes) else data.encode("utf-8")
        body = {
            "Data": base64.b64encode(raw).decode("ascii"),
            "Name": name,
            "Labels": labels,
            "Templating": templating,
        }
        response = await self._post_json(self._url("/configs/create"), data=body)
        created: dict[str, Any] = self._result(response, True)
        return created

    @utils.minimum_version("1.30")
    @utils.check_resource("id")
    async def inspect_config(self, id: Resource) -> dict[str, Any]:
        """Give what the swarm knows about a config.

        Endpoint: ``GET /configs/{id}`` (API 1.30).

        Args:
            id (str or dict): Id or name.

        Returns:
            dict: The details, as the engine gives them.

        Raises:
            dockline.errors.NotFound: There is no such config.
            dockline.errors.APIError: The engine refused.
        """
        response = await self._get(self._url("/configs/{0}", id))
        details: dict[str, Any] = self._result(response, True)
        return details

    @utils.minimum_version("1.30")
    @utils.check_resource("id")
    async def remove_config(self, id: Resource) -> bool:
        """Remove a config.

        Endpoint: ``DELETE /configs/{id}`` (API 1.30).

        Args:
            id (str or dict): Id or name.

        Returns:
            bool: True.

        Raises:
            dockline.errors.NotFound: There is no such config.
            dockline.errors.APIError: The engine refused.
        """
        response = await self._delete(self._url("/configs/{0}", id))
        self._raise_for_status(response)
        return True

    @utils.minimum_version("1.30")
    async def configs(
        self, filters: Optional[dict[str, Any]] = None
    ) -> list[dict[str, Any]]:
        """List the configs of the swarm.

        Endpoint: ``GET /configs`` (API 1.30).

        Args:
            filters (dict): ``id``, ``label``, ``name`` and ``names``.

        Returns:
            list of dict: One per config.

        Raises:
            dockline.errors.APIError: The engine refused.
        """
        params = {}
        if filters:
            params["filters"] = utils.convert_filters(filters)
        response = await self._get(self._url("/configs"), params=params)
        found: list[dict[str, Any]] = self._result(response, True)
        return found
