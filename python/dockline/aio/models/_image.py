"""One image, on the engine or in a registry."""

from __future__ import annotations

from typing import Any, Optional, Union

from ...constants import DEFAULT_DATA_CHUNK_SIZE
from ...errors import InvalidArgument
from ...utils import parse_repository_tag
from .resource import Model


class Image(Model):
    """An image on the engine."""

    def __repr__(self) -> str:
        tags = "', '".join(self.tags)
        return f"<{self.__class__.__name__}: '{tags}'>"

    @property
    def labels(self) -> dict[str, str]:
        """Labels of the image."""
        return self.attrs["Config"].get("Labels") or {}

    @property
    def short_id(self) -> str:
        """The first 12 characters of the id's digest, ``sha256:`` included."""
        return self.id[: 19 if self.id.startswith("sha256:") else 12]

    @property
    def tags(self) -> list[str]:
        """Tags of the image, as ``repository:tag``."""
        tags = self.attrs.get("RepoTags") or []
        return [tag for tag in tags if tag != "<none>:<none>"]

    async def history(self) -> list[dict[str, Any]]:
        """List the layers, newest first: ``GET /images/{name}/history``.

        Raises:
            dockline.errors.APIError: the engine refuses.
        """
        return await self.client.api.history(self.id)

    async def remove(self, force: bool = False, noprune: bool = False) -> Any:
        """Remove the image: ``DELETE /images/{name}``.

        Args:
            force: Remove it although it has several tags or stopped containers.
            noprune: Keep parents that have no tag.

        Raises:
            dockline.errors.APIError: the engine refuses.
        """
        return await self.client.api.remove_image(self.id, force=force, noprune=noprune)

    async def save(
        self,
        chunk_size: Optional[int] = DEFAULT_DATA_CHUNK_SIZE,
        named: Union[str, bool] = False,
    ) -> Any:
        """Export the image as a tar archive: ``GET /images/{name}/get``.

        Args:
            chunk_size: Most bytes per item, 2 MiB by default; None gives
                pieces as they arrive.
            named: True keeps the first tag in the archive, one of
                :py:attr:`tags` keeps that one; by default none is kept.

        Returns:
            An iterator of bytes.

        Raises:
            dockline.errors.InvalidArgument: ``named`` is no tag of the image.
            dockline.errors.APIError: the engine refuses.
        """
        name = self.id
        if isinstance(named, str) and named:
            if named not in self.tags:
                raise InvalidArgument(f"{named} is not a valid tag for this image")
            name = named
        elif named and self.tags:
            name = self.tags[0]
        return await self.client.api.get_image(name, chunk_size)

    async def tag(
        self, repository: str, tag: Optional[str] = None, **kwargs: Any
    ) -> bool:
        """Give the image one more name: ``POST /images/{name}/tag``.

        Args:
            repository: Repository to name it in.
            tag: Tag there; ``latest`` by default.
            force (bool): Sent for old engines; has no effect.

        Returns:
            True when it was done.

        Raises:
            dockline.errors.APIError: the engine refuses.
        """
        return await self.client.api.tag(self.id, repository, tag=tag, **kwargs)


class RegistryData(Model):
    """What a registry says about an image, without pulling it.

    Args:
        image_name: The name that was asked about.
    """

    def __init__(self, image_name: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.image_name = image_name

    @property
    def id(self) -> str:
        """Digest of the image in the registry."""
        digest: str = self.attrs["Descriptor"]["digest"]
        return digest

    @property
    def short_id(self) -> str:
        """The first 12 characters of the digest, ``sha256:`` included."""
        return self.id[:19]

    async def pull(self, platform: Optional[str] = None) -> Image:
        """Pull the image by its digest.

        Args:
            platform: Platform to pull, ``os[/arch[/variant]]``.

        Raises:
            dockline.errors.APIError: the pull fails.
        """
        repository, _ = parse_repository_tag(self.image_name)
        image: Image = await self.collection.pull(
            repository, tag=self.id, platform=platform
        )
        return image

    async def has_platform(self, platform: Any) -> bool:
        """Tell whether the registry has the image for ``platform``.

        Args:
            platform: ``os[/arch[/variant]]``, or a dict of these. What is left
                out is taken from the engine.

        Raises:
            dockline.errors.InvalidArgument: ``platform`` has too many parts.
        """
        if platform and not isinstance(platform, dict):
            parts = platform.split("/")
            if len(parts) > 3:
                raise InvalidArgument(
                    f'"{platform}" is not a valid platform descriptor'
                )
            platform = dict(zip(("os", "architecture", "variant"), parts))
        wanted = normalize_platform(platform, await self.client.version())
        return wanted in self.attrs["Platforms"]

    async def reload(self) -> None:
        """Ask the registry again: ``GET /distribution/{name}/json``.

        Raises:
            dockline.errors.APIError: the engine or the registry refuses.
        """
        self.attrs = await self.client.api.inspect_distribution(self.image_name)


def normalize_platform(
    platform: Optional[dict[str, Any]], engine_info: dict[str, Any]
) -> dict[str, Any]:
    """Complete a platform with the engine's own system and architecture."""
    completed = dict(platform or {})
    for key, known_as in (("os", "Os"), ("architecture", "Arch")):
        if key not in completed:
            completed[key] = engine_info[known_as]
    return completed
