"""Commands run inside of containers: everything under ``/exec``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Optional, Union

from ... import errors, utils
from ...types.base import Resource
from ...types.daemon import AsyncCancellableStream
from ._streams import check_batches

if TYPE_CHECKING:
    from ._host import AsyncApiHost
else:
    AsyncApiHost = object


class AsyncExecApiMixin(AsyncApiHost):
    """The low-level methods on exec instances; part of ``APIClient``."""

    @utils.check_resource("container")
    async def exec_create(
        self,
        container: Resource,
        cmd: Union[str, list[str]],
        stdout: bool = True,
        stderr: bool = True,
        stdin: bool = False,
        tty: bool = False,
        privileged: bool = False,
        user: str = "",
        environment: Union[dict[str, Any], list[str], None] = None,
        workdir: Optional[str] = None,
        detach_keys: Optional[str] = None,
    ) -> dict[str, Any]:
        """Prepare a command to run in a running container.

        Endpoint: ``POST /containers/{id}/exec``.

        Args:
            container (str or dict): Id or name.
            cmd (str or list): Command; a string is split as a shell would.
            stdout (bool): Attach to standard output. Default: ``True``.
            stderr (bool): Attach to standard error. Default: ``True``.
            stdin (bool): Attach to standard input. Default: ``False``.
            tty (bool): Allocate a terminal. Default: ``False``.
            privileged (bool): Lift all restrictions. Default: ``False``.
            user (str): User to run as. Default: that of the container.
            environment (dict or list): Variables, as a dict or ``NAME=value``
                (API 1.25).
            workdir (str): Working directory (API 1.35).
            detach_keys (str): Keys that detach. Default: those of the user's
                ``config.json``.

        Returns:
            dict: ``Id`` of the exec instance, for :py:meth:`exec_start`.

        Raises:
            dockline.errors.APIError: The engine refused.
            dockline.errors.InvalidVersion: The API version does not know an
                argument.
        """
        if environment is not None and utils.version_lt(self._version, "1.25"):
            raise errors.InvalidVersion(
                "Setting environment for exec is not supported in API < 1.25"
            )
        if isinstance(environment, dict):
            environment = utils.format_environment(environment)
        data: dict[str, Any] = {
            "Container": container,
            "User": user,
            "Privileged": privileged,
            "Tty": tty,
            "AttachStdin": stdin,
            "AttachStdout": stdout,
            "AttachStderr": stderr,
            "Cmd": utils.split_command(cmd) if isinstance(cmd, str) else cmd,
            "Env": environment,
        }
        if workdir is not None:
            if utils.version_lt(self._version, "1.35"):
                raise errors.InvalidVersion(
                    "workdir is not supported for API version < 1.35"
                )
            data["WorkingDir"] = workdir
        if detach_keys:
            data["detachKeys"] = detach_keys
        elif "detachKeys" in self._general_configs:
            data["detachKeys"] = self._general_configs["detachKeys"]
        url = self._url("/containers/{0}/exec", container)
        created: dict[str, Any] = self._result(
            await self._post_json(url, data=data), True
        )
        return created

    async def exec_inspect(self, exec_id: Resource) -> dict[str, Any]:
        """Give what the engine knows about an exec instance.

        Endpoint: ``GET /exec/{id}/json``.

        Args:
            exec_id (str or dict): Id.

        Returns:
            dict: The details; ``ExitCode`` is None while the command runs.

        Raises:
            dockline.errors.APIError: The engine refused.
        """
        if isinstance(exec_id, dict):
            exec_id = exec_id.get("Id")
        response = await self._get(self._url("/exec/{0}/json", exec_id))
        details: dict[str, Any] = self._result(response, True)
        return details

    async def exec_resize(
        self,
        exec_id: Resource,
        height: Optional[int] = None,
        width: Optional[int] = None,
    ) -> None:
        """Tell a command how large its terminal is.

        Endpoint: ``POST /exec/{id}/resize``.

        Args:
            exec_id (str or dict): Id.
            height (int): Lines.
            width (int): Columns.

        Raises:
            dockline.errors.APIError: The engine refused.
        """
        if isinstance(exec_id, dict):
            exec_id = exec_id.get("Id")
        url = self._url("/exec/{0}/resize", exec_id)
        response = await self._post(url, params={"h": height, "w": width})
        self._raise_for_status(response)

    @utils.check_resource("exec_id")
    async def exec_start(
        self,
        exec_id: Resource,
        detach: bool = False,
        tty: bool = False,
        stream: bool = False,
        socket: bool = False,
        demux: bool = False,
        *,
        batches: bool = False,
    ) -> Any:
        """Run a command that :py:meth:`exec_create` has prepared.

        Endpoint: ``POST /exec/{id}/start``.

        Args:
            exec_id (str or dict): Id.
            detach (bool): Do not wait for output. Default: ``False``.
            tty (bool): The command has a terminal, as told to
                :py:meth:`exec_create`. Default: ``False``.
            stream (bool): Give an iterator instead of all output at the end.
                Default: ``False``.
            socket (bool): Give the connection itself. Default: ``False``.
            demux (bool): Keep standard output and error apart.
                Default: ``False``.
            batches (bool): Give what arrived together as one piece, up to
                256 KiB, however many lines or frames it is made of: the cheapest
                way to read much. Needs ``stream``; docker-py does not have this.
                Default: ``False``.

        Returns:
            bytes, with ``stream`` an iterator of bytes. With ``demux`` a tuple
            ``(stdout, stderr)`` or an iterator of such; a stream that has nothing
            is None there. With ``detach`` the engine's (empty) answer, with
            ``socket`` a file-like object around the socket.

        Raises:
            dockline.errors.APIError: The engine refused.
            dockline.errors.InvalidArgument: ``batches`` without ``stream``.
        """
        check_batches(batches, stream)
        url = self._url("/exec/{0}/start", exec_id)
        data = {"Tty": tty, "Detach": detach}
        if detach:
            # There is no output to stream: the whole answer comes at once.
            response = await self._post_json(url, headers={}, data=data, stream=False)
            return self._result(response)
        headers = {"Connection": "Upgrade", "Upgrade": "tcp"}
        response = await self._post_json(url, headers=headers, data=data, stream=True)
        if socket:
            return await self._get_raw_response_socket(response)
        if batches:
            output = self._batches(response, tty, demux)
        else:
            output = await self._read_from_socket(
                response, stream, tty=tty, demux=demux
            )
        if stream:
            return AsyncCancellableStream(output, response)
        return output
