"""From a native failure's fields to an exception: the only such mapping.

The core names a kind and gives facts; this file chooses the class and words
``str(error)`` as docker-py does, because programs match on it. The core's own
sentence is ``error.summary``, its advice ``error.hint`` (both also notes of the
traceback, Python 3.11 and newer).
"""

from __future__ import annotations

import os
from typing import Any, Optional

# First: it brings the families, which need its classes.
from . import errors

# isort: split
from . import _families, _lineage, _native

Fields = dict[str, Any]
#: A request: method, target, headers, and the engine's address.
Sent = tuple[str, str, list[tuple[str, str]], str]

#: Kinds that came about between this process and the engine.
TRANSPORT_KINDS: dict[str, type[errors.DockerException]] = {
    "daemon_not_found": errors.DaemonNotFound,
    "socket_permission_denied": errors.SocketPermissionDenied,
    "daemon_refused": errors.DaemonRefused,
    "connect_failed": errors.DaemonUnreachable,
    "name_resolution": errors.DaemonUnreachable,
    "connection_lost": errors.DaemonNotResponding,
    "protocol": errors.DaemonNotResponding,
    "wrong_protocol": errors.DaemonNotResponding,
    "tls": errors.TLSError,
    "tls_expired": errors.TLSError,
    "tls_wrong_host": errors.TLSError,
    "tls_unknown_authority": errors.TLSError,
    "tls_client_certificate": errors.TLSError,
    "ssh": errors.SSHError,
    "ssh_authentication": errors.SSHError,
    "ssh_host_key": errors.SSHError,
    "ssh_unreachable": errors.SSHError,
    "ssh_no_docker": errors.SSHError,
    "ssh_no_engine": errors.DaemonNotFound,
}

#: Kinds of a stream that did not reach its end.
STREAM_KINDS: dict[str, type[errors.DockerException]] = {
    "truncated": errors.Truncated,
    "daemon_stream": errors.DaemonStreamError,
    "stream_error": errors.DaemonStreamError,
}

#: Kinds that are told in the core's own sentence.
PLAIN_KINDS: dict[str, type[errors.DockerException]] = {
    "cancelled": errors.Cancelled,
    "closed": errors.ClientClosed,
    "too_large": errors.StreamBroken,
    "version_out_of_range": errors.VersionOutOfRange,
    "version_mismatch": errors.InvalidVersion,
    "invalid_argument": errors.InvalidArgument,
    "config": errors.DockerException,
    "unsupported": errors.DockerException,
    "body_source": errors.DockerException,
    "io": errors.DaemonUnreachable,
}

#: Kinds of an answer that have a class of their own, whatever the status.
STATUS_KINDS: dict[str, type[errors.APIError]] = {
    "version_too_new": errors.VersionRefused,
    "version_too_old": errors.VersionRefused,
}

_FACTS = (
    "kind",
    "family",
    "hint",
    "fields",
    "retryable",
    "engine_message",
    "status",
    "method",
    "path",
    "api_version",
    "endpoint",
    "phase",
    "os_code",
    "received",
)


def attach(error: Any, fields: Fields) -> Any:
    """Set the facts of a native failure on an exception; return it."""
    for name in _FACTS:
        value = fields.get(name)
        if value is not None:
            setattr(error, name, value)
    error.summary = fields.get("explanation") or fields.get("message")
    # What nobody recognised would only be said twice.
    told = error.family == "status" or error.kind == "stream_error"
    told = told or isinstance(error, errors._Transport)
    if not told and hasattr(error, "add_note"):
        for note in (error.summary, error.hint):
            if note:
                error.add_note(note)
    return error


def described(
    words: str, sent: Optional[Sent] = None, log: Optional[str] = None
) -> Fields:
    """Give what the core makes of a failure inside a welcome answer.

    Args:
        words: The engine's words.
        sent: The request, if it is known.
        log: What a build printed before it failed.
    """
    text = words.encode("utf-8", "replace")
    printed = None if log is None else log.encode("utf-8", "replace")
    return _native.describe_words(text, None, sent, printed)


def container_failed(
    error: errors.ContainerError,
    *,
    stdout: Optional[bytes] = None,
    oom_killed: Optional[bool] = None,
    state_error: str = "",
) -> errors.ContainerError:
    """Say in `error` how its container died; return it."""
    code = error.exit_status if isinstance(error.exit_status, int) else -1
    said = state_error.encode("utf-8", "replace").decode()
    signal, summary, hint = _native.describe_exit(code, bool(oom_killed), said)
    error.stdout = stdout
    error.signal = signal
    error.oom_killed = oom_killed
    error.state_error = state_error or None
    facts = {"kind": "container_failed", "family": "process", "hint": hint}
    return attach(error, {**facts, "explanation": summary})  # type: ignore[no-any-return]


def from_native(fields: Fields) -> BaseException:
    """Build the exception for a native failure."""
    kind = fields["kind"]
    message = fields.get("message") or kind
    error: Any
    if kind == "timeout":
        error = _timeout(fields)
    elif kind in TRANSPORT_KINDS:
        error = TRANSPORT_KINDS[kind](_aborted(fields, message))
    elif kind in STREAM_KINDS:
        error = STREAM_KINDS[kind](_lineage.wrapped("ProtocolError", message))
    elif kind in PLAIN_KINDS:
        error = PLAIN_KINDS[kind](message)
    elif fields.get("status") is not None:
        # Every other kind is about an answer, whose status chooses the class.
        error = _status(fields)
    else:
        error = errors.DockerException(message)
    return attach(error, fields)  # type: ignore[no-any-return]


def _aborted(fields: Fields, message: str) -> Exception:
    """Word a connection failure as urllib3 would have."""
    code = fields.get("os_code")
    cause: Exception
    if code is not None:
        cause = OSError(code, os.strerror(code))
    elif fields["kind"] == "connection_lost" and not fields.get("received"):
        # Imported late: it pulls in the email package.
        from http.client import RemoteDisconnected

        cause = RemoteDisconnected("Remote end closed connection without response")
    else:
        return _lineage.wrapped("ProtocolError", message)
    return _lineage.wrapped("ProtocolError", "Connection aborted.", cause)


def _timeout(fields: Fields) -> errors.DockerException:
    if fields.get("phase") == "connect":
        return errors.ConnectTimeout(fields.get("message"))
    seconds = fields.get("seconds")
    limit = "" if seconds is None else f" (read timeout={seconds:g})"
    pool = fields.get("pool") or "UnixHTTPConnectionPool(host='localhost', port=None)"
    text = f"Read timed out.{limit}"
    inner = _lineage.wrapped("ReadTimeoutError", pool, None, text)
    if fields.get("phase") == "first_byte":
        return errors.NoAnswerInTime(inner)
    return errors.RequestTimeout(inner)


def _status(fields: Fields) -> errors.APIError:
    """Build the APIError for an answer the core itself refused."""
    from .transport.response import Response

    response = Response(
        f"http+docker://localhost{fields.get('path') or '/'}",
        fields["status"],
        fields.get("reason") or "",
        fields.get("headers") or [],
        fields.get("body") or b"",
    )
    return api_error(http_error_of(response))


_IMAGE_ABSENT = (
    "no such image",
    "not found: does not exist or no pull access",
    "repository does not exist",
    "was found but does not match the specified platform",
)


def api_error(error: Any) -> errors.APIError:
    """Build the APIError for an HTTP error that carries its response."""
    response = error.response
    try:
        explanation = response.json()["message"]
    except (ValueError, KeyError, TypeError):
        explanation = (response.text or "").strip()
    cls = errors.APIError
    if response.status_code == 404:
        words = str(explanation or "").lower()
        absent = any(fragment in words for fragment in _IMAGE_ABSENT)
        cls = errors.ImageNotFound if absent else errors.NotFound
    describe = getattr(response, "facts", None)
    facts = describe() if describe else {}
    kind = facts.get("kind", "")
    cls = _families.refined(cls, kind, facts.get("family", ""))
    cls = STATUS_KINDS.get(kind, cls)
    made = cls(error, response=response, explanation=explanation)
    made.__cause__ = error
    return attach(made, facts) if facts else made


def http_error_of(response: Any) -> Exception:
    """Give what `response.raise_for_status` would raise."""
    return _lineage.http_error(status_line(response), response)


def status_line(response: Any) -> str:
    """Word an unwelcome status as `requests` does."""
    side = "Client" if response.status_code < 500 else "Server"
    return f"{response.status_code} {side} Error: {response.reason} for url: {response.url}"
