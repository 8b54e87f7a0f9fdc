"""Creating containers, and the configuration objects that go into it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Optional, Union

from ... import errors, types, utils
from ...types.base import Resource

if TYPE_CHECKING:
    from ._host import AsyncApiHost
else:
    AsyncApiHost = object


class AsyncContainerCreateMixin(AsyncApiHost):
    """Methods that make containers, or images out of containers."""

    async def create_container(
        self,
        image: Optional[str],
        command: Union[str, list[str], None] = None,
        hostname: Optional[str] = None,
        user: Union[str, int, None] = None,
        detach: bool = False,
        stdin_open: bool = False,
        tty: bool = False,
        ports: Any = None,
        environment: Any = None,
        volumes: Any = None,
        network_disabled: bool = False,
        name: Optional[str] = None,
        entrypoint: Union[str, list[str], None] = None,
        working_dir: Optional[str] = None,
        domainname: Optional[str] = None,
        host_config: Optional[dict[str, Any]] = None,
        mac_address: Optional[str] = None,
        labels: Any = None,
        stop_signal: Optional[str] = None,
        networking_config: Optional[dict[str, Any]] = None,
        healthcheck: Optional[dict[str, Any]] = None,
        stop_timeout: Optional[int] = None,
        runtime: Optional[str] = None,
        use_config_proxy: bool = True,
        platform: Optional[str] = None,
    ) -> dict[str, Any]:
        """Create a container, without starting it.

        Ports and volumes take two steps: what the container offers is named here,
        where it appears on the host in ``host_config``.

        Endpoint: ``POST /containers/create``.

        Args:
            image (str): Image to run.
            command (str or list): Command; a string is split as a shell would.
            hostname (str): Host name inside the container.
            user (str or int): User name or id the command runs as.
            detach (bool): Do not attach to its output: the container is only to
                run. Default: ``False``.
            stdin_open (bool): Keep standard input open. Default: ``False``.
            tty (bool): Allocate a terminal. Default: ``False``.
            ports (list): Ports to expose: numbers, or ``(number, protocol)``.
            environment (dict or list): Variables, as a dict or ``NAME=value``.
            volumes (str or list): Paths inside the container that are volumes.
            network_disabled (bool): Leave networking off. Default: ``False``.
            name (str): Name. Default: the engine makes one up.
            entrypoint (str or list): Replaces the entrypoint of the image.
            working_dir (str): Working directory.
            domainname (str): Domain name inside the container.
            host_config (dict): From :py:meth:`create_host_config`.
            mac_address (str): MAC address (from API 1.44 on, give it in
                ``networking_config``).
            labels (dict or list): Labels; a list gives labels without a value.
            stop_signal (str): Signal that asks the container to stop.
            networking_config (dict): From :py:meth:`create_networking_config`.
            healthcheck (dict or Healthcheck): How its health is found out.
            stop_timeout (int): Seconds between the stop signal and the kill
                (API 1.25). Default of the engine: 10.
            runtime (str): OCI runtime.
            use_config_proxy (bool): Set the proxy variables that the user's
                ``config.json`` has for this engine. Default: ``True``.
            platform (str): ``os[/arch[/variant]]`` (API 1.41).

        Returns:
            dict: ``Id`` of the container, and ``Warnings``.

        Raises:
            dockline.errors.ImageNotFound: There is no such image.
            dockline.errors.APIError: The engine refused.
            dockline.errors.InvalidVersion: The API version does not know an
                argument.
        """
        if isinstance(volumes, str):
            volumes = [volumes]
        if isinstance(environment, dict):
            environment = utils.format_environment(environment)
        if use_config_proxy:
            environment = (
                self._proxy_configs.inject_proxy_environment(environment) or None
            )
        config = self.create_container_config(
            image,
            command,
            hostname,
            user,
            detach,
            stdin_open,
            tty,
            ports,
            environment,
            volumes,
            network_disabled,
            entrypoint,
            working_dir,
            domainname,
            host_config,
            mac_address,
            labels,
            stop_signal,
            networking_config,
            healthcheck,
            stop_timeout,
            runtime,
        )
        return await self.create_container_from_config(config, name, platform)

    def create_container_config(
        self, *args: Any, **kwargs: Any
    ) -> types.ContainerConfig:
        """Build the body of a create request for this client's API version.

        Takes the arguments of :py:class:`dockline.types.ContainerConfig` without
        the version. Sends nothing.
        """
        return types.ContainerConfig(self._version, *args, **kwargs)

    async def create_container_from_config(
        self,
        config: dict[str, Any],
        name: Optional[str] = None,
        platform: Optional[str] = None,
    ) -> dict[str, Any]:
        """Create a container from a complete configuration.

        Endpoint: ``POST /containers/create``.

        Args:
            config (dict): Body of the request.
            name (str): Name. Default: the engine makes one up.
            platform (str): ``os[/arch[/variant]]`` (API 1.41).

        Returns:
            dict: ``Id`` of the container, and ``Warnings``.

        Raises:
            dockline.errors.APIError: The engine refused.
            dockline.errors.InvalidVersion: ``platform`` below API 1.41.
        """
        url = self._url("/containers/create")
        params: dict[str, Any] = {"name": name}
        if platform:
            if utils.version_lt(self._version, "1.41"):
                raise errors.InvalidVersion(
                    "platform is not supported for API version < 1.41"
                )
            params["platform"] = platform
        response = await self._post_json(url, data=config, params=params)
        created: dict[str, Any] = self._result(response, True)
        return created

    def create_host_config(self, *args: Any, **kwargs: Any) -> types.HostConfig:
        """Build the ``host_config`` of :py:meth:`create_container`.

        All arguments are keywords and optional. Sizes are bytes, or strings such
        as ``512m``. Sends nothing.

        Options:
            auto_remove (bool): Remove the container when it ends (API 1.25).
            binds (dict or list): Host paths and volumes to mount:
                ``{source: {"bind": path, "mode": "rw", "propagation": ...}}`` or
                ``source:path:mode`` strings.
            blkio_weight (int): Weight of block I/O, 10 to 1000.
            blkio_weight_device (list): ``{"Path": ..., "Weight": ...}``.
            cap_add (list): Capabilities to add.
            cap_drop (list): Capabilities to take away.
            cgroup_parent (str): Parent control group.
            cgroupns (str): Control group namespace, ``private`` or ``host``
                (API 1.41).
            cpu_count (int): Windows: usable CPUs (API 1.25).
            cpu_percent (int): Windows: usable share of CPU time (API 1.25).
            cpu_period (int): Length of a CPU period, in microseconds.
            cpu_quota (int): CPU time per period, in microseconds.
            cpu_rt_period (int): Real-time period, in microseconds (API 1.25).
            cpu_rt_runtime (int): Real-time time per period, in microseconds
                (API 1.25).
            cpu_shares (int): Weight of CPU time.
            cpuset_cpus (str): Usable CPUs, as ``0-2,4``.
            cpuset_mems (str): Usable memory nodes, as ``0,1``.
            device_cgroup_rules (list): Device rules for the control group
                (API 1.28).
            device_read_bps (list): ``{"Path": ..., "Rate": bytes per second}``.
            device_read_iops (list): ``{"Path": ..., "Rate": reads per second}``.
            device_write_bps (list): ``{"Path": ..., "Rate": bytes per second}``.
            device_write_iops (list): ``{"Path": ..., "Rate": writes per second}``.
            device_requests (list): :py:class:`dockline.types.DeviceRequest`
                objects (API 1.40).
            devices (list): Host devices, as ``/dev/host:/dev/container:rwm``.
            dns (list): Name servers.
            dns_opt (list): Resolver options.
            dns_search (list): Search domains.
            extra_hosts (dict or list): Further host names and their addresses.
            group_add (list): Further groups of the process.
            init (bool): Run an init process (API 1.25).
            init_path (str): Program to use as init (API 1.25 to 1.28).
            ipc_mode (str): IPC namespace.
            isolation (str): Windows: isolation technology.
            kernel_memory (int or str): Most kernel memory.
            links (dict or list): Containers to link, as ``{name: alias}``.
            log_config (LogConfig): Where the output goes.
            lxc_conf (dict): Settings of the former LXC driver.
            mem_limit (int or str): Most memory.
            mem_reservation (int or str): Memory the container is shrunk to when
                the host runs short.
            mem_swappiness (int): 0 to 100.
            memswap_limit (int or str): Most memory and swap together; -1 for no
                limit.
            mounts (list): :py:class:`dockline.types.Mount` objects (API 1.30).
            nano_cpus (int): Most CPU time, in billionths of a CPU (API 1.25).
            network_mode (str): ``bridge``, ``host``, ``none``,
                ``container:<id>`` or a network. Default: ``default``.
            oom_kill_disable (bool): Never kill it for want of memory.
            oom_score_adj (int): How willingly the kernel kills it.
            pid_mode (str): PID namespace.
            pids_limit (int): Most processes; -1 for no limit.
            port_bindings (dict): Container port to host port, to
                ``(address, port)``, to None for any free port, or to a list of
                these.
            privileged (bool): Lift all restrictions.
            publish_all_ports (bool): Publish all exposed ports.
            read_only (bool): Make the root file system read-only.
            restart_policy (dict): ``Name`` (``always``, ``unless-stopped``,
                ``on-failure``) and ``MaximumRetryCount``.
            runtime (str): OCI runtime (API 1.25).
            security_opt (list): Options such as ``no-new-privileges``.
            shm_size (int or str): Size of ``/dev/shm``.
            storage_opt (dict): Options of the storage driver.
            sysctls (dict): Kernel parameters.
            tmpfs (dict or list): Paths to mount a tmpfs at, with options.
            ulimits (list): :py:class:`dockline.types.Ulimit` objects.
            userns_mode (str): ``host`` leaves the user namespace off.
            uts_mode (str): ``host`` shares the host name.
            volume_driver (str): Driver of the volumes.
            volumes_from (list): Containers whose volumes are mounted.

        Raises:
            TypeError: An argument has the wrong type, or ``version`` is given.
            dockline.errors.InvalidVersion: The API version does not know an
                argument.
        """
        if "version" in kwargs:
            raise TypeError(
                "create_host_config() got an unexpected keyword argument 'version'"
            )
        return types.HostConfig(*args, **{**kwargs, "version": self._version})

    def create_networking_config(
        self, *args: Any, **kwargs: Any
    ) -> types.NetworkingConfig:
        """Build the ``networking_config`` of :py:meth:`create_container`.

        Options:
            endpoints_config (dict): Network name to the result of
                :py:meth:`create_endpoint_config`.
        """
        return types.NetworkingConfig(*args, **kwargs)

    def create_endpoint_config(self, *args: Any, **kwargs: Any) -> types.EndpointConfig:
        """Build one member of :py:meth:`create_networking_config`.

        Takes the arguments of :py:class:`dockline.types.EndpointConfig` without
        the version. Sends nothing.

        Raises:
            dockline.errors.InvalidVersion: The API version does not know an
                argument.
        """
        return types.EndpointConfig(self._version, *args, **kwargs)

    @utils.check_resource("container")
    async def commit(
        self,
        container: Resource,
        repository: Optional[str] = None,
        tag: Optional[str] = None,
        message: Optional[str] = None,
        author: Optional[str] = None,
        pause: bool = True,
        changes: Union[str, list[str], None] = None,
        conf: Optional[dict[str, Any]] = None,
    ) -> dict[str, Any]:
        """Make an image of a container's files.

        Endpoint: ``POST /commit``.

        Args:
            container (str or dict): Id or name.
            repository (str): Repository of the new image.
            tag (str): Tag of the new image.
            message (str): Message that is kept with the image.
            author (str): Author that is kept with the image.
            pause (bool): Pause the container meanwhile. Default: ``True``.
            changes (str or list): Dockerfile instructions to apply.
            conf (dict): Container configuration of the image.

        Returns:
            dict: ``Id`` of the image.

        Raises:
            dockline.errors.APIError: The engine refused.
        """
        params = {
            "container": container,
            "repo": repository,
            "tag": tag,
            "comment": message,
            "author": author,
            "pause": pause,
            "changes": changes,
        }
        response = await self._post_json(self._url("/commit"), data=conf, params=params)
        image: dict[str, Any] = self._result(response, json=True)
        return image
