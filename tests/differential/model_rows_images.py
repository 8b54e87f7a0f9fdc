"""Rows of `test_models_calls.py`: images, networks, volumes and plugins."""

from __future__ import annotations

from model_calls import IMAGE, Made, Raises, Stream, call, get, row

# ------------------------------------------------------------------ images

ONE = (get("images"), call("get", "busybox"))
for name in ("labels", "short_id", "tags", "id", "attrs"):
    row(f"image.{name}", *ONE, get(name))
    row(
        f"image.{name} of little",
        *ONE,
        get(name),
        inspect_image={
            "Id": "abc" * 10,
            "RepoTags": None,
            "Config": {"Labels": {"a": "b"}},
        },
    )
    row(f"image.{name} of nothing", *ONE, get(name), inspect_image={})
for name, args, kwargs in (
    ("history", (), {}), ("remove", (), {}), ("remove", (True, True), {}), ("save", (), {}), ("save", (None,), {}), ("save", (), {"named": True}),
    ("save", (), {"named": "a:1"}), ("save", (5,), {"named": "b:2"}), ("save", (), {"named": ""}), ("tag", ("r",), {}),
    ("tag", ("r", "t"), {"force": True}), ("tag", (), {}), ("reload", (), {}),
):  # fmt: skip
    row(f"image.{name}{args}{kwargs}", *ONE, call(name, *args, **kwargs))
row(
    "image.save of an image without tags",
    *ONE,
    call("save", named=True),
    inspect_image={"Id": IMAGE, "RepoTags": []},
)

IMAGES = get("images")
for args, kwargs in (
    ((), {}),
    (("n", True, {"a": "b"}), {}),
    ((), {"name": "n"}),
    ((), {"nonsense": 1}),
):
    row(f"images.list{args}{kwargs}", IMAGES, call("list", *args, **kwargs))
for args, kwargs in (
    (("busybox",), {}), (("busybox:1.35",), {}), (("busybox", "1.36"), {}), (("busybox:1", "2"), {}), (("busybox@" + IMAGE,), {}),
    (("busybox",), {"tag": IMAGE}), (("host:5000/x",), {}), (("busybox",), {"all_tags": True}), (("busybox", "3"), {"all_tags": True}),
    (("busybox",), {"platform": "p", "auth_config": {"username": "u"}}), (("busybox", ""), {}), ((), {}), (("busybox",), {"stream": False}),
):  # fmt: skip
    row(f"images.pull{args}{kwargs}", IMAGES, call("pull", *args, **kwargs))
row("images.pull refused", IMAGES, call("pull", "x"), pull=Raises("NotFound"))
row(
    "images.pull of text",
    IMAGES,
    call("pull", "x"),
    pull=Stream(["no json", b"\xff", '{"a"', ': "b"}']),
)
row(
    "images.pull of dicts",
    IMAGES,
    call("pull", "x", decode=True),
    pull=Stream([{"status": "x"}]),
)
row("images.push", IMAGES, call("push", "r"))
row("images.push of a tag", IMAGES, call("push", "r", "t", auth_config={"a": "b"}))
row(
    "images.push streamed",
    IMAGES,
    call("push", "r", tag="t", stream=True),
    push=Stream([b'{"status": "x"}\r\n']),
)
row(
    "images.push decoded",
    IMAGES,
    call("push", "r", stream=True, decode=True),
    push=Stream([{"status": "x"}, {"aux": {}}]),
)
row(
    "images.push refused",
    IMAGES,
    call("push", "r"),
    push=Raises("APIError", status=401),
)
for name in ("remove", "search", "prune_builds"):
    row(f"images.{name}", IMAGES, call(name, "x", y=1))
row("images.prune", IMAGES, call("prune"))
row("images.prune filtered", IMAGES, call("prune", {"dangling": False}))
row("images.load", IMAGES, call("load", b"tar"))
row("images.load of nothing", IMAGES, call("load", b"tar"), load_image=Stream([]))
row(
    "images.load failing",
    IMAGES,
    call("load", b"tar"),
    load_image=Stream(
        [{"stream": "x"}, {"errorDetail": {"message": "bad tar"}, "error": "bad"}]
    ),
)
for name, answer in (
    ("quiet", "sha256:abc"),
    ("quiet in a stream", Stream([b'{"stream": "sha256:0123abcd\\n"}'])),
    (
        "in pieces",
        Stream(
            [
                b'{"stream": "Suc',
                b"cessfully built abc",
                b'123\\n"}\n{"stream":',
                b' "tagged"}',
            ]
        ),
    ),
    ("of text", Stream(['{"stream": "Successfully built 12"}'])),
    (
        "twice",
        Stream(
            [b'{"stream": "Successfully built 12"}{"stream": "Successfully built 34"}']
        ),
    ),
    (
        "failing",
        Stream(
            [
                b'{"stream": "a"}\n',
                b'{"error": "no", "errorDetail": {"message": "no"}}\n',
            ]
        ),
    ),
    (
        "failing after success",
        Stream([b'{"stream": "Successfully built 12"}', b'{"error": "late"}']),
    ),
    ("without an end", Stream([b'{"stream": "a"}'])),
    ("of nothing", Stream([])),
    ("refused", Raises("APIError", status=500)),
):
    row(f"images.build {name}", IMAGES, call("build", path="/x", tag="t"), build=answer)
row("images.build positional", IMAGES, call("build", "/x"))
row(
    "images.get of none",
    IMAGES,
    call("get", "x"),
    inspect_image=Raises("ImageNotFound"),
)

DATA = (IMAGES, call("get_registry_data", "busybox:1"))
row("images.get_registry_data", *DATA)
row(
    "images.get_registry_data with credentials",
    IMAGES,
    call("get_registry_data", "x", auth_config={"a": "b"}),
)
for name in ("id", "short_id", "attrs", "image_name"):
    row(f"registry data.{name}", *DATA, get(name))
row("registry data.reload", *DATA, call("reload"))
row("registry data.pull", *DATA, call("pull"))
row("registry data.pull of a platform", *DATA, call("pull", platform="p"))
for platform in (
    "linux/amd64",
    "linux",
    "linux/arm/v7",
    "linux/arm",
    "windows",
    "a/b/c/d",
    {"os": "linux"},
    {"architecture": "amd64"},
    None,
    {},
):
    row(
        f"registry data.has_platform({platform})", *DATA, call("has_platform", platform)
    )

# ------------------------------------------------------------------ networks, volumes

ONE = (get("networks"), call("get", "n"))
for name in ("name", "containers", "id", "attrs"):
    row(f"network.{name}", *ONE, get(name))
row(
    "network.containers of none",
    *ONE,
    get("containers"),
    inspect_network={"Id": "n", "Containers": None},
)
CONTAINER_OBJECT = Made(lambda m, c: c.containers.prepare_model({"Id": "object"}))
for name in ("connect", "disconnect"):
    row(f"network.{name}", *ONE, call(name, "c"))
    row(f"network.{name} of a Container", *ONE, call(name, CONTAINER_OBJECT, "x", y=1))
    row(f"network.{name} of nothing", *ONE, call(name))
row("network.remove", *ONE, call("remove"))
row("network.reload", *ONE, call("reload"))
NETWORKS = get("networks")
row("networks.create", NETWORKS, call("create", "n"))
row(
    "networks.create with more",
    NETWORKS,
    call(
        "create",
        "n",
        "bridge",
        labels={"a": "b"},
        ipam=Made(lambda m, c: m.types.IPAMConfig()),
    ),
)
row("networks.create without a name", NETWORKS, call("create"))
row("networks.get with more", NETWORKS, call("get", "n", True, scope="swarm"))
row("networks.list", NETWORKS, call("list"))
row(
    "networks.list with more",
    NETWORKS,
    call("list", ["a"], ids=["b"], filters={"c": "d"}),
)
row("networks.list greedy", NETWORKS, call("list", greedy=True))
row(
    "networks.list greedy on an old API",
    NETWORKS,
    call("list", greedy=True),
    version="1.27",
)
row("networks.prune", NETWORKS, call("prune", {"until": "1h"}))

ONE = (get("volumes"), call("get", "v"))
for name in ("name", "id", "short_id", "attrs"):
    row(f"volume.{name}", *ONE, get(name))
row("volume.name of nothing", *ONE, get("name"), inspect_volume={})
row("volume.remove", *ONE, call("remove"))
row("volume.remove by force", *ONE, call("remove", True))
row("volume.reload", *ONE, call("reload"))
VOLUMES = get("volumes")
row("volumes.create", VOLUMES, call("create"))
row(
    "volumes.create with more",
    VOLUMES,
    call("create", "v", driver="d", driver_opts={"a": "b"}, labels={}),
)
row("volumes.list", VOLUMES, call("list"))
row("volumes.list filtered", VOLUMES, call("list", filters={"dangling": True}))
row("volumes.list of none", VOLUMES, call("list"), volumes={"Volumes": None})
row("volumes.list of nothing", VOLUMES, call("list"), volumes={})
row("volumes.prune", VOLUMES, call("prune"))

# ------------------------------------------------------------------ plugins

ONE = (get("plugins"), call("get", "plug"))
for name in ("name", "enabled", "settings", "id", "attrs"):
    row(f"plugin.{name}", *ONE, get(name))
for name, args, kwargs in (
    ("configure", ({"a": "b"},), {}), ("disable", (), {}), ("disable", (True,), {}), ("enable", (), {}), ("enable", (5,), {}), ("push", (), {}),
    ("remove", (), {}), ("remove", (), {"force": True}), ("upgrade", (), {}), ("upgrade", ("other:2",), {}), ("reload", (), {}),
):  # fmt: skip
    row(f"plugin.{name}{args}{kwargs}", *ONE, call(name, *args, **kwargs))
PLUGINS = get("plugins")
row("plugins.create", PLUGINS, call("create", "n", "/dir"))
row("plugins.create packed", PLUGINS, call("create", "n", "/dir", gzip=True))
row("plugins.install", PLUGINS, call("install", "r"))
row("plugins.install under a name", PLUGINS, call("install", "r", "l"))
row("plugins.list", PLUGINS, call("list"))
row("plugins.list with arguments", PLUGINS, call("list", filters={}))
