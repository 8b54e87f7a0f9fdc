"""The swarm, on engines of their own: each case begins and ends outside of a swarm."""

from __future__ import annotations

import contextlib
import functools
import time
from typing import Any, Callable, Iterator

import pytest
from results import SLEEP, Side, Table, Twins

CASES = Table()
HERE = {"advertise_addr": "127.0.0.1", "listen_addr": "127.0.0.1:2377"}


@pytest.mark.parametrize("case", CASES)
def test_results(case: Callable[[Side], Any], lone_twins: Twins) -> None:
    lone_twins.compare(case)


@contextlib.contextmanager
def left_afterwards(side: Side) -> Iterator[None]:
    try:
        yield
    finally:
        side.api.leave_swarm(force=True)


def swarming(case: Callable[[Side], Any]) -> Callable[[Side], Any]:
    """A case on an engine that is a swarm of one."""

    @functools.wraps(case)
    def inside(side: Side) -> Any:
        with left_afterwards(side):
            side.client.swarm.init(**HERE)
            return case(side)

    return CASES(inside)


# ------------------------------------------------------------------ the swarm


@CASES
def outside_of_a_swarm(side: Side) -> Any:
    client, api = side.client, side.api
    swarm = client.swarm
    return [
        side.fails(swarm.reload),
        side.fails(lambda: swarm.version),
        side.fails(swarm.leave),
        swarm.leave(force=True),
        # The original falls over its own missing version; the asynchronous client asks the engine first.
        "class" in side.fails(swarm.update),
        side.fails(swarm.get_unlock_key),
        side.fails(swarm.unlock, "SWMKEY-1-nonsense"),
        side.fails(swarm.unlock, {"UnlockKey": "x"}),
        side.fails(client.services.list),
        side.fails(client.nodes.list),
        side.fails(client.secrets.list),
        side.fails(client.configs.list),
        side.fails(client.services.create, "busybox", "true"),
        side.fails(client.secrets.create, name="x", data=b"y"),
        side.fails(api.tasks),
        side.fails(api.inspect_node, "x"),
        side.fails(api.inspect_swarm),
        side.fails(swarm.join, ["127.0.0.1:9"], "SWMTKN-nonsense"),
        side.fails(swarm.init, advertise_addr="nonsense"),
        side.fails(swarm.init, "127.0.0.1", "127.0.0.1:2377", nonsense=1),
    ]


@CASES
def swarm_life(side: Side) -> Any:
    swarm = side.client.swarm
    with left_afterwards(side):
        node = swarm.init(
            **HERE,
            default_addr_pool=["10.20.0.0/16"],
            subnet_size=24,
            name="default",
            labels={"a": "b"},
            task_history_retention_limit=3,
            snapshot_interval=9000,
            heartbeat_tick=2,
            election_tick=20,
            dispatcher_heartbeat_period=6_000_000_000,
            node_cert_expiry=7_000_000_000_000_000,
        )
        swarm.reload()
        spec = swarm.attrs["Spec"]
        tokens = dict(swarm.attrs["JoinTokens"])
        updated = swarm.update(labels={"c": "d"}, autolock_managers=True)
        swarm.reload()
        key = swarm.get_unlock_key()
        rotated = []
        for what in ("worker_token", "manager_token", "manager_unlock_key"):
            rotated.append(swarm.update(**{f"rotate_{what}": True}))
            swarm.reload()
        fresh = swarm.attrs["JoinTokens"]
        again = side.fails(swarm.init, **HERE)
        joined = side.fails(swarm.join, ["127.0.0.1:2377"], fresh["Worker"])
        unlocked = side.fails(swarm.unlock, key)
        locked = key["UnlockKey"].startswith("SWMKEY-"), swarm.get_unlock_key() != key
        busy = side.fails(swarm.leave)
        return [
            len(node),
            spec,
            sorted(swarm.attrs),
            swarm.attrs["DefaultAddrPool"],
            swarm.attrs["SubnetSize"],
            updated,
            swarm.attrs["Spec"]["Labels"],
            rotated,
            [tokens[role] != fresh[role] for role in ("Worker", "Manager")],
            again,
            joined,
            unlocked,
            locked,
            busy,
            swarm.leave(force=True),
        ]


@swarming
def nodes(side: Side) -> Any:
    (node,) = side.client.nodes.list()
    spec = {
        "Availability": "active",
        "Name": "deck",
        "Role": "manager",
        "Labels": {"a": "b"},
    }
    updated = node.update(spec)
    node.reload()
    return [
        sorted(node.attrs),
        updated,
        node.attrs["Spec"],
        isinstance(node.version, int),
        [
            one.id == node.id
            for one in side.client.nodes.list(filters={"role": "manager"})
        ],
        side.client.nodes.list(filters={"role": "worker"}),
        side.client.nodes.get(node.id) == node,
        side.fails(side.client.nodes.get, "absent"),
        side.fails(node.update, {**spec, "Role": "worker"}),
        side.fails(node.update, {**spec, "Availability": "nonsense"}),
        side.fails(side.api.remove_node, node.id),
        side.fails(side.api.remove_node, node.id, force=True),
        side.fails(side.client.nodes.list, filters={"nonsense": "x"}),
    ]


@swarming
def secrets_and_configs(side: Side) -> Any:
    seen = []
    for kind, collection in (
        ("secret", side.client.secrets),
        ("config", side.client.configs),
    ):
        made = collection.create(name=f"a-{kind}", data=b"\x00words", labels={"x": "y"})
        got = collection.get(made.id)
        seen += [
            repr(made).replace(made.id, "?"),
            made.name,
            sorted(got.attrs),
            got.name,
            got.attrs["Spec"],
            [one.name for one in collection.list()],
            [one.name for one in collection.list(filters={"name": "absent"})],
            side.fails(collection.create, name=f"a-{kind}", data=b"again"),
            side.fails(collection.create, name="not valid!", data=b"x"),
            side.fails(collection.get, "absent"),
            made.remove(),
            side.fails(made.remove),
            side.fails(made.reload),
        ]
    seen.append(sorted(side.api.create_secret("low", b"x", labels=None)))
    seen.append(sorted(side.api.create_config("low", b"x")))
    return seen


# ------------------------------------------------------------------ services


@swarming
def service_specification(side: Side) -> Any:
    types = side.lib.types
    secret = side.client.secrets.create(name="s", data=b"x")
    config = side.client.configs.create(name="c", data=b"x")
    made = side.client.services.create(
        "busybox:latest",
        ["sleep", "1000"],
        name="everything",
        args=None,
        env=["A=1"],
        hostname="deck",
        workdir="/tmp",
        user="1000",
        labels={"service": "x"},
        container_labels={"container": "y"},
        constraints=["node.role == manager"],
        preferences=[("spread", "node.labels.zone")],
        maxreplicas=2,
        platforms=[("x86_64", "linux")],
        endpoint_spec=types.EndpointSpec(mode="vip"),
        mode=types.ServiceMode("replicated", replicas=0),
        mounts=["/tmp:/host:ro"],
        resources=types.Resources(cpu_limit=500_000_000, mem_limit=64 << 20),
        restart_policy=types.RestartPolicy(
            "on-failure", delay=1, max_attempts=2, window=3
        ),
        update_config=types.UpdateConfig(parallelism=2, delay=5, order="start-first"),
        rollback_config=types.RollbackConfig(parallelism=1),
        stop_grace_period=3_000_000_000,
        secrets=[types.SecretReference(secret.id, "s")],
        configs=[types.ConfigReference(config.id, "c", filename="/c")],
        log_driver="json-file",
        log_driver_options={"max-size": "1m"},
        healthcheck={"test": ["CMD", "true"], "interval": 1_000_000_000},
        hosts={"quay": "127.0.0.9"},
        dns_config=types.DNSConfig(nameservers=["127.0.0.53"]),
        open_stdin=True,
        tty=True,
        read_only=True,
        stop_signal="SIGUSR1",
        init=True,
        cap_add=["NET_ADMIN"],
        sysctls={"net.core.somaxconn": "256"},
        groups=["1001"],
    )
    made.reload()
    spec = made.attrs["Spec"]
    return [
        made.name,
        spec,
        sorted(made.attrs),
        sorted(side.api.inspect_service(made.id, insert_defaults=True)),
        side.fails(secret.remove),
        side.fails(config.remove),
        made.remove(),
    ]


@swarming
def service_life(side: Side) -> Any:
    services = side.client.services
    made = services.create(
        "busybox:latest", SLEEP, name="runs", stop_grace_period=1_000_000_000
    )
    until(lambda: any(task["Status"]["State"] == "running" for task in made.tasks()))
    (task,) = made.tasks(filters={"desired-state": "running"})
    detail = side.api.inspect_task(task["ID"])
    scaled = made.scale(0)
    made.reload()
    updated = made.update(image="busybox:1.35", labels={"new": "x"})
    made.reload()
    labels = [
        made.attrs["Spec"]["Labels"],
        made.attrs["Spec"]["TaskTemplate"]["ContainerSpec"]["Image"][:12],
    ]
    forced = made.force_update()
    return [
        repr(made).replace(made.short_id, "?"),
        made.name,
        sorted(detail)[:5],
        detail["Spec"]["ContainerSpec"]["Command"],
        isinstance(made.version, int),
        scaled,
        updated,
        labels,
        forced,
        [one.name for one in services.list()],
        [one.name for one in services.list(filters={"name": "absent"})],
        ["ServiceStatus" in one.attrs for one in services.list(status=True)],
        services.get(made.id) == made,
        side.fails(services.get, "absent"),
        side.fails(services.create, "busybox", name="runs"),
        side.fails(services.create, "busybox", name="not valid!"),
        side.fails(services.create, "busybox", nonsense=1),
        side.fails(side.api.inspect_task, "absent"),
        side.fails(side.api.tasks, filters={"nonsense": "x"}),
        side.fails(services.list, filters={"nonsense": "x"}),
        side.fails(made.scale, "many"),
        made.remove(),
        side.fails(made.reload),
        side.fails(made.remove),
    ]


@swarming
def service_logs(side: Side) -> Any:
    made = side.client.services.create(
        "busybox:latest",
        ["sh", "-c", "echo words; echo bad >&2; sleep 1000"],
        name="talks",
        stop_grace_period=100_000_000,
    )
    until(lambda: b"".join(made.logs(stdout=True, stderr=True)).count(b"\n") == 2)
    seen = [
        sorted(b"".join(made.logs(stdout=True, stderr=True)).splitlines()),
        b"".join(made.logs(stdout=True)),
        b"".join(made.logs(stderr=True)),
        b"".join(made.logs(stdout=True, tail=0)),
        b"words"
        in b"".join(made.logs(stdout=True, timestamps=True, details=True, since=1)),
    ]
    following = made.logs(stdout=True, follow=True)
    seen.append(next(iter(following)))
    following.close()
    seen.append(side.fails(made.logs))
    made.remove()
    return seen


def until(true: Callable[[], Any]) -> None:
    """Ask again and again; the test's own time limit ends it."""
    while not true():
        time.sleep(0.05)


@swarming
def overlay_networks(side: Side) -> Any:
    made = side.client.networks.create(
        "sea", driver="overlay", attachable=True, scope="swarm"
    )
    ingress = side.client.networks.get("ingress")
    until(lambda: made.reload() or made.attrs["Driver"])  # it is made a moment later
    return [
        made.attrs["Driver"],
        made.attrs["Scope"],
        made.attrs["Attachable"],
        ingress.attrs["Ingress"],
        side.fails(
            side.client.networks.create, "second", driver="overlay", ingress=True
        ),
        made.remove(),
    ]
