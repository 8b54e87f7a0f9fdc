"""Build contexts against the original: what .dockerignore leaves in, and the archives made of it."""

from __future__ import annotations

import gc
import gzip
import io
import itertools
import os
import random
import socket
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import docker.api.build as original_build
import docker.utils.build as original
import pytest

from agreement import agree, outcome
from dockline.utils import build

TREE = [
    "Dockerfile", "Dockerfile.alt", ".dockerignore", "a.py", "a.py.orig", "cde", "foo/a.py", "foo/b.py", "foo/bar/a.py", "foo/Dockerfile3",
    "bar/a.py", "bar/other.py", "bar/baz/a.py", "subdir/file1", "subdir/subsub/file2", "subdir/target/file.txt", "subdir/target/deep/x",
    "target/subdir/file", "Upper/Case.PY", "space dir/a b", ".hidden/x", "empty/",
]  # fmt: skip

LISTS: list[list[str]] = [
    [], ["*"], ["**"], ["*.py"], ["**/*.py"], ["foo"], ["foo/"], ["/foo"], ["./foo"], ["foo/*"], ["foo/**"], ["foo/a.py"], ["foo/../bar"],
    ["../foo"], [".."], ["."], ["./"], ["/"], [""], [" "], [" foo "], ["#foo"], ["*", "!foo"], ["*", "!foo/a.py"], ["*", "!*.py"],
    ["*", "!**/*.py"], ["foo", "!foo/bar"], ["foo", "!foo/bar/a.py"], ["foo", "!foo/bar", "foo/bar/a.py"], ["*.py", "!foo/*.py"],
    ["**/a.py", "!foo/bar/a.py"], ["subdir/**", "!subdir/target"], ["**/target", "!subdir/target/deep"], ["*/target/subdir"], ["*/*"],
    ["*/*/a.py"], ["?.py"], ["[ab].py"], ["[!a]*"], ["FOO"], ["upper"], ["*.PY"], ["Dockerfile"], ["Dockerfile*"], [".dockerignore"],
    ["*", "!Dockerfile.alt"], ["foo/Dockerfile3"], ["**/Dockerfile*"], [".hidden"], [".*"], ["space dir"], ["space dir/a b"], ["empty"],
    ["foo", "foo", "!foo", "foo/b.py"], ["!foo"], ["!"], ["! foo"], ["**/subsub"], ["subdir/**/file2"], ["**/**/file2"], ["sub*/file1"],
    ["subdir/target/../subsub"], ["target/*", "!target/subdir"], ["foo//bar"], ["foo/./bar"], ["*ar"], ["foo/bar/../../cde"],
]  # fmt: skip


@pytest.fixture(scope="module")
def tree(tmp_path_factory: Any) -> str:
    root = tmp_path_factory.mktemp("context")
    for name in TREE:
        path = root / name
        if name.endswith("/"):
            path.mkdir(parents=True)
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(f"content of {name}\n" * 10)
    (root / "link").symlink_to("foo")
    (root / "broken").symlink_to("nowhere")
    (root / "foo" / "self").symlink_to("..")
    os.link(root / "cde", root / "hard")
    return str(root)


@pytest.mark.parametrize("patterns", LISTS)
@pytest.mark.parametrize("dockerfile", [None, "Dockerfile.alt", "foo/Dockerfile3", ""])
def test_exclude_paths(tree: str, patterns: list[str], dockerfile: Any) -> None:
    theirs = outcome(
        original.exclude_paths, tree, list(patterns), dockerfile=dockerfile
    )
    mine = outcome(build.exclude_paths, tree, list(patterns), dockerfile=dockerfile)
    assert mine == theirs


def test_exclude_paths_at_random(tree: str) -> None:
    draw = random.Random(7)
    parts = [
        "foo",
        "bar",
        "*",
        "**",
        "a.py",
        "*.py",
        "..",
        ".",
        "subdir",
        "target",
        "?ar",
        "[a-f]*",
        "file*",
        "",
        "!x",
    ]
    for _ in range(400):
        patterns = [
            draw.choice(["", "", "!", "/", "!/"])
            + "/".join(draw.choices(parts, k=draw.randint(1, 4)))
            for _ in range(draw.randint(1, 5))
        ]
        assert build.exclude_paths(tree, list(patterns)) == original.exclude_paths(
            tree, list(patterns)
        ), patterns


def test_the_callers_patterns_are_left_alone(tree: str) -> None:
    patterns = ["*.py"]
    build.exclude_paths(tree, patterns)
    assert patterns == ["*.py"]


@pytest.mark.parametrize("patterns", LISTS)
def test_matcher(tree: str, patterns: list[str]) -> None:
    theirs, mine = (
        original.PatternMatcher(list(patterns)),
        build.PatternMatcher(patterns),
    )
    assert sorted(mine.walk(tree)) == sorted(theirs.walk(tree))
    assert sorted(build.walk(tree, patterns)) == sorted(
        original.walk(tree, list(patterns))
    )
    for path in itertools.chain(TREE, ["x/y/z", "foo/bar/new", "", "/abs/path"]):
        assert mine.matches(path) == theirs.matches(path), path
    for a, b in zip(mine.patterns, theirs.patterns):
        assert (a.dirs, a.exclusion, a.cleaned_pattern) == (
            b.dirs,
            b.exclusion,
            b.cleaned_pattern,
        )


def content(file: Any) -> bytes:
    """Read a file to its end and close it."""
    with file:
        return bytes(file.read())


def members(file: Any) -> list[Any]:
    with tarfile.open(fileobj=file) as archive:
        return [
            (
                m.name,
                m.type,
                m.size,
                m.mode,
                m.uid,
                m.gid,
                m.uname,
                m.mtime,
                m.linkname,
                m.isfile() and archive.extractfile(m).read(),
            )  # type: ignore[union-attr]
            for m in archive.getmembers()
        ]


@pytest.mark.parametrize("patterns", [[], ["*.py"], ["*", "!foo"], ["**/a.py"]])
@pytest.mark.parametrize(
    "dockerfile",
    [
        None,
        ("Dockerfile.alt", None),
        (".dockerfile.123", "FROM scratch\n# é\n"),
        (None, None),
    ],
)
@pytest.mark.parametrize("packed", [False, True])
def test_tar(tree: str, patterns: list[str], dockerfile: Any, packed: bool) -> None:
    theirs = original.tar(tree, list(patterns), dockerfile, gzip=packed)
    mine = build.tar(tree, list(patterns), dockerfile, gzip=packed)
    streamed = b"".join(
        build.stream_context(tree, list(patterns), dockerfile, gzip=packed)
    )
    expected, got = content(theirs), content(mine)
    assert members(io.BytesIO(got)) == members(io.BytesIO(expected))
    if packed:
        expected, got, streamed = (
            gzip.decompress(expected),
            gzip.decompress(got),
            gzip.decompress(streamed),
        )
    assert got == expected
    assert streamed == expected


def test_archive_into_a_file_of_the_caller(tree: str) -> None:
    theirs, mine = io.BytesIO(), io.BytesIO(b"")
    original.create_archive(
        tree, ["cde", "hard", "link"], fileobj=theirs, extra_files=[("cde", "other")]
    )
    assert (
        build.create_archive(
            tree, ["cde", "hard", "link"], fileobj=mine, extra_files=[("cde", "other")]
        )
        is mine
    )
    assert mine.getvalue() == theirs.getvalue()
    assert mine.tell() == 0


def test_default_list(tree: str) -> None:
    assert sorted(build.build_file_list(tree)) == sorted(original.build_file_list(tree))
    assert content(build.create_archive(tree)) == content(original.create_archive(tree))


def test_sockets_fifos_and_strange_times(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "socket"))
        os.mkfifo(tmp_path / "fifo")
        for name, time in (
            ("old", -5.5),
            ("new", 8.0**11 + 0.5),
            ("now", 1700000000.25),
        ):
            (tmp_path / name).write_bytes(b"x" * 513)
            os.utime(tmp_path / name, (time, time))
        names = sorted(os.listdir(tmp_path))
        got = content(build.create_archive(str(tmp_path), names))
        assert got == content(original.create_archive(str(tmp_path), names))
    assert [name for name, *_ in members(io.BytesIO(got))] == [
        "fifo",
        "new",
        "now",
        "old",
    ]


@pytest.fixture
def unprivileged() -> Iterator[None]:
    """Be nobody: root may read everything."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.mark.filterwarnings(
    "ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning"
)
def test_missing_and_unreadable_files(unprivileged: None) -> None:
    with tempfile.TemporaryDirectory() as folder:
        agree(original.create_archive, build.create_archive, folder, ["none"])
        with open(os.path.join(folder, "a"), "w") as file:
            file.write("x")
        os.chmod(file.name, 0)
        told = agree(original.create_archive, build.create_archive, folder, ["a"]).text
        assert told == f"Can not read file in context: {folder}/a"


def test_names_that_headers_cannot_hold(tmp_path: Path) -> None:
    root = os.fsencode(tmp_path)
    names = [
        "größe".encode(),
        b"bad\xff\xfe\xc3",
        "😀".encode() * 20,
        b"n" * 100,
        b"n" * 101,
        b"folder" * 16 + b"abcd",
        b"deep/" * 30 + b"file",
        b"back\\slash",
        b" new\nline",
    ]
    for name in names:
        os.makedirs(os.path.dirname(os.path.join(root, name)), exist_ok=True)
        if name.startswith(b"folder"):
            os.mkdir(os.path.join(root, name))
            continue
        with open(os.path.join(root, name), "wb") as file:
            file.write(name)
    for number, name in enumerate(names):
        os.symlink(name, os.path.join(root, b"link %d" % number))
    wanted = sorted(build.exclude_paths(str(tmp_path), []))
    got = content(build.create_archive(str(tmp_path), wanted))
    assert got == content(original.create_archive(str(tmp_path), wanted))


def test_a_file_that_shrinks_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"x" * 1_000_000)
    pieces = build.stream_archive(str(tmp_path), ["a"])
    next(pieces)
    path.write_bytes(b"")
    with pytest.raises(OSError, match="Can not read file in context"):
        list(pieces)


def test_streaming_holds_little(tmp_path: Path) -> None:
    with open(tmp_path / "big", "wb") as file:
        file.truncate(64 << 20)
    pieces = build.stream_archive(str(tmp_path), ["big"])
    sizes = [len(piece) for piece in pieces]
    assert max(sizes) <= 256 * 1024
    assert sum(sizes) % 10240 == 0


@pytest.mark.filterwarnings(
    "ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning"
)
def test_text_is_no_dockerfile() -> None:
    """The original leaves its file to the garbage collector."""
    agree(original.mkbuildcontext, build.mkbuildcontext, io.StringIO("FROM scratch"))
    gc.collect()


def test_single_dockerfile(tmp_path: Path) -> None:
    text = b"FROM scratch\n"
    assert content(build.mkbuildcontext(io.BytesIO(text))) == content(
        original.mkbuildcontext(io.BytesIO(text))
    )
    path = tmp_path / "Dockerfile"
    path.write_bytes(text)
    with open(path, "rb") as first, open(path, "rb") as second:
        assert content(build.mkbuildcontext(first)) == content(
            original.mkbuildcontext(second)
        )


TAGS = [
    "a", "a:b", "a/b:c", "host:5000/a:b", "host:5000/a", "A", "a:B", "a:-b", "a_b", "a__b", "a___b", "a..b", "a--b", "-a", "a-", "a:", ":a", "",
    "a/", "/a", "a//b", "a:b:c", "a:" + "x" * 128, "a:" + "x" * 129, "localhost/a", "a@sha256:b", "a b", "a\n", "a:b\n", "ä", "a.b/c-d/e_f:1.0",
]  # fmt: skip


@pytest.mark.parametrize("tag", TAGS, ids=repr)
def test_match_tag(tag: str) -> None:
    agree(original.match_tag, build.match_tag, tag)


@pytest.mark.parametrize(
    "name",
    [
        None,
        "",
        "Dockerfile",
        "foo/Dockerfile3",
        "./Dockerfile",
        "../Dockerfile",
        "none",
        "INSIDE",
        "OUTSIDE",
        "foo/../Dockerfile",
    ],
)
def test_process_dockerfile(tree: str, tmp_path: Path, name: Any) -> None:
    (tmp_path / "Dockerfile").write_text("FROM outside\n")
    name = {
        "INSIDE": os.path.join(tree, "foo", "Dockerfile3"),
        "OUTSIDE": str(tmp_path / "Dockerfile"),
    }.get(name, name)
    theirs, mine = (
        outcome(original_build.process_dockerfile, name, tree),
        outcome(build.process_dockerfile, name, tree),
    )
    if theirs.error is None and theirs.value[1] is not None:
        assert mine.value[1] == theirs.value[1]
        assert mine.value[0].startswith(".dockerfile.")
    else:
        assert mine == theirs
