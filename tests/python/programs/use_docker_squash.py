"""docker-squash: the layers of an image become one; through its own command line."""

from __future__ import annotations

import io
import sys
import tarfile
import tempfile
from pathlib import Path

import docker
from docker_squash.cli import CLI

RECIPE = b"""FROM busybox:latest
RUN mkdir /kept && echo one > /kept/a && echo gone > /gone
RUN echo two > /kept/b && rm /gone
ENV COLOUR=blue
RUN ln -s a /kept/c && echo three >> /kept/a
"""
NAME = "dockline-squash"


def squash(*arguments):
    sys.argv = ["docker-squash", *arguments]
    CLI().run()


def main():
    assert docker.__name__ == "dockline", docker.__file__
    client = docker.from_env()
    image, _ = client.images.build(
        fileobj=io.BytesIO(RECIPE), tag=f"{NAME}:all", rm=True, nocache=True
    )
    layers = len(image.attrs["RootFS"]["Layers"])
    base = len(client.images.get("busybox:latest").attrs["RootFS"]["Layers"])
    assert layers == base + 3, layers
    try:
        squash("--from-layer", "4", "--tag", f"{NAME}:one", f"{NAME}:all")
        one = client.images.get(f"{NAME}:one")
        assert len(one.attrs["RootFS"]["Layers"]) == base + 1
        assert "COLOUR=blue" in one.attrs["Config"]["Env"]
        script = "cat /kept/a /kept/b /kept/c; ls /gone || true"
        said = client.containers.run(
            one, ["sh", "-c", script], remove=True, stderr=False
        )
        assert said == b"one\nthree\ntwo\none\nthree\n", said
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "image.tar"
            squash("--output-path", str(path), "--tag", f"{NAME}:file", f"{NAME}:all")
            with tarfile.open(path) as archive:
                assert "manifest.json" in archive.getnames()
            (loaded,) = client.images.load(path.read_bytes())
            assert f"{NAME}:file" in loaded.tags, loaded.tags
    finally:
        for tag in ("all", "one", "file"):
            try:
                client.images.remove(f"{NAME}:{tag}", force=True)
            except docker.errors.ImageNotFound:
                pass
    print("done")


if __name__ == "__main__":
    main()
