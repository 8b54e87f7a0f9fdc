"""From a URL and parameters to the request target that goes on the wire.

The encoding is the one `requests` applies, byte for byte: parameters that are
None are left out, lists repeat the name, spaces become ``+``, and characters a
URL may not contain are quoted.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

_UNRESERVED = frozenset(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"
)
_PART = _UNRESERVED | frozenset("/:")
_PLAIN = re.compile(r"(?:/(?!\.{1,2}(?:/|\Z))[A-Za-z0-9_.:\-]+)*/?\Z")
#: What stays as it is.
_WORD = re.compile(r"[A-Za-z0-9_.~\-]*\Z")
_SINGLE = frozenset((bool, float, int, str))
_ESCAPE = re.compile("%([0-9A-Fa-f]{2})")
_SAFE_PATH = "!$%&'()*+,/:;=@~"


def encode_params(params: Any) -> str:
    """Encode the query parameters of a request."""
    if isinstance(params, (str, bytes)):
        return params.decode() if isinstance(params, bytes) else params
    if not params:
        return ""
    pairs = params.items() if isinstance(params, Mapping) else params
    encoded = []
    for name, values in pairs:
        several = values
        # The first question is answered faster, and nearly always enough.
        if (
            type(values) in _SINGLE
            or isinstance(values, (str, bytes))
            or not isinstance(values, Iterable)
        ):
            several = (values,)
        encoded += [
            _quoted(name) + "=" + _quoted(value)
            for value in several
            if value is not None
        ]
    return "&".join(encoded)


def _quoted(value: Any) -> str:
    text = value if isinstance(value, (str, bytes)) else str(value)
    if isinstance(text, str) and _WORD.match(text):
        return text
    from urllib.parse import quote_plus  # late: it is as much as all of ours

    return quote_plus(text)


def quoted_part(text: str) -> str:
    """Quote an argument that goes into a path; it may be several segments of it."""
    return text if _PART.issuperset(text) else _quote(text, "/:")


def _quote(text: str, safe: str) -> str:
    from urllib.parse import quote

    return quote(text, safe=safe)


def _unquoted(escape: re.Match[str]) -> str:
    character = chr(int(escape[1], 16))
    return character if character in _UNRESERVED else escape[0].upper()


def _without_dots(path: str) -> str:
    """Resolve ``.`` and ``..`` segments as RFC 3986 says."""
    kept: list[str] = []
    segments = path.split("/")
    for segment in segments:
        if segment == "..":
            if kept:
                kept.pop()
        elif segment != ".":
            kept.append(segment)
    if path.startswith("/") and (not kept or kept[0]):
        kept.insert(0, "")
    if segments[-1] in {".", ".."}:
        kept.append("")
    return "/".join(kept)


def _requoted(text: str, safe: str) -> str:
    text = _ESCAPE.sub(_unquoted, text)
    if text.count("%") != len(_ESCAPE.findall(text)):
        text = text.replace("%", "%25")
    return _quote(text, safe)


def request_target(rest: str, params: Any = None) -> str:
    """Join what follows the host of a URL with the encoded parameters."""
    query = encode_params(params)
    if _PLAIN.match(rest):
        target = rest or "/"
        return f"{target}?{query}" if query else target
    rest = rest.partition("#")[0]
    path, mark, own = rest.partition("?")
    path = _requoted(_without_dots(path) or "/", _SAFE_PATH)
    if not path.startswith("/"):
        path = f"/{path}"
    joined = f"{own}&{query}" if own and query else own or query
    if not joined:
        return path
    return f"{path}?{_requoted(joined, _SAFE_PATH + '?') if mark else joined}"
