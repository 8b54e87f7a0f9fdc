"""From two samples of ``stats`` to percentages and rates.

Samples are as the engine gives them and may lack anything or hold nonsense: a
container that is about to stop gives zeros and the year 1. What cannot be told
is None, never a guess and never an exception.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, NamedTuple, Optional

#: Seconds under which two samples are too close to give a rate.
SHORTEST = 0.001


class Usage(NamedTuple):
    """What a container uses. Sizes are bytes, rates bytes per second.

    Whatever the engine did not tell is None.
    """

    #: CPU time in percent of one CPU: 200.0 is two CPUs at work.
    cpu_percent: Optional[float]
    #: CPUs the container may run on.
    cpus: Optional[int]
    #: Memory in use, without the file cache that the kernel can take back.
    memory: Optional[int]
    memory_limit: Optional[int]
    #: Memory in percent of the limit.
    memory_percent: Optional[float]
    #: Bytes since the container started, then bytes per second.
    network_received: Optional[int]
    network_sent: Optional[int]
    network_receive_rate: Optional[float]
    network_send_rate: Optional[float]
    disk_read: Optional[int]
    disk_written: Optional[int]
    disk_read_rate: Optional[float]
    disk_write_rate: Optional[float]
    #: Processes and threads.
    pids: Optional[int]
    #: When the later sample was taken.
    time: Optional[dt.datetime]


def usage_between(before: Optional[Mapping[str, Any]], now: Mapping[str, Any]) -> Usage:
    """Compute what was used between two samples of one container.

    Args:
        before: The earlier sample; without it there are no rates, and the CPU is
            that of the sample's own ``precpu_stats``.
        now: The later one.
    """
    seconds = _seconds(before, now)
    memory, limit = _memory(_part(now, "memory_stats"))
    received, receive_rate = _network(before, now, "rx_bytes", seconds)
    sent, send_rate = _network(before, now, "tx_bytes", seconds)
    read, read_rate = _disk(before, now, "read", seconds)
    written, write_rate = _disk(before, now, "write", seconds)
    return Usage(
        cpu_percent=_cpu(before, now, seconds),
        cpus=_cpus(_part(now, "cpu_stats")),
        memory=memory,
        memory_limit=limit,
        memory_percent=memory / limit * 100 if memory is not None and limit else None,
        network_received=received,
        network_sent=sent,
        network_receive_rate=receive_rate,
        network_send_rate=send_rate,
        disk_read=read,
        disk_written=written,
        disk_read_rate=read_rate,
        disk_write_rate=write_rate,
        pids=_count(_part(now, "pids_stats").get("current")),
        time=sample_time(now),
    )


def sample_time(
    sample: Optional[Mapping[str, Any]], name: str = "read"
) -> Optional[dt.datetime]:
    """Give the time of a sample; None for the year 1 and other nonsense."""
    text = (sample or {}).get(name)
    if not isinstance(text, str) or len(text) < 20:
        return None
    whole, _, rest = text.partition(".")
    digits = len(rest) - len(rest.lstrip("0123456789"))
    fraction, zone = rest[:digits][:6].ljust(6, "0"), rest[digits:]
    if not rest:
        whole, zone = text[:19], text[19:]
    zone = "+00:00" if zone in {"Z", "z"} else zone
    try:
        found = dt.datetime.fromisoformat(f"{whole}.{fraction}{zone}")
    except ValueError:
        return None
    return found if found.year > 1970 and found.tzinfo else None


def _part(sample: Optional[Mapping[str, Any]], *names: str) -> Mapping[str, Any]:
    found: Any = sample
    for name in names:
        found = found.get(name) if isinstance(found, Mapping) else None
    return found if isinstance(found, Mapping) else {}


def _count(value: Any) -> Optional[int]:
    """Give a number that can be a counter, else None."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    if not 0 <= value < 2**64:  # not a number, and less than nothing, neither
        return None
    return int(value)


def _grown(before: Optional[int], now: Optional[int]) -> Optional[int]:
    """Give by how much a counter grew; one that was set back began at zero."""
    if before is None or now is None:
        return None
    return now - before if now >= before else now


def _seconds(
    before: Optional[Mapping[str, Any]], now: Mapping[str, Any]
) -> Optional[float]:
    begin, end = sample_time(before), sample_time(now)
    if begin is None or end is None:
        return None
    seconds = (end - begin).total_seconds()
    return seconds if seconds >= SHORTEST else None


def _cpus(stats: Mapping[str, Any]) -> Optional[int]:
    online = _count(stats.get("online_cpus"))
    if online:
        return online
    each = _part(stats, "cpu_usage").get("percpu_usage")
    return len(each) if isinstance(each, list) and each else None


def _cpu(
    before: Optional[Mapping[str, Any]],
    now: Mapping[str, Any],
    seconds: Optional[float],
) -> Optional[float]:
    stats = _part(now, "cpu_stats")
    earlier = _part(before, "cpu_stats") or _part(now, "precpu_stats")
    used = _count(_part(stats, "cpu_usage").get("total_usage"))
    grown = _grown(_count(_part(earlier, "cpu_usage").get("total_usage")), used)
    if grown is None or not used:
        return None
    cpus = _cpus(stats)
    system = _count(stats.get("system_cpu_usage"))
    earlier_system = _count(earlier.get("system_cpu_usage"))
    percent = None
    if cpus and system and earlier_system and system > earlier_system:
        percent = grown / (system - earlier_system) * cpus * 100
    elif seconds is not None:
        # Windows counts 100 ns at a time, and gives no time of the whole system.
        unit = 1e-7 if now.get("num_procs") else 1e-9
        percent = grown * unit / seconds * 100
    return percent if percent is None or not cpus else min(percent, cpus * 100.0)


def _memory(stats: Mapping[str, Any]) -> tuple[Optional[int], Optional[int]]:
    limit = _count(stats.get("limit")) or None
    private = _count(stats.get("privateworkingset"))
    if private is not None:  # Windows
        return private, limit
    usage = _count(stats.get("usage"))
    if usage is None:
        return None, limit
    detail = _part(stats, "stats")
    # cgroup v1 counts what is below, too; v2 has only the one name.
    name = "total_inactive_file" if "total_inactive_file" in detail else "inactive_file"
    cache = _count(detail.get(name)) or 0
    return (usage - cache if cache < usage else usage), limit


def _rate(grown: Optional[int], seconds: Optional[float]) -> Optional[float]:
    return None if grown is None or seconds is None else grown / seconds


def _network(
    before: Optional[Mapping[str, Any]],
    now: Mapping[str, Any],
    name: str,
    seconds: Optional[float],
) -> tuple[Optional[int], Optional[float]]:
    total, grown = None, None
    for interface, counters in _part(now, "networks").items():
        count = _count(counters.get(name)) if isinstance(counters, Mapping) else None
        if count is None:
            continue
        total = (total or 0) + count
        earlier = _count(_part(before, "networks", interface).get(name))
        if earlier is None and before is not None:
            earlier = 0  # it was connected in between
        more = _grown(earlier, count)
        grown = grown if more is None else (grown or 0) + more
    return total, _rate(grown, seconds)


def _transferred(sample: Optional[Mapping[str, Any]], action: str) -> Optional[int]:
    entries = _part(sample, "blkio_stats").get("io_service_bytes_recursive")
    storage = _count(_part(sample, "storage_stats").get(f"{action}_size_bytes"))
    if not isinstance(entries, list):
        return storage
    counts = [
        _count(entry.get("value"))
        for entry in entries
        if isinstance(entry, Mapping) and str(entry.get("op")).lower() == action
    ]
    return sum(count for count in counts if count is not None)


def _disk(
    before: Optional[Mapping[str, Any]],
    now: Mapping[str, Any],
    action: str,
    seconds: Optional[float],
) -> tuple[Optional[int], Optional[float]]:
    total = _transferred(now, action)
    return total, _rate(_grown(_transferred(before, action), total), seconds)
