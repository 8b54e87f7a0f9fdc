"""Local work that may take a while: archives, credential programs, files.

Under asyncio it runs in a worker thread, so that other tasks go on; the
synchronous twin of this module calls straight through.
"""

from __future__ import annotations

from typing import Any, Callable, TypeVar

Result = TypeVar("Result")


async def offload(function: Callable[..., Result], *args: Any) -> Result:
    """Run blocking local work without blocking anything else."""
    import asyncio  # async-only

    return await asyncio.to_thread(function, *args)  # async-only
    # sync-only: return function(*args)


def blocking_reader(archive: Any) -> Any:
    """Give something whose `read` may be called where `offload` runs things."""
    import asyncio  # async-only

    from .._bridge import Bridge  # async-only

    return Bridge(archive, asyncio.get_running_loop())  # async-only
    # sync-only: return archive
