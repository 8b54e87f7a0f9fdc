"""The same program through docker-py, dockline and dockline.aio on a real engine, and what it gave.

A case is a function of a `Side`: it uses the client as a program would and returns plain data. It runs once per side;
ids, times, names and addresses are made equal, then the results must be. Everything a case makes carries the side's
prefix in its name or label and is removed afterwards.
"""

from __future__ import annotations

import builtins
import contextlib
import itertools
import json
import os
import re
import threading
from typing import Any, Callable, Iterable, Iterator, Optional

import docker
import docker.errors
import pytest
import requests
from results_aio import AioClient

import dockline

IMAGE = "busybox:latest"
#: Marks everything made here; its value is the side's prefix.
LABEL = "dockline.results"
#: Ends at once when it is stopped.
SLEEP = ["sh", "-c", "trap 'exit 0' TERM; sleep 1000 & wait"]

_numbers = itertools.count()


class Side:
    """One client on one engine, and what a case needs beside it."""

    def __init__(
        self, name: str, lib: Any, client: Any, engine: Any, prefix: str
    ) -> None:
        self.name = name
        self.lib = lib
        self.client = client
        self.api = client.api
        self.engine = engine
        self.prefix = prefix
        self.labels = {LABEL: prefix}

    def called(self, suffix: str) -> str:
        """A name of this side's own."""
        return f"{self.prefix}-{suffix}"

    def up(self, command: Any = SLEEP, suffix: str = "c", **kwargs: Any) -> Any:
        """Start a container; it is removed when the case ends."""
        return self.client.containers.run(
            IMAGE,
            command,
            name=self.called(suffix),
            labels=self.labels,
            detach=True,
            **kwargs,
        )

    def ended(self, command: Any, suffix: str = "c", **kwargs: Any) -> Any:
        """Run a container to its end and keep it."""
        made = self.up(command, suffix, **kwargs)
        made.wait()
        # An engine may answer before its lists know that the container ended.
        while self.api.containers(filters={"id": made.id}):
            pass
        made.reload()
        return made

    @staticmethod
    def kind(value: Any) -> str:
        """The name of the original's class for this."""
        cls = type(getattr(value, "_inside", value))
        names = [base.__name__.replace("Async", "") for base in cls.__mro__]
        return "CancellableStream" if "CancellableStream" in names else names[0]

    def fails(self, function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """What a call raises, as data; what it returns when it does not."""
        try:
            given = function(*args, **kwargs)
        except Exception as error:
            return described(error)
        plain = (str, bytes, int, float, dict, tuple, type(None))
        return {"returned": given if isinstance(given, plain) else self.kind(given)}


def known_names() -> set[str]:
    """Names of exceptions that the original may raise."""
    return {
        name
        for module in (docker.errors, requests.exceptions, builtins)
        for name, value in vars(module).items()
        if isinstance(value, type) and issubclass(value, BaseException)
    }


_KNOWN = known_names()


def described(error: BaseException) -> dict[str, Any]:
    """An exception as data: the classes that programs can catch, and what they read."""
    lines = [cls.__name__ for cls in type(error).__mro__ if cls.__name__ in _KNOWN]
    found: dict[str, Any] = {"class": lines[0], "text": str(error)}
    for name in (
        "status_code",
        "explanation",
        "exit_status",
        "command",
        "image",
        "stderr",
        "msg",
    ):
        if hasattr(error, name):
            found[name] = getattr(error, name)
    response = getattr(error, "response", None)
    if response is not None:
        found["response"] = [response.status_code, response.reason, response.url]
        if hasattr(error, "is_client_error"):
            found["side"] = [error.is_client_error(), error.is_server_error()]
    return found


def picked(attrs: dict[str, Any], *paths: str) -> dict[str, Any]:
    """The parts of an inspection that the caller chose."""
    found = {}
    for path in paths:
        value: Any = attrs
        for name in path.split("."):
            value = value[name] if isinstance(value, dict) and name in value else None
        found[path] = value
    return found


def pairs(items: Iterable[tuple[Optional[bytes], Optional[bytes]]]) -> list[bytes]:
    """Join demultiplexed output: how it is cut depends on the moment."""
    out, err = [], []
    for first, second in items:
        assert (first is None) != (second is None)
        out.append(first or b"")
        err.append(second or b"")
    return [b"".join(out), b"".join(err)]


# ------------------------------------------------------------------ making equal

_PATTERNS = (
    (
        re.compile(
            r"\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?( ?(Z|[+-]\d\d:?\d\d)( UTC)?)?"
        ),
        "TIME",
    ),
    (re.compile(r"\b([0-9a-f]{2}:){5}[0-9a-f]{2}\b"), "MAC"),
    (re.compile(r"\b(?!127\.0|0\.0\.0|10\.77)\d{1,3}(\.\d{1,3}){3}\b"), "ADDRESS"),
    (re.compile(r"\bv1\.\d\d/"), "VERSION/"),
    (re.compile(r"\bversion=\d+"), "version=NUMBER"),
)
_ID = re.compile(
    r"\b([0-9a-f]{64}|[0-9a-f]{12}|[0-9a-f]{25,40}|(?=[a-z]*\d)[a-z0-9]{25})\b"
)
_VOLATILE = frozenset(
    ("Created", "Pid", "time", "timeNano", "Index", "IPPrefixLen", "SharedSize")
)


class Equaliser:
    """Replaces what differs from run to run; the same id gets the same word."""

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix
        self._ids: dict[str, str] = {}

    def __call__(self, value: Any, key: Any = None) -> Any:
        if isinstance(value, bytes):
            return {"bytes": self.text(value.decode("latin-1"))}
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, dict):
            return {self(name): self(item, name) for name, item in value.items()}
        if isinstance(value, (list, tuple)):
            return [self(item) for item in value]
        if key in _VOLATILE and isinstance(value, (int, float)):
            return f"some {key}"
        if value is None or isinstance(value, (bool, int, float)):
            return value
        raise TypeError(f"a case must give plain data, not {value!r}")

    def text(self, text: str) -> str:
        text = text.replace(self._prefix, "PREFIX")
        for pattern, word in _PATTERNS:
            text = pattern.sub(word, text)
        return _ID.sub(self._identified, text)

    def _identified(self, match: re.Match[str]) -> str:
        whole = match.group(1)
        for known, word in self._ids.items():
            if known.startswith(whole) or whole.startswith(known):
                return word
        return self._ids.setdefault(whole, f"ID{len(self._ids)}")


def differences(theirs: Any, ours: Any, place: str = "") -> Iterator[str]:
    """Where two results differ, one line each."""
    if isinstance(theirs, dict) and isinstance(ours, dict):
        for name in {**theirs, **ours}:
            yield from differences(
                theirs.get(name, "(absent)"),
                ours.get(name, "(absent)"),
                f"{place}.{name}",
            )
    elif (
        isinstance(theirs, list) and isinstance(ours, list) and len(theirs) == len(ours)
    ):
        for at, (one, other) in enumerate(zip(theirs, ours)):
            yield from differences(one, other, f"{place}[{at}]")
    elif theirs != ours or type(theirs) is not type(ours):
        yield f"{place}: {theirs!r:.600}\n    is here {ours!r:.600}"


# ------------------------------------------------------------------ running


def _clean(socket: str, prefix: str) -> None:
    """Remove what a side left, with the original's own client."""
    client = docker.DockerClient(f"unix://{socket}", version="auto")
    api = client.api
    with contextlib.closing(client):
        mine = {"label": f"{LABEL}={prefix}"}
        for found in (
            *api.containers(all=True, filters=mine),
            *api.containers(all=True, filters={"name": prefix}),
        ):
            with contextlib.suppress(docker.errors.APIError):
                api.remove_container(found["Id"], force=True, v=True)
        for network in api.networks():
            if prefix in network["Name"]:
                with contextlib.suppress(docker.errors.APIError):
                    api.remove_network(network["Id"])
        for volume in api.volumes()["Volumes"] or []:
            if prefix in volume["Name"]:
                api.remove_volume(volume["Name"], force=True)
        for image in api.images():
            for tag in image["RepoTags"] or []:
                if prefix in tag:
                    with contextlib.suppress(docker.errors.APIError):
                        api.remove_image(tag, force=True)


class Twins:
    """Runs cases on one engine through every client."""

    def __init__(self, engine: Any, *, at_once: bool = True) -> None:
        self.engine = engine
        self._at_once = at_once

    def compare(self, case: Callable[[Side], Any]) -> None:
        """Assert that a case gives the same through each client; they run at the same time if they may."""
        number = f"{os.getpid()}{next(_numbers):04}"
        at_once = self._at_once and not hasattr(case, "alone")
        told: dict[str, Any] = {}
        threads: list[threading.Thread] = []

        def tell(name: str, prefix: str) -> None:
            try:
                told[name] = self._run(case, name, prefix)
            except BaseException as error:
                told[name] = error

        for at, name in enumerate(CLIENTS):
            # A thread that hangs must not keep the process: the test's time limit ends the wait.
            thread = threading.Thread(
                target=tell, args=(name, f"res{at}x{number}"), daemon=True
            )
            threads.append(thread)
            thread.start()
            if not at_once:
                thread.join()
        for thread in threads:
            thread.join()
        for found in told.values():
            if isinstance(found, BaseException):
                raise found
        (_, expected), *others = [(name, told[name]) for name in CLIENTS]
        for name, found in others:
            differing = list(differences(expected, found))
            assert not differing, f"{name} differs from docker-py:\n" + "\n".join(
                differing[:20]
            )

    def _run(self, case: Callable[[Side], Any], name: str, prefix: str) -> Any:
        lib, make = CLIENTS[name]
        try:
            with contextlib.closing(make(f"unix://{self.engine.socket}")) as client:
                found = case(Side(name, lib, client, self.engine, prefix))
        except Exception as error:
            if isinstance(error, AssertionError):
                raise
            raise RuntimeError(
                f"{name}: {json.dumps(described(error), default=repr)}"
            ) from error
        finally:
            _clean(self.engine.socket, prefix)
        return Equaliser(prefix)({"result": found})


#: The original first, then what must not differ from it.
CLIENTS: dict[str, tuple[Any, Callable[[str], Any]]] = {
    "docker": (docker, lambda address: docker.DockerClient(address, version="auto")),
    "dockline": (dockline, dockline.DockerClient),
    "dockline.aio": (dockline, AioClient),
}


class Table(list):  # type: ignore[type-arg]
    """Cases, in the order in which they were written; used as a decorator."""

    def __call__(self, case: Callable[[Side], Any]) -> Callable[[Side], Any]:
        # The original leaves sockets open and warns of it.
        self.append(
            pytest.param(
                case,
                id=case.__name__,
                marks=[pytest.mark.filterwarnings("ignore"), pytest.mark.timeout(120)],
            )
        )
        return case

    def alone(self, case: Callable[[Side], Any]) -> Callable[[Side], Any]:
        """Add a case that the engine lets only one client do at a time."""
        case.alone = True  # type: ignore[attr-defined]
        return self(case)
