"""One real engine: start it, find it again, hurt it on purpose, take it away without a trace."""

from __future__ import annotations

import json
import os
import signal
from typing import Any, Dict, List, Optional, cast

import processes
import registry
import ssh
import tls
from engine_http import ask, ping
from layout import (
    PRIVATE_REGISTRY,
    REGISTRY,
    SSH_PORT,
    TLS_PORT,
    TOOLS,
    HarnessError,
    Place,
)
from packages import say

State = Dict[str, Any]
START_PATIENCE = 90.0


def read_state(place: Place) -> Optional[State]:
    """What an earlier run wrote down about this engine."""
    try:
        return cast("State", json.loads(place.state_file.read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return None


def write_state(place: Place, state: State) -> None:
    """Write the state in one step, so that nobody reads half of it."""
    fresh = place.state_file.with_suffix(".new")
    fresh.write_text(json.dumps(state, indent=1), encoding="utf-8")
    fresh.rename(place.state_file)


def helpers(state: State) -> List[processes.Identity]:
    """The processes beside dockerd."""
    return [
        state[name]
        for name in ("registry", "private_registry", "sshd")
        if state.get(name)
    ]


def prepare() -> None:
    """Make the keys and certificates that engines share; called under the setup lock."""
    tls.make()
    ssh.make_keys()


def is_orphan(place: Place) -> bool:
    """Tell whether the engine was started for a process that has ended since."""
    owner = (read_state(place) or {}).get("owner")
    return owner is not None and not processes.is_alive(owner)


def up(
    place: Place, extra: Optional[List[str]] = None, owner: Optional[int] = None
) -> bool:
    """Have the engine running and answering; true when it had to be started."""
    state = read_state(place)
    if (
        state
        and is_healthy(place, state)
        and (extra is None or extra == state["extra"])
    ):
        return False
    remove(place)
    start(place, extra or [], None if owner is None else processes.identify(owner))
    return True


def is_healthy(place: Place, state: State) -> bool:
    """Tell whether dockerd and its helpers run and the socket answers; a paused dockerd is woken."""
    if not all(processes.is_alive(helper) for helper in helpers(state)):
        return False
    if not processes.is_alive(state["dockerd"]):
        return False
    processes.send(state["dockerd"], signal.SIGCONT)
    return ping(place.socket, timeout=30.0) is not None


def start(place: Place, extra: List[str], owner: Optional[processes.Identity]) -> None:
    """Start everything from nothing."""
    place.folder.mkdir(parents=True, exist_ok=True)
    place.run.mkdir(parents=True, exist_ok=True)
    processes.make_namespace(place)
    state: State = {
        "name": place.name,
        "version": place.version,
        "extra": extra,
        "owner": owner,
    }
    write_state(place, state)
    try:
        state["tls"] = tls.make()
        state.update(registry.start(place))
        write_state(place, state)
        start_dockerd(place, state)
        state["sshd"] = ssh.start(place)
        write_state(place, state)
        registry.fill(place)
        state["ssh"] = ssh.client_settings(place)
        write_state(place, state)
    except BaseException:
        # What half-started is taken away, but the log stays for whoever reads the error.
        remove(place, keep_log=True)
        raise
    say(
        f"{place.name}: docker {state['release']}, API {state['api']}, on {place.socket}"
    )


def start_dockerd(place: Place, state: State) -> None:
    """Start dockerd alone and wait until it answers; what it says about itself goes into the state."""
    place.socket.unlink(missing_ok=True)
    state["dockerd"] = processes.spawn(
        processes.inside(place, dockerd_command(place, state["extra"])),
        dockerd_environment(place),
        place.log,
    )
    write_state(place, state)

    def settled() -> bool:
        return ping(place.socket) is not None or not processes.is_alive(
            state["dockerd"]
        )

    processes.wait_until(settled, START_PATIENCE)
    if ping(place.socket) is None:
        raise HarnessError(
            f"dockerd {place.name} did not come up; its last words: {last_words(place)}"
        )
    about = ask(place.socket, "GET", "/version")
    state.update(
        release=about["Version"],
        api=about["ApiVersion"],
        min_api=about["MinAPIVersion"],
    )
    write_state(place, state)


def last_words(place: Place) -> str:
    """The end of the engine's log."""
    lines = (
        place.log.read_text(encoding="utf-8", errors="replace").splitlines()
        if place.log.exists()
        else []
    )
    return " | ".join(lines[-6:]) or "(none)"


def dockerd_environment(place: Place) -> Dict[str, str]:
    """dockerd finds containerd, its shim, runc, docker-proxy and docker-init on PATH."""
    folders = [
        place.software / "usr/bin",
        place.software / "usr/sbin",
        TOOLS / "usr/sbin",
        TOOLS / "usr/bin",
    ]
    path = ":".join([*map(str, folders), "/usr/sbin", "/usr/bin", "/sbin", "/bin"])
    # The only hosts there are, are in the namespace: a proxy of the machine would only confuse.
    return {"PATH": path, "HOME": str(place.run), "OTEL_TRACES_EXPORTER": "none"}


def dockerd_command(place: Place, extra: List[str]) -> List[str]:
    """The command line: nothing of it is shared with another engine, or with the machine's own."""
    config = place.folder / "daemon.json"
    config.write_text("{}\n")
    command = [str(place.software / "usr/sbin/dockerd")]
    command += [
        "--config-file",
        str(config),
        "--pidfile",
        str(place.run / "dockerd.pid"),
    ]
    command += ["--data-root", str(place.data), "--exec-root", str(place.run / "exec")]
    command += ["--host", f"unix://{place.socket}", "--group", "root"]
    command += ["--host", f"tcp://127.0.0.1:{TLS_PORT}", "--tlsverify"]
    command += ["--tlscacert", str(tls.SERVER / "ca.pem")]
    command += [
        "--tlscert",
        str(tls.SERVER / "cert.pem"),
        "--tlskey",
        str(tls.SERVER / "key.pem"),
    ]
    command += ["--registry-mirror", f"http://{REGISTRY}"]
    command += [
        "--exec-opt",
        "native.cgroupdriver=cgroupfs",
        "--cgroup-parent",
        f"/{place.cgroup}",
    ]
    # Containers that ignore SIGTERM would hold `down` for 15 s.
    command += ["--shutdown-timeout", "2"]
    return command + extra


def down(place: Place) -> None:
    """Stop the engine and remove everything it left."""
    state = read_state(place) or {}
    processes.end(state.get("dockerd"))
    remove(place)


def remove(place: Place, keep_log: bool = False) -> None:
    """End whatever is left of an engine, also after a crash of it or of the harness."""
    state = read_state(place) or {}
    for process in (state.get("dockerd"), *helpers(state)):
        processes.end(process, patience=5.0)
    # Shims and containerd name a path of ours on their command lines; containers are in our cgroup.
    processes.kill_mentioning(f"{place.run}/")
    processes.kill_mentioning(f"{place.folder}/")
    processes.kill_cgroup(place.cgroup)
    processes.remove_namespace(place)
    log = place.log.read_bytes() if keep_log and place.log.exists() else None
    for folder in (place.run, place.folder):
        processes.remove_tree(folder)
    if log is not None:
        place.folder.mkdir(parents=True, exist_ok=True)
        place.log.write_bytes(log)


def running(place: Place) -> State:
    """The state of an engine that must have been started."""
    state = read_state(place)
    if state is None or "dockerd" not in state:
        raise HarnessError(
            f"engine {place.name} was not started: run `engines.py up {place.name}`"
        )
    return state


def crash(place: Place) -> None:
    """Kill dockerd with SIGKILL; its containers, shims and containerd stay as they are."""
    identity = running(place)["dockerd"]
    processes.send(identity, signal.SIGKILL)
    if not processes.wait_until(lambda: not processes.is_alive(identity), 10.0):
        raise HarnessError(f"dockerd {place.name} survived SIGKILL")


def restart(place: Place, extra: Optional[List[str]] = None) -> None:
    """Stop dockerd if it runs, and start it again on the same data."""
    state = running(place)
    processes.end(state["dockerd"])
    forget_dead_containerd(place)
    if extra is not None:
        state["extra"] = extra
    start_dockerd(place, state)


def forget_dead_containerd(place: Place) -> None:
    """Remove the pid files of the dead: a zombie's pid would hold the next dockerd for 10 s."""
    (place.run / "dockerd.pid").unlink(missing_ok=True)
    file = place.run / "exec/containerd/containerd.pid"
    try:
        pid = int(file.read_text())
    except (OSError, ValueError):
        return
    # dockerd's death kills its containerd; the signal may still be on its way.
    if processes.wait_until(lambda: not processes.is_running(pid), 20.0):
        file.unlink(missing_ok=True)


def pause(place: Place) -> None:
    """Hold dockerd with SIGSTOP: it accepts connections and never answers."""
    identity = running(place)["dockerd"]
    processes.send(identity, signal.SIGSTOP)
    if not processes.wait_until(lambda: processes.is_stopped(identity), 10.0):
        raise HarnessError(f"dockerd {place.name} did not stop")


def resume(place: Place) -> None:
    """Let a paused dockerd go on."""
    processes.send(running(place)["dockerd"], signal.SIGCONT)


def condition(place: Place) -> str:
    """One word on how the engine is."""
    state = read_state(place)
    if state is None or not state.get("dockerd"):
        return "down"
    if not processes.is_alive(state["dockerd"]):
        return "crashed"
    if processes.is_stopped(state["dockerd"]):
        return "paused"
    return "up" if ping(place.socket) else "silent"


def describe(place: Place) -> Dict[str, Any]:
    """What a test must know to use this engine."""
    state = running(place)
    return {
        "name": place.name,
        "version": place.version,
        "release": state["release"],
        "api": state["api"],
        "min_api": state["min_api"],
        "socket": str(place.socket),
        "host": f"unix://{place.socket}",
        "pid": state["dockerd"]["pid"],
        "netns": str(place.namespace_file),
        "log": str(place.log),
        "docker": str(docker_program(place)),
        "images": list(registry.IMAGES),
        "registry": {"address": REGISTRY},
        "private_registry": {
            "address": PRIVATE_REGISTRY,
            "username": registry.USERNAME,
            "password": registry.PASSWORD,
        },
        "tls": {"host": f"tcp://127.0.0.1:{TLS_PORT}", "certificates": state["tls"]},
        "ssh": {"host": f"ssh://root@127.0.0.1:{SSH_PORT}", **state["ssh"]},
    }


def docker_program(place: Place) -> str:
    """The docker CLI that came with this engine."""
    program = place.software / "usr/bin/docker"
    if not os.access(program, os.X_OK):
        raise HarnessError(
            f"no docker CLI in {place.software}: remove that folder and run setup"
        )
    return str(program)
