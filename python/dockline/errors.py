"""Exceptions, and the one place where native failures become exceptions.

    DockerException
    ├── APIError (also requests' HTTPError)  any status the engine refused with
    │   └── NotFound                         404
    │       └── ImageNotFound
    ├── DaemonUnreachable (also requests' ConnectionError)
    │   ├── DaemonNotFound                   no socket at the address
    │   ├── SocketPermissionDenied           a socket this user may not open
    │   ├── DaemonRefused                    nobody listens
    │   ├── DaemonNotResponding              connected, but not by an engine
    │   └── TLSFailure (also SSLError)       no trust between the two ends
    ├── RequestTimeout (also ReadTimeout, socket.timeout)
    │   └── ConnectTimeout
    ├── StreamBroken (also ChunkedEncodingError)   cut while it was read
    │   ├── Truncated                        ended before its announced end
    │   └── DaemonStreamError                the engine reported a failure in it
    ├── InvalidVersion
    │   └── VersionOutOfRange                pinned to what the engine lacks
    │       └── VersionRefused (an APIError) ... as the engine itself found
    ├── InvalidArgument, InvalidRepository, InvalidConfigFile, DeprecatedMethod
    ├── ClientClosed, Cancelled, TLSParameterError, NullResource
    ├── ContainerError, BuildError, ImageLoadError
    └── MissingContextParameter, Context{AlreadyExists,Exception,NotFound}
    StreamParseError (a RuntimeError)        bytes that are not the JSON promised

Every exception has ``kind``, ``hint`` and the fields of the native error (None
where unknown) and pickles. `requests` is never imported: see `_lineage`.
"""

from __future__ import annotations

import socket
from collections.abc import Iterable
from typing import Any, NoReturn, Optional

from . import _lineage
from ._lineage import ConnectionFailure, HTTPError, adopt


class DockerException(Exception):
    """Base of every error raised by this package; catch it to catch them all."""

    kind: Optional[str] = None
    summary: Optional[str] = None
    hint: Optional[str] = None
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
        return _rebuild, (type(self), self.args, self.__dict__)


def _rebuild(
    cls: type[DockerException], args: tuple[Any, ...], state: dict[str, Any]
) -> DockerException:
    error = cls.__new__(cls, *args)
    error.args = args
    error.__dict__.update(state)
    return error


@adopt(lambda requests, _: (requests.HTTPError,))
class APIError(HTTPError, DockerException):
    """The engine refused a request; `response` is its answer."""

    def __new__(cls, *args: Any, **_kwargs: Any) -> APIError:  # noqa: PYI034
        """Give the class its borrowed bases before it is raised."""
        _lineage.refresh()
        return OSError.__new__(cls, *args[:1])

    def __init__(
        self,
        message: Any,  # noqa: ARG002 - `OSError.__new__` has taken it
        response: Any = None,
        explanation: Optional[str] = None,
    ) -> None:
        """Keep the answer and the engine's own words beside the message."""
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

    def __new__(cls, *args: Any) -> _Transport:  # noqa: PYI034
        _lineage.refresh()
        return OSError.__new__(cls, *args[:1])

    def __init__(self, *_args: Any) -> None:
        self.request: Any = None
        self.response: Any = None

    __reduce__ = DockerException.__reduce__

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
class TLSFailure(DaemonUnreachable):
    """The TLS handshake failed: certificates or keys do not fit."""


@adopt(
    lambda requests, urllib3: (
        requests.ReadTimeout,
        requests.ConnectionError,
        urllib3.ReadTimeoutError,
    )
)
class RequestTimeout(_Transport, socket.timeout):
    """The engine did not answer within the time it was given."""


@adopt(lambda requests, _: (requests.ConnectTimeout,))
class ConnectTimeout(_Transport, socket.timeout):
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


class InvalidArgument(DockerException):
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
    """A container that was waited for ended with another status than zero."""

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


class StreamParseError(RuntimeError):
    """A stream contains bytes that are not the JSON they should be."""

    def __init__(self, reason: Any) -> None:
        """Keep the cause as `msg`."""
        self.msg = reason


class BuildError(DockerException):
    """A build failed; `build_log` replays what it printed."""

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


_IMAGE_ABSENT = (
    "no such image",
    "not found: does not exist or no pull access",
    "repository does not exist",
    "was found but does not match the specified platform",
)


def api_error(error: Any) -> APIError:
    """Build the APIError for an HTTP error that carries its response."""
    response = error.response
    try:
        explanation = response.json()["message"]
    except (ValueError, KeyError, TypeError):
        explanation = (response.text or "").strip()
    cls = APIError
    if response.status_code == 404:
        words = str(explanation or "").lower()
        absent = any(fragment in words for fragment in _IMAGE_ABSENT)
        cls = ImageNotFound if absent else NotFound
    describe = getattr(response, "facts", None)
    facts = describe() if describe else {}
    cls = _failures.STATUS_KINDS.get(facts.get("kind", ""), cls)
    made = cls(error, response=response, explanation=explanation)
    made.__cause__ = error
    return _failures.attach(made, facts) if facts else made


def http_error_of(response: Any) -> Exception:
    """Give what `response.raise_for_status` would raise."""
    return _lineage.http_error(status_line(response), response)


def status_line(response: Any) -> str:
    """Word an unwelcome status as `requests` does."""
    side = "Client" if response.status_code < 500 else "Server"
    return f"{response.status_code} {side} Error: {response.reason} for url: {response.url}"


def create_api_error_from_http_exception(e: Any) -> NoReturn:
    """Raise the APIError that belongs to an HTTP error."""
    raise api_error(e) from e


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
