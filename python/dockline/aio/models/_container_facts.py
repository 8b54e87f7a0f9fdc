"""What a container says about itself, and what a command in it leaves."""

# No `annotations` of the future here: they would be text, which a NamedTuple
# compiles one by one when it is loaded.
from typing import Any, NamedTuple, Optional

from ...errors import DockerException
from ._image import Image
from .resource import Model


class ExecResult(NamedTuple):
    """What :py:meth:`Container.exec_run` gives: exit code and output."""

    exit_code: Optional[int]
    output: Any


class ContainerFacts(Model):
    """The part of a container that only reads ``attrs``.

    What it tells about itself is as of the last ``reload()``.
    """

    @property
    def name(self) -> Optional[str]:
        """Name of the container."""
        name = self.attrs.get("Name")
        return None if name is None else name.lstrip("/")

    @property
    async def image(self) -> Optional[Image]:
        """The image it was made from. Asks the engine."""
        image_id = self.attrs.get("ImageID", self.attrs["Image"])
        if image_id is None:
            return None
        return await self.client.images.get(image_id.split(":")[1])

    @property
    def labels(self) -> dict[str, str]:
        """Labels of the container.

        Raises DockerException for a container from ``list(sparse=True)``.
        """
        try:
            return self.attrs["Config"].get("Labels") or {}
        except KeyError as error:
            raise DockerException(
                "Label data is not available for sparse objects. Call reload()"
                " to retrieve all information"
            ) from error

    @property
    def status(self) -> str:
        """State of the container, such as ``running`` or ``exited``."""
        state = self.attrs["State"]
        status: str = state["Status"] if isinstance(state, dict) else state
        return status

    @property
    def health(self) -> str:
        """Verdict of its health check: ``healthy``, ``unhealthy``, ``starting``.

        ``unknown`` when it has none.
        """
        state = self.attrs.get("State", {})
        status: str = state.get("Health", {}).get("Status", "unknown")
        return status

    @property
    def ports(self) -> dict[str, Any]:
        """Ports it exposes, each with where it is published."""
        ports: dict[str, Any] = self.attrs.get("NetworkSettings", {}).get("Ports", {})
        return ports
