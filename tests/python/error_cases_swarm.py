"""How to make the manager of a swarm of one refuse. Read by `test_error_kinds.py` after it has made the swarm."""

from __future__ import annotations

from typing import Any

from dockline import errors
from error_cases import CONFLICT, IMAGE, Row, Stage

SWARM, MISSING = errors.SwarmError, errors.NotFound


def twice(collection: str, field: str) -> Any:
    def provoke(stage: Stage) -> None:
        things = getattr(stage.client, collection)
        first = things.create(name="one", data=b"x")
        try:
            things.create(name="one", data=b"y")
        finally:
            first.remove()

    provoke.__name__ = field
    return provoke


def used_secret(stage: Stage) -> None:
    from dockline.types import SecretReference

    secret = stage.client.secrets.create(name="held", data=b"x")
    service = stage.client.services.create(
        IMAGE,
        name="holder",
        secrets=[SecretReference(secret.id, "held")],
        command="sleep 60",
    )
    try:
        secret.remove()
    finally:
        service.remove()
        secret.remove()


def two_services(stage: Stage) -> None:
    one = stage.client.services.create(IMAGE, name="svc", command="sleep 60")
    try:
        stage.client.services.create(IMAGE, name="svc", command="sleep 60")
    finally:
        one.remove()


def old_version(stage: Stage) -> None:
    one = stage.client.services.create(IMAGE, name="svc", command="sleep 60")
    try:
        stage.api._result(
            stage.api.post(
                stage.api._url("/services/{0}/update", one.id),
                params={"version": one.version + 1000},
                json=one.attrs["Spec"],
            )
        )
    finally:
        one.remove()


def demote(stage: Stage) -> None:
    node = stage.client.nodes.list()[0]
    node.update({**node.attrs["Spec"], "Role": "worker"})


# A row a line.
# fmt: off
ROWS = [
    Row("swarm_already_part", SWARM, "already", lambda s: s.client.swarm.init(advertise_addr="127.0.0.1")),
    Row("service_not_found", MISSING, '"nope"', lambda s: s.client.services.get("nope")),
    Row("node_not_found", MISSING, '"nope"', lambda s: s.client.nodes.get("nope")),
    Row("task_not_found", MISSING, '"nope"', lambda s: s.api.inspect_task("nope")),
    Row("secret_not_found", MISSING, '"nope"', lambda s: s.client.secrets.get("nope")),
    Row("config_not_found", MISSING, '"nope"', lambda s: s.client.configs.get("nope")),
    Row("object_name_in_use", CONFLICT, "already", twice("secrets", "secret")),
    Row("object_name_in_use", CONFLICT, "already", twice("configs", "config")),
    Row("object_name_in_use", CONFLICT, "already", two_services),
    Row("in_use_by_service", CONFLICT, "holder", used_secret),
    Row("update_out_of_sequence", CONFLICT, "changed", old_version),
    Row("swarm_last_manager", SWARM, "manager", lambda s: s.client.swarm.leave()),
    Row("swarm_last_manager", SWARM, "manager", demote),
]
# fmt: on
