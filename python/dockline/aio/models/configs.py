"""Configs: files that a swarm hands to its services."""

from __future__ import annotations

import builtins
from typing import TYPE_CHECKING, Any

from ..._elsewhere import elsewhere
from .resource import Collection, Model


class Config(Model):
    """A config."""

    id_attribute = "ID"

    def __repr__(self) -> str:
        return f"<{self.__class__.__name__}: '{self.name}'>"

    @property
    def name(self) -> str:
        """Name of the config."""
        name: str = self.attrs["Spec"]["Name"]
        return name

    async def remove(self) -> bool:
        """Remove the config: ``DELETE /configs/{id}``.

        Raises:
            dockline.errors.APIError: the engine refuses.
        """
        return await self.client.api.remove_config(self.id)


class ConfigCollection(Collection[Config]):
    """The configs of the swarm."""

    model = Config

    async def create(self, **kwargs: Any) -> Config:
        """Create a config: ``POST /configs/create``.

        Args:
            name (str): Its name.
            data (bytes): Its content.
            labels (dict): Labels to set on it.
            templating (dict): Template driver, with ``name`` and ``options``.

        Returns:
            The config; ``attrs`` holds its id and name only.

        Raises:
            dockline.errors.APIError: the engine refuses.
        """
        created = await self.client.api.create_config(**kwargs)
        created.setdefault("Spec", {})["Name"] = kwargs.get("name")
        return self.prepare_model(created)

    async def get(self, config_id: str) -> Config:
        """Get a config by id or name: ``GET /configs/{id}``.

        Raises:
            dockline.errors.NotFound: there is no such config.
            dockline.errors.APIError: the engine refuses.
        """
        return self.prepare_model(await self.client.api.inspect_config(config_id))

    async def list(self, **kwargs: Any) -> builtins.list[Config]:
        """List configs: ``GET /configs``.

        Args:
            filters (dict): ``id``, ``label``, ``name``, ``names``.

        Raises:
            dockline.errors.APIError: the engine refuses.
        """
        found = await self.client.api.configs(**kwargs)
        return [self.prepare_model(item) for item in found]


if not TYPE_CHECKING:
    # More names that docker-py has here.
    __getattr__ = elsewhere(__name__)
