"""How to make a real engine refuse: one row per kind and way. Read by `test_error_kinds.py`.

A row's function gets the `Stage`; it must raise. The class is what docker-py's programs catch, or its family.
"""

from __future__ import annotations

import io
import itertools
import tarfile
from typing import Any, Callable, NamedTuple

import dockline
from dockline import errors
from dockline.types import DeviceRequest, IPAMConfig, IPAMPool, LogConfig, Mount

IMAGE = "busybox:latest"
#: Where the registry of `error_registry.py` listens; on the second address the engine insists on TLS.
REGISTRY, REGISTRY_PORT, STRANGER = "127.0.0.1", 5055, "172.17.0.1"


class Stage:
    """A client of an engine that belongs to the test, and what the rows find there."""

    def __init__(self, client: dockline.DockerClient) -> None:
        self.client = client
        self.api = client.api
        self.running = client.containers.run(
            IMAGE, "sleep 3600", name="running", detach=True, init=True
        )
        self.stopped = client.containers.create(IMAGE, "true", name="stopped")
        self.paused = client.containers.run(
            IMAGE, "sleep 3600", name="paused", detach=True, init=True
        )
        self.paused.pause()
        self.numbers = itertools.count()

    def start(self, *args: Any, **kwargs: Any) -> Any:
        """Create and start a container that is not expected to start."""
        made = self.client.containers.create(IMAGE, *args, **kwargs)
        try:
            made.start()
        finally:
            made.remove(force=True)

    def create(self, **config: Any) -> Any:
        """Create a container from the engine's own terms."""
        return self.api.create_container_from_config({"Image": IMAGE, **config})

    def raw(self, method: str, path: str, **kwargs: Any) -> Any:
        """Send a request to a path without a version of ours."""
        answer = self.api.request(method, self.api.base_url + path, **kwargs)
        self.api._raise_for_status(answer)
        return answer

    def network(self, subnet: str) -> Any:
        """Make a network with a subnet of its own."""
        pool = IPAMConfig(pool_configs=[IPAMPool(subnet=subnet)])
        return self.client.networks.create(f"net{next(self.numbers)}", ipam=pool)

    def build(self, text: str, **kwargs: Any) -> Any:
        """Build a Dockerfile."""
        return self.client.images.build(fileobj=io.BytesIO(text.encode()), **kwargs)

    def context(self, **kwargs: Any) -> Any:
        """Build a context that holds a Dockerfile and nothing else."""
        data = archive("Dockerfile", b"FROM busybox\nCOPY nope /\n")
        return self.client.images.build(
            fileobj=io.BytesIO(data), custom_context=True, **kwargs
        )

    def pull(self, repository: str, address: str = REGISTRY, **kwargs: Any) -> Any:
        """Pull from the registry that refuses."""
        return self.client.images.pull(
            f"{address}:{REGISTRY_PORT}/{repository}", "latest", **kwargs
        )


def archive(name: str, data: bytes) -> bytes:
    """A tar archive of one file."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        info = tarfile.TarInfo(name)
        info.size = len(data)
        tar.addfile(info, io.BytesIO(data))
    return out.getvalue()


class Row(NamedTuple):
    """One way to make an engine refuse."""

    kind: str
    cls: type
    #: What `summary` must contain.
    summary: str
    provoke: Callable[[Stage], Any]


def both(
    first: Callable[[], Any], second: Callable[[], Any], undo: Callable[[], Any]
) -> None:
    """Do what works, then what must not, and undo the first."""
    first()
    try:
        second()
    finally:
        undo()


def busy_port(stage: Stage) -> None:
    ports = {"80/tcp": 18080}
    one = stage.client.containers.run(
        IMAGE, "sleep 60", detach=True, ports=ports, init=True
    )
    both(
        lambda: None,
        lambda: stage.start("true", ports=ports),
        lambda: one.remove(force=True),
    )


def used_volume(stage: Stage) -> None:
    volume = stage.client.volumes.create("used")
    one = stage.client.containers.create(IMAGE, volumes=["used:/x"])
    both(lambda: None, volume.remove, lambda: (one.remove(), volume.remove()))


def overlap(stage: Stage) -> None:
    first = stage.network("10.91.0.0/24")
    both(lambda: None, lambda: stage.network("10.91.0.0/16"), first.remove)


def same_name(stage: Stage) -> None:
    name = f"twice{next(stage.numbers)}"
    pool = IPAMConfig(pool_configs=[IPAMPool(subnet="10.92.0.0/24")])
    first = stage.client.networks.create(name, ipam=pool)
    again = lambda: stage.client.networks.create(name, check_duplicate=True)  # noqa: E731
    both(lambda: None, again, first.remove)


def on_network(work: Callable[[Stage, Any], Any]) -> Callable[[Stage], None]:
    def provoke(stage: Stage) -> None:
        network = stage.network("10.93.0.0/24")
        try:
            work(stage, network)
        finally:
            network.reload()
            for one in network.containers:
                network.disconnect(one, force=True)
            network.remove()

    return provoke


def connected(stage: Stage, network: Any, work: Callable[[], Any]) -> Any:
    network.connect(stage.running)
    return work()


def taken_address(stage: Stage, network: Any) -> None:
    network.connect(stage.running, ipv4_address="10.93.0.9")
    other = stage.client.containers.run(IMAGE, "sleep 60", detach=True, init=True)
    try:
        network.connect(other, ipv4_address="10.93.0.9")
    finally:
        other.remove(force=True)


def every_pool(stage: Stage) -> None:
    made = []
    try:
        for number in range(64):
            made.append(stage.client.networks.create(f"pool{number}"))
    finally:
        for network in made:
            network.remove()


def dependents(stage: Stage) -> None:
    image, _ = stage.build("FROM busybox\nLABEL a=1\nLABEL b=2\n", rm=True)
    try:
        parent = image.attrs["Parent"]
        stage.api.remove_image(parent)
    finally:
        stage.api.remove_image(image.id, force=True)


def no_command(stage: Stage) -> None:
    stage.api.import_image_from_data(archive("x", b"x"), repository="bare")
    both(
        lambda: None,
        lambda: stage.api.create_container_from_config({"Image": "bare:latest"}),
        lambda: stage.api.remove_image("bare"),
    )


def silent_logs(stage: Stage) -> None:
    config = LogConfig(type="none")
    one = stage.client.containers.run(IMAGE, "true", detach=True, log_config=config)
    try:
        one.wait()
        one.logs()
    finally:
        one.remove(force=True)


def restarting(stage: Stage) -> None:
    one = stage.client.containers.run(
        IMAGE, "false", detach=True, restart_policy={"Name": "always"}
    )
    try:
        # Its pauses grow: sooner or later it is caught in one.
        for _ in range(10000):
            one.reload()
            if one.status == "restarting":
                one.exec_run("true")
    finally:
        one.remove(force=True)


def full(stage: Stage) -> None:
    options = {"type": "tmpfs", "device": "tmpfs", "o": "size=64k"}
    volume = stage.client.volumes.create("small", driver_opts=options)
    one = stage.client.containers.run(
        IMAGE, "sleep 60", detach=True, volumes=["small:/small"], init=True
    )
    try:
        one.put_archive("/small", archive("big", bytes(1 << 20)))
    finally:
        one.remove(force=True)
        volume.remove()


def read_only(stage: Stage) -> None:
    one = stage.client.containers.create(IMAGE, read_only=True)
    both(lambda: None, lambda: one.put_archive("/", archive("x", b"x")), one.remove)


def bind(**kwargs: Any) -> dict[str, Any]:
    return {"HostConfig": kwargs}


CLIENT = errors.APIError
CONFLICT, PROCESS, NETWORK = (
    errors.ConflictError,
    errors.ProcessError,
    errors.NetworkError,
)
MOUNT, REGISTRY_ERROR = errors.MountError, errors.RegistryError

# A row a line.
# fmt: off
ROWS = [
    Row("container_not_found", errors.NotFound, '"nope"', lambda s: s.client.containers.get("nope")),
    Row("image_not_found", errors.ImageNotFound, "no such image", lambda s: s.client.images.get("nope")),
    Row("network_not_found", errors.NotFound, '"nope"', lambda s: s.client.networks.get("nope")),
    Row("volume_not_found", errors.NotFound, '"nope"', lambda s: s.client.volumes.get("nope")),
    Row("exec_not_found", errors.NotFound, '"nope"', lambda s: s.api.exec_inspect("nope")),
    Row("plugin_not_found", errors.NotFound, '"nope"', lambda s: s.client.plugins.get("nope")),
    Row("path_not_found", errors.NotFound, "/nope", lambda s: s.running.get_archive("/nope")),
    Row("name_in_use", CONFLICT, '"running"', lambda s: s.client.containers.create(IMAGE, name="running")),
    Row("name_in_use", CONFLICT, '"running"', lambda s: s.stopped.rename("running")),
    Row("invalid_name", CLIENT, "not allowed", lambda s: s.client.containers.create(IMAGE, name="a b")),
    Row("executable_not_found", PROCESS, '"nonexist"', lambda s: s.start("nonexist")),
    Row("executable_not_found", PROCESS, '"/nonexist"', lambda s: s.start("/nonexist")),
    Row("executable_permission_denied", PROCESS, '"/etc/passwd"', lambda s: s.start("/etc/passwd")),
    Row("executable_permission_denied", PROCESS, '"/etc"', lambda s: s.start("/etc")),
    Row("bad_working_directory", PROCESS, "working directory", lambda s: s.start("true", working_dir="/bin/sh")),
    Row("bad_working_directory", PROCESS, "working directory", lambda s: s.start("true", working_dir="rel")),
    Row("user_not_found", PROCESS, '"nobodyx"', lambda s: s.start("true", user="nobodyx")),
    Row("runtime_unknown", PROCESS, "foo", lambda s: s.start("true", runtime="foo")),
    Row("device_not_found", PROCESS, "/dev/nope", lambda s: s.start("true", devices=["/dev/nope"])),
    Row("device_not_found", PROCESS, "gpu", lambda s: s.start("true", device_requests=[DeviceRequest(count=1, capabilities=[["gpu"]])])),
    Row("log_driver_unknown", CLIENT, '"foo"', lambda s: s.start("true", log_config=LogConfig(type="foo"))),
    Row("conflicting_options", CLIENT, "exclude", lambda s: s.create(**bind(AutoRemove=True, RestartPolicy={"Name": "always"}))),
    Row("invalid_resource_limit", CLIENT, "limit", lambda s: s.start("true", mem_limit="1m")),
    Row("invalid_resource_limit", CLIENT, "limit", lambda s: s.start("true", nano_cpus=64_000_000_000)),
    Row("unsupported_by_engine", CLIENT, "not support", lambda s: s.start("true", storage_opt={"size": "1g"})),
    Row("container_not_running", CONFLICT, "not running", lambda s: s.stopped.exec_run("true")),
    Row("container_not_running", CONFLICT, "not running", lambda s: s.stopped.kill()),
    Row("container_not_running", CONFLICT, "not running", lambda s: s.start("true", network_mode="container:stopped")),
    Row("container_running", CONFLICT, "running container", lambda s: s.running.remove()),
    Row("container_paused", CONFLICT, "paused", lambda s: s.paused.pause()),
    Row("container_paused", CONFLICT, "paused", lambda s: s.paused.exec_run("true")),
    Row("container_paused", CONFLICT, "paused", lambda s: s.paused.remove()),
    Row("container_not_paused", CONFLICT, "not paused", lambda s: s.running.unpause()),
    Row("container_restarting", CONFLICT, "restarting", restarting),
    Row("invalid_signal", CLIENT, '"SIGFOO"', lambda s: s.running.kill("SIGFOO")),
    Row("logs_unreadable", CLIENT, "cannot be read", silent_logs),
    Row("no_command", PROCESS, "command", no_command),
    Row("read_only", MOUNT, "read-only", read_only),
    Row("no_space", CLIENT, "full", full),
    Row("volume_in_use", CONFLICT, '"used"', used_volume),
    Row("driver_not_found", errors.NotFound, '"foo"', lambda s: s.client.volumes.create("v9", driver="foo")),
    Row("mount_source_missing", MOUNT, "/nope/x", lambda s: s.start("true", mounts=[Mount("/x", "/nope/x", type="bind")])),
    Row("mount_not_a_directory", MOUNT, "directory", lambda s: s.start("true", volumes=["/etc/passwd:/tmp"])),
    Row("invalid_volume_name", MOUNT, '"a/b"', lambda s: s.start("true", volumes=["a/b:/x"])),
    Row("invalid_mount", MOUNT, "not valid", lambda s: s.create(**bind(Binds=["x:/y:zz"]))),
    Row("invalid_mount", MOUNT, "not valid", lambda s: s.create(**bind(Binds=["x:y:z:w"]))),
    Row("duplicate_mount", MOUNT, "/x", lambda s: s.start("true", mounts=[Mount("/x", "aa"), Mount("/x", "bb")])),
    Row("port_allocated", NETWORK, "18080", busy_port),
    Row("port_unavailable", NETWORK, "does not let", lambda s: s.start("true", ports={"80/tcp": ("9.9.9.9", 18081)})),
    Row("invalid_port", NETWORK, "port", lambda s: s.create(**bind(PortBindings={"80/tcp": [{"HostPort": "abc"}]}))),
    Row("network_overlap", NETWORK, "overlaps", overlap),
    Row("network_name_in_use", CONFLICT, '"twice', same_name),
    Row("address_pool_exhausted", NETWORK, "no free subnet", every_pool),
    Row("network_predefined", NETWORK, "predefined", lambda s: s.client.networks.get("bridge").remove()),
    Row("network_in_use", CONFLICT, "still has", on_network(lambda s, n: connected(s, n, n.remove))),
    Row("already_connected", CONFLICT, "already", on_network(lambda s, n: connected(s, n, lambda: n.connect(s.running)))),
    Row("not_connected", CONFLICT, "not on network", on_network(lambda s, n: n.disconnect(s.stopped))),
    Row("invalid_network_address", NETWORK, "address", on_network(lambda s, n: n.connect(s.running, ipv4_address="1.2.3.4"))),
    Row("address_in_use", NETWORK, "taken", on_network(taken_address)),
    Row("plugin_not_found", errors.NotFound, '"foo"', lambda s: s.client.networks.create("n9", driver="foo")),
    Row("image_in_use", CONFLICT, "in use", lambda s: s.api.remove_image(s.running.attrs["Image"])),
    Row("image_has_dependents", CONFLICT, "built on", dependents),
    Row("invalid_reference", CLIENT, "reference", lambda s: s.client.images.get("Foo")),
    Row("invalid_reference", CLIENT, "reference", lambda s: s.api.tag(IMAGE, "BAD")),
    Row("registry_dns", REGISTRY_ERROR, "registry.invalid", lambda s: s.client.images.pull("registry.invalid/x", "latest")),
    Row("registry_unreachable", REGISTRY_ERROR, "registry", lambda s: s.client.images.pull("127.0.0.1:9/x", "latest")),
    Row("registry_tls", REGISTRY_ERROR, "TLS", lambda s: s.pull("x", STRANGER)),
    Row("rate_limited", errors.RateLimited, "anonymous", lambda s: s.pull("limited")),
    Row("pull_access_denied", REGISTRY_ERROR, "anonymous", lambda s: s.pull("denied")),
    Row("pull_access_denied", errors.ImageNotFound, "anonymous", lambda s: s.pull("hidden")),
    Row("manifest_unknown", REGISTRY_ERROR, "tag or digest", lambda s: s.pull("untagged")),
    Row("registry_unauthorized", REGISTRY_ERROR, 'user "ann"', lambda s: s.pull("locked", auth_config={"username": "ann", "password": "sesame"})),
    Row("platform_mismatch", REGISTRY_ERROR, "platform", lambda s: s.pull("foreign")),
    Row("dockerfile_parse", errors.DockerfileError, "parsed", lambda s: s.build("FROM busybox\nFOO\n")),
    Row("dockerfile_not_found", CLIENT, "not in the build context", lambda s: s.context(dockerfile="Nope")),
    Row("build_file_not_found", errors.BuildError, "not in the build context", lambda s: s.context()),
    Row("build_target_not_found", CLIENT, "no such stage", lambda s: s.build("FROM busybox\n", target="nope")),
    Row("build_step_failed", errors.BuildError, "step 2 of 2: RUN exit 7", lambda s: s.build("FROM busybox\nRUN exit 7\n")),
    Row("invalid_filter", CLIENT, '"nope"', lambda s: s.client.containers.list(filters={"nope": "x"})),
    Row("unknown_path", errors.NotFound, "no such endpoint", lambda s: s.raw("GET", "/v1.41/nope")),
    Row("version_too_new", errors.VersionRefused, "1.99", lambda s: s.raw("GET", "/v1.99/info")),
    Row("version_too_old", errors.VersionRefused, "1.11", lambda s: s.raw("GET", "/v1.11/info")),
    Row("experimental_needed", CLIENT, "experimental", lambda s: s.raw("POST", "/v1.41/containers/running/checkpoints", json={"CheckpointID": "x"})),
    Row("bad_request", CLIENT, "refused", lambda s: s.create(**bind(RestartPolicy={"Name": "foo"}))),
    Row("swarm_not_initialised", errors.SwarmError, "not part of a swarm", lambda s: s.client.services.list()),
    Row("swarm_join_failed", errors.SwarmError, "join", lambda s: s.client.swarm.join(["127.0.0.1:1"], "nope")),
]
# fmt: on
