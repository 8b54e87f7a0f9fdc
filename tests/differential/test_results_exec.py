"""Commands in containers, and files in and out of them, on real engines."""

from __future__ import annotations

import io
import tarfile
from typing import Any, Callable

import docker
import pytest
from results import Side, Table, Twins, pairs

CASES = Table()
BOTH = ["sh", "-c", "echo out; echo err >&2; exit 5"]


@pytest.mark.parametrize("case", CASES)
def test_results(case: Callable[[Side], Any], twins: Twins) -> None:
    twins.compare(case)


def sorted_lines(output: bytes) -> list[bytes]:
    return sorted(output.splitlines())


# ------------------------------------------------------------------ exec


@CASES
def exec_output(side: Side) -> Any:
    run = side.up().exec_run
    code, both = run(BOTH)
    first = run("echo words")
    return [
        code,
        sorted_lines(both),
        first.exit_code,
        first.output,
        list(run("false")),
        list(run(BOTH, stdout=False)),
        list(run(BOTH, stderr=False)),
        list(run(BOTH, demux=True)),
        list(run("true", demux=True)),
        list(run("echo 'two  spaces' \"and more\"")),
    ]


@CASES
def exec_stream(side: Side) -> Any:
    run = side.up().exec_run
    code, output = run(BOTH, stream=True)
    kind = side.kind(output)
    demuxed = run(BOTH, stream=True, demux=True)
    silent = run("true", stream=True)
    return [
        code,
        kind,
        sorted_lines(b"".join(output)),
        demuxed.exit_code,
        pairs(demuxed.output),
        [silent.exit_code, list(silent.output)],
    ]


@CASES
def exec_options(side: Side) -> Any:
    run = side.up().exec_run
    return [
        run("env", environment={"A": "1", "B": "x y"}).output.count(b"A=1\nB=x y"),
        run("env", environment=["C=2"]).output.count(b"C=2"),
        list(run("pwd", workdir="/etc")),
        list(run("id -u", user="1000")),
        list(run("id -g", user="1000:2000")),
        run("grep CapEff /proc/self/status").output
        == run("grep CapEff /proc/self/status", privileged=True).output,
        list(run(BOTH, tty=True)),
        list(run("echo tty", tty=True, demux=True)),
        run("true", detach=True).output,
        b"".join(run("echo streamed", tty=True, stream=True).output),
    ]


def refusal(side: Side, run: Callable[[str], Any], command: str) -> list[Any]:
    """What an exec says that cannot start; the original loses what comes with the head, and has to be asked again."""
    while True:
        code, said = run(command)
        if said or side.lib is not docker:
            return [code, said]


@CASES
def exec_failures(side: Side) -> Any:
    made = side.up()
    run = made.exec_run
    return [
        refusal(side, run, "/absent/program"),
        refusal(side, run, "/etc/passwd"),
        side.fails(lambda: run("true", user="nobody-here").exit_code),
        side.fails(run, "true", workdir="/etc/passwd"),
        side.fails(run, ""),
        side.fails(run, []),
        side.fails(side.api.exec_create, side.called("absent"), "true"),
        side.fails(side.api.exec_start, "0" * 64),
        side.fails(side.api.exec_inspect, "0" * 64),
        side.fails(side.api.exec_resize, "0" * 64, 1, 1),
    ]


@CASES
def exec_socket(side: Side) -> Any:
    made = side.up()
    read = side.lib.utils.socket
    code, socket = made.exec_run(
        ["sh", "-c", "read a; echo got $a; echo bad >&2"], stdin=True, socket=True
    )
    socket._sock.sendall(b"words\n")
    frames = sorted(
        [kind, bytes(data)] for kind, data in read.frames_iter(socket, tty=False)
    )
    kind = [type(socket).__name__, socket.mode, socket.fileno() > 2]
    socket.close()
    _, terminal = made.exec_run(
        ["sh", "-c", "read a; echo got $a"], stdin=True, tty=True, socket=True
    )
    terminal._sock.sendall(b"words\n")
    text = b"".join(data for _, data in read.frames_iter(terminal, tty=True))
    terminal.close()
    return [code, kind, frames, text]


@CASES
def exec_low_level(side: Side) -> Any:
    api, made = side.api, side.up()
    one = api.exec_create(made.id, BOTH)
    before = api.exec_inspect(one["Id"])
    output = api.exec_start(one)
    after = api.exec_inspect(one)
    terminal = api.exec_create(made.id, "sleep 5", tty=True, stdin=True)
    api.exec_start(terminal["Id"], detach=True, tty=True)
    resized = api.exec_resize(terminal["Id"], height=10, width=20)
    fields = (
        "Running",
        "ExitCode",
        "ProcessConfig",
        "OpenStdin",
        "OpenStdout",
        "CanRemove",
        "DetachKeys",
    )
    return [
        sorted(one),
        [before[name] for name in fields],
        sorted_lines(output),
        [after[name] for name in fields],
        resized,
    ]


# ------------------------------------------------------------------ files


def archive(**files: bytes) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return out.getvalue()


def listed(data: bytes) -> list[Any]:
    with tarfile.open(fileobj=io.BytesIO(data)) as tar:
        return [
            [
                member.name,
                member.type,
                member.mode,
                (tar.extractfile(member) or io.BytesIO()).read(100),
            ]
            for member in tar
            if member.isfile() or member.isdir()
        ]


@CASES
def archives_in(side: Side) -> Any:
    made = side.up()
    data = archive(one=b"first", two=b"second" * 1000)
    put = made.put_archive
    seen = [
        put("/tmp", data),
        put("/tmp", io.BytesIO(archive(three=b"3"))),
        put("/tmp", iter([archive(four=b"4")[:700], archive(four=b"4")[700:]])),
        put("/tmp", b""),
    ]
    return [
        *seen,
        sorted_lines(made.exec_run("ls /tmp").output),
        made.exec_run("cat /tmp/one /tmp/three /tmp/four").output,
        side.fails(put, "/absent", data),
        side.fails(put, "/etc/passwd", data),
        side.fails(put, "/tmp", b"not a tar archive" * 100),
        side.fails(side.api.put_archive, side.called("absent"), "/", data),
    ]


@CASES
def archives_out(side: Side) -> Any:
    made = side.ended(
        [
            "sh",
            "-c",
            "mkdir /d; echo deep > /d/f; ln -s /d/f /link; head -c 3000000 /dev/zero > /big",
        ]
    )
    stream, stat = made.get_archive("/d/f")
    data = b"".join(stream)
    folder, about = made.get_archive("/d")
    _, link = made.get_archive("/link")
    pieces, _ = made.get_archive("/big", chunk_size=1 << 20)
    sizes = [len(piece) for piece in pieces]
    packed, _ = made.get_archive("/big", encode_stream=True)
    fixed = {name: value for name, value in stat.items() if name != "mtime"}
    return [
        listed(data),
        fixed,
        sorted(stat),
        listed(b"".join(folder)),
        [about["name"], about["mode"]],
        [link["name"], link["linkTarget"]],
        sum(sizes),
        max(sizes) <= 1 << 20,
        len(b"".join(packed)),
        side.fails(made.get_archive, "/absent"),
        side.fails(made.get_archive, ""),
        side.fails(side.api.get_archive, side.called("absent"), "/"),
    ]


@CASES
def exporting(side: Side) -> Any:
    made = side.ended("touch /made-here")
    with tarfile.open(fileobj=io.BytesIO(b"".join(made.export()))) as tar:
        names = sorted(tar.getnames())
    small = [len(piece) for piece in made.export(chunk_size=4096)]
    return [
        names,
        max(small),
        sum(small),
        side.fails(lambda: list(side.api.export(side.called("absent")))),
    ]


@CASES
def differing(side: Side) -> Any:
    made = side.ended(["sh", "-c", "touch /new; rm /etc/passwd; echo x >> /etc/group"])
    none = side.client.containers.create(
        "busybox:latest", "true", name=side.called("n"), labels=side.labels
    )
    found = sorted(made.diff(), key=lambda change: change["Path"])
    return [found, none.diff(), side.fails(side.api.diff, side.called("absent"))]


@CASES
def committing(side: Side) -> Any:
    made = side.up(["sh", "-c", "echo kept > /kept; sleep 1000"])
    image = made.commit(
        side.called("image"),
        "tag",
        message="a message",
        author="someone",
        changes=["ENV X=1", "LABEL made=here"],
        conf={"Cmd": ["cat", "/kept"]},
    )
    quick = side.api.commit(made.id, repository=side.called("second"), pause=False)
    return [
        image.tags,
        image.attrs["Comment"],
        image.attrs["Author"],
        image.attrs["Config"]["Cmd"],
        image.attrs["Config"]["Labels"].get("made"),
        "X=1" in image.attrs["Config"]["Env"],
        sorted(quick),
        side.client.images.get(side.called("second")).tags,
        side.fails(made.commit, "Not/Valid"),
        side.fails(made.commit, side.called("x"), changes=["NONSENSE"]),
        side.fails(side.api.commit, side.called("absent")),
    ]
