"""Reads a merchant's JSON strictly: a value without the type, form and bounds of the contract is refused.

All functions raise ShopUnavailable with the name of what is wrong and never its value.
"""

import json
import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from skill.orders.ports import ShopUnavailable

MOST_CENTS = 1_000_000_000
"""More than any order of a household, and within the 32 bits in which databases keep whole numbers."""
_DAY = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MOMENT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?(Z|[+-][0-9]{2}:[0-9]{2})"
)

Told = Mapping[str, Any]
"""A JSON object as it was told, not checked yet."""


def document(body: bytes) -> Told:
    """The JSON object in UTF-8 that `body` is: no name twice, no NaN, no endless nesting."""
    try:
        read = json.loads(body.decode("utf-8"), object_pairs_hook=_once, parse_constant=_refused)
    except (ValueError, RecursionError):
        raise ShopUnavailable("json") from None
    if not isinstance(read, dict):
        raise ShopUnavailable("json")
    return read


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    read = dict(pairs)
    if len(read) != len(pairs):  # readers disagree on which of the two counts
        raise ValueError("a name stands twice in one object")
    return read


def _refused(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON")


def whole(told: Told, name: str, least: int = 0, most: int = MOST_CENTS) -> int:
    """A whole number from `least` to `most`; 1.0, "1" and true are none."""
    value = told.get(name)
    if type(value) is not int or not least <= value <= most:
        raise ShopUnavailable(name)
    return value


def text(told: Told, name: str, longest: int) -> str:
    """Printable text of 1 to `longest` characters."""
    value = told.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= longest or not value.isprintable():
        raise ShopUnavailable(name)
    return value


def day(told: Told, name: str) -> date:
    """A date as 2026-11-20."""
    value = told.get(name)
    try:
        if not isinstance(value, str) or not _DAY.fullmatch(value):
            raise ShopUnavailable(name)
        return date.fromisoformat(value)
    except ValueError:
        raise ShopUnavailable(name) from None


def moment(told: Told, name: str) -> datetime | None:
    """A moment with its offset as 2026-11-20T15:00:00Z (RFC 3339); None when it is absent or null."""
    value = told.get(name)
    if value is None:
        return None
    try:
        if not isinstance(value, str) or not _MOMENT.fullmatch(value):
            raise ShopUnavailable(name)
        return datetime.fromisoformat(value)
    except ValueError:
        raise ShopUnavailable(name) from None


def entries(told: Told, name: str, most: int) -> list[Told]:
    """A list of at most `most` objects."""
    value = told.get(name)
    if not isinstance(value, list) or len(value) > most or not all(isinstance(one, dict) for one in value):
        raise ShopUnavailable(name)
    return value
