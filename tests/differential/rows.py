"""What a row is, and the arguments and answers that many of them share."""

from __future__ import annotations

import io
import json
import tarfile
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, Callable, NamedTuple, Sequence


class Make(NamedTuple):
    """An argument that is made anew for each run, from an empty directory."""

    how: Callable[[Path], Any]


class Reply(NamedTuple):
    """An answer that is more than a JSON body."""

    status: int = 200
    body: Any = None
    headers: Sequence[tuple[str, str]] = ()


class Case(NamedTuple):
    """One call."""

    method: str
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    version: str
    answers: tuple[Any, ...]
    config: dict[str, Any]
    differs: str


#: An answer that serves most methods.
ANSWER = {
    "Id": "4fa6e0f0c678",
    "Config": {"Tty": False},
    "Spec": {"TaskTemplate": {"ContainerSpec": {"Image": "busybox"}}},
    "NetworkSettings": {"Ports": {"80/tcp": [{"HostIp": "", "HostPort": "8080"}]}},
}
TTY = {**ANSWER, "Config": {"Tty": True}}
NEW = "1.45"
WHEN = datetime(2024, 5, 6, 7, 8, 9, tzinfo=timezone.utc)

CREDENTIALS = {
    "auths": {
        "https://index.docker.io/v1/": {"auth": "aHViOnNlY3JldA=="},
        "registry.example:5000": {"auth": "dXNlcjpzZWNyZXQ="},
    }
}
LOGIN = {"username": "someone", "password": "secret"}
PROXIES = {
    "proxies": {
        "default": {
            "httpProxy": "http://proxy:3128",
            "httpsProxy": "https://proxy:3129",
            "noProxy": "localhost",
            "ftpProxy": "ftp://proxy",
        }
    }
}
KEYS = {"detachKeys": "ctrl-a,a"}
HEADERS = {"HttpHeaders": {"X-Meta": "yes"}}


def case(
    method: str,
    /,
    *args: Any,
    _version: str = NEW,
    _answers: Sequence[Any] = (ANSWER,),
    _config: Any = None,
    _differs: str = "",
    **kwargs: Any,
) -> Case:
    """Make a row."""
    return Case(
        method, args, kwargs, _version, tuple(_answers), _config or {}, _differs
    )


def archive() -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        info = tarfile.TarInfo("Dockerfile")
        info.size = 4
        archive.addfile(info, io.BytesIO(b"FROM"))
    return out.getvalue()


def context(tmp: Path) -> str:
    (tmp / "Dockerfile").write_text("FROM busybox\n")
    (tmp / "other.Dockerfile").write_text("FROM alpine\n")
    (tmp / ".dockerignore").write_text("# nothing of these\n*.tmp\n\n!keep.tmp\n")
    for name in ("a.txt", "b.tmp", "keep.tmp"):
        (tmp / name).write_text(name)
    (tmp / "sub").mkdir()
    (tmp / "sub" / "c.txt").write_text("c")
    return str(tmp)


def outside(tmp: Path) -> str:
    inner = tmp / "context"
    inner.mkdir()
    (inner / "a.txt").write_text("a")
    (tmp / "Dockerfile").write_text("FROM busybox\n")
    return str(inner)


def archive_file(tmp: Path) -> str:
    path = tmp / "image.tar"
    path.write_bytes(archive())
    return str(path)


def plugin(tmp: Path) -> str:
    (tmp / "config.json").write_text("{}")
    (tmp / "rootfs").mkdir()
    return str(tmp)


def docker_config(tmp: Path) -> str:
    path = tmp / "config.json"
    path.write_text(json.dumps(CREDENTIALS))
    return str(path)


def opened() -> Any:
    return Make(lambda _tmp: io.BytesIO(archive()))


LISTED = [{"Id": "0123456789abcdef", "Names": ["/a"]}]


def describe(row: Case) -> str:
    """Name a row in a test report."""
    given = [
        *map(_short, row.args),
        *(f"{key}={_short(value)}" for key, value in row.kwargs.items()),
    ]
    return f"{row.method}({', '.join(given)})@{row.version}"[:120]


def _short(value: Any) -> str:
    if isinstance(value, Make):
        return "made"
    if isinstance(value, bytes) and len(value) > 20:
        return f"{len(value)} bytes"
    return str(value)
