"""Volumes: everything under ``/volumes``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Optional

from ... import errors, utils

if TYPE_CHECKING:
    from ._host import AsyncApiHost
else:
    AsyncApiHost = object


class AsyncVolumeApiMixin(AsyncApiHost):
    """The low-level methods on volumes; part of ``APIClient``."""

    async def volumes(self, filters: Optional[dict[str, Any]] = None) -> dict[str, Any]:
        """List volumes.

        Endpoint: ``GET /volumes``.

        Args:
            filters (dict): ``dangling``, ``driver``, ``label`` and ``name``.

        Returns:
            dict: The list under ``Volumes``, and ``Warnings``.

        Raises:
            dockline.errors.APIError: The engine refused.
        """
        params = {"filters": utils.convert_filters(filters) if filters else None}
        response = await self._get(self._url("/volumes"), params=params)
        found: dict[str, Any] = self._result(response, True)
        return found

    async def create_volume(
        self,
        name: Optional[str] = None,
        driver: Optional[str] = None,
        driver_opts: Optional[dict[str, str]] = None,
        labels: Optional[dict[str, str]] = None,
    ) -> dict[str, Any]:
        """Create a volume, or give the one that has the name already.

        Endpoint: ``POST /volumes/create``.

        Args:
            name (str): Name. Default: the engine makes one up.
            driver (str): Volume driver. Default of the engine: ``local``.
            driver_opts (dict): Options for the driver.
            labels (dict): Labels.

        Returns:
            dict: The volume.

        Raises:
            dockline.errors.APIError: The engine refused.
            TypeError: ``driver_opts`` or ``labels`` is not a dict.
        """
        if driver_opts is not None and not isinstance(driver_opts, dict):
            raise TypeError("driver_opts must be a dictionary")
        data: dict[str, Any] = {
            "Name": name,
            "Driver": driver,
            "DriverOpts": driver_opts,
        }
        if labels is not None:
            if utils.version_lt(self._version, "1.23"):
                raise errors.InvalidVersion("volume labels were introduced in API 1.23")
            if not isinstance(labels, dict):
                raise TypeError("labels must be a dictionary")
            data["Labels"] = labels
        response = await self._post_json(self._url("/volumes/create"), data=data)
        volume: dict[str, Any] = self._result(response, True)
        return volume

    async def inspect_volume(self, name: str) -> dict[str, Any]:
        """Give what the engine knows about a volume.

        Endpoint: ``GET /volumes/{name}``.

        Args:
            name (str): Name.

        Returns:
            dict: The details, as the engine gives them.

        Raises:
            dockline.errors.NotFound: There is no such volume.
            dockline.errors.APIError: The engine refused.
        """
        response = await self._get(self._url("/volumes/{0}", name))
        details: dict[str, Any] = self._result(response, True)
        return details

    @utils.minimum_version("1.25")
    async def prune_volumes(
        self, filters: Optional[dict[str, Any]] = None
    ) -> dict[str, Any]:
        """Remove volumes that no container uses.

        Endpoint: ``POST /volumes/prune`` (API 1.25). From API 1.42 on only
        anonymous volumes, unless the filter ``all`` says otherwise.

        Args:
            filters (dict): ``all`` and ``label``.

        Returns:
            dict: ``VolumesDeleted`` and ``SpaceReclaimed`` in bytes.

        Raises:
            dockline.errors.APIError: The engine refused.
        """
        params = {}
        if filters:
            params["filters"] = utils.convert_filters(filters)
        response = await self._post(self._url("/volumes/prune"), params=params)
        pruned: dict[str, Any] = self._result(response, True)
        return pruned

    async def remove_volume(self, name: str, force: bool = False) -> None:
        """Remove a volume.

        Endpoint: ``DELETE /volumes/{name}``.

        Args:
            name (str): Name.
            force (bool): Accepted from API 1.25 on, and not sent, as in docker-py
                7.2: a missing volume raises ``NotFound`` either way.

        Raises:
            dockline.errors.APIError: The engine refused.
            dockline.errors.InvalidVersion: ``force`` below API 1.25.
        """
        params: dict[str, Any] = {}
        if force:
            if utils.version_lt(self._version, "1.25"):
                raise errors.InvalidVersion("force removal was introduced in API 1.25")
            params = {"force": force}
        response = await self._delete(self._url("/volumes/{0}", name, params=params))
        self._raise_for_status(response)
