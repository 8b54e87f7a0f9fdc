"""From a native failure's fields to an exception: the only such mapping.

The core names a kind and gives facts; this file chooses the class and words
``str(error)`` as docker-py does, because programs match on it. The core's own
sentence is ``error.summary``, its advice ``error.hint`` (also a note of the
traceback, Python 3.11 and newer).
"""

from __future__ import annotations

import os
from typing import Any

from . import _lineage, errors

Fields = dict[str, Any]

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
    "tls": errors.TLSFailure,
    "tls_expired": errors.TLSFailure,
    "tls_wrong_host": errors.TLSFailure,
    "tls_unknown_authority": errors.TLSFailure,
    "tls_client_certificate": errors.TLSFailure,
    "ssh": errors.DaemonUnreachable,
    "ssh_authentication": errors.DaemonUnreachable,
    "ssh_host_key": errors.DaemonUnreachable,
    "ssh_unreachable": errors.DaemonUnreachable,
    "ssh_no_docker": errors.DaemonUnreachable,
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
    "hint",
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
    error.summary = fields.get("message")
    hint = fields.get("hint")
    if hint and hasattr(error, "add_note"):
        error.add_note(hint)
    return error


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
    return errors.api_error(errors.http_error_of(response))
