"""What the replaying engine plays: one endpoint per work, sized for quick runs or long ones."""

from __future__ import annotations

from typing import Any, Dict

from works import WORKS

Json = Dict[str, Any]
#: How many items these works have at scale 1: the raw reader counts bytes.
ITEMS = {"exec_lines": 1_250_000, "events": 64_000, "stats": 10_000, "pull": 50_000}


def container(number: int) -> Json:
    """A row of a container list, as engines give it."""
    name = f"{number:064x}"
    return {
        "Id": name,
        "Names": [f"/service-{number}"],
        "Image": "registry.example.com/team/service:1.2.3",
        "ImageID": "sha256:" + name,
        "Command": "/usr/bin/service --config /etc/service.yaml",
        "Created": 1_700_000_000 + number,
        "Ports": [
            {"IP": "0.0.0.0", "PrivatePort": 80, "PublicPort": 8000 + number, "Type": "tcp"},
            {"IP": "::", "PrivatePort": 80, "PublicPort": 8000 + number, "Type": "tcp"},
        ],
        "Labels": {f"com.example.label-{label}": f"value {label}" for label in range(6)},
        "State": "running",
        "Status": "Up 3 hours",
        "HostConfig": {"NetworkMode": "default"},
        "NetworkSettings": {"Networks": {"bridge": network(number)}},
        "Mounts": [
            {"Type": "volume", "Name": "data", "Source": "/var/lib/docker/volumes/data/_data",
             "Destination": "/data", "Driver": "local", "Mode": "z", "RW": True, "Propagation": ""},
        ],
    }  # fmt: skip


def network(number: int) -> Json:
    """A container's place in a network."""
    return {
        "IPAMConfig": None, "Links": None, "Aliases": None, "MacAddress": "02:42:ac:11:00:02",
        "NetworkID": f"{number + 7:064x}", "EndpointID": f"{number + 8:064x}", "Gateway": "172.17.0.1",
        "IPAddress": "172.17.0.2", "IPPrefixLen": 16, "IPv6Gateway": "", "GlobalIPv6Address": "",
        "GlobalIPv6PrefixLen": 0, "DriverOpts": None, "DNSNames": None,
    }  # fmt: skip


def inspected(number: int) -> Json:
    """A container's details, about 5 KB."""
    row = container(number)
    host = {f"Option{option}": [None, 0, "", False][option % 4] for option in range(70)}
    return {
        "Id": row["Id"], "Created": "2024-01-01T00:00:00.000000000Z", "Path": "/usr/bin/service",
        "Args": ["--config", "/etc/service.yaml"],
        "State": {"Status": "running", "Running": True, "Paused": False, "Restarting": False, "OOMKilled": False,
                  "Dead": False, "Pid": 4711, "ExitCode": 0, "Error": "", "StartedAt": "2024-01-01T00:00:00.0Z",
                  "FinishedAt": "0001-01-01T00:00:00Z"},
        "Image": row["ImageID"], "Name": row["Names"][0], "RestartCount": 0, "Driver": "overlay2", "Platform": "linux",
        "HostConfig": {**host, "NetworkMode": "default", "Binds": ["data:/data"]}, "Mounts": row["Mounts"],
        "GraphDriver": {"Name": "overlay2", "Data": dict.fromkeys(("LowerDir", "UpperDir"), "/var/lib/docker/overlay2/" + row["Id"])},
        "Config": {"Hostname": row["Id"][:12], "User": "", "Tty": False, "Labels": row["Labels"], "Image": row["Image"],
                   "Env": [f"VARIABLE_{variable}=value of it" for variable in range(20)], "Cmd": ["service"]},
        "NetworkSettings": {"Bridge": "", "Ports": {"80/tcp": None}, "Networks": {"bridge": network(number)}},
    }  # fmt: skip


def sample() -> Json:
    """One sample of a container's statistics."""
    cpu = {"cpu_usage": {"total_usage": 123456789, "usage_in_kernelmode": 1, "usage_in_usermode": 2},
           "system_cpu_usage": 987654321, "online_cpus": 8,
           "throttling_data": {"periods": 0, "throttled_periods": 0, "throttled_time": 0}}  # fmt: skip
    memory = {f"counter_{counter}": counter * 4096 for counter in range(35)}
    return {
        "read": "2024-01-01T00:00:00.0Z", "preread": "2024-01-01T00:00:00.0Z", "num_procs": 0,
        "pids_stats": {"current": 5, "limit": 100}, "cpu_stats": cpu, "precpu_stats": cpu, "storage_stats": {},
        "memory_stats": {"usage": 1 << 24, "limit": 1 << 33, "stats": memory}, "name": "/service", "id": "c1",
        "networks": {"eth0": {f"{way}_{what}": 17 for way in ("rx", "tx") for what in ("bytes", "packets", "errors", "dropped")}},
    }  # fmt: skip


def event(number: int) -> Json:
    """One event."""
    name = f"{number:064x}"
    return {
        "status": "start", "id": name, "from": "busybox", "Type": "container", "Action": "start", "scope": "local",
        "Actor": {"ID": name, "Attributes": {"image": "busybox", "name": f"service-{number}", "com.example": "label"}},
        "time": 1_700_000_000, "timeNano": 1_700_000_000_000_000_000 + number,
    }  # fmt: skip


def repeated(body: Any, count: int) -> Json:
    """A chunked answer: a body again and again."""
    return {"framing": "chunked", "body": {"repeat": body, "count": count}}


def scenario(scale: float) -> Json:
    """The whole scenario. `scale` 1 is the quick one."""
    line, frame = (
        {"frames": [[1, "x" * 79 + "\n"]]},
        {"frames": [[1, "x" * 16383 + "\n"]]},
    )
    progress = {"status": "Downloading", "progressDetail": {"current": 4096, "total": 1 << 25},
                "progress": "[=>        ]  4.096kB/33.55MB", "id": "0123456789ab"}  # fmt: skip
    upgrade = {
        "status": 101,
        "headers": {"Content-Type": "application/vnd.docker.raw-stream"},
    }
    drip = {**repeated(line, 30), "faults": {"drip": {"bytes": 94, "ms": 100}}}
    hundred = {"label": '{"label": ["hundred"]}'}
    rows = {
        "GET /containers/c1/json": {"body": {"json": inspected(1)}},
        "GET /containers/*/json": {"body": {"json": inspected(2)}},
        "GET /exec/*/json": {"body": {"json": {"ID": "flood", "Running": True, "ProcessConfig": {"tty": False}}}},
        "GET /containers/frames/logs": repeated(frame, int(scale * 512 * 64)),
        "GET /containers/whole/logs": repeated(frame, 256 * 64),
        "GET /containers/two/logs": repeated(frame, 2048 * 64),
        "GET /containers/endless/logs": repeated(frame, 1 << 20),
        "GET /containers/drip/logs": drip,
        "GET /containers/c1/archive": {
            **repeated("x" * (32 * 1024), int(scale * 512 * 32)),
            "headers": {"X-Docker-Container-Path-Stat": "eyJuYW1lIjoiZGF0YSIsInNpemUiOjF9", "Content-Type": "application/x-tar"},
        },
        "PUT /containers/c1/archive": {"body": ""},
        "POST /build": repeated({"json_lines": [{"stream": "Successfully built 0123456789ab"}]}, 1),
        "GET /events": repeated({"json_lines": [event(number) for number in range(16)]}, int(scale * ITEMS["events"] / 16)),
        "GET /containers/c1/stats": repeated({"json_lines": [sample()]}, int(scale * ITEMS["stats"])),
        "POST /images/create": repeated({"json_lines": [progress]}, int(scale * ITEMS["pull"])),
        "POST /exec/echo/start": {**upgrade, "upgrade": {"echo": True}},
        "POST /exec/behind/start": {**upgrade, "upgrade": True, "body": "y" * 8192},
    }  # fmt: skip
    by_name = {work.name: work for work in WORKS}
    for size in by_name["log_lines"][4:6]:
        rows[f"GET /containers/lines-{size}/logs"] = repeated(line, int(scale * size))
    for size in by_name["exec_lines"][4:6]:
        flood = {"repeat": line, "count": int(scale * size)}
        rows[f"POST /exec/flood-{size}/start"] = {
            **upgrade,
            "upgrade": {"close_after_body": True},
            "body": flood,
        }
    routes = [
        {"method": "GET", "path": "/containers/json", "query": {"filters": hundred["label"]},
         "reply": {"body": {"json": [container(number) for number in range(100)]}}},
        {"method": "GET", "path": "/containers/json",
         "reply": {"body": {"json": [container(number) for number in range(1000)]}}},
    ]  # fmt: skip
    for row, reply in rows.items():
        method, path = row.split()
        routes.append({"method": method, "path": path, "reply": reply})
    # Otherwise waking the engine is most of what a small request takes.
    return {"about": "make bench", "record": False, "look_us": 50, "routes": routes}
