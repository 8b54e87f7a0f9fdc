"""Image builds: everything under ``/build``."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Optional, Union

from ... import auth, constants, errors, utils
from ..._late import Log
from ._build_context import (
    archive_directory,
    check_build,
    is_remote,
    process_dockerfile,
    versioned_params,
)
from ._offload import offload

if TYPE_CHECKING:
    from ._host import AsyncApiHost
else:
    AsyncApiHost = object

#: What programs import from here, or patch here.
__all__ = [
    "AsyncBuildApiMixin",
    "auth",
    "constants",
    "errors",
    "process_dockerfile",
    "utils",
]

log = Log(__name__)


class AsyncBuildApiMixin(AsyncApiHost):
    """The low-level methods on builds; part of ``APIClient``."""

    _auth_configs: Any

    async def build(
        self,
        path: Optional[str] = None,
        tag: Optional[str] = None,
        quiet: bool = False,
        fileobj: Any = None,
        nocache: bool = False,
        rm: bool = False,
        timeout: Union[float, None] = None,
        custom_context: bool = False,
        encoding: Optional[str] = None,
        pull: bool = False,
        forcerm: bool = False,
        dockerfile: Optional[str] = None,
        container_limits: Optional[dict[str, Any]] = None,
        decode: bool = False,
        buildargs: Optional[dict[str, str]] = None,
        gzip: bool = False,
        shmsize: Optional[int] = None,
        labels: Optional[dict[str, str]] = None,
        cache_from: Optional[list[str]] = None,
        target: Optional[str] = None,
        network_mode: Optional[str] = None,
        squash: Optional[bool] = None,
        extra_hosts: Union[dict[str, str], list[str], None] = None,
        platform: Optional[str] = None,
        isolation: Optional[str] = None,
        use_config_proxy: bool = True,
    ) -> Any:
        """Build an image. Needs ``path`` or ``fileobj``.

        A build that failed says so in its last message, under ``error``: what this
        method gives is what the engine said. ``images.build()`` raises then.

        Endpoint: ``POST /build``.

        Args:
            path (str): Directory with the Dockerfile, or the address of a context
                that the engine fetches itself.
            tag (str): Name of the image.
            quiet (bool): Leave progress messages out. Default: ``False``.
            fileobj (file): The Dockerfile, or with ``custom_context`` the context.
            nocache (bool): Do not reuse layers. Default: ``False``.
            rm (bool): Remove intermediate containers. Default: ``False``.
            timeout (int): Seconds to wait for the engine. Default: no limit.
            custom_context (bool): ``fileobj`` is a tar archive with the context.
                Default: ``False``.
            encoding (str): Compression of that archive, for example ``gzip``.
            pull (bool): Look for a newer base image. Default: ``False``.
            forcerm (bool): Remove intermediate containers even after a failure.
                Default: ``False``.
            dockerfile (str): Path of the Dockerfile, in the context or outside.
            container_limits (dict): ``memory``, ``memswap``, ``cpushares`` and
                ``cpusetcpus`` of the containers of the build.
            decode (bool): Give dicts instead of bytes. Default: ``False``.
            buildargs (dict): Build arguments.
            gzip (bool): Compress the context. Default: ``False``.
            shmsize (int): Size of ``/dev/shm`` in bytes.
            labels (dict): Labels of the image.
            cache_from (list): Images whose layers may be reused (API 1.25).
            target (str): Stage to build (API 1.29).
            network_mode (str): Network of the containers of the build (API 1.25).
            squash (bool): Make one layer of all (API 1.25).
            extra_hosts (dict or list): Further host names and their addresses
                (API 1.27).
            platform (str): ``os[/arch[/variant]]`` (API 1.32).
            isolation (str): Windows: isolation technology.
            use_config_proxy (bool): Pass on the proxies that the user's
                ``config.json`` has for this engine. Default: ``True``.

        Returns:
            An iterator of progress messages, bytes or dicts.

        Raises:
            dockline.errors.APIError: The engine refused.
            dockline.errors.DockerException: The tag, a limit or the encoding is
                not valid.
            dockline.errors.InvalidVersion: The API version does not know an
                argument.
            TypeError: Neither ``path`` nor ``fileobj``, or ``path`` is no directory.
        """
        given = dict(locals())
        limits = container_limits or {}
        check_build(path, fileobj, gzip, encoding, tag, limits, custom_context)
        context: Any = None
        sent_dockerfile: Any = dockerfile
        if custom_context:
            context = fileobj
        elif fileobj is not None:
            context = await offload(utils.mkbuildcontext, fileobj)
        elif path is not None and not is_remote(path):
            context, sent_dockerfile = await offload(
                archive_directory, path, dockerfile, gzip
            )
            encoding = "gzip" if gzip else encoding
        try:
            params = self._build_params(given, limits, sent_dockerfile)
            headers: dict[str, Any] = {}
            if context is not None:
                headers["Content-Type"] = "application/tar"
                if encoding:
                    headers["Content-Encoding"] = encoding
            await offload(self._set_auth_headers, headers)
            response = await self._post(
                self._url("/build"),
                data=context,
                params=params,
                headers=headers,
                stream=True,
                timeout=timeout,
            )
        finally:
            if context is not None and not custom_context:
                context.close()
        return self._stream_helper(response, decode=decode)

    def _build_params(
        self, given: dict[str, Any], limits: dict[str, Any], dockerfile: Any
    ) -> dict[str, Any]:
        by_path = given["fileobj"] is None and not given["custom_context"]
        params: dict[str, Any] = {
            "t": given["tag"],
            "remote": given["path"] if by_path and is_remote(given["path"]) else None,
            "q": given["quiet"],
            "nocache": given["nocache"],
            "rm": given["rm"],
            "forcerm": given["forcerm"],
            "pull": given["pull"],
            "dockerfile": dockerfile,
        }
        params.update(limits)
        arguments = dict(given["buildargs"] or {})
        if given["use_config_proxy"]:
            for name, value in self._proxy_configs.get_environment().items():
                arguments.setdefault(name, value)
        if arguments:
            params["buildargs"] = json.dumps(arguments)
        params.update(versioned_params(self._version, given))
        return params

    @utils.minimum_version("1.31")
    async def prune_builds(
        self,
        filters: Optional[dict[str, Any]] = None,
        keep_storage: Optional[int] = None,
        all: Optional[bool] = None,
    ) -> dict[str, Any]:
        """Remove what the build cache holds.

        Endpoint: ``POST /build/prune`` (API 1.31).

        Args:
            filters (dict): ``until``, ``id``, ``inuse``, ``shared`` and others the
                engine knows (API 1.39).
            keep_storage (int): Bytes to keep (API 1.39).
            all (bool): Every kind of cache (API 1.39).

        Returns:
            dict: ``CachesDeleted`` and ``SpaceReclaimed`` in bytes.

        Raises:
            dockline.errors.APIError: The engine refused.
            dockline.errors.InvalidVersion: An argument below API 1.39.
        """
        url = self._url("/build/prune")
        asked = any(value is not None for value in (filters, keep_storage, all))
        if asked and utils.version_lt(self._version, "1.39"):
            raise errors.InvalidVersion(
                "`filters`, `keep_storage`, and `all` args are only available "
                "for API version > 1.38"
            )
        params: dict[str, Any] = {}
        if filters is not None:
            params["filters"] = utils.convert_filters(filters)
        if keep_storage is not None:
            params["keep-storage"] = keep_storage
        if all is not None:
            params["all"] = all
        pruned: dict[str, Any] = self._result(
            await self._post(url, params=params), True
        )
        return pruned

    def _set_auth_headers(self, headers: dict[str, Any]) -> None:
        """Add the credentials of every registry: a build may need any of them."""
        known: Any = self._auth_configs
        if not known or known.is_empty:
            log.debug("No auth config in memory - loading from filesystem")
            known = self._auth_configs = auth.load_config(
                credstore_env=self.credstore_env
            )
        if not known:
            log.debug("No auth config found")
            return
        credentials = known.get_all_credentials()
        # Builders look Docker Hub up by its old address only.
        if auth.INDEX_URL not in credentials and auth.INDEX_NAME in credentials:
            credentials[auth.INDEX_URL] = credentials[auth.INDEX_NAME]
        log.debug("Sending auth config (%s)", ", ".join(map(repr, credentials)))
        if credentials:
            headers["X-Registry-Config"] = auth.encode_header(credentials)
