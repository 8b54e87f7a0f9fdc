"""`dockline.types` against the original: the same arguments, the same dict or error.

A row is a class, positional arguments and keyword arguments; it is made with both
and compared.
"""

from __future__ import annotations

import copy
import json
import pickle
from typing import Any

import docker.types as theirs
import dockline.types as ours
import pytest
from dockline.types import containers, services

NEW = "1.45"
OLD = "1.20"

#: Arguments of HostConfig beyond the version, good and bad, old and new.
HOST: list[dict[str, Any]] = [
    {},
    {"binds": {"/a": {"bind": "/b", "mode": "ro"}, "v": {"bind": "/c", "ro": True}}},
    {"binds": {"/a": "/b"}},
    {"binds": {"/a": {"bind": "/b", "propagation": "rshared"}}},
    {"binds": ["/a:/b:ro"]},
    {"binds": {"/a": {"bind": "/b", "ro": True, "mode": "rw"}}},
    {"port_bindings": {1111: 4567, "2222/udp": None, 3333: ("127.0.0.1", 4568)}},
    {"port_bindings": {1111: [1234, 4567], 2222: ("127.0.0.1",), 3: {"HostPort": 5}}},
    {"port_bindings": {}},
    {"lxc_conf": {"a": 1}},
    {"lxc_conf": [{"Key": "a", "Value": "1"}]},
    {"publish_all_ports": True},
    {"links": {"db": "alias", "other": None}},
    {"links": [("db", "alias")]},
    {"privileged": True},
    {"dns": ["8.8.8.8"], "dns_search": ["example.com"], "dns_opt": ["ndots:3"]},
    {"dns": [], "dns_search": [], "dns_opt": []},
    {"volumes_from": "a,b"},
    {"volumes_from": ["a", "b"]},
    {"network_mode": "host"},
    {"network_mode": "host", "port_bindings": {1: 2}},
    {"network_mode": "none", "port_bindings": {1: 2}},
    {"restart_policy": {"Name": "always"}},
    {"restart_policy": "always"},
    {"cap_add": ["NET_ADMIN"], "cap_drop": ["MKNOD"]},
    {"devices": ["/dev/a:/dev/b:r", "/dev/c", "/dev/d:/dev/e", {"PathOnHost": "/x"}]},
    {"devices": [5]},
    {"extra_hosts": {"b": "1.1.1.1", "a": "2.2.2.2"}},
    {"extra_hosts": ["a:1.1.1.1"]},
    {"read_only": True},
    {"read_only": False},
    {"pid_mode": "host"},
    {"pid_mode": "container:a"},
    {"ipc_mode": "host"},
    {"security_opt": ["no-new-privileges"]},
    {"security_opt": "no-new-privileges"},
    {"ulimits": [{"name": "nofile", "soft": 1, "hard": 2}]},
    {"ulimits": [{"Name": "nofile", "Soft": 1}]},
    {"ulimits": {"name": "nofile"}},
    {"ulimits": [{"name": 5}]},
    {"log_config": {"type": "syslog", "config": {"a": "b"}}},
    {"log_config": {"Type": "syslog", "Config": {"a": "b"}}},
    {"log_config": {}},
    {"log_config": "syslog"},
    {"log_config": {"type": "syslog", "config": "x"}},
    {"mem_limit": "512m", "memswap_limit": -1, "mem_reservation": "1g"},
    {"mem_limit": 0, "memswap_limit": "2gb", "kernel_memory": "10k"},
    {"mem_limit": "1x"},
    {"mem_limit": "f28"},
    {"mem_swappiness": 0},
    {"mem_swappiness": "40"},
    {"cgroup_parent": "/a"},
    {"group_add": [5, "staff"]},
    {"cpu_quota": 1, "cpu_period": 2, "cpu_shares": 3},
    {"cpu_quota": "1"},
    {"cpu_period": 1.5},
    {"cpu_shares": "x"},
    {"cpuset_cpus": "0-1", "cpuset_mems": "0"},
    {"cpuset_mems": 1},
    {"cpu_rt_period": 5, "cpu_rt_runtime": 6},
    {"cpu_rt_period": "5"},
    {"cpu_rt_runtime": "5"},
    {"blkio_weight": 10},
    {"blkio_weight": "10"},
    {"blkio_weight_device": [{"Path": "/a", "Weight": 5}]},
    {"blkio_weight_device": {"Path": "/a"}},
    {"device_read_bps": [{"Path": "/a", "Rate": 5}]},
    {"device_write_bps": [{"Path": "/a", "Rate": 5}]},
    {"device_read_iops": [{"Path": "/a", "Rate": 5}]},
    {"device_write_iops": [{"Path": "/a", "Rate": 5}]},
    {"device_read_bps": "x"},
    {"device_write_bps": "x"},
    {"device_read_iops": "x"},
    {"device_write_iops": "x"},
    {"oom_kill_disable": True, "oom_score_adj": 5},
    {"oom_score_adj": "5"},
    {"shm_size": "64m"},
    {"shm_size": 1000},
    {"shm_size": 1.5},
    {"sysctls": {"net.core.somaxconn": 1024}},
    {"sysctls": "x"},
    {"tmpfs": ["/a", "/b:size=3m"]},
    {"tmpfs": {"/a": "size=3m"}},
    {"tmpfs": "/a"},
    {"tmpfs": [5]},
    {"userns_mode": "host"},
    {"userns_mode": "private"},
    {"uts_mode": "host"},
    {"uts_mode": "private"},
    {"pids_limit": -1},
    {"pids_limit": "5"},
    {"isolation": "hyperv"},
    {"isolation": 5},
    {"auto_remove": True},
    {"storage_opt": {"size": "1G"}},
    {"storage_opt": {}},
    {"init": True},
    {"init": False},
    {"init_path": "/sbin/init"},
    {"volume_driver": "local"},
    {"cpu_count": 2, "cpu_percent": 50, "nano_cpus": 5},
    {"cpu_count": "2"},
    {"cpu_percent": "2"},
    {"nano_cpus": "2"},
    {"runtime": "runc"},
    {"mounts": [{"Target": "/a"}]},
    {"mounts": []},
    {"device_cgroup_rules": ["c 1:3 mr"]},
    {"device_cgroup_rules": "c 1:3 mr"},
    {"device_requests": [{"count": -1, "capabilities": [["gpu"]]}]},
    {"device_requests": [{"Driver": "nvidia", "DeviceIDs": ["0"], "Options": {}}]},
    {"device_requests": {"count": -1}},
    {"device_requests": [{"count": "1"}]},
    {"cgroupns": "private"},
    {"no_such_argument": 1},
]

CONTAINER: list[dict[str, Any]] = [
    {},
    {"hostname": "h", "domainname": "d", "user": 1000, "working_dir": "/w"},
    {"user": "root", "tty": True, "stdin_open": True},
    {"detach": True, "stdin_open": True},
    {"ports": [80, (53, "udp"), (54,), "90"]},
    {"ports": {"80/tcp": {}}},
    {"environment": {"A": "b", "C": None, "D": b"e", "F": 5}},
    {"environment": ["A=b"]},
    {"volumes": "/a"},
    {"volumes": ["/a", "/b"]},
    {"volumes": {"/a": {}}},
    {"network_disabled": True, "mac_address": "02:42:ac:11:65:43"},
    {"entrypoint": "a 'b c'"},
    {"entrypoint": ["a", "b c"]},
    {"entrypoint": "a 'b"},
    {"host_config": {"NetworkMode": "host"}, "networking_config": {"a": "b"}},
    {"labels": ["a", "b"]},
    {"labels": {"a": "b"}},
    {"stop_signal": "SIGINT", "stop_timeout": 5, "runtime": "runc"},
    {"healthcheck": {"test": "true", "interval": 1000000, "start_period": 5}},
    {"healthcheck": {"Test": ["CMD", "true"], "StartPeriod": 5}},
    {"healthcheck": {}},
]

ENDPOINT: list[dict[str, Any]] = [
    {},
    {"aliases": ["a"], "links": {"db": "alias"}},
    {"links": [("db", "alias"), ("a", None)]},
    {"ipv4_address": "10.0.0.1", "ipv6_address": "::1", "link_local_ips": ["fe80::1"]},
    {"link_local_ips": []},
    {"driver_opt": {"a": "b"}},
    {"driver_opt": "a"},
    {"mac_address": "02:42:ac:11:65:43", "ipv4_address": "10.0.0.1"},
]

SWARM: list[dict[str, Any]] = [
    {},
    {"task_history_retention_limit": 0},
    {"snapshot_interval": 5, "keep_old_snapshots": 1},
    {"log_entries_for_slow_followers": 5, "heartbeat_tick": 1, "election_tick": 3},
    {"heartbeat_tick": 0},
    {"dispatcher_heartbeat_period": 5},
    {"node_cert_expiry": 5},
    {"external_cas": [{"URL": "a"}]},
    {"external_cas": [{"URL": "a"}, {"URL": "b"}]},
    {"name": "n", "labels": {"a": "b"}},
    {"signing_ca_cert": "c"},
    {"signing_ca_key": "k"},
    {"ca_force_rotate": 1},
    {"autolock_managers": False},
    {"log_driver": {"Name": "syslog"}},
    {
        "node_cert_expiry": 1,
        "external_cas": [{"URL": "a"}],
        "signing_ca_cert": "c",
        "signing_ca_key": "k",
        "ca_force_rotate": 0,
    },
]

SPEC: list[dict[str, Any]] = [
    {},
    {"command": "a 'b c'", "args": ["d"]},
    {"command": ["a"], "hostname": "h", "workdir": "/w", "user": "u"},
    {"env": {"A": "b", "C": None}},
    {"env": ["A=b"]},
    {"labels": {"a": "b"}, "stop_grace_period": 5, "stop_signal": "SIGINT"},
    {"mounts": ["/a:/b:ro", "v:/c", "/d", {"Target": "/e"}]},
    {"mounts": ["a:b:c:d"]},
    {"mounts": []},
    {"secrets": [{"SecretID": "a"}], "configs": [{"ConfigID": "b"}]},
    {"secrets": "a"},
    {"configs": "a"},
    {"tty": False, "open_stdin": True, "read_only": True, "groups": ["g"]},
    {"healthcheck": {"Test": []}, "hosts": {"b": "1.1.1.1", "a": "2.2.2.2"}},
    {"dns_config": {"Nameservers": []}, "privileges": {"a": "b"}},
    {"isolation": "process", "init": False},
    {"cap_add": ["A"], "cap_drop": ["B"], "sysctls": {"a": "b"}},
    {"cap_add": "A"},
    {"cap_drop": "A"},
    {"sysctls": ["A"]},
]

UPDATE: list[dict[str, Any]] = [
    {},
    {"parallelism": 2, "delay": 5, "failure_action": "pause"},
    {"failure_action": "rollback", "monitor": 5, "max_failure_ratio": 0.5},
    {"failure_action": "explode"},
    {"monitor": "5"},
    {"max_failure_ratio": "5"},
    {"max_failure_ratio": 1.1},
    {"max_failure_ratio": -0.1},
    {"max_failure_ratio": 1},
    {"order": "start-first"},
    {"order": "none-first"},
]

MOUNT: list[tuple[Any, ...]] = [
    (("/a", "v"), {}),
    (("/a", None), {"read_only": True, "consistency": "cached"}),
    (("/a", "/b", "bind"), {"propagation": "rshared"}),
    (("/a", "/b", "bind"), {"labels": {"a": "b"}}),
    (("/a", "/b", "bind"), {"no_copy": True}),
    (("/a", "/b", "bind"), {"subpath": "s"}),
    (("/a", "/b", "bind"), {"tmpfs_size": 5}),
    (
        ("/a", "v", "volume"),
        {
            "no_copy": True,
            "labels": {"a": "b"},
            "driver_config": {"Name": "d"},
            "subpath": "s",
        },
    ),
    (("/a", "v", "volume"), {"propagation": "shared"}),
    (("/a", "v", "volume"), {"tmpfs_mode": 5}),
    (("/a", None, "tmpfs"), {"tmpfs_size": "64m", "tmpfs_mode": 0o700}),
    (("/a", None, "tmpfs"), {"tmpfs_size": 64}),
    (("/a", None, "tmpfs"), {"tmpfs_mode": "7"}),
    (("/a", None, "tmpfs"), {"labels": {"a": "b"}}),
    (("/a", None, "tmpfs"), {"subpath": "s"}),
    (("/a", "b", "npipe"), {"propagation": "shared"}),
    (("/a", "b", "floppy"), {}),
]

SMALL: list[tuple[str, tuple[Any, ...], dict[str, Any]]] = [
    ("LogConfig", (), {}),
    ("LogConfig", (), {"type": "json-file", "config": {"max-size": "1g"}}),
    ("LogConfig", (), {"Type": "json-file", "Config": None}),
    ("LogConfig", (), {"type": "json-file", "config": "x"}),
    ("LogConfig", ("json-file",), {}),
    ("Ulimit", (), {"name": "a", "soft": 1, "hard": 2}),
    ("Ulimit", (), {"Name": "a", "Soft": 1, "Hard": 2}),
    ("Ulimit", (), {"name": "a"}),
    ("Ulimit", (), {}),
    ("Ulimit", (), {"name": "a", "soft": "1"}),
    ("Ulimit", (), {"name": "a", "hard": "1"}),
    ("DeviceRequest", (), {}),
    ("DeviceRequest", (), {"driver": 1}),
    ("DeviceRequest", (), {"count": "1"}),
    ("DeviceRequest", (), {"device_ids": "1"}),
    ("DeviceRequest", (), {"capabilities": "1"}),
    ("DeviceRequest", (), {"options": "1"}),
    ("Healthcheck", (), {}),
    ("Healthcheck", (), {"test": "true", "timeout": 1, "retries": 2}),
    ("Healthcheck", (), {"Test": ["NONE"], "Interval": 1, "StartPeriod": 2}),
    ("NetworkingConfig", (), {}),
    ("NetworkingConfig", ({"a": {}},), {}),
    ("IPAMConfig", (), {}),
    ("IPAMConfig", ("d",), {"pool_configs": [{}], "options": {"a": "b"}}),
    ("IPAMConfig", (), {"options": "x"}),
    ("IPAMPool", (), {}),
    ("IPAMPool", ("1.0.0.0/8", "1.1.0.0/16", "1.0.0.1", {"a": "1.0.0.2"}), {}),
    ("SwarmExternalCA", ("u",), {}),
    ("SwarmExternalCA", ("u", "cfssl", {"a": "b"}, "c"), {}),
    ("TaskTemplate", ({"Image": "i"},), {}),
    (
        "TaskTemplate",
        ({"Image": "i"},),
        {
            "resources": {"a": 1},
            "restart_policy": {"b": 1},
            "placement": ["node.role==manager"],
            "log_driver": {"Name": "n"},
            "networks": ["a", {"Target": "b"}],
            "force_update": 3,
        },
    ),
    ("TaskTemplate", ({},), {"networks": "a"}),
    ("TaskTemplate", ({},), {"force_update": "a"}),
    ("Resources", (), {}),
    ("Resources", (1, 2, 3, 4), {"generic_resources": {"gpu": 1, "name": "x"}}),
    ("Resources", (), {"generic_resources": [{"a": "b"}]}),
    ("Resources", (), {"generic_resources": "x"}),
    ("Resources", (), {"generic_resources": {"a": []}}),
    ("RestartPolicy", (), {}),
    ("RestartPolicy", ("on-failure", 1, 2, 3), {}),
    ("RestartPolicy", ("sometimes",), {}),
    ("DriverConfig", ("n",), {}),
    ("DriverConfig", ("n", {"a": "b"}), {}),
    ("EndpointSpec", (), {}),
    ("EndpointSpec", ("vip",), {"ports": {80: 81, 90: (91, "udp"), 1: (2, None, "host")}}),
    ("EndpointSpec", (), {"ports": [{"a": 1}]}),
    ("EndpointSpec", (), {"ports": "80"}),
    ("EndpointSpec", (), {"ports": {1: (2, "tcp", "host", 5)}}),
    ("ServiceMode", ("replicated",), {}),
    ("ServiceMode", ("replicated", 3), {}),
    ("ServiceMode", ("replicated", 3), {"concurrency": 5}),
    ("ServiceMode", ("replicated-job", 3), {}),
    ("ServiceMode", ("replicated-job", 3, 2), {}),
    ("ServiceMode", ("replicated-job",), {"concurrency": 2}),
    ("ServiceMode", ("global",), {}),
    ("ServiceMode", ("global-job",), {}),
    ("ServiceMode", ("global",), {"replicas": 1}),
    ("ServiceMode", ("global-job",), {"concurrency": 1}),
    ("ServiceMode", ("other",), {}),
    ("SecretReference", ("id", "name"), {}),
    ("SecretReference", ({"Id": "id"}, "name", "file", "1", "2", 0o600), {}),
    ("SecretReference", (None, "name"), {}),
    ("SecretReference", (), {"secret_id": "a", "secret_name": "b"}),
    ("ConfigReference", ("id", "name"), {}),
    ("ConfigReference", ({"ID": "id"}, "name", "file", "1", "2", 0o600), {}),
    ("ConfigReference", ("", "name"), {}),
    ("ConfigReference", (), {"config_id": "a", "config_name": "b"}),
    ("Placement", (), {}),
    (
        "Placement",
        (["a"], [("spread", "node.labels.rack"), {"x": 1}], [("x86_64", "linux")], 3),
        {},
    ),
    ("Placement", (), {"preferences": [("pack", "x")]}),
    ("PlacementPreference", ("spread", "d"), {}),
    ("PlacementPreference", ("pack", "d"), {}),
    ("DNSConfig", (), {}),
    ("DNSConfig", (["1.1.1.1"], ["a"], ["b"]), {}),
    ("Privileges", (), {}),
    ("Privileges", ("f",), {"selinux_disable": True, "selinux_user": "u"}),
    ("Privileges", (), {"credentialspec_registry": "r"}),
    ("Privileges", ("f", "r"), {}),
    ("NetworkAttachmentConfig", ("n",), {}),
    ("NetworkAttachmentConfig", ("n", ["a"], {"o": "p"}), {}),
]

ROWS: list[tuple[str, tuple[Any, ...], dict[str, Any]]] = [
    *(("HostConfig", (version,), row) for row in HOST for version in (NEW, OLD, "1.24", "1.28")),
    *(
        ("ContainerConfig", (version, "image", "run 'a b'"), row)
        for row in CONTAINER
        for version in (NEW, OLD, "1.24", "1.28")
    ),
    *(
        ("EndpointConfig", (version,), row)
        for row in ENDPOINT
        for version in (NEW, OLD, "1.22", "1.24", "1.31")
    ),
    *(("SwarmSpec", (version,), row) for row in SWARM for version in (NEW, "1.24", "1.29")),
    *(("ContainerSpec", ("image",), row) for row in SPEC),
    *(("UpdateConfig", (), row) for row in UPDATE),
    *(("RollbackConfig", (), row) for row in UPDATE),
    *(("Mount", *row) for row in MOUNT),
    *SMALL,
]


def outcome(module: Any, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Give what a call makes: ordered JSON of the dict, or class and text of the error."""
    args, kwargs = copy.deepcopy((args, kwargs))
    try:
        made = getattr(module, name)(*args, **kwargs)
    except Exception as error:  # noqa: BLE001 - any error is an outcome to compare
        text = str(error)
        # How Python itself words a wrong call depends on private names.
        return type(error).__name__, "" if "__init__" in text or "keyword" in text else text
    return json.dumps(made)


def describe(row: tuple[str, tuple[Any, ...], dict[str, Any]]) -> str:
    """Name a row in the test report."""
    name, args, kwargs = row
    return f"{name}({', '.join([*map(str, args), *map(str, kwargs)])})"


@pytest.mark.parametrize("row", ROWS, ids=map(describe, ROWS))
def test_same_as_the_original(row: tuple[str, tuple[Any, ...], dict[str, Any]]) -> None:
    assert outcome(ours, *row) == outcome(theirs, *row)


EXPECTED: list[tuple[str, tuple[Any, ...], dict[str, Any], dict[str, Any]]] = [
    (
        "HostConfig",
        (NEW,),
        {"mem_limit": "1k", "binds": {"v": {"bind": "/c", "mode": "ro"}}},
        {"Memory": 1024, "NetworkMode": "default", "Binds": ["v:/c:ro"]},
    ),
    (
        "Mount",
        ("/t", "/s"),
        {"type": "bind", "propagation": "rslave"},
        {
            "Target": "/t",
            "Source": "/s",
            "Type": "bind",
            "ReadOnly": False,
            "BindOptions": {"Propagation": "rslave"},
        },
    ),
    (
        "EndpointConfig",
        ("7.2.0",),  # a package version: compared, not refused
        {"aliases": ["a"], "mac_address": "m"},
        {"Aliases": ["a"], "MacAddress": "m"},
    ),
    (
        "ServiceMode",
        ("replicated-job", 4),
        {},
        {"ReplicatedJob": {"MaxConcurrent": 1, "TotalCompletions": 4}},
    ),
]


@pytest.mark.parametrize(("name", "args", "kwargs", "shape"), EXPECTED)
def test_shape(
    name: str, args: tuple[Any, ...], kwargs: dict[str, Any], shape: dict[str, Any]
) -> None:
    assert getattr(ours, name)(*args, **kwargs) == shape


#: Class, arguments to make it, attributes to assign.
ATTRIBUTES: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("LogConfig", {"type": "a"}, {"type": "b"}),
    ("Ulimit", {"name": "a"}, {"name": "b", "soft": 1, "hard": 2}),
    (
        "DeviceRequest",
        {},
        {
            "driver": "d",
            "count": 2,
            "device_ids": ["1"],
            "capabilities": [["gpu"]],
            "options": {"a": "b"},
        },
    ),
    (
        "Healthcheck",
        {},
        {"test": "true", "interval": 1, "timeout": 2, "retries": 3, "start_period": 4},
    ),
    ("Healthcheck", {}, {"test": ["CMD", "true"]}),
]


@pytest.mark.parametrize(("name", "made_of", "attributes"), ATTRIBUTES)
def test_attributes(
    name: str, made_of: dict[str, Any], attributes: dict[str, Any]
) -> None:
    mine = getattr(ours, name)(**made_of)
    original = getattr(theirs, name)(**made_of)
    for attribute, value in attributes.items():
        setattr(mine, attribute, value)
        setattr(original, attribute, value)
        assert getattr(mine, attribute) == getattr(original, attribute)
    assert mine == original


def test_properties_without_setter() -> None:
    for module in (ours, theirs):
        with pytest.raises(AttributeError):
            module.LogConfig(type="a").config = {}
        task = module.TaskTemplate({"Image": "i"}, resources={"a": 1}, placement=["c"])
        assert task.container_spec == {"Image": "i"}
        assert task.resources == {"a": 1}
        assert task.restart_policy is None
        assert task.placement == {"Constraints": ["c"]}
        modes = [module.ServiceMode("replicated", 2), module.ServiceMode("replicated-job", 3)]
        assert [mode.replicas for mode in modes] == [2, 3]
        assert [mode.mode for mode in modes] == ["replicated", "ReplicatedJob"]
        assert module.ServiceMode("global").replicas is None


def test_log_config_values() -> None:
    config = ours.LogConfig(type=ours.LogConfig.types.JSON)
    config.set_config_value("max-size", "1m")
    assert config == {"Type": "json-file", "Config": {"max-size": "1m"}}
    config.unset_config("max-size")
    config.unset_config("max-size")
    assert config.config == {}


@pytest.mark.parametrize(
    "string",
    # A source of one letter is an IndexError of the original on Windows: not compared.
    ["/a", "vol:/a", "/s:/a", "/s:/a:ro", "vol:/a:rw", "vol:/a:z", "a:b:c:d", ""],
)
@pytest.mark.parametrize("windows", [False, True])
def test_mount_strings(
    string: str, windows: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The platform switch is patched where docker-py's users patch it."""
    monkeypatch.setattr("dockline.types.services.IS_WINDOWS_PLATFORM", windows)
    monkeypatch.setattr("docker.types.services.IS_WINDOWS_PLATFORM", windows)

    def parse(module: Any) -> Any:
        try:
            return dict(module.Mount.parse_mount_string(string))
        except Exception as error:  # noqa: BLE001 - compared
            return type(error).__name__, str(error)

    assert parse(ours) == parse(theirs)


def test_enumerations() -> None:
    kinds = ours.LogConfig.types
    assert kinds is containers.LogConfigTypesEnum
    assert (kinds.JSON, kinds.SYSLOG, kinds.JOURNALD) == ("json-file", "syslog", "journald")
    assert (kinds.GELF, kinds.FLUENTD, kinds.NONE) == ("gelf", "fluentd", "none")
    conditions = ours.RestartPolicy.condition_types
    assert conditions is services.RestartConditionTypesEnum
    assert (conditions.NONE, conditions.ON_FAILURE, conditions.ANY) == (
        "none",
        "on-failure",
        "any",
    )


def test_they_are_dicts_that_copy_and_pickle() -> None:
    for made in (
        ours.HostConfig(NEW, mem_limit="1g", ulimits=[{"name": "a"}]),
        ours.ContainerConfig(NEW, "image", "command"),
        ours.Mount("/a", None),
        ours.SecretReference("id", "name"),
        ours.ServiceMode("replicated", 3),
    ):
        assert isinstance(made, dict)
        assert type(copy.deepcopy(made)) is type(made)
        assert copy.deepcopy(made) == pickle.loads(pickle.dumps(made)) == made


def test_names() -> None:
    assert [name for name in dir(theirs) if name[0].isupper()] == [
        name for name in dir(ours) if name[0].isupper()
    ]
