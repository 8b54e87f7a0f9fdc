"""Calls on services, tasks, nodes and the swarm."""

from __future__ import annotations

from typing import Any

from rows import (
    CREDENTIALS,
    Case,
    Reply,
    case,
)

TASK = {"ContainerSpec": {"Image": "busybox"}, "Networks": [{"Target": "own"}]}


def _task(**container: Any) -> dict[str, Any]:
    return {"ContainerSpec": {"Image": "busybox", **container}}


CURRENT = {
    "Spec": {
        "Name": "s",
        "Labels": {"a": "b"},
        "Mode": {"Global": {}},
        "TaskTemplate": {
            "ContainerSpec": {"Image": "registry.example:5000/old", "Args": ["x"]},
            "Networks": [{"Target": "task"}],
            "ForceUpdate": 1,
        },
        "UpdateConfig": {"Parallelism": 1},
        "RollbackConfig": {"Parallelism": 2},
        "Networks": [{"Target": "service"}],
        "EndpointSpec": {"Mode": "vip"},
    }
}
BARE = {"Spec": {"TaskTemplate": {}, "Networks": [{"Target": "service"}]}}

SERVICES: list[Case] = [
    case("create_service", TASK),
    case(
        "create_service",
        TASK,
        "s",
        {"a": "b"},
        "global",
        {"Parallelism": 2},
        ["n", {"Target": "m"}],
        {"ignored": 1},
        {"Mode": "vip"},
        {"Parallelism": 1},
    ),
    case("create_service", _task(), mode={"Replicated": {"Replicas": 2}}),
    case("create_service", _task(Image="registry.example:5000/a"), _config=CREDENTIALS),
    case("create_service", {}),
    case("create_service", _task(), mode="sideways"),
    case("create_service", _task(), networks="n"),
    case("create_service", TASK, _version="1.24"),
    case("create_service", TASK, networks=["n"], _version="1.24"),
    *(
        case("create_service", _task(**{field: value}), _version=version)
        for field, value, version in (
            ("TTY", True, "1.24"),
            ("TTY", False, "1.24"),
            ("Hostname", "h", "1.24"),
            ("Hosts", [], "1.24"),
            ("Groups", [], "1.24"),
            ("DNSConfig", {}, "1.24"),
            ("Healthcheck", {}, "1.24"),
            ("StopSignal", "x", "1.27"),
            ("Configs", [], "1.29"),
            ("Privileges", {}, "1.29"),
            ("Isolation", "x", "1.34"),
            ("Init", True, "1.37"),
        )
    ),
    case(
        "create_service",
        _task(ReadOnly=True),
        _version="1.27",
        _differs="message: the original names dns_config",
    ),
    case("create_service", {**TASK, "ForceUpdate": 1}, _version="1.24"),
    case(
        "create_service",
        {**TASK, "Placement": {"Platforms": [{}]}},
        _version="1.29",
    ),
    case(
        "create_service",
        {**TASK, "Placement": {"Preferences": [{}]}},
        _version="1.26",
    ),
    case(
        "create_service",
        {**TASK, "Resources": {"GenericResources": [{}]}},
        _version="1.31",
    ),
    case("create_service", TASK, update_config={"MaxFailureRatio": 1}, _version="1.24"),
    case("create_service", TASK, update_config={"Monitor": 1}, _version="1.24"),
    case(
        "create_service",
        TASK,
        update_config={"FailureAction": "rollback"},
        _version="1.27",
    ),
    case("create_service", TASK, update_config={"Order": "x"}, _version="1.28"),
    case("create_service", TASK, rollback_config={}, _version="1.27"),
    case(
        "create_service",
        TASK,
        rollback_config={},
        _version="1.28",
        _differs="the original fails with a TypeError of its own",
    ),
    case(
        "create_service",
        TASK,
        endpoint_spec={"Ports": [{"PublishMode": "host"}]},
        _version="1.31",
    ),
    case("inspect_service", "s"),
    case("inspect_service", "s", True),
    case("inspect_service", "s", insert_defaults=True, _version="1.28"),
    case("inspect_task", "t"),
    case("inspect_task", {"ID": "t"}),
    case("remove_service", "s"),
    case("services", _answers=[[]]),
    case("services", {"name": "s"}, True, _answers=[[]]),
    case("services", status=False, _version="1.40"),
    case("service_logs", "s"),
    case("service_logs", "s", True, True, True, True, 5, True, 10, False),
    case("service_logs", "s", is_tty=True),
    case(
        "service_logs",
        "s",
        _answers=[{"Spec": {"TaskTemplate": {"ContainerSpec": {"TTY": True}}}}],
    ),
    case("service_logs", "s", _version="1.24"),
    case("tasks", _answers=[[]]),
    case("tasks", {"service": "s"}, _answers=[[]]),
    case("update_service", "s", 5),
    case(
        "update_service",
        "s",
        5,
        TASK,
        "n",
        {"a": "b"},
        "replicated",
        {"Parallelism": 2},
        ["n"],
        {"ignored": 1},
        {"Mode": "dnsrr"},
        False,
        {"Parallelism": 3},
    ),
    case("update_service", {"ID": "s"}, 5, fetch_current_spec=True, _answers=[CURRENT]),
    case(
        "update_service",
        "s",
        5,
        {
            "ContainerSpec": {"Image": "new", "Args": None},
            "ForceUpdate": 2,
            "Resources": None,
        },
        fetch_current_spec=True,
        mode={"Replicated": {}},
        _answers=[CURRENT],
        _config=CREDENTIALS,
    ),
    case(
        "update_service",
        "s",
        5,
        fetch_current_spec=True,
        _answers=[CURRENT],
        _config=CREDENTIALS,
    ),
    case("update_service", "s", 5, fetch_current_spec=True, _answers=[BARE]),
    case("update_service", "s", 5, _task(), fetch_current_spec=True, _answers=[BARE]),
    case(
        "update_service",
        "s",
        5,
        networks=["n"],
        fetch_current_spec=True,
        _answers=[CURRENT],
    ),
    case(
        "update_service",
        "s",
        5,
        fetch_current_spec=True,
        _version="1.24",
        _answers=[{"Spec": {"TaskTemplate": {"ContainerSpec": {}}, "Networks": ["m"]}}],
    ),
    case("update_service", "s", 5, networks=["n"], _version="1.24"),
    case("update_service", "s", 5, mode="sideways"),
]

SWARMS: list[Case] = [
    case("create_swarm_spec"),
    case("create_swarm_spec", 5, external_ca={"URL": "u"}, name="n"),
    case("create_swarm_spec", signing_ca_key="k", _version="1.29"),
    case("get_unlock_key", _answers=[{"UnlockKey": "k"}]),
    case("init_swarm", _answers=["node"]),
    case(
        "init_swarm",
        "eth0",
        "0.0.0.0:5000",
        True,
        {"Name": "n"},
        ["10.1.0.0/16"],
        26,
        "eth1",
        4790,
        _answers=["node"],
    ),
    case("init_swarm", default_addr_pool=["10.1.0.0/16"], _answers=["node"]),
    case("init_swarm", subnet_size=26, _answers=["node"]),
    case("init_swarm", swarm_spec="x"),
    case("init_swarm", subnet_size=26, _version="1.38"),
    case("init_swarm", default_addr_pool=[], _version="1.38"),
    case("init_swarm", data_path_addr="a", _version="1.29"),
    case("init_swarm", data_path_port=1, _version="1.39"),
    case("inspect_swarm"),
    case("inspect_node", "n"),
    case("inspect_node", node_id={"ID": "n"}),
    case("join_swarm", ["a:2377"], "token"),
    case("join_swarm", ["a"], "token", "0.0.0.0:1", "eth0", "eth1"),
    case("join_swarm", ["a"], "token", data_path_addr="a", _version="1.29"),
    case("leave_swarm"),
    case("leave_swarm", True),
    case("leave_swarm", force=True, _answers=[Reply(406, {"message": "no swarm"})]),
    case("leave_swarm", force=True, _answers=[Reply(503, {"message": "no swarm"})]),
    case("leave_swarm", _answers=[Reply(503, {"message": "no swarm"})]),
    case("nodes", _answers=[[]]),
    case("nodes", {"role": "manager"}, _answers=[[]]),
    case("remove_node", "n"),
    case("remove_node", "n", True),
    case("unlock_swarm", "key"),
    case("unlock_swarm", {"UnlockKey": "key"}),
    case("unlock_swarm", {"key": "key"}),
    case("update_node", "n", 5),
    case("update_node", "n", version=5, node_spec={"Role": "manager", "Name": None}),
    case("update_swarm", 5),
    case("update_swarm", 5, {"Name": "n"}, True, True, True),
    case("update_swarm", 5, rotate_manager_unlock_key=True, _version="1.24"),
]

#: What the engine says no to.
