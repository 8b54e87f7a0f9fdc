"""Files in and out of a container, as ``docker cp`` copies them."""

from __future__ import annotations

import os
import posixpath
import stat
from typing import Any, Optional

from ... import errors, utils
from ..api._offload import blocking_reader, offload
from .resource import Model

#: Bits of the engine's file modes, which are those of the Go language.
_FOLDER = 1 << 31
_LINK = 1 << 27
#: Links that are followed before a path is given up.
_LINKS = 40


class ContainerCopy(Model):
    """The part of a container that copies files."""

    async def copy_to(self, src: Any, dst: str) -> None:
        """Copy a local file or folder into the container:
        ``PUT /containers/{id}/archive``.

        The rules are those of ``docker cp``. A file goes into ``dst`` if that is
        a folder, else it becomes ``dst``. A folder goes into ``dst`` if that is
        a folder, else it becomes ``dst``; of ``folder/.`` only what is in it
        goes. Owners are kept as numbers, links as links. It is streamed, not held
        in memory.

        Args:
            src: Local path.
            dst: Path in the container; relative ones begin at ``/``. The folder
                above it must exist.

        Raises:
            FileNotFoundError: ``src`` does not exist.
            dockline.errors.InvalidArgument: ``dst`` does not fit: a folder
                cannot become a file, ``file/`` is none.
            dockline.errors.NotFound: the folder above ``dst`` does not exist.
            dockline.errors.APIError: the engine refuses.
        """
        local, name, is_folder = await offload(_source, os.fspath(src))
        wanted = posixpath.join("/", dst)
        path, found = await self._resolved(wanted)
        into = found is not None and bool(found["mode"] & _FOLDER)
        if found is None and not is_folder and _names_a_folder(wanted):
            raise errors.InvalidArgument(f"there is no folder {dst!r} in the container")
        if found is not None and not into and (is_folder or _names_a_folder(wanted)):
            raise errors.InvalidArgument(f"{dst!r} is not a folder in the container")
        parent = path
        if not into:
            parent, name = posixpath.split(path.rstrip("/"))
        from ...utils.tar_pack import pack

        archive = pack(local, name)
        await self.client.api.put_archive(self.id, parent, archive)

    async def copy_from(self, path: str, dst: Any) -> None:
        """Copy a file or folder out of the container:
        ``GET /containers/{id}/archive``.

        The rules are those of ``docker cp``: it goes into ``dst`` if that is a
        folder, else it becomes ``dst``; of ``folder/.`` only what is in it goes.
        The container is not trusted: nothing is written outside of ``dst``,
        whatever names and links it has; there are no devices, no setuid bits and
        no owners. It is streamed, not held in memory.

        Args:
            path: Path in the container; relative ones begin at ``/``.
            dst: Local path; the folder above it must exist.

        Raises:
            dockline.errors.NotFound: there is no such path in the container.
            dockline.errors.InvalidArgument: ``dst`` does not fit.
            dockline.utils.tar_unpack.UnsafeArchive: a file or link of the
                container would be outside of ``dst``, or is a device.
            dockline.errors.APIError: the engine refuses.
            OSError: a local file cannot be written.
        """
        local = os.fspath(dst)
        archive, about = await self.client.api.get_archive(self.id, path)
        try:
            if about is None:
                raise errors.DockerException("the engine did not say what it sends")
            is_folder = bool(about["mode"] & _FOLDER)
            first = posixpath.basename(about["name"].rstrip("/")) or "."
            folder, name = _local_place(local, is_folder, path, first)
            from ...utils.tar_unpack import unpack

            await offload(unpack, blocking_reader(archive), folder, first, name)
        finally:
            archive.close()

    async def _resolved(self, path: str) -> tuple[str, Optional[dict[str, Any]]]:
        """Follow links in the container; give the last path and what is there."""
        for _ in range(_LINKS):
            found = await self._stat(path)
            if found is None or not found["mode"] & _LINK:
                return path, found
            parent = posixpath.dirname(path.rstrip("/"))
            path = posixpath.normpath(posixpath.join(parent, found["linkTarget"]))
        raise errors.InvalidArgument(f"{path!r} is a link that leads in a circle")

    async def _stat(self, path: str) -> Optional[dict[str, Any]]:
        """Ask what a path in the container is: ``HEAD /containers/{id}/archive``."""
        api = self.client.api
        url = api._url("/containers/{0}/archive", self.id)
        answer = await api.head(
            url, **api._set_request_timeout({"params": {"path": path}})
        )
        if answer.status_code == 404:
            # An answer without a body does not say what is missing.
            await api.inspect_container(self.id)
            return None
        api._raise_for_status(answer)
        about: dict[str, Any] = utils.decode_json_header(
            answer.headers["X-Docker-Container-Path-Stat"]
        )
        return about


def _source(local: str) -> tuple[str, str, bool]:
    """Give the path to read, its name in the archive, and whether it is a folder."""
    if not os.path.lexists(local):
        raise FileNotFoundError(f"there is no {local!r} to copy")
    named = _names_a_folder(local)
    # A link is copied as such, unless the path says that a folder is meant.
    is_folder = os.path.isdir(local) and (named or not os.path.islink(local))
    if not is_folder and named:
        raise errors.InvalidArgument(f"{local!r} is not a folder")
    contents = os.path.basename(local) == "."
    name = "." if contents else os.path.basename(os.path.abspath(local))
    return os.path.realpath(local) if is_folder else local, name, is_folder


def _names_a_folder(path: str) -> bool:
    """Tell whether a path can only be that of a folder."""
    return path.endswith(("/", os.sep)) or os.path.basename(path) in {".", ".."}


def _local_place(local: str, is_folder: bool, path: str, name: str) -> tuple[str, str]:
    """Give the local folder to unpack in, and the topmost name there."""
    if not is_folder and _names_a_folder(path):
        raise errors.InvalidArgument(f"{path!r} is not a folder")
    if os.path.isdir(local):
        contents = is_folder and posixpath.basename(path) == "."
        return local, "" if contents else name
    if not is_folder and _names_a_folder(local):
        raise errors.InvalidArgument(f"there is no folder {local!r}")
    if is_folder and os.path.lexists(local):
        raise errors.InvalidArgument(f"{local!r} is not a folder")
    parent, last = os.path.split(local.rstrip("/" + os.sep))
    parent = parent or "."
    if not stat.S_ISDIR(os.stat(parent).st_mode):
        raise errors.InvalidArgument(f"{parent!r} is not a folder")
    return parent, last
