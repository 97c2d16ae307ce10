"""Parses the verified bytes of an Alexa request strictly: one JSON object that is safe to pass on."""

import json
from typing import Any, NoReturn

from skill.web.refusal import Refused

# Real envelopes stay below 20 levels; beyond 64, code that walks them by recursion could run out of stack.
MAX_DEPTH = 64
MAX_INTEGER_CHARACTERS = 20


def parse_envelope(body: bytes) -> dict[str, Any]:
    """The JSON object in `body`. Raises Refused.

    `body_encoding`: not UTF-8, or a text that is no Unicode (half a surrogate pair, which no database
    stores). `body_json`: not JSON; also NaN, infinities, numbers beyond 64 bits, a key given twice,
    and more than 64 levels. `body_shape`: JSON, but not an object.
    """
    try:
        envelope = json.loads(
            body.decode("utf-8"),
            object_pairs_hook=_object,
            parse_constant=_refuse_number,
            parse_float=_finite,
            parse_int=_small,
        )
        _check_depth(envelope)
        if b"\\ud" in body.lower():
            json.dumps(envelope, ensure_ascii=False).encode("utf-8")
    except (UnicodeDecodeError, UnicodeEncodeError):
        raise Refused("body_encoding") from None
    except (ValueError, RecursionError):
        raise Refused("body_json") from None
    if not isinstance(envelope, dict):
        raise Refused("body_shape")
    return envelope


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Refused("body_json")
    return found


def _refuse_number(_: str) -> NoReturn:
    raise Refused("body_json")


def _finite(text: str) -> float:
    number = float(text)
    return number if abs(number) != float("inf") else _refuse_number(text)


def _small(text: str) -> int:
    return int(text) if len(text) <= MAX_INTEGER_CHARACTERS else _refuse_number(text)


def _check_depth(value: Any) -> None:
    level = [value]
    for _ in range(MAX_DEPTH):
        level = [child for item in level for child in _children(item)]
        if not level:
            return
    raise Refused("body_json")


def _children(item: Any) -> list[Any]:
    if isinstance(item, dict):
        return list(item.values())
    return item if isinstance(item, list) else []
