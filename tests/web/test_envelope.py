"""Strict parsing of verified bytes: what is an envelope, and what is refused by name."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skill.web.envelope import MAX_DEPTH, parse_envelope
from skill.web.refusal import Refused

TEXT = st.text(st.characters(codec="utf-8"))
NUMBERS = st.integers(-(2**63), 2**63) | st.floats(allow_nan=False, allow_infinity=False)
JSON_VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=20,
)


@given(st.dictionaries(TEXT, JSON_VALUES), st.booleans())
def test_any_json_object_is_read_as_it_was_written(envelope: dict[str, Any], ascii_only: bool) -> None:
    assert parse_envelope(json.dumps(envelope, ensure_ascii=ascii_only).encode()) == envelope


@given(st.binary() | st.text().map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_any_bytes_are_read_or_refused_with_a_reason_of_three(body: bytes) -> None:
    try:
        found = parse_envelope(body)
    except Refused as refused:
        reason = refused.reason
    else:
        assert isinstance(found, dict)
        return
    assert reason in {"body_encoding", "body_json", "body_shape"}


@pytest.mark.parametrize(
    "body",
    [
        b'{"a": "\xff"}',
        '{"a": "é"}'.encode("latin-1"),
        '{"a": 1}'.encode("utf-16"),
        rb'{"a": "\ud800"}',
        rb'{"\uDFFF": 1}',
    ],
)
def test_a_text_that_is_no_unicode_is_refused(body: bytes) -> None:
    with pytest.raises(Refused, match=r"^body_encoding$"):
        parse_envelope(body)


def test_a_character_beyond_the_basic_plane_is_read_in_both_spellings() -> None:
    assert parse_envelope(rb'{"a": "\uD83D\uDE00"}') == parse_envelope('{"a": "😀"}'.encode()) == {"a": "😀"}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b'{"a": 1} {}',
        b'{"a": NaN}',
        b'{"a": -Infinity}',
        b'{"a": 1e999}',
        pytest.param(b'{"a": ' + b"9" * 5000 + b"}", id="5,000 digits"),
        b'{"a": 123456789012345678901}',
        b'{"a": 1, "a": 2}',
        b'{"a": {"b": 1, "b": 1}}',
        b"\xef\xbb\xbf{}",
        b"{'a': 1}",
        b'{"a": "\x00"}',
    ],
)
def test_what_is_not_plain_json_is_refused(body: bytes) -> None:
    with pytest.raises(Refused, match=r"^body_json$"):
        parse_envelope(body)


@pytest.mark.parametrize("body", [b"[]", b'[{"request": {}}]', b"null", b"true", b"12", b'"{}"'])
def test_json_that_is_no_object_is_refused(body: bytes) -> None:
    with pytest.raises(Refused, match=r"^body_shape$"):
        parse_envelope(body)


@pytest.mark.parametrize("depth", [MAX_DEPTH, 900, 100_000])
@pytest.mark.parametrize(("opening", "closing"), [(b"[", b"]"), (b'{"a":', b"}")])
def test_deep_nesting_is_refused(depth: int, opening: bytes, closing: bytes) -> None:
    with pytest.raises(Refused, match=r"^body_json$"):
        parse_envelope(b'{"a":' + opening * depth + b"1" + closing * depth + b"}")


def test_nesting_up_to_the_limit_is_read() -> None:
    inner = MAX_DEPTH - 2
    assert parse_envelope(b'{"a":' + b"[" * inner + b"1" + b"]" * inner + b"}")
