"""The two engines of the bench: one that replays answers, and a real dockerd filled with what the works ask for."""

from __future__ import annotations

import io
import json
import os
import socket as sockets
import subprocess
import sys
import tarfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Callable, Dict, Iterator, NamedTuple

import docker  # type: ignore[import-untyped]
from measure import settled, written
from scenario import scenario
from works import DATA, Work

ROOT = Path(__file__).resolve().parents[2]
# Behind everything else: the harness's modules have common names.
sys.path.append(str(ROOT / "tests" / "engine"))
from harness import NEWEST, harness  # noqa: E402
from layout import REGISTRY  # noqa: E402

TARGET = ROOT / "target" / "bench"
RELEASE = ROOT / "target" / "release"
LINE = "x" * 79
#: An image to pull.
LAYERED = "layered:latest"
LAYERS = 40


class Stage(NamedTuple):
    """A running engine, and what the clients are told about it."""

    socket: Path
    environment: Dict[str, str]
    #: What a client is told besides, anew for each run: an exec is started once.
    prepare: Callable[[Work, int], Dict[str, str]]
    #: What a real engine calls itself, and its process.
    title: str = ""
    pid: int = 0

    def used(self) -> float:
        """User and system time of a real engine's process in seconds."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def told(socket: Path, file: Path, files: int) -> Dict[str, str]:
    """Make a build context of so many files; give what every client is told."""
    context = TARGET / f"context-{files}"
    if not (context / "Dockerfile").exists():
        for number in range(files):
            path = context / f"folder-{number % 100}" / f"file-{number}.txt"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(f"file {number}\n" * 20)
        (context / "Dockerfile").write_text("FROM scratch\nCOPY . /\n")
    names = {
        "DOCKER_HOST": f"unix://{socket}",
        "BENCH_FILE": str(file),
        "BENCH_CONTEXT": str(context),
        "BENCH_EVENTS": "{}",
        "BENCH_ECHO": "64",
    }
    return {**os.environ, **names}


def build() -> None:
    """Build the replaying engine and the raw reader."""
    command = (
        "cargo build --quiet --release --locked --package fake-engine --bins --examples"
    )
    subprocess.run(command.split(), cwd=ROOT, check=True)


@contextmanager
def replaying(scale: float) -> Iterator[Stage]:
    """Run the replaying engine."""
    socket, played = TARGET / "engine.sock", TARGET / "scenario.json"
    played.write_text(json.dumps(scenario(scale)))
    socket.unlink(missing_ok=True)
    file = TARGET / "upload.tar"
    with file.open("wb") as upload:
        upload.truncate(512 << 20)

    def prepare(work: Work, size: int) -> Dict[str, str]:
        kind = work.program.rpartition("_")[2]
        return {"BENCH_EXEC": f"flood-{size}" if kind == "lines" else kind}

    command = [str(RELEASE / "fake-engine"), "--unix", str(socket)]
    with subprocess.Popen(
        [*command, "--scenario", str(played)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as playing:
        if (
            playing.stdout is None
            or playing.stdin is None
            or not playing.stdout.readline()
        ):
            raise SystemExit("the replaying engine did not start")
        environment = told(socket, file, 10_000)
        os.environ["DOCKER_HOST"] = environment["DOCKER_HOST"]
        environment["BENCH_SCALE"] = str(scale)
        environment["BENCH_SOCKET_ROOM"] = str(socket_room(socket))
        yield Stage(socket, environment, prepare)
        playing.stdin.close()


def socket_room(path: Path) -> int:
    """Bytes that the system itself takes for a reader that reads nothing but one."""
    before = written()
    with sockets.socket(sockets.AF_UNIX) as idle:
        idle.connect(str(path))
        idle.sendall(b"GET /containers/endless/logs HTTP/1.1\r\nHost: x\r\n\r\n")
        idle.recv(1)
        return settled(written) - before


def data() -> Path:
    """A tar archive of one large file of lines."""
    path = TARGET / "data.tar"
    content = (LINE + "\n").encode() * (DATA // 80)
    with tarfile.open(path, "w") as archive:
        member = tarfile.TarInfo("lines")
        member.size = len(content)
        archive.addfile(member, io.BytesIO(content))
    return path


def fill(client: Any, sizes: Dict[str, int], file: Path) -> None:
    """Make the containers, the images and the events that the works ask for."""
    sleeping = ["sh", "-c", "mkdir -p /data; exec sleep 1000000"]
    client.containers.run("busybox", sleeping, name="c1", detach=True)
    with file.open("rb") as content:
        client.api.put_archive("c1", "/data", content)
    for name, size in sizes.items():
        words = ["sh", "-c", f"yes {LINE} | head -n {size}"]
        client.containers.run("busybox", words, name=name, detach=True).wait()
    for _ in range(100):
        client.containers.create("busybox", labels=["hundred"])
    publish(client)
    # Engines remember the last 256 events.
    for _ in range(256):
        client.api.tag("busybox", "bench")


def publish(client: Any) -> None:
    """Push an image of many layers to the registry from which the engine pulls."""
    context = io.BytesIO()
    with tarfile.open(fileobj=context, mode="w") as archive:
        steps = ["FROM scratch", *(f"COPY {layer} /" for layer in range(LAYERS))]
        files = {"Dockerfile": "\n".join(steps).encode()}
        files.update({str(layer): os.urandom(1 << 18) for layer in range(LAYERS)})
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    context.seek(0)
    published = f"{REGISTRY}/library/{LAYERED}"
    client.images.build(fileobj=context, custom_context=True, tag=published)
    for line in client.api.push(published, stream=True, decode=True):
        if "error" in line:
            raise SystemExit(f"an image cannot be pushed: {line['error']}")
    client.images.remove(published)


def prepared(client: Any, work: Work, context: Path) -> Dict[str, str]:
    """Make what one run of a work needs; what its client is told of it."""
    if work.program == "events":
        return {"BENCH_EVENTS": json.dumps({"since": 0, "until": int(time.time())})}
    if work.program == "pull":
        if client.api.images(LAYERED):
            client.images.remove(LAYERED)
        return {"BENCH_IMAGE": LAYERED.partition(":")[0]}
    if work.program == "build":
        # Nothing of the build before is used again.
        steps = f"FROM scratch\nLABEL bench={time.time_ns()}\nCOPY . /\n"
        (context / "Dockerfile").write_text(steps)
    if work.program == "followers":
        # A second for the client to start.
        script = "sleep 1; for i in $(seq 30); do echo a line; sleep 0.1; done"
        for old in client.containers.list(True, filters={"name": "drip"}):
            old.remove(force=True)
        client.containers.run("busybox", ["sh", "-c", script], name="drip", detach=True)
    if work.program == "exec_bytes":
        return {"BENCH_EXEC": client.api.exec_create("c1", "cat /data/lines")["Id"]}
    if work.program == "exec_echo":
        return {"BENCH_EXEC": client.api.exec_create("c1", "cat", stdin=True)["Id"]}
    return {}


@contextmanager
def dockerd(sizes: Dict[str, int]) -> Iterator[Stage]:
    """Run a real engine that nobody else uses; everything made on it goes with it."""
    name = f"{NEWEST}@bench{os.getpid()}"
    up = harness("up", name, "--json", f"--owner={os.getpid()}")
    try:
        facts = json.loads(up)[name]
        client = docker.DockerClient(base_url=facts["host"], version=facts["api"])
        file = data()
        fill(client, sizes, file)
        environment = told(Path(facts["socket"]), file, 500)
        context = Path(environment["BENCH_CONTEXT"])
        # Without a terminal what comes back is framed: 8 bytes of head.
        environment["BENCH_ECHO"] = str(8 + 64)
        version = client.version()
        yield Stage(
            Path(facts["socket"]),
            environment,
            lambda work, _size: prepared(client, work, context),
            f"dockerd {version['Version']}, API {version['ApiVersion']}",
            facts["pid"],
        )
    finally:
        harness("down", name)
