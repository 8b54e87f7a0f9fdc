"""One scenario, as a docker-py script; `python -m dockline bench.py NAME` measures dockline."""

import json
import sys
import time

import docker


def calls(client):
    """Small requests one after another: what a call costs."""
    count = 3000
    for _ in range(count):
        client.ping()
    return count, "calls"


def lists(client):
    """A list of 200 containers: what decoding costs."""
    count = 300
    for _ in range(count):
        assert len(client.api.containers(all=True)) == 200
    return count, "lists"


def logs(client):
    """Many 80-byte lines through the demultiplexer."""
    stream = client.api.logs("c1", stream=True, follow=True)
    return sum(len(piece) for piece in stream) / (1 << 20), "MiB"


def main():
    """Run the scenario named and print one JSON line."""
    client = docker.from_env()
    client.ping()
    begin = time.perf_counter()
    amount, unit = {"calls": calls, "lists": lists, "logs": logs}[sys.argv[1]](client)
    seconds = time.perf_counter() - begin
    with open("/proc/self/status") as status:
        peak = next(
            int(line.split()[1]) / 1024 for line in status if line.startswith("VmHWM:")
        )
    print(
        json.dumps({"amount": amount, "unit": unit, "seconds": seconds, "peak": peak})
    )


main()
