"""Nodes: the engines that make up a swarm."""

from __future__ import annotations

import builtins
from typing import Any

from .resource import Collection, Model


class Node(Model):
    """A node of the swarm."""

    id_attribute = "ID"

    @property
    def version(self) -> int:
        """Version of the node's object; :py:meth:`update` needs the current one."""
        version: Any = self.attrs.get("Version")
        index: int = version.get("Index")
        return index

    async def update(self, node_spec: dict[str, Any]) -> bool:
        """Replace the node's configuration: ``POST /nodes/{id}/update``.

        Args:
            node_spec: ``Availability`` (active, pause, drain), ``Name``,
                ``Role`` (worker, manager), ``Labels``. What is left out is
                removed.

        Raises:
            dockline.errors.APIError: the engine refuses; also when
                :py:attr:`version` is outdated (call :py:meth:`reload`).
        """
        return await self.client.api.update_node(self.id, self.version, node_spec)

    async def remove(self, force: bool = False) -> bool:
        """Remove the node from the swarm: ``DELETE /nodes/{id}``.

        Args:
            force: Remove it although it is active.

        Raises:
            dockline.errors.NotFound: the node is not in the swarm.
            dockline.errors.APIError: the engine refuses.
        """
        return await self.client.api.remove_node(self.id, force=force)


class NodeCollection(Collection[Node]):
    """The nodes of the swarm."""

    model = Node

    async def get(self, node_id: str) -> Node:
        """Get a node by id or name: ``GET /nodes/{id}``.

        Raises:
            dockline.errors.NotFound: there is no such node.
            dockline.errors.APIError: the engine refuses.
        """
        return self.prepare_model(await self.client.api.inspect_node(node_id))

    async def list(self, *args: Any, **kwargs: Any) -> builtins.list[Node]:
        """List nodes: ``GET /nodes``.

        Args:
            filters (dict): ``id``, ``label``, ``membership``, ``name``, ``role``.

        Raises:
            dockline.errors.APIError: the engine refuses.
        """
        found = await self.client.api.nodes(*args, **kwargs)
        return [self.prepare_model(item) for item in found]
