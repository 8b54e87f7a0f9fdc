"""Shell patterns as .dockerignore files use them.

``*`` and ``?`` stop at a slash, ``**`` does not, ``[...]`` is a character
class. Patterns become regular expressions, compiled once and kept.
"""

from __future__ import annotations

import functools
import re

__all__ = ["fnmatch", "fnmatchcase", "translate"]

_KEPT_PATTERNS = 1024


def _purge() -> None:
    """Forget the compiled patterns."""
    _compiled.cache_clear()


@functools.lru_cache(maxsize=_KEPT_PATTERNS)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(translate(pattern))


def fnmatch(name: str, pat: str) -> bool:
    """Tell whether ``name`` matches ``pat``, upper and lower case being equal."""
    return fnmatchcase(name.lower(), pat.lower())


def fnmatchcase(name: str, pat: str) -> bool:
    """Tell whether ``name`` matches ``pat`` exactly."""
    return _compiled(pat).match(name) is not None


def translate(pat: str) -> str:
    """Write ``pat`` as a regular expression for the whole name."""
    parts = ["^"]
    position = 0
    while position < len(pat):
        token, position = _token(pat, position)
        parts.append(token)
    parts.append("$")
    return "".join(parts)


def _token(pattern: str, start: int) -> tuple[str, int]:
    """Translate what begins at ``start``; also say where the next token begins."""
    character = pattern[start]
    if character == "*":
        return _stars(pattern, start)
    if character == "?":
        return "[^/]", start + 1
    if character == "[":
        return _character_class(pattern, start)
    return re.escape(character), start + 1


def _stars(pattern: str, start: int) -> tuple[str, int]:
    if not pattern.startswith("**", start):
        return "[^/]*", start + 1
    after = start + (3 if pattern.startswith("**/", start) else 2)
    # At the end "**" takes everything below; elsewhere any number of folders.
    return (".*" if after >= len(pattern) else "(.*/)?"), after


def _character_class(pattern: str, start: int) -> tuple[str, int]:
    first = start + 1
    search = first + (1 if pattern.startswith("!", first) else 0)
    # A "]" right at the front is a member of the class, not its end.
    search += 1 if pattern.startswith("]", search) else 0
    end = pattern.find("]", search)
    if end < 0:
        return "\\[", first
    members = pattern[first:end].replace("\\", "\\\\")
    if members.startswith("!"):
        members = "^" + members[1:]
    elif members.startswith("^"):
        members = "\\" + members
    return f"[{members}]", end + 1
