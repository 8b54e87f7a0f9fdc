"""The engine as a whole, networks, volumes and plugins, on real engines."""

from __future__ import annotations

import datetime as dt
import time
from typing import Any, Callable

import pytest
from results import LABEL, Side, Table, Twins

CASES = Table()


@pytest.mark.parametrize("case", CASES)
def test_results(case: Callable[[Side], Any], twins: Twins) -> None:
    twins.compare(case)


# ------------------------------------------------------------------ networks


@CASES
def network_life(side: Side) -> Any:
    types = side.lib.types
    name = side.called("n")
    # Each client has a subnet of its own: they run at the same time.
    third = (
        10
        + int(side.prefix[3])
        + 5 * "20.10 26.1 28.5".split().index(side.engine.version)
    )
    pool = types.IPAMPool(
        subnet=f"10.77.{third}.0/24",
        gateway=f"10.77.{third}.254",
        iprange=f"10.77.{third}.128/25",
    )
    made = side.client.networks.create(
        name,
        driver="bridge",
        ipam=types.IPAMConfig(pool_configs=[pool]),
        internal=True,
        labels=side.labels,
        options={"com.docker.network.bridge.enable_icc": "true"},
        attachable=False,
        check_duplicate=True,
        enable_ipv6=False,
    )
    container = side.up()
    address = f"10.77.{third}.200"
    connected = made.connect(container, aliases=["harbour"], ipv4_address=address)
    made.reload()
    container.reload()
    endpoint = container.attrs["NetworkSettings"]["Networks"][name]
    inside = [one.name for one in made.containers]
    busy = side.fails(made.remove)
    again = side.fails(made.connect, container.name)
    left = made.disconnect(container, force=True)
    gone = side.fails(made.disconnect, container)
    fields = (
        "Name",
        "Scope",
        "Driver",
        "EnableIPv6",
        "Internal",
        "Attachable",
        "Ingress",
        "Labels",
        "Options",
    )
    subnets = made.attrs["IPAM"]["Config"][0]
    return [
        made.name,
        [made.attrs[field] for field in fields],
        [subnets[part] == pool[part] for part in ("Subnet", "Gateway", "IPRange")],
        connected,
        endpoint["IPAddress"] == address,
        "harbour" in endpoint["Aliases"],
        inside,
        [busy["class"], busy["status_code"]],
        [again["class"], again["status_code"]],
        left,
        gone,
        made.remove(),
        side.fails(made.reload),
        side.fails(made.remove),
    ]


@CASES.alone
def network_listing(side: Side) -> Any:
    one = side.client.networks.create(side.called("one"), labels=side.labels)
    two = side.client.networks.create(
        side.called("two"), labels={**side.labels, "second": "x"}
    )
    find = side.client.networks.list
    mine = {"label": f"{LABEL}={side.prefix}"}
    return [
        sorted(found.name for found in find(filters=mine)),
        [found.name for found in find(names=[one.name])],
        [found.name for found in find(ids=[two.id])],
        [found.name for found in find(filters={"label": "second", "name": two.name})],
        [sorted(found.attrs) for found in find(names=[one.name], greedy=True)],
        sorted(side.client.networks.get(one.id, verbose=True, scope="local").attrs),
        side.fails(side.client.networks.get, one.id, scope="swarm"),
        side.fails(find, filters={"nonsense": "x"}),
        sorted(side.client.networks.prune(filters=mine)["NetworksDeleted"]),
        side.client.networks.prune(filters=mine),
    ]


@CASES
def network_refusals(side: Side) -> Any:
    networks = side.client.networks
    networks.create(side.called("n"), labels=side.labels)
    container = side.ended("true")
    return [
        side.fails(networks.create, side.called("n"), check_duplicate=True),
        side.fails(networks.create, "host"),
        side.fails(networks.create, side.called("x"), driver="nonsense")["class"],
        side.fails(
            networks.create, side.called("x"), ipam={"Config": [{"Subnet": "nonsense"}]}
        ),
        side.fails(networks.create, side.called("x"), options="nonsense"),
        side.fails(networks.get, side.called("absent")),
        side.fails(networks.get, ""),
        side.fails(
            side.api.connect_container_to_network, container.id, side.called("absent")
        ),
        side.fails(
            side.api.connect_container_to_network,
            side.called("absent"),
            side.called("n"),
        ),
        side.fails(side.api.remove_network, "bridge"),
    ]


# ------------------------------------------------------------------ volumes


@CASES
def volume_life(side: Side) -> Any:
    volumes = side.client.volumes
    made = volumes.create(
        side.called("v"),
        driver="local",
        driver_opts={"type": "tmpfs", "device": "tmpfs"},
        labels=side.labels,
    )
    again = volumes.create(
        side.called("v"),
        driver="local",
        driver_opts={"type": "tmpfs", "device": "tmpfs"},
    )
    side.client.containers.create(
        "busybox", "true", name=side.called("c"), volumes={made.name: {"bind": "/v"}}
    )
    busy = side.fails(made.remove)
    side.client.containers.get(side.called("c")).remove()
    fields = ("Name", "Driver", "Scope", "Options", "Labels")
    return [
        made.name,
        made.id,
        made.short_id == made.id[:12],
        [made.attrs[field] for field in fields],
        again == made,
        busy,
        [one.name for one in volumes.list(filters={"name": side.called("v")})],
        sorted(side.api.volumes(filters={"name": side.called("v")})),
        made.remove(),
        side.fails(made.reload),
        side.fails(made.remove),
        side.fails(volumes.get, side.called("v")),
        side.fails(volumes.list, filters={"nonsense": "x"}),
        side.fails(volumes.create, "not/valid"),
        side.fails(volumes.create, side.called("w"), driver_opts="text"),
        side.fails(volumes.create, side.called("w"), driver_opts={"nonsense": "x"}),
    ]


@CASES.alone
def volume_pruning(side: Side) -> Any:
    volumes = side.client.volumes
    volumes.create(side.called("a"), labels=side.labels)
    mine = {"label": f"{LABEL}={side.prefix}"}
    anonymous = volumes.create(labels=side.labels)
    gone = volumes.prune(
        filters={**mine, "all": ["true"]} if side.engine.version != "20.10" else mine
    )
    return [
        len(anonymous.name),
        sorted(name == anonymous.name for name in gone["VolumesDeleted"]),
        gone["SpaceReclaimed"],
        side.fails(side.api.remove_volume, side.called("absent"), force=True),
    ]


# ------------------------------------------------------------------ the engine


@CASES.alone
def ping_version_info(side: Side) -> Any:
    info = side.client.info()
    return [
        side.client.ping(),
        side.client.version(),
        side.client.version(api_version=False)["ApiVersion"],
        sorted(info),
        info["Name"],
        info["Swarm"]["LocalNodeState"] == side.api.info()["Swarm"]["LocalNodeState"],
        sorted(side.client.df()),
        sorted(side.api.df()),
        side.api.api_version if side.name != "dockline.aio" else side.api._version,
        side.api._version,
        side.api.timeout,
        side.api.base_url,
    ]


@CASES
def events_of_a_container(side: Side) -> Any:
    begin = time.time() - 1
    side.ended("true")
    end = time.time() + 1
    only = {"container": side.called("c")}
    decoded = list(
        side.client.events(
            since=int(begin), until=int(end) + 1, filters=only, decode=True
        )
    )
    raw = list(
        side.client.events(
            since=int(begin),
            until=int(end) + 1,
            filters={**only, "event": ["start", "die"]},
        )
    )
    moments = [
        dt.datetime.fromtimestamp(moment, dt.timezone.utc).replace(tzinfo=None)
        for moment in (begin, end + 1)
    ]
    dated = list(
        side.api.events(
            since=moments[0],
            until=moments[1],
            filters={**only, "event": "die"},
            decode=True,
        )
    )
    return [
        [
            [event["Action"], sorted(event), sorted(event["Actor"]["Attributes"])]
            for event in decoded
        ],
        [b"".join(raw).count(b'"status"'), type(raw[0]).__name__],
        [event["Actor"]["Attributes"]["exitCode"] for event in dated],
        list(
            side.client.events(
                since=int(begin),
                until=int(end),
                filters={"container": side.called("no")},
            )
        ),
        # Engines refuse it, or wait for what never comes: that is why it has an end.
        side.fails(
            lambda: list(
                side.client.events(filters={"nonsense": "x"}, until=int(begin))
            )
        ),
    ]


@CASES
def events_live(side: Side) -> Any:
    # An engine answers before it listens: what happens in between is had from the past.
    stream = side.client.events(
        since=1,
        filters={"container": side.called("c"), "event": ["create", "start"]},
        decode=True,
    )
    kind = side.kind(stream)
    side.up("true")
    actions = [next(iter(stream))["Action"]]
    stream.close()
    return [kind, actions]


# ------------------------------------------------------------------ plugins


@CASES
def plugins(side: Side) -> Any:
    plugins, api = side.client.plugins, side.api
    return [
        plugins.list(),
        api.plugins(),
        side.fails(plugins.get, "absent/plugin"),
        side.fails(api.inspect_plugin, "absent/plugin:x"),
        side.fails(api.enable_plugin, "absent/plugin"),
        side.fails(api.disable_plugin, "absent/plugin"),
        side.fails(api.remove_plugin, "absent/plugin"),
        side.fails(api.remove_plugin, "absent/plugin", force=True),
        side.fails(api.configure_plugin, "absent/plugin", {"A": "b"}),
        side.fails(api.plugin_privileges, "127.0.0.1:5000/absent/plugin").get("class"),
        side.fails(
            lambda: list(api.upgrade_plugin("absent/plugin", "absent/plugin", []))
        ),
        side.fails(
            lambda: list(api.pull_plugin("127.0.0.1:5000/absent/plugin:x", []))
        ).get("class"),
        side.fails(plugins.create, "not valid!", "/absent").get("class"),
    ]


@CASES
def raw_requests(side: Side) -> Any:
    """What programs do with the client as with a `requests.Session`."""
    api = side.api
    if side.name == "dockline.aio":
        api = side.lib.APIClient(f"unix://{side.engine.socket}")
    found = api.get(api._url("/containers/{0}/json", side.called("absent")))
    good = api.get(api._url("/version"), timeout=10)
    head = api.head(api.base_url + "/_ping", **api._set_request_timeout({}))
    return [
        [
            found.status_code,
            found.reason,
            found.ok,
            found.url,
            found.json(),
            found.headers["Content-Type"],
        ],
        [
            good.status_code,
            good.reason,
            good.ok,
            sorted(good.json()),
            good.text == good.content.decode(),
        ],
        [head.status_code, head.ok, "Api-Version" in head.headers, head.text],
        side.fails(found.raise_for_status),
        side.fails(api._raise_for_status, found),
        api._result(api._get(api._url("/_ping"))),
        b"".join(api.get(api._url("/_ping"), stream=True).iter_content(1)),
    ]
