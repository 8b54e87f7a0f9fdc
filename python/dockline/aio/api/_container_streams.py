"""Bytes in and out of containers: attach, logs, archives, exports."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Optional, Union

from ... import errors, utils
from ...constants import DEFAULT_DATA_CHUNK_SIZE
from ...types.base import Resource
from ...types.daemon import AsyncCancellableStream
from ._archive import AsyncArchive
from ._image_import import file_or
from ._lines import AsyncLines
from ._streams import check_batches

if TYPE_CHECKING:
    from datetime import datetime

    from ._host import AsyncApiHost

    Moment = Union[datetime, int, float, None]
else:
    AsyncApiHost = object


def _moment(name: str, value: Any) -> Any:
    """Give a point in time as the engine takes it: seconds since 1970."""
    from datetime import datetime

    if isinstance(value, datetime):
        return utils.datetime_to_timestamp(value)
    if isinstance(value, (int, float)) and value > 0:
        return value
    raise errors.InvalidArgument(
        f"{name} value should be datetime or positive int/float, not {type(value)}"
    )


class AsyncContainerStreamsMixin(AsyncApiHost):
    """Methods that stream."""

    @utils.check_resource("container")
    async def attach(
        self,
        container: Resource,
        stdout: bool = True,
        stderr: bool = True,
        stream: bool = False,
        logs: bool = False,
        demux: bool = False,
        *,
        batches: bool = False,
    ) -> Any:
        """Read what a container writes from now on.

        Endpoint: ``POST /containers/{id}/attach``.

        Args:
            container (str or dict): Id or name.
            stdout (bool): Include standard output. Default: ``True``.
            stderr (bool): Include standard error. Default: ``True``.
            stream (bool): Give an iterator at once instead of all output at the
                end. Default: ``False``.
            logs (bool): Begin with what was written before. Default: ``False``.
            demux (bool): Keep the two streams apart. Default: ``False``.
            batches (bool): Give what arrived together as one piece, up to
                256 KiB, however many lines or frames it is made of: the cheapest
                way to read much. Needs ``stream``; docker-py does not have this.
                Default: ``False``.

        Returns:
            bytes, or an iterator of bytes. With ``demux`` a tuple
            ``(stdout, stderr)`` or an iterator of such; a stream that has nothing
            is None there.

        Raises:
            dockline.errors.APIError: The engine refused.
            dockline.errors.InvalidArgument: ``batches`` without ``stream``.
        """
        check_batches(batches, stream)
        params = {
            "logs": 1 if logs else 0,
            "stdout": 1 if stdout else 0,
            "stderr": 1 if stderr else 0,
            "stream": 1 if stream else 0,
        }
        headers = {"Connection": "Upgrade", "Upgrade": "tcp"}
        url = self._url("/containers/{0}/attach", container)
        response = await self._post(url, headers=headers, params=params, stream=True)
        is_tty = await self._check_is_tty(container)
        if batches:
            output = self._batches(response, is_tty, demux)
        else:
            output = await self._read_from_socket(response, stream, is_tty, demux=demux)
        if stream:
            return AsyncCancellableStream(output, response)
        return output

    @utils.check_resource("container")
    async def attach_socket(
        self,
        container: Resource,
        params: Optional[dict[str, Any]] = None,
        ws: bool = False,
    ) -> Any:
        """Attach to a container and give the connection itself.

        Endpoint: ``POST /containers/{id}/attach``, with ``ws``
        ``GET /containers/{id}/attach/ws``.

        Args:
            container (str or dict): Id or name.
            params (dict): ``stdin``, ``stdout``, ``stderr``, ``stream``, ``logs``
                and ``detachKeys``. Default: both outputs, streamed. The default of
                ``detachKeys`` is the one of the user's ``config.json``.
            ws (bool): Use a WebSocket (needs the ``websocket-client`` package).
                Default: ``False``.

        Returns:
            A file-like object around the socket, or the WebSocket.

        Raises:
            dockline.errors.APIError: The engine refused.
        """
        if params is None:
            params = {"stdout": 1, "stderr": 1, "stream": 1}
        if "detachKeys" not in params and "detachKeys" in self._general_configs:
            params = {**params, "detachKeys": self._general_configs["detachKeys"]}
        if ws:
            return await self._attach_websocket(container, params)
        headers = {"Connection": "Upgrade", "Upgrade": "tcp"}
        url = self._url("/containers/{0}/attach", container)
        response = await self.post(
            url, None, params=self._attach_params(params), stream=True, headers=headers
        )
        return await self._get_raw_response_socket(response)

    @utils.check_resource("container")
    async def logs(
        self,
        container: Resource,
        stdout: bool = True,
        stderr: bool = True,
        stream: bool = False,
        timestamps: bool = False,
        tail: Union[str, int] = "all",
        since: Moment = None,
        follow: Optional[bool] = None,
        until: Moment = None,
        *,
        demux: bool = False,
        lines: bool = False,
        batches: bool = False,
    ) -> Any:
        """Read what a container has written, and go on if asked to.

        Endpoint: ``GET /containers/{id}/logs``.

        Args:
            container (str or dict): Id or name.
            stdout (bool): Include standard output. Default: ``True``.
            stderr (bool): Include standard error. Default: ``True``.
            stream (bool): Give an iterator instead of bytes. Default: ``False``.
            timestamps (bool): Put the time before each line. Default: ``False``.
            tail (str or int): Number of lines to give of what there is; anything
                but a number of at least 0 means all. Default: ``all``.
            since (datetime, int or float): Only what is newer; numbers are
                seconds since 1970.
            follow (bool): Go on with what is written from now on. Default: the
                value of ``stream``.
            until (datetime, int or float): Only what is older (API 1.35).
            demux (bool): Keep standard output and error apart, as
                :py:meth:`attach` does; docker-py does not have this.
                Default: ``False``.
            lines (bool): Give whole lines, without their ends; docker-py does not
                have this. Default: ``False``.
            batches (bool): Give what arrived together as one piece, up to
                256 KiB, however many lines or frames it is made of: the cheapest
                way to read much. Needs ``stream``; docker-py does not have this.
                Default: ``False``.

        Returns:
            bytes, or an iterator of bytes with a ``close()`` that works from any
            thread. With ``demux`` a tuple ``(stdout, stderr)`` or an iterator of
            such; a stream that has nothing is None there. With ``lines`` a list
            of lines, or an iterator of them; with ``demux``, too, each of them
            is a tuple.

        Raises:
            dockline.errors.APIError: The engine refused.
            dockline.errors.InvalidArgument: ``since`` or ``until`` is no time;
                ``batches`` without ``stream`` or with ``lines``.
            dockline.errors.InvalidVersion: ``until`` below API 1.35.
        """
        check_batches(batches, stream, lines)
        if follow is None:
            follow = stream
        params: dict[str, Any] = {
            "stderr": 1 if stderr else 0,
            "stdout": 1 if stdout else 0,
            "timestamps": 1 if timestamps else 0,
            "follow": 1 if follow else 0,
        }
        number = isinstance(tail, int) and tail >= 0
        params["tail"] = tail if number else "all"
        if since is not None:
            params["since"] = _moment("since", since)
        if until is not None:
            if utils.version_lt(self._version, "1.35"):
                raise errors.InvalidVersion(
                    "until is not supported for API version < 1.35"
                )
            params["until"] = _moment("until", until)
        url = self._url("/containers/{0}/logs", container)
        # Read as a stream also when it is wanted whole: it is in memory once then.
        response = await self._get(url, params=params, stream=True)
        if batches:
            is_tty = await self._check_is_tty(container)
            output = self._batches(response, is_tty, demux)
        elif demux or lines:
            is_tty = await self._check_is_tty(container)
            output = await self._read_from_socket(
                response, stream or lines, is_tty, demux=True
            )
            if lines:
                end = b"\r\n" if is_tty else b"\n"
                output = AsyncLines(output, demux=demux, end=end)
                if not stream:
                    return [line async for line in output]
        else:
            output = await self._get_result(container, stream, response)
        if stream:
            return AsyncCancellableStream(output, response)
        return output

    @utils.check_resource("container")
    async def export(
        self, container: Resource, chunk_size: Optional[int] = DEFAULT_DATA_CHUNK_SIZE
    ) -> Any:
        """Give the files of a container as a tar archive.

        Endpoint: ``GET /containers/{id}/export``.

        Args:
            container (str or dict): Id or name.
            chunk_size (int): Bytes per piece; None passes pieces on as they
                arrive. Default: 2 MiB.

        Returns:
            An iterator of bytes.

        Raises:
            dockline.errors.APIError: The engine refused.
        """
        response = await self._get(
            self._url("/containers/{0}/export", container), stream=True
        )
        return self._stream_raw_result(response, chunk_size, False)

    @utils.check_resource("container")
    async def get_archive(
        self,
        container: Resource,
        path: str,
        chunk_size: Optional[int] = DEFAULT_DATA_CHUNK_SIZE,
        encode_stream: bool = False,
    ) -> tuple[Any, Optional[dict[str, Any]]]:
        """Give a file or directory of a container as a tar archive.

        Endpoint: ``GET /containers/{id}/archive``.

        Args:
            container (str or dict): Id or name.
            path (str): Path inside the container.
            chunk_size (int): Bytes per piece; None passes pieces on as they
                arrive. Default: 2 MiB.
            encode_stream (bool): Let the engine compress what it sends.
                Default: ``False``.

        Returns:
            tuple: An iterator of bytes that can also be read and closed as a
            file, and a dict with ``name``, ``size``, ``mode``, ``mtime`` and
            ``linkTarget`` of the path.

        Raises:
            dockline.errors.NotFound: There is no such container or path.
            dockline.errors.APIError: The engine refused.
        """
        encoding = "gzip, deflate" if encode_stream else "identity"
        response = await self._get(
            self._url("/containers/{0}/archive", container),
            params={"path": path},
            stream=True,
            headers={"Accept-Encoding": encoding},
        )
        self._raise_for_status(response)
        encoded = response.headers.get("x-docker-container-path-stat")
        stat = utils.decode_json_header(encoded) if encoded else None
        pieces = self._stream_raw_result(response, chunk_size, False)
        return AsyncArchive(pieces, response), stat

    @utils.check_resource("container")
    async def put_archive(self, container: Resource, path: str, data: Any) -> bool:
        """Unpack a tar archive into a directory of a container.

        Endpoint: ``PUT /containers/{id}/archive``.

        Args:
            container (str or dict): Id or name.
            path (str): An existing directory inside the container.
            data (bytes, file, path or iterable of bytes): The archive, plain
                or compressed. Files and iterables are streamed; a path is a
                ``PathLike``, or the name of a file that exists.

        Returns:
            bool: True.

        Raises:
            dockline.errors.APIError: The engine refused.
        """
        url = self._url("/containers/{0}/archive", container)
        response = await self._put(url, params={"path": path}, data=file_or(data))
        self._raise_for_status(response)
        return bool(response.status_code == 200)
