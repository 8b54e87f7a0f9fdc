"""Volumes: storage that outlives containers."""

from __future__ import annotations

import builtins
from typing import TYPE_CHECKING, Any, Optional

from ..._elsewhere import elsewhere
from .resource import Collection, Model


class Volume(Model):
    """A volume; its name is its id."""

    id_attribute = "Name"

    @property
    def name(self) -> str:
        """Name of the volume."""
        name: str = self.attrs["Name"]
        return name

    async def remove(self, force: bool = False) -> None:
        """Remove the volume: ``DELETE /volumes/{name}``.

        Args:
            force: Do not fail when the driver has lost it already.

        Raises:
            dockline.errors.APIError: the engine refuses; 409 while in use.
        """
        return await self.client.api.remove_volume(self.id, force=force)


class VolumeCollection(Collection[Volume]):
    """The volumes of the engine."""

    model = Volume

    async def create(self, name: Optional[str] = None, **kwargs: Any) -> Volume:
        """Create a volume: ``POST /volumes/create``.

        Args:
            name: Its name; the engine makes one up by default.
            driver (str): Driver to create it with; ``local`` by default.
            driver_opts (dict): Options of the driver.
            labels (dict): Labels to set on it.

        Raises:
            dockline.errors.APIError: the engine refuses.
        """
        return self.prepare_model(await self.client.api.create_volume(name, **kwargs))

    async def get(self, volume_id: str) -> Volume:
        """Get a volume by name: ``GET /volumes/{name}``.

        Raises:
            dockline.errors.NotFound: there is no such volume.
            dockline.errors.APIError: the engine refuses.
        """
        return self.prepare_model(await self.client.api.inspect_volume(volume_id))

    async def list(self, **kwargs: Any) -> builtins.list[Volume]:
        """List volumes: ``GET /volumes``.

        Args:
            filters (dict): ``dangling``, ``driver``, ``label``, ``name``.

        Raises:
            dockline.errors.APIError: the engine refuses.
        """
        found = await self.client.api.volumes(**kwargs)
        return [self.prepare_model(item) for item in found.get("Volumes") or []]

    async def prune(self, filters: Optional[dict[str, Any]] = None) -> dict[str, Any]:
        """Delete unused volumes: ``POST /volumes/prune``.

        Args:
            filters: ``label``, ``all``.

        Returns:
            ``VolumesDeleted`` and ``SpaceReclaimed`` in bytes.

        Raises:
            dockline.errors.APIError: the engine refuses.
        """
        return await self.client.api.prune_volumes(filters=filters)


if not TYPE_CHECKING:
    # More names that docker-py has here.
    __getattr__ = elsewhere(__name__)
