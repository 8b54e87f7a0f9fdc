"""DockerSpawner in a real JupyterHub: it is asked over its API to start and stop servers of two users.

The hub's proxy is left out; what answers in place of a notebook server is busybox's httpd.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import tempfile
import urllib.error
import urllib.request

import dockline

dockline.install_as_docker()

import docker  # noqa: E402
from jupyterhub.app import JupyterHub  # noqa: E402
from jupyterhub.proxy import Proxy  # noqa: E402
from traitlets.config import Config  # noqa: E402

PORT = 18_080 + os.getpid() % 1000
HUB = f"http://127.0.0.1:{PORT}/hub/api"
SERVE = ["sh", "-c", "trap exit TERM; httpd -f -p 8888 -h /tmp & wait"]
NAMES = ("ada", "grace")


class NoProxy(Proxy):
    """Keeps the routes that it is told."""

    should_start = False
    routes: dict = {}

    async def add_route(self, routespec, target, data):
        self.routes[routespec] = {
            "routespec": routespec,
            "target": target,
            "data": data,
        }

    async def delete_route(self, routespec):
        self.routes.pop(routespec, None)

    async def get_all_routes(self):
        return self.routes


def configuration(folder):
    config = Config()
    config.JupyterHub.spawner_class = "dockerspawner.DockerSpawner"
    config.JupyterHub.authenticator_class = "dummy"
    config.JupyterHub.proxy_class = NoProxy
    config.JupyterHub.db_url = f"sqlite:///{folder}/hub.sqlite"
    config.JupyterHub.cookie_secret_file = f"{folder}/cookie"
    config.JupyterHub.hub_port = PORT
    config.JupyterHub.bind_url = f"http://127.0.0.1:{PORT + 1000}"
    config.JupyterHub.log_level = "WARN"
    config.JupyterHub.services = [{"name": "driver", "api_token": "driver-token"}]
    config.JupyterHub.load_roles = [
        {
            "name": "driver",
            "services": ["driver"],
            "scopes": ["admin:users", "admin:servers"],
        }
    ]
    spawner = config.DockerSpawner
    spawner.image = "busybox:latest"
    spawner.cmd = SERVE
    spawner.prefix = f"dockline{os.getpid()}"
    spawner.remove = True
    spawner.mem_limit = "64M"
    spawner.cpu_limit = 0.5
    spawner.volumes = {"dockline-spawn-{username}": "/work"}
    spawner.post_start_cmd = "sh -c 'echo $JUPYTERHUB_USER > /work/name'"
    spawner.extra_host_config = {"cap_drop": ["NET_RAW"]}
    return config


async def ask(method, path):
    """One request to the hub's API."""

    def send():
        request = urllib.request.Request(HUB + path, method=method, data=b"")
        request.add_header("Authorization", "token driver-token")
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, json.loads(answer.read() or b"null")

    return await asyncio.get_running_loop().run_in_executor(None, send)


async def until(wanted, name):
    """Wait until the hub says that a user's server is as wanted."""
    while True:
        _, user = await ask("GET", f"/users/{name}")
        server = user["servers"].get("", {})
        if not user["pending"] and bool(server.get("ready")) == wanted:
            return user
        await asyncio.sleep(0.1)


async def drive(client):
    for name in NAMES:
        assert (await ask("POST", f"/users/{name}"))[0] == 201
    await asyncio.gather(*(ask("POST", f"/users/{name}/server") for name in NAMES))
    await asyncio.gather(*(until(True, name) for name in NAMES))
    for name in NAMES:
        found = client.containers.get(f"dockline{os.getpid()}-{name}")
        assert found.status == "running"
        settings = found.attrs["HostConfig"]
        assert settings["Memory"] == 64 << 20
        assert settings["CpuQuota"] == 50_000
        assert settings["CapDrop"] in (["NET_RAW"], ["CAP_NET_RAW"])
        assert found.exec_run("cat /work/name").output.decode() == f"{name}\n"
    # One that dies by itself is noticed, by way of `poll`.
    client.containers.get(f"dockline{os.getpid()}-ada").kill()
    while (await ask("GET", "/users/ada"))[1]["servers"].get("", {}).get("ready"):
        await asyncio.sleep(0.1)
    await ask("DELETE", "/users/grace/server")
    await until(False, "grace")
    # The engine removes them by itself (`auto_remove`), a moment after they have ended.
    while client.containers.list(
        all=True,
        filters={"name": f"dockline{os.getpid()}-"},
        ignore_removed=True,
    ):
        await asyncio.sleep(0.1)


async def main():
    assert docker is dockline
    client = docker.from_env()
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        hub = JupyterHub(config=configuration(folder))
        hub.update_config(Config(DockerSpawner={"poll_interval": 1}))
        try:
            await hub.initialize([])
            await hub.start()
            await drive(client)
        finally:
            await hub.cleanup()
            for name in NAMES:
                client.volumes.get(f"dockline-spawn-{name}").remove(force=True)
    print("done")
    sys.stdout.flush()
    # The hub keeps threads and a loop of its own.
    os._exit(0)


if __name__ == "__main__":
    asyncio.run(main())
