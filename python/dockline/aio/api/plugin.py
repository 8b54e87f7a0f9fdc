"""Plugins: everything under ``/plugins``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Optional, Union

from ... import auth, utils
from ...types.base import Resource
from ._offload import offload
from ._registry import registry_auth

if TYPE_CHECKING:
    from ._host import AsyncApiHost
else:
    AsyncApiHost = object

#: What programs import from here, or patch here.
__all__ = ["AsyncPluginApiMixin", "auth", "utils"]


def _archive(directory: str, gzip: bool) -> Any:
    return utils.create_archive(
        root=directory, gzip=gzip, files=set(utils.build.walk(directory, []))
    )


class AsyncPluginApiMixin(AsyncApiHost):
    """The low-level methods on plugins; part of ``APIClient``."""

    @utils.minimum_version("1.25")
    @utils.check_resource("name")
    async def configure_plugin(
        self, name: Resource, options: Union[dict[str, Any], list[str]]
    ) -> bool:
        """Change the settings of a plugin.

        Endpoint: ``POST /plugins/{name}/set`` (API 1.25).

        Args:
            name (str): Name; without a tag ``latest`` is meant.
            options (dict or list): Settings, as a dict or ``NAME=value``.

        Returns:
            bool: True.

        Raises:
            dockline.errors.APIError: The engine refused.
        """
        url = self._url("/plugins/{0}/set", name)
        data: Any = options
        if isinstance(options, dict):
            data = [f"{key}={value}" for key, value in options.items()]
        response = await self._post_json(url, data=data)
        self._raise_for_status(response)
        return True

    @utils.minimum_version("1.25")
    async def create_plugin(
        self, name: str, plugin_data_dir: str, gzip: bool = False
    ) -> bool:
        """Make a plugin of a directory.

        Endpoint: ``POST /plugins/create`` (API 1.25).

        Args:
            name (str): Name; without a tag ``latest`` is meant.
            plugin_data_dir (str): Directory with ``config.json`` and ``rootfs``.
            gzip (bool): Compress what is sent. Default: ``False``.

        Returns:
            bool: True.

        Raises:
            dockline.errors.APIError: The engine refused.
        """
        url = self._url("/plugins/create")
        with await offload(_archive, plugin_data_dir, gzip) as archive:
            response = await self._post(url, params={"name": name}, data=archive)
        self._raise_for_status(response)
        return True

    @utils.minimum_version("1.25")
    async def disable_plugin(self, name: str, force: bool = False) -> bool:
        """Switch a plugin off.

        Endpoint: ``POST /plugins/{name}/disable`` (API 1.25).

        Args:
            name (str): Name; without a tag ``latest`` is meant.
            force (bool): Even if something uses it. Default: ``False``.

        Returns:
            bool: True.

        Raises:
            dockline.errors.APIError: The engine refused.
        """
        url = self._url("/plugins/{0}/disable", name)
        response = await self._post(url, params={"force": force})
        self._raise_for_status(response)
        return True

    @utils.minimum_version("1.25")
    async def enable_plugin(self, name: str, timeout: int = 0) -> bool:
        """Switch a plugin on.

        Endpoint: ``POST /plugins/{name}/enable`` (API 1.25).

        Args:
            name (str): Name; without a tag ``latest`` is meant.
            timeout (int): Seconds the engine waits for the plugin. Default: 0.

        Returns:
            bool: True.

        Raises:
            dockline.errors.APIError: The engine refused.
        """
        url = self._url("/plugins/{0}/enable", name)
        response = await self._post(url, params={"timeout": timeout})
        self._raise_for_status(response)
        return True

    @utils.minimum_version("1.25")
    async def inspect_plugin(self, name: str) -> dict[str, Any]:
        """Give what the engine knows about a plugin.

        Endpoint: ``GET /plugins/{name}/json`` (API 1.25).

        Args:
            name (str): Name; without a tag ``latest`` is meant.

        Returns:
            dict: The details, as the engine gives them.

        Raises:
            dockline.errors.NotFound: There is no such plugin.
            dockline.errors.APIError: The engine refused.
        """
        response = await self._get(self._url("/plugins/{0}/json", name))
        details: dict[str, Any] = self._result(response, True)
        return details

    @utils.minimum_version("1.25")
    async def pull_plugin(
        self, remote: str, privileges: list[dict[str, Any]], name: Optional[str] = None
    ) -> Any:
        """Install a plugin from a registry, without switching it on.

        Endpoint: ``POST /plugins/pull`` (API 1.25).

        Args:
            remote (str): Name in the registry; without a tag ``latest`` is meant.
            privileges (list): What the plugin may do, from
                :py:meth:`plugin_privileges`.
            name (str): Name to install it under. Default: ``remote``.

        Returns:
            An iterator of progress messages as dicts.

        Raises:
            dockline.errors.APIError: The registry or the engine refused.
        """
        params = {"remote": remote}
        if name:
            params["name"] = name
        headers = await registry_auth(self, remote)
        response = await self._post_json(
            self._url("/plugins/pull"),
            params=params,
            headers=headers,
            data=privileges,
            stream=True,
        )
        self._raise_for_status(response)
        return self._stream_helper(response, decode=True)

    @utils.minimum_version("1.25")
    async def plugins(self) -> list[dict[str, Any]]:
        """List the installed plugins.

        Endpoint: ``GET /plugins`` (API 1.25).

        Returns:
            list of dict: One per plugin.

        Raises:
            dockline.errors.APIError: The engine refused.
        """
        response = await self._get(self._url("/plugins"))
        found: list[dict[str, Any]] = self._result(response, True)
        return found

    @utils.minimum_version("1.25")
    async def plugin_privileges(self, name: str) -> list[dict[str, Any]]:
        """List what a plugin wants to be allowed to do.

        Endpoint: ``GET /plugins/privileges`` (API 1.25).

        Args:
            name (str): Name in the registry; without a tag ``latest`` is meant.

        Returns:
            list of dict: ``Name``, ``Description`` and ``Value`` of each.

        Raises:
            dockline.errors.APIError: The registry or the engine refused.
        """
        headers = await registry_auth(self, name)
        response = await self._get(
            self._url("/plugins/privileges"), params={"remote": name}, headers=headers
        )
        privileges: list[dict[str, Any]] = self._result(response, True)
        return privileges

    @utils.minimum_version("1.25")
    @utils.check_resource("name")
    async def push_plugin(self, name: Any) -> Any:
        """Push a plugin to its registry.

        Endpoint: ``POST /plugins/{name}/push`` (API 1.25). docker-py 7.2 asks for
        a path that no engine has here; this is a deliberate difference.

        Args:
            name (str): Name; without a tag ``latest`` is meant.

        Returns:
            An iterator of progress messages as dicts.

        Raises:
            dockline.errors.APIError: The registry or the engine refused.
        """
        url = self._url("/plugins/{0}/push", name)
        headers = await registry_auth(self, name)
        response = await self._post(url, headers=headers, stream=True)
        self._raise_for_status(response)
        return self._stream_helper(response, decode=True)

    @utils.minimum_version("1.25")
    @utils.check_resource("name")
    async def remove_plugin(self, name: Resource, force: bool = False) -> bool:
        """Remove a plugin.

        Endpoint: ``DELETE /plugins/{name}`` (API 1.25).

        Args:
            name (str): Name; without a tag ``latest`` is meant.
            force (bool): Switch it off first, even if something uses it.
                Default: ``False``.

        Returns:
            bool: True.

        Raises:
            dockline.errors.APIError: The engine refused.
        """
        url = self._url("/plugins/{0}", name)
        response = await self._delete(url, params={"force": force})
        self._raise_for_status(response)
        return True

    @utils.minimum_version("1.26")
    @utils.check_resource("name")
    async def upgrade_plugin(
        self, name: Resource, remote: str, privileges: list[dict[str, Any]]
    ) -> Any:
        """Replace a plugin by another version of it.

        Endpoint: ``POST /plugins/{name}/upgrade`` (API 1.26).

        Args:
            name (str): Name; without a tag ``latest`` is meant.
            remote (str): Name of the new version in the registry.
            privileges (list): What the plugin may do, from
                :py:meth:`plugin_privileges`.

        Returns:
            An iterator of progress messages as dicts.

        Raises:
            dockline.errors.APIError: The registry or the engine refused.
        """
        url = self._url("/plugins/{0}/upgrade", name)
        headers = await registry_auth(self, remote)
        response = await self._post_json(
            url,
            params={"remote": remote},
            headers=headers,
            data=privileges,
            stream=True,
        )
        self._raise_for_status(response)
        return self._stream_helper(response, decode=True)
