"""Clients that record what they would send, for docker-py and for dockline alike.

Everything below ``request`` is replaced, and everything that reads a stream: what
remains is how a method turns its arguments into requests and answers into results.
"""

from __future__ import annotations

import asyncio
import copy
import io
import json
import tarfile
from pathlib import Path
from typing import Any, Iterator, Optional
from urllib.parse import urlsplit

import requests
from cases_api import Case, Make, Reply


class Answer:
    """What an engine would answer: as much of a response as the methods look at."""

    def __init__(self, reply: Any, url: str, number: int) -> None:
        """Take a `Reply`, or a body to send as JSON."""
        reply = reply if isinstance(reply, Reply) else Reply(200, reply)
        body = reply.body
        self.content = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.status_code = reply.status
        self.reason = "because"
        self.url = url
        self.number = number
        self.headers = requests.structures.CaseInsensitiveDict(reply.headers)
        self.closed = False

    @property
    def text(self) -> str:
        """The body as text."""
        return self.content.decode()

    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.content)

    def raise_for_status(self) -> None:
        """Raise for 400 and above, as requests does."""
        if self.status_code >= 400:
            raise requests.HTTPError("refused", response=self)

    def close(self) -> None:
        """Note that it was called."""
        self.closed = True


def body_of(data: Any) -> Any:
    """Give a comparable form of a request body; files and iterators are read."""
    if data is None or isinstance(data, str):
        return data
    if not isinstance(data, bytes):
        data = data.read() if hasattr(data, "read") else b"".join(data)
    if data[:2] == b"\x1f\x8b":
        return ["gzip", *_members(data)]
    try:
        return _members(data)
    except tarfile.TarError:
        return data


def _members(data: bytes) -> list[Any]:
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        found = []
        for member in archive:
            file = archive.extractfile(member)
            name = (
                ".dockerfile.x"
                if member.name.startswith(".dockerfile.")
                else member.name
            )
            text = file.read() if file else None
            if member.name == ".dockerignore" and text:
                text = b"\n".join(
                    b".dockerfile.x" if line.startswith(b".dockerfile.") else line
                    for line in text.split(b"\n")
                )
            found.append((name, member.type, member.mode, text))
        return found


def query_of(params: Any) -> list[tuple[str, str]]:
    """Give the query as requests encodes it: None left out, lists repeated."""
    found = []
    for key, value in (params or {}).items():
        one = isinstance(value, (str, bytes)) or not hasattr(value, "__iter__")
        values = [value] if one else value
        found += [(key, str(item)) for item in values if item is not None]
    return found


class Recorder:
    """Notes requests and hands out the answers of a case."""

    def __init__(self, answers: tuple[Any, ...]) -> None:
        """Begin with nothing noted."""
        self.answers = answers
        self.requests: list[dict[str, Any]] = []

    def note(self, method: str, url: str, kwargs: dict[str, Any]) -> Answer:
        """Note a request and give its answer."""
        split = urlsplit(url)
        headers = dict(kwargs.get("headers") or {})
        self.requests.append(
            {
                "method": method,
                "base": f"{split.scheme}://{split.netloc}",
                "path": split.path,
                "url_query": split.query,
                "query": query_of(kwargs.get("params")),
                "body": body_of(kwargs.get("data")),
                "headers": headers,
                "stream": bool(kwargs.get("stream")),
                "timeout": kwargs.get("timeout", "client's"),
            }
        )
        number = len(self.requests) - 1
        reply = self.answers[min(number, len(self.answers) - 1)]
        return Answer(copy.deepcopy(reply), url, number)


class SyncRecording:
    """Put before a client class: requests are noted, streams are described."""

    recorder: Recorder

    def request(self, method: str, url: str, **kwargs: Any) -> Any:
        """Note the request."""
        return self.recorder.note(method, url, kwargs)

    def _stream_helper(self, response: Any, decode: Any = False) -> Iterator[Any]:
        return iter([("stream", response.number, bool(decode))])

    def _stream_raw_result(
        self, response: Any, chunk_size: Any = 1, decode: bool = True
    ) -> Iterator[Any]:
        self._raise_for_status(response)  # type: ignore[attr-defined]
        return iter([("raw", response.number, chunk_size, decode)])

    def _multiplexed_response_stream_helper(self, response: Any) -> Iterator[Any]:
        return iter([("frames", response.number)])

    def _read_from_socket(
        self, response: Any, stream: bool, tty: bool = True, demux: bool = False
    ) -> Any:
        read = ("socket", response.number, stream, tty, demux)
        return iter([read]) if stream else read

    def _get_raw_response_socket(self, response: Any) -> Any:
        self._raise_for_status(response)  # type: ignore[attr-defined]
        return ("raw socket", response.number)

    def _create_websocket_connection(self, url: str) -> Any:
        return ("websocket", url)


class _Items:
    def __init__(self, items: Iterator[Any]) -> None:
        self._items = items

    def __aiter__(self) -> _Items:
        return self

    async def __anext__(self) -> Any:
        for item in self._items:
            return item
        raise StopAsyncIteration


class AsyncRecording(SyncRecording):
    """The same before an asynchronous client class."""

    async def request(self, method: str, url: str, **kwargs: Any) -> Any:
        """Note the request."""
        return self.recorder.note(method, url, kwargs)

    def _stream_helper(self, *args: Any, **kwargs: Any) -> Any:
        return _Items(super()._stream_helper(*args, **kwargs))

    def _stream_raw_result(self, *args: Any, **kwargs: Any) -> Any:
        return _Items(super()._stream_raw_result(*args, **kwargs))

    def _multiplexed_response_stream_helper(self, response: Any) -> Any:
        return _Items(super()._multiplexed_response_stream_helper(response))

    async def _read_from_socket(self, *args: Any, **kwargs: Any) -> Any:
        read = super()._read_from_socket(*args, **kwargs)
        return read if isinstance(read, tuple) else _Items(read)

    async def _get_raw_response_socket(self, response: Any) -> Any:
        return super()._get_raw_response_socket(response)


def arguments(row: Case, tmp: Path) -> tuple[list[Any], dict[str, Any]]:
    """Copy a row's arguments, making those that are made for each run."""

    def one(value: Any) -> Any:
        if isinstance(value, Make):
            tmp.mkdir(parents=True, exist_ok=True)
            return value.how(tmp)
        return copy.deepcopy(value)

    return [one(value) for value in row.args], {
        key: one(value) for key, value in row.kwargs.items()
    }


def error_of(error: Exception) -> dict[str, Any]:
    """Describe an error so that two libraries' can be compared."""
    name = type(error).__name__
    found: dict[str, Any] = {"error": name, "text": str(error)}
    if isinstance(error, TypeError) and "argument" in str(error):
        found["text"] = "a wrong call, in Python's words"
    for attribute in ("status_code", "explanation"):
        if hasattr(error, attribute):
            found[attribute] = getattr(error, attribute)
    return found


def result_of(result: Any) -> Any:
    """Give a comparable form of a result; iterators are read."""
    if isinstance(result, tuple):
        return [result_of(part) for part in result]
    if hasattr(result, "__next__"):
        return ["iterates", *result]
    if isinstance(result, dict):
        return json.dumps(result)
    return result


async def _result_of(result: Any) -> Any:
    if hasattr(result, "__await__"):
        result = await result
    if isinstance(result, tuple):
        return [await _result_of(part) for part in result]
    if hasattr(result, "__anext__"):
        return ["iterates", *[item async for item in result]]
    return result_of(result)


def run(
    client_class: Any, row: Case, tmp: Path, asynchronous: bool = False
) -> dict[str, Any]:
    """Make a row's call with a recording client; give requests and result."""
    mixin = AsyncRecording if asynchronous else SyncRecording
    recording: Any = type("Recording", (mixin, client_class), {})
    client = recording(
        base_url="unix:///no/engine.sock", version=row.version, timeout=60
    )
    client.recorder = Recorder(row.answers)
    args, kwargs = arguments(row, tmp)
    found: dict[str, Any] = {}
    try:
        if asynchronous:

            async def call() -> Any:
                return await _result_of(getattr(client, row.method)(*args, **kwargs))

            found["result"] = asyncio.run(call())
        else:
            found["result"] = result_of(getattr(client, row.method)(*args, **kwargs))
    except Exception as error:  # noqa: BLE001 - any error is an outcome to compare
        found.update(error_of(error))
        _settle(found, tmp)
    return {"requests": client.recorder.requests, **found}


def _settle(found: dict[str, Any], tmp: Path) -> None:
    """Take the run's own directory out of an error's text."""
    found["text"] = str(found["text"]).replace(str(tmp), "TMP")


def without(found: dict[str, Any], *names: str) -> dict[str, Any]:
    """Leave parts of every recorded request out."""
    kept: Optional[list[dict[str, Any]]] = [
        {key: value for key, value in request.items() if key not in names}
        for request in found["requests"]
    ]
    return {**found, "requests": kept}
