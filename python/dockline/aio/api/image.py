"""Images: everything under ``/images``, and ``/distribution``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Optional, Union

from ... import auth, errors, utils
from ..._late import Log
from ...constants import DEFAULT_DATA_CHUNK_SIZE
from ...types.base import Resource
from ._image_import import AsyncImageImportMixin, _import_image_params, file_or, is_file
from ._registry import registry_auth

if TYPE_CHECKING:
    from ._host import AsyncApiHost
else:
    AsyncApiHost = object

#: What programs import from here, or patch here.
__all__ = [
    "DEFAULT_DATA_CHUNK_SIZE",
    "AsyncImageApiMixin",
    "_import_image_params",
    "auth",
    "errors",
    "is_file",
    "log",
    "utils",
]

log = Log(__name__)


class AsyncImageApiMixin(AsyncImageImportMixin, AsyncApiHost):
    """The low-level methods on images; part of ``APIClient``."""

    @utils.check_resource("image")
    async def get_image(
        self, image: Resource, chunk_size: Optional[int] = DEFAULT_DATA_CHUNK_SIZE
    ) -> Any:
        """Give an image with its layers and tags as a tar archive.

        Endpoint: ``GET /images/{name}/get``.

        Args:
            image (str or dict): Name or id.
            chunk_size (int): Bytes per piece; None passes pieces on as they
                arrive. Default: 2 MiB.

        Returns:
            An iterator of bytes.

        Raises:
            dockline.errors.APIError: The engine refused.
        """
        response = await self._get(self._url("/images/{0}/get", image), stream=True)
        return self._stream_raw_result(response, chunk_size, False)

    @utils.check_resource("image")
    async def history(self, image: Resource) -> list[dict[str, Any]]:
        """List the layers of an image and what made them.

        Endpoint: ``GET /images/{name}/history``.

        Args:
            image (str or dict): Name or id.

        Returns:
            list of dict: One per layer, newest first.

        Raises:
            dockline.errors.APIError: The engine refused.
        """
        response = await self._get(self._url("/images/{0}/history", image))
        layers: list[dict[str, Any]] = self._result(response, True)
        return layers

    async def images(
        self,
        name: Optional[str] = None,
        quiet: bool = False,
        all: bool = False,
        filters: Optional[dict[str, Any]] = None,
    ) -> Any:
        """List images.

        Endpoint: ``GET /images/json``.

        Args:
            name (str): Only images of this repository or with this name.
            quiet (bool): Give only ids. Default: ``False``.
            all (bool): Also intermediate images. Default: ``False``.
            filters (dict): ``before``, ``dangling``, ``label``, ``reference``,
                ``since``, ``until`` and others the engine knows.

        Returns:
            list of dict: One per image; with ``quiet`` a list of ids.

        Raises:
            dockline.errors.APIError: The engine refused.
        """
        params: dict[str, Any] = {
            "only_ids": 1 if quiet else 0,
            "all": 1 if all else 0,
        }
        if name and utils.version_lt(self._version, "1.25"):
            params["filter"] = name
        elif name:
            filters = {**(filters or {}), "reference": name}
        if filters:
            params["filters"] = utils.convert_filters(filters)
        response = await self._get(self._url("/images/json"), params=params)
        found = self._result(response, True)
        return [one["Id"] for one in found] if quiet else found

    @utils.check_resource("image")
    async def inspect_image(self, image: Resource) -> dict[str, Any]:
        """Give everything the engine knows about an image.

        Endpoint: ``GET /images/{name}/json``.

        Args:
            image (str or dict): Name or id.

        Returns:
            dict: The details, as the engine gives them.

        Raises:
            dockline.errors.ImageNotFound: There is no such image.
            dockline.errors.APIError: The engine refused.
        """
        response = await self._get(self._url("/images/{0}/json", image))
        details: dict[str, Any] = self._result(response, True)
        return details

    @utils.minimum_version("1.30")
    @utils.check_resource("image")
    async def inspect_distribution(
        self, image: Any, auth_config: Optional[dict[str, Any]] = None
    ) -> dict[str, Any]:
        """Ask the registry for the digest and platforms of an image.

        Endpoint: ``GET /distribution/{name}/json`` (API 1.30).

        Args:
            image (str or dict): Name.
            auth_config (dict): ``username`` and ``password``. Default: those of
                the user's configuration.

        Returns:
            dict: ``Descriptor`` and ``Platforms``.

        Raises:
            dockline.errors.APIError: The registry or the engine refused.
        """
        headers = await registry_auth(self, image, auth_config)
        url = self._url("/distribution/{0}/json", image)
        details: dict[str, Any] = self._result(
            await self._get(url, headers=headers), True
        )
        return details

    async def load_image(self, data: Any, quiet: Optional[bool] = None) -> Any:
        """Load images from an archive made by :py:meth:`get_image`.

        Endpoint: ``POST /images/load``.

        Args:
            data (bytes, file, path or iterable of bytes): The archive. Files and
                iterables are streamed; a path is a ``PathLike``, or the name of
                a file that exists.
            quiet (bool): Leave progress messages out (API 1.23).

        Returns:
            An iterator of progress messages as dicts.

        Raises:
            dockline.errors.APIError: The engine refused.
            dockline.errors.InvalidVersion: ``quiet`` below API 1.23.
        """
        params = {}
        if quiet is not None:
            if utils.version_lt(self._version, "1.23"):
                raise errors.InvalidVersion(
                    "quiet is not supported in API version < 1.23"
                )
            params["quiet"] = quiet
        response = await self._post(
            self._url("/images/load"), data=file_or(data), params=params, stream=True
        )
        if utils.version_gte(self._version, "1.23"):
            return self._stream_helper(response, decode=True)
        self._raise_for_status(response)
        return None

    @utils.minimum_version("1.25")
    async def prune_images(
        self, filters: Optional[dict[str, Any]] = None
    ) -> dict[str, Any]:
        """Remove images that nothing uses.

        Endpoint: ``POST /images/prune`` (API 1.25).

        Args:
            filters (dict): ``dangling`` (``False`` also removes images that have
                a name), ``label`` and ``until``.

        Returns:
            dict: ``ImagesDeleted`` and ``SpaceReclaimed`` in bytes.

        Raises:
            dockline.errors.APIError: The engine refused.
        """
        params = {}
        if filters is not None:
            params["filters"] = utils.convert_filters(filters)
        response = await self._post(self._url("/images/prune"), params=params)
        pruned: dict[str, Any] = self._result(response, True)
        return pruned

    async def pull(
        self,
        repository: str,
        tag: Optional[str] = None,
        stream: bool = False,
        auth_config: Optional[dict[str, Any]] = None,
        decode: bool = False,
        platform: Optional[str] = None,
        all_tags: bool = False,
    ) -> Any:
        """Pull an image from its registry.

        A failure may come as the last progress message, under ``error``: what this
        method gives is what the engine said. ``images.pull()`` raises then.

        Endpoint: ``POST /images/create``.

        Args:
            repository (str): Name, with or without a tag or digest.
            tag (str): Tag or digest. Default: that of the name, else ``latest``.
            stream (bool): Give an iterator of progress messages; the pull is over
                when it ends. Default: ``False``.
            auth_config (dict): ``username`` and ``password``. Default: those of
                the user's configuration.
            decode (bool): With ``stream``: give dicts instead of bytes.
                Default: ``False``.
            platform (str): ``os[/arch[/variant]]`` (API 1.32).
            all_tags (bool): Pull every tag. Default: ``False``.

        Returns:
            str: The progress messages as JSON text; with ``stream`` an iterator.

        Raises:
            dockline.errors.ImageNotFound: There is no such image.
            dockline.errors.APIError: The registry or the engine refused.
            dockline.errors.InvalidVersion: ``platform`` below API 1.32.
        """
        repository, own_tag = utils.parse_repository_tag(repository)
        params: dict[str, Any] = {
            "tag": None if all_tags else tag or own_tag or "latest",
            "fromImage": repository,
        }
        headers = await registry_auth(self, repository, auth_config)
        if platform is not None:
            if utils.version_lt(self._version, "1.32"):
                raise errors.InvalidVersion(
                    "platform was only introduced in API version 1.32"
                )
            params["platform"] = platform
        response = await self._post(
            self._url("/images/create"),
            params=params,
            headers=headers,
            stream=stream,
            timeout=None,
        )
        self._raise_for_status(response)
        if stream:
            return self._stream_helper(response, decode=decode)
        return self._result(response)

    async def push(
        self,
        repository: str,
        tag: Optional[str] = None,
        stream: bool = False,
        auth_config: Optional[dict[str, Any]] = None,
        decode: bool = False,
    ) -> Any:
        """Push an image to its registry.

        A failure may come as the last progress message, under ``error``: what this
        method gives is what the engine said.

        Endpoint: ``POST /images/{name}/push``.

        Args:
            repository (str): Name, with or without a tag.
            tag (str): Tag. Default: that of the name, else all tags.
            stream (bool): Give an iterator of progress messages.
                Default: ``False``.
            auth_config (dict): ``username`` and ``password``. Default: those of
                the user's configuration.
            decode (bool): With ``stream``: give dicts instead of bytes.
                Default: ``False``.

        Returns:
            str: The progress messages as JSON text; with ``stream`` an iterator.

        Raises:
            dockline.errors.APIError: The registry or the engine refused.
        """
        if not tag:
            repository, tag = utils.parse_repository_tag(repository)
        url = self._url("/images/{0}/push", repository)
        headers = await registry_auth(self, repository, auth_config)
        response = await self._post_json(
            url, None, headers=headers, stream=stream, params={"tag": tag}
        )
        self._raise_for_status(response)
        if stream:
            return self._stream_helper(response, decode=decode)
        return self._result(response)

    @utils.check_resource("image")
    async def remove_image(
        self, image: Resource, force: bool = False, noprune: bool = False
    ) -> list[dict[str, str]]:
        """Remove an image, or one of its names.

        Endpoint: ``DELETE /images/{name}``.

        Args:
            image (str or dict): Name or id.
            force (bool): Even if it has several names or a stopped container uses
                it. Default: ``False``.
            noprune (bool): Keep parents without a name. Default: ``False``.

        Returns:
            list of dict: What was ``Untagged`` and ``Deleted``.

        Raises:
            dockline.errors.ImageNotFound: There is no such image.
            dockline.errors.APIError: The engine refused.
        """
        params = {"force": force, "noprune": noprune}
        response = await self._delete(self._url("/images/{0}", image), params=params)
        removed: list[dict[str, str]] = self._result(response, True)
        return removed

    async def search(
        self, term: str, limit: Optional[int] = None
    ) -> list[dict[str, Any]]:
        """Search Docker Hub for images.

        Endpoint: ``GET /images/search``.

        Args:
            term (str): What to look for.
            limit (int): Most results. Default of the engine: 25.

        Returns:
            list of dict: One per image.

        Raises:
            dockline.errors.APIError: The registry or the engine refused.
        """
        params: dict[str, Any] = {"term": term}
        if limit is not None:
            params["limit"] = limit
        response = await self._get(self._url("/images/search"), params=params)
        found: list[dict[str, Any]] = self._result(response, True)
        return found

    @utils.check_resource("image")
    async def tag(
        self,
        image: Resource,
        repository: str,
        tag: Optional[str] = None,
        force: Union[bool, int] = False,
    ) -> bool:
        """Give an image a further name.

        Endpoint: ``POST /images/{name}/tag``.

        Args:
            image (str or dict): Name or id.
            repository (str): Repository of the new name.
            tag (str): Tag of the new name. Default of the engine: ``latest``.
            force (bool): Sent along; engines take names over in any case.
                Default: ``False``.

        Returns:
            bool: Whether the engine reported the name as created.

        Raises:
            dockline.errors.APIError: The engine refused.
        """
        params = {"tag": tag, "repo": repository, "force": 1 if force else 0}
        response = await self._post(self._url("/images/{0}/tag", image), params=params)
        self._raise_for_status(response)
        return bool(response.status_code == 201)
