"""Progress messages of the engine: finding failures that came inside a 200.

Pull, push, load, build and plugin calls answer with a stream of JSON messages;
a failure after the first byte is one more message in it. Nothing here does
I/O: bytes, text or decoded messages go in, messages or exceptions come out.
"""

from __future__ import annotations

import codecs
import json
from typing import Any, Iterable, Optional

from .. import _failures, _families, errors
from .._failures import Sent
from ..transport.base import last_sent

#: Characters one message may have before the stream is given up.
MESSAGE_LIMIT = 16 << 20
#: Messages of a build that are searched for the step that failed.
_LOG_MESSAGES = 2000

_IMAGE_MISSING = (
    "no such image",
    "not found: does not exist or no pull access",
    "repository does not exist",
    "was found but does not match the specified platform",
    "manifest unknown",
    "manifest for ",
)


class ProgressReader:
    """Splits a stream of messages, cut anywhere, into decoded messages.

    Text that is no JSON is passed over, as it carries no verdict.
    """

    def __init__(self) -> None:
        self._bytes = codecs.getincrementaldecoder("utf-8")("replace")
        self._json = json.JSONDecoder()
        self._text = ""

    def feed(self, item: Any) -> list[dict[str, Any]]:
        """Take the next piece and give the messages that are complete now."""
        if isinstance(item, dict):
            return [item]
        if isinstance(item, (bytes, bytearray, memoryview)):
            item = self._bytes.decode(bytes(item))
        if not isinstance(item, str):
            return []
        self._text += item
        if len(self._text) > MESSAGE_LIMIT:
            raise errors.StreamParseError(
                f"a progress message is longer than {MESSAGE_LIMIT} characters"
            )
        # Only a closing brace can complete a message.
        return self._messages() if "}" in item else []

    def finish(self) -> None:
        """Check that the stream did not end inside a message."""
        if self._text.lstrip().startswith("{"):
            raise errors.Truncated("The stream ended inside a progress message")

    def _messages(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        start = self._text.find("{")
        end = 0
        while start >= 0:
            try:
                message, end = self._json.raw_decode(self._text, start)
            except ValueError:
                newline = self._text.find("\n", start)
                if newline < 0:
                    end = start
                    break
                # Messages hold no raw newline: this line never becomes one.
                end = newline + 1
            else:
                if isinstance(message, dict):
                    found.append(message)
            start = self._text.find("{", end)
        self._text = self._text[end:]
        return found


class BuildLog:
    """The messages of a build: an iterator that may be run again.

    Once it is used up, iterating starts over at the first message.
    """

    def __init__(self) -> None:
        self._messages: list[Any] = []
        self._next = 0

    def append(self, message: Any) -> None:
        """Add one message."""
        self._messages.append(message)

    def text(self) -> str:
        """What the build printed last."""
        printed = [
            str(message.get("stream", ""))
            for message in self._messages[-_LOG_MESSAGES:]
            if isinstance(message, dict)
        ]
        return "".join(printed)

    def __len__(self) -> int:
        return len(self._messages)

    def __iter__(self) -> BuildLog:
        if self._next >= len(self._messages):
            self._next = 0
        return self

    def __next__(self) -> Any:
        if self._next >= len(self._messages):
            raise StopIteration
        self._next += 1
        return self._messages[self._next - 1]


def failure_in(message: Any) -> Optional[str]:
    """Give the engine's words when ``message`` reports a failure, else None."""
    if not isinstance(message, dict):
        return None
    detail = message.get("errorDetail")
    if isinstance(detail, dict) and detail.get("message"):
        return str(detail["message"])
    if message.get("error"):
        return str(message["error"])
    return "the engine gave no reason" if detail else None


def failure(action: str, words: str, sent: Optional[Sent] = None) -> errors.APIError:
    """Build the exception for an ``action`` that failed with the engine's ``words``.

    An image that does not exist gives ImageNotFound, all else APIError; each
    refined by what the core makes of the words.
    """
    lowered = words.lower()
    missing = any(fragment in lowered for fragment in _IMAGE_MISSING)
    cls = errors.ImageNotFound if missing else errors.APIError
    facts = _failures.described(words, sent)
    cls = _families.refined(cls, facts["kind"], facts["family"])
    return _failures.attach(  # type: ignore[no-any-return]
        cls(f"{action} failed", explanation=words), facts
    )


def build_failure(message: Any, log: BuildLog) -> errors.BuildError:
    """Build the exception for a build whose last message is ``message``."""
    words = failure_in(message)
    reason = message["error"] if words is not None and "error" in message else message
    error = errors.BuildError(reason or "Unknown", log)
    if words is None:
        return error
    facts = _failures.described(words, last_sent.get(), log.text())
    return _failures.attach(error, facts)  # type: ignore[no-any-return]


def load_failure(words: str) -> errors.ImageLoadError:
    """Build the exception for an archive that could not be loaded."""
    facts = _failures.described(words, last_sent.get())
    return _failures.attach(errors.ImageLoadError(words), facts)  # type: ignore[no-any-return]


def check_messages(
    action: str, messages: Iterable[Any], sent: Optional[Sent] = None
) -> None:
    """Raise for the first of ``messages`` that reports a failure."""
    for message in messages:
        words = failure_in(message)
        if words is not None:
            raise failure(action, words, sent or last_sent.get())
