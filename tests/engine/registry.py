"""The images of an engine: busybox made from Debian's package, and two registries to pull it from.

Both registries listen on the loopback of the engine's namespace. The first is also dockerd's
mirror, so that plain ``pull busybox`` works; the second wants a user and a password.
"""

from __future__ import annotations

import base64
import io
import json
import subprocess
import tarfile
from typing import Dict

from engine_http import ask
from layout import PRIVATE_REGISTRY, REGISTRY, TOOLS, HarnessError, Place
from packages import run
from processes import Identity, inside, spawn, wait_until

USERNAME = "captain"
PASSWORD = "harbour-42"
# bcrypt of PASSWORD: the only form that the registry takes, and Python's own library cannot make it.
HTPASSWD = f"{USERNAME}:$2b$05$B9Q9pTrP9B3v7IlhtA7Ptu1Rbgr93wWHbJsWpPa/xQ9BVfSvH8gSK\n"
# What the engines hold from the start.
IMAGES = ("busybox:latest", "busybox:1.35")


def start(place: Place) -> Dict[str, Identity]:
    """Start both registries and wait until they listen."""
    started = {}
    for kind, address in (
        ("registry", REGISTRY),
        ("private_registry", PRIVATE_REGISTRY),
    ):
        config = place.folder / f"{kind}.json"
        config.write_text(json.dumps(configuration(place, kind, address), indent=1))
        program = str(TOOLS / "usr/bin/docker-registry")
        command = inside(place, [program, "serve", str(config)])
        started[kind] = spawn(
            command, {"OTEL_TRACES_EXPORTER": "none"}, place.folder / f"{kind}.log"
        )
    for address in (REGISTRY, PRIVATE_REGISTRY):
        if not wait_until(lambda address=address: listens(place, address), 90.0):  # type: ignore[misc]
            raise HarnessError(
                f"no registry came up on {address}: see {place.folder}/*registry.log"
            )
    return started


def configuration(place: Place, kind: str, address: str) -> Dict[str, object]:
    """A registry's configuration file (YAML takes JSON)."""
    config: Dict[str, object] = {
        "version": 0.1,
        "log": {"level": "warn"},
        "storage": {
            "filesystem": {"rootdirectory": str(place.folder / kind)},
            "delete": {"enabled": True},
        },
        "http": {"addr": address},
    }
    if kind == "private_registry":
        users = place.folder / "htpasswd"
        users.write_text(HTPASSWD)
        config["auth"] = {"htpasswd": {"realm": "harbour", "path": str(users)}}
    return config


def listens(place: Place, address: str) -> bool:
    """Tell whether something listens on an address inside the namespace."""
    return address in run(inside(place, ["ss", "-Hltn", f"src {address}"]))


def fill(place: Place) -> None:
    """Import busybox, tag it, and push it to both registries."""
    ask(
        place.socket,
        "POST",
        "/images/create?fromSrc=-&repo=busybox&tag=latest&changes=CMD%20%5B%22sh%22%5D",
        body=busybox_tar(),
        headers={"Content-Type": "application/x-tar"},
    )
    ask(place.socket, "POST", "/images/busybox:latest/tag?repo=busybox&tag=1.35")
    for registry in (REGISTRY, PRIVATE_REGISTRY):
        for tag in ("latest", "1.35"):
            repository = f"{registry}/library/busybox"
            ask(
                place.socket,
                "POST",
                f"/images/busybox:{tag}/tag?repo={repository}&tag={tag}",
            )
            headers = {"X-Registry-Auth": registry_auth(registry)}
            ask(
                place.socket,
                "POST",
                f"/images/{repository}/push?tag={tag}",
                headers=headers,
            )
            ask(place.socket, "DELETE", f"/images/{repository}:{tag}")


def registry_auth(registry: str) -> str:
    """The credentials header for a push; the open registry takes an empty one."""
    words = {"username": USERNAME, "password": PASSWORD, "serveraddress": registry}
    text = json.dumps(words if registry == PRIVATE_REGISTRY else {})
    return base64.urlsafe_b64encode(text.encode()).decode()


def busybox_tar() -> bytes:
    """A root file system: busybox, a link for every applet, and the files that programs look for."""
    program = (TOOLS / "bin/busybox").read_bytes()
    applets = subprocess.run(
        [str(TOOLS / "bin/busybox"), "--list"],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    ).stdout.split()
    output = io.BytesIO()
    with tarfile.open(fileobj=output, mode="w") as tar:
        for name, mode in (
            ("bin", 0o755),
            ("etc", 0o755),
            ("root", 0o700),
            ("tmp", 0o1777),
            ("var", 0o755),
        ):
            add(tar, name, tarfile.DIRTYPE, mode)
        add(tar, "bin/busybox", tarfile.REGTYPE, 0o755, program)
        for applet in applets:
            if applet != "busybox":
                add(tar, f"bin/{applet}", tarfile.SYMTYPE, 0o777, target="busybox")
        add(
            tar,
            "etc/passwd",
            tarfile.REGTYPE,
            0o644,
            b"root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534::/:/bin/false\n",
        )
        add(tar, "etc/group", tarfile.REGTYPE, 0o644, b"root:x:0:\nnogroup:x:65534:\n")
    return output.getvalue()


def add(
    tar: tarfile.TarFile,
    name: str,
    kind: bytes,
    mode: int,
    content: bytes = b"",
    target: str = "",
) -> None:
    """Put one entry into the archive; times are fixed so that the image's layers are the same everywhere."""
    entry = tarfile.TarInfo(name)
    entry.type = kind
    entry.mode = mode
    entry.size = len(content)
    entry.linkname = target
    tar.addfile(entry, io.BytesIO(content))
