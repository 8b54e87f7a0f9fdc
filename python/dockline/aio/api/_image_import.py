"""Importing file system archives as images."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Optional, Union

from ... import errors
from ._offload import offload

if TYPE_CHECKING:
    from ._host import AsyncApiHost
else:
    AsyncApiHost = object

Changes = Union[str, list[str], None]


def is_file(src: Any) -> bool:
    """Tell whether an argument is the path of a file."""
    try:
        return isinstance(src, str) and os.path.isfile(src)
    except (TypeError, ValueError):  # not a path at all, as with a NUL in it
        return False


def file_or(data: Any) -> Any:
    """Give the name of a file that exists as a path; all other data as it is."""
    if not is_file(data):
        return data
    from pathlib import Path

    return Path(data)


def _import_image_params(
    repo: Optional[str],
    tag: Optional[str],
    image: Optional[str] = None,
    src: Optional[str] = None,
    changes: Changes = None,
) -> dict[str, Any]:
    params: dict[str, Any] = {"repo": repo, "tag": tag}
    if image:
        params["fromImage"] = image
    elif src and not is_file(src):
        params["fromSrc"] = src
    else:
        params["fromSrc"] = "-"
    if changes:
        params["changes"] = changes
    return params


class AsyncImageImportMixin(AsyncApiHost):
    """Methods that make an image of an archive of files."""

    async def import_image(
        self,
        src: Any = None,
        repository: Optional[str] = None,
        tag: Optional[str] = None,
        image: Optional[str] = None,
        changes: Changes = None,
        stream_src: bool = False,
    ) -> str:
        """Make an image of a tar archive of files, or pull one by name.

        Endpoint: ``POST /images/create``.

        Args:
            src (str, path, file, bytes or iterable of bytes): Path of an archive,
                its URL, or the archive. Files and iterables are streamed.
            repository (str): Repository of the new image.
            tag (str): Tag of the new image.
            image (str): An image to take instead of ``src``.
            changes (str or list): Dockerfile instructions to apply.
            stream_src (bool): ``src`` is of unknown length. Default: ``False``.
                An iterable is sent so anyway.

        Returns:
            str: The engine's progress messages, as JSON text.

        Raises:
            dockline.errors.DockerException: Neither ``src`` nor ``image``.
            dockline.errors.APIError: The engine refused.
        """
        if not (src or image):
            raise errors.DockerException("Must specify src or image to import from")
        url = self._url("/images/create")
        name = src if isinstance(src, str) else None
        params = _import_image_params(repository, tag, image, name, changes)
        headers = {"Content-Type": "application/tar"}
        if image or params.get("fromSrc") != "-":
            response = await self._post(url, data=None, params=params)
        elif isinstance(src, str):
            with await offload(open, src, "rb") as file:
                response = await self._post(
                    url, data=file, params=params, headers=headers, timeout=None
                )
        else:
            if stream_src:
                headers["Transfer-Encoding"] = "chunked"
            timeout = {"timeout": None} if isinstance(src, os.PathLike) else {}
            response = await self._post(
                url, data=src, params=params, headers=headers, **timeout
            )
        progress: str = self._result(response)
        return progress

    async def import_image_from_data(
        self,
        data: Any,
        repository: Optional[str] = None,
        tag: Optional[str] = None,
        changes: Changes = None,
    ) -> str:
        """Make an image of a tar archive in memory.

        Endpoint: ``POST /images/create``.

        Args:
            data (bytes): The archive.
            repository (str): Repository of the new image.
            tag (str): Tag of the new image.
            changes (str or list): Dockerfile instructions to apply.

        Returns:
            str: The engine's progress messages, as JSON text.

        Raises:
            dockline.errors.APIError: The engine refused.
        """
        params = _import_image_params(repository, tag, src="-", changes=changes)
        response = await self._post(
            self._url("/images/create"),
            data=data,
            params=params,
            headers={"Content-Type": "application/tar"},
            timeout=None,
        )
        progress: str = self._result(response)
        return progress

    async def import_image_from_file(
        self,
        filename: str,
        repository: Optional[str] = None,
        tag: Optional[str] = None,
        changes: Changes = None,
    ) -> str:
        """Make an image of a tar archive on disk.

        Endpoint: ``POST /images/create``.

        Args:
            filename (str): Path of the archive.
            repository (str): Repository of the new image.
            tag (str): Tag of the new image.
            changes (str or list): Dockerfile instructions to apply.

        Returns:
            str: The engine's progress messages, as JSON text.

        Raises:
            dockline.errors.APIError: The engine refused.
        """
        return await self.import_image(
            src=filename, repository=repository, tag=tag, changes=changes
        )

    async def import_image_from_stream(
        self,
        stream: Any,
        repository: Optional[str] = None,
        tag: Optional[str] = None,
        changes: Changes = None,
    ) -> str:
        """Make an image of a tar archive that is read while it is sent.

        Endpoint: ``POST /images/create``.

        Args:
            stream (file or iterable of bytes): The archive.
            repository (str): Repository of the new image.
            tag (str): Tag of the new image.
            changes (str or list): Dockerfile instructions to apply.

        Returns:
            str: The engine's progress messages, as JSON text.

        Raises:
            dockline.errors.APIError: The engine refused.
        """
        return await self.import_image(
            src=stream, stream_src=True, repository=repository, tag=tag, changes=changes
        )

    async def import_image_from_url(
        self,
        url: str,
        repository: Optional[str] = None,
        tag: Optional[str] = None,
        changes: Changes = None,
    ) -> str:
        """Make an image of a tar archive that the engine fetches itself.

        Endpoint: ``POST /images/create``.

        Args:
            url (str): Address of the archive.
            repository (str): Repository of the new image.
            tag (str): Tag of the new image.
            changes (str or list): Dockerfile instructions to apply.

        Returns:
            str: The engine's progress messages, as JSON text.

        Raises:
            dockline.errors.APIError: The engine refused.
        """
        return await self.import_image(
            src=url, repository=repository, tag=tag, changes=changes
        )

    async def import_image_from_image(
        self,
        image: str,
        repository: Optional[str] = None,
        tag: Optional[str] = None,
        changes: Changes = None,
    ) -> str:
        """Pull an image by name, under another name.

        Endpoint: ``POST /images/create``.

        Args:
            image (str): Name of the image.
            repository (str): Repository of the new image.
            tag (str): Tag of the new image.
            changes (str or list): Dockerfile instructions to apply.

        Returns:
            str: The engine's progress messages, as JSON text.

        Raises:
            dockline.errors.APIError: The engine refused.
        """
        return await self.import_image(
            image=image, repository=repository, tag=tag, changes=changes
        )
