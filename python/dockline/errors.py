"""Exceptions, and the one place where native failures become exceptions.

    DockerException
    ├── APIError (also requests' HTTPError)  any status the engine refused with
    │   ├── NotFound                         404
    │   │   └── ImageNotFound
    │   └── ConflictError, ProcessError, DockerfileError, NetworkError,
    │       MountError, SwarmError, RegistryError (RateLimited): `_families`
    ├── DaemonUnreachable (also requests' ConnectionError)
    │   ├── DaemonNotFound                   no socket at the address
    │   ├── SocketPermissionDenied           a socket this user may not open
    │   ├── DaemonRefused                    nobody listens
    │   ├── DaemonNotResponding              connected, but not by an engine
    │   ├── TLSError (also SSLError)         no trust between the two ends
    │   └── SSHError                         ssh did not lead to an engine
    ├── RequestTimeout (also ReadTimeout, socket.timeout)
    │   ├── NoAnswerInTime               connected (a DaemonNotResponding, too)
    │   └── ConnectTimeout
    ├── StreamBroken (also ChunkedEncodingError)   cut while it was read
    │   ├── Truncated                        ended before its announced end
    │   └── DaemonStreamError                the engine reported a failure in it
    ├── InvalidVersion
    │   └── VersionOutOfRange                pinned to what the engine lacks
    │       └── VersionRefused (an APIError) ... as the engine itself found
    ├── InvalidArgument, InvalidRepository, InvalidConfigFile, DeprecatedMethod
    ├── ClientClosed, Cancelled, TLSParameterError, NullResource
    ├── ContainerError, ContainerUnhealthy, BuildError, ImageLoadError
    └── MissingContextParameter, Context{AlreadyExists,Exception,NotFound}
    StreamParseError (a RuntimeError)        bytes that are not the JSON promised

Every exception has ``kind``, ``family``, ``summary`` (what went wrong, as one
sentence), ``hint`` (what to do), ``fields`` (container, image, port …),
``retryable`` and the other facts below (None where unknown), and pickles.
``APIError.explanation`` is, as in docker-py, what the engine said. `requests` is
never imported: see `_lineage`. Every kind is explained in crates/core/ERRORS.md.
"""

from __future__ import annotations

from _socket import timeout as socket_timeout
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any, NoReturn, Optional

from . import _lineage
from ._lineage import ConnectionFailure, HTTPError, adopt


class DockerException(Exception):
    """Base of every error raised by this package; catch it to catch them all."""

    kind: Optional[str] = None
    family: Optional[str] = None
    summary: Optional[str] = None
    hint: Optional[str] = None
    fields: Mapping[str, str] = MappingProxyType({})
    retryable: bool = False
    engine_message: Optional[str] = None
    status: Optional[int] = None
    method: Optional[str] = None
    path: Optional[str] = None
    api_version: Optional[str] = None
    endpoint: Optional[str] = None
    phase: Optional[str] = None
    os_code: Optional[int] = None
    received: Optional[int] = None

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle by class, arguments and attributes, whatever `__init__` takes."""
        args = tuple(map(_lineage.packed, self.args))
        return _rebuild, (type(self), args, self.__dict__)

    def __repr__(self) -> str:
        """Show the class, the words and the kind."""
        if self.kind is None:
            return super().__repr__()
        return f"{type(self).__name__}({str(self)!r}, kind={self.kind!r})"


def _rebuild(
    cls: type[DockerException], args: tuple[Any, ...], state: dict[str, Any]
) -> DockerException:
    error = cls.__new__(cls, *args)
    error.args = tuple(map(_lineage.unpacked, args))
    error.__dict__.update(state)
    return error


@adopt(lambda requests, _: (requests.HTTPError,))
class APIError(HTTPError, DockerException):
    """The engine refused a request; `response` is its answer."""

    def __init__(
        self,
        message: Any,
        response: Any = None,
        explanation: Optional[str] = None,
    ) -> None:
        """Keep the answer and the engine's own words beside the message."""
        _lineage.refresh()
        OSError.__init__(self, message)
        self.request = getattr(response, "request", None)
        self.response = response
        self.explanation = explanation

    # Ahead of what the borrowed bases define.
    __reduce__ = DockerException.__reduce__

    def __str__(self) -> str:
        """Give status, URL and reason, then the engine's words in quotes."""
        message = OSError.__str__(self)
        if self.is_error():
            side = "Client" if self.is_client_error() else "Server"
            answer = self.response
            message = (
                f"{answer.status_code} {side} Error for {answer.url}: {answer.reason}"
            )
        if self.explanation:
            message = f'{message} ("{self.explanation}")'
        return message

    @property
    def status_code(self) -> Optional[int]:
        """Status of the answer, or None when there was none."""
        if self.response is None:
            return None
        code: int = self.response.status_code
        return code

    def is_error(self) -> bool:
        """Tell whether the status is 400 or above."""
        return self.is_client_error() or self.is_server_error()

    def is_client_error(self) -> bool:
        """Tell whether the status is in the 400s."""
        code = self.status_code
        return code is not None and 400 <= code < 500

    def is_server_error(self) -> bool:
        """Tell whether the status is in the 500s."""
        code = self.status_code
        return code is not None and 500 <= code < 600


class NotFound(APIError):
    """The engine does not have what was named (404)."""


class ImageNotFound(NotFound):
    """The engine does not have the image, and may not be able to pull it."""


class _Transport(ConnectionFailure, DockerException):
    """What went wrong between this process and the engine."""

    def __init__(self, *args: Any) -> None:
        _lineage.refresh()
        OSError.__init__(self, *args)
        self.request: Any = None
        self.response: Any = None

    __reduce__ = DockerException.__reduce__

    def __str__(self) -> str:
        """Give the words that docker-py would have had, then ours: where, why, what to do."""
        words = OSError.__str__(self)
        told = [
            part for part in (self.summary, self.hint) if part and part not in words
        ]
        return f"{words}: {'; '.join(told)}" if told else words

    @property
    def explanation(self) -> Optional[str]:
        """One sentence on what went wrong."""
        return self.summary


@adopt(lambda requests, _: (requests.ConnectionError,))
class DaemonUnreachable(_Transport):
    """The engine could not be reached, or hung up without an answer."""


class DaemonNotFound(DaemonUnreachable):
    """There is nothing at the address the engine should listen on."""


class SocketPermissionDenied(DaemonUnreachable):
    """This user may not open the engine's socket."""


class DaemonRefused(DaemonUnreachable):
    """The address exists, but nobody accepts connections there."""


class DaemonNotResponding(DaemonUnreachable):
    """Something accepted the connection and did not speak as an engine does."""


@adopt(lambda requests, _: (requests.SSLError,))
class TLSError(DaemonUnreachable):
    """The TLS handshake failed: certificates or keys do not fit."""


class SSHError(DaemonUnreachable):
    """The way through ssh failed: its keys, its host, or what runs there."""


@adopt(
    lambda requests, urllib3: (
        requests.ReadTimeout,
        requests.ConnectionError,
        urllib3.ReadTimeoutError,
    )
)
class RequestTimeout(_Transport, socket_timeout):
    """The engine did not answer within the time it was given."""


class NoAnswerInTime(RequestTimeout, DaemonNotResponding):
    """The engine accepted the connection and did not begin to answer in time."""


@adopt(lambda requests, _: (requests.ConnectTimeout,))
class ConnectTimeout(_Transport, socket_timeout):
    """The connection was not made within the time it was given."""


@adopt(
    lambda requests, urllib3: (
        requests.ChunkedEncodingError,
        requests.ConnectionError,
        urllib3.ProtocolError,
    )
)
class StreamBroken(_Transport):
    """A stream was cut while it was read; `received` counts its bytes."""


class Truncated(StreamBroken):
    """A body ended before its announced or syntactic end."""


class DaemonStreamError(StreamBroken):
    """The engine reported a failure inside the stream."""


class ClientClosed(DockerException):
    """The client was closed before or during the call."""


class Cancelled(DockerException):
    """The call was cancelled from another thread."""


class InvalidVersion(DockerException):
    """The call does not fit the API version in use."""


class VersionOutOfRange(InvalidVersion):
    """The pinned API version is not one that the engine serves."""


class VersionRefused(APIError, VersionOutOfRange):
    """The engine refused the API version that a request was sent with."""


class InvalidRepository(DockerException):
    """The text is not a repository name."""


class InvalidConfigFile(DockerException):
    """The configuration file cannot be understood."""


class InvalidArgument(DockerException, ValueError):
    """An argument has a value that the call cannot use."""


class DeprecatedMethod(DockerException):
    """The method is no longer offered."""


class TLSParameterError(DockerException):
    """The TLS options contradict each other or name missing files."""

    def __init__(self, msg: str) -> None:
        """Keep the complaint as `msg`."""
        self.msg = msg

    def __str__(self) -> str:
        """Give the complaint and where to read on."""
        return (
            f"{self.msg}. TLS configurations should map the Docker CLI client "
            "configurations. See https://docs.docker.com/engine/articles/https/ "
            "for API details."
        )


class NullResource(DockerException, ValueError):
    """No id or name was given."""


class ContainerError(DockerException):
    """A container that was waited for ended with another status than zero.

    `summary` says how it died, `signal` names the signal that ended it.
    """

    #: The end of what it wrote to stdout, as far as it can be read.
    stdout: Optional[bytes] = None
    signal: Optional[str] = None
    #: Whether memory ran out; None when it was not asked.
    oom_killed: Optional[bool] = None
    #: The engine's ``State.Error``.
    state_error: Optional[str] = None

    def __init__(
        self, container: Any, exit_status: Any, command: Any, image: Any, stderr: Any
    ) -> None:
        """Keep who ended how, and what it wrote to stderr."""
        self.container = container
        self.exit_status = exit_status
        self.command = command
        self.image = image
        self.stderr = stderr
        tail = f": {stderr}" if stderr is not None else ""
        super().__init__(
            f"Command '{command}' in image '{image}' "
            f"returned non-zero exit status {exit_status}{tail}"
        )


class ContainerUnhealthy(DockerException):
    """The health check of a container that was waited for failed too often."""

    def __init__(self, container: Any, log: Any) -> None:
        """Keep the container, and what the engine wrote down of its checks."""
        self.container = container
        #: The latest checks: dicts with ``Start``, ``End``, ``ExitCode``, ``Output``.
        self.log = list(log)
        last = self.log[-1] if self.log else {}
        #: What the last check said, and its exit code.
        self.output: str = last.get("Output") or ""
        self.exit_status: Optional[int] = last.get("ExitCode")
        said = f': "{self.output.strip()}"' if self.output.strip() else ""
        super().__init__(
            f"container {getattr(container, 'name', container)} is unhealthy, "
            f"its check ended with status {self.exit_status}{said}"
        )


class StreamParseError(RuntimeError):
    """A stream contains bytes that are not the JSON they should be."""

    def __init__(self, reason: Any) -> None:
        """Keep the cause as `msg`."""
        self.msg = reason


class BuildError(DockerException):
    """A build failed; `build_log` replays what it printed.

    `fields` has ``step``, ``steps``, ``instruction``, ``code`` and ``log_tail``
    as far as they are known.
    """

    def __init__(self, reason: Any, build_log: Any) -> None:
        """Keep the engine's reason as `msg` and the log beside it."""
        super().__init__(reason)
        self.msg = reason
        self.build_log = build_log


class ImageLoadError(DockerException):
    """The engine could not load an image archive."""


class MissingContextParameter(DockerException):
    """A context was named without a parameter it needs."""

    def __init__(self, param: Any) -> None:
        """Keep the parameter's name as `param`."""
        self.param = param

    def __str__(self) -> str:
        """Name the parameter."""
        return f"missing parameter: {self.param}"


class ContextAlreadyExists(DockerException):
    """A context of that name is there already."""

    def __init__(self, name: Any) -> None:
        """Keep the context's name as `name`."""
        self.name = name

    def __str__(self) -> str:
        """Name the context."""
        return f"context {self.name} already exists"


class ContextException(DockerException):
    """A context cannot be used."""

    def __init__(self, msg: Any) -> None:
        """Keep the complaint as `msg`."""
        self.msg = msg

    def __str__(self) -> str:
        """Give the complaint."""
        return str(self.msg)


class ContextNotFound(DockerException):
    """There is no context of that name."""

    def __init__(self, name: Any) -> None:
        """Keep the context's name as `name`."""
        self.name = name

    def __str__(self) -> str:
        """Name the context."""
        return f"context '{self.name}' not found"


def create_api_error_from_http_exception(e: Any) -> NoReturn:
    """Raise the APIError that belongs to an HTTP error."""
    raise _failures.api_error(e) from e


def create_unexpected_kwargs_error(name: str, kwargs: Iterable[str]) -> TypeError:
    """Build the TypeError for keyword arguments that `name` does not take."""
    quoted = [f"'{keyword}'" for keyword in sorted(kwargs)]
    one = len(quoted) == 1
    noun = "an unexpected keyword argument" if one else "unexpected keyword arguments"
    return TypeError(f"{name}() got {noun} {', '.join(quoted)}")


def _from_native(fields: dict[str, Any]) -> BaseException:
    """Build the exception for a native failure; native code raises it."""
    return _failures.from_native(fields)


from . import _failures  # noqa: E402 - it needs the classes above
from ._families import (  # noqa: E402, F401 - public here
    ConflictError,
    DockerfileError,
    MountError,
    NetworkError,
    ProcessError,
    RateLimited,
    RegistryError,
    RegistryImageNotFound,
    RegistryNotFound,
    SwarmError,
)

_lineage.refresh()
