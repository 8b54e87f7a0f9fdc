"""Calls of the low-level API, as data: what to call, and what an engine would answer.

Every method of docker-py's ``APIClient`` that talks to an engine is here with
every argument it has, and with the errors it raises before it sends anything.
The rows know nothing about how they are run: `test_api_wire.py` records what
both libraries would send; other tests may send it.

``case(method, *args, **kwargs)`` makes a row. Settings of the row itself begin
with an underscore: ``_version`` (API version), ``_answers`` (one per request, the
last one repeats), ``_config`` (the user's config.json), ``_differs`` (what differs
from docker-py, and why).
"""

from __future__ import annotations

from rows import ANSWER, Case, Make, Reply, case, describe
from rows_containers import CONTAINERS, EXECS
from rows_engine import ENGINE, NETWORKS, PLUGINS, REFUSED, STORED, VOLUMES
from rows_images import BUILDS, IMAGES
from rows_swarm import SERVICES, SWARMS

__all__ = ["ANSWER", "CASES", "Case", "Make", "Reply", "case", "describe"]

CASES: list[Case] = [
    *CONTAINERS,
    *EXECS,
    *IMAGES,
    *BUILDS,
    *ENGINE,
    *NETWORKS,
    *VOLUMES,
    *PLUGINS,
    *STORED,
    *SERVICES,
    *SWARMS,
    *REFUSED,
]
