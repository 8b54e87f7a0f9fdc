"""Writing a tar archive piece by piece, without ever holding a whole file."""

from __future__ import annotations

import os
import stat
import tarfile
from collections.abc import Iterator
from typing import IO

#: Bytes read from a file at a time.
PIECE = 256 * 1024
_BLOCK = tarfile.BLOCKSIZE


def pack(source: str, name: str) -> Iterator[bytes]:
    """Give a tar archive of a file, or of a folder with all that is in it.

    Owners are kept as numbers, symbolic links as such; devices, sockets and pipes
    within a folder are left out.

    Args:
        source: The local file or folder.
        name: What to call it in the archive; what is in a folder is below.

    Raises:
        OSError: A file cannot be read, or became shorter meanwhile.
    """
    seen: dict[tuple[int, int], str] = {}
    for path, inside in _below(source, name):
        yield from _member(path, inside, seen)
    yield bytes(2 * _BLOCK)


def _below(source: str, name: str) -> Iterator[tuple[str, str]]:
    yield source, name
    if os.path.islink(source) or not os.path.isdir(source):
        return
    with os.scandir(source) as entries:
        names = sorted(entry.name for entry in entries)
    for entry in names:
        yield from _below(os.path.join(source, entry), f"{name}/{entry}")


def _member(path: str, name: str, seen: dict[tuple[int, int], str]) -> Iterator[bytes]:
    found = os.lstat(path)
    info = tarfile.TarInfo(name)
    info.mode = stat.S_IMODE(found.st_mode)
    info.uid, info.gid = found.st_uid, found.st_gid
    info.mtime = found.st_mtime
    if stat.S_ISLNK(found.st_mode):
        info.type, info.linkname = tarfile.SYMTYPE, os.readlink(path)
    elif stat.S_ISDIR(found.st_mode):
        info.type = tarfile.DIRTYPE
    elif not stat.S_ISREG(found.st_mode):
        return
    elif found.st_nlink > 1 and (found.st_dev, found.st_ino) in seen:
        info.type = tarfile.LNKTYPE
        info.linkname = seen[found.st_dev, found.st_ino]
    else:
        seen[found.st_dev, found.st_ino] = name
        with open(path, "rb") as file:
            info.size = os.fstat(file.fileno()).st_size
            yield _header(info)
            yield from _content(file, info.size)
        return
    yield _header(info)


def _header(info: tarfile.TarInfo) -> bytes:
    return info.tobuf(tarfile.PAX_FORMAT, "utf-8", "surrogateescape")


def _content(file: IO[bytes], size: int) -> Iterator[bytes]:
    left = size
    while left:
        piece = file.read(min(PIECE, left))
        if not piece:
            raise OSError(f"{file.name} became shorter while it was read")
        left -= len(piece)
        yield piece
    if size % _BLOCK:
        yield bytes(_BLOCK - size % _BLOCK)
