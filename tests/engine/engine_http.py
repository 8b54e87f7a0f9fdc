"""Just enough HTTP over a unix socket for the harness: it must not depend on what it tests."""

from __future__ import annotations

import http.client
import json
import socket
from pathlib import Path
from typing import Any, Dict, Iterable, Optional, Tuple, Union

from layout import HarnessError

Body = Union[bytes, Iterable[bytes], None]


class UnixConnection(http.client.HTTPConnection):
    """An HTTP connection whose other end is a unix socket."""

    def __init__(self, path: Path, timeout: float) -> None:
        """Remember the socket's path; nothing is opened yet."""
        super().__init__("localhost", timeout=timeout)
        self.path = path

    def connect(self) -> None:
        """Open the socket."""
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(str(self.path))


def request(
    path: Path,
    method: str,
    target: str,
    body: Body = None,
    headers: Optional[Dict[str, str]] = None,
    timeout: float = 60.0,
) -> Tuple[int, Dict[str, str], bytes]:
    """Send one request and read the whole answer."""
    connection = UnixConnection(path, timeout)
    try:
        connection.request(method, target, body=body, headers=headers or {})
        answer = connection.getresponse()
        fields = {name.lower(): value for name, value in answer.getheaders()}
        return answer.status, fields, answer.read()
    finally:
        connection.close()


def ask(
    path: Path,
    method: str,
    target: str,
    body: Body = None,
    headers: Optional[Dict[str, str]] = None,
) -> Any:
    """Send a request that must succeed; an error inside a progress stream is a failure, too."""
    try:
        status, _, content = request(path, method, target, body, headers)
    except OSError as error:
        raise HarnessError(f"{method} {target} got no answer: {error}") from error
    if status >= 400:
        raise HarnessError(f"{method} {target} answered {status}: {content[:500]!r}")
    values = [
        json.loads(line)
        for line in content.splitlines()
        if line.strip()[:1] in (b"{", b"[")
    ]
    for value in values:
        if isinstance(value, dict) and "errorDetail" in value:
            raise HarnessError(f"{method} {target} failed: {value['errorDetail']}")
    return values[0] if len(values) == 1 else values


def ping(path: Path, timeout: float = 10.0) -> Optional[str]:
    """The newest API version an engine speaks, or nothing while it does not answer."""
    try:
        status, fields, _ = request(path, "GET", "/_ping", timeout=timeout)
    except (OSError, http.client.HTTPException):
        return None
    return fields.get("api-version") if status == 200 else None
