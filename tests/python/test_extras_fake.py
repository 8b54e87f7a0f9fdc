"""What containers can do here beyond docker-py, against answers a real engine gives only now and then."""

from __future__ import annotations

import base64
import io
import json
import tarfile
from pathlib import Path
from typing import Any

import pytest

import dockline
from dockline import errors
from dockline.utils.tar_unpack import UnsafeArchive
from fake import FakeEngine

ID = "c" * 64


def answer(body: Any, **more: Any) -> dict[str, Any]:
    return {"status": 200, "body": {"json": body}, **more}


def inspected(health: str = "starting", **state: Any) -> dict[str, Any]:
    """What inspecting a container gives."""
    whole = {
        "Status": "running",
        "Running": True,
        "Health": {"Status": health},
        **state,
    }
    return answer(
        {
            "Id": ID,
            "Name": "/boat",
            "Path": "sh",
            "Args": ["-c", "row"],
            "State": whole,
            "Config": {"Image": "busybox", "Tty": False},
        }
    )


def engine_of(*routes: Any) -> FakeEngine:
    """Routes as (path, reply) or (path, reply, times)."""
    rows = [
        {
            "path": row[0],
            "reply": row[1],
            **({"times": row[2]} if len(row) == 3 else {}),
        }
        for row in routes
    ]
    return FakeEngine({"routes": rows})


def events(*actions: str, **faults: Any) -> dict[str, Any]:
    lines = [{"Type": "container", "Action": action, "id": ID} for action in actions]
    reply: dict[str, Any] = {"framing": "chunked", "body": {"json_lines": lines}}
    return {**reply, "faults": faults} if faults else reply


BROKEN = (errors.StreamBroken, errors.DaemonUnreachable)
CONTAINER = f"/containers/{ID}/json"


def boat(engine: FakeEngine) -> Any:
    client = dockline.DockerClient(engine.url, version="1.45")
    return client.containers.prepare_model({"Id": ID, "Name": "/boat"})


# ------------------------------------------------------------------ health


def test_it_listens_before_it_asks_and_asks_again_at_each_event() -> None:
    with engine_of(
        ("/events", events("start", "health_status: healthy")),
        (CONTAINER, inspected(), 2),
        (CONTAINER, inspected("healthy")),
    ) as engine:
        boat(engine).wait_healthy(timeout=30)
        asked = {"/_ping", "/version"}
        records = [one for one in engine.requests() if one["path"] not in asked]
        paths = [record["path"] for record in records]
        assert paths == ["/events", CONTAINER, CONTAINER, CONTAINER]
        (filters,) = [
            json.loads(value)
            for name, value in records[0]["query"]
            if name == "filters"
        ]
        assert filters["container"] == [ID]
        assert {"health_status", "die", "destroy"} <= set(filters["event"])


def test_events_that_end_or_break_are_told() -> None:
    for reply in (events("start"), events("start", cut={"after": 20, "how": "reset"})):
        with engine_of(("/events", reply), (CONTAINER, inspected())) as engine:
            with pytest.raises(BROKEN):
                boat(engine).wait_healthy(timeout=30)


def test_silence_ends_with_the_timeout() -> None:
    silent = {
        "framing": "chunked",
        "body": "",
        "faults": {"cut": {"after": 0, "how": "stall"}},
    }
    with engine_of(("/events", silent), (CONTAINER, inspected())) as engine:
        with pytest.raises(
            errors.RequestTimeout,
            match="boat is not healthy after 0.3 seconds, but starting",
        ):
            boat(engine).wait_healthy(timeout=0.3)


def test_a_container_that_is_removed() -> None:
    gone = {"status": 404, "body": {"json": {"message": f"No such container: {ID}"}}}
    with engine_of(
        ("/events", events("destroy")), (CONTAINER, inspected(), 1), (CONTAINER, gone)
    ) as engine:
        with pytest.raises(errors.NotFound):
            boat(engine).wait_healthy(timeout=30)


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ({"ExitCode": 137, "OOMKilled": True}, "memory"),
        ({"ExitCode": 137, "OOMKilled": False}, "SIGKILL"),
        ({"ExitCode": 139}, "SIGSEGV"),
        ({"ExitCode": 143}, "SIGTERM"),
        ({"ExitCode": 126}, "126"),
        ({"ExitCode": 127, "Error": "exec: row: not found"}, "not found"),
    ],
)
def test_how_it_died(state: dict[str, Any], said: str) -> None:
    logs = {"body": {"frames": [[1, "rowing\n"], [2, "leak\n"]]}}
    with engine_of(
        ("/events", events("die")),
        (CONTAINER, inspected(), 1),
        (f"/containers/{ID}/logs", logs),
        (CONTAINER, inspected(Status="exited", Running=False, **state)),
    ) as engine:
        with pytest.raises(errors.ContainerError) as caught:
            boat(engine).wait_healthy(timeout=30)
        error = caught.value
        assert said in f"{error.summary} {error.signal}"
        assert (error.stdout, error.stderr) == (b"rowing\n", b"leak\n")
        assert error.exit_status == state["ExitCode"]
        assert error.oom_killed == state.get("OOMKilled", False)
        assert error.state_error == state.get("Error")


def test_a_container_that_restarts_is_waited_for() -> None:
    with engine_of(
        ("/events", events("die", "start", "health_status: healthy")),
        (CONTAINER, inspected(), 1),
        (CONTAINER, inspected("unhealthy", Status="restarting", Restarting=True), 1),
        (CONTAINER, inspected(), 1),
        (CONTAINER, inspected("healthy")),
    ) as engine:
        boat(engine).wait_healthy()


# ------------------------------------------------------------------ exec


def test_an_exit_code_that_comes_late() -> None:
    upgraded = {
        "status": 101,
        "upgrade": {"close_after_body": True},
        "body": {"frames": [[1, "words"]]},
    }
    with engine_of(
        (f"/containers/{ID}/exec", answer({"Id": "e1"})),
        ("/exec/e1/start", upgraded),
        ("/exec/e1/json", answer({"ExitCode": None, "Running": True}), 3),
        ("/exec/e1/json", answer({"ExitCode": 9, "Running": False})),
    ) as engine:
        _, output = boat(engine).exec_run("true", stream=True)
        assert list(output) == [b"words"]
        assert output.exit_code == 9


# ------------------------------------------------------------------ archives


def archived(name: str, mode: int, *members: Any) -> dict[str, Any]:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        for member, link in members:
            info = tarfile.TarInfo(member)
            if link:
                info.type, info.linkname = tarfile.SYMTYPE, link
            elif member == name:
                info.type = tarfile.DIRTYPE
            tar.addfile(info)
    stat = {"name": name, "size": 0, "mode": mode, "mtime": "", "linkTarget": ""}
    header = base64.b64encode(json.dumps(stat).encode()).decode()
    return {
        "headers": {"X-Docker-Container-Path-Stat": header},
        "framing": "chunked",
        "body": {"base64": base64.b64encode(out.getvalue()).decode()},
    }


PLACE = f"/containers/{ID}/archive"
FOLDER = 1 << 31 | 0o755


def test_a_container_cannot_write_outside(tmp_path: Path) -> None:
    target = tmp_path / "target"
    target.mkdir()
    for members in (
        [("d", None), ("d/../../evil", None)],
        [("d", None), ("d/l", str(tmp_path)), ("d/l/evil", None)],
        [("d", None), ("/../evil", None)],
    ):
        with engine_of((PLACE, archived("d", FOLDER, *members))) as engine:
            with pytest.raises(UnsafeArchive):
                boat(engine).copy_from("/d", target)
        assert [path.name for path in tmp_path.iterdir()] == ["target"]


def test_an_archive_that_is_cut_raises(tmp_path: Path) -> None:
    reply = archived("d", FOLDER, ("d", None), ("d/f", None))
    for how in ("fin", "reset"):
        reply["faults"] = {"cut": {"after": 700, "how": how}}
        with engine_of((PLACE, reply)) as engine:
            container = boat(engine)
            with pytest.raises(BROKEN):
                container.copy_from("/d", tmp_path)
            archive, _ = container.get_archive("/d")
            with pytest.raises(BROKEN), archive:
                archive.read()


def test_leaving_an_archive_closes_the_connection() -> None:
    reply = {
        "framing": "chunked",
        "body": {"repeat": {"text": "x" * 100_000}, "count": 10_000},
    }
    with engine_of((PLACE, reply)) as engine:
        archive, stat = boat(engine).get_archive("/d")
        assert stat is None
        with archive:
            assert archive.read(3) == b"xxx"
            during = engine.connections()["open"]
        while engine.connections()["open"] >= during:
            pass
        assert list(archive) == []


# ------------------------------------------------------------------ lines and usage


def test_lines_keep_the_streams_apart() -> None:
    frames = [[1, "one "], [2, "bad "], [1, "line\ntwo"], [2, "line\n"], [1, "\n"]]
    logs = {"framing": "chunked", "body": {"frames": frames}}
    with engine_of(
        (CONTAINER, inspected()), (f"/containers/{ID}/logs", logs)
    ) as engine:
        container = boat(engine)
        assert container.logs(lines=True) == [b"one line", b"bad line", b"two"]
        pairs = list(container.logs(lines=True, demux=True, stream=True))
        assert pairs == [(b"one line", None), (None, b"bad line"), (b"two", None)]


def test_a_cut_stream_of_lines_raises() -> None:
    logs = {
        "framing": "chunked",
        "body": {"frames": [[1, "one\ntwo\nthree"]]},
        "faults": {"cut": {"after": 20, "how": "fin"}},
    }
    with engine_of(
        (CONTAINER, inspected()), (f"/containers/{ID}/logs", logs)
    ) as engine:
        with pytest.raises(errors.StreamBroken):
            boat(engine).logs(lines=True)


@pytest.mark.parametrize("count", [3, 20_000])
def test_batches_hold_what_arrived_together(count: int) -> None:
    frames = [[1, "one\n"], [1, "two\n"], [2, "bad\n"]]
    logs = {
        "framing": "chunked",
        "body": {"repeat": {"frames": frames}, "count": count},
    }
    rows = ((CONTAINER, inspected()), (f"/containers/{ID}/logs", logs))
    with engine_of(*rows) as engine:
        container = boat(engine)
        batches = list(container.logs(stream=True, batches=True))
        pairs = list(container.logs(stream=True, batches=True, demux=True))
    assert b"".join(batches) == b"one\ntwo\nbad\n" * count
    assert len(batches) < 3 * count
    assert max(map(len, batches)) <= 256 * 1024
    assert b"".join(out for out, _ in pairs if out) == b"one\ntwo\n" * count
    assert b"".join(err for _, err in pairs if err) == b"bad\n" * count
    assert all((out is None) != (err is None) for out, err in pairs)


def test_batches_of_a_terminal() -> None:
    logs = {"framing": "chunked", "body": {"repeat": {"text": "line\r\n"}, "count": 9}}
    found = inspected()
    found["body"]["json"]["Config"]["Tty"] = True
    rows = ((CONTAINER, found), (f"/containers/{ID}/logs", logs))
    with engine_of(*rows) as engine:
        container = boat(engine)
        batches = container.logs(stream=True, batches=True)
        assert b"".join(batches) == b"line\r\n" * 9
        pairs = list(container.logs(stream=True, batches=True, demux=True))
        assert {err for _, err in pairs} == {None}


def test_batches_are_checked_before_anything_is_sent() -> None:
    with engine_of() as engine:
        api = dockline.APIClient(engine.url, version="1.45")
        with pytest.raises(errors.InvalidArgument, match="stream=True"):
            api.logs("boat", batches=True)
        with pytest.raises(errors.InvalidArgument, match="lines exclude"):
            api.logs("boat", batches=True, stream=True, lines=True)
        with pytest.raises(errors.InvalidArgument, match="stream=True"):
            api.attach("boat", batches=True)
        with pytest.raises(errors.InvalidArgument, match="stream=True"):
            api.exec_start("run", batches=True)
        assert engine.requests() == []


def test_usage_skips_samples_without_a_time() -> None:
    def sample(read: str, used: int) -> dict[str, Any]:
        return {
            "read": read,
            "cpu_stats": {
                "cpu_usage": {"total_usage": used},
                "system_cpu_usage": used * 10 if used else 0,
                "online_cpus": 2,
            },
        }

    samples = [
        sample("2026-01-01T00:00:01Z", 1000),
        sample("0001-01-01T00:00:00Z", 0),
        sample("2026-01-01T00:00:02Z", 2000),
    ]
    stats = {"framing": "chunked", "body": {"json_lines": samples}}
    with engine_of(
        (CONTAINER, inspected()), (f"/containers/{ID}/stats", stats)
    ) as engine:
        assert boat(engine).usage().cpu_percent == pytest.approx(20.0)
        assert len(list(boat(engine).usage(stream=True))) == 1
