"""Secrets: values that a swarm hands to its services and to nobody else."""

from __future__ import annotations

import builtins
from typing import TYPE_CHECKING, Any

from ..._elsewhere import elsewhere
from .resource import Collection, Model


class Secret(Model):
    """A secret. The engine never gives its value back."""

    id_attribute = "ID"

    def __repr__(self) -> str:
        return f"<{self.__class__.__name__}: '{self.name}'>"

    @property
    def name(self) -> str:
        """Name of the secret."""
        name: str = self.attrs["Spec"]["Name"]
        return name

    async def remove(self) -> bool:
        """Remove the secret: ``DELETE /secrets/{id}``.

        Raises:
            dockline.errors.APIError: the engine refuses.
        """
        return await self.client.api.remove_secret(self.id)


class SecretCollection(Collection[Secret]):
    """The secrets of the swarm."""

    model = Secret

    async def create(self, **kwargs: Any) -> Secret:
        """Create a secret: ``POST /secrets/create``.

        Args:
            name (str): Its name.
            data (bytes): Its value.
            labels (dict): Labels to set on it.
            driver (DriverConfig): Driver that keeps the value.

        Returns:
            The secret; ``attrs`` holds its id and name only.

        Raises:
            dockline.errors.APIError: the engine refuses.
        """
        created = await self.client.api.create_secret(**kwargs)
        created.setdefault("Spec", {})["Name"] = kwargs.get("name")
        return self.prepare_model(created)

    async def get(self, secret_id: str) -> Secret:
        """Get a secret by id or name: ``GET /secrets/{id}``.

        Raises:
            dockline.errors.NotFound: there is no such secret.
            dockline.errors.APIError: the engine refuses.
        """
        return self.prepare_model(await self.client.api.inspect_secret(secret_id))

    async def list(self, **kwargs: Any) -> builtins.list[Secret]:
        """List secrets: ``GET /secrets``.

        Args:
            filters (dict): ``id``, ``label``, ``name``, ``names``.

        Raises:
            dockline.errors.APIError: the engine refuses.
        """
        found = await self.client.api.secrets(**kwargs)
        return [self.prepare_model(item) for item in found]


if not TYPE_CHECKING:
    # More names that docker-py has here.
    __getattr__ = elsewhere(__name__)
