"""Containers on real engines: changing and ending them."""

from __future__ import annotations

from typing import Any, Callable

import pytest
from results import IMAGE, LABEL, SLEEP, Side, Table, Twins, picked

CASES = Table()


@pytest.mark.parametrize("case", CASES)
def test_results(case: Callable[[Side], Any], twins: Twins) -> None:
    twins.compare(case)


def state(container: Any) -> list[Any]:
    container.reload()
    return [
        container.status,
        container.attrs["State"]["ExitCode"],
        container.attrs["State"]["Running"],
    ]


def sleeps(container: Any) -> bool:
    """Whether it is what runs there: first there is the runtime's own process."""
    return any(row[-1] == "sleep 1000" for row in container.top()["Processes"])


# ------------------------------------------------------------------ change


@CASES
def life(side: Side) -> Any:
    made = side.client.containers.create(
        IMAGE, SLEEP, name=side.called("c"), labels=side.labels
    )
    seen = [state(made)]
    for step in ("start", "pause", "unpause", "restart", "stop", "start", "kill"):
        kwargs = {"timeout": 5} if step in {"restart", "stop"} else {}
        seen.append([step, getattr(made, step)(**kwargs)])
        # It has started before its command has: until then a signal ends the runtime's own process, which says 2.
        while step in {"start", "restart"} and not sleeps(made):
            pass
        if step == "kill":
            seen.append(made.wait())
        seen.append(state(made))
    seen.append(made.remove())
    seen.append(side.fails(made.reload))
    return seen


@CASES
def wrong_moment(side: Side) -> Any:
    made = side.ended("true")
    running = side.up(suffix="up")
    return [
        side.fails(made.pause),
        side.fails(made.kill),
        side.fails(made.unpause),
        side.fails(made.exec_run, "true"),
        side.fails(made.stop),
        side.fails(made.top),
        side.fails(running.start),
        side.fails(running.remove),
        side.fails(running.unpause),
        side.fails(made.rename, side.called("up")),
        side.fails(made.rename, "not/valid"),
        side.fails(running.update, mem_limit="1k"),
        side.fails(running.kill, "SIGNONSENSE"),
    ]


@CASES
def signals(side: Side) -> Any:
    trap = [
        "sh",
        "-c",
        "trap 'exit 7' USR1; trap 'exit 8' HUP; echo ready; while :; do sleep 0.1; done",
    ]
    seen = []
    for suffix, signal in (("one", "SIGUSR1"), ("two", 1), ("three", "KILL")):
        made = side.up(trap, suffix)
        for _ in made.logs(stream=True):
            break
        made.kill(signal=signal)
        seen.append(made.wait())
    return seen


@CASES
def waiting(side: Side) -> Any:
    made = side.ended(["sh", "-c", "exit 42"])
    fresh = side.client.containers.create(
        IMAGE, "true", name=side.called("n"), labels=side.labels
    )
    running = side.up(suffix="up")
    error = side.fails(running.wait, timeout=1)
    # It lasts until it is waited for: engines never answer who asks while it is being removed.
    leaving = side.up(["sleep", "2"], suffix="r", auto_remove=True)
    side.fails(leaving.wait, condition="removed", timeout=60)
    return [
        made.wait(),
        made.wait(condition="not-running", timeout=20),
        fresh.wait(),
        # Its class is told in tests/python: the original's is not the one it documents.
        "timed out" in error["text"],
        side.fails(made.wait, condition="nonsense"),
        side.fails(side.api.wait, side.called("absent")),
    ]


@CASES
def rename_and_update(side: Side) -> Any:
    made = side.up()
    seen = [made.rename(side.called("other")), made.name]
    made.reload()
    seen += [
        made.name,
        made.update(mem_limit="64m", memswap_limit="64m", cpu_shares=256),
    ]
    seen.append(
        made.update(restart_policy={"Name": "on-failure", "MaximumRetryCount": 1})
    )
    made.reload()
    paths = ("HostConfig.Memory", "HostConfig.CpuShares", "HostConfig.RestartPolicy")
    return [*seen, picked(made.attrs, *paths)]


@CASES
def processes(side: Side) -> Any:
    made = side.up(["sleep", "1000"])
    while not sleeps(made):
        pass
    plain = made.top()
    chosen = made.top(ps_args="-o pid,args")
    return [
        plain["Titles"],
        [row[-1] for row in plain["Processes"]],
        chosen["Titles"],
        [row[1:] for row in chosen["Processes"]],
        side.fails(made.top, ps_args="nonsense"),
    ]


@CASES
def resizing(side: Side) -> Any:
    made = side.up(
        [
            "sh",
            "-c",
            "trap 'echo resized' WINCH; while :; do echo tick; sleep 0.1; done",
        ],
        tty=True,
    )
    seen = made.resize(30, 100)
    text = b""
    for height, piece in enumerate(made.logs(stream=True)):
        text += piece
        if b"resized" in text:
            break
        made.resize(height=height + 1, width=100)
    return [seen, side.fails(side.ended("true", "gone").resize, 1, 2)]


@CASES
def statistics(side: Side) -> Any:
    made = side.up()
    one = made.stats(stream=False)
    quick = made.stats(stream=False, one_shot=True)
    decoded = made.stats(decode=True)
    first = next(iter(decoded))
    decoded.close()
    raw = made.stats(stream=True)
    line = next(iter(raw))
    raw.close()
    return [
        sorted(one),
        one["name"],
        sorted(one["cpu_stats"]),
        sorted(quick),
        quick["precpu_stats"]["cpu_usage"]["total_usage"],
        sorted(first),
        line.endswith(b"\n"),
        type(line).__name__,
        side.fails(made.stats, decode=True, stream=False),
        side.fails(made.stats, one_shot=True),
    ]


@CASES
def removing(side: Side) -> Any:
    made = side.client.containers.create(
        IMAGE, "true", name=side.called("c"), labels=side.labels, volumes=["/anonymous"]
    )
    volume = made.attrs["Mounts"][0]["Source"].split("/")[-2]
    running = side.up(suffix="up")
    return [
        made.remove(v=True),
        side.fails(side.client.volumes.get, volume)["status_code"],
        side.fails(running.remove, link=True),
        running.remove(force=True),
        side.fails(running.remove),
    ]


@CASES.alone
def pruning(side: Side) -> Any:
    side.ended("true", suffix="one")
    side.up(suffix="two")
    mine = {"label": f"{LABEL}={side.prefix}"}
    done = side.client.containers.prune(filters=mine)
    left = side.client.containers.list(all=True, filters=mine)
    return [
        len(done["ContainersDeleted"]),
        sorted(done),
        [one.name for one in left],
        side.client.containers.prune(filters=mine),
        side.fails(side.client.containers.prune, filters={"nonsense": "x"}),
    ]


@CASES
def links_and_ports(side: Side) -> Any:
    made = side.up(ports={"80/tcp": ("127.0.0.1", None)})
    made.reload()
    linked = side.up(["cat", "/etc/hosts"], suffix="l", links={made.name: "harbour"})
    linked.wait()
    ports = side.api.port(made.id, 80)
    return [
        sorted(made.ports),
        [one["HostIp"] for one in ports],
        ports[0]["HostPort"].isdigit(),
        side.api.port(made.id, "80/udp"),
        b"harbour" in linked.logs(),
    ]
