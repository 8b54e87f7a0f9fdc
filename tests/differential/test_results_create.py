"""Containers on real engines: making and finding them."""

from __future__ import annotations

import functools
from typing import Any, Callable

import pytest
from results import IMAGE, LABEL, Side, Table, Twins, picked

CASES = Table()


@pytest.mark.parametrize("case", CASES)
def test_results(case: Callable[[Side], Any], twins: Twins) -> None:
    twins.compare(case)


# ------------------------------------------------------------------ create


def created(side: Side, *paths: str, **kwargs: Any) -> Any:
    made = side.client.containers.create(
        IMAGE,
        kwargs.pop("command", None),
        name=side.called("c"),
        labels=side.labels,
        **kwargs,
    )
    return picked(made.attrs, *paths)


@CASES
def create_process_options(side: Side) -> Any:
    return created(
        side,
        "Config",
        "Path",
        "Args",
        "Name",
        command="echo 'two words' three",
        entrypoint=["sh", "-c"],
        environment={"A": "1", "EMPTY": "", "UNSET": None},
        hostname="deck",
        domainname="sea.test",
        user="1000:1000",
        working_dir="/tmp",
        stdin_open=True,
        tty=True,
        stop_signal="SIGUSR1",
        ports={"80/tcp": None, "53/udp": ("127.0.0.1", 5300), 443: [4430, 4431]},
        volumes=["/data"],
        healthcheck={"test": ["CMD", "true"], "interval": 1_000_000_000, "retries": 3},
    )


@CASES
def create_limits(side: Side) -> Any:
    return created(
        side,
        "HostConfig",
        mem_limit="64m",
        mem_reservation="32m",
        memswap_limit="128m",
        cpu_shares=512,
        cpu_period=100000,
        cpu_quota=50000,
        cpuset_cpus="0",
        blkio_weight=300,
        pids_limit=50,
        shm_size="16m",
        oom_score_adj=100,
        ulimits=[side.lib.types.Ulimit(name="nofile", soft=128, hard=256)],
    )


@CASES
def create_host_options(side: Side) -> Any:
    return created(
        side,
        "HostConfig",
        cap_add=["NET_ADMIN"],
        cap_drop=["MKNOD"],
        devices=["/dev/null:/dev/nothing:rw"],
        dns=["127.0.0.53"],
        dns_opt=["ndots:2"],
        dns_search=["sea.test"],
        extra_hosts={"quay": "127.0.0.9"},
        group_add=["1001"],
        init=True,
        ipc_mode="private",
        network_mode="none",
        pid_mode="host",
        privileged=True,
        read_only=True,
        restart_policy={"Name": "on-failure", "MaximumRetryCount": 2},
        security_opt=["no-new-privileges"],
        sysctls={"net.core.somaxconn": "256"},
        tmpfs={"/scratch": "size=1m"},
        log_config=side.lib.types.LogConfig(
            type="json-file", config={"max-size": "1m"}
        ),
        publish_all_ports=True,
        cgroupns="private",
        uts_mode="host",
    )


@CASES
def create_mounts(side: Side) -> Any:
    volume = side.client.volumes.create(side.called("v"), labels=side.labels)
    found = created(
        side,
        "HostConfig.Binds",
        "HostConfig.Mounts",
        "Mounts",
        volumes={volume.name: {"bind": "/one", "mode": "ro"}, "/tmp": {"bind": "/two"}},
        mounts=[side.lib.types.Mount("/three", None, type="tmpfs", tmpfs_size="1m")],
    )
    found["Mounts"].sort(key=lambda mount: mount["Destination"])
    return found


@CASES
def create_network_options(side: Side) -> Any:
    network = side.client.networks.create(side.called("n"), labels=side.labels)
    made = side.client.containers.create(
        IMAGE,
        "true",
        name=side.called("c"),
        labels=side.labels,
        network=network.name,
        networking_config={
            network.name: side.lib.types.EndpointConfig(
                side.api._version, aliases=["other"]
            )
        },
    )
    return picked(made.attrs, "HostConfig.NetworkMode", "NetworkSettings.Networks")


@CASES
def create_low_level(side: Side) -> Any:
    api = side.api
    config = api.create_host_config(binds=["/tmp:/host:ro"], port_bindings={80: 8080})
    made = api.create_container(
        IMAGE,
        ["true"],
        hostname="low",
        detach=True,
        ports=[80, (53, "udp")],
        environment=["B=2"],
        volumes=["/host"],
        name=side.called("c"),
        labels=side.labels,
        host_config=config,
        stop_timeout=3,
    )
    found = api.inspect_container(made["Id"])
    return [
        sorted(made),
        made["Warnings"],
        picked(found, "Config", "HostConfig.Binds", "HostConfig.PortBindings"),
        api.port(made, 80),
    ]


@CASES
def create_refusals(side: Side) -> Any:
    create = functools.partial(side.client.containers.create, labels=side.labels)
    name = side.called("c")
    create(IMAGE, "true", name=name)
    return [
        side.fails(create, "absent-image:none", "true"),
        side.fails(create, IMAGE, "true", name=name),
        side.fails(create, IMAGE, "true", name="not/valid"),
        side.fails(create, IMAGE, "true", mem_limit="1k"),
        side.fails(create, IMAGE, "true", volumes=["relative:path:x"]),
        side.fails(create, IMAGE, "true", network_mode="container:absent"),
        side.fails(create, IMAGE, "true", nonsense=True),
        side.fails(create, IMAGE, "true", mem_limit="much"),
        side.fails(side.api.create_container, None, "true"),
    ]


# ------------------------------------------------------------------ find


@CASES
def get_and_attributes(side: Side) -> Any:
    made = side.up()
    by_name = side.client.containers.get(side.called("c"))
    by_id = side.client.containers.get(made.id)
    by_short = side.client.containers.get(made.short_id)
    return [
        made.name,
        made.status,
        made.labels,
        made.image.tags[:1],
        made.ports,
        made.health,
        by_name.id == made.id == by_id.id == by_short.id,
        by_name == by_id,
        hash(by_name) == hash(by_id),
        repr(by_name),
        len(made.short_id),
        sorted(made.attrs),
        side.fails(side.client.containers.get, side.called("absent")),
        side.fails(side.client.containers.get, ""),
    ]


@CASES
def listing(side: Side) -> Any:
    side.up(suffix="one")
    side.ended("false", suffix="two")
    find = side.client.containers.list
    mine = {"label": f"{LABEL}={side.prefix}"}

    def names(**kwargs: Any) -> list[Any]:
        return [[found.name, found.status] for found in find(**kwargs)]

    two = side.called("two")
    sparse = find(all=True, filters=mine, sparse=True)
    return [
        names(filters=mine),
        names(all=True, filters=mine),
        names(all=True, filters={**mine, "status": "exited"}),
        names(all=True, filters={**mine, "exited": 1}),
        names(all=True, filters={"name": [two]}),
        names(all=True, filters={**mine, "ancestor": IMAGE}),
        names(filters=mine, since=side.called("one")),
        names(filters=mine, before=two),
        names(filters=mine, limit=1),
        names(all=True, filters=mine, ignore_removed=True),
        [[found.status, sorted(found.attrs), found.attrs["Names"]] for found in sparse],
        side.fails(lambda: sparse[0].labels),
        side.fails(find, filters={"nonsense": "x"}),
        side.fails(find, filters={"status": "nonsense"}),
        side.fails(find, since=side.called("absent"), filters=mine),
    ]


@CASES
def listing_low_level(side: Side) -> Any:
    side.up(suffix="one")
    side.ended("true", suffix="two")
    find = side.api.containers
    mine = {"label": f"{LABEL}={side.prefix}"}
    found = find(all=True, filters=mine)
    return [
        [
            [sorted(one), one["Names"], one["Command"], one["State"], one["Image"]]
            for one in found
        ],
        find(quiet=True, filters=mine),
        [len(one["Id"]) for one in find(trunc=True, filters=mine, all=True)],
        [sorted(one) for one in find(size=True, filters=mine)],
        len(find(latest=True)),
    ]
