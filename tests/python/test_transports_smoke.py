"""What every transport has to carry: the same uses of a real engine over each, with the same results as over its socket."""

from __future__ import annotations

import asyncio
import io
import tarfile
import threading
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

import dockline
from conftest import RealEngine
from dockline import aio, errors
from dockline.tls import TLSConfig
from transports import Front, Home, certificates

IMAGE = "busybox:latest"


@pytest.fixture(params=["tcp", "tls", "ssh"])
def way(
    request: pytest.FixtureRequest,
    newest_engine: RealEngine,
    tmp_path: Path,
    monkeypatch: Any,
) -> Iterator[dict[str, Any]]:
    """The arguments of a client that comes to the newest engine on another way than its socket."""
    if request.param == "tcp":
        with Front(f"unix:{newest_engine.socket}") as front:
            yield {"base_url": front.url}
    elif request.param == "tls":
        with Front.into(newest_engine, "127.0.0.1:2376") as front:
            folder = certificates()
            pair = (f"{folder}/client.pem", f"{folder}/client-key.pem")
            tls = TLSConfig(
                ca_cert=f"{folder}/authority.pem", client_cert=pair, verify=True
            )
            yield {"base_url": front.url, "tls": tls}
    else:
        with Front.into(newest_engine, "127.0.0.1:2222") as front:
            Home(tmp_path, newest_engine, front).enter(monkeypatch)
            yield {"base_url": "ssh://harbour"}


@contextmanager
def container(client: Any, command: Any, **options: Any) -> Iterator[Any]:
    """A container that runs, until it is removed."""
    options.setdefault("network_mode", "none")
    made = client.containers.run(IMAGE, command, detach=True, **options)
    try:
        yield made
    finally:
        made.remove(force=True)


def following(client: Any) -> Any:
    script = "for i in 1 2 3; do echo out $i; echo err $i >&2; done; exit 7"
    with container(client, ["sh", "-c", script]) as made:
        lines = list(made.logs(stream=True, follow=True, stderr=False))
        return lines, made.logs(stdout=False), made.wait()


def executing(client: Any) -> Any:
    with container(client, ["sleep", "600"]) as made:
        done = made.exec_run(["sh", "-c", "echo a; echo b >&2; exit 4"], demux=True)
        exec_id = client.api.exec_create(made.id, ["wc", "-c"], stdin=True)["Id"]
        with client.api.exec_start(exec_id, socket=True) as sock:
            sock._sock.sendall(b"x" * 1_000_000)
            sock._sock.shutdown(1)
            heard = b"".join(iter(lambda: sock._sock.recv(65536), b""))
        return tuple(done), heard, client.api.exec_inspect(exec_id)["ExitCode"]


def copying(client: Any) -> Any:
    with container(client, ["sleep", "600"]) as made:
        content = bytes(range(256)) * 8192
        packed = io.BytesIO()
        with tarfile.open(fileobj=packed, mode="w") as archive:
            info = tarfile.TarInfo("file")
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
        accepted = made.put_archive("/tmp", packed.getvalue())
        pieces, facts = made.get_archive("/tmp/file")
        with tarfile.open(fileobj=io.BytesIO(b"".join(pieces))) as archive:
            member = archive.extractfile("file")
            assert member is not None
            same = member.read() == content
        return accepted, same, facts["name"], facts["size"]


def building(client: Any) -> Any:
    tag = f"dockline-py-{uuid.uuid4().hex}"
    dockerfile = f"FROM {IMAGE}\nLABEL way={tag}\nCOPY file /file\n"
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        for name, text in (("Dockerfile", dockerfile), ("file", "content")):
            info = tarfile.TarInfo(name)
            info.size = len(text)
            archive.addfile(info, io.BytesIO(text.encode()))
    packed.seek(0)
    image, log = client.images.build(
        fileobj=packed, custom_context=True, tag=tag, rm=True
    )
    try:
        said = [entry["stream"] for entry in log if "stream" in entry]
        return image.labels == {"way": tag}, "".join(said).count("Step ")
    finally:
        client.images.remove(tag, force=True)


def watching(client: Any) -> Any:
    with container(client, ["sleep", "600"]) as made:
        # An engine answers before it listens: what happens in between is had from the past.
        events = client.events(
            since=1, decode=True, filters={"container": made.id, "event": "rename"}
        )
        made.rename(f"dockline-py-{uuid.uuid4().hex}")
        action = next(events)["Action"]
        events.close()
        stats = made.stats(decode=True)
        sample = sorted(next(stats))
        return action, sample, made.top()["Titles"]


def failing(client: Any) -> Any:
    with pytest.raises(errors.NotFound) as caught:
        client.containers.get("nothing-of-that-name")
    with pytest.raises(errors.APIError) as pulled:
        client.images.pull("127.0.0.1:5001/library/nothing", tag="none")
    found, refused = caught.value, pulled.value
    told = [found.status_code, found.explanation, found.kind, type(found).__name__]
    return told, type(refused).__name__, refused.kind, refused.summary


def waiting_too_long(client: Any) -> Any:
    with container(client, ["sleep", "600"]) as made:
        with pytest.raises(errors.RequestTimeout) as caught:
            made.wait(timeout=0.5)
        quiet = made.logs(stream=True, follow=True)
        closing = threading.Thread(target=quiet.close)
        closing.start()
        left = list(quiet)
        closing.join()
        return caught.value.kind, caught.value.phase, left


def crowding(client: Any) -> Any:
    with ThreadPoolExecutor(8) as pool:
        asked = [pool.submit(client.version) for _ in range(40)]
        versions = [future.result() for future in asked]
    return all(version == versions[0] for version in versions), versions[0]


def networking(client: Any) -> Any:
    name = f"dockline-py-{uuid.uuid4().hex}"
    network = client.networks.create(name, driver="bridge", internal=True)
    volume = client.volumes.create(labels={"a": "b"})
    try:
        return network.attrs["Internal"], volume.attrs["Labels"]
    finally:
        network.remove()
        volume.remove()


WORKS = [
    following,
    executing,
    copying,
    building,
    watching,
    failing,
    waiting_too_long,
    crowding,
    networking,
]


@pytest.mark.parametrize("work", WORKS, ids=lambda work: work.__name__)
def test_as_over_the_socket(way: Any, work: Any, newest_engine: RealEngine) -> None:
    with dockline.DockerClient(**way) as client:
        found = work(client)
    with dockline.DockerClient(newest_engine.host) as client:
        assert found == work(client)


async def gathered(**way: Any) -> Any:
    """The same with asyncio, several things at a time."""
    async with aio.AsyncDockerClient(**way) as client:
        made = await client.containers.run(
            IMAGE, ["cat"], detach=True, stdin_open=True, network_mode="none"
        )
        try:
            versions = await asyncio.gather(*(client.version() for _ in range(20)))
            done = await made.exec_run(["sh", "-c", "echo a; exit 3"])
            quiet = await made.logs(stream=True, follow=True)
            waiting = asyncio.ensure_future(quiet.__anext__())
            await asyncio.sleep(0)
            waiting.cancel()
            with pytest.raises(asyncio.CancelledError):
                await waiting
            with pytest.raises(errors.NotFound):
                await client.containers.get("nothing-of-that-name")
            return versions, tuple(done), (await made.top())["Titles"]
        finally:
            await made.remove(force=True)


def test_asyncio_as_over_the_socket(way: Any, newest_engine: RealEngine) -> None:
    found = asyncio.run(gathered(**way))
    assert found == asyncio.run(gathered(base_url=newest_engine.host))
