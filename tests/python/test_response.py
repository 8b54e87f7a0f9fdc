"""Answers: the names of `requests.Response`, sync and async."""

from __future__ import annotations

import asyncio
import base64
import gzip
import io
import pickle
import tarfile

import pytest

import dockline
from dockline import aio
from fake import FakeEngine


@pytest.fixture
def answer():
    """Get an answer from an engine that gives `body`."""
    opened = []

    def get(body, *, stream=False, **reply):
        fake = FakeEngine({"default": {"status": 200, "body": body, **reply}})
        api = dockline.APIClient(base_url=fake.url, version="1.41")
        opened.extend((api, fake))
        return api.get(api._url("/x"), stream=stream, params={"q": 1})

    yield get
    for thing in opened:
        thing.close() if hasattr(thing, "close") else thing.stop()


def test_the_usual_names(answer):
    response = answer({"json": {"a": "ü"}})
    assert (response.status_code, response.reason, response.ok) == (200, "OK", True)
    assert response.headers["content-type"] == response.headers["Content-Type"]
    assert response.json() == {"a": "ü"}
    assert response.text == '{"a":"ü"}'
    assert response.content == '{"a":"ü"}'.encode()
    assert response.url == "http+docker://localhost/v1.41/x?q=1"
    assert response.encoding == "utf-8"
    assert response.elapsed.total_seconds() > 0
    assert response.request.method == "GET"
    assert response.raise_for_status() is None
    assert repr(response) == "<Response [200]>"
    assert bool(response)
    twin = pickle.loads(pickle.dumps(response))
    assert twin.json() == {"a": "ü"}


def test_raising_for_status(answer):
    response = answer("no", status=503)
    assert not response
    with pytest.raises(OSError, match="503 Server Error: Service Unavailable for url"):
        response.raise_for_status()


@pytest.mark.parametrize("stream", [False, True])
def test_pieces(answer, stream):
    with answer("abcdefg", stream=stream) as response:
        assert list(response.iter_content(3)) == [b"abc", b"def", b"g"]
    with answer("abcdefg", stream=stream) as response:
        response.encoding = "utf-8"
        assert list(response.iter_content(3, decode_unicode=True)) == [
            "abc",
            "def",
            "g",
        ]


@pytest.mark.parametrize("stream", [False, True])
def test_lines(answer, stream):
    response = answer("a\nbb\r\nccc", stream=stream)
    assert list(response.iter_lines()) == [b"a", b"bb", b"ccc"]


@pytest.mark.parametrize("stream", [False, True])
def test_raw(answer, stream):
    response = answer("abcdefg", stream=stream)
    assert response.raw.read(3) == b"abc"
    assert response.raw.read() == b"defg"
    assert response.raw.read(3) == b""


def test_raw_is_a_file(answer):
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w") as tar:
        info = tarfile.TarInfo("name")
        info.size = 5
        tar.addfile(info, io.BytesIO(b"hello"))
    encoded = {"base64": base64.b64encode(archive.getvalue()).decode()}
    response = answer(encoded, stream=True)
    with tarfile.open(fileobj=response.raw, mode="r|") as tar:
        assert tar.next().name == "name"


def test_http_chunks_are_kept(answer):
    response = answer(["ab", "cde"], stream=True, framing="chunked")
    assert list(response.iter_content(None)) == [b"ab", b"cde"]
    response = answer(["ab", "cde"], stream=True, framing="chunked")
    assert list(response.iter_content(2)) == [b"ab", b"cd", b"e"]


@pytest.mark.parametrize("stream", [False, True])
def test_compressed(answer, stream):
    body = {"base64": base64.b64encode(gzip.compress(b"hello " * 100)).decode()}
    response = answer(body, stream=stream, headers={"Content-Encoding": "gzip"})
    assert b"".join(response.iter_content(7)) == b"hello " * 100


def test_an_error_is_read_before_it_is_returned(answer):
    response = answer({"json": {"message": "m"}}, stream=True, status=500)
    assert response.json() == {"message": "m"}
    assert response.closed


def test_closing_twice(answer):
    response = answer("abc", stream=True)
    response.close()
    response.close()
    assert response.closed


def test_async_answers():
    async def main(fake):
        async with aio.AsyncAPIClient(base_url=fake.url, version="1.41") as api:
            response = await api.get(api._url("/x"))
            assert response.json() == {"a": 1}
            response = await api.get(api._url("/x"), stream=True)
            with pytest.raises(RuntimeError, match="await"):
                _ = response.content
            assert await response.read() == response.content == b'{"a":1}'
            async with await api.get(api._url("/x"), stream=True) as response:
                assert [piece async for piece in response.iter_content(4)] == [
                    b'{"a"',
                    b":1}",
                ]
            response = await api.get(api._url("/x"), stream=True)
            assert await response.raw.read(2) == b'{"'
            response.close()

    with FakeEngine({"default": {"status": 200, "body": {"json": {"a": 1}}}}) as fake:
        asyncio.run(main(fake))
