"""Looking at containers: lists, details, changes, ports, processes, statistics."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Optional, Union

from ... import errors, utils
from ...types.base import Resource

if TYPE_CHECKING:
    from ._host import AsyncApiHost
else:
    AsyncApiHost = object


class AsyncContainerInspectMixin(AsyncApiHost):
    """Methods that change nothing."""

    async def containers(
        self,
        quiet: bool = False,
        all: bool = False,
        trunc: bool = False,
        latest: bool = False,
        since: Optional[str] = None,
        before: Optional[str] = None,
        limit: int = -1,
        size: bool = False,
        filters: Optional[dict[str, Any]] = None,
    ) -> list[dict[str, Any]]:
        """List containers.

        Endpoint: ``GET /containers/json``.

        Args:
            quiet (bool): Give only the ids. Default: ``False``.
            all (bool): Also those that do not run. Default: ``False``.
            trunc (bool): Cut ids to twelve characters. Default: ``False``.
            latest (bool): Only the newest, running or not. Default: ``False``.
            since (str): Only containers made after this id or name.
            before (str): Only containers made before this id or name.
            limit (int): At most this many, running or not. Default: no limit.
            size (bool): Compute sizes as well. Default: ``False``.
            filters (dict): Name of a filter to a value or a list of values:
                ``ancestor``, ``before``, ``exited``, ``expose``, ``health``,
                ``id``, ``label``, ``name``, ``network``, ``publish``, ``since``,
                ``status``, ``volume`` and others the engine knows.

        Returns:
            list of dict: One per container; with ``quiet`` only its ``Id``.

        Raises:
            dockline.errors.APIError: The engine refused.
        """
        params: dict[str, Any] = {
            "limit": 1 if latest else limit,
            "all": 1 if all else 0,
            "size": 1 if size else 0,
            "trunc_cmd": 1 if trunc else 0,
            "since": since,
            "before": before,
        }
        if filters:
            params["filters"] = utils.convert_filters(filters)
        response = await self._get(self._url("/containers/json"), params=params)
        found: list[dict[str, Any]] = self._result(response, True)
        if quiet:
            return [{"Id": one["Id"]} for one in found]
        if trunc:
            for one in found:
                one["Id"] = one["Id"][:12]
        return found

    @utils.check_resource("container")
    async def inspect_container(self, container: Resource) -> dict[str, Any]:
        """Give everything the engine knows about a container.

        Endpoint: ``GET /containers/{id}/json``.

        Args:
            container (str or dict): Id or name.

        Returns:
            dict: The details, as the engine gives them.

        Raises:
            dockline.errors.NotFound: There is no such container.
            dockline.errors.APIError: The engine refused.
        """
        response = await self._get(self._url("/containers/{0}/json", container))
        details: dict[str, Any] = self._result(response, True)
        return details

    @utils.check_resource("container")
    async def diff(self, container: Resource) -> Optional[list[dict[str, Any]]]:
        """List the files that differ from the image.

        Endpoint: ``GET /containers/{id}/changes``.

        Args:
            container (str or dict): Id or name.

        Returns:
            list of dict: ``Path`` and ``Kind`` (0 changed, 1 added, 2 deleted), or
            None if nothing differs.

        Raises:
            dockline.errors.APIError: The engine refused.
        """
        response = await self._get(self._url("/containers/{0}/changes", container))
        changes: Optional[list[dict[str, Any]]] = self._result(response, True)
        return changes

    @utils.check_resource("container")
    async def port(
        self, container: Resource, private_port: Union[int, str]
    ) -> Optional[list[dict[str, str]]]:
        """Tell where a port of a container is published.

        Endpoint: ``GET /containers/{id}/json``.

        Args:
            container (str or dict): Id or name.
            private_port (int or str): Port inside the container. Without a
                protocol (``53/udp``) tcp, udp and sctp are tried in turn.

        Returns:
            list of dict: ``HostIp`` and ``HostPort`` of each publication, or None.

        Raises:
            dockline.errors.APIError: The engine refused.
        """
        response = await self._get(self._url("/containers/{0}/json", container))
        self._raise_for_status(response)
        ports = response.json().get("NetworkSettings", {}).get("Ports")
        if ports is None:  # no network of its own, as with network_mode="host"
            return None
        wanted = str(private_port)
        names = [wanted]
        if "/" not in wanted:
            names = [f"{wanted}/{protocol}" for protocol in ("tcp", "udp", "sctp")]
        published: Optional[list[dict[str, str]]] = None
        for name in names:
            published = ports.get(name)
            if published:
                break
        return published

    @utils.check_resource("container")
    async def top(
        self, container: Resource, ps_args: Optional[str] = None
    ) -> dict[str, Any]:
        """List the processes of a container.

        Endpoint: ``GET /containers/{id}/top``.

        Args:
            container (str or dict): Id or name.
            ps_args (str): Arguments for ``ps``, for example ``aux``.

        Returns:
            dict: ``Titles`` of the columns and the ``Processes``.

        Raises:
            dockline.errors.APIError: The engine refused.
        """
        url = self._url("/containers/{0}/top", container)
        params = {}
        if ps_args is not None:
            params["ps_args"] = ps_args
        processes: dict[str, Any] = self._result(
            await self._get(url, params=params), True
        )
        return processes

    @utils.check_resource("container")
    async def stats(
        self,
        container: Resource,
        decode: Optional[bool] = None,
        stream: bool = True,
        one_shot: Optional[bool] = None,
    ) -> Any:
        """Give a container's use of resources, once or every second.

        Endpoint: ``GET /containers/{id}/stats``.

        Args:
            container (str or dict): Id or name.
            decode (bool): With ``stream``: give dicts instead of bytes.
                Default: ``False``.
            stream (bool): Go on until closed. Default: ``True``.
            one_shot (bool): Without ``stream``: do not wait for a second sample
                to compare with (API 1.41). Default: ``False``.

        Returns:
            An iterator of bytes or dicts; without ``stream`` a dict.

        Raises:
            dockline.errors.APIError: The engine refused.
            dockline.errors.InvalidArgument: ``one_shot`` with ``stream``, or
                ``decode`` without it.
            dockline.errors.InvalidVersion: ``one_shot`` below API 1.41.
        """
        url = self._url("/containers/{0}/stats", container)
        params: dict[str, Any] = {"stream": stream}
        if one_shot is not None:
            if utils.version_lt(self._version, "1.41"):
                raise errors.InvalidVersion(
                    "one_shot is not supported for API version < 1.41"
                )
            params["one-shot"] = one_shot
        if stream:
            if one_shot:
                raise errors.InvalidArgument(
                    "one_shot is only available in conjunction with stream=False"
                )
            response = await self._get(url, stream=True, params=params)
            return self._stream_helper(response, decode=decode)
        if decode:
            raise errors.InvalidArgument(
                "decode is only available in conjunction with stream=True"
            )
        return self._result(await self._get(url, params=params), json=True)
