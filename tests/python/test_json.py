"""Decoding JSON gives what `json.loads` gives: values, order, errors."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest

from dockline import _native

CASES: list[bytes] = [
    b"null",
    b" true ",
    b"false\n",
    b"truely",
    b"nul",
    b"0",
    b"-0",
    b"-",
    b"01",
    b"-01",
    b"1.5",
    b"-0.0",
    b"1.",
    b".5",
    b"1e5",
    b"1E+5",
    b"1e",
    b"1e-",
    b"1e400",
    b"-1e400",
    b"0.1e-400",
    b"9223372036854775807",
    b"9223372036854775808",
    b"18446744073709551615",
    b"18446744073709551616",
    b"-9223372036854775808",
    b"-9223372036854775809",
    b"123456789012345678901234567890",
    b"NaN",
    b"Infinity",
    b"-Infinity",
    b"[NaN, 1]",
    b'""',
    b'"',
    b'"abc',
    b'"a\nb"',
    b'"a\x00b"',
    b'"a\x7fb"',
    b'"\\"\\\\\\/\\b\\f\\n\\r\\t"',
    b'"\\x"',
    b'"\\',
    b'"\\u"',
    b'"\\u00e9\\u20AC"',
    b'"\\u+123"',
    b'"\\ud83d\\ude00 and \\n more"',
    b'"\\ud83d"',
    b'"\\ude00"',
    b'"\\ud83dx"',
    b'"\\ud83d\\n"',
    b'"\\ud83d\\ud83d"',
    '"é€😀"'.encode(),
    '"0123456é"'.encode(),
    b'"\xff"',
    b'"\xc3"',
    b"\xff",
    "\ufeff{}".encode(),
    '{"a": 1}'.encode("utf-16"),
    '{"a": 1}'.encode("utf-16-le"),
    '{"a": 1}'.encode("utf-32"),
    b"",
    b"   ",
    b"[]",
    b"[ ]",
    b"[1,]",
    b"[,1]",
    b"[1 2]",
    b"[1",
    b"[1]]",
    b"{}",
    b"{ }",
    b'{"a":1,}',
    b'{"a" 1}',
    b'{"a":}',
    b"{a:1}",
    b"{1:1}",
    b'{"a":1,"b":2,"a":3}',
    b'{"":{"":[{}]}}',
    b'{"a":1}x',
    b'{"a":1} \r\n\t ',
    b'{"a":1}\x0b',
    b'{"\\u0061":1,"a":2}',
    b'{"' + b"n" * 47 + b'":"' + b"v" * 47 + b'"}',
    b'{"' + b"n" * 48 + b'":"' + b"v" * 48 + b'"}',
    b'{"' + b"n" * 49 + b'":"' + b"v" * 49 + b'"}',
    b'{"' + b"n" * 300 + b'":"' + b"v" * 300 + b'"}',
    b"[" * 127 + b"]" * 127,
    b"[" * 129 + b"]" * 129,
    b"[" * 100_000,
]


def _outcome(decode: Any, data: bytes) -> tuple[Any, ...]:
    """Give the value with its types and order, or the error with its words."""
    try:
        return "value", repr(decode(data))
    except (ValueError, RecursionError) as error:
        return type(error), str(error)


@pytest.mark.parametrize("data", CASES, ids=lambda data: repr(data[:24]))
def test_same_as_json_loads(data: bytes) -> None:
    assert _outcome(_native.decode_json, data) == _outcome(json.loads, data)


def _value(chance: random.Random, depth: int = 0) -> Any:
    kind = chance.randrange(9 if depth < 4 else 7)
    if kind == 0:
        return chance.choice([None, True, False])
    if kind == 1:
        return chance.randrange(-(10 ** chance.randrange(25)), 10**18)
    if kind == 2:
        return chance.uniform(-1, 1) * 10 ** chance.randrange(-300, 300)
    if kind < 7:
        letters = chance.choice(["ab", 'a"\\\n\t/', "aé€😀", "0123456789"])
        return "".join(chance.choice(letters) for _ in range(chance.randrange(70)))
    if kind == 7:
        return [_value(chance, depth + 1) for _ in range(chance.randrange(6))]
    names = [f"name {chance.randrange(3000)}" for _ in range(chance.randrange(12))]
    return {name: _value(chance, depth + 1) for name in names}


@pytest.mark.parametrize("seed", range(40))
def test_same_for_random_documents(seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(20):
        value = [_value(chance) for _ in range(4)]
        indent = chance.choice([None, 2])
        text = json.dumps(value, indent=indent, ensure_ascii=chance.random() < 0.5)
        assert _native.decode_json(text.encode()) == value
        cut = text.encode()[: chance.randrange(len(text))]
        assert _outcome(_native.decode_json, cut) == _outcome(json.loads, cut)


def test_names_of_one_document_are_shared_with_the_next() -> None:
    first = _native.decode_json(b'{"SomeName": 1}')
    second = _native.decode_json(b'[{"SomeName": 2}]')
    assert next(iter(first)) is next(iter(second[0]))
