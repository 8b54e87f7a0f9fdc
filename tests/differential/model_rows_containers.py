"""Rows of `test_models_calls.py`: the client itself and containers."""

from __future__ import annotations

from typing import Any

from model_calls import CONTAINER, IMAGE, Each, Made, Raises, Stream, call, get, row

# ------------------------------------------------------------------ the client itself

for method in ("events", "info", "login", "ping", "version"):
    row(f"client.{method}", call(method, 1, x=2))
row("client.df", call("df"))
row("client.df with arguments", call("df", 1))
row("client.close", call("close"))
for collection in (
    "configs",
    "containers",
    "images",
    "networks",
    "nodes",
    "plugins",
    "secrets",
    "services",
    "volumes",
):
    row(f"calling client.{collection}", call(collection))
for name in ("create_container", "nonsense", "inspect_image", "base_url"):
    row(f"client.{name}", get(name))

# ------------------------------------------------------------------ containers

ONE = (get("containers"), call("get", "web"))
for name in (
    "name",
    "image",
    "labels",
    "status",
    "health",
    "ports",
    "id",
    "short_id",
    "attrs",
):
    row(f"container.{name}", *ONE, get(name))
for attrs in (
    {"Id": "x", "Image": "i", "State": "exited"},
    {"Id": "x", "ImageID": IMAGE, "Image": "y", "Config": {"Labels": {}}},
    {"Id": "x", "ImageID": None, "Image": "y", "Name": None},
    {"Id": "x", "State": {}, "NetworkSettings": {}},
    {},
):
    for name in (
        "name",
        "image",
        "labels",
        "status",
        "health",
        "ports",
        "id",
        "short_id",
    ):
        row(f"container.{name} of {attrs}", *ONE, get(name), inspect_container=attrs)

for name, kwargs in (
    ("attach", {"stream": True, "logs": True}), ("attach_socket", {"params": {"stdin": 1}, "ws": False}), ("commit", {}),
    ("commit", {"repository": "r", "tag": "t", "message": "m", "pause": False}), ("diff", {}), ("export", {}), ("export", {"chunk_size": None}),
    ("get_archive", {"path": "/x"}), ("get_archive", {"path": "/x", "chunk_size": 5, "encode_stream": True}), ("kill", {}),
    ("kill", {"signal": 9}), ("logs", {}), ("logs", {"stream": True, "follow": True, "tail": 5, "since": 1}), ("pause", {}),
    ("put_archive", {"path": "/x", "data": b"tar"}), ("remove", {}), ("remove", {"v": True, "link": False, "force": True}),
    ("rename", {"name": "n"}), ("resize", {"height": 1, "width": 2}), ("restart", {}), ("restart", {"timeout": 3}), ("start", {}),
    ("stats", {"decode": True}), ("stats", {"stream": False}), ("stop", {}), ("stop", {"timeout": 3}), ("top", {}), ("top", {"ps_args": "aux"}),
    ("unpause", {}), ("update", {"cpu_shares": 3}), ("wait", {}), ("wait", {"timeout": 3, "condition": "removed"}), ("reload", {}),
):  # fmt: skip
    row(f"container.{name}({kwargs})", *ONE, call(name, **kwargs))
for kwargs in (
    {}, {"stdout": False, "stderr": False, "stdin": True, "tty": True, "privileged": True, "user": "u", "environment": {"a": "b"}, "workdir": "/"},
    {"detach": True}, {"socket": True}, {"demux": True},
):  # fmt: skip
    row(f"container.exec_run({kwargs})", *ONE, call("exec_run", ["ls"], **kwargs))
row(
    "container.exec_run streamed",
    *ONE,
    call("exec_run", "ls", stream=True),
    exec_start=Stream([b"a", b"b"]),
)
row(
    "container.exec_run streamed and demuxed",
    *ONE,
    call("exec_run", "ls", stream=True, demux=True),
    exec_start=Stream([(b"a", None)]),
)
row(
    "container.exec_run refused",
    *ONE,
    call("exec_run", "ls"),
    exec_create=Raises("APIError", status=409),
)
for name in ("get_archive", "put_archive", "rename", "resize", "exec_run"):
    row(f"container.{name} without arguments", *ONE, call(name))

for args in ((), (True,), ("", "b"), (True, None, {"status": "running"}, 3, "s")):
    row(f"containers.list{args}", get("containers"), call("list", *args))
row("containers.list sparse", get("containers"), call("list", sparse=True))
row(
    "containers.list of none",
    get("containers"),
    call("list", all=True, ignore_removed=True),
    containers=[],
)
GONE = Each(CONTAINER, Raises("NotFound"))
row(
    "containers.list with one gone",
    get("containers"),
    call("list"),
    inspect_container=GONE,
)
row(
    "containers.list ignoring one gone",
    get("containers"),
    call("list", ignore_removed=True),
    inspect_container=GONE,
)
row(
    "containers.get of none",
    get("containers"),
    call("get", "x"),
    inspect_container=Raises("NotFound"),
)
row(
    "containers.get of nonsense",
    get("containers"),
    call("get", "x"),
    inspect_container=5,
)
row("containers.prune", get("containers"), call("prune"))
row(
    "containers.prune filtered",
    get("containers"),
    call("prune", filters={"until": "1h"}),
)

CREATE: list[dict[str, Any]] = [
    {},
    {"command": "echo hi", "name": "n", "environment": {"A": "b"}, "labels": ["x"], "tty": True, "stdin_open": True, "user": 5},
    {"ports": {"80/tcp": 8080, 53: None, "53/udp": [1, 2], "1/tcp": ("127.0.0.1", 3)}},
    {"ports": {}},
    {"ports": {"80": {"HostPort": 1}}},
    {"volumes": {"/a": {"bind": "/b", "mode": "ro"}, "v": {"bind": "/c"}}},
    {"volumes": ["/a:/b", "/c", "v:/d:ro", "/e:rw", "C:\\x:C:\\y", "C:\\x:/y:ro", "/only:ro"]},
    {"volumes": {"/a": "/b"}},
    {"volumes": []},
    {"network": "net"},
    {"network": "net", "networking_config": {"net": Made(lambda m, c: m.types.EndpointConfig("1.45", aliases=["a"]))}},
    {"network": "net", "networking_config": {"other": Made(lambda m, c: m.types.EndpointConfig("1.45"))}},
    {"networking_config": {"net": {}}},
    {"network_mode": "host"},
    {"network_mode": "host", "network": "net"},
    {"nonsense": 1},
    {"nonsense": 1, "other": 2, "ports": {"80": 1}},
    {"mem_limit": "64m", "memswap_limit": -1, "cpu_shares": 2, "nano_cpus": 10**9, "cap_add": ["X"], "cap_drop": ["Y"], "shm_size": "1g"},
    {"mem_limit": "64q"},
    {"devices": ["/dev/a:/dev/b"], "dns": ["1.1.1.1"], "dns_search": ["x"], "dns_opt": ["y"], "extra_hosts": {"a": "1"}},
    {"restart_policy": {"Name": "always"}, "privileged": True, "read_only": True, "init": True, "runtime": "runc", "isolation": "x"},
    {"ulimits": [Made(lambda m, c: m.types.Ulimit(name="nofile", soft=1, hard=2))]},
    {"log_config": Made(lambda m, c: m.types.LogConfig(type="local", config={"a": "b"}))},
    {"mounts": [Made(lambda m, c: m.types.Mount("/x", "v", type="volume", read_only=True))]},
    {"tmpfs": ["/t:size=1"], "sysctls": {"a": "b"}, "storage_opt": {"size": "1G"}, "security_opt": ["a"], "links": {"a": "b"}},
    {"healthcheck": {"test": "true", "interval": 10**9}, "platform": "linux/arm64", "stop_signal": "SIGINT", "working_dir": "/w"},
    {"device_requests": [Made(lambda m, c: m.types.DeviceRequest(count=-1, capabilities=[["gpu"]]))], "pids_limit": 5, "oom_score_adj": 3},
    {"use_config_proxy": True, "domainname": "d", "entrypoint": ["e"], "hostname": "h", "mac_address": "m", "network_disabled": True},
    {"ipc_mode": "host", "pid_mode": "host", "userns_mode": "host", "uts_mode": "host", "cgroupns": "private", "group_add": [1]},
    {"version": "1.30"},
    {"auto_remove": True, "publish_all_ports": True, "volumes_from": ["x"], "volume_driver": "d", "cgroup_parent": "c", "oom_kill_disable": True},
    {"blkio_weight": 20, "device_read_bps": [{"Path": "p", "Rate": 1}], "cpu_period": 1, "cpu_quota": 2, "cpuset_cpus": "0", "cpuset_mems": "1"},
    {"lxc_conf": {"a": "b"}, "kernel_memory": "1m", "mem_reservation": "2m", "mem_swappiness": 10},
    {"image": "twice"},
    {"detach": True},
]  # fmt: skip
for number, kwargs in enumerate(CREATE):
    row(
        f"containers.create {number} {sorted(kwargs)}",
        get("containers"),
        call("create", "busybox", **kwargs),
    )
    row(
        f"containers.run {number} {sorted(kwargs)}",
        get("containers"),
        call("run", "busybox", **kwargs),
    )

IMAGE_OBJECT = Made(lambda m, c: c.images.prepare_model({"Id": IMAGE, "RepoTags": []}))
MISSING = Each(Raises("ImageNotFound"), {"Id": "created"})
for name in ("create", "run"):
    row(
        f"containers.{name} of an Image",
        get("containers"),
        call(name, IMAGE_OBJECT, "ls"),
    )
    row(f"containers.{name} without an image", get("containers"), call(name))
for name, chained, answers in (
    ("detached", {"detach": True}, {}),
    ("detached and removed", {"detach": True, "remove": True}, {}),
    ("streamed", {"stream": True}, {}),
    ("streamed and detached", {"stream": True, "detach": True}, {}),
    ("removed", {"remove": True}, {}),
    ("stderr", {"stdout": False, "stderr": True}, {}),
    ("auto_remove", {"auto_remove": True}, {}),
    ("journald", {}, {"inspect_container": {**CONTAINER, "HostConfig": {"LogConfig": {"Type": "journald"}}}}),
    ("no logs", {}, {"inspect_container": {**CONTAINER, "HostConfig": {"LogConfig": {"Type": "none"}}}}),
    ("no logs, streamed", {"stream": True}, {"inspect_container": {**CONTAINER, "HostConfig": {"LogConfig": {"Type": "local"}}}}),
    ("failing", {}, {"wait": {"StatusCode": 3}}),
    ("failing, removed", {"remove": True}, {"wait": {"StatusCode": 3}}),
    ("failing, auto_remove", {"auto_remove": True}, {"wait": {"StatusCode": 3}}),
    ("failing, streamed", {"stream": True}, {"wait": {"StatusCode": 255}}),
    ("failing without logs", {}, {"wait": {"StatusCode": 1}, "inspect_container": {**CONTAINER, "HostConfig": {"LogConfig": {"Type": "none"}}}}),
    ("missing image", {}, {"create_container": MISSING}),
    ("missing image of a platform", {"platform": "linux/arm64", "name": "n"}, {"create_container": MISSING}),
    ("missing image that cannot be pulled", {}, {"create_container": MISSING, "pull": Raises("ImageNotFound")}),
    ("refused", {}, {"create_container": Raises("APIError", status=500)}),
    ("start refused", {}, {"start": Raises("APIError", status=500)}),
):  # fmt: skip
    row(
        f"containers.run {name}",
        get("containers"),
        call("run", "busybox:1", "ls", **chained),
        **answers,
    )
row(
    "containers.run detached and removed on an old API",
    get("containers"),
    call("run", "x", detach=True, remove=True),
    version="1.24",
)
row(
    "containers.run positional",
    get("containers"),
    call("run", "x", ["a"], False, True, True),
)
