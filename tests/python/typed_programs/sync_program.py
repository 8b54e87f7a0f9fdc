"""What typed programs do with docker-py: containers, images, volumes, networks, streams, errors."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import dockline as docker
from dockline.errors import (
    APIError,
    BuildError,
    ContainerError,
    ImageNotFound,
    NotFound,
)
from dockline.models.containers import Container, ExecResult
from dockline.models.images import Image
from dockline.models.networks import Network
from dockline.types import EndpointConfig, LogConfig, Mount, Ulimit
from dockline.types.responses import ContainerDetails, EngineInfo, ImageSummary


class Service:
    """Starts one container and looks after it."""

    def __init__(
        self, image: str, *, client: docker.DockerClient | None = None
    ) -> None:
        self.client = client or docker.from_env(timeout=30)
        self.image = image
        self.container: Container | None = None

    def start(self, command: list[str] | None = None, **environment: str) -> Container:
        self.ensure_image()
        container: Container = self.client.containers.run(
            self.image,
            command,
            detach=True,
            environment=environment,
            mounts=[Mount("/data", "data", type="volume", read_only=False)],
            ulimits=[Ulimit(name="nofile", soft=1024, hard=2048)],
            log_config=LogConfig(type="json-file", config={"max-size": "1m"}),
            ports={"80/tcp": None},
            healthcheck={"test": ["CMD", "true"], "interval": 1_000_000_000},
            restart_policy={"Name": "on-failure", "MaximumRetryCount": 3},
        )
        self.container = container
        return container

    def ensure_image(self) -> Image:
        try:
            return self.client.images.get(self.image)
        except ImageNotFound:
            repository, _, tag = self.image.partition(":")
            return self.client.images.pull(repository, tag=tag or "latest")

    def port(self) -> int:
        assert self.container is not None
        self.container.reload()
        bindings = self.container.ports["80/tcp"]
        return int(bindings[0]["HostPort"])

    def health(self) -> str:
        assert self.container is not None
        attrs = cast(ContainerDetails, self.container.attrs)
        return attrs["State"]["Health"]["Status"]

    def run_inside(self, *command: str) -> str:
        assert self.container is not None
        result: ExecResult = self.container.exec_run(list(command), demux=False)
        code, output = result
        if code != 0:
            raise RuntimeError(f"exit code {code}")
        return cast(bytes, output).decode()

    def follow(self) -> Iterator[str]:
        assert self.container is not None
        for line in self.container.logs(stream=True, follow=True, timestamps=True):
            yield line.decode("utf-8", "replace").rstrip()

    def stop(self) -> None:
        if self.container is not None:
            try:
                self.container.stop(timeout=5)
                status: dict[str, Any] = self.container.wait(timeout=10)
                print(status["StatusCode"], self.container.status)
                self.container.remove(v=True, force=True)
            except NotFound:
                pass


@contextmanager
def network(client: docker.DockerClient, name: str) -> Generator[Network, None, None]:
    made = client.networks.create(name, driver="bridge", labels={"by": "test"})
    try:
        yield made
    finally:
        made.remove()


def build(client: docker.DockerClient, folder: Path, tag: str) -> Image:
    try:
        image, log = client.images.build(path=str(folder), tag=tag, rm=True, pull=False)
    except BuildError as error:
        for item in error.build_log:
            print(item.get("stream", ""))
        raise
    for line in log:
        print(line)
    return image


def copy_text(container: Container, name: str, text: str) -> bool:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        info = tarfile.TarInfo(name)
        info.size = len(text)
        archive.addfile(info, io.BytesIO(text.encode()))
    return container.put_archive("/tmp", buffer.getvalue())


def read_back(container: Container, path: str) -> bytes:
    chunks, stat = container.get_archive(path)
    print(stat["size"])
    return b"".join(chunks)


def low_level(base_url: str) -> dict[str, Any]:
    api = docker.APIClient(base_url=base_url, version="auto", timeout=10)
    settings = api.create_host_config(binds=["/tmp:/mnt:ro"], port_bindings={80: None})
    endpoint = EndpointConfig("1.41", aliases=["web"])
    created = api.create_container(
        "busybox",
        ["true"],
        host_config=settings,
        networking_config=api.create_networking_config({"net": endpoint}),
    )
    try:
        api.start(created["Id"])
        return api.inspect_container(created["Id"])
    except APIError as error:
        if error.response is not None and error.response.status_code == 409:
            print(error.explanation, error.is_client_error())
        raise
    finally:
        api.remove_container(created["Id"], force=True)
        api.close()


def summary(client: docker.DockerClient) -> dict[str, int]:
    info = cast(EngineInfo, client.info())
    images = cast("list[ImageSummary]", client.api.images())
    biggest = max((image["Size"] for image in images), default=0)
    return {"containers": info["Containers"], "biggest": biggest}


def main() -> None:
    with docker.DockerClient(base_url="unix:///var/run/docker.sock") as client:
        for event in client.events(decode=True, filters={"type": "container"}):
            print(event["Action"])
        print(client.ping(), client.version()["Version"])
        containers: list[Container] = client.containers.list(all=True)
        print(sorted(each.short_id for each in containers), client.volumes.list())
    try:
        output = docker.from_env().containers.run("busybox", "false", remove=True)
        print(output)
    except ContainerError as error:
        print(error.exit_status, error.stderr)


if __name__ == "__main__":
    main()
