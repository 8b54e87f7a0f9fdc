"""Images on real engines: names, archives, registries."""

from __future__ import annotations

import io
import json
import tarfile
from pathlib import Path
from typing import Any, Callable

import pytest
from results import IMAGE, LABEL, Side, Table, Twins

CASES = Table()


@pytest.mark.parametrize("case", CASES)
def test_results(case: Callable[[Side], Any], twins: Twins) -> None:
    twins.compare(case)


def root_files() -> bytes:
    """A root file system of one file."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        member = tarfile.TarInfo("hello")
        member.size = 5
        tar.addfile(member, io.BytesIO(b"world"))
    return out.getvalue()


def statuses(progress: Any) -> list[Any]:
    """What the messages of a progress say, without the measurements."""
    if isinstance(progress, (list, tuple)) or hasattr(progress, "__next__"):
        progress = b"".join(progress)
    text = progress.decode() if isinstance(progress, bytes) else progress
    messages = [json.loads(line) for line in text.splitlines() if line.strip()]
    skipped = {
        "Downloading",
        "Extracting",
        "Pushing",
        "Preparing",
        "Waiting",
        "Verifying Checksum",
    }
    return [
        {
            name: message[name]
            for name in ("status", "id", "error", "stream", "errorDetail")
            if name in message
        }
        for message in messages
        if message.get("status") not in skipped and "aux" not in message
    ]


# ------------------------------------------------------------------ names


@CASES
def get_list_tag_remove(side: Side) -> Any:
    image = side.client.images.get(IMAGE)
    name = side.called("named")
    seen = [
        image.tag(name),
        image.tag(name, "two"),
        image.tag(name, tag="three", force=True),
    ]
    found = side.client.images.list(name=name)
    named = side.client.images.get(f"{name}:two")
    listed = side.api.images(name=name)
    only = side.client.images.list(filters={"reference": f"{name}:two"})
    return [
        *seen,
        [sorted(tag for tag in one.tags if name in tag) for one in found],
        named.id == image.id,
        named == image,
        len(named.short_id),
        sorted(named.attrs),
        [sorted(one) for one in listed],
        len(side.api.images(name=name, quiet=True)),
        len(only),
        len(side.client.images.list(filters={"label": side.called("no")})),
        side.client.images.remove(f"{name}:two"),
        side.api.remove_image(f"{name}:three", force=True, noprune=True),
        side.fails(side.client.images.get, f"{name}:two"),
        side.fails(side.client.images.remove, f"{name}:two"),
        side.fails(image.tag, "Not/Valid"),
        side.fails(image.tag, name, "not valid"),
        side.fails(side.client.images.get, "Not/Valid"),
        side.fails(side.client.images.get, ""),
        side.fails(side.client.images.list, filters={"nonsense": "x"}),
    ]


@CASES
def history(side: Side) -> Any:
    layers = side.client.images.get(IMAGE).history()
    return [
        [[*sorted(layer), layer["Size"]] for layer in layers],
        side.fails(side.api.history, "absent:none"),
    ]


@CASES
def in_use(side: Side) -> Any:
    made = side.up()
    image = made.commit(side.called("image"))
    side.client.containers.create(
        side.called("image"), "true", name=side.called("user"), labels=side.labels
    )
    return [
        side.fails(side.client.images.remove, side.called("image")),
        side.fails(side.client.images.remove, image.id),
    ]


# ------------------------------------------------------------------ archives


@CASES.alone
def save_and_load(side: Side) -> Any:
    name = f"{side.called('saved')}:one"
    side.api.import_image(root_files(), repository=side.called("saved"), tag="one")
    image = side.client.images.get(name)
    plain = b"".join(image.save())
    named = b"".join(image.save(named=True))
    chosen = b"".join(image.save(chunk_size=1024, named=name))
    tags = []
    for data in (plain, named, chosen):
        with tarfile.open(fileobj=io.BytesIO(data)) as tar:
            manifest = json.load(tar.extractfile("manifest.json"))  # type: ignore[arg-type]
            tags.append([entry["RepoTags"] for entry in manifest])
    image.remove(force=True)
    loaded = side.client.images.load(named)
    again = side.client.images.load(io.BytesIO(named))
    pieces = side.client.images.load(iter([named[:5000], named[5000:]]))
    progress = list(side.api.load_image(named, quiet=True))
    return [
        tags,
        [one.tags for one in (*loaded, *again, *pieces)],
        [one.id == image.id for one in loaded],
        progress,
        side.fails(image.save, named="not-its-tag"),
        side.fails(lambda: list(side.api.get_image("absent:none"))),
    ]


@CASES
def load_refused(side: Side) -> Any:
    return [
        side.fails(side.client.images.load, b"nothing like a tar" * 100)["class"],
        side.fails(side.client.images.load, root_files())["class"],
    ]


@CASES
def importing(side: Side) -> Any:
    api, data = side.api, root_files()
    folder = Path("/tmp") / side.called("import.tar")
    folder.write_bytes(data)
    try:
        answers = [
            api.import_image(data, repository=side.called("i"), tag="bytes"),
            api.import_image(
                str(folder),
                repository=side.called("i"),
                tag="path",
                changes=["ENV A=1"],
            ),
            api.import_image(io.BytesIO(data), repository=side.called("i"), tag="file"),
            api.import_image(
                iter([data]), repository=side.called("i"), tag="stream", stream_src=True
            ),
            api.import_image_from_data(data, repository=side.called("i"), tag="data"),
            api.import_image_from_file(
                str(folder), repository=side.called("i"), tag="file2"
            ),
            api.import_image_from_stream(
                iter([data]), repository=side.called("i"), tag="stream2"
            ),
        ]
    finally:
        folder.unlink()
    environment = side.client.images.get(f"{side.called('i')}:path").attrs["Config"][
        "Env"
    ]
    sizes = sorted(
        one.attrs["Size"] for one in side.client.images.list(side.called("i"))
    )
    return [
        [statuses(answer) for answer in answers],
        environment,
        sizes,
        side.fails(api.import_image),
        side.fails(
            api.import_image, b"not a tar" * 1000, repository=side.called("bad")
        ),
        side.fails(api.import_image, data, repository="Not/Valid"),
        side.fails(
            api.import_image_from_url,
            "http://127.0.0.1:1/none",
            repository=side.called("i"),
        )["status_code"],
    ]


@CASES
def importing_from_url(side: Side) -> Any:
    """The registry serves a file over plain HTTP: not an archive, but fetched by the engine."""
    address = side.engine.facts["registry"]["address"]
    url = f"http://{address}/v2/"
    return sorted(
        side.fails(side.api.import_image_from_url, url, repository=side.called("u"))
    )


@CASES
def import_by_name(side: Side) -> Any:
    progress = side.api.import_image_from_image(
        "busybox", repository=side.called("n"), tag="1.35"
    )
    return [
        statuses(progress)[-1:],
        side.fails(side.api.import_image, image="absent-here", tag="none")["class"],
    ]


# ------------------------------------------------------------------ registries


@CASES
def pulling(side: Side) -> Any:
    address = side.engine.facts["registry"]["address"]
    pull = side.client.images.pull
    low = side.api.pull
    by_name = pull(f"{address}/library/busybox", tag="latest")
    by_tag = pull(f"{address}/library/busybox:latest")
    digest = next(one for one in by_name.attrs["RepoDigests"] if address in one)
    by_digest = pull(digest)
    everything = pull(f"{address}/library/busybox", all_tags=True)
    text = low(f"{address}/library/busybox", tag="latest")
    stream = low(f"{address}/library/busybox", tag="latest", stream=True, decode=True)
    return [
        f"{address}/library/busybox:latest" in by_name.tags,
        by_tag.id == by_name.id == by_digest.id,
        len(everything) >= 1,
        statuses(text)[-1],
        [sorted(message) for message in stream][-1],
        pull("busybox", tag="latest").id == by_name.id,
        pull("busybox", platform="linux/amd64").id == by_name.id,
        side.fails(pull, "Not/Valid"),
        side.fails(pull, ""),
    ]


@CASES
def pulling_what_is_not_there(side: Side) -> Any:
    address = side.engine.facts["registry"]["address"]
    given = [
        side.fails(side.client.images.pull, f"{address}/library/none", tag="none"),
        side.fails(side.client.images.pull, f"{address}/library/busybox", tag="none"),
    ]
    return [[one["class"], one["status_code"], one["explanation"]] for one in given]


@CASES
def pushing(side: Side) -> Any:
    address = side.engine.facts["registry"]["address"]
    name = f"{address}/{side.called('pushed')}"
    image = side.client.images.get(IMAGE)
    image.tag(name, "one")
    image.tag(name, "two")
    text = side.client.images.push(name, tag="one")
    stream = side.client.images.push(name, tag="two", stream=True, decode=True)
    messages = [sorted(message) for message in stream]
    whole = side.client.images.push(name)
    data = side.client.images.get_registry_data(f"{name}:one")
    again = data.pull()
    return [
        statuses(text)[0],
        [one for one in statuses(text) if "digest" in one.get("status", "")],
        messages[0],
        len(statuses(whole)) > 2,
        data.id.startswith("sha256:"),
        sorted(data.attrs),
        data.has_platform("linux/amd64"),
        data.has_platform("linux/s390x"),
        side.fails(data.has_platform, "a/b/c/d"),
        again.id == image.id,
        sorted(side.api.inspect_distribution(f"{name}:one")),
        side.fails(side.client.images.get_registry_data, f"{name}:none"),
    ]


@CASES
def private_registry(side: Side) -> Any:
    private = side.engine.facts["private_registry"]
    good = {"username": private["username"], "password": private["password"]}
    bad = {**good, "password": "wrong"}
    name = f"{private['address']}/{side.called('p')}"
    image = side.client.images.get(IMAGE)
    image.tag(name, "one")
    pushed = statuses(side.client.images.push(name, tag="one", auth_config=good))
    pulled = side.client.images.pull(name, tag="one", auth_config=good)
    return [
        pushed[0],
        pulled.id == image.id,
        [
            side.fails(side.client.images.pull, name, tag="one", auth_config=bad)[part]
            for part in ("class", "explanation")
        ],
        [
            side.fails(side.client.images.pull, name, tag="one")[part]
            for part in ("class", "explanation")
        ],
        side.fails(
            side.client.images.get_registry_data, f"{name}:one", auth_config=bad
        ),
        side.client.images.get_registry_data(
            f"{name}:one", auth_config=good
        ).id.startswith("sha256:"),
    ]


@CASES
def logged_in(side: Side) -> Any:
    private = side.engine.facts["private_registry"]
    name = f"{private['address']}/{side.called('l')}"
    login = side.client.login
    bad = side.fails(login, private["username"], "wrong", registry=private["address"])
    answer = login(
        private["username"], private["password"], registry=private["address"]
    )
    cached = login(
        private["username"], private["password"], registry=private["address"]
    )
    again = login(
        private["username"],
        private["password"],
        registry=private["address"],
        reauth=True,
    )
    side.client.images.get(IMAGE).tag(name, "one")
    pushed = statuses(side.client.images.push(name, tag="one"))
    return [
        bad,
        answer,
        sorted(cached),
        again,
        pushed[0],
        side.client.images.pull(name, tag="one").tags != [],
        side.fails(login, "a", "b", registry="127.0.0.1:1")["class"],
    ]


@CASES
def searching(side: Side) -> Any:
    """No public registry is reachable: how that is told depends on the resolver."""
    found = side.fails(side.client.images.search, "busybox", limit=3)
    return [
        found["class"],
        found["status_code"],
        side.fails(side.client.images.search, "busybox", limit=-1)["class"],
    ]


@CASES.alone
def pruning(side: Side) -> Any:
    mine = {"label": f"{LABEL}={side.prefix}"}
    side.api.import_image(
        root_files(),
        repository=side.called("dangling"),
        changes=[f"LABEL {LABEL}={side.prefix}"],
    )
    found = side.client.images.get(side.called("dangling"))
    kept = side.client.images.prune(filters=mine)
    gone = side.client.images.prune(filters={**mine, "dangling": False})
    return [
        kept,
        sorted(key for one in gone["ImagesDeleted"] for key in one),
        side.fails(side.client.images.get, found.id)["class"],
        sorted(side.client.images.prune_builds(filters={"until": "100000h"})),
        side.fails(side.client.images.prune, filters={"nonsense": "x"}),
    ]
