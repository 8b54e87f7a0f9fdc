"""What an installed wheel must do: connect, stream, raise. `docker` as argument: under docker-py's name."""

import importlib
import sys

name = sys.argv[1] if len(sys.argv) > 1 else "dockline"
docker = importlib.import_module(name)
errors = importlib.import_module(f"{name}.errors")

client = docker.from_env()
assert client.ping() is True
container = client.containers.get("c1")
assert b"".join(container.logs(stream=True)) == b"ahoy\nmind the rope\n"
try:
    client.images.get("none")
except errors.ImageNotFound as error:
    refusal = str(error)
else:
    raise AssertionError("an image that is not there was found")
assert "No such image" in refusal
assert "requests" not in sys.modules
print(f"python: import {name}: engine {client.version()['Version']}, {docker.__file__}")
