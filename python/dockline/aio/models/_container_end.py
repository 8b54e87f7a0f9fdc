"""How a container that failed came to its end."""

from __future__ import annotations

from typing import Any, Optional

from ...errors import DockerException

#: The exit code of a process ended by SIGKILL, the kernel's answer to want of memory.
_KILLED = 137
#: How much of its output an error keeps.
_TAIL = 64 * 1024


async def memory_ran_out(container: Any, status: Any) -> Optional[bool]:
    """Ask whether a killed container was killed for want of memory.

    Nothing is asked about one that ended otherwise; None when it is gone.
    """
    if status != _KILLED:
        return None
    try:
        found = await container.client.api.inspect_container(container.id)
        return bool(found["State"]["OOMKilled"])
    except (DockerException, KeyError, TypeError):
        return None


async def tail_of(output: Any) -> Optional[bytes]:
    """Read output to its end and keep the last of it; None when it cannot be read."""
    if output is None:
        return None
    tail = b""
    try:
        async for piece in output:
            tail = (tail + piece)[-_TAIL:]
    except (DockerException, TypeError):
        return tail or None
    return tail
