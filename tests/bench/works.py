"""The works: what each is counted in, how large it is for whom, and what the raw reader does in its place."""

from __future__ import annotations

from typing import List, NamedTuple, Tuple

ORIGINALS = ("docker-py", "dockerode")
EVERYBODY = ("limit", "docker-py", "dockline", "aio", "dockerode", "node")
PYTHON = ("docker-py", "dockline", "aio")
EVERY_CLIENT = (*PYTHON, "dockerode", "node")


class Work(NamedTuple):
    """One work."""

    name: str
    about: str
    unit: str
    #: What amounts are divided by to give the unit.
    divisor: float = 1
    #: Size for ours and for the originals; streams of a work are this long.
    size: int = 1
    short: int = 1
    limit: List[str] = []
    clients: Tuple[str, ...] = EVERYBODY
    #: Whether a rate is wanted, CPU time of a unit, or an amount itself.
    kind: str = "rate"
    rounds: int = 0

    @property
    def is_real(self) -> bool:
        """Whether a real engine does it."""
        return self.name.startswith("real_")

    @property
    def program(self) -> str:
        """What the clients call it: the same for either engine."""
        return self.name[len("real_") :] if self.is_real else self.name


MIB = 1 << 20
#: Bytes of what a real engine archives and floods: lines of 80.
DATA = 256_000_000
WORKS = [
    Work("ping", "ping, one after another", "op", 1, 12_000, 2000, ["calls", "50000", "/_ping"]),
    Work("inspect", "inspect one container (5 KB)", "op", 1, 5000, 1500, ["calls", "20000", "/containers/c1/json"]),
    Work("list_1000", "list of 1000 to native objects", "item", 1, 20, 10, ["calls", "30", "/containers/json"], kind="cpu"),
    Work("list_objects", "containers.list() of 100, each inspected", "item", 1, 40, 4, [], PYTHON),
    Work("log_lines", "logs, 80-byte lines, a chunk per frame", "line", 1, 1_250_000, 100_000,
         ["logs", "/containers/lines-1250000/logs"]),
    Work("log_frames", "logs, 16 KiB frames", "MB", 1e6, 1, 1, ["frames", "/containers/frames/logs"]),
    Work("exec_lines", "exec flood, 80-byte lines", "line", 1, 1_250_000, 60_000,
         ["read", "POST", "/exec/flood-1250000/start"]),
    Work("exec_echo", "exec echo, 64 bytes to and fro", "op", 1, 10_000, 10_000, [], EVERY_CLIENT),
    Work("exec_behind", "exec, 8 KiB behind the 101, complete of 1000", "", 1, 1000, 1000, [],
         EVERY_CLIENT, "amount", 1),
    Work("get_archive", "get_archive", "MB", 1e6, 1, 1, ["read", "GET", "/containers/c1/archive"]),
    Work("put_archive", "put_archive", "MB", 1e6, 1, 1, ["put", str(512 * MIB), "/containers/c1/archive"]),
    Work("events", "events, decoded", "event", 1, 1, 1, ["read", "GET", "/events"]),
    Work("stats", "stats, decoded", "sample", 1, 1, 1, ["read", "GET", "/containers/c1/stats"]),
    Work("pull", "pull progress, decoded", "line", 1, 1, 1, ["read", "POST", "/images/create"]),
    Work("build", "build context of 10,000 files", "file", 1, 10_000, 10_000, []),
    Work("imports", "import, CPU over the bare interpreter", "ms", 1e-3, 1, 1, [], kind="cpu", rounds=1),
    Work("imports_used", "import and the client's class", "ms", 1e-3, 1, 1, [], kind="cpu", rounds=1),
    Work("imports_ping", "import, from_env() and a ping", "ms", 1e-3, 1, 1, [], PYTHON, kind="cpu", rounds=1),
    Work("followers", "500 log followers, lines of 3 s", "line", 1, 500, 500, [], kind="whole", rounds=1),
    Work("pause", "paused reader, read ahead", "KiB", 1024, 1, 1, [], EVERY_CLIENT, "amount", 1),
    Work("two_gb", "2 GB of logs, 16 KiB frames", "MB", 1e6, 1, 1, [], ("dockline", "aio", "node"), rounds=1),
    Work("log_whole", "logs() of 256 MiB in one piece", "MB", 1e6, 1, 1, [], rounds=1),
]  # fmt: skip
LOGS = "/containers/lines-100000/logs?stdout=1&stderr=1&follow=1"
#: For a real engine everybody gets the same size: what is looked at is the time of the whole.
REAL = [
    Work("real_ping", "1000 pings", "op", 1, 1000, 1000, ["calls", "1000", "/_ping"]),
    Work("real_inspect", "500 times inspect one container", "op", 1, 500, 500),
    Work("real_list_objects", "3 times a list of 100 containers, each inspected", "item", 1, 3, 3, [], EVERY_CLIENT),
    Work("real_log_lines", "logs, 100,000 lines of 80 bytes, streamed", "line", 1, 100_000, 100_000, ["logs", LOGS]),
    Work("real_log_whole", "logs, 100,000 lines of 80 bytes, in one piece", "MB", 1e6),
    Work("real_exec_bytes", "exec flood of 256 MB", "MB", 1e6),
    Work("real_exec_echo", "5000 times 64 bytes to an exec and back", "op", 1, 5000, 5000, [], EVERY_CLIENT),
    Work("real_get_archive", "get_archive of 256 MB", "MB", 1e6, 1, 1, ["read", "GET", "/containers/c1/archive?path=/data"]),
    Work("real_put_archive", "put_archive of 256 MB", "MB", 1e6),
    Work("real_events", "40 times the last 256 events, decoded", "event", 1, 40, 40),
    Work("real_followers", "100 followers of a container that writes 10 lines a second for 3 s", "line", 1, 100, 100, [], EVERY_CLIENT),
    Work("real_pull", "pull of an image of 40 layers, progress decoded", "line", 1, 1, 1, [], EVERY_CLIENT),
    Work("real_build", "build context of 500 files, copied", "file", 1, 500, 500),
]  # fmt: skip
#: Containers of a real engine that have written so many lines.
WRITERS = {"lines-100000": 100_000, "whole": 100_000}
