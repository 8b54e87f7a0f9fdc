"""The high-level client against the original: which low-level methods are called, with exactly which arguments.

Each row is a chain of attributes and calls that starts at the client. It runs three times: with docker-py, with dockline,
and with dockline.aio, each over an `api` that records and gives scripted answers. Calls, results and errors must be equal.
"""

from __future__ import annotations

import model_rows_containers  # noqa: F401 - fills ROWS
import model_rows_images  # noqa: F401
import model_rows_swarm  # noqa: F401
import pytest
from model_calls import ROWS, Row, run

#: There the asynchronous client asks once more, and raises what the engine says.
SYNC_ONLY = {"swarm.update outside a swarm"}


@pytest.mark.parametrize("asked", ROWS, ids=[row.name for row in ROWS])
@pytest.mark.parametrize("side", ["dockline", "dockline.aio"])
@pytest.mark.filterwarnings("ignore:.stream. is not a valid parameter")
def test_same_calls(asked: Row, side: str) -> None:
    if side == "dockline.aio" and asked.name in SYNC_ONLY:
        return
    theirs, mine = run("docker", asked), run(side, asked)
    assert mine[1] == theirs[1], "calls of the low-level client"
    assert mine[0] == theirs[0], "results"
