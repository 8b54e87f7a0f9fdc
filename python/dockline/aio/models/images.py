"""Images: what containers are made from.

Pull, push, load and build answer with progress; a failure reported in it is
raised here, whatever the status of the answer was.
"""

from __future__ import annotations

import builtins
import re
import warnings
from typing import TYPE_CHECKING, Any, Literal, Optional, overload

from ..._elsewhere import elsewhere
from ...errors import BuildError
from ...utils import parse_repository_tag
from ...utils.progress import (
    BuildLog,
    ProgressReader,
    build_failure,
    check_messages,
    failure_in,
    load_failure,
)
from ._image import Image, RegistryData, normalize_platform
from ._progress import CheckedProgress
from .resource import Collection

__all__ = ["Image", "ImageCollection", "RegistryData", "normalize_platform"]

_BUILT = re.compile(r"(^Successfully built |sha256:)([0-9a-f]+)$")
_LOADED = re.compile(r"(^Loaded image ID: |^Loaded image: )(.+)$")


class ImageCollection(Collection[Image]):
    """The images of the engine."""

    model = Image

    async def build(self, **kwargs: Any) -> tuple[Image, BuildLog]:
        """Build an image: ``POST /build``.

        Either ``path`` or ``fileobj`` must be given. The method of the same
        name of the low-level client gives the raw output.

        Args:
            path (str): Folder of the build context, or a URL of one.
            fileobj: Open file with a Dockerfile, or with a whole context.
            custom_context (bool): ``fileobj`` is a tar archive.
            encoding (str): Compression of that archive, such as ``gzip``.
            gzip (bool): Compress the context while it is sent.
            tag (str): Name for the image.
            dockerfile (str): Path of the Dockerfile within the context.
            quiet (bool): Report the id only.
            nocache (bool): Do not use the cache.
            cache_from (list): Images to take cached layers from.
            pull (bool): Look for newer base images.
            rm (bool): Remove intermediate containers; off by default.
            forcerm (bool): Remove them after a failure, too.
            buildargs (dict): Values for ``ARG``.
            labels (dict): Labels to set on the image.
            target (str): Stage to stop at.
            platform (str): Platform to build for, ``os[/arch[/variant]]``.
            network_mode (str): Network of ``RUN`` steps.
            extra_hosts (dict): Addresses by host name for ``RUN`` steps.
            container_limits (dict): ``memory``, ``memswap`` in bytes,
                ``cpushares``, ``cpusetcpus``.
            shmsize (int): Size of ``/dev/shm`` in bytes.
            squash (bool): Make one layer of all.
            isolation (str): Isolation technology (Windows).
            use_config_proxy (bool): Pass the configured proxies as build
                arguments.
            timeout (int): Seconds the engine may keep silent.

        Returns:
            The image, and the decoded messages of the build.

        Raises:
            dockline.errors.BuildError: the build failed; ``build_log`` holds
                its messages.
            dockline.errors.APIError: the engine refuses.
            TypeError: neither ``path`` nor ``fileobj`` is given.
        """
        answer = await self.client.api.build(**kwargs)
        if isinstance(answer, str):
            return await self.get(answer)  # type: ignore[return-value]
        log, reader = BuildLog(), ProgressReader()
        image_id = last = None
        async for piece in answer:
            messages = reader.feed(piece)
            for message in messages:
                log.append(message)
            for message in messages:
                last = message
                if "error" in message:
                    raise build_failure(message, log)
                image_id = _built_id(message) or image_id
        reader.finish()
        if image_id is None:
            raise BuildError(last or "Unknown", log)
        return await self.get(image_id), log

    async def get(self, name: str) -> Image:
        """Get an image by name or id: ``GET /images/{name}/json``.

        Raises:
            dockline.errors.ImageNotFound: there is no such image.
            dockline.errors.APIError: the engine refuses.
        """
        return self.prepare_model(await self.client.api.inspect_image(name))

    async def get_registry_data(
        self, name: str, auth_config: Optional[dict[str, Any]] = None
    ) -> RegistryData:
        """Ask an image's registry about it: ``GET /distribution/{name}/json``.

        Args:
            name: Name of the image.
            auth_config: Credentials (``username``, ``password``) instead of
                those configured.

        Raises:
            dockline.errors.APIError: the engine or the registry refuses.
        """
        attrs = await self.client.api.inspect_distribution(name, auth_config)
        return RegistryData(
            image_name=name, attrs=attrs, client=self.client, collection=self
        )

    async def list(
        self,
        name: Optional[str] = None,
        all: bool = False,
        filters: Optional[dict[str, Any]] = None,
    ) -> builtins.list[Image]:
        """List images: ``GET /images/json``. Each one is inspected.

        Args:
            name: Only images of this repository.
            all: Include intermediate layers.
            filters: ``dangling``, ``label``, ``reference``, and more.

        Raises:
            dockline.errors.APIError: the engine refuses.
        """
        found = await self.client.api.images(name=name, all=all, filters=filters)
        images = []
        for item in found:
            images.append(await self.get(item["Id"]))  # noqa: PERF401
        return images

    async def load(self, data: Any) -> builtins.list[Image]:
        """Load images from an archive: ``POST /images/load``.

        Args:
            data: What :py:meth:`Image.save` gave: bytes, a path, an open file,
                or an iterator of bytes.

        Raises:
            dockline.errors.ImageLoadError: the archive cannot be loaded.
            dockline.errors.APIError: the engine refuses.
        """
        names = []
        async for message in await self.client.api.load_image(data):
            match = _LOADED.search(message.get("stream", ""))
            if match:
                names.append(match.group(2))
            words = failure_in(message)
            if words is not None:
                raise load_failure(words)
        images = []
        for name in names:
            images.append(await self.get(name))  # noqa: PERF401
        return images

    @overload
    async def pull(
        self,
        repository: str,
        tag: Optional[str] = None,
        all_tags: Literal[False] = False,
        **kwargs: Any,
    ) -> Image: ...

    @overload
    async def pull(
        self,
        repository: str,
        tag: Optional[str] = None,
        *,
        all_tags: Literal[True],
        **kwargs: Any,
    ) -> builtins.list[Image]: ...

    @overload
    async def pull(
        self,
        repository: str,
        tag: Optional[str] = None,
        all_tags: bool = False,
        **kwargs: Any,
    ) -> Any: ...

    async def pull(
        self,
        repository: str,
        tag: Optional[str] = None,
        all_tags: bool = False,
        **kwargs: Any,
    ) -> Any:
        """Pull an image: ``POST /images/create``.

        Args:
            repository: Repository, with or without tag or digest.
            tag: Tag or digest; that of ``repository`` or ``latest`` by default.
            all_tags: Pull every tag and ignore ``tag``.
            auth_config (dict): Credentials (``username``, ``password``)
                instead of those configured.
            platform (str): Platform to pull, ``os[/arch[/variant]]``.

        Returns:
            The image, or a list of images with ``all_tags``.

        Raises:
            dockline.errors.ImageNotFound: there is no such image.
            dockline.errors.APIError: the engine refuses, or the pull fails
                after it began.
        """
        repository, own_tag = parse_repository_tag(repository)
        tag = tag or own_tag or "latest"
        if "stream" in kwargs:
            warnings.warn(
                "`stream` is not a valid parameter for this method"
                " and will be overridden",
                stacklevel=2,
            )
            del kwargs["stream"]
        progress = await self.client.api.pull(
            repository, tag=tag, stream=True, all_tags=all_tags, **kwargs
        )
        name = f"{repository}{'@' if tag.startswith('sha256:') else ':'}{tag}"
        action = f"Pull of {repository if all_tags else name}"
        reader = ProgressReader()
        async for piece in progress:
            check_messages(action, reader.feed(piece))
        reader.finish()
        return await (self.list(repository) if all_tags else self.get(name))

    async def push(
        self, repository: str, tag: Optional[str] = None, **kwargs: Any
    ) -> Any:
        """Push an image to its registry: ``POST /images/{name}/push``.

        Args:
            repository: Repository, with or without tag.
            tag: Tag to push; that of ``repository`` by default, or all tags.
            stream (bool): Give progress as it comes.
            decode (bool): With ``stream``, give dicts instead of bytes.
            auth_config (dict): Credentials (``username``, ``password``)
                instead of those configured.

        Returns:
            The progress as one string, or an iterator with ``stream``. The
            iterator gives the message that reports a failure, then raises.

        Raises:
            dockline.errors.APIError: the engine refuses, or the push fails
                after it began.
        """
        answer = await self.client.api.push(repository, tag=tag, **kwargs)
        action = f"Push of {repository}{f':{tag}' if tag else ''}"
        if isinstance(answer, (str, bytes)):
            check_messages(action, ProgressReader().feed(answer))
        elif kwargs.get("stream"):
            return CheckedProgress(answer, action)
        return answer

    async def remove(self, *args: Any, **kwargs: Any) -> None:
        """Remove an image: ``DELETE /images/{name}``.

        Args:
            image (str): Its name or id.
            force (bool): Remove it although it is used by a stopped container.
            noprune (bool): Keep parents that have no tag.

        Raises:
            dockline.errors.ImageNotFound: there is no such image.
            dockline.errors.APIError: the engine refuses.
        """
        await self.client.api.remove_image(*args, **kwargs)

    async def search(self, *args: Any, **kwargs: Any) -> Any:
        """Search the public registry: ``GET /images/search``.

        Args:
            term (str): What to look for.
            limit (int): Most results to give.

        Returns:
            A list of dicts with ``name``, ``description``, ``star_count``, ….

        Raises:
            dockline.errors.APIError: the engine refuses.
        """
        return await self.client.api.search(*args, **kwargs)

    async def prune(self, filters: Optional[dict[str, Any]] = None) -> dict[str, Any]:
        """Delete unused images: ``POST /images/prune``.

        Args:
            filters: ``dangling`` (False: all unused ones), ``label``, ``until``.

        Returns:
            ``ImagesDeleted`` and ``SpaceReclaimed`` in bytes.

        Raises:
            dockline.errors.APIError: the engine refuses.
        """
        return await self.client.api.prune_images(filters=filters)

    async def prune_builds(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Delete the build cache: ``POST /build/prune``.

        Args:
            filters (dict): ``until``, ``id``, ``type``, and more.
            keep_storage (int): Bytes to keep.
            all (bool): Delete all of it, not only what dangles.

        Returns:
            ``CachesDeleted`` and ``SpaceReclaimed`` in bytes.

        Raises:
            dockline.errors.APIError: the engine refuses.
        """
        return await self.client.api.prune_builds(*args, **kwargs)


def _built_id(message: dict[str, Any]) -> Optional[str]:
    """Find the image's id in one message of a build."""
    match = _BUILT.search(message.get("stream", ""))
    return match.group(2) if match else None


if not TYPE_CHECKING:
    # More names that docker-py has here.
    __getattr__ = elsewhere(__name__)
