"""Judges a slot's value by a rule of the dialog model, in every kind that Amazon has.

A rule is asked only about slots that were filled. Each value of a multi-value slot must fulfil it.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from skill.simulator.dialog_model import COMPARISONS, DURATIONS, MATCH, DialogSlot, Validation
from skill.simulator.envelopes import Envelope
from skill.understanding.results import MATCH as MATCHED
from skill.understanding.wire import parse_date, parse_duration, parse_number, parse_time

Ordered = float | date | time | timedelta
Span = tuple[Ordered, Ordered]
"""The first and the last that a value may mean: "next week" is seven days, "three" the number twice."""

PARTS_OF_DAY: Mapping[str, tuple[time, time]] = {
    "MO": (time(5), time(11, 59)),
    "AF": (time(12), time(16, 59)),
    "EV": (time(17), time(20, 59)),
    "NI": (time(21), time(23, 59)),
}
"""What a part of the day stands for in a comparison; Amazon does not tell [unverified]."""

NOW = "PRESENT_REF"
ONE_DAY = timedelta(days=1)


def broken_rule(slot: DialogSlot, wire: Envelope, now: datetime) -> Validation | None:
    """The first rule that the filled slot breaks; `now` is the moment in the device's zone."""
    return next((rule for rule in slot.validations if not fulfils(rule, slot.type, wire, now)), None)


def fulfils(rule: Validation, slot_type: str, wire: Envelope, now: datetime) -> bool:
    """Whether all values of a filled slot fulfil a rule.

    A value that cannot be compared ("?" for a number not understood) fulfils none but isNotInSet.
    """
    return all(_one(rule, slot_type, value, now) for value in values_of(wire))


def values_of(wire: Envelope) -> list[Envelope]:
    """The heard values of a slot, each with its `value` and `resolutions`; empty where nothing was heard."""
    several = (wire.get("slotValue") or {}).get("values")
    if several:
        return [dict(value) for value in several]
    return [wire] if wire.get("value") else []


def _one(rule: Validation, slot_type: str, value: Envelope, now: datetime) -> bool:
    if rule.kind == MATCH:
        return any((entry.get("status") or {}).get("code") == MATCHED for entry in _entries(value))
    if rule.kind in COMPARISONS:
        return _compares(rule, slot_type, str(value["value"]), now)
    if rule.kind in DURATIONS:
        inside = _inside(rule, slot_type, str(value["value"]), now)
        return False if inside is None else inside == (rule.kind == "isInDuration")
    listed = {one.casefold() for one in rule.values}
    return bool(_names(value) & listed) == (rule.kind == "isInSet")


def _entries(value: Envelope) -> list[Any]:
    return list((value.get("resolutions") or {}).get("resolutionsPerAuthority") or [])


def _names(value: Envelope) -> set[str]:
    """What was said, and what it was resolved to; which of these Amazon compares is [unverified]."""
    names = {str(value["value"]).casefold()}
    for entry in _entries(value):
        for found in entry.get("values") or []:
            names |= {str(name).casefold() for name in found["value"].values()}
    return names


def _compares(rule: Validation, slot_type: str, said: str, now: datetime) -> bool:
    """All that the value may mean must lie on the right side: "next week" is before a day only if it ends."""
    try:
        (first, last), (limit_first, limit_last) = (
            _span(slot_type, text, now) for text in (said, rule.value)
        )
    except ValueError:
        return False
    return _SIDES[rule.kind](first, last, limit_first, limit_last)


_SIDES: Mapping[str, Callable[[Any, Any, Any, Any], bool]] = {
    "isLessThan": lambda _first, last, limit, _: last < limit,
    "isLessThanOrEqualTo": lambda _first, last, _, limit: last <= limit,
    "isGreaterThan": lambda first, _last, _, limit: first > limit,
    "isGreaterThanOrEqualTo": lambda first, _last, limit, _: first >= limit,
}


def _span(slot_type: str, said: str, now: datetime) -> Span:
    """Raises ValueError for what is no value of the type."""
    if slot_type == "AMAZON.DATE":
        first, behind = parse_date(said, now.date())
        return first, behind - ONE_DAY
    if slot_type == "AMAZON.TIME":
        return _times(said, now)
    if slot_type == "AMAZON.DURATION":
        length = parse_duration(said)
        return length, length
    number = float(parse_number(said))
    return number, number


def _times(said: str, now: datetime) -> tuple[time, time]:
    if said == NOW:
        moment = now.time().replace(tzinfo=None)
        return moment, moment
    found = parse_time(said)
    return (found, found) if isinstance(found, time) else PARTS_OF_DAY[found]


def _inside(rule: Validation, slot_type: str, said: str, now: datetime) -> bool | None:
    """Whether a date or a time lies between two moments counted from now, both ends included [unverified].

    None where the value is neither. A time of day is today's, or tomorrow's where that lies inside.
    """
    start, end = _moment(rule.start, now, datetime.min), _moment(rule.end, now, datetime.max)
    try:
        if slot_type == "AMAZON.TIME":
            first, last = _times(said, now)
            days = [now.date() + ONE_DAY * ahead for ahead in (0, 1)]
            spans = [(datetime.combine(day, first), datetime.combine(day, last)) for day in days]
            return any(start <= begin and finish <= end for begin, finish in spans)
        day, behind = parse_date(said, now.date())
    except ValueError:
        return None
    return start.date() <= day and behind - ONE_DAY <= end.date()


def _moment(offset: str | None, now: datetime, otherwise: datetime) -> datetime:
    if offset is None:
        return otherwise
    length = parse_duration(offset.removeprefix("-"))
    naive = now.replace(tzinfo=None)
    try:
        return naive - length if offset.startswith("-") else naive + length
    except OverflowError:
        return otherwise
