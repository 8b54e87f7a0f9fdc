"""What containers write, on real engines: run, logs and attach, with every keyword."""

from __future__ import annotations

import datetime as dt
from itertools import product
from typing import Any, Callable

import docker
import pytest
from results import IMAGE, Side, Table, Twins, pairs

import dockline

CASES = Table()
BOTH = ["sh", "-c", "echo out1; echo err1 >&2; echo out2; echo err2 >&2; echo end"]


@pytest.mark.parametrize("case", CASES)
def test_results(case: Callable[[Side], Any], twins: Twins) -> None:
    twins.compare(case)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("lib", [docker, dockline], ids=["docker", "dockline"])
def test_what_is_under_way_outlives_a_closed_client(lib: Any, engine: Any) -> None:
    client = lib.DockerClient(f"unix://{engine.socket}", version="auto")
    made = client.containers.run(
        IMAGE, ["sh", "-c", "echo a; read b; echo $b"], stdin_open=True, detach=True
    )
    try:
        lines = made.logs(stream=True, follow=True)
        socket = made.attach_socket(params={"stdin": 1, "stream": 1})
        assert next(lines) == b"a\n"
        client.close()
        socket._sock.sendall(b"words\n")
        assert list(lines) == [b"words\n"]
        socket.close()
    finally:
        made.remove(force=True)
        client.close()


def words(line: bytes) -> bytes:
    """A line without its time."""
    return line.rpartition(b" ")[2]


def joined(output: Any) -> Any:
    """All of an output, and whether it came as an iterator."""
    if isinstance(output, bytes):
        return ["bytes", sorted(output.splitlines(), key=words)]
    whole = b"".join(output)
    return ["items", sorted(whole.splitlines(), key=words)]


# ------------------------------------------------------------------ run


# docker-py removes before it has read: an engine that is busy may lose the output then.
@CASES.alone
def run_variants(side: Side) -> Any:
    run = side.client.containers.run
    own = {"labels": side.labels, "remove": True}
    return [
        run(IMAGE, "echo words", **own),
        run(IMAGE, ["echo", "a list"], **own),
        joined(run(IMAGE, BOTH, stdout=True, stderr=True, **own)),
        joined(run(IMAGE, BOTH, stdout=False, stderr=True, **own)),
        joined(run(IMAGE, BOTH, stream=True, **own)),
        run(IMAGE, "echo tty", tty=True, **own),
        run(IMAGE, "echo x", log_config={"type": "none"}, **own),
        run(
            side.client.images.get(IMAGE),
            "cat /proc/sys/kernel/hostname",
            hostname="deck",
            **own,
        ),
        run(IMAGE, "id -u", user=1000, **own),
        run(IMAGE, "pwd", working_dir="/etc", **own),
        run(IMAGE, "env", environment=["X=1"], entrypoint="env", **own).count(b"X=1"),
        run(IMAGE, "true", **own),
    ]


@CASES
def run_failures(side: Side) -> Any:
    run = side.client.containers.run
    own = {"labels": side.labels}
    return [
        side.fails(
            run,
            IMAGE,
            ["sh", "-c", "echo lost; echo words >&2; exit 3"],
            remove=True,
            **own,
        ),
        side.fails(run, IMAGE, ["sh", "-c", "exit 4"], **own),
        side.fails(run, IMAGE, ["sh", "-c", "kill -9 $$"], remove=True, **own),
        side.fails(run, IMAGE, ["sh", "-c", "exit 5"], stream=True, **own),
        side.fails(run, IMAGE, "/absent/program", **own),
        side.fails(run, IMAGE, "/etc/passwd", **own),
        side.fails(run, IMAGE, "true", working_dir="/etc/passwd", **own),
        side.fails(run, "absent-here.test/none:none", "true", **own)["class"],
        side.fails(run, IMAGE, "true", network="a", network_mode="host", **own),
        side.fails(run, IMAGE, "true", networking_config={}, **own),
        side.fails(run, IMAGE, "true", nonsense=1, **own),
        side.fails(run, IMAGE, "true", network="absent-network", **own),
    ]


@CASES
def run_detached(side: Side) -> Any:
    made = side.client.containers.run(
        IMAGE,
        "true",
        detach=True,
        remove=True,
        name=side.called("c"),
        labels=side.labels,
    )
    removal = made.attrs["HostConfig"]["AutoRemove"]
    return [side.kind(made), removal, made.name]


# ------------------------------------------------------------------ logs


@CASES
def logs_keywords(side: Side) -> Any:
    made = side.ended(BOTH)
    seen = []
    for stdout, stderr, stream, follow, stamps in product((True, False), repeat=5):
        if not (stdout or stderr):
            continue
        output = made.logs(
            stdout=stdout,
            stderr=stderr,
            stream=stream,
            follow=follow,
            timestamps=stamps,
        )
        seen.append(joined(output))
    return seen


@CASES
def logs_nothing_asked(side: Side) -> Any:
    made = side.ended(BOTH)
    return side.fails(made.logs, stdout=False, stderr=False)


@CASES
def logs_tail(side: Side) -> Any:
    made = side.ended(["sh", "-c", "for i in 1 2 3 4 5; do echo $i; done"])
    tails: list[Any] = ["all", 0, 1, 3, 99, -1, "2", "nonsense"]
    return [made.logs(tail=tail) for tail in tails]


@CASES
def logs_times(side: Side) -> Any:
    made = side.ended(["sh", "-c", "echo early; sleep 1.3; echo late"])
    stamps = [
        line.split(b" ")[0].decode() for line in made.logs(timestamps=True).splitlines()
    ]
    moments = [
        dt.datetime.fromisoformat(stamp[:23]).replace(tzinfo=dt.timezone.utc)
        for stamp in stamps
    ]
    middle = moments[0] + (moments[1] - moments[0]) / 2
    seconds = middle.timestamp()
    api = side.api
    return [
        made.logs(since=seconds),
        made.logs(until=seconds),
        made.logs(since=moments[0].timestamp() - 10, until=moments[1].timestamp() + 10),
        made.logs(since=int(moments[0].timestamp()) - 10),
        made.logs(
            since=dt.datetime.fromtimestamp(seconds - 60, dt.timezone.utc).replace(
                tzinfo=None
            )
        ),
        made.logs(
            until=dt.datetime.fromtimestamp(seconds - 60, dt.timezone.utc).replace(
                tzinfo=None
            )
        ),
        side.fails(made.logs, since="yesterday"),
        side.fails(made.logs, since=-1),
        side.fails(made.logs, until=[]),
        side.fails(api.logs, side.called("absent")),
    ]


@CASES
def logs_followed_live(side: Side) -> Any:
    made = side.up(["sh", "-c", "for i in 1 2 3; do echo $i; sleep 0.2; done"])
    stream = made.logs(stream=True)
    kind = side.kind(stream)
    return [kind, list(stream)]


@CASES
def logs_closed_early(side: Side) -> Any:
    made = side.up(["sh", "-c", "while :; do echo tick; sleep 0.1; done"])
    stream = made.logs(stream=True, follow=True)
    first = next(iter(stream))
    stream.close()
    return [first, list(stream)[:0]]


@CASES
def logs_of_a_terminal(side: Side) -> Any:
    made = side.ended(BOTH, tty=True)
    return [
        made.logs(),
        b"".join(made.logs(stream=True)),
        made.logs(tail=1),
        b"".join(made.logs(stream=True, follow=False, tail=2)),
    ]


@CASES
def logs_odd_bytes(side: Side) -> Any:
    program = r"printf '\000\001\377\376\r\n\303\251 no newline'; printf '' ; printf '\n\n'; head -c 200000 /dev/zero"
    made = side.ended(["sh", "-c", program])
    whole = made.logs()
    return [whole[:40], len(whole), b"".join(made.logs(stream=True)) == whole]


@CASES
def logs_low_level(side: Side) -> Any:
    made = side.ended(BOTH)
    api = side.api
    return [
        joined(api.logs(made.id)),
        joined(api.logs({"Id": made.id}, stream=True, stderr=False)),
        joined(api.logs(container=made.name, stderr=False)),
    ]


# ------------------------------------------------------------------ attach
# With logs=True the original loses what arrives together with the head of the answer: tests/python has that.


@CASES
def attach_live(side: Side) -> Any:
    made = side.client.containers.create(
        IMAGE, BOTH, name=side.called("c"), labels=side.labels
    )
    stream = made.attach(stream=True, stdout=True, stderr=True)
    made.start()
    return joined(stream)


@CASES
def attach_live_demux(side: Side) -> Any:
    made = side.client.containers.create(
        IMAGE, BOTH, name=side.called("c"), labels=side.labels
    )
    stream = made.attach(stream=True, demux=True)
    made.start()
    return pairs(stream)


@CASES
def attach_live_terminal(side: Side) -> Any:
    made = side.client.containers.create(
        IMAGE, BOTH, tty=True, name=side.called("c"), labels=side.labels
    )
    stream = made.attach(stream=True)
    made.start()
    return b"".join(stream)


@CASES
def attach_waits(side: Side) -> Any:
    # Only what is said once it is attached is had.
    made = side.up(["sh", "-c", "for i in $(seq 40); do sleep 0.1; echo late; done"])
    return [set(made.attach().splitlines()) == {b"late"}, made.wait()]


@CASES
def attach_socket(side: Side) -> Any:
    made = side.client.containers.create(
        IMAGE,
        ["sh", "-c", "read a; echo got $a"],
        stdin_open=True,
        name=side.called("c"),
        labels=side.labels,
    )
    socket = made.attach_socket(params={"stdin": 1, "stdout": 1, "stream": 1})
    made.start()
    socket._sock.sendall(b"words\n")
    read = side.lib.utils.socket
    frames = list(read.frames_iter(socket, tty=False))
    socket.close()
    return [
        type(socket).__name__,
        socket.mode,
        [[kind, bytes(data)] for kind, data in frames],
    ]


@CASES
def attach_refused(side: Side) -> Any:
    return [
        side.fails(side.api.attach, side.called("absent")),
        side.fails(side.api.attach, side.called("absent"), stream=True),
        side.fails(side.api.attach_socket, side.called("absent")),
        side.fails(side.api.attach, None),
    ]
