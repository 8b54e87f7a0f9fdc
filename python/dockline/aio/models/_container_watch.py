"""Watching a container: until it is healthy, and what it uses."""

from __future__ import annotations

import time
from typing import Any, Optional

from ... import errors, utils
from ..._failures import container_failed
from .._flow import Closed
from .resource import Model

#: What may change a container's health, or end it.
_EVENTS = ["health_status", "start", "die", "destroy", "unpause", "rename", "update"]
#: Bytes of its output that an error keeps.
_TAIL_LINES = 50


class ContainerWatch(Model):
    """The part of a container that waits and measures."""

    async def wait_healthy(self, timeout: Optional[float] = None) -> None:
        """Wait until the container's health check succeeds: ``GET /events`` and
        ``GET /containers/{id}/json``.

        It asks once and then follows the engine's events, it does not poll. The
        container may still have to be started, and may restart meanwhile.
        ``attrs`` are as of the end.

        Args:
            timeout: Seconds to wait at most; None (default) for ever.

        Raises:
            dockline.errors.ContainerError: it ended instead. ``summary`` says
                how: by which signal, for want of memory, because its program
                was not found; ``stderr`` and ``stdout`` have its last lines.
            dockline.errors.ContainerUnhealthy: its health check failed so often
                that the engine calls it unhealthy; ``output`` is what it said.
            dockline.errors.RequestTimeout: ``timeout`` has passed.
            dockline.errors.InvalidArgument: it has no health check.
            dockline.errors.NotFound: it was removed.
            dockline.errors.APIError: the engine refuses.
        """
        deadline = None if timeout is None else time.monotonic() + timeout
        api = self.client.api
        filters = {"type": "container", "container": self.id, "event": _EVENTS}
        # First listen, then ask: nothing that happens in between is missed.
        answer = await api._get(
            api._url("/events"),
            params={"filters": utils.convert_filters(filters)},
            stream=True,
            timeout=None,
        )
        try:
            api._raise_for_status(answer)
            events = answer._stream.iter("values")
            while not await self._is_healthy():
                left = None if deadline is None else deadline - time.monotonic()
                if left is not None and left <= 0:
                    raise _too_long(self, timeout)
                answer._stream.set_idle_timeout(left)
                try:
                    await events.__anext__()
                except errors.RequestTimeout as error:
                    raise _too_long(self, timeout) from error
                except StopAsyncIteration:
                    raise errors.Truncated(
                        "the engine ended its events before the container was healthy"
                    ) from None
        finally:
            answer.close()

    async def _is_healthy(self) -> bool:
        """Look once; raise when it cannot become healthy any more."""
        await self.reload()
        state = self.attrs["State"]
        health = state.get("Health") or {}
        status = health.get("Status", "none")
        if status == "none":
            raise errors.InvalidArgument(
                f"container {self.short_id} has no health check"
            )
        if state.get("Status") in {"exited", "dead"}:
            raise await self._ended(state)
        if not state.get("Running") or state.get("Restarting"):
            return False
        if status == "unhealthy":
            raise errors.ContainerUnhealthy(self, health.get("Log") or [])
        return bool(status == "healthy")

    async def _ended(self, state: dict[str, Any]) -> errors.ContainerError:
        """Build the error for a container that ended."""
        out = err = None
        try:
            api = self.client.api
            out, err = await api.logs(self.id, demux=True, tail=_TAIL_LINES)
        except errors.DockerException:  # such as a log driver that cannot be read
            pass
        config = self.attrs["Config"]
        command = [self.attrs.get("Path") or "", *(self.attrs.get("Args") or [])]
        error = errors.ContainerError(
            self, state.get("ExitCode"), command, config.get("Image"), err
        )
        return container_failed(
            error,
            stdout=out,
            oom_killed=bool(state.get("OOMKilled")),
            state_error=str(state.get("Error") or ""),
        )

    async def usage(self, stream: bool = False) -> Any:
        """Tell what the container uses: ``GET /containers/{id}/stats``.

        Percentages and rates come from two samples, about a second apart. What
        :py:meth:`stats` gives is not changed by this.

        Args:
            stream: Go on, one item a second, until it is closed. Default: False.

        Returns:
            A :py:class:`~dockline.utils.usage.Usage`, or an iterator of them
            with ``stream``. Fields that cannot be told are None, such as all of
            a container that does not run.

        Raises:
            dockline.errors.NotFound: the container was removed.
            dockline.errors.APIError: the engine refuses.
        """
        if not stream:
            await self.reload()
            if not self.attrs["State"].get("Running"):
                return utils.usage.usage_between(None, {})
        samples = await self.client.api.stats(self.id, decode=True, stream=True)
        measured = UsageStream(samples)
        if stream:
            return measured
        try:
            return await measured.__anext__()
        except StopAsyncIteration:
            return utils.usage.usage_between(None, {})
        finally:
            measured.close()


class UsageStream:
    """An iterator over what a container uses, from its samples.

    The first sample only serves to compare with; so does one whose time is no
    time, which is what a container gives that is about to stop.
    """

    def __init__(self, samples: Any) -> None:
        self._samples = samples
        self._before: Optional[dict[str, Any]] = None

    def __aiter__(self) -> UsageStream:
        return self

    async def __anext__(self) -> utils.usage.Usage:
        while True:
            sample: Any = await self._samples.__anext__()
            if not isinstance(sample, dict) or utils.usage.sample_time(sample) is None:
                continue
            before, self._before = self._before, sample
            if before is not None:
                return utils.usage.usage_between(before, sample)

    def close(self) -> Closed:
        """Close the connection; safe to repeat."""
        self._samples.close()
        return Closed()  # async-only


def _too_long(container: Any, timeout: Optional[float]) -> errors.RequestTimeout:
    health = container.attrs["State"].get("Health") or {}
    return errors.RequestTimeout(
        f"container {container.name} is not healthy after {timeout:g} seconds, "
        f"but {health.get('Status', 'without a health check')}"
    )
