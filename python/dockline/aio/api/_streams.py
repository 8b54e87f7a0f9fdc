"""Answers taken apart: results, streams of chunks, frames and JSON, sockets.

Iterators are native: they refill from a decoded batch and wait for the engine
only when it is empty. Items keep the boundaries docker-py gives them.
"""

from __future__ import annotations

import json as jsonlib
import struct
from collections.abc import AsyncIterator, Iterator
from typing import Any, NoReturn, Optional

from ... import errors
from ...constants import STREAM_HEADER_SIZE_BYTES
from ...timeouts import limits
from ...transport.urls import request_target
from ...utils.decorators import check_resource
from ..transport import AsyncResponse


def check_batches(batches: bool, stream: bool, others: bool = False) -> None:
    """Refuse batches where there is nothing to iterate over, or other items."""
    if batches and not stream:
        raise errors.InvalidArgument("batches needs stream=True")
    if batches and others:
        raise errors.InvalidArgument("batches and lines exclude each other")


class AsyncOnce:
    """Iterates over the one result of an answer that is no stream."""

    def __init__(self, client: Any, response: AsyncResponse, json: bool) -> None:
        """Read from `response` when asked for the item."""
        self._client = client
        self._response = response
        self._json = json
        self._done = False

    def __aiter__(self) -> AsyncOnce:
        """Return itself."""
        return self

    async def __anext__(self) -> Any:
        """Give the result, then end; an unwelcome status raises."""
        if self._done:
            raise StopAsyncIteration
        self._done = True
        await self._response.read()
        return self._client._result(self._response, json=self._json)


class AsyncStreamsMixin:
    """How the client reads what the engine answers."""

    timeout: Any

    def _raise_for_status(self, response: Any) -> None:
        """Raise the APIError of an unwelcome answer."""
        if getattr(response, "status_code", 400) == 200:
            return
        try:
            response.raise_for_status()
        except OSError as error:
            if getattr(error, "response", None) is None:
                raise
            _raise_api_error(error)

    def _result(self, response: Any, json: bool = False, binary: bool = False) -> Any:
        """Give the body of a welcome answer: text, decoded JSON, or bytes."""
        if json and binary:
            raise AssertionError("json and binary exclude each other")
        self._raise_for_status(response)
        if json:
            return response.json()
        if binary:
            return response.content
        return response.text

    def _items(self, response: Any, decode: bool) -> AsyncIterator[Any]:
        stream = response._stream
        if response.status_code >= 400 or stream is None or not response.chunked:
            return AsyncOnce(self, response, decode)
        items: AsyncIterator[Any]
        if decode:
            items = stream.iter("values", decode=jsonlib.loads)
        else:
            items = stream.iter("http_chunks")
        return items

    def _stream_helper(self, response: Any, decode: bool = False) -> AsyncIterator[Any]:
        """Iterate over HTTP chunks as the engine wrote them, or decoded values."""
        return self._items(response, decode)  # async-only
        # sync-only: yield from self._items(response, decode)

    def _multiplexed_buffer_helper(self, response: Any) -> Iterator[bytes]:
        """Iterate over the frames of a body that is in memory."""
        body = self._result(response, binary=True)
        at = 0
        while len(body) - at >= STREAM_HEADER_SIZE_BYTES:
            kind, length = struct.unpack_from(">BxxxL", body, at)
            start = at + STREAM_HEADER_SIZE_BYTES
            at = start + length
            if kind == 3:
                raise errors.DaemonStreamError(
                    body[start:at].decode("utf-8", "replace")
                )
            if at > len(body):
                raise errors.Truncated("the last frame lacks a part of its data")
            yield body[start:at]
        if at < len(body):
            raise errors.Truncated("the last frame lacks a part of its header")

    def _multiplexed_response_stream_helper(
        self, response: Any
    ) -> AsyncIterator[bytes]:
        """Iterate over the payloads of the frames of a stream."""
        self._disable_socket_timeout(response)
        frames: AsyncIterator[bytes] = response._stream.iter("frames")
        return frames  # async-only
        # sync-only: yield from frames

    def _stream_raw_result(
        self, response: Any, chunk_size: Optional[int] = 1, decode: bool = True
    ) -> AsyncIterator[Any]:
        """Iterate over an undivided stream in pieces of at most `chunk_size` bytes."""
        self._raise_for_status(response)
        self._disable_socket_timeout(response)
        pieces: AsyncIterator[Any] = response.iter_content(chunk_size, decode)
        return pieces  # async-only
        # sync-only: yield from pieces

    async def _read_from_socket(
        self, response: Any, stream: bool, tty: bool = True, demux: bool = False
    ) -> Any:
        """Read an upgraded connection: everything, or an iterator with `stream`."""
        self._raise_for_status(response)
        self._disable_socket_timeout(response)
        kind = "raw" if tty else "frames"
        if demux:
            kind += "_demux"
        if stream:
            return response._stream.iter(kind)
        try:
            return await response._stream.gather(kind)
        finally:
            response.close()

    def _batches(self, response: Any, tty: bool, demux: bool) -> Any:
        """Iterate over what arrived together instead of over single frames."""
        self._raise_for_status(response)
        self._disable_socket_timeout(response)
        kind = "raw" if tty else "joined"
        return response._stream.iter(f"{kind}_demux" if demux else kind)

    async def _get_raw_response_socket(self, response: Any) -> Any:
        """Hand over the connection as a file-like object around its socket."""
        self._raise_for_status(response)
        stream = response._stream
        if not hasattr(stream, "into_socket"):
            raise errors.DockerException("this answer has no connection to hand over")
        from ...transport.handed_over import hand_over

        return hand_over(await stream.into_socket(), response)

    def _disable_socket_timeout(self, socket: Any) -> None:
        """Let a stream, or a socket, stay silent for as long as it likes."""
        stream = getattr(socket, "_stream", None)
        if stream is not None:
            stream.set_idle_timeout(None)
            return
        candidates: list[Any] = [socket, getattr(socket, "_sock", None)]
        for candidate in candidates:
            if not hasattr(candidate, "settimeout"):
                continue
            current = candidate.gettimeout() if hasattr(candidate, "gettimeout") else -1
            if current is not None and current != 0.0:
                candidate.settimeout(None)

    @check_resource("container")
    async def _check_is_tty(self, container: Any) -> bool:
        """Tell whether a container has a terminal."""
        client: Any = self
        found = await client.inspect_container(container)
        return bool(found["Config"]["Tty"])

    async def _get_result(self, container: Any, stream: bool, res: Any) -> Any:
        """Give the output of a container from a logs answer."""
        is_tty = await self._check_is_tty(container)
        return await self._get_result_tty(stream, res, is_tty)

    async def _get_result_tty(self, stream: bool, res: Any, is_tty: bool) -> Any:
        """Give output from an answer, knowing whether there is a terminal."""
        unread = getattr(res, "_stream", None)
        if unread is not None and not stream:
            self._raise_for_status(res)
            unread.set_idle_timeout(limits(self.timeout)[2])
            try:
                return await unread.gather("raw" if is_tty else "frames")
            finally:
                res.close()
        if is_tty:
            if stream:
                return self._stream_raw_result(res)
            return self._result(res, binary=True)
        self._raise_for_status(res)
        if stream:
            return self._multiplexed_response_stream_helper(res)
        return b"".join(self._multiplexed_buffer_helper(res))

    def _attach_params(self, override: Optional[dict[str, Any]] = None) -> Any:
        return override or {"stdout": 1, "stderr": 1, "stream": 1}

    @check_resource("container")
    async def _attach_websocket(
        self, container: Any, params: Optional[dict[str, Any]] = None
    ) -> Any:
        url = self._url("/containers/{0}/attach/ws", container)  # type: ignore[attr-defined]
        scheme, _, rest = url.partition("://")
        host, slash, path = rest.partition("/")
        target = request_target(slash + path, self._attach_params(params))
        scheme = {"http": "ws", "https": "wss"}.get(scheme, scheme)
        return self._create_websocket_connection(f"{scheme}://{host}{target}")

    def _create_websocket_connection(self, url: str) -> Any:
        try:
            import websocket  # type: ignore[import-not-found]
        except ImportError as error:
            raise errors.DockerException(
                "The `websocket-client` library is required for using websocket "
                "connections. Install it to use this method."
            ) from error
        return websocket.create_connection(url)


def _raise_api_error(error: Exception) -> NoReturn:
    raise errors.create_api_error_from_http_exception(error)


__all__ = ["AsyncOnce", "AsyncStreamsMixin"]
