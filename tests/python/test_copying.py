"""Archives that mean no good, archives that are packed on the fly, lines, and samples of nonsense: no engine needed."""

from __future__ import annotations

import copy
import io
import os
import random
import stat
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import Any, Optional

import pytest

from dockline import errors
from dockline.api._archive import Archive
from dockline.api._lines import Lines
from dockline.utils.tar_pack import pack
from dockline.utils.tar_unpack import UnsafeArchive, unpack
from dockline.utils.usage import Usage, sample_time, usage_between
from fake import FakeEngine


def member(
    name: str,
    kind: bytes = tarfile.REGTYPE,
    link: str = "",
    mode: int = 0o644,
    data: bytes = b"x",
) -> Any:
    info = tarfile.TarInfo(name)
    info.type, info.linkname, info.mode = kind, link, mode
    info.size = len(data) if kind == tarfile.REGTYPE else 0
    return info, io.BytesIO(data)


def archive(*members: Any) -> io.BytesIO:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for info, data in members:
            tar.addfile(info, data if info.size else None)
    return io.BytesIO(out.getvalue())


DIR, SYM, LNK = tarfile.DIRTYPE, tarfile.SYMTYPE, tarfile.LNKTYPE


# ------------------------------------------------------------------ unpacking


@pytest.mark.parametrize(
    "members",
    [
        [member("../evil")],
        [member("top/../../evil")],
        [member("..", DIR)],
        [member("top", DIR), member("top/l", SYM, "/etc"), member("top/l/evil")],
        [member("top", DIR), member("top/l", SYM, "../.."), member("top/l/evil")],
        [member("top", DIR), member("top/l", SYM, "../../outside")],
        [member("top", DIR), member("top/h", LNK, "../outside/secret")],
        [member("top", DIR), member("top/h", LNK, "/etc/passwd")],
        [
            member("top", DIR),
            member("top/a", SYM, "."),
            member("top/a/b", SYM, "../../outside"),
            member("top/a/b/evil"),
        ],
        [member("top", DIR), member("top/l", SYM, "f"), member("top/h", LNK, "top/l")],
        [member("top/null", tarfile.CHRTYPE)],
        [member("top/pipe", tarfile.FIFOTYPE)],
        [member("top", SYM, "../outside"), member("top/evil")],
        [member("top", SYM, "/etc")],
    ],
)
def test_nothing_is_written_outside(members: list[Any], tmp_path: Path) -> None:
    outside, inside = tmp_path / "outside", tmp_path / "inside"
    outside.mkdir()
    inside.mkdir()
    (outside / "secret").write_text("mine")
    with pytest.raises(UnsafeArchive):
        unpack(archive(*members), str(inside), "top", "here")
    assert sorted(path.name for path in outside.iterdir()) == ["secret"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["inside", "outside"]
    assert (outside / "secret").read_text() == "mine"


def test_links_that_are_there_already_are_not_followed_out(tmp_path: Path) -> None:
    outside, inside = tmp_path / "outside", tmp_path / "inside"
    outside.mkdir()
    inside.mkdir()
    (inside / "way").symlink_to(outside)
    (inside / "file").symlink_to(outside / "target")
    with pytest.raises(UnsafeArchive):
        unpack(
            archive(member("top", DIR), member("top/way/evil")), str(inside), "top", ""
        )
    unpack(archive(member("top", DIR), member("top/file")), str(inside), "top", "")
    assert list(outside.iterdir()) == []
    assert not (inside / "file").is_symlink()


def test_modes_times_and_renaming(tmp_path: Path) -> None:
    info, data = member("top/run", mode=0o6777)
    info.mtime = 1_000_000_000
    count = unpack(
        archive(
            member("top", DIR, mode=0o000),
            (info, data),
            member("top/quiet", mode=0o011),
            member("/top/absolute"),
            member("top/soft", SYM, "run"),
            member("top/hard", LNK, "top/run"),
        ),
        str(tmp_path),
        "top",
        "renamed",
    )
    assert count == 6
    made = tmp_path / "renamed"
    assert stat.S_IMODE((made / "run").stat().st_mode) == 0o755
    assert stat.S_IMODE((made / "quiet").stat().st_mode) == 0o600
    assert (made / "run").stat().st_mtime == 1_000_000_000
    assert (made / "hard").stat().st_ino == (made / "run").stat().st_ino
    assert os.readlink(made / "soft") == "run"
    assert (made / "absolute").read_text() == "x"


def test_a_cut_archive_raises(tmp_path: Path) -> None:
    whole = archive(member("top", data=b"y" * 5000)).getvalue()
    for size in (700, 2000, 5000):
        with pytest.raises(tarfile.TarError):
            unpack(io.BytesIO(whole[:size]), str(tmp_path), "top", "cut")


# ------------------------------------------------------------------ packing


def test_packing_and_unpacking(tmp_path: Path) -> None:
    source = tmp_path / "source"
    (source / ("long" * 40) / "deep").mkdir(parents=True)
    (source / ("long" * 40) / "deep" / "ünï").write_bytes(os.urandom(300_001))
    (source / "empty").touch()
    (source / "block").write_bytes(b"b" * 512)
    (source / "link").symlink_to("block")
    os.link(source / "block", source / "twin")
    os.mkfifo(source / "pipe")
    data = b"".join(pack(str(source), "top"))
    assert len(data) % 512 == 0
    target = tmp_path / "target"
    target.mkdir()
    unpack(io.BytesIO(data), str(target), "top", "")
    again = sorted(str(path.relative_to(target)) for path in target.rglob("*"))
    assert again == sorted(
        str(path.relative_to(source))
        for path in source.rglob("*")
        if path.name != "pipe"
    )
    assert (target / "twin").stat().st_nlink == 2
    deep = Path("long" * 40, "deep", "ünï")
    assert (target / deep).read_bytes() == (source / deep).read_bytes()


def test_a_file_that_shrinks_raises(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"x" * 1_000_000)
    packing = pack(str(path), "file")
    next(packing)
    next(packing)
    path.write_bytes(b"")
    with pytest.raises(OSError, match="shorter"):
        list(packing)


# ------------------------------------------------------------------ reading


@pytest.mark.parametrize("seed", range(20))
def test_an_archive_read_in_any_way_loses_nothing(seed: int) -> None:
    chance = random.Random(seed)
    data = chance.randbytes(5000)
    cuts = sorted(chance.sample(range(5000), 20))
    pieces = [data[begin:end] for begin, end in zip([0, *cuts], [*cuts, 5000])]
    reading = Archive(iter(pieces), None)
    got = b""
    while True:
        piece: Any = (
            reading.read(chance.randrange(1, 900))
            if chance.random() < 0.7
            else next(reading, b"")
        )
        if not piece:
            break
        got += piece
    assert got == data


@pytest.mark.parametrize("size", [1, 2, 3, 5, 100])
def test_lines_cut_anywhere(size: int) -> None:
    text = b"one\n\ntwo \r\n\xff\x00three\nlast"
    pieces = [text[at : at + size] for at in range(0, len(text), size)]
    expected = [b"one", b"", b"two \r", b"\xff\x00three", b"last"]
    assert list(Lines(iter(pieces), demux=False)) == expected
    mixed = [pair for piece in pieces for pair in ((piece, None), (None, piece))]
    both = list(Lines(iter(mixed), demux=True))
    assert [out for out, err in both if err is None] == expected
    assert [err for out, err in both if out is None] == expected
    terminal = text.replace(b"\n", b"\r\n")
    pieces = [terminal[at : at + size] for at in range(0, len(terminal), size)]
    assert list(Lines(iter(pieces), demux=False, end=b"\r\n")) == expected


def test_a_line_without_end_is_given_up() -> None:
    with pytest.raises(errors.StreamBroken):
        list(Lines(iter([b"x" * (1 << 20)] * 17), demux=False))


# ------------------------------------------------------------------ usage


def sample(second: float, cpu: int = 0, system: int = 0, **more: Any) -> dict[str, Any]:
    return {
        "read": f"2026-01-01T00:00:{second:09.6f}789Z",
        "cpu_stats": {
            "cpu_usage": {"total_usage": cpu},
            "system_cpu_usage": system,
            "online_cpus": 4,
        },
        **more,
    }


def test_cpu() -> None:
    before, now = sample(1, 10**9, 100 * 10**9), sample(2, 2 * 10**9, 104 * 10**9)
    assert usage_between(before, now).cpu_percent == pytest.approx(100.0)
    assert usage_between(before, now).cpus == 4
    # Set back by a restart: what was used since counts.
    assert usage_between(
        sample(1, 10**12, 10**9), sample(2, 10**9, 5 * 10**9)
    ).cpu_percent == pytest.approx(100.0)
    # No time of the system: the time between the samples.
    now["cpu_stats"].pop("system_cpu_usage")
    assert usage_between(before, now).cpu_percent == pytest.approx(100.0)
    # Never more than there are CPUs.
    assert (
        usage_between(before, sample(1.5, 10**15, 100 * 10**9 + 1)).cpu_percent == 400.0
    )


@pytest.mark.parametrize(
    ("memory", "expected"),
    [
        (
            {
                "usage": 1000,
                "stats": {"total_inactive_file": 300, "inactive_file": 1},
                "limit": 2000,
            },
            700,
        ),
        ({"usage": 1000, "stats": {"inactive_file": 400}, "limit": 2000}, 600),
        ({"usage": 1000, "stats": {"inactive_file": 4000}, "limit": 2000}, 1000),
        ({"usage": 1000, "limit": 2000}, 1000),
        ({"privateworkingset": 50}, 50),
        ({}, None),
        ({"usage": "nonsense", "limit": None}, None),
        (None, None),
    ],
)
def test_memory(memory: Any, expected: Optional[int]) -> None:
    found = usage_between(None, sample(1, memory_stats=memory))
    assert found.memory == expected
    percent = expected / 20 if expected and "limit" in memory else None
    assert found.memory_percent == percent


def test_rates_and_counters_that_are_set_back() -> None:
    def at(second: float, rx: int, read: int) -> dict[str, Any]:
        entries = [
            {"op": "Read", "value": read},
            {"op": "write", "value": 2 * read},
            {"op": "Sync", "value": 99},
        ]
        networks = {
            "eth0": {"rx_bytes": rx, "tx_bytes": 2 * rx},
            "eth1": {"rx_bytes": 0, "tx_bytes": 0},
        }
        return sample(
            second,
            networks=networks,
            blkio_stats={"io_service_bytes_recursive": entries},
        )

    found = usage_between(at(1, 1000, 500), at(3, 5000, 700))
    assert (found.network_receive_rate, found.network_send_rate) == (2000, 4000)
    assert (found.disk_read_rate, found.disk_write_rate) == (100, 200)
    assert (found.network_received, found.disk_written) == (5000, 1400)
    found = usage_between(at(1, 10**9, 10**9), at(2, 300, 40))
    assert (found.network_receive_rate, found.disk_read_rate) == (300, 40)
    found = usage_between(at(3, 1, 1), at(2, 9, 9))  # a clock that went backwards
    assert found.network_receive_rate is None
    assert found.network_received == 9


NONSENSE: list[Any] = [
    None,
    "x",
    -1,
    float("nan"),
    float("inf"),
    10**30,
    [],
    {},
    True,
    [None],
    {"a": None},
]


@pytest.mark.parametrize("seed", range(30))
def test_nonsense_gives_none_and_never_raises(seed: int) -> None:
    chance = random.Random(seed)
    whole = sample(
        1,
        5,
        5,
        memory_stats={"usage": 1, "limit": 2, "stats": {"inactive_file": 1}},
        networks={"eth0": {"rx_bytes": 1, "tx_bytes": 1}},
        blkio_stats={"io_service_bytes_recursive": [{"op": "read", "value": 1}]},
        pids_stats={"current": 1},
        num_procs=0,
    )

    def spoil(value: Any) -> Any:
        if chance.random() < 0.15:
            return chance.choice(NONSENSE)
        if isinstance(value, dict):
            return {name: spoil(item) for name, item in value.items()}
        if isinstance(value, list):
            return [spoil(item) for item in value]
        return value

    for _ in range(50):
        before, now = spoil(copy.deepcopy(whole)), spoil(copy.deepcopy(whole))
        if isinstance(now, dict):
            found = usage_between(before if isinstance(before, dict) else None, now)
            assert isinstance(found, Usage)
            assert all(value is None or value == value for value in found)  # noqa: PLR0124 - no NaN


def test_times() -> None:
    assert sample_time({"read": "0001-01-01T00:00:00Z"}) is None
    assert sample_time({"read": "2026-01-01T00:00:00Z"}) is not None
    assert sample_time({"read": "2026-01-01T00:00:00.5+02:00"}).hour == 0  # type: ignore[union-attr]
    assert sample_time({"read": "yesterday, about nine"}) is None
    assert sample_time(None) is None


# ------------------------------------------------------------------ memory

_UPLOAD = """
import resource, sys
import dockline
client = dockline.APIClient(sys.argv[1], version="1.45")
piece = bytes(256 * 1024)
def pieces():
    for _ in range(1024):
        yield piece
client.put_archive("c", "/tmp", iter([piece]))
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
assert client.put_archive("c", "/tmp", pieces())
list(client.load_image(pieces()))
client.import_image(pieces(), repository="r")
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


def test_uploads_of_256_mib_do_not_grow_the_process() -> None:
    with FakeEngine({"default": {"status": 200, "body": {"json": {}}}}) as engine:
        done = subprocess.run(
            [sys.executable, "-c", _UPLOAD, engine.url],
            capture_output=True,
            text=True,
            timeout=120,
            check=True,
        )
        sizes = [record["body_length"] for record in engine.requests()]
        assert [size for size in sizes if size > 1 << 20] == [256 << 20] * 3
    assert int(done.stdout) < 32 * 1024  # KiB
