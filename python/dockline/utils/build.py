"""Build contexts: .dockerignore patterns and tar archives.

The archive is produced piece by piece (:py:func:`stream_archive`), so that it
can be sent while it is read; :py:func:`create_archive` only collects it.
Patterns follow the rules of the engine's own client: the last match decides,
``!`` takes files back in.
"""

from __future__ import annotations

import io
import os
import re
from typing import IO, TYPE_CHECKING, Any, Iterable, Iterator, Optional, Sequence

from ..constants import IS_WINDOWS_PLATFORM, WINDOWS_LONGPATH_PREFIX
from .fnmatch import fnmatch

if TYPE_CHECKING:
    from .._native import ArchivePieces

_SEP = re.compile(r"[/\\]" if IS_WINDOWS_PLATFORM else "/")
_NAME = r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*"
_TAG = re.compile(
    rf"^{_NAME}(?::[0-9]+)?(?:/{_NAME})*(?::[a-zA-Z0-9_][a-zA-Z0-9._-]{{0,127}})?$"
)


def match_tag(tag: str) -> bool:
    """Tell whether ``tag`` is a well-formed ``repository[:tag]``."""
    return _TAG.match(tag) is not None


def process_dockerfile(
    dockerfile: Optional[str], path: str
) -> tuple[Optional[str], Optional[str]]:
    """Decide how the Dockerfile gets into the context at ``path``.

    Returns its name inside the context and None, or, when it lies outside, a
    fresh name and its text, to be added to the archive. ``(None, None)`` when
    there is no name to begin with.
    """
    if not dockerfile:
        return (None, None)
    location = dockerfile
    if not os.path.isabs(dockerfile):
        location = os.path.join(path, dockerfile)
        if IS_WINDOWS_PLATFORM and path.startswith(WINDOWS_LONGPATH_PREFIX):
            tail = location[len(WINDOWS_LONGPATH_PREFIX) :]
            location = WINDOWS_LONGPATH_PREFIX + os.path.normpath(tail)
    other_drive = os.path.splitdrive(path)[0] != os.path.splitdrive(location)[0]
    if other_drive or os.path.relpath(location, path).startswith(".."):
        with open(location) as file:
            return (f".dockerfile.{os.urandom(20).hex()}", file.read())
    if dockerfile == location:
        return (os.path.relpath(location, path), None)
    return (dockerfile, None)


# ------------------------------------------------------------------ archive


def tar(
    path: str,
    exclude: Optional[list[str]] = None,
    dockerfile: Optional[tuple[Optional[str], Optional[str]]] = None,
    fileobj: Optional[IO[bytes]] = None,
    gzip: bool = False,
) -> IO[bytes]:
    """Archive the build context at ``path``.

    Args:
        path: Folder to archive.
        exclude: Patterns as in .dockerignore.
        dockerfile: Result of :py:func:`process_dockerfile`; a Dockerfile from
            outside is added under its fresh name, and ignored from then on.
        fileobj: Where to write; a temporary file by default.
        gzip: Compress the archive.

    Returns the file, at its beginning.
    """
    files, extra = _context_files(path, exclude, dockerfile)
    return create_archive(
        root=os.path.abspath(path),
        files=files,
        fileobj=fileobj,
        gzip=gzip,
        extra_files=extra,
    )


def stream_context(
    path: str,
    exclude: Optional[list[str]] = None,
    dockerfile: Optional[tuple[Optional[str], Optional[str]]] = None,
    gzip: bool = False,
) -> ArchivePieces:
    """As :py:func:`tar`, but give the archive in pieces, nothing on disk."""
    files, extra = _context_files(path, exclude, dockerfile)
    return stream_archive(os.path.abspath(path), files, gzip, extra)


def _context_files(
    path: str,
    exclude: Optional[list[str]],
    dockerfile: Optional[tuple[Optional[str], Optional[str]]],
) -> tuple[list[str], list[tuple[str, str]]]:
    patterns = list(exclude or [])
    name, text = dockerfile or (None, None)
    files = sorted(exclude_paths(os.path.abspath(path), patterns, dockerfile=name))
    if name is None or text is None:
        return files, []
    ignore = "\n".join([*(patterns or [".dockerignore"]), name])
    return files, [(".dockerignore", ignore), (name, text)]


def exclude_paths(
    root: str, patterns: Iterable[str], dockerfile: Optional[str] = None
) -> set[str]:
    """List what remains under ``root`` after ``patterns``, relative to it.

    Files and folders alike. The Dockerfile (``Dockerfile`` by default) and
    .dockerignore always remain.
    """
    keep = "Dockerfile" if dockerfile is None else dockerfile
    return set(PatternMatcher([*patterns, f"!{keep}"]).walk(root))


def build_file_list(root: str) -> list[str]:
    """List every file and folder under ``root``, relative to it."""
    return [
        os.path.join(folder, name).replace(root, "", 1).lstrip("/")
        for folder, folders, files in os.walk(root)
        for name in files + folders
    ]


def create_archive(
    root: str,
    files: Optional[Iterable[str]] = None,
    fileobj: Optional[IO[bytes]] = None,
    gzip: bool = False,
    extra_files: Optional[Sequence[tuple[str, str]]] = None,
) -> IO[bytes]:
    """Write a tar archive of ``files`` (all by default) below ``root``.

    Args:
        root: Folder the names are relative to.
        files: Names to archive; sockets are left out.
        fileobj: Where to write; a temporary file by default.
        gzip: Compress the archive.
        extra_files: ``(name, text)`` pairs to add; they replace files of the
            same name.

    Returns the file, at its beginning. A file that cannot be read raises
    ``OSError`` naming it.
    """
    own: Any = None
    if not fileobj:
        import tempfile

        fileobj = own = tempfile.NamedTemporaryFile()  # noqa: SIM115 - the result
    target: Any = fileobj
    try:
        for piece in stream_archive(root, files, gzip, extra_files):
            target.write(piece)
    except BaseException:
        if own is not None:
            own.close()
        raise
    target.seek(0)
    return target  # type: ignore[no-any-return]


def stream_archive(
    root: str,
    files: Optional[Iterable[str]] = None,
    gzip: bool = False,
    extra_files: Optional[Sequence[tuple[str, str]]] = None,
) -> ArchivePieces:
    """Give the archive of :py:func:`create_archive` in bounded pieces."""
    # Programs that never build do not load it.
    from .. import _native

    extra = extra_files or []
    replaced = {name for name, _ in extra}
    names = build_file_list(root) if files is None else files
    return _native.ArchivePieces(
        root,
        [name for name in names if name not in replaced],
        [(name, text.encode("utf-8")) for name, text in extra],
        gzip=gzip,
        owner=_owner_name,
    )


def _owner_name(kind: str, number: int) -> Optional[str]:
    """Look a user or group up; None for one without a name."""
    try:
        if kind == "user":
            import pwd

            return pwd.getpwuid(number).pw_name
        import grp

        return grp.getgrgid(number).gr_name
    except (ImportError, KeyError):
        return None


def mkbuildcontext(dockerfile: Any) -> IO[bytes]:
    """Make a context that holds nothing but the Dockerfile.

    ``dockerfile`` is a ``BytesIO`` or an open binary file; a ``StringIO``
    raises ``TypeError``. Returns a temporary file, at its beginning.
    """
    import tarfile
    import tempfile

    if isinstance(dockerfile, io.StringIO):
        raise TypeError(
            "Please use io.BytesIO to create in-memory Dockerfiles with Python 3"
        )
    result: Any = tempfile.NamedTemporaryFile()  # noqa: SIM115 - likewise
    with tarfile.open(mode="w", fileobj=result) as archive:
        if isinstance(dockerfile, io.BytesIO):
            info = tarfile.TarInfo("Dockerfile")
            info.size = len(dockerfile.getvalue())
            dockerfile.seek(0)
        else:
            info = archive.gettarinfo(fileobj=dockerfile, arcname="Dockerfile")
        archive.addfile(info, dockerfile)
    result.seek(0)
    return result  # type: ignore[no-any-return]


# ----------------------------------------------------------------- patterns


def split_path(p: str) -> list[str]:
    """Split a path into its parts, without empty ones and ``.``."""
    return [part for part in _SEP.split(p) if part not in ("", ".")]


def normalize_slashes(p: str) -> str:
    """Write a Windows path with slashes; elsewhere leave it as it is."""
    return "/".join(split_path(p)) if IS_WINDOWS_PLATFORM else p


def walk(
    root: str,
    patterns: Iterable[str],
    default: bool = True,  # noqa: ARG001 - accepted, and without effect
) -> Iterator[str]:
    """Give the paths under ``root`` that ``patterns`` leave in."""
    return PatternMatcher(patterns).walk(root)


def _entries(root: str, folder: str) -> Iterator[tuple[str, bool]]:
    """Give what is in a folder, relative to ``root``, and which are folders."""
    above = os.path.join(folder, "")
    with os.scandir(os.path.join(root, folder)) as entries:
        for entry in entries:
            yield above + entry.name, entry.is_dir(follow_symlinks=False)


def _everything(root: str, folder: str) -> Iterator[str]:
    for path, is_folder in _entries(root, folder):
        yield path
        if is_folder:
            yield from _everything(root, path)


class PatternMatcher:
    """The patterns of a .dockerignore file, in their order."""

    def __init__(self, patterns: Iterable[str]) -> None:
        self.patterns = [pattern for pattern in map(Pattern, patterns) if pattern.dirs]
        self.patterns.append(Pattern("!.dockerignore"))

    def matches(self, filepath: str) -> bool:
        """Tell whether ``filepath`` is excluded: the last match decides.

        A pattern that matches a folder above the file counts as a match.
        """
        excluded = False
        parents = split_path(os.path.dirname(filepath))
        for pattern in self.patterns:
            if pattern.exclusion is not excluded:
                continue  # it could only say again what is already decided
            hit = pattern.match(filepath)
            if not hit and parents and len(pattern.dirs) <= len(parents):
                hit = pattern.match(os.path.sep.join(parents[: len(pattern.dirs)]))
            if hit:
                excluded = not pattern.exclusion
        return excluded

    def walk(self, root: str) -> Iterator[str]:
        """Give every path under ``root`` that is not excluded, relative to it.

        Folders come before what is in them. Links are not followed. An
        excluded folder is still searched when a ``!`` pattern may reach into it.
        """
        if all(pattern.exclusion for pattern in self.patterns):
            return _everything(root, "")
        return self._walk(root, "")

    def _walk(self, root: str, folder: str) -> Iterator[str]:
        for path, is_folder in _entries(root, folder):
            excluded = self.matches(path)
            if not excluded:
                yield path
            if is_folder and (not excluded or self._may_reach_into(path)):
                yield from self._walk(root, path)

    def _may_reach_into(self, folder: str) -> bool:
        prefix = normalize_slashes(folder)
        return any(
            pattern.exclusion and pattern.cleaned_pattern.startswith(prefix)
            for pattern in self.patterns
        )


class Pattern:
    """One line of a .dockerignore file; ``exclusion`` when it begins with ``!``."""

    def __init__(self, pattern_str: str) -> None:
        self.exclusion = pattern_str.startswith("!")
        self.dirs = self.normalize(pattern_str[1:] if self.exclusion else pattern_str)
        self.cleaned_pattern = "/".join(self.dirs)

    @classmethod
    def normalize(cls, p: str) -> list[str]:
        """Split into parts; ``.`` vanishes, ``..`` takes the part before it along.

        Slashes at either end and blanks around the pattern mean nothing.
        """
        parts: list[str] = []
        for part in split_path(p.strip()):
            if part != "..":
                parts.append(part)
            elif parts:
                parts.pop()
        return parts

    def match(self, filepath: str) -> bool:
        """Tell whether the pattern matches ``filepath`` itself."""
        return fnmatch(normalize_slashes(filepath), self.cleaned_pattern)
