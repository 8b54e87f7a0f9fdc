"""Bring the engines' software: Debian packages, fetched with apt and unpacked into ``target``.

apt itself checks signatures and hashes; the mirror is the one this machine already uses, so no
host is written down here. What was unpacked and answers with the right version is left alone.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Dict, List, Mapping, Optional

from layout import BASE, CACHE, TOOLS, HarnessError, read_versions

KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")


def say(text: str) -> None:
    """Tell the person at the terminal what is going on; stdout is kept for data."""
    print(f"engines: {text}", file=sys.stderr, flush=True)


def run(
    command: List[str],
    env: Optional[Mapping[str, str]] = None,
    cwd: Optional[Path] = None,
) -> str:
    """Run a command to its end and return what it printed; a failure carries its last words."""
    try:
        done = subprocess.run(
            command,
            env=None if env is None else {**os.environ, **env},
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
    except OSError as error:
        raise HarnessError(f"{command[0]} cannot be run: {error.strerror}") from error
    if done.returncode:
        words = (done.stderr.strip() or done.stdout.strip())[-2000:]
        raise HarnessError(f"{' '.join(command)} ended with {done.returncode}: {words}")
    return done.stdout


def setup() -> None:
    """Make every engine's software ready; quick when it already is."""
    if os.geteuid() != 0:
        raise HarnessError(
            "real engines need root: namespaces, mounts and cgroups belong to it"
        )
    if shutil.which("apt-get") is None:
        raise HarnessError(
            "real engines come from Debian packages, and this machine has no apt-get"
        )
    versions = read_versions()
    install_on_machine(versions["machine"])
    missing = {
        name: row
        for name, row in versions["engines"].items()
        if not engine_is_ready(name)
    }
    tools = None if tools_are_ready() else versions["tools"]
    if not missing and tools is None:
        return
    suites = {row["suite"] for row in missing.values()}
    if tools is not None:
        suites.add(tools["suite"])
    archive = Archive(sorted(suites))
    if tools is not None:
        archive.unpack("tools", tools["suite"], tools["packages"])
        # dockerd's name for it; docker.io's own link points at a file of the package tini.
        (TOOLS / "usr/bin/docker-init").symlink_to("tini-static")
        if not tools_are_ready():
            raise HarnessError(
                f"the packages of {TOOLS} lack a program that the harness needs"
            )
    for name, row in missing.items():
        archive.unpack(name, row["suite"], row["packages"])
        if not engine_is_ready(name):
            found = engine_version(name)
            raise HarnessError(
                f"suite {row['suite']} should hold docker {name} but holds {found}"
            )
        say(f"{name}: {engine_version(name)}")


def install_on_machine(names: List[str]) -> None:
    """Install the few packages that engines take from the system itself."""
    missing = [name for name in names if not is_installed(name)]
    if not missing:
        return
    say(f"installing {' '.join(missing)}")
    quiet = {"DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C"}
    run(["apt-get", "update", "-qq"], quiet)
    run(["apt-get", "install", "-y", "-qq", "--no-install-recommends", *missing], quiet)


def is_installed(name: str) -> bool:
    """Ask dpkg whether a package, or its time_t-renamed successor, is installed."""
    for candidate in (name, f"{name}t64"):
        done = subprocess.run(
            ["dpkg-query", "-W", "-f", "${Status}", candidate],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            check=False,
        )
        if "install ok installed" in done.stdout:
            return True
    return False


def engine_version(name: str) -> str:
    """What the unpacked dockerd of a version says that it is."""
    program = BASE / "software" / name / "usr/sbin/dockerd"
    if not program.exists():
        return "nothing"
    return run([str(program), "--version"]).strip()


def engine_is_ready(name: str) -> bool:
    """Tell whether dockerd of this version is unpacked and is the version it should be."""
    return (
        f"version {name}." in engine_version(name)
        and (BASE / "software" / name / "usr/bin/containerd").exists()
    )


def tools_are_ready() -> bool:
    """Tell whether the programs beside the engines are unpacked."""
    wanted = [
        "usr/sbin/runc",
        "usr/bin/docker-init",
        "bin/busybox",
        "usr/bin/docker-registry",
        "usr/sbin/sshd",
    ]
    return all((TOOLS / path).exists() for path in wanted)


class Archive:
    """A private view of Debian's archive that holds several suites at once."""

    def __init__(self, suites: List[str]) -> None:
        """Write the sources list and bring the package lists up to date."""
        lists = CACHE / "lists"
        (lists / "partial").mkdir(parents=True, exist_ok=True)
        (CACHE / "archives" / "partial").mkdir(parents=True, exist_ok=True)
        sources = CACHE / "sources.list"
        signed = f"[signed-by={KEYRING}] " if KEYRING.exists() else ""
        mirror = machine_mirror()
        sources.write_text(
            "".join(f"deb {signed}{mirror} {suite} main\n" for suite in suites)
        )
        self.options = [
            "-o", f"Dir::Etc::SourceList={sources}",
            "-o", "Dir::Etc::SourceParts=/dev/null",
            "-o", f"Dir::State::Lists={lists}",
            "-o", f"Dir::Cache={CACHE}",
            # Images for containers switch apt's caches off; parsing three suites anew each time is most of the work.
            "-o", "Dir::Cache::pkgcache=pkgcache.bin",
            "-o", "Dir::Cache::srcpkgcache=srcpkgcache.bin",
            "-o", "Acquire::GzipIndexes=false",
            "-o", "APT::Sandbox::User=root",
            "-o", "Acquire::Languages=none",
            "-o", "Acquire::IndexTargets::deb::DEP-11::DefaultEnabled=false",
            "-o", "Acquire::Retries=3",
        ]  # fmt: skip
        say(f"reading the package lists of {', '.join(suites)}")
        run(["apt-get", *self.options, "update", "-qq"])

    def unpack(self, name: str, suite: str, packages: List[str]) -> None:
        """Fetch packages of a suite and unpack them into one folder."""
        folder = CACHE / "packages" / suite
        folder.mkdir(parents=True, exist_ok=True)
        say(f"{name}: fetching {' '.join(packages)} from {suite}")
        run(
            [
                "apt-get",
                *self.options,
                "download",
                "-qq",
                *(f"{item}/{suite}" for item in packages),
            ],
            cwd=folder,
        )
        target = BASE / "software" / name
        fresh = BASE / "software" / f"{name}.new"
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(parents=True)
        for item in packages:
            run(["dpkg", "-x", str(newest(folder, item)), str(fresh)])
        shutil.rmtree(target, ignore_errors=True)
        fresh.rename(target)


def newest(folder: Path, package: str) -> Path:
    """The file that apt left for a package; an older download may lie beside it."""
    found = sorted(
        folder.glob(f"{package}_*.deb"), key=lambda path: path.stat().st_ctime
    )
    if not found:
        raise HarnessError(f"apt left no file for {package} in {folder}")
    return found[-1]


def machine_mirror() -> str:
    """The mirror of Debian's main archive that this machine's own apt uses."""
    codename = os_release().get("VERSION_CODENAME", "")
    command = [
        "apt-get",
        "indextargets",
        "--format",
        "$(REPO_URI) $(CODENAME) $(COMPONENT)",
        "Created-By: Packages",
    ]
    for attempt in ("as it is", "with fresh lists"):
        if attempt == "with fresh lists":
            run(["apt-get", "update", "-qq"])
        for line in run(command).splitlines():
            uri, suite, component = line.split(" ")
            if suite == codename and component == "main":
                return uri
    raise HarnessError(
        f"this machine's apt has no source with suite {codename or '(unknown)'} main"
    )


def os_release() -> Dict[str, str]:
    """Read /etc/os-release."""
    pairs: Dict[str, str] = {}
    for line in Path("/etc/os-release").read_text(encoding="utf-8").splitlines():
        key, equals, value = line.partition("=")
        if equals:
            pairs[key] = value.strip().strip('"')
    return pairs
