"""Running containers: start, stop, signals, pause, limits, waiting, removal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Optional, Union

from ... import errors, utils
from ...timeouts import longer
from ...types.base import Resource

if TYPE_CHECKING:
    from ._host import AsyncApiHost
else:
    AsyncApiHost = object


def _patience(timeout: Any, grace: Any) -> Any:
    """Give the time to wait for an answer that takes `grace` seconds more.

    No limit stays no limit; a negative grace is the engine's "wait forever".
    """
    if timeout is None or (grace is not None and grace < 0):
        return None
    return longer(timeout, grace or 0)


class AsyncContainerLifecycleMixin(AsyncApiHost):
    """Methods that change a container's state."""

    @utils.check_resource("container")
    async def start(self, container: Resource, *args: Any, **kwargs: Any) -> None:
        """Start a container that was created or stopped.

        Endpoint: ``POST /containers/{id}/start``.

        Args:
            container (str or dict): Id or name.
            *args: Not taken any more.
            **kwargs: Not taken any more.

        Raises:
            dockline.errors.APIError: The engine refused.
            dockline.errors.DeprecatedMethod: Any further argument is given;
                configuration belongs into ``create_container(host_config=...)``.
        """
        if args or kwargs:
            raise errors.DeprecatedMethod(
                "Providing configuration in the start() method is no longer "
                "supported. Use the host_config param in create_container instead."
            )
        response = await self._post(self._url("/containers/{0}/start", container))
        self._raise_for_status(response)

    @utils.check_resource("container")
    async def stop(
        self, container: Resource, timeout: Union[float, None] = None
    ) -> None:
        """Ask a container to stop, and kill it if it does not.

        Endpoint: ``POST /containers/{id}/stop``.

        Args:
            container (str or dict): Id or name.
            timeout (int): Seconds between the stop signal and the kill; -1 never
                kills. Default: the container's own ``StopTimeout``.

        Raises:
            dockline.errors.APIError: The engine refused.
        """
        params = {} if timeout is None else {"t": timeout}
        url = self._url("/containers/{0}/stop", container)
        patience = _patience(self.timeout, 10 if timeout is None else timeout)
        response = await self._post(url, params=params, timeout=patience)
        self._raise_for_status(response)

    @utils.check_resource("container")
    async def restart(self, container: Resource, timeout: float = 10) -> None:
        """Stop a container as :py:meth:`stop` does, and start it again.

        Endpoint: ``POST /containers/{id}/restart``.

        Args:
            container (str or dict): Id or name.
            timeout (int): Seconds between the stop signal and the kill.
                Default: 10.

        Raises:
            dockline.errors.APIError: The engine refused.
        """
        url = self._url("/containers/{0}/restart", container)
        patience = _patience(self.timeout, timeout)
        response = await self._post(url, params={"t": timeout}, timeout=patience)
        self._raise_for_status(response)

    @utils.check_resource("container")
    async def kill(
        self, container: Resource, signal: Union[str, int, None] = None
    ) -> None:
        """Send a signal to a running container.

        Endpoint: ``POST /containers/{id}/kill``.

        Args:
            container (str or dict): Id or name.
            signal (str or int): Signal. Default: ``SIGKILL``.

        Raises:
            dockline.errors.APIError: The engine refused.
        """
        url = self._url("/containers/{0}/kill", container)
        params: dict[str, Any] = {}
        if signal is not None:
            params["signal"] = signal if isinstance(signal, str) else int(signal)
        response = await self._post(url, params=params)
        self._raise_for_status(response)

    @utils.check_resource("container")
    async def pause(self, container: Resource) -> None:
        """Freeze all processes of a container.

        Endpoint: ``POST /containers/{id}/pause``.

        Args:
            container (str or dict): Id or name.

        Raises:
            dockline.errors.APIError: The engine refused.
        """
        response = await self._post(self._url("/containers/{0}/pause", container))
        self._raise_for_status(response)

    @utils.check_resource("container")
    async def unpause(self, container: Resource) -> None:
        """Let all processes of a paused container go on.

        Endpoint: ``POST /containers/{id}/unpause``.

        Args:
            container (str or dict): Id or name.

        Raises:
            dockline.errors.APIError: The engine refused.
        """
        response = await self._post(self._url("/containers/{0}/unpause", container))
        self._raise_for_status(response)

    @utils.check_resource("container")
    async def wait(
        self,
        container: Resource,
        timeout: Union[float, None] = None,
        condition: Optional[str] = None,
    ) -> dict[str, Any]:
        """Wait until a container has stopped.

        Endpoint: ``POST /containers/{id}/wait``.

        Args:
            container (str or dict): Id or name.
            timeout (int): Seconds to wait. Default: no limit.
            condition (str): What to wait for: ``not-running`` (the engine's
                default), ``next-exit`` or ``removed`` (API 1.30).

        Returns:
            dict: ``StatusCode``, the exit code of the container.

        Raises:
            dockline.errors.RequestTimeout: ``timeout`` has passed; also a
                ``requests.exceptions.ReadTimeout`` and ``ConnectionError``.
            dockline.errors.APIError: The engine refused.
            dockline.errors.InvalidVersion: ``condition`` below API 1.30.
        """
        url = self._url("/containers/{0}/wait", container)
        params = {}
        if condition is not None:
            if utils.version_lt(self._version, "1.30"):
                raise errors.InvalidVersion(
                    "wait condition is not supported for API version < 1.30"
                )
            params["condition"] = condition
        response = await self._post(url, timeout=timeout, params=params)
        ended: dict[str, Any] = self._result(response, True)
        return ended

    @utils.check_resource("container")
    async def rename(self, container: Resource, name: str) -> None:
        """Give a container another name.

        Endpoint: ``POST /containers/{id}/rename``.

        Args:
            container (str or dict): Id or name.
            name (str): The new name.

        Raises:
            dockline.errors.APIError: The engine refused.
        """
        url = self._url("/containers/{0}/rename", container)
        response = await self._post(url, params={"name": name})
        self._raise_for_status(response)

    @utils.check_resource("container")
    async def resize(self, container: Resource, height: int, width: int) -> None:
        """Tell a container how large its terminal is.

        Endpoint: ``POST /containers/{id}/resize``.

        Args:
            container (str or dict): Id or name.
            height (int): Lines.
            width (int): Columns.

        Raises:
            dockline.errors.APIError: The engine refused.
        """
        url = self._url("/containers/{0}/resize", container)
        response = await self._post(url, params={"h": height, "w": width})
        self._raise_for_status(response)

    @utils.check_resource("container")
    async def remove_container(
        self,
        container: Resource,
        v: bool = False,
        link: bool = False,
        force: bool = False,
    ) -> None:
        """Remove a container.

        Endpoint: ``DELETE /containers/{id}``.

        Args:
            container (str or dict): Id or name.
            v (bool): Also remove its anonymous volumes. Default: ``False``.
            link (bool): Remove the link of this name, not the container.
                Default: ``False``.
            force (bool): Kill it first if it runs. Default: ``False``.

        Raises:
            dockline.errors.APIError: The engine refused.
        """
        params = {"v": v, "link": link, "force": force}
        url = self._url("/containers/{0}", container)
        response = await self._delete(url, params=params)
        self._raise_for_status(response)

    @utils.minimum_version("1.25")
    async def prune_containers(
        self, filters: Optional[dict[str, Any]] = None
    ) -> dict[str, Any]:
        """Remove all containers that do not run.

        Endpoint: ``POST /containers/prune`` (API 1.25).

        Args:
            filters (dict): ``until`` and ``label``.

        Returns:
            dict: ``ContainersDeleted`` and ``SpaceReclaimed`` in bytes.

        Raises:
            dockline.errors.APIError: The engine refused.
        """
        params = {}
        if filters:
            params["filters"] = utils.convert_filters(filters)
        response = await self._post(self._url("/containers/prune"), params=params)
        pruned: dict[str, Any] = self._result(response, True)
        return pruned

    @utils.minimum_version("1.22")
    @utils.check_resource("container")
    async def update_container(
        self,
        container: Resource,
        blkio_weight: Optional[int] = None,
        cpu_period: Optional[int] = None,
        cpu_quota: Optional[int] = None,
        cpu_shares: Optional[int] = None,
        cpuset_cpus: Optional[str] = None,
        cpuset_mems: Optional[str] = None,
        mem_limit: Union[float, str, None] = None,
        mem_reservation: Union[float, str, None] = None,
        memswap_limit: Union[float, str, None] = None,
        kernel_memory: Union[float, str, None] = None,
        restart_policy: Optional[dict[str, Any]] = None,
    ) -> dict[str, Any]:
        """Change the limits of a container. What is not given stays as it is.

        Endpoint: ``POST /containers/{id}/update``.

        Args:
            container (str or dict): Id or name.
            blkio_weight (int): Weight of block I/O, 10 to 1000.
            cpu_period (int): Length of a CPU period, in microseconds.
            cpu_quota (int): CPU time per period, in microseconds.
            cpu_shares (int): Weight of CPU time.
            cpuset_cpus (str): Usable CPUs, as ``0-2,4``.
            cpuset_mems (str): Usable memory nodes, as ``0,1``.
            mem_limit (int or str): Most memory, in bytes or as ``512m``.
            mem_reservation (int or str): Memory it is shrunk to when the host
                runs short.
            memswap_limit (int or str): Most memory and swap together; -1 for no
                limit.
            kernel_memory (int or str): Most kernel memory.
            restart_policy (dict): ``Name`` and ``MaximumRetryCount``.

        Returns:
            dict: ``Warnings``.

        Raises:
            dockline.errors.APIError: The engine refused.
        """
        url = self._url("/containers/{0}/update", container)
        numbers = {
            "BlkioWeight": blkio_weight,
            "CpuPeriod": cpu_period,
            "CpuShares": cpu_shares,
            "CpuQuota": cpu_quota,
            "CpusetCpus": cpuset_cpus,
            "CpusetMems": cpuset_mems,
        }
        sizes = {
            "Memory": mem_limit,
            "MemoryReservation": mem_reservation,
            "MemorySwap": memswap_limit,
            "KernelMemory": kernel_memory,
        }
        data: dict[str, Any] = {key: value for key, value in numbers.items() if value}
        data.update(
            {key: utils.parse_bytes(value) for key, value in sizes.items() if value}
        )
        if restart_policy:
            if utils.version_lt(self._version, "1.23"):
                raise errors.InvalidVersion(
                    "restart policy update is not supported for API version < 1.23"
                )
            data["RestartPolicy"] = restart_policy
        response = await self._post_json(url, data=data)
        updated: dict[str, Any] = self._result(response, True)
        return updated
