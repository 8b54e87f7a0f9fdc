"""What containers can do here beyond docker-py, on real engines, blocking and asynchronous."""

from __future__ import annotations

import asyncio
import io
import os
import tarfile
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import dockline
import dockline.aio
from conftest import RealEngine
from dockline import errors

IMAGE = "busybox:latest"
SLEEP = ["sh", "-c", "trap 'exit 0' TERM; sleep 1000 & wait"]
BOTH = "echo out1; echo err1 >&2; echo out2; printf tail"


@pytest.fixture
def client(engine: RealEngine) -> Iterator[dockline.DockerClient]:
    made = dockline.DockerClient(engine.host)
    yield made
    made.close()


@pytest.fixture
def run(client: dockline.DockerClient) -> Iterator[Any]:
    """Start containers that are removed afterwards."""
    made = []

    def start(command: Any = SLEEP, **kwargs: Any) -> Any:
        made.append(
            client.containers.run(
                IMAGE,
                command,
                detach=True,
                name=f"extras-{uuid.uuid4().hex[:12]}",
                **kwargs,
            )
        )
        return made[-1]

    yield start
    for container in made:
        container.remove(force=True, v=True)


# ------------------------------------------------------------------ exec


def test_the_exit_code_after_streamed_output(run: Any) -> None:
    container = run()
    code, output = container.exec_run(["sh", "-c", "echo words; exit 7"], stream=True)
    assert code is None
    assert b"".join(output) == b"words\n"
    assert output.exit_code == 7
    _, output = container.exec_run(
        ["sh", "-c", "echo words; read x"], stream=True, stdin=True
    )
    assert next(iter(output)) == b"words\n"
    assert output.exit_code is None
    output.close()
    demuxed = container.exec_run(["sh", "-c", "echo out"], stream=True, demux=True)
    assert list(demuxed.output) == [(b"out\n", None)]
    assert demuxed.output.exit_code == 0


# ------------------------------------------------------------------ logs


def test_lines_and_demuxed_logs(run: Any) -> None:
    container = run(["sh", "-c", BOTH])
    container.wait()
    assert container.logs(demux=True) == (b"out1\nout2\ntail", b"err1\n")
    assert sorted(container.logs(lines=True)) == [b"err1", b"out1", b"out2", b"tail"]
    assert container.logs(lines=True, stderr=False) == [b"out1", b"out2", b"tail"]
    pairs = list(container.logs(lines=True, demux=True, stream=True))
    assert [out for out, err in pairs if err is None] == [b"out1", b"out2", b"tail"]
    assert [err for out, err in pairs if out is None] == [b"err1"]
    tty = run(["sh", "-c", "echo one; echo two"], tty=True)
    tty.wait()
    assert tty.logs(lines=True) == [b"one", b"two"]
    assert list(tty.logs(lines=True, stream=True, tail=1)) == [b"two"]


def test_batches(run: Any) -> None:
    container = run(["sh", "-c", "seq 1 50000; echo end >&2"])
    container.wait()
    numbers = "".join(f"{number}\n" for number in range(1, 50001)).encode()
    batches = list(container.logs(stream=True, batches=True, stderr=False))
    assert b"".join(batches) == numbers
    pairs = list(container.logs(stream=True, batches=True, demux=True))
    assert b"".join(out for out, _ in pairs if out) == numbers
    assert [err for _, err in pairs if err] == [b"end\n"]
    api = container.client.api
    command = api.exec_create(run(["sleep", "1000"]).id, ["seq", "1", "50000"])
    assert b"".join(api.exec_start(command, stream=True, batches=True)) == numbers
    reader = run(["sh", "-c", "read x; seq 1 50000"], stdin_open=True)
    attached = reader.attach(stream=True, batches=True)
    connection = reader.attach_socket(params={"stdin": 1, "stream": 1})
    connection._sock.sendall(b"go\n")
    assert b"".join(attached) == numbers
    connection.close()


def test_followed_lines_can_be_closed(run: Any) -> None:
    container = run(
        ["sh", "-c", "while :; do printf 'a l'; sleep 0.05; echo ine; done"]
    )
    lines = container.logs(stream=True, follow=True, lines=True)
    assert [next(lines), next(lines)] == [b"a line", b"a line"]
    lines.close()
    assert list(lines) in ([], [b"a l"])


def test_attach_to_the_past_loses_nothing(run: Any) -> None:
    """docker-py loses what arrives together with the head of the answer."""
    container = run(["sh", "-c", BOTH])
    container.wait()
    assert sorted(container.attach(logs=True)) == sorted(b"out1\nerr1\nout2\ntail")
    assert container.attach(logs=True, demux=True) == (b"out1\nout2\ntail", b"err1\n")


# ------------------------------------------------------------------ archives


def test_an_archive_is_an_iterator_and_a_file(run: Any, tmp_path: Path) -> None:
    container = run(["sh", "-c", "head -c 3000000 /dev/urandom > /big; sleep 1000"])
    assert (
        container.exec_run(
            ["sh", "-c", "until [ $(stat -c %s /big) = 3000000 ]; do :; done"]
        )[0]
        == 0
    )
    stream, stat = container.get_archive("/big")
    whole = b"".join(stream)
    assert stat["size"] == 3000000
    archive, _ = container.get_archive("/big")
    with tarfile.open(fileobj=archive, mode="r|") as tar:
        sizes = [member.size for member in tar]
    assert sizes == [3000000]
    archive, _ = container.get_archive("/big", chunk_size=100_000)
    with archive:
        parts = [archive.read(10), next(archive), archive.read(5)]
        target = bytearray(7)
        assert archive.readinto(target) == 7
        parts += [bytes(target), archive.read()]
        assert b"".join(parts) == whole
        assert archive.read(1) == b""
    archive, _ = container.get_archive("/big")
    buffered = io.BufferedReader(archive)
    assert buffered.read(3) == whole[:3]
    buffered.close()
    assert archive.closed
    path = tmp_path / "archive.tar"
    path.write_bytes(whole)
    for source in (
        path,
        str(path),
        whole,
        io.BytesIO(whole),
        iter([whole[:9], whole[9:]]),
    ):
        assert container.exec_run("rm -f /tmp/big")[0] == 0
        assert container.put_archive("/tmp", source)
        assert container.exec_run("cmp /big /tmp/big") == (0, b"")


def test_load_and_import_from_anything(
    client: dockline.DockerClient, tmp_path: Path
) -> None:
    image = client.images.get(IMAGE)
    saved = tmp_path / "saved.tar"
    with saved.open("wb") as file:
        file.writelines(image.save(named=True))
    for source in (saved, str(saved), saved.read_bytes(), iter([saved.read_bytes()])):
        assert [found.id for found in client.images.load(source)] == [image.id]
    with saved.open("rb") as file:
        assert client.images.load(file) == [image]
    files = tmp_path / "files.tar"
    with tarfile.open(files, "w") as tar:
        tar.add(__file__, "test.py")
    name = f"extras-{uuid.uuid4().hex[:12]}"
    try:
        for source in (
            files,
            str(files),
            files.read_bytes(),
            iter([files.read_bytes()]),
        ):
            client.api.import_image(source, repository=name)
            assert client.images.get(name).attrs["Size"] == os.path.getsize(__file__)
    finally:
        client.images.remove(name, force=True)


# ------------------------------------------------------------------ copying


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    made = tmp_path / "tree"
    (made / "deep").mkdir(parents=True)
    (made / "file").write_text("words")
    (made / "deep" / "script").write_text("#!/bin/sh\necho ran\n")
    (made / "deep" / "script").chmod(0o755)
    (made / "link").symlink_to("deep/script")
    (made / "empty").touch()
    (made / "twin").hardlink_to(made / "file") if hasattr(
        Path, "hardlink_to"
    ) else os.link(made / "file", made / "twin")
    return made


def test_copy_to(run: Any, tree: Path) -> None:
    container = run()

    def cat(path: str) -> bytes:
        return bytes(container.exec_run(["cat", path]).output)

    container.copy_to(tree / "file", "/tmp")
    container.copy_to(str(tree / "file"), "/tmp/renamed")
    container.copy_to(tree / "file", "/tmp/renamed")
    container.copy_to(tree, "/tmp")
    container.copy_to(tree, "/tmp/copy")
    container.copy_to(f"{tree}/.", "/var")
    assert [
        cat(f"/tmp/{name}")
        for name in ("file", "renamed", "tree/file", "copy/file", "copy/twin")
    ] == [b"words"] * 5
    assert cat("/var/file") == b"words"
    assert container.exec_run("/tmp/tree/link").output == b"ran\n"
    assert container.exec_run("readlink /tmp/copy/link").output == b"deep/script\n"
    container.exec_run("ln -s /var /tmp/elsewhere")
    container.copy_to(tree / "empty", "/tmp/elsewhere")
    assert container.exec_run("test -f /var/empty")[0] == 0
    with pytest.raises(errors.InvalidArgument):
        container.copy_to(tree, "/tmp/file")
    with pytest.raises(errors.InvalidArgument):
        container.copy_to(tree / "file", "/tmp/nowhere/")
    for absent in (f"{tree}/file/", tree / "absent"):
        with pytest.raises(FileNotFoundError):
            container.copy_to(absent, "/tmp")
    with pytest.raises(errors.NotFound):
        container.copy_to(tree / "file", "/absent/folder/file")


def test_copy_from(run: Any, tree: Path, tmp_path: Path) -> None:
    container = run()
    container.copy_to(tree, "/tmp/t")
    target = tmp_path / "target"
    target.mkdir()
    container.copy_from("/tmp/t/file", target)
    container.copy_from("/tmp/t/file", target / "renamed")
    container.copy_from("/tmp/t", target)
    container.copy_from("/tmp/t", target / "copy")
    container.copy_from("/tmp/t/.", target / "contents")
    (target / "into").mkdir()
    container.copy_from("/tmp/t/.", target / "into")
    for name in (
        "file",
        "renamed",
        "t/file",
        "copy/file",
        "contents/file",
        "into/file",
        "t/twin",
    ):
        assert (target / name).read_text() == "words", name
    assert os.readlink(target / "t" / "link") == "deep/script"
    assert (target / "copy" / "deep" / "script").stat().st_mode & 0o777 == 0o755
    with pytest.raises(errors.NotFound):
        container.copy_from("/absent", target)
    with pytest.raises(errors.InvalidArgument):
        container.copy_from("/tmp/t", target / "file")
    with pytest.raises(errors.InvalidArgument):
        container.copy_from("/tmp/t/file", f"{target}/absent/")


# ------------------------------------------------------------------ health


def probe(test: str, **kwargs: int) -> dict[str, Any]:
    return {
        "test": ["CMD-SHELL", test],
        "interval": 200_000_000,
        "retries": 2,
        **kwargs,
    }


def test_wait_healthy(run: Any) -> None:
    container = run(
        ["sh", "-c", "sleep 0.5; touch /ready; sleep 1000"],
        healthcheck=probe("test -f /ready", retries=50),
    )
    container.wait_healthy(timeout=60)
    assert container.health == "healthy"
    container.wait_healthy()


def test_wait_healthy_that_fails(run: Any) -> None:
    sick = run(healthcheck=probe("echo it hurts; exit 3"))
    with pytest.raises(errors.ContainerUnhealthy, match="it hurts") as caught:
        sick.wait_healthy(timeout=60)
    assert caught.value.exit_status == 3
    slow = run(healthcheck=probe("exit 1", retries=1000))
    with pytest.raises(errors.RequestTimeout, match="not healthy after"):
        slow.wait_healthy(timeout=0.7)
    with pytest.raises(errors.InvalidArgument):
        run().wait_healthy(timeout=5)


@pytest.mark.parametrize(
    ("command", "status", "said"),
    [
        ("echo last words >&2; exit 4", 4, "4"),
        ("sh -c 'kill -9 $$'; exit $?", 137, "SIGKILL"),
        ("/absent/program", 127, "not found"),
    ],
)
def test_wait_healthy_of_one_that_ends(
    run: Any, command: str, status: int, said: str
) -> None:
    container = run(
        ["sh", "-c", f"sleep 0.5; {command}"], healthcheck=probe("exit 1", retries=1000)
    )
    with pytest.raises(errors.ContainerError) as caught:
        container.wait_healthy(timeout=60)
    assert caught.value.exit_status == status
    assert said in str(caught.value.summary)
    if status == 4:
        assert caught.value.stderr == b"last words\n"


# ------------------------------------------------------------------ usage


def test_usage(run: Any) -> None:
    busy = run(["sh", "-c", "while :; do :; done"], mem_limit="64m")
    found = busy.usage()
    assert found.cpu_percent > 1
    assert 0 < found.memory < found.memory_limit == 64 << 20
    assert 0 < found.memory_percent < 100
    assert found.pids == 1
    assert found.network_receive_rate >= 0
    assert found.time.year > 2000
    stream = busy.usage(stream=True)
    assert next(stream).cpu_percent > 1
    stream.close()
    busy.kill()
    busy.wait()
    assert set(busy.usage()) == {None}


# ------------------------------------------------------------------ asynchronous


def test_the_same_asynchronously(
    engine: RealEngine, run: Any, tree: Path, tmp_path: Path
) -> None:
    name = run(
        ["sh", "-c", f"{BOTH}; echo; sleep 1000"], healthcheck=probe("true")
    ).name

    async def use() -> None:
        async with dockline.aio.AsyncDockerClient(engine.host) as client:
            container = await client.containers.get(name)
            await container.wait_healthy(timeout=60)
            assert await container.logs(lines=True, stderr=False) == [
                b"out1",
                b"out2",
                b"tail",
            ]
            _, output = await container.exec_run("false", stream=True)
            assert [piece async for piece in output] == []
            assert await output.exit_code == 1
            await container.copy_to(tree, "/tmp/t")
            await container.copy_from("/tmp/t", tmp_path / "back")
            assert (tmp_path / "back" / "deep" / "script").exists()
            archive, _ = await container.get_archive("/tmp/t/file")
            async with archive:
                assert len(await archive.read(600)) == 600
            assert (await container.usage()).pids >= 1
            usage = await container.usage(stream=True)
            async for one in usage:
                assert one.memory > 0
                break
            usage.close()

    asyncio.run(use())
