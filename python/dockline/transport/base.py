"""What sync and async answers share: head, text, JSON, status. No I/O here.

The object answers to the names of ``requests.Response`` that programs use. The
body is either in memory or still in a native stream that a subclass reads.
"""

from __future__ import annotations

import json
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, Optional

from .. import _failures
from .coding import decoded
from .headers import CaseInsensitiveDict

if TYPE_CHECKING:
    import datetime as dt

Fields = list[tuple[str, str]]

#: The request behind the stream that this thread or task has opened last: a
#: failure inside the stream is told with it.
last_sent: ContextVar[Optional[tuple[str, str, Fields, str]]] = ContextVar(
    "last_sent", default=None
)


class SentRequest:
    """The request behind an answer: method, URL, headers and body as sent."""

    __slots__ = ("body", "headers", "method", "path_url", "url")

    def __init__(
        self, method: str, url: str, headers: Fields, body: Any, target: str
    ) -> None:
        """Remember what was sent."""
        self.method = method
        self.url = url
        self.headers = CaseInsensitiveDict(headers)
        self.body = body
        self.path_url = target

    def __repr__(self) -> str:
        """Name the method."""
        return f"<PreparedRequest [{self.method}]>"

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle by fields."""
        fields = self.headers.pairs()
        return SentRequest, (self.method, self.url, fields, self.body, self.path_url)


def _field(fields: Fields, wanted: str) -> Optional[str]:
    """Find one field; `wanted` is in lower case."""
    length = len(wanted)
    for name, value in fields:
        if len(name) == length and name.lower() == wanted:
            return value
    return None


class BaseResponse:
    """An answer of the engine, whatever its status."""

    history: tuple[()] = ()
    is_redirect = False
    is_permanent_redirect = False
    next = None
    _endpoint = ""

    def __init__(
        self,
        url: str,
        status: int,
        reason: str,
        fields: Fields,
        body: Optional[bytes],
        stream: Any = None,
        sent: Optional[tuple[Any, ...]] = None,
        elapsed: float = 0.0,
    ) -> None:
        """Take an answer apart; `body` is None while it is still in `stream`."""
        self.url = url
        self.status_code = status
        self.reason = reason
        self._fields = fields
        self._headers: Optional[CaseInsensitiveDict] = None
        self._body = body
        if body:
            coding = _field(fields, "content-encoding")
            if coding is not None:
                self._body = decoded(body, coding)
        self._stream = stream
        self._sent = sent
        self._seconds = elapsed
        self._encoding: Optional[str] = None

    @property
    def headers(self) -> CaseInsensitiveDict:
        """Header fields by name, in any case."""
        if self._headers is None:
            self._headers = CaseInsensitiveDict.received(self._fields)
        return self._headers

    @property
    def request(self) -> Optional[SentRequest]:
        """The request as it was sent."""
        return SentRequest(*self._sent) if self._sent else None

    @property
    def elapsed(self) -> dt.timedelta:
        """Time from sending the request to the head of the answer."""
        import datetime as dt

        return dt.timedelta(seconds=self._seconds)

    @property
    def cookies(self) -> dict[str, str]:
        """No engine sets cookies."""
        return {}

    @property
    def ok(self) -> bool:
        """Whether the status is below 400."""
        return self.status_code < 400

    def __bool__(self) -> bool:
        """Tell whether the status is below 400."""
        return self.status_code < 400

    @property
    def chunked(self) -> bool:
        """Whether the body came in HTTP chunks."""
        coding = self.headers.get("Transfer-Encoding", "")
        return "chunked" in coding.lower()

    @property
    def encoding(self) -> Optional[str]:
        """Charset named by the content type, or the default of that type."""
        if self._encoding is None:
            if self._headers is None:
                given = _field(self._fields, "content-type") or ""
            else:
                given = self._headers.get("Content-Type", "")
            kind, _, rest = given.partition(";")
            _, mark, charset = rest.partition("charset=")
            if mark:
                self._encoding = charset.split(";")[0].strip(" '\"")
            elif kind.strip().startswith("text/"):
                self._encoding = "ISO-8859-1"
            elif kind.strip() == "application/json":
                self._encoding = "utf-8"
        return self._encoding

    @encoding.setter
    def encoding(self, value: Optional[str]) -> None:
        self._encoding = value

    apparent_encoding = "utf-8"

    def _loaded(self) -> bytes:
        raise NotImplementedError

    @property
    def content(self) -> bytes:
        """The body as bytes."""
        return self._loaded()

    @property
    def text(self) -> str:
        """The body as text; undecodable bytes are replaced."""
        content = self._loaded()
        try:
            return content.decode(self.encoding or "utf-8", "replace")
        except LookupError:
            return content.decode("utf-8", "replace")

    def json(self, **kwargs: Any) -> Any:
        """The body decoded from JSON; raises ValueError when it is not JSON."""
        if kwargs:
            return json.loads(self._loaded(), **kwargs)
        from .. import _native

        return _native.decode_json(self._loaded())

    def raise_for_status(self) -> None:
        """Raise an HTTPError if the status is 400 or above."""
        if 400 <= self.status_code < 600:
            raise _failures.http_error_of(self)

    def facts(self) -> dict[str, Any]:
        """Give what the core makes of an unwelcome answer: kind, hint and so on."""
        from .. import _native

        method, _, headers, _, target = self._sent or ("", "", [], None, "/")
        fields: dict[str, Any] = _native.describe_reply(
            (method, target, headers, self._endpoint),
            self.status_code,
            self.reason,
            self._fields,
            self._loaded(),
        )
        return fields

    @property
    def closed(self) -> bool:
        """Whether nothing more can be read from the connection."""
        return self._stream is None or bool(self._stream.closed)

    def close(self) -> None:
        """Close the connection if the body is still on it; safe to repeat."""
        if self._stream is not None:
            self._stream.close()

    def __repr__(self) -> str:
        """Show the status."""
        return f"<Response [{self.status_code}]>"

    def __getstate__(self) -> dict[str, Any]:
        """Pickle with the body, without the connection."""
        state = dict(self.__dict__, _stream=None)
        state["_body"] = self._loaded()
        return state
