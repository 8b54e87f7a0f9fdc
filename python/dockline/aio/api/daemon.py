"""The engine itself: ping, version, information, events, disk use, login."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Optional, Union

from ... import auth, types, utils
from ...types.daemon import AsyncCancellableStream
from ._offload import offload

if TYPE_CHECKING:
    from datetime import datetime

    from ._host import AsyncApiHost
else:
    AsyncApiHost = object

#: What programs import from here, or patch here.
__all__ = ["AsyncDaemonApiMixin", "auth", "types", "utils"]


class AsyncDaemonApiMixin(AsyncApiHost):
    """The low-level methods on the engine; part of ``APIClient``."""

    @utils.minimum_version("1.25")
    async def df(self) -> dict[str, Any]:
        """Tell how much disk space images, containers, volumes and caches take.

        Endpoint: ``GET /system/df`` (API 1.25).

        Returns:
            dict: ``LayersSize``, ``Images``, ``Containers``, ``Volumes`` and
            ``BuildCache``; sizes are bytes.

        Raises:
            dockline.errors.APIError: The engine refused.
        """
        use: dict[str, Any] = self._result(
            await self._get(self._url("/system/df")), True
        )
        return use

    async def events(
        self,
        since: Union[datetime, int, str, None] = None,
        until: Union[datetime, int, str, None] = None,
        filters: Optional[dict[str, Any]] = None,
        decode: Optional[bool] = None,
    ) -> Any:
        """Follow what happens in the engine.

        Endpoint: ``GET /events``.

        Args:
            since (datetime or int): Begin with what happened from this time on;
                numbers are seconds since 1970.
            until (datetime or int): End at this time. Default: go on for ever.
            filters (dict): ``container``, ``event``, ``image``, ``label``,
                ``network``, ``scope``, ``type``, ``volume`` and others the engine
                knows.
            decode (bool): Give dicts instead of bytes. Default: ``False``.

        Returns:
            An iterator of bytes or dicts with a ``close()`` that works from any
            thread.

        Raises:
            dockline.errors.APIError: The engine refused.
        """
        from datetime import datetime

        if isinstance(since, datetime):
            since = utils.datetime_to_timestamp(since)
        if isinstance(until, datetime):
            until = utils.datetime_to_timestamp(until)
        params = {
            "since": since,
            "until": until,
            "filters": utils.convert_filters(filters) if filters else None,
        }
        response = await self._get(
            self._url("/events"), params=params, stream=True, timeout=None
        )
        stream = self._stream_helper(response, decode=decode)
        return AsyncCancellableStream(stream, response)

    async def info(self) -> dict[str, Any]:
        """Describe the engine and its host.

        Endpoint: ``GET /info``.

        Returns:
            dict: The details, as the engine gives them.

        Raises:
            dockline.errors.APIError: The engine refused.
        """
        details: dict[str, Any] = self._result(
            await self._get(self._url("/info")), True
        )
        return details

    async def login(
        self,
        username: str,
        password: Optional[str] = None,
        email: Optional[str] = None,
        registry: Optional[str] = None,
        reauth: bool = False,
        dockercfg_path: Optional[str] = None,
    ) -> dict[str, Any]:
        """Check credentials with a registry and keep them for later calls.

        Nothing is sent if the user's configuration has credentials for this user
        already, unless ``reauth`` says otherwise. They are kept in this client
        only, never written to a file.

        Endpoint: ``POST /auth``.

        Args:
            username (str): User name.
            password (str): Password or token.
            email (str): Mail address; registries do not ask for it any more.
            registry (str): Address of the registry. Default: Docker Hub.
            reauth (bool): Ask the registry in any case. Default: ``False``.
            dockercfg_path (str): Configuration file to take credentials from.

        Returns:
            dict: The engine's answer, or the credentials that are known already.

        Raises:
            dockline.errors.APIError: The registry or the engine refused.
        """
        exists = False
        if dockercfg_path:
            exists = await offload(os.path.exists, dockercfg_path)
        if exists:
            self._auth_configs = auth.load_config(
                dockercfg_path, credstore_env=self.credstore_env
            )
        elif not self._auth_configs or self._auth_configs.is_empty:
            self._auth_configs = auth.load_config(credstore_env=self.credstore_env)
        known = await offload(self._auth_configs.resolve_authconfig, registry)
        if known and known.get("username") == username and not reauth:
            kept: dict[str, Any] = known
            return kept
        credentials = {
            "username": username,
            "password": password,
            "email": email,
            "serveraddress": registry,
        }
        response = await self._post_json(self._url("/auth"), data=credentials)
        if response.status_code == 200:
            self._auth_configs.add_auth(registry or auth.INDEX_NAME, credentials)
        answer: dict[str, Any] = self._result(response, json=True)
        return answer

    async def ping(self) -> bool:
        """Ask whether the engine is there.

        Endpoint: ``GET /_ping``.

        Returns:
            bool: Whether it answered ``OK``.

        Raises:
            dockline.errors.APIError: The engine refused.
        """
        return bool(self._result(await self._get(self._url("/_ping"))) == "OK")

    async def version(self, api_version: bool = True) -> dict[str, Any]:
        """Tell the versions of the engine, its parts and its API.

        Endpoint: ``GET /version``.

        Args:
            api_version (bool): Ask under this client's API version rather than
                without one. Default: ``True``.

        Returns:
            dict: ``Version``, ``ApiVersion``, ``MinAPIVersion`` and others.

        Raises:
            dockline.errors.APIError: The engine refused.
        """
        url = self._url("/version", versioned_api=api_version)
        versions: dict[str, Any] = self._result(await self._get(url), json=True)
        return versions
