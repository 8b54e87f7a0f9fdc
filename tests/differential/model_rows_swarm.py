"""Rows of `test_models_calls.py`: configs, secrets, nodes, services and the swarm."""

from __future__ import annotations

from typing import Any

from model_calls import SERVICE, Made, Raises, call, get, row

# ------------------------------------------------------------------ configs, secrets, nodes

for kind in ("config", "secret"):
    many = get(f"{kind}s")
    one = (many, call("get", "x"))
    for name in ("name", "id", "short_id", "attrs"):
        row(f"{kind}.{name}", *one, get(name))
    row(f"{kind}.remove", *one, call("remove"))
    row(f"{kind}.reload", *one, call("reload"))
    row(f"{kind}s.create", many, call("create", name="n", data=b"d", labels={"a": "b"}))
    row(f"{kind}s.create without a name", many, call("create"))
    row(f"{kind}s.create positional", many, call("create", "n"))
    row(f"{kind}s.list", many, call("list", filters={"name": "x"}))

ONE = (get("nodes"), call("get", "n"))
for name in ("version", "id", "attrs"):
    row(f"node.{name}", *ONE, get(name))
row("node.version of nothing", *ONE, get("version"), inspect_node={})
row("node.update", *ONE, call("update", {"Role": "worker"}))
row("node.remove", *ONE, call("remove"))
row("node.remove by force", *ONE, call("remove", force=True))
row("node.reload", *ONE, call("reload"))
row("nodes.list", get("nodes"), call("list"))
row("nodes.list filtered", get("nodes"), call("list", {"role": "manager"}))

# ------------------------------------------------------------------ services, swarm

ONE = (get("services"), call("get", "s"))
for name in ("name", "version", "id", "attrs"):
    row(f"service.{name}", *ONE, get(name))
row("service.version of nothing", *ONE, get("version"), inspect_service={})
GLOBAL = {**SERVICE, "Spec": {**SERVICE["Spec"], "Mode": {"Global": {}}}}  # type: ignore[dict-item]
for name, args, kwargs in (
    ("remove", (), {}), ("tasks", (), {}), ("tasks", ({"node": "n"},), {}), ("logs", (), {}), ("logs", (), {"follow": True, "stdout": True}),
    ("scale", (5,), {}), ("scale", (0,), {}), ("force_update", (), {}), ("reload", (), {}),
):  # fmt: skip
    row(f"service.{name}{args}{kwargs}", *ONE, call(name, *args, **kwargs))
row("service.scale of a global one", *ONE, call("scale", 1), inspect_service=GLOBAL)

SERVICES: list[dict[str, Any]] = [
    {},
    {"command": ["c"], "args": ["a"], "env": ["A=b"], "hostname": "h", "workdir": "/", "user": "u", "tty": True, "open_stdin": True},
    {"name": "n", "labels": {"a": "b"}, "container_labels": {"c": "d"}},
    {"labels": {"a": "b"}},
    {"mode": "global"},
    {"mode": Made(lambda m, c: m.types.ServiceMode("replicated", 3))},
    {"constraints": ["node.role==manager"], "preferences": [("spread", "node.labels.x")], "platforms": [("x86_64", "linux")], "maxreplicas": 2},
    {"log_driver": "local", "log_driver_options": {"a": "b"}},
    {"log_driver": "local"},
    {"log_driver_options": {"a": "b"}},
    {"mounts": ["v:/x", "/a:/b:ro"], "read_only": True, "stop_grace_period": 5, "stop_signal": "SIGINT", "init": True},
    {"networks": ["n", {"Target": "m"}], "resources": Made(lambda m, c: m.types.Resources(cpu_limit=1, mem_limit=2))},
    {"restart_policy": Made(lambda m, c: m.types.RestartPolicy(condition="any")), "endpoint_spec": Made(lambda m, c: m.types.EndpointSpec(ports={80: 8080}))},
    {"update_config": Made(lambda m, c: m.types.UpdateConfig(parallelism=2)), "rollback_config": Made(lambda m, c: m.types.RollbackConfig(parallelism=1))},
    {"secrets": [Made(lambda m, c: m.types.SecretReference("i", "n"))], "configs": [Made(lambda m, c: m.types.ConfigReference("i", "n"))]},
    {"healthcheck": Made(lambda m, c: m.types.Healthcheck(test=["CMD", "x"])), "dns_config": Made(lambda m, c: m.types.DNSConfig(nameservers=["1"]))},
    {"hosts": {"a": "1"}, "groups": ["g"], "cap_add": ["X"], "cap_drop": ["Y"], "sysctls": {"a": "b"}, "isolation": "default"},
    {"privileges": Made(lambda m, c: m.types.Privileges(selinux_disable=True))},
    {"nonsense": 1},
    {"nonsense": 1, "other": 2},
    {"networks": "n"},
    {"force_update": 1},
    {"fetch_current_spec": True},
]  # fmt: skip
for number, kwargs in enumerate(SERVICES):
    row(
        f"services.create {number} {sorted(kwargs)}",
        get("services"),
        call("create", "nginx", **kwargs),
    )
    row(f"service.update {number} {sorted(kwargs)}", *ONE, call("update", **kwargs))
for kwargs in (
    {"image": "i"},
    {"force_update": True},
    {"force_update": 7},
    {"force_update": False},
    {"fetch_current_spec": False, "name": "n"},
):
    row(f"service.update({kwargs})", *ONE, call("update", **kwargs))
row("services.create positional", get("services"), call("create", "i", "c"))
row("services.create of nothing", get("services"), call("create"))
row("services.get with defaults", get("services"), call("get", "s", True))
row("services.list", get("services"), call("list"))
row(
    "services.list filtered",
    get("services"),
    call("list", filters={"name": "x"}, status=True),
)

SWARM = get("swarm")
row("swarm", SWARM)
row("swarm.version", SWARM, get("version"))
row(
    "swarm outside a swarm",
    SWARM,
    get("attrs"),
    inspect_swarm=Raises("APIError", status=503),
)
row(
    "swarm of an old engine outside a swarm",
    SWARM,
    get("attrs"),
    inspect_swarm=Raises("APIError", status=406),
)
row("swarm refused", SWARM, get("attrs"), inspect_swarm=Raises("APIError", status=500))
row("swarm.get_unlock_key", SWARM, call("get_unlock_key"))
row("swarm.init", SWARM, call("init"))
row(
    "swarm.init with more",
    SWARM,
    call(
        "init",
        "eth0",
        "0.0.0.0:1",
        True,
        ["10.0.0.0/8"],
        24,
        "d",
        4790,
        snapshot_interval=5,
        name="n",
    ),
)
row(
    "swarm.init by name",
    SWARM,
    call("init", advertise_addr="a", data_path_port=1, labels={"a": "b"}),
)
row("swarm.join", SWARM, call("join", ["r"], "t", listen_addr="l"))
row("swarm.leave", SWARM, call("leave"))
row("swarm.leave by force", SWARM, call("leave", force=True))
row("swarm.reload", SWARM, call("reload"))
row("swarm.unlock", SWARM, call("unlock", {"UnlockKey": "k"}))
row("swarm.update", SWARM, call("update"))
row(
    "swarm.update with more",
    SWARM,
    call("update", True, True, True, name="n", node_cert_expiry=5),
)
row(
    "swarm.update outside a swarm",
    SWARM,
    call("update"),
    inspect_swarm=Raises("APIError", status=503),
)
