"""CPython of other versions: found on this machine, or unpacked from Debian's archive.

The archive is read as for the engines (tests/engine): the mirror and keys of this machine's apt, nothing
installed, everything under ``target/interpreters``. ``DOCKLINE_INTERPRETERS=archive`` passes over what the
machine has.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Dict, List, NamedTuple

ROOT = Path(__file__).resolve().parents[2]
HOME = ROOT / "target" / "interpreters"


class Source(NamedTuple):
    """A suite of Debian that has this version, and what of it is needed."""

    suite: str
    packages: List[str]


def _python(version: str) -> List[str]:
    return [
        f"python{version}-minimal",
        f"libpython{version}-minimal",
        f"libpython{version}-stdlib",
    ]


SOURCES: Dict[str, Source] = {
    # Older than this machine's C library: only what it has dropped since.
    "3.9": Source("bullseye", [*_python("3.9"), "libssl1.1", "libffi7"]),
    # Newer, so with a C library of its own and everything that stands on it.
    "3.13": Source(
        "trixie",
        [
            *_python("3.13"),
            *("libc6", "libssl3t64", "libffi8", "libexpat1", "zlib1g"),
            *("liblzma5", "libbz2-1.0", "libzstd1", "libuuid1"),
        ],
    ),
}


def interpreter(version: str) -> Path:
    """A CPython of this version; what was tried is in the error when there is none."""
    tried = []
    for candidate in _candidates(version):
        answer = _version_of(candidate)
        if answer == version:
            return candidate
        tried.append(f"{candidate} ({answer})")
    try:
        unpacked = _unpack(version)
    except Exception as error:
        tried.append(f"Debian's archive ({error})")
    else:
        answer = _version_of(unpacked)
        if answer == version:
            return unpacked
        tried.append(f"{unpacked} ({answer})")
    raise RuntimeError(f"no CPython {version}; tried {', '.join(tried)}")


def _candidates(version: str) -> List[Path]:
    if os.environ.get("DOCKLINE_INTERPRETERS") == "archive":
        return []
    found = [Path(sys.executable)]
    on_path = shutil.which(f"python{version}")
    if on_path:
        found.append(Path(on_path))
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    found += sorted(pyenv.glob(f"versions/{version}.*/bin/python{version}"))
    return found


def _version_of(python: Path) -> str:
    code = "import sys, ssl, ctypes; print('%d.%d' % sys.version_info[:2])"
    try:
        done = subprocess.run(
            [str(python), "-c", code], capture_output=True, text=True, check=False
        )
    except OSError as error:
        return str(error)
    return done.stdout.strip() or done.stderr.strip()[-300:]


def _unpack(version: str) -> Path:
    folder = HOME / "software" / version
    launcher = folder / "usr" / "bin" / "python"
    if not launcher.exists():
        sys.path.insert(0, str(ROOT / "tests" / "engine"))
        import packages

        packages.BASE, packages.CACHE = HOME, HOME / "cache"
        source = SOURCES[version]
        archive = packages.Archive([source.suite])
        archive.unpack(version, source.suite, source.packages)
        _write_launcher(folder, version)
    return launcher


def _write_launcher(root: Path, version: str) -> None:
    """A script that starts it with the libraries beside it, and by whose name it finds its modules."""
    (libraries,) = root.glob("usr/lib/*-linux-gnu")
    loaders = [
        *sorted(libraries.glob("ld-linux*.so.*")),
        *sorted(Path("/").glob("lib*/ld-linux*.so.*")),
    ]
    script = root / "usr" / "bin" / "python"
    script.write_text(
        "#!/bin/sh\n"
        f"exec '{loaders[0]}' --library-path '{libraries}' --argv0 \"$0\" "
        f"'{root}/usr/bin/python{version}' \"$@\"\n",
        encoding="utf-8",
    )
    script.chmod(0o755)


def libraries(version: str) -> Path:
    """The packages of ``interpreters.txt``, for this version."""
    wanted = Path(__file__).with_name("interpreters.txt")
    folder = HOME / f"packages-{version}"
    stamp = folder / "installed.txt"
    if stamp.exists() and stamp.read_bytes() == wanted.read_bytes():
        return folder
    shutil.rmtree(folder, ignore_errors=True)
    subprocess.run(
        [
            *(sys.executable, "-m", "pip", "install", "--quiet"),
            *("--disable-pip-version-check", "--target", str(folder), "--no-deps"),
            *("--python-version", version, "--only-binary=:all:"),
            # It would ask for the version that runs pip.
            "--ignore-requires-python",
            *("--requirement", str(wanted)),
        ],
        check=True,
        stdin=subprocess.DEVNULL,
    )
    shutil.copyfile(wanted, stamp)
    return folder
