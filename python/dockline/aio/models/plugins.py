"""Plugins: drivers that the engine runs for volumes, networks and more."""

from __future__ import annotations

import builtins
from typing import Any, AsyncIterator, Optional

from ... import errors
from ...utils.progress import check_messages
from ._progress import CheckedProgress
from .resource import Collection, Model


class Plugin(Model):
    """A plugin on the engine."""

    def __repr__(self) -> str:
        return f"<{self.__class__.__name__}: '{self.name}'>"

    @property
    def name(self) -> str:
        """Name of the plugin, with its tag."""
        name: str = self.attrs.get("Name")  # type: ignore[assignment]
        return name

    @property
    def enabled(self) -> Optional[bool]:
        """Whether it runs."""
        return self.attrs.get("Enabled")

    @property
    def settings(self) -> Optional[dict[str, Any]]:
        """Its configuration."""
        return self.attrs.get("Settings")

    async def configure(self, options: Any) -> None:
        """Set variables of the plugin: ``POST /plugins/{name}/set``.

        Args:
            options: Names and values.

        Raises:
            dockline.errors.APIError: the engine refuses.
        """
        await self.client.api.configure_plugin(self.name, options)
        await self.reload()

    async def disable(self, force: bool = False) -> None:
        """Stop the plugin: ``POST /plugins/{name}/disable``.

        Args:
            force: Stop it although it is in use.

        Raises:
            dockline.errors.APIError: the engine refuses.
        """
        await self.client.api.disable_plugin(self.name, force)
        await self.reload()

    async def enable(self, timeout: int = 0) -> None:
        """Start the plugin: ``POST /plugins/{name}/enable``.

        Args:
            timeout: Seconds the engine waits for it.

        Raises:
            dockline.errors.APIError: the engine refuses.
        """
        await self.client.api.enable_plugin(self.name, timeout)
        await self.reload()

    async def push(self) -> Any:
        """Push the plugin to its registry: ``POST /plugins/{name}/push``.

        Returns:
            An iterator of decoded progress messages.

        Raises:
            dockline.errors.APIError: the engine refuses; while iterating, when
                the push fails after it began.
        """
        progress = await self.client.api.push_plugin(self.name)
        return CheckedProgress(progress, f"Push of plugin {self.name}")

    async def remove(self, force: bool = False) -> bool:
        """Remove the plugin: ``DELETE /plugins/{name}``.

        Args:
            force: Remove it although it is enabled.

        Raises:
            dockline.errors.APIError: the engine refuses.
        """
        return await self.client.api.remove_plugin(self.name, force=force)

    async def upgrade(self, remote: Optional[str] = None) -> AsyncIterator[Any]:
        """Replace the plugin by another release: ``POST /plugins/{name}/upgrade``.

        Nothing happens before the result is iterated; privileges the release
        asks for are granted.

        Args:
            remote: Release to upgrade to; this plugin's own name by default.

        Returns:
            An iterator of decoded progress messages.

        Raises:
            dockline.errors.DockerException: the plugin is enabled.
            dockline.errors.APIError: the engine refuses, or the upgrade fails
                after it began.
        """
        if self.enabled:
            raise errors.DockerException("Plugin must be disabled before upgrading.")
        if remote is None:
            remote = self.name
        privileges = await self.client.api.plugin_privileges(remote)
        progress = await self.client.api.upgrade_plugin(self.name, remote, privileges)
        async for message in progress:
            yield message
            check_messages(f"Upgrade of plugin {self.name}", [message])
        await self.reload()


class PluginCollection(Collection[Plugin]):
    """The plugins of the engine."""

    model = Plugin

    async def create(
        self, name: str, plugin_data_dir: str, gzip: bool = False
    ) -> Plugin:
        """Create a plugin from a folder: ``POST /plugins/create``.

        Args:
            name: Its name; the tag is ``latest`` by default.
            plugin_data_dir: Folder with ``config.json`` and ``rootfs``.
            gzip: Compress what is sent.

        Raises:
            dockline.errors.APIError: the engine refuses.
        """
        await self.client.api.create_plugin(name, plugin_data_dir, gzip)
        return await self.get(name)

    async def get(self, name: str) -> Plugin:
        """Get a plugin by name: ``GET /plugins/{name}/json``.

        Raises:
            dockline.errors.NotFound: there is no such plugin.
            dockline.errors.APIError: the engine refuses.
        """
        return self.prepare_model(await self.client.api.inspect_plugin(name))

    async def install(
        self, remote_name: str, local_name: Optional[str] = None
    ) -> Plugin:
        """Pull and install a plugin: ``POST /plugins/pull``.

        Privileges it asks for are granted.

        Args:
            remote_name: Plugin in a registry; the tag is ``latest`` by default.
            local_name: Name on this engine; the same by default.

        Raises:
            dockline.errors.APIError: the engine refuses, or the installation
                fails after it began.
        """
        privileges = await self.client.api.plugin_privileges(remote_name)
        progress = await self.client.api.pull_plugin(
            remote_name, privileges, local_name
        )
        async for message in progress:
            check_messages(f"Installation of plugin {remote_name}", [message])
        return await self.get(local_name or remote_name)

    async def list(self) -> builtins.list[Plugin]:
        """List plugins: ``GET /plugins``.

        Raises:
            dockline.errors.APIError: the engine refuses.
        """
        found = await self.client.api.plugins()
        return [self.prepare_model(item) for item in found]
