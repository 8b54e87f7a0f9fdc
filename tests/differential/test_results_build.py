"""Builds on real engines, with both builders' defaults left as they are."""

from __future__ import annotations

import contextlib
import io
import json
import tarfile
import tempfile
from pathlib import Path
from typing import Any, Callable, Iterator

import pytest
from results import LABEL, Side, Table, Twins

CASES = Table()


@pytest.mark.parametrize("case", CASES)
def test_results(case: Callable[[Side], Any], twins: Twins) -> None:
    twins.compare(case)


@contextlib.contextmanager
def folder(**files: str) -> Iterator[Path]:
    """A build context; `_` in a name stands for a dot, `__` for a slash."""
    with tempfile.TemporaryDirectory() as made:
        for name, content in files.items():
            path = Path(made, name.replace("__", "/").replace("_", "."))
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content)
        yield Path(made)


def told(log: Any) -> str:
    return "".join(message.get("stream", "") for message in log)


def base(side: Side) -> str:
    """How a Dockerfile begins: equal builds at the same time would share, and remove, each other's images."""
    return f"FROM busybox:latest\nLABEL of={side.prefix}\n"


def own(side: Side, image: Any) -> list[str]:
    """The tags of this side."""
    return [tag for tag in image.tags if side.prefix in tag]


def steps(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.startswith("Step ")]


@CASES
def from_a_folder(side: Side) -> Any:
    tag = side.called("folder")
    with folder(
        Dockerfile=f"{base(side)}COPY . /here\nRUN cat /here/kept && ls -A /here\n",
        kept="content",
        skipped="no",
        deep__inside="x",
        _dockerignore="skipped\n",
    ) as path:
        image, log = side.client.images.build(
            path=str(path), tag=tag, rm=True, labels={LABEL: side.prefix}
        )
    text = told(log)
    return [
        own(side, image),
        image.labels,
        steps(text),
        "content" in text,
        "skipped" in text.split("kept")[-1],
    ]


@CASES
def from_a_file(side: Side) -> Any:
    content = f'{base(side)}ARG WHO=nobody\nRUN echo "hello $WHO"\n'.encode()
    tag = side.called("file")
    image, log = side.client.images.build(
        fileobj=io.BytesIO(content),
        tag=tag,
        buildargs={"WHO": "sailor"},
        nocache=True,
        forcerm=True,
    )
    quiet, _ = side.client.images.build(
        fileobj=io.BytesIO(content), tag=tag, quiet=True, buildargs={"WHO": "sailor"}
    )
    return ["hello sailor" in told(log), own(side, image), own(side, quiet)]


@CASES
def from_an_archive(side: Side) -> Any:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as tar:
        data = (
            f"FROM busybox:latest AS first\nLABEL of={side.prefix} stage=first\n"
            "FROM first\nLABEL stage=second\n"
        ).encode()
        member = tarfile.TarInfo("other/Dockerfile")
        member.size = len(data)
        tar.addfile(member, io.BytesIO(data))
    out.seek(0)
    image, _ = side.client.images.build(
        fileobj=out,
        custom_context=True,
        encoding="gzip",
        dockerfile="other/Dockerfile",
        target="first",
        tag=side.called("archive"),
    )
    return [image.labels, own(side, image)]


@CASES
def dockerfile_outside(side: Side) -> Any:
    with folder(context__data="inside") as path:
        outside = path / "Dockerfile.outside"
        outside.write_text(f"{base(side)}COPY data /data\nRUN cat /data\n")
        image, log = side.client.images.build(
            path=str(path / "context"),
            dockerfile=str(outside),
            tag=side.called("out"),
            nocache=True,
        )
    return ["inside" in told(log), own(side, image)]


@CASES
def with_limits(side: Side) -> Any:
    content = f"{base(side)}RUN cat /etc/hosts; df -k /dev/shm | tail -1\n".encode()
    image, log = side.client.images.build(
        fileobj=io.BytesIO(content),
        tag=side.called("limits"),
        nocache=True,
        container_limits={
            "memory": 64 << 20,
            "memswap": -1,
            "cpushares": 100,
            "cpusetcpus": "0",
        },
        shmsize=16 << 20,
        extra_hosts={"quay": "127.0.0.9"},
        network_mode="none",
        gzip=False,
        pull=False,
        cache_from=["busybox:latest"],
        platform="linux/amd64",
    )
    text = told(log)
    return ["quay" in text, "16384" in text, own(side, image)]


@CASES
def low_level(side: Side) -> Any:
    content = f"{base(side)}RUN echo built\n".encode()
    raw = b"".join(
        side.api.build(
            fileobj=io.BytesIO(content), tag=side.called("raw"), nocache=True
        )
    )
    messages = [json.loads(line) for line in raw.splitlines()]
    decoded = list(
        side.api.build(fileobj=io.BytesIO(content), tag=side.called("raw"), decode=True)
    )
    return [
        [sorted(message) for message in messages],
        "built\n" in "".join(message.get("stream", "") for message in messages),
        [sorted(message) for message in decoded][-1],
    ]


@CASES
def failing(side: Side) -> Any:
    build = side.client.images.build

    def fails(text: str, **kwargs: Any) -> Any:
        found = side.fails(
            build, fileobj=io.BytesIO(text.encode()), nocache=True, **kwargs
        )
        return [
            found["class"],
            found.get("text"),
            found.get("msg"),
            found.get("status_code"),
        ]

    def log_of(text: str) -> list[Any]:
        try:
            build(fileobj=io.BytesIO(text.encode()), nocache=True)
        except side.lib.errors.BuildError as error:
            once = [sorted(message) for message in error.build_log]
            return [once[-1], bool(once)]
        return []

    return [
        fails("FROM busybox:latest\nRUN echo out; exit 7\n"),
        fails("FROM busybox:latest\nNONSENSE here\n"),
        fails("RUN true\n"),
        fails(""),
        fails("FROM busybox:latest\nCOPY absent /here\n")[0],
        fails("FROM busybox:latest\nRUN true\n", target="absent"),
        fails("FROM busybox:latest\nRUN true\n", tag="Not/Valid"),
        # The original complains of a tag.
        fails("FROM busybox:latest\n", container_limits={"nonsense": 1})[0],
        log_of("FROM busybox:latest\nRUN echo out; exit 7\n"),
        side.fails(build),
        side.fails(build, path="/absent/folder"),
        side.fails(build, fileobj=io.BytesIO(b"x"), custom_context=True, dockerfile=3)[
            "class"
        ],
    ]
