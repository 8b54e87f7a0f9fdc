"""Engine addresses: what people write, and the one spelling the library uses."""

from __future__ import annotations

from collections import namedtuple
from typing import TYPE_CHECKING, Any, Optional

from .. import errors
from ..constants import DEFAULT_HTTP_HOST, DEFAULT_NPIPE, DEFAULT_UNIX_SOCKET

if TYPE_CHECKING:
    from urllib.parse import ParseResult

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_SCHEME_CHARACTERS = frozenset(_LETTERS + "+")
#: A path of nothing else means the same whoever parses it.
_PATH_CHARACTERS = frozenset(_LETTERS + "0123456789/._-")

#: The parts of a URL in the order :py:func:`urllib.parse.urlunparse` takes.
# A NamedTuple would compile each annotation.
URLComponents = namedtuple(  # noqa: PYI024
    "URLComponents", "scheme netloc url params query fragment"
)


class ChosenAddress(str):  # noqa: SLOT000 - the rule is kept beside the text
    """An engine address that knows which rule chose it; otherwise a plain string.

    ``rule`` is ``DOCKER_HOST``, ``default``, or with the context's name in
    ``context``: ``context``, ``DOCKER_CONTEXT``, ``currentContext``.
    """

    rule: str
    context: Optional[str]

    def __new__(  # noqa: PYI034 - `Self` is newer than Python 3.9
        cls, address: str, rule: str, context: Optional[str] = None
    ) -> ChosenAddress:
        """Remember the rule beside the text."""
        chosen = super().__new__(cls, address)
        chosen.rule = rule
        chosen.context = context
        return chosen

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle with the rule."""
        return type(self), (str(self), self.rule, self.context)


def parse_host(addr: Optional[str], is_win32: bool = False, tls: bool = False) -> str:
    """Normalise an engine address.

    Nothing (or ``unix://``) means the platform's default socket; a bare
    ``host:port`` means TCP. The result begins with ``http+unix://``,
    ``http://``, ``https://``, ``npipe://`` or ``ssh://``. Addresses that make
    no sense raise :py:class:`dockline.errors.DockerException`.
    """
    if not addr and is_win32:
        return DEFAULT_NPIPE
    if not addr or addr.strip() == "unix://":
        return DEFAULT_UNIX_SOCKET
    addr = addr.strip()
    if addr.startswith("unix:///") and _PATH_CHARACTERS.issuperset(addr[8:]):
        # The usual address, which is not worth loading `urllib.parse`.
        return f"http+{addr}".rstrip("/")
    url, scheme = _split_address(addr)
    if scheme in ("http", "https"):
        scheme, tls = "tcp", scheme == "https"
    elif scheme == "http+unix":
        scheme = "unix"
    _check_address(addr, url, scheme)

    if scheme in ("unix", "npipe"):
        path = url.path
        if scheme == "unix" and url.hostname is not None:
            # "unix://run/docker.sock" has always been taken for a path.
            path = f"{url.hostname}/{path}"
        return f"{'http+unix' if scheme == 'unix' else scheme}://{path}".rstrip("/")

    from urllib.parse import urlunparse

    if scheme == "tcp":
        scheme = "https" if tls else "http"
    parts = URLComponents(scheme, _host_and_port(addr, url), url.path, "", "", "")
    return str(urlunparse(parts)).rstrip("/")


def _split_address(addr: str) -> tuple[ParseResult, str]:
    from urllib.parse import urlparse

    url = urlparse(addr)
    if url.scheme and _SCHEME_CHARACTERS.issuperset(url.scheme):
        return url, url.scheme
    # "localhost:2375" and "10.0.0.1:2375": what precedes the colon is a host.
    return urlparse(f"//{addr}", "tcp"), "tcp"


def _check_address(addr: str, url: ParseResult, scheme: str) -> None:
    if scheme == "fd":
        raise errors.DockerException("fd protocol is not implemented")
    if scheme not in ("tcp", "unix", "npipe", "ssh"):
        raise errors.DockerException(f"Invalid bind address protocol: {addr}")
    missing_host = scheme == "tcp" and not url.netloc
    if missing_host or url.params or url.query or url.fragment or url.password:
        raise errors.DockerException(f"Invalid bind address format: {addr}")
    if scheme == "ssh" and url.path:
        raise errors.DockerException(
            f"Invalid bind address format: no path allowed for this protocol: {addr}"
        )


def _host_and_port(addr: str, url: ParseResult) -> str:
    """``host:port`` of a TCP or ssh address; ssh has a default port, TCP none."""
    netloc, port = url.netloc, url.port or 0
    if port <= 0:
        if url.scheme != "ssh":
            raise errors.DockerException(
                f"Invalid bind address format: port is required: {addr}"
            )
        port = 22
        netloc = f"{netloc}:{port}"
    return netloc if url.hostname else f"{DEFAULT_HTTP_HOST}:{port}"
