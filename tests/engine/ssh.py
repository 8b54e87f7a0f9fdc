"""OpenSSH in an engine's namespace: what ``ssh://`` endpoints connect to.

Debian's sshd on a high loopback port, with throw-away keys. A login finds the engine's own docker
CLI on PATH and DOCKER_HOST set, so ``docker system dial-stdio`` reaches this engine.
"""

from __future__ import annotations

import pwd
import shutil
from typing import Any, Dict

from layout import BASE, SSH_PORT, TOOLS, HarnessError, Place
from packages import run
from processes import Identity, inside, spawn, wait_until

KEYS = BASE / "ssh"


def make_keys() -> None:
    """Make the host's key and the client's keys, once."""
    if (KEYS / "done").exists():
        return
    shutil.rmtree(KEYS, ignore_errors=True)
    KEYS.mkdir(parents=True, mode=0o700)
    for name, kind, password in (
        ("host", "ed25519", ""),
        ("client", "ed25519", ""),
        ("client-rsa", "rsa", ""),
        ("client-locked", "ed25519", "harbour-42"),
        ("stranger", "ed25519", ""),
    ):
        run(
            [
                "ssh-keygen",
                "-q",
                "-t",
                kind,
                "-N",
                password,
                "-C",
                f"dockline {name}",
                "-f",
                str(KEYS / name),
            ]
        )
    allowed = [
        (KEYS / f"{name}.pub").read_text()
        for name in ("client", "client-rsa", "client-locked")
    ]
    (KEYS / "authorized_keys").write_text("".join(allowed))
    (KEYS / "authorized_keys").chmod(0o600)
    host = (KEYS / "host.pub").read_text()
    (KEYS / "known_hosts").write_text(
        f"[127.0.0.1]:{SSH_PORT} {host}[localhost]:{SSH_PORT} {host}"
    )
    (KEYS / "done").write_text("")


def start(place: Place) -> Identity:
    """Start sshd and wait until it listens."""
    config = place.folder / "sshd_config"
    path = f"{place.software}/usr/bin:/usr/local/bin:/usr/bin:/bin"
    lines = [
        f"ListenAddress 127.0.0.1:{SSH_PORT}",
        f"HostKey {KEYS}/host",
        f"AuthorizedKeysFile {KEYS}/authorized_keys",
        f"PidFile {place.run}/sshd.pid",
        "StrictModes no",
        "UsePAM no",
        "PasswordAuthentication no",
        "PermitRootLogin prohibit-password",
        "MaxStartups 100",
        "MaxSessions 100",
        "PrintMotd no",
        f'SetEnv "DOCKER_HOST=unix://{place.socket}" "PATH={path}"',
    ]
    config.write_text("\n".join(lines) + "\n")
    make_privilege_separation()
    libraries = ":".join(
        str(TOOLS / folder)
        for folder in ("usr/lib/x86_64-linux-gnu", "usr/lib/aarch64-linux-gnu")
    )
    command = inside(
        place, [str(TOOLS / "usr/sbin/sshd"), "-D", "-e", "-f", str(config)]
    )
    started = spawn(
        command,
        {"LD_LIBRARY_PATH": libraries, "PATH": "/usr/sbin:/usr/bin"},
        place.folder / "sshd.log",
    )
    address = f"127.0.0.1:{SSH_PORT}"
    if not wait_until(
        lambda: address in run(inside(place, ["ss", "-Hltn", f"src {address}"])), 90.0
    ):
        raise HarnessError(f"sshd did not come up: see {place.folder}/sshd.log")
    return started


def make_privilege_separation() -> None:
    """sshd gives up its rights to a user of this name, in a folder of this name."""
    try:
        pwd.getpwnam("sshd")
    except KeyError:
        run(
            [
                "useradd",
                "--system",
                "--home-dir",
                "/run/sshd",
                "--shell",
                "/usr/sbin/nologin",
                "sshd",
            ]
        )
    run(["mkdir", "-p", "-m", "0755", "/run/sshd"])


def client_settings(place: Place) -> Dict[str, Any]:
    """The client's side: keys and known_hosts, usable only inside the namespace."""
    return {
        "port": SSH_PORT,
        "known_hosts": str(KEYS / "known_hosts"),
        "keys": {
            name: str(KEYS / name)
            for name in ("client", "client-rsa", "client-locked", "stranger")
        },
        "passphrase": "harbour-42",
        "log": str(place.folder / "sshd.log"),
    }
