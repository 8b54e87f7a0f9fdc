"""Odd bytes everywhere: labels, names, messages; retry; what errors tell of credentials and limits. Fake and real engines."""

from __future__ import annotations

import asyncio
import base64
import copy
import json
import pickle
import sys
import threading
import traceback

import pytest

import dockline
from dockline import _native, errors
from dockline.retry import Retry
from fake import FakeEngine

ODD = [
    *(
        "\0",
        "\x01\x1b[31m",
        "\ud800",
        "a\udfffb",
        "\r\n",
        '"',
        "\\",
        "\u2028",
        "\ufeff",
        "%00",
        "𝒳",
        "{",
        "x" * (1 << 20),
    ),
    *(f"{chr(at * 137 % 0x110000)}odd{chr(at)}" for at in range(487)),
]
assert len(ODD) == 500
BROKEN = [
    '{"message": "\\ud800"}',
    '{"message"',
    '{"message": 3}',
    "[]",
    "null",
    "",
    "\0",
    '{"message": null}',
    '"x"',
]
DENIED = "pull access denied for a/b, repository does not exist or may require 'docker login'"


def client(fake, **kwargs):
    return dockline.DockerClient(base_url=fake.url, version="1.41", **kwargs)


def answering(status, body, **more):
    return {"default": {"status": status, "body": body, **more}}


def show(error):
    """Do with an error what programs do; text that no codec takes may stay in it."""
    for text in (
        str(error),
        repr(error),
        "".join(traceback.format_exception(type(error), error, None)),
    ):
        assert text.encode("utf-8", "backslashreplace")
    for twin in (pickle.loads(pickle.dumps(error)), copy.copy(error)):
        assert (type(twin), str(twin), twin.fields) == (
            type(error),
            str(error),
            error.fields,
        )


def test_odd_messages():
    with FakeEngine(answering(409, {"json": {}})) as fake, client(fake) as docker:
        for text in ODD:
            fake.scenario(answering(409, {"text": json.dumps({"message": text})}))
            with pytest.raises(errors.APIError) as caught:
                docker.containers.get("x")
            assert caught.value.status_code == 409
            assert caught.value.explanation == text
            assert caught.value.kind
            show(caught.value)


def test_broken_answers():
    bodies = [{"text": text} for text in BROKEN] + [{"hex": "ff fe 00 80 c3 28"}]
    with FakeEngine(answering(500, "")) as fake, client(fake) as docker:
        for body in bodies:
            fake.scenario(answering(500, body))
            with pytest.raises(errors.APIError) as caught:
                docker.containers.get("x")
            assert caught.value.kind == "server_error"
            show(caught.value)


def test_odd_words_inside_streams():
    with FakeEngine(answering(200, "")) as fake, client(fake) as docker:
        for text in ODD[:60]:
            line = (
                json.dumps({"error": text, "errorDetail": {"message": text}}) + "\r\n"
            )
            fake.scenario(answering(200, {"text": line}, framing="chunked"))
            with pytest.raises(errors.APIError) as caught:
                docker.images.pull("x", "latest")
            assert caught.value.explanation == text
            show(caught.value)
            with pytest.raises(errors.BuildError) as failed:
                docker.images.build(fileobj=__import__("io").BytesIO(b"FROM x"))
            assert failed.value.msg == text


def test_odd_labels_and_names():
    labels = {f"l{at}": text for at, text in enumerate(ODD)}
    value = {
        "Id": "x",
        "Name": "/odd",
        "Names": ODD,
        "Config": {"Labels": labels},
        "State": {"Status": "x"},
    }
    with (
        FakeEngine(answering(200, {"text": json.dumps(value)})) as fake,
        client(fake) as docker,
    ):
        found = docker.containers.get("x")
        assert found.labels == labels
        assert repr(found)
        fake.scenario(answering(200, {"text": json.dumps([{**value, "Names": ODD}])}))
        assert docker.api.containers()[0]["Names"] == ODD


def test_odd_labels_on_an_engine(engine):
    with dockline.DockerClient(
        base_url=engine.host, on_version_mismatch="ignore"
    ) as docker:
        labels = {f"l{at}": text[:1000] for at, text in enumerate(ODD)}
        made = docker.containers.create("busybox", labels=labels)
        try:
            made.reload()
            for label, text in labels.items():
                if text == text.encode("utf-8", "replace").decode():
                    assert made.labels[label] == text, label
            assert any(one.id == made.id for one in docker.containers.list(all=True))
        finally:
            made.remove()
        for text in ODD[:80]:
            name = text[:2000]
            try:
                docker.containers.create("busybox", name=name).remove()
            except (errors.APIError, UnicodeEncodeError):
                pass


def test_credentials_are_named_and_never_told():
    progress = json.dumps({"error": DENIED, "errorDetail": {"message": DENIED}})
    with (
        FakeEngine(answering(200, {"text": progress}, framing="chunked")) as fake,
        client(fake) as docker,
    ):
        with pytest.raises(errors.ImageNotFound) as caught:
            docker.images.pull("reg.example/a/b")
        error = caught.value
        assert isinstance(error, errors.RegistryError)
        assert (error.fields["anonymous"], error.fields["registry"]) == (
            "true",
            "reg.example",
        )
        assert "anonymous" in error.summary
        secret = {
            "username": "ann",
            "password": "sesame",
            "serveraddress": "reg.example",
        }
        with pytest.raises(errors.RegistryError) as caught:
            docker.images.pull("reg.example/a/b", auth_config=secret)
        error = caught.value
        assert error.fields["credential_user"] == "ann"
        told = f"{error} {error!r} {vars(error)} {traceback.format_exception(type(error), error, error.__traceback__)}"
        encoded = base64.urlsafe_b64encode(json.dumps(secret).encode()).decode()
        assert "sesame" not in told and encoded[20:40] not in told
        fake.scenario(
            answering(
                500,
                {"json": {"message": "toomanyrequests: slow down"}},
                headers={"RateLimit-Limit": "100;w=21600", "RateLimit-Remaining": "0"},
            )
        )
        with pytest.raises(errors.RateLimited) as caught:
            docker.images.pull("a/b")
        assert caught.value.fields["limit"] == "100;w=21600"
        assert caught.value.fields["remaining"] == "0"
        assert caught.value.retryable


@pytest.mark.skipif(sys.version_info < (3, 11), reason="notes came with Python 3.11")
def test_a_traceback_says_what_to_do():
    with (
        FakeEngine(
            answering(404, {"json": {"message": "No such container: x"}})
        ) as fake,
        client(fake) as docker,
    ):
        with pytest.raises(errors.NotFound) as caught:
            docker.containers.get("x")
    shown = "".join(traceback.format_exception(caught.value))
    assert 'There is no container "x".' in shown and caught.value.hint in shown


def test_every_kind_has_a_row_and_a_class():
    table = _native.kind_table()
    assert [row[0] for row in table] == _native.kinds()
    for kind, family, retry, meaning, hint in table:
        assert meaning.endswith(".") and hint and family
        assert retry in {"never", "always", "if_harmless"}
        error = _native.failure(kind, "it happened")
        assert isinstance(error, errors.DockerException)
        assert (error.kind, error.family, bool(error.hint)) == (kind, family, True)
        assert error.retryable is (retry == "always"), kind
        assert kind in repr(error)


def asked(fake):
    """Requests, without those for the versions of the engine."""
    return [one for one in fake.requests() if one["path"] not in {"/_ping", "/version"}]


UNAVAILABLE = {"status": 503, "body": {"json": {"message": "not now"}}}
LOST = {"faults": {"cut": {"after": 0, "in": "head", "how": "fin"}}}


def passing(times):
    return {
        "routes": [
            {"path": "/info", "times": times, "reply": UNAVAILABLE},
            {"path": "/info", "reply": {"body": {"json": {"ID": "x"}}}},
            {"path": "/containers/create", "reply": LOST},
        ]
    }


def test_retry():
    quick = Retry(attempts=3, backoff=0.001)
    with FakeEngine(passing(1)) as fake:
        with client(fake) as docker, pytest.raises(errors.APIError) as caught:
            docker.info()
        assert caught.value.retryable
        with client(fake, retry=quick) as docker:
            fake.scenario(passing(2))
            fake.clear()
            assert docker.info() == {"ID": "x"}
            assert len(asked(fake)) == 3
            fake.clear()
            with pytest.raises(errors.DaemonUnreachable) as lost:
                docker.api.create_container("x")
            assert (lost.value.kind, lost.value.retryable) == ("connection_lost", False)
            assert len(asked(fake)) == 1
            fake.scenario(passing(2))
            url = docker.api._url("/info")
            assert docker.api.get(url, retry=1).status_code == 503
            assert (
                docker.api.get(url, retry={"attempts": 2, "backoff": 0}).status_code
                == 200
            )


@pytest.mark.parametrize(
    ("value", "wrong"),
    [
        ("x", TypeError),
        (Retry(kinds=("nonsense",)), ValueError),
        (-1, ValueError),
        ({"times": 1}, TypeError),
    ],
)
def test_retry_is_checked(value, wrong):
    with pytest.raises(wrong):
        dockline.APIClient(base_url="unix:///x", version="1.41", retry=value)


def test_cancelling_ends_the_wait():
    slow = Retry(attempts=9, backoff=3600.0, max_backoff=3600.0)

    async def run(fake):
        async with dockline.aio.AsyncDockerClient(
            base_url=fake.url, version="1.41", retry=slow
        ) as docker:
            task = asyncio.ensure_future(docker.info())
            while not await asyncio.to_thread(asked, fake):
                pass
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task

    with FakeEngine({"default": UNAVAILABLE}) as fake:
        asyncio.run(run(fake))
        fake.clear()
        docker = client(fake, retry=slow)
        seen = []

        def work():
            try:
                docker.info()
            except errors.DockerException as error:
                seen.append(error)

        thread = threading.Thread(target=work)
        thread.start()
        while not asked(fake):
            pass
        docker.close()
        thread.join(60)
        assert [error.kind for error in seen] == ["closed"]
