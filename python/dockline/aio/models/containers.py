"""Containers: running programs, and how to start one in a single call."""

from __future__ import annotations

import builtins
from typing import TYPE_CHECKING, Any, Literal, Optional, Union, overload

from ..._elsewhere import elsewhere
from ..._failures import container_failed
from ...errors import ContainerError, ImageNotFound, NotFound
from ._container import Container
from ._container_arguments import (
    RUN_CREATE_KWARGS,
    RUN_HOST_CONFIG_KWARGS,
    _create_container_args,
    _host_volume_from_bind,
    check_network_arguments,
    require_auto_remove,
)
from ._container_end import memory_ran_out, tail_of
from ._container_facts import ExecResult
from .images import Image
from .resource import Collection

__all__ = [
    "RUN_CREATE_KWARGS",
    "RUN_HOST_CONFIG_KWARGS",
    "Container",
    "ContainerCollection",
    "ExecResult",
    "_create_container_args",
    "_host_volume_from_bind",
]

#: Log drivers whose logs the engine can read back for `run`.
_READABLE_LOGS = ("json-file", "journald")


class ContainerCollection(Collection[Container]):
    """The containers of the engine."""

    model = Container

    @overload
    async def run(
        self,
        image: Union[str, Image],
        command: Any = None,
        stdout: bool = True,
        stderr: bool = False,
        remove: bool = False,
        *,
        detach: Literal[True],
        **kwargs: Any,
    ) -> Container: ...

    @overload
    async def run(
        self,
        image: Union[str, Image],
        command: Any = None,
        stdout: bool = True,
        stderr: bool = False,
        remove: bool = False,
        *,
        detach: Literal[False] = False,
        stream: Literal[False] = False,
        **kwargs: Any,
    ) -> bytes: ...

    @overload
    async def run(
        self,
        image: Union[str, Image],
        command: Any = None,
        stdout: bool = True,
        stderr: bool = False,
        remove: bool = False,
        *,
        detach: bool = False,
        stream: bool = False,
        **kwargs: Any,
    ) -> Any: ...

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
        await self.client.api._ensure_version()  # async-only
        if detach and remove:
            require_auto_remove(self.client.api._version)
            kwargs["auto_remove"] = True
        check_network_arguments(kwargs)

        container = await self._create_or_pull(image, command, detach, kwargs)
        await container.start()
        if detach:
            return container

        output = errors = None
        driver = container.attrs["HostConfig"]["LogConfig"]["Type"]
        if driver in _READABLE_LOGS:
            output = await container.logs(
                stdout=stdout, stderr=stderr, stream=True, follow=True
            )
        ended = await container.wait()
        status = ended["StatusCode"]
        if status != 0 and not kwargs.get("auto_remove"):
            errors = await container.logs(stdout=False, stderr=True)
        oom_killed = await memory_ran_out(container, status)
        tail = await tail_of(output) if status and stdout and not stderr else None
        whole = None
        if status == 0 and output is not None and not stream:
            # Before the removal, which may take what is not read yet with it.
            whole = b"".join([piece async for piece in output])
        if remove:
            await container.remove()
        if status != 0:
            raise container_failed(
                ContainerError(container, status, command, image, errors),
                stdout=tail,
                oom_killed=oom_killed,
                state_error=str((ended.get("Error") or {}).get("Message") or ""),
            )
        return output if whole is None else whole

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
        await self.client.api._ensure_version()  # async-only
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
        return self.prepare_model(await self.client.api.inspect_container(container_id))

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
            except NotFound:  # noqa: PERF203 - one failure must not end the list
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


if not TYPE_CHECKING:
    # More names that docker-py has here.
    __getattr__ = elsewhere(__name__)
