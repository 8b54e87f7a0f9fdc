"""From the arguments of a Session method to what the native engine sends.

Headers, bodies and lengths follow `requests`: JSON is written compactly enough
to be equal to what docker-py sends, mappings become forms, files and sized
iterables announce their length, everything else is sent chunked.
"""

# No `annotations` of the future here: they would be text, which a NamedTuple
# compiles one by one when it is loaded.
import base64
import io
import json as jsonlib
import os
import stat
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any, NamedTuple, Optional, Union

from .headers import CaseInsensitiveDict, merged
from .urls import encode_params, request_target

#: Bytes asked of a file object at a time.
PIECE = 256 * 1024
_FORM = "application/x-www-form-urlencoded"

#: Files that are known to give what is in them, and nothing else.
_FILES = frozenset((io.BufferedRandom, io.BufferedReader, io.FileIO))

#: Where `requests` looks for authorities before the system's.
_BUNDLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")

Limits = tuple[Optional[float], Optional[float], Optional[float], Optional[float]]


class Wire(NamedTuple):
    """One request as it goes on the wire."""

    method: str
    url: str
    target: str
    headers: list[tuple[str, str]]
    body: Any
    length: Optional[int]
    #: A `dockline.retry.Retry`.
    retry: Any = None

    @property
    def upgrade(self) -> bool:
        """Whether the connection itself is asked for."""
        for name, _ in self.headers:
            if len(name) == 7 and name.lower() == "upgrade":
                return True
        return False

    def sent(self) -> tuple[Any, ...]:
        """Give the fields of a `SentRequest`; what was streamed is not kept."""
        body = self.body if isinstance(self.body, (bytes, str)) else None
        return self.method, self.url, self.headers, body, self.target


def body_of(data: Any) -> tuple[Any, Optional[int]]:
    """Give a body in the engine's terms, and its length if it is streamed."""
    body, length, _ = _body(data, None)
    return body, length


def engine_options(
    host: str,
    max_pool_size: int,
    *,
    rule: str = "explicit",
    context: Optional[str] = None,
    verify: Any = True,
    cert: Any = None,
    assert_hostname: Union[bool, str, None] = None,
    key_password: Optional[str] = None,
    pin: Optional[str] = None,
    pin_source: Optional[str] = None,
) -> dict[str, Any]:
    """Give the options of a native engine; `verify` and `cert` as in requests."""
    certificate, key = cert if isinstance(cert, tuple) else (cert, None)
    authorities = verify if isinstance(verify, (str, os.PathLike)) else None
    if verify is True:
        authorities = next(filter(None, map(os.environ.get, _BUNDLES)), None)
    return {
        "host": host,
        "rule": rule,
        "context": context,
        "max_pool_size": max_pool_size,
        "tls": host.startswith("https://"),
        "verify": bool(verify),
        "assert_hostname": assert_hostname,
        "ca": authorities,
        "cert": certificate,
        "key": key,
        "key_password": key_password,
        "pin": pin,
        "pin_source": pin_source,
    }


def _authority(url: str) -> str:
    """Return scheme and host of a URL, as far as the path begins."""
    at = url.find("/", url.find("://") + 3)
    return url if at < 0 else url[:at]


def split_url(url: str, base_url: str) -> tuple[str, str]:
    """Split a URL of this client into authority and the rest.

    Raises ValueError when the URL leads to another host.
    """
    own = _authority(base_url)
    if url.startswith(own):
        rest = url[len(own) :]
        if not rest or rest[0] in "/?#":
            return own, rest
    if url.startswith("/"):
        return own, url
    if url.startswith("http+docker://") and own.startswith("http+docker://"):
        return own, url[len(_authority(url)) :]
    raise ValueError(f"No connection adapters were found for {url!r}")


@lru_cache(maxsize=256)
def _place(url: str, base_url: str) -> tuple[str, str]:
    """Give URL and target of a request without parameters: many are sent again and again."""
    authority, rest = split_url(url, base_url)
    target = request_target(rest)
    return authority + target, target


def _length(data: Any) -> Optional[int]:
    """Return the bytes left in a body, or None when that cannot be told."""
    total: Optional[int] = None
    if hasattr(data, "__len__"):
        total = len(data)
    elif hasattr(data, "len"):
        total = data.len
    elif hasattr(data, "fileno"):
        try:
            total = os.fstat(data.fileno()).st_size
        except (OSError, AttributeError):
            total = None
    if not hasattr(data, "tell"):
        return total
    try:
        position = data.tell()
        if total is None and hasattr(data, "seek"):
            total = data.seek(0, os.SEEK_END) or data.tell()
            data.seek(position)
    except OSError:
        return None
    return None if total is None else max(0, total - position)


def _plain_file(data: Any) -> Optional[tuple[Any, int]]:
    """Give what is left of a plain file as a body of known length.

    Its position is the end then. None for other objects: subclasses may read in
    their own way.
    """
    if type(data) is io.BytesIO:
        rest = data.read()
        return (rest, len(rest)) if rest else None
    if type(data) not in _FILES or os.name != "posix":
        return None
    try:
        # What was written and is not on disk yet counts, too.
        data.flush()
        found = os.fstat(data.fileno())
        position = data.tell()
        length = found.st_size - position
        if length <= 0 or not stat.S_ISREG(found.st_mode) or not data.readable():
            return None
        from .. import _native

        body = _native.FileBody(data.fileno(), position, length)
        data.seek(0, os.SEEK_END)
    except (OSError, ValueError):
        return None
    return body, length


def _stream(data: Any) -> tuple[Any, Optional[int]]:
    """Give an iterator over a body's pieces, and its length if known."""
    whole = _plain_file(data)
    if whole is not None:
        return whole
    # A body of no known bytes goes out chunked, as with `requests`.
    length = _length(data) or None
    if hasattr(data, "read"):
        return _pieces(data, length), length
    if hasattr(data, "__aiter__"):
        return data.__aiter__(), length
    if isinstance(data, (bytearray, memoryview)):
        return bytes(data), None
    if not isinstance(data, Iterable):
        raise TypeError(f"a {type(data).__name__} cannot be a request body")
    return iter(data), length


def _pieces(file: Any, length: Optional[int]) -> Iterator[Any]:
    # Once the announced length was read, the file is not looked at again: the
    # answer may be there already, and the caller may have closed it.
    left = length
    while left is None or left > 0:
        piece = file.read(PIECE)
        if not piece:
            return
        if left is not None:
            left -= len(piece.encode() if isinstance(piece, str) else piece)
        yield piece


def _body(data: Any, json: Any) -> tuple[Any, Optional[int], Optional[str]]:
    """Return body, length of a streamed body, and its content type."""
    if not data and json is not None:
        text = jsonlib.dumps(json, allow_nan=False)
        return text.encode(), None, "application/json"
    if data is None or isinstance(data, bytes):
        return data or None, None, None
    if isinstance(data, (str, Mapping, list, tuple)):
        form = data if isinstance(data, str) else encode_params(data)
        return form.encode() or None, None, _FORM if form else None
    if isinstance(data, os.PathLike):
        return data, os.stat(data).st_size, None
    return (*_stream(data), None)


def prepare(
    client: Any,
    method: str,
    url: str,
    *,
    params: Any = None,
    data: Any = None,
    json: Any = None,
    headers: Optional[Mapping[str, Any]] = None,
    auth: Any = None,
) -> Wire:
    """Work out target, headers and body of one request of `client`."""
    if client.params:
        params = {**client.params, **(params or {})}
    if params:
        authority, rest = split_url(url, client.base_url)
        target = request_target(rest, params)
        url = authority + target
    else:
        url, target = _place(url, client.base_url)
    body, length, content_type = _body(data, json)
    fields = merged(client.headers, headers) if headers else client.headers
    if content_type or auth or client.auth:
        fields = fields.copy()
        _complete(fields, content_type, auth or client.auth)
    pairs = [
        pair if type(pair[1]) is str else (pair[0], _text(pair[1]))
        for pair in fields.pairs()
    ]
    return Wire(method.upper(), url, target, pairs, body, length)


def _complete(
    fields: CaseInsensitiveDict, content_type: Optional[str], auth: Any
) -> None:
    if content_type and "Content-Type" not in fields:
        fields["Content-Type"] = content_type
    if isinstance(auth, tuple):
        pair = ":".join(auth).encode("latin-1", "replace")
        fields["Authorization"] = "Basic " + base64.b64encode(pair).decode()


def _text(value: Any) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)
