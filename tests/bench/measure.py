"""What one work cost its process: one JSON line."""

from __future__ import annotations

import json
import os
import resource
import socket
import sys
import time
from contextlib import contextmanager
from typing import Any, Callable, Dict, Iterator


def status(name: str) -> float:
    """Give a number of /proc/self/status: sizes in MiB, Threads as it is."""
    with open("/proc/self/status") as lines:
        for line in lines:
            if line.startswith(name + ":"):
                value = int(line.split()[1])
                return value if name == "Threads" else value / 1024
    return 0


def used() -> float:
    """User and system time of this process in seconds."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def written() -> int:
    """How many bytes the replaying engine has written to anybody."""
    with socket.socket(socket.AF_UNIX) as control:
        control.connect(os.environ["DOCKER_HOST"][len("unix://") :])
        control.sendall(
            b"GET /__fake/connections HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
        )
        answer = b"".join(iter(lambda: control.recv(65536), b""))
    return int(json.loads(answer[answer.index(b"{") :])["written"])


def settled(look: Callable[[], int]) -> int:
    """Give what `look` gives once that no longer changes."""
    last = -1
    while True:
        now = look()
        if now == last:
            return now
        last = now
        time.sleep(0.4)


class Work:
    """The measurement of one work."""

    def __init__(self) -> None:
        self.amount = 0
        self.threads: float = 0
        self.extra: Dict[str, Any] = {}

    def note_threads(self) -> None:
        """Look at the number of threads now."""
        self.threads = max(self.threads, status("Threads"))


@contextmanager
def measured() -> Iterator[Work]:
    """Measure the block; the block sets `amount`."""
    work = Work()
    with open("/proc/self/clear_refs", "w") as file:
        file.write("5")
    idle = status("VmRSS")
    wall, cpu = time.perf_counter(), used()
    yield work
    wall, cpu = time.perf_counter() - wall, used() - cpu
    work.note_threads()
    row = {"amount": work.amount, "wall": wall, "cpu": cpu, "idle": idle}
    row.update(peak=status("VmHWM"), threads=work.threads, **work.extra)
    print(json.dumps(row))
    sys.stdout.flush()
    # Nothing after this line is part of the work.
    os._exit(0)
