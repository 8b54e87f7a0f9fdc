"""Running a command in a container, and output that knows how it ended."""

from __future__ import annotations

import asyncio  # async-only

# sync-only: import time
from collections.abc import AsyncIterator
from typing import Any, Optional, Union

from ...types.daemon import AsyncCancellableStream
from ._container_facts import ExecResult
from .resource import Model

#: Seconds that the engine may take, after the output has ended, to write down the
#: exit code; and between two looks.
_PATIENCE = 5.0
_PAUSE = 0.02


class ExecOutput(AsyncCancellableStream):
    """The streamed output of a command in a container."""

    def __init__(self, output: AsyncCancellableStream, api: Any, exec_id: str) -> None:
        """Wrap an output, whose command is known as `exec_id`."""
        super().__init__(output._stream, output._response)
        self._api = api
        self._exec_id = exec_id

    def __aiter__(self) -> AsyncIterator[Any]:
        """Iterate; the wrapped iterator itself is the fastest."""
        iterator: AsyncIterator[Any] = self._stream.__aiter__()
        return iterator

    @property
    async def exit_code(self) -> Optional[int]:
        """Exit code of the command: ``GET /exec/{id}/json``.

        None while it runs. Asks the engine.
        """
        waited = 0.0
        while True:
            found = await self._api.exec_inspect(self._exec_id)
            code: Optional[int] = found["ExitCode"]
            # The output may end a moment before the engine knows the code.
            if code is not None or not self._response.closed or waited > _PATIENCE:
                return code
            waited += _PAUSE
            await asyncio.sleep(_PAUSE)  # async-only
            # sync-only: time.sleep(_PAUSE)


class ContainerExec(Model):
    """The part of a container that runs commands in it."""

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
            ``socket``; with these last two the exit code is None. The iterator
            has it as ``exit_code`` when it has ended.

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
        if isinstance(output, AsyncCancellableStream):
            output = ExecOutput(output, self.client.api, created["Id"])
        if socket or stream:
            return ExecResult(None, output)
        ended = await self.client.api.exec_inspect(created["Id"])
        return ExecResult(ended["ExitCode"], output)


# A call that lacks an argument names the class that programs know.
ContainerExec.exec_run.__qualname__ = "Container.exec_run"
