"""Processes, mounts and namespaces: start them apart, find them again, end only our own.

A process is remembered by pid, start time and boot, so a pid that was given to somebody else is
never signalled.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import signal
import subprocess
import time
from pathlib import Path
from typing import Any, Callable, Dict, Iterator, List, Optional

from layout import BASE, HarnessError, Place
from packages import run

Identity = Dict[str, Any]


def boot() -> str:
    """Name this boot of the machine."""
    return Path("/proc/sys/kernel/random/boot_id").read_text().strip()


def stat_fields(pid: int) -> Optional[List[str]]:
    """The fields of /proc/PID/stat after the command's name, or nothing for a pid without a process."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (OSError, ValueError):
        return None


def identify(pid: int) -> Identity:
    """Describe a living process so that it can be told from a later one with the same pid."""
    fields = stat_fields(pid)
    if fields is None:
        raise HarnessError(f"process {pid} ended at once")
    return {"pid": pid, "start": fields[19], "boot": boot()}


def is_alive(identity: Optional[Identity]) -> bool:
    """Tell whether that very process still runs (a zombie does not)."""
    if not identity or identity["boot"] != boot():
        return False
    fields = stat_fields(identity["pid"])
    return (
        fields is not None and fields[19] == identity["start"] and fields[0] not in "ZX"
    )


def is_running(pid: int) -> bool:
    """Tell whether a process with this pid runs now (a zombie does not)."""
    fields = stat_fields(pid)
    return fields is not None and fields[0] not in "ZX"


def is_stopped(identity: Optional[Identity]) -> bool:
    """Tell whether the process is held by SIGSTOP."""
    if not identity or not is_alive(identity):
        return False
    fields = stat_fields(identity["pid"])
    return fields is not None and fields[0] in "tT"


def send(identity: Optional[Identity], what: signal.Signals) -> None:
    """Signal that very process, if it is still there."""
    if identity and is_alive(identity):
        with contextlib.suppress(ProcessLookupError):
            os.kill(identity["pid"], what)


def end(identity: Optional[Identity], patience: float = 20.0) -> None:
    """Ask a process to end, wait for it, and kill it when it does not."""
    send(identity, signal.SIGCONT)
    send(identity, signal.SIGTERM)
    if not wait_until(lambda: not is_alive(identity), patience):
        send(identity, signal.SIGKILL)
        wait_until(lambda: not is_alive(identity), 10.0)


def wait_until(condition: Callable[[], bool], patience: float) -> bool:
    """Poll until the condition holds; false when it did not within the given seconds."""
    deadline = time.monotonic() + patience
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def spawn(command: List[str], env: Dict[str, str], log: Path) -> Identity:
    """Start a program in a session of its own, its output appended to a log."""
    with open(log, "ab") as output:
        child = subprocess.Popen(
            command,
            env=env,
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    return identify(child.pid)


def inside(place: Place, command: List[str]) -> List[str]:
    """The command as it runs in the engine's network namespace."""
    return ["nsenter", f"--net={place.namespace_file}", *command]


def make_namespace(place: Place) -> None:
    """Make the engine's network namespace with loopback up."""
    if place.namespace_file.exists():
        remove_namespace(place)
    run(["ip", "netns", "add", place.namespace])
    run(inside(place, ["ip", "link", "set", "lo", "up"]))


def remove_namespace(place: Place) -> None:
    """Delete the namespace, also one left from before a reboot."""
    if place.namespace_file.exists():
        with contextlib.suppress(HarnessError):
            run(["ip", "netns", "delete", place.namespace])
        with contextlib.suppress(OSError):
            place.namespace_file.unlink()


def kill_cgroup(name: str) -> None:
    """Kill every process of containers below a cgroup and remove the groups."""
    tops = list(Path("/sys/fs/cgroup").glob(f"*/{name}"))
    tops += list(Path("/sys/fs/cgroup").glob(name))
    for top in tops:
        for procs in sorted(
            top.rglob("cgroup.procs"), key=lambda path: -len(path.parts)
        ):
            with contextlib.suppress(OSError):
                thaw(procs.parent)
                for pid in procs.read_text().split():
                    os.kill(int(pid), signal.SIGKILL)
    for top in tops:
        folders = [path for path in top.rglob("*") if path.is_dir()]
        for folder in [*sorted(folders, key=lambda path: -len(path.parts)), top]:
            wait_until(lambda folder=folder: try_rmdir(folder), 10.0)  # type: ignore[misc]


def thaw(folder: Path) -> None:
    """Let a paused container's processes receive the kill."""
    for name, word in (("freezer.state", "THAWED"), ("cgroup.freeze", "0")):
        if (folder / name).exists():
            (folder / name).write_text(word)


def try_rmdir(folder: Path) -> bool:
    """Remove a cgroup; false while a process is still leaving it."""
    try:
        folder.rmdir()
    except FileNotFoundError:
        return True
    except OSError:
        return False
    return True


def kill_mentioning(text: str) -> None:
    """Kill processes with a path of ours in their command line, shims, containerd, proxies, and see them dead."""
    killed = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit() or int(entry.name) == os.getpid():
            continue
        try:
            words = (entry / "cmdline").read_bytes().split(b"\0")
            program = os.readlink(entry / "exe")
        except OSError:
            continue
        ours = program.startswith(f"{BASE}/")
        if ours and any(text.encode() in word for word in words):
            with contextlib.suppress(OSError, HarnessError):
                killed.append(identify(int(entry.name)))
                os.kill(int(entry.name), signal.SIGKILL)
    wait_until(lambda: not any(map(is_alive, killed)), 10.0)


def mounts_below(folder: Path) -> List[str]:
    """Mount points at or below a folder, innermost first."""
    found = []
    for line in Path("/proc/self/mountinfo").read_text().splitlines():
        point = line.split(" ")[4].replace("\\040", " ")
        if point == str(folder) or point.startswith(f"{folder}/"):
            found.append(point)
    return sorted(found, key=lambda point: -point.count("/"))


def remove_tree(folder: Path) -> None:
    """Unmount what is below a folder, then delete it; nothing is deleted through a mount."""
    for point in mounts_below(folder):
        # It may go by itself just now; what is left is looked at below.
        with contextlib.suppress(HarnessError):
            run(["umount", "--lazy", point])
    left = mounts_below(folder)
    if left:
        raise HarnessError(f"still mounted: {left[0]}")
    shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def lock(name: str) -> Iterator[None]:
    """Hold a lock between processes for as long as the block runs; a dead holder's lock is free."""
    folder = BASE / "locks"
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / name, "w", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
