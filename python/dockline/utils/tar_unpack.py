"""Unpacking a tar archive from someone who may not mean well.

The rules are those of the standard library's ``data`` filter, which not every
supported Python has: nothing is written outside of the folder, whatever names
and links the archive has; no devices; no special permissions; no owners. The
archive is read once, from front to back.
"""

from __future__ import annotations

import os
import shutil
import stat
import tarfile
from typing import Any

from ..errors import DockerException

#: Bytes copied at a time.
PIECE = 256 * 1024


class UnsafeArchive(DockerException):
    """An archive has a member that must not be unpacked; nothing of it was written.

    What came before it in the archive has been unpacked.
    """


def unpack(archive: Any, folder: str, first: str, renamed: str) -> int:
    """Unpack an archive into a folder; give the number of its members.

    Args:
        archive: Something with ``read(n)``.
        folder: An existing folder.
        first: The name of the archive's topmost member.
        renamed: What to call that in `folder`; empty for `folder` itself.

    Raises:
        UnsafeArchive: A name or link leads out of the folder, or is a device.
        tarfile.TarError: The archive is damaged.
        OSError: A file cannot be written.
    """
    root = os.path.realpath(folder)
    times: list[tuple[str, float]] = []
    count = 0
    with tarfile.open(fileobj=archive, mode="r|*") as tar:
        for member in tar:
            inside = _renamed(member.name, first, renamed)
            target = _place(root, inside, member.name)
            _write(tar, member, root, target, first, renamed)
            if member.isdir():
                times.append((target, member.mtime))
            count += 1
    for path, moment in reversed(times):
        _touch(path, moment)
    return count


def _renamed(name: str, first: str, renamed: str) -> str:
    """Give a member's name below the folder it goes to."""
    name = name.strip("/")
    if name == first:
        return renamed
    if name.startswith(f"{first}/"):
        return os.path.join(renamed, name[len(first) + 1 :])
    return name


def _within(path: str, root: str) -> bool:
    return path == root or path.startswith(root.rstrip(os.sep) + os.sep)


def _place(root: str, inside: str, name: str) -> str:
    """Give the path to write to: a real folder within `root`, and a last name."""
    if os.path.isabs(inside) or os.path.splitdrive(inside)[0]:
        raise UnsafeArchive(f"{name!r} has an absolute path")
    if ".." in inside.replace(os.sep, "/").split("/"):
        raise UnsafeArchive(f"{name!r} leads out of the folder")
    if not inside or inside == ".":
        return root
    parent, last = os.path.split(os.path.join(root, os.path.normpath(inside)))
    real = os.path.realpath(parent)
    if not _within(real, root):
        raise UnsafeArchive(f"{name!r} goes through a link that leads out")
    os.makedirs(real, exist_ok=True)
    return os.path.join(real, last)


def _write(
    tar: tarfile.TarFile,
    member: tarfile.TarInfo,
    root: str,
    target: str,
    first: str,
    renamed: str,
) -> None:
    if member.isdir():
        if os.path.islink(target) or not os.path.isdir(target):
            _make_way(target)
            os.mkdir(target)
    elif member.issym():
        _check_link(root, os.path.dirname(target), member)
        _make_way(target)
        os.symlink(member.linkname, target)
    elif member.islnk():
        linked = _renamed(member.linkname, first, renamed)
        source = _place(root, linked, member.linkname)
        if os.path.islink(source) or not os.path.isfile(source):
            raise UnsafeArchive(f"{member.name!r} links to what is no file of it")
        _make_way(target)
        os.link(source, target)
    elif member.isreg():
        _write_file(tar, member, target)
    else:
        raise UnsafeArchive(f"{member.name!r} is a device or pipe")


def _check_link(root: str, parent: str, member: tarfile.TarInfo) -> None:
    """Refuse a symbolic link that leads out of the folder, now or later."""
    link = member.linkname
    if os.path.isabs(link) or os.path.splitdrive(link)[0]:
        raise UnsafeArchive(f"{member.name!r} links to the absolute path {link!r}")
    literally = os.path.normpath(os.path.join(parent, link))
    really = os.path.realpath(os.path.join(parent, link))
    if not (_within(literally, root) and _within(really, root)):
        raise UnsafeArchive(f"{member.name!r} links out of the folder: {link!r}")


def _make_way(target: str) -> None:
    """Remove a file or link that stands where another is to go."""
    if os.path.islink(target) or os.path.isfile(target):
        os.unlink(target)
    elif os.path.lexists(target):
        raise UnsafeArchive(f"{target!r} is in the way")


def _write_file(tar: tarfile.TarFile, member: tarfile.TarInfo, target: str) -> None:
    _make_way(target)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
    flags |= getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    # None of setuid, setgid, sticky, nor writing by others; the owner may always
    # read and write, and execution is for all or for none.
    mode = member.mode & 0o755
    if not mode & stat.S_IXUSR:
        mode &= ~0o111
    mode |= 0o600
    with os.fdopen(os.open(target, flags, 0o600), "wb") as file:
        source = tar.extractfile(member)
        if source is not None:
            shutil.copyfileobj(source, file, PIECE)
        if file.tell() != member.size:
            raise tarfile.ReadError(f"{member.name!r} is cut off")
        if hasattr(os, "fchmod"):
            os.fchmod(file.fileno(), mode)
    _touch(target, member.mtime)


def _touch(path: str, moment: float) -> None:
    try:
        os.utime(path, (moment, moment))
    except (OSError, OverflowError, ValueError):  # a time this system cannot have
        return
