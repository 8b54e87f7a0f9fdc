"""Containers: running programs, and how to start one in a single call."""

from __future__ import annotations

import builtins
from typing import Any, Iterable, NamedTuple, Optional, Union

from ...constants import DEFAULT_DATA_CHUNK_SIZE
from ...errors import (
    ContainerError,
    DockerException,
    ImageNotFound,
    NotFound,
    create_unexpected_kwargs_error,
)
from ...types import HostConfig, NetworkingConfig
from ...utils import version_gte
from .images import Image
from .resource import Collection, Model

#: Log drivers whose logs the engine can read back for `run`.
_READABLE_LOGS = ("json-file", "journald")


class Container(Model):
    """A container.

    What it tells about itself is as of the last :py:meth:`reload`.
    """

    @property
    def name(self) -> Optional[str]:
        """Name of the container."""
        name = self.attrs.get("Name")
        return None if name is None else name.lstrip("/")

    @property
    async def image(self) -> Optional[Image]:
        """The image it was made from. Asks the engine."""
        image_id = self.attrs.get("ImageID", self.attrs["Image"])
        if image_id is None:
            return None
        return await self.client.images.get(image_id.split(":")[1])

    @property
    def labels(self) -> dict[str, str]:
        """Labels of the container.

        Raises DockerException for a container from ``list(sparse=True)``.
        """
        try:
            return self.attrs["Config"].get("Labels") or {}
        except KeyError as error:
            raise DockerException(
                "Label data is not available for sparse objects. Call reload()"
                " to retrieve all information"
            ) from error

    @property
    def status(self) -> str:
        """State of the container, such as ``running`` or ``exited``."""
        state = self.attrs["State"]
        status: str = state["Status"] if isinstance(state, dict) else state
        return status

    @property
    def health(self) -> str:
        """Verdict of its health check: ``healthy``, ``unhealthy``, ``starting``.

        ``unknown`` when it has none.
        """
        state = self.attrs.get("State", {})
        status: str = state.get("Health", {}).get("Status", "unknown")
        return status

    @property
    def ports(self) -> dict[str, Any]:
        """Ports it exposes, each with where it is published."""
        ports: dict[str, Any] = self.attrs.get("NetworkSettings", {}).get("Ports", {})
        return ports

    async def attach(self, **kwargs: Any) -> Any:
        """Read the container's output: ``POST /containers/{id}/attach``.

        Args:
            stdout (bool): Include stdout; on by default.
            stderr (bool): Include stderr; on by default.
            stream (bool): Give output as it comes.
            logs (bool): Begin with the output so far.
            demux (bool): Keep stdout and stderr apart, as pairs.

        Returns:
            Bytes, or an iterator of bytes with ``stream``.

        Raises:
            dockline.errors.APIError: the engine refuses.
        """
        return await self.client.api.attach(self.id, **kwargs)

    async def attach_socket(self, **kwargs: Any) -> Any:
        """Connect to the container's streams: ``POST /containers/{id}/attach``.

        Args:
            params (dict): ``stdin``, ``stdout``, ``stderr``, ``stream``, ``logs``.
            ws (bool): Use a websocket.

        Returns:
            A socket.

        Raises:
            dockline.errors.APIError: the engine refuses.
        """
        return await self.client.api.attach_socket(self.id, **kwargs)

    async def commit(
        self,
        repository: Optional[str] = None,
        tag: Optional[str] = None,
        **kwargs: Any,
    ) -> Image:
        """Make an image of the container: ``POST /commit``.

        Args:
            repository: Repository to name the image in.
            tag: Tag there.
            message (str): Message to keep with it.
            author (str): Author to keep with it.
            pause (bool): Pause the container meanwhile; on by default.
            changes (str): Dockerfile instructions to apply.
            conf (dict): Container configuration of the image.

        Raises:
            dockline.errors.APIError: the engine refuses.
        """
        made = await self.client.api.commit(
            self.id, repository=repository, tag=tag, **kwargs
        )
        return await self.client.images.get(made["Id"])

    async def diff(self) -> list[dict[str, Any]]:
        """List changed files: ``GET /containers/{id}/changes``.

        Returns:
            Dicts with ``Path`` and ``Kind`` (0 changed, 1 added, 2 deleted).

        Raises:
            dockline.errors.APIError: the engine refuses.
        """
        return await self.client.api.diff(self.id)

    async def exec_run(
        self,
        cmd: Union[str, list[str]],
        stdout: bool = True,
        stderr: bool = True,
        stdin: bool = False,
        tty: bool = False,
        privileged: bool = False,
        user: str = "",
        detach: bool = False,
        stream: bool = False,
        socket: bool = False,
        environment: Any = None,
        workdir: Optional[str] = None,
        demux: bool = False,
    ) -> ExecResult:
        """Run a command in the container: ``POST /containers/{id}/exec`` and
        ``POST /exec/{id}/start``.

        Args:
            cmd: Command, a list or one string.
            stdout: Read its stdout.
            stderr: Read its stderr.
            stdin: Connect its stdin.
            tty: Give it a terminal.
            privileged: Give it all privileges.
            user: User to run it as; the container's by default.
            detach: Do not wait for it.
            stream: Give output as it comes.
            socket: Give the connection itself.
            environment: Environment, a dict or ``KEY=value`` strings.
            workdir: Directory to run it in.
            demux: Keep stdout and stderr apart, as pairs.

        Returns:
            A pair: exit code and output. The output is bytes, a pair of bytes
            with ``demux``, an iterator with ``stream``, a socket with
            ``socket``; with these last two the exit code is None.

        Raises:
            dockline.errors.APIError: the engine refuses.
        """
        created = await self.client.api.exec_create(
            self.id,
            cmd,
            stdout=stdout,
            stderr=stderr,
            stdin=stdin,
            tty=tty,
            privileged=privileged,
            user=user,
            environment=environment,
            workdir=workdir,
        )
        output = await self.client.api.exec_start(
            created["Id"],
            detach=detach,
            tty=tty,
            stream=stream,
            socket=socket,
            demux=demux,
        )
        if socket or stream:
            return ExecResult(None, output)
        ended = await self.client.api.exec_inspect(created["Id"])
        return ExecResult(ended["ExitCode"], output)

    async def export(self, chunk_size: Optional[int] = DEFAULT_DATA_CHUNK_SIZE) -> Any:
        """Export all files as a tar archive: ``GET /containers/{id}/export``.

        Args:
            chunk_size: Most bytes per item, 2 MiB by default; None gives
                pieces as they arrive.

        Returns:
            An iterator of bytes.

        Raises:
            dockline.errors.APIError: the engine refuses.
        """
        return await self.client.api.export(self.id, chunk_size)

    async def get_archive(
        self,
        path: str,
        chunk_size: Optional[int] = DEFAULT_DATA_CHUNK_SIZE,
        encode_stream: bool = False,
    ) -> Any:
        """Copy a file or folder out: ``GET /containers/{id}/archive``.

        Args:
            path: Where it is in the container.
            chunk_size: Most bytes per item, 2 MiB by default; None gives
                pieces as they arrive.
            encode_stream: Compress it on the way.

        Returns:
            A pair: an iterator over a tar archive, and a dict with ``name``,
            ``size``, ``mode``, ``mtime``, ``linkTarget``.

        Raises:
            dockline.errors.NotFound: there is no such path.
            dockline.errors.APIError: the engine refuses.
        """
        return await self.client.api.get_archive(
            self.id, path, chunk_size, encode_stream
        )

    async def kill(self, signal: Union[str, int, None] = None) -> None:
        """Send a signal: ``POST /containers/{id}/kill``.

        Args:
            signal: Name or number; ``SIGKILL`` by default.

        Raises:
            dockline.errors.APIError: the engine refuses.
        """
        return await self.client.api.kill(self.id, signal=signal)

    async def logs(self, **kwargs: Any) -> Any:
        """Read the logs: ``GET /containers/{id}/logs``.

        Args:
            stdout (bool): Include stdout; on by default.
            stderr (bool): Include stderr; on by default.
            stream (bool): Give output as it comes.
            follow (bool): Wait for more; as ``stream`` by default.
            timestamps (bool): Put a time in front of each line.
            tail (int or str): Number of lines from the end, or ``all``.
            since (datetime, int or float): Only what is newer; numbers are
                seconds since 1970.
            until (datetime, int or float): Only what is older.

        Returns:
            Bytes, or an iterator of bytes with ``stream``.

        Raises:
            dockline.errors.APIError: the engine refuses.
        """
        return await self.client.api.logs(self.id, **kwargs)

    async def pause(self) -> None:
        """Freeze all its processes: ``POST /containers/{id}/pause``.

        Raises:
            dockline.errors.APIError: the engine refuses.
        """
        return await self.client.api.pause(self.id)

    async def put_archive(self, path: str, data: Any) -> bool:
        """Unpack a tar archive in the container: ``PUT /containers/{id}/archive``.

        Args:
            path: Folder to unpack in; it must exist.
            data: The archive: bytes, an open file, or an iterator of bytes.

        Returns:
            True when it was done.

        Raises:
            dockline.errors.APIError: the engine refuses.
        """
        return await self.client.api.put_archive(self.id, path, data)

    async def remove(self, **kwargs: Any) -> None:
        """Remove the container: ``DELETE /containers/{id}``.

        Args:
            v (bool): Remove its anonymous volumes, too.
            link (bool): Remove a link instead of the container.
            force (bool): Kill it first if it runs.

        Raises:
            dockline.errors.APIError: the engine refuses; 409 while it runs.
        """
        return await self.client.api.remove_container(self.id, **kwargs)

    async def rename(self, name: str) -> None:
        """Give it another name: ``POST /containers/{id}/rename``.

        Args:
            name: The new name.

        Raises:
            dockline.errors.APIError: the engine refuses; 409 when it is taken.
        """
        return await self.client.api.rename(self.id, name)

    async def resize(self, height: int, width: int) -> None:
        """Resize its terminal: ``POST /containers/{id}/resize``.

        Args:
            height: Lines.
            width: Columns.

        Raises:
            dockline.errors.APIError: the engine refuses.
        """
        return await self.client.api.resize(self.id, height, width)

    async def restart(self, **kwargs: Any) -> None:
        """Stop and start it: ``POST /containers/{id}/restart``.

        Args:
            timeout (int): Seconds it may take to stop before it is killed;
                10 by default.

        Raises:
            dockline.errors.APIError: the engine refuses.
        """
        return await self.client.api.restart(self.id, **kwargs)

    async def start(self, **kwargs: Any) -> None:
        """Start it: ``POST /containers/{id}/start``.

        Raises:
            dockline.errors.APIError: the engine refuses.
        """
        return await self.client.api.start(self.id, **kwargs)

    async def stats(self, **kwargs: Any) -> Any:
        """Read its use of resources: ``GET /containers/{id}/stats``.

        Args:
            stream (bool): Go on giving samples; on by default.
            decode (bool): With ``stream``, give dicts instead of bytes.
            one_shot (bool): Without ``stream``, do not wait for a second
                sample to compare with.

        Returns:
            An iterator of samples, or one sample as a dict.

        Raises:
            dockline.errors.APIError: the engine refuses.
        """
        return await self.client.api.stats(self.id, **kwargs)

    async def stop(self, **kwargs: Any) -> None:
        """Stop it: ``POST /containers/{id}/stop``.

        Args:
            timeout (int): Seconds it may take before it is killed; 10 by
                default.

        Raises:
            dockline.errors.APIError: the engine refuses.
        """
        return await self.client.api.stop(self.id, **kwargs)

    async def top(self, **kwargs: Any) -> dict[str, Any]:
        """List its processes: ``GET /containers/{id}/top``.

        Args:
            ps_args (str): Arguments for ``ps``, such as ``aux``.

        Returns:
            ``Titles`` and ``Processes``.

        Raises:
            dockline.errors.APIError: the engine refuses.
        """
        return await self.client.api.top(self.id, **kwargs)

    async def unpause(self) -> None:
        """Let its processes go on: ``POST /containers/{id}/unpause``.

        Raises:
            dockline.errors.APIError: the engine refuses.
        """
        return await self.client.api.unpause(self.id)

    async def update(self, **kwargs: Any) -> dict[str, Any]:
        """Change its limits: ``POST /containers/{id}/update``.

        Args:
            blkio_weight (int): Share of block I/O, 10-1000.
            cpu_period (int): Length of a CPU period in microseconds.
            cpu_quota (int): CPU time per period in microseconds.
            cpu_shares (int): Share of CPU time.
            cpuset_cpus (str): CPUs to run on, ``0-3`` or ``0,1``.
            cpuset_mems (str): Memory nodes to use.
            mem_limit (int or str): Memory limit, bytes or ``512m``.
            mem_reservation (int or str): Soft memory limit.
            memswap_limit (int or str): Limit of memory and swap; -1 for none.
            kernel_memory (int or str): Limit of kernel memory.
            restart_policy (dict): When to restart it.

        Returns:
            ``Warnings``.

        Raises:
            dockline.errors.APIError: the engine refuses.
        """
        return await self.client.api.update_container(self.id, **kwargs)

    async def wait(self, **kwargs: Any) -> dict[str, Any]:
        """Wait until it has stopped: ``POST /containers/{id}/wait``.

        Args:
            timeout (int): Seconds to wait at most.
            condition (str): What to wait for: ``not-running`` (default),
                ``next-exit`` or ``removed``.

        Returns:
            ``StatusCode``, the exit code, and ``Error`` if there was one.

        Raises:
            dockline.errors.RequestTimeout: it took longer than ``timeout``.
            dockline.errors.APIError: the engine refuses.
        """
        return await self.client.api.wait(self.id, **kwargs)


class ContainerCollection(Collection[Container]):
    """The containers of the engine."""

    model = Container

    async def run(
        self,
        image: Union[str, Image],
        command: Any = None,
        stdout: bool = True,
        stderr: bool = False,
        remove: bool = False,
        **kwargs: Any,
    ) -> Any:
        """Create a container, start it, wait for it, give its output.

        An image that is not there is pulled. All other arguments are those of
        :py:meth:`create`.

        Args:
            image: Image to run.
            command: Command, a list or one string; the image's by default.
            stdout: Include stdout in the result.
            stderr: Include stderr in the result.
            remove: Remove the container afterwards.
            detach (bool): Give the container at once, without waiting.
            stream (bool): Give an iterator over the output.

        Returns:
            The output as bytes, or an iterator of bytes with ``stream``; None
            when the container's log driver cannot be read back. With
            ``detach`` the :py:class:`Container`.

        Raises:
            dockline.errors.ContainerError: it ended with another status than
                zero.
            dockline.errors.ImageNotFound: there is no such image.
            dockline.errors.APIError: the engine refuses.
            RuntimeError: arguments exclude each other: ``network`` with
                ``network_mode``, ``networking_config`` without ``network``.
            TypeError: an argument is unknown.
        """
        if isinstance(image, Image):
            image = image.id
        stream = kwargs.pop("stream", False)
        detach = kwargs.pop("detach", False)
        if detach and remove:
            _require_auto_remove(self.client.api._version)
            kwargs["auto_remove"] = True
        _check_network_arguments(kwargs)

        container = await self._create_or_pull(image, command, detach, kwargs)
        await container.start()
        if detach:
            return container

        output = None
        driver = container.attrs["HostConfig"]["LogConfig"]["Type"]
        if driver in _READABLE_LOGS:
            output = await container.logs(
                stdout=stdout, stderr=stderr, stream=True, follow=True
            )
        status = (await container.wait())["StatusCode"]
        if status != 0:
            output = None
            if not kwargs.get("auto_remove"):
                output = await container.logs(stdout=False, stderr=True)
        if remove:
            await container.remove()
        if status != 0:
            raise ContainerError(container, status, command, image, output)
        if stream or output is None:
            return output
        pieces = []
        async for piece in output:
            pieces.append(piece)
        return b"".join(pieces)

    async def _create_or_pull(
        self, image: str, command: Any, detach: bool, kwargs: dict[str, Any]
    ) -> Container:
        try:
            return await self.create(
                image=image, command=command, detach=detach, **kwargs
            )
        except ImageNotFound:
            await self.client.images.pull(image, platform=kwargs.get("platform"))
        return await self.create(image=image, command=command, detach=detach, **kwargs)

    async def create(
        self, image: Union[str, Image], command: Any = None, **kwargs: Any
    ) -> Container:
        """Create a container without starting it: ``POST /containers/create``.

        Args:
            image: Image to make it from.
            command: Command, a list or one string; the image's by default.
            auto_remove (bool): Let the engine remove it when it has stopped.
            blkio_weight (int): Share of block I/O, 10-1000.
            blkio_weight_device (list): ``{"Path": …, "Weight": …}`` per device.
            cap_add (list): Kernel capabilities to add.
            cap_drop (list): Kernel capabilities to drop.
            cgroup_parent (str): Parent cgroup.
            cgroupns (str): ``private`` or ``host``.
            cpu_count (int): Number of CPUs (Windows).
            cpu_percent (int): Percentage of the CPUs (Windows).
            cpu_period (int): Length of a CPU period in microseconds.
            cpu_quota (int): CPU time per period in microseconds.
            cpu_rt_period (int): Real-time period in microseconds.
            cpu_rt_runtime (int): Real-time CPU time per period in microseconds.
            cpu_shares (int): Share of CPU time.
            cpuset_cpus (str): CPUs to run on, ``0-3`` or ``0,1``.
            cpuset_mems (str): Memory nodes to use.
            detach (bool): Do not attach its streams.
            device_cgroup_rules (list): Rules for devices.
            device_read_bps (list): ``{"Path": …, "Rate": bytes per second}``.
            device_read_iops (list): ``{"Path": …, "Rate": reads per second}``.
            device_write_bps (list): ``{"Path": …, "Rate": bytes per second}``.
            device_write_iops (list): ``{"Path": …, "Rate": writes per second}``.
            devices (list): ``host[:container[:permissions]]``.
            device_requests (list): ``DeviceRequest`` objects, such as GPUs.
            dns (list): Name servers.
            dns_opt (list): Options for ``resolv.conf``.
            dns_search (list): Search domains.
            domainname (str): Domain name.
            entrypoint (str or list): Entry point; the image's by default.
            environment (dict or list): Environment, ``KEY=value``.
            extra_hosts (dict): Addresses by host name.
            group_add (list): More groups for the process.
            healthcheck (dict): ``test``, ``interval``, ``timeout``,
                ``start_period`` (nanoseconds, 0 or at least 1000000),
                ``retries``.
            hostname (str): Host name.
            init (bool): Run an init process.
            init_path (str): Which one.
            ipc_mode (str): IPC namespace.
            isolation (str): Isolation technology (Windows).
            kernel_memory (int or str): Limit of kernel memory.
            labels (dict or list): Labels, with or without values.
            links (dict): Aliases by container name.
            log_config (LogConfig): Log driver and its options.
            lxc_conf (dict): Options of the LXC driver.
            mac_address (str): MAC address.
            mem_limit (int or str): Memory limit, bytes or ``512m``.
            mem_reservation (int or str): Soft memory limit.
            mem_swappiness (int): 0-100.
            memswap_limit (int or str): Limit of memory and swap; -1 for none.
            mounts (list): ``Mount`` objects.
            name (str): Name.
            nano_cpus (int): CPU limit in units of 1e-9 CPUs.
            network (str): Network to connect to; excludes ``network_mode``.
            network_disabled (bool): No network.
            network_mode (str): ``bridge``, ``none``, ``host``,
                ``container:<name>`` or a network.
            networking_config (dict): ``EndpointConfig`` by network name; needs
                ``network``.
            oom_kill_disable (bool): Do not kill it when memory runs out.
            oom_score_adj (int): How readily it is killed then.
            pid_mode (str): PID namespace; ``host`` for the host's.
            pids_limit (int): Most processes; -1 for no limit.
            platform (str): ``os[/arch[/variant]]``.
            ports (dict): Container ports (``2222`` or ``"2222/udp"``) with the
                host port, None (any free one), ``(address, port)``, or a list.
            privileged (bool): Give it all privileges.
            publish_all_ports (bool): Publish all exposed ports.
            read_only (bool): Mount the root file system read-only.
            restart_policy (dict): ``{"Name": "on-failure",
                "MaximumRetryCount": 5}``.
            runtime (str): Runtime to use.
            security_opt (list): Security options.
            shm_size (int or str): Size of ``/dev/shm``, bytes or ``1g``.
            stdin_open (bool): Keep stdin open.
            stop_signal (str): Signal that stops it.
            storage_opt (dict): Options of the storage driver.
            sysctls (dict): Kernel parameters.
            tmpfs (dict): Options by path to mount a tmpfs at.
            tty (bool): Give it a terminal.
            ulimits (list): ``Ulimit`` objects.
            use_config_proxy (bool): Set the configured proxies in its
                environment.
            user (str or int): User of the process.
            userns_mode (str): User namespace; ``host`` for the host's.
            uts_mode (str): UTS namespace; ``host`` for the host's.
            volume_driver (str): Driver of its volumes.
            volumes (dict or list): ``{source: {"bind": path, "mode": "ro"}}``
                or ``source:path[:ro]``.
            volumes_from (list): Containers to take volumes from.
            working_dir (str): Working directory.

        Raises:
            TypeError: an argument is unknown.
            dockline.errors.ImageNotFound: there is no such image.
            dockline.errors.APIError: the engine refuses.
        """
        if isinstance(image, Image):
            image = image.id
        kwargs["image"] = image
        kwargs["command"] = command
        kwargs["version"] = self.client.api._version
        created = await self.client.api.create_container(
            **_create_container_args(kwargs)
        )
        return await self.get(created["Id"])

    async def get(self, container_id: str) -> Container:
        """Get a container by name or id: ``GET /containers/{id}/json``.

        Raises:
            dockline.errors.NotFound: there is no such container.
            dockline.errors.APIError: the engine refuses.
        """
        return self.prepare_model(
            await self.client.api.inspect_container(container_id)
        )

    async def list(
        self,
        all: bool = False,
        before: Optional[str] = None,
        filters: Optional[dict[str, Any]] = None,
        limit: int = -1,
        since: Optional[str] = None,
        sparse: bool = False,
        ignore_removed: bool = False,
    ) -> builtins.list[Container]:
        """List containers: ``GET /containers/json``.

        Args:
            all: Include those that do not run.
            before: Only those created before this one, running or not.
            filters: ``ancestor``, ``exited``, ``health``, ``id``, ``label``,
                ``name``, ``network``, ``status``, ``volume``, and more.
            limit: Only the newest ones, this many, running or not; -1 for all.
            since: Only those created after this one, running or not.
            sparse: Do not inspect each one: faster, but ``attrs`` then has
                less, and another shape.
            ignore_removed: Leave out those that vanish while they are
                inspected, instead of raising NotFound.

        Raises:
            dockline.errors.APIError: the engine refuses.
        """
        found = await self.client.api.containers(
            all=all, before=before, filters=filters, limit=limit, since=since
        )
        if sparse:
            return [self.prepare_model(item) for item in found]
        containers = []
        for item in found:
            try:
                containers.append(await self.get(item["Id"]))
            except NotFound:
                if not ignore_removed:
                    raise
        return containers

    async def prune(self, filters: Optional[dict[str, Any]] = None) -> dict[str, Any]:
        """Delete stopped containers: ``POST /containers/prune``.

        Args:
            filters: ``label``, ``until``.

        Returns:
            ``ContainersDeleted`` and ``SpaceReclaimed`` in bytes.

        Raises:
            dockline.errors.APIError: the engine refuses.
        """
        return await self.client.api.prune_containers(filters=filters)


#: Arguments of `run` that go to `create_container` as they are.
RUN_CREATE_KWARGS = [
    "command",
    "detach",
    "domainname",
    "entrypoint",
    "environment",
    "healthcheck",
    "hostname",
    "image",
    "labels",
    "mac_address",
    "name",
    "network_disabled",
    "platform",
    "stdin_open",
    "stop_signal",
    "tty",
    "use_config_proxy",
    "user",
    "working_dir",
]

#: Arguments of `run` that go to `HostConfig` as they are.
RUN_HOST_CONFIG_KWARGS = [
    "auto_remove",
    "blkio_weight_device",
    "blkio_weight",
    "cap_add",
    "cap_drop",
    "cgroup_parent",
    "cgroupns",
    "cpu_count",
    "cpu_percent",
    "cpu_period",
    "cpu_quota",
    "cpu_shares",
    "cpuset_cpus",
    "cpuset_mems",
    "cpu_rt_period",
    "cpu_rt_runtime",
    "device_cgroup_rules",
    "device_read_bps",
    "device_read_iops",
    "device_write_bps",
    "device_write_iops",
    "devices",
    "device_requests",
    "dns_opt",
    "dns_search",
    "dns",
    "extra_hosts",
    "group_add",
    "init",
    "init_path",
    "ipc_mode",
    "isolation",
    "kernel_memory",
    "links",
    "log_config",
    "lxc_conf",
    "mem_limit",
    "mem_reservation",
    "mem_swappiness",
    "memswap_limit",
    "mounts",
    "nano_cpus",
    "network_mode",
    "oom_kill_disable",
    "oom_score_adj",
    "pid_mode",
    "pids_limit",
    "privileged",
    "publish_all_ports",
    "read_only",
    "restart_policy",
    "security_opt",
    "shm_size",
    "storage_opt",
    "sysctls",
    "tmpfs",
    "ulimits",
    "userns_mode",
    "uts_mode",
    "version",
    "volume_driver",
    "volumes_from",
    "runtime",
]


def _require_auto_remove(version: str) -> None:
    if not version_gte(version, "1.25"):
        raise RuntimeError(
            "The options 'detach' and 'remove' cannot "
            "be used together in api versions < 1.25."
        )


def _check_network_arguments(kwargs: dict[str, Any]) -> None:
    if kwargs.get("network") and kwargs.get("network_mode"):
        raise RuntimeError(
            'The options "network" and "network_mode" can not be used together.'
        )
    if kwargs.get("networking_config") and not kwargs.get("network"):
        raise RuntimeError(
            'The option "networking_config" can not be used without "network".'
        )


def _take(kwargs: dict[str, Any], names: Iterable[str]) -> dict[str, Any]:
    """Move the arguments called ``names`` out of ``kwargs``."""
    return {name: kwargs.pop(name) for name in names if name in kwargs}


def _create_container_args(kwargs: dict[str, Any]) -> dict[str, Any]:
    """Sort the arguments of `create` into those of `create_container`.

    ``kwargs`` is used up; what nobody knows raises ``TypeError``.
    """
    create = _take(kwargs, RUN_CREATE_KWARGS)
    host = _take(kwargs, RUN_HOST_CONFIG_KWARGS)
    ports = kwargs.pop("ports", None)
    if ports:
        host["port_bindings"] = ports
    volumes = kwargs.pop("volumes", None)
    if volumes:
        host["binds"] = volumes
        create["volumes"] = _mount_points(volumes)
    network = kwargs.pop("network", None)
    endpoints = kwargs.pop("networking_config", None)
    if network:
        host["network_mode"] = network
        # Endpoints that do not speak of the network are of no use.
        if endpoints and network in endpoints:
            create["networking_config"] = NetworkingConfig(endpoints)
        else:
            create["networking_config"] = {network: None}
    if kwargs:
        raise create_unexpected_kwargs_error("run", kwargs)

    create["host_config"] = HostConfig(**host)
    bindings = create["host_config"].get("PortBindings")
    if bindings:
        create["ports"] = [tuple(port.split("/", 1)) for port in sorted(bindings)]
    return create


def _mount_points(volumes: Any) -> list[Any]:
    """List the paths in the container that ``volumes`` are mounted at."""
    if isinstance(volumes, dict):
        return [volume.get("bind") for volume in volumes.values()]
    return [_host_volume_from_bind(volume) for volume in volumes]


def _host_volume_from_bind(bind: str) -> str:
    """Give the path in the container of one ``[source:]path[:mode]``."""
    import ntpath

    # Only the colon of a Windows drive is no separator.
    drive, rest = ntpath.splitdrive(bind)
    first, colon, path = rest.partition(":")
    if not colon or path in ("ro", "rw"):
        return drive + first
    return path[:-3] if path.endswith((":ro", ":rw")) else path


class ExecResult(NamedTuple):
    """What :py:meth:`Container.exec_run` gives: exit code and output."""

    exit_code: Optional[int]
    output: Any
