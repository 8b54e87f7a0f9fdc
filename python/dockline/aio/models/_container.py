"""One container, and what can be done with it."""

from __future__ import annotations

from typing import Any, Optional, Union

from ...constants import DEFAULT_DATA_CHUNK_SIZE
from ._container_copy import ContainerCopy
from ._container_exec import ContainerExec
from ._container_facts import ContainerFacts
from ._container_watch import ContainerWatch
from ._image import Image


class Container(ContainerCopy, ContainerExec, ContainerWatch, ContainerFacts):
    """A container.

    What it tells about itself is as of the last :py:meth:`reload`.
    """

    async def attach(self, **kwargs: Any) -> Any:
        """Read the container's output: ``POST /containers/{id}/attach``.

        Args:
            stdout (bool): Include stdout; on by default.
            stderr (bool): Include stderr; on by default.
            stream (bool): Give output as it comes.
            logs (bool): Begin with the output so far.
            demux (bool): Keep stdout and stderr apart, as pairs.
            batches (bool): With ``stream``: give what arrived together as one
                piece, up to 256 KiB.

        Returns:
            Bytes, or an iterator of bytes with ``stream``.

        Raises:
            dockline.errors.APIError: the engine refuses.
            dockline.errors.InvalidArgument: arguments do not go together.
        """
        return await self.client.api.attach(self.id, **kwargs)

    async def attach_socket(self, **kwargs: Any) -> Any:
        """Connect to the container's streams: ``POST /containers/{id}/attach``.

        Args:
            params (dict): ``stdin``, ``stdout``, ``stderr``, ``stream``, ``logs``.
            ws (bool): Use a websocket.

        Returns:
            A socket.

        Raises:
            dockline.errors.APIError: the engine refuses.
        """
        return await self.client.api.attach_socket(self.id, **kwargs)

    async def commit(
        self,
        repository: Optional[str] = None,
        tag: Optional[str] = None,
        **kwargs: Any,
    ) -> Image:
        """Make an image of the container: ``POST /commit``.

        Args:
            repository: Repository to name the image in.
            tag: Tag there.
            message (str): Message to keep with it.
            author (str): Author to keep with it.
            pause (bool): Pause the container meanwhile; on by default.
            changes (str): Dockerfile instructions to apply.
            conf (dict): Container configuration of the image.

        Raises:
            dockline.errors.APIError: the engine refuses.
        """
        made = await self.client.api.commit(
            self.id, repository=repository, tag=tag, **kwargs
        )
        return await self.client.images.get(made["Id"])

    async def diff(self) -> Optional[list[dict[str, Any]]]:
        """List changed files: ``GET /containers/{id}/changes``.

        Returns:
            Dicts with ``Path`` and ``Kind`` (0 changed, 1 added, 2 deleted), or
            None when nothing changed.

        Raises:
            dockline.errors.APIError: the engine refuses.
        """
        return await self.client.api.diff(self.id)

    async def export(self, chunk_size: Optional[int] = DEFAULT_DATA_CHUNK_SIZE) -> Any:
        """Export all files as a tar archive: ``GET /containers/{id}/export``.

        Args:
            chunk_size: Most bytes per item, 2 MiB by default; None gives
                pieces as they arrive.

        Returns:
            An iterator of bytes.

        Raises:
            dockline.errors.APIError: the engine refuses.
        """
        return await self.client.api.export(self.id, chunk_size)

    async def get_archive(
        self,
        path: str,
        chunk_size: Optional[int] = DEFAULT_DATA_CHUNK_SIZE,
        encode_stream: bool = False,
    ) -> Any:
        """Copy a file or folder out: ``GET /containers/{id}/archive``.

        Args:
            path: Where it is in the container.
            chunk_size: Most bytes per item, 2 MiB by default; None gives
                pieces as they arrive.
            encode_stream: Compress it on the way.

        Returns:
            A pair: a tar archive, to iterate over or to read from as a file,
            and a dict with ``name``, ``size``, ``mode``, ``mtime``,
            ``linkTarget``.

        Raises:
            dockline.errors.NotFound: there is no such path.
            dockline.errors.APIError: the engine refuses.
        """
        return await self.client.api.get_archive(
            self.id, path, chunk_size, encode_stream
        )

    async def kill(self, signal: Union[str, int, None] = None) -> None:
        """Send a signal: ``POST /containers/{id}/kill``.

        Args:
            signal: Name or number; ``SIGKILL`` by default.

        Raises:
            dockline.errors.APIError: the engine refuses.
        """
        return await self.client.api.kill(self.id, signal=signal)

    async def logs(self, **kwargs: Any) -> Any:
        """Read the logs: ``GET /containers/{id}/logs``.

        Args:
            stdout (bool): Include stdout; on by default.
            stderr (bool): Include stderr; on by default.
            stream (bool): Give output as it comes.
            follow (bool): Wait for more; as ``stream`` by default.
            timestamps (bool): Put a time in front of each line.
            tail (int or str): Number of lines from the end, or ``all``.
            since (datetime, int or float): Only what is newer; numbers are
                seconds since 1970.
            until (datetime, int or float): Only what is older.
            demux (bool): Keep stdout and stderr apart, as pairs.
            lines (bool): Give whole lines without their ends.
            batches (bool): With ``stream``: give what arrived together as one
                piece, up to 256 KiB.

        Returns:
            Bytes, or an iterator of bytes with ``stream``; with ``lines`` a list
            or an iterator of lines.

        Raises:
            dockline.errors.APIError: the engine refuses.
            dockline.errors.InvalidArgument: arguments do not go together.
        """
        return await self.client.api.logs(self.id, **kwargs)

    async def pause(self) -> None:
        """Freeze all its processes: ``POST /containers/{id}/pause``.

        Raises:
            dockline.errors.APIError: the engine refuses.
        """
        return await self.client.api.pause(self.id)

    async def put_archive(self, path: str, data: Any) -> bool:
        """Unpack a tar archive in the container: ``PUT /containers/{id}/archive``.

        Args:
            path: Folder to unpack in; it must exist.
            data: The archive: bytes, a path, an open file, or an iterator of
                bytes.

        Returns:
            True when it was done.

        Raises:
            dockline.errors.APIError: the engine refuses.
        """
        return await self.client.api.put_archive(self.id, path, data)

    async def remove(self, **kwargs: Any) -> None:
        """Remove the container: ``DELETE /containers/{id}``.

        Args:
            v (bool): Remove its anonymous volumes, too.
            link (bool): Remove a link instead of the container.
            force (bool): Kill it first if it runs.

        Raises:
            dockline.errors.APIError: the engine refuses; 409 while it runs.
        """
        return await self.client.api.remove_container(self.id, **kwargs)

    async def rename(self, name: str) -> None:
        """Give it another name: ``POST /containers/{id}/rename``.

        Args:
            name: The new name.

        Raises:
            dockline.errors.APIError: the engine refuses; 409 when it is taken.
        """
        return await self.client.api.rename(self.id, name)

    async def resize(self, height: int, width: int) -> None:
        """Resize its terminal: ``POST /containers/{id}/resize``.

        Args:
            height: Lines.
            width: Columns.

        Raises:
            dockline.errors.APIError: the engine refuses.
        """
        return await self.client.api.resize(self.id, height, width)

    async def restart(self, **kwargs: Any) -> None:
        """Stop and start it: ``POST /containers/{id}/restart``.

        Args:
            timeout (int): Seconds it may take to stop before it is killed;
                10 by default.

        Raises:
            dockline.errors.APIError: the engine refuses.
        """
        return await self.client.api.restart(self.id, **kwargs)

    async def start(self, **kwargs: Any) -> None:
        """Start it: ``POST /containers/{id}/start``.

        Raises:
            dockline.errors.APIError: the engine refuses.
        """
        return await self.client.api.start(self.id, **kwargs)

    async def stats(self, **kwargs: Any) -> Any:
        """Read its use of resources: ``GET /containers/{id}/stats``.

        Args:
            stream (bool): Go on giving samples; on by default.
            decode (bool): With ``stream``, give dicts instead of bytes.
            one_shot (bool): Without ``stream``, do not wait for a second
                sample to compare with.

        Returns:
            An iterator of samples, or one sample as a dict.

        Raises:
            dockline.errors.APIError: the engine refuses.
        """
        return await self.client.api.stats(self.id, **kwargs)

    async def stop(self, **kwargs: Any) -> None:
        """Stop it: ``POST /containers/{id}/stop``.

        Args:
            timeout (int): Seconds it may take before it is killed; 10 by
                default.

        Raises:
            dockline.errors.APIError: the engine refuses.
        """
        return await self.client.api.stop(self.id, **kwargs)

    async def top(self, **kwargs: Any) -> dict[str, Any]:
        """List its processes: ``GET /containers/{id}/top``.

        Args:
            ps_args (str): Arguments for ``ps``, such as ``aux``.

        Returns:
            ``Titles`` and ``Processes``.

        Raises:
            dockline.errors.APIError: the engine refuses.
        """
        return await self.client.api.top(self.id, **kwargs)

    async def unpause(self) -> None:
        """Let its processes go on: ``POST /containers/{id}/unpause``.

        Raises:
            dockline.errors.APIError: the engine refuses.
        """
        return await self.client.api.unpause(self.id)

    async def update(self, **kwargs: Any) -> dict[str, Any]:
        """Change its limits: ``POST /containers/{id}/update``.

        Args:
            blkio_weight (int): Share of block I/O, 10-1000.
            cpu_period (int): Length of a CPU period in microseconds.
            cpu_quota (int): CPU time per period in microseconds.
            cpu_shares (int): Share of CPU time.
            cpuset_cpus (str): CPUs to run on, ``0-3`` or ``0,1``.
            cpuset_mems (str): Memory nodes to use.
            mem_limit (int or str): Memory limit, bytes or ``512m``.
            mem_reservation (int or str): Soft memory limit.
            memswap_limit (int or str): Limit of memory and swap; -1 for none.
            kernel_memory (int or str): Limit of kernel memory.
            restart_policy (dict): When to restart it.

        Returns:
            ``Warnings``.

        Raises:
            dockline.errors.APIError: the engine refuses.
        """
        return await self.client.api.update_container(self.id, **kwargs)

    async def wait(self, **kwargs: Any) -> dict[str, Any]:
        """Wait until it has stopped: ``POST /containers/{id}/wait``.

        Args:
            timeout (int): Seconds to wait at most.
            condition (str): What to wait for: ``not-running`` (default),
                ``next-exit`` or ``removed``.

        Returns:
            ``StatusCode``, the exit code, and ``Error`` if there was one.

        Raises:
            dockline.errors.RequestTimeout: it took longer than ``timeout``.
            dockline.errors.APIError: the engine refuses.
        """
        return await self.client.api.wait(self.id, **kwargs)
