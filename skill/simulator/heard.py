"""Turns the wire strings of heard slots into typed values: numbers, times of day, ids of known values."""

from collections.abc import Mapping, Set
from datetime import time
from typing import Any

from skill.simulator.envelopes import Envelope
from skill.understanding.language import load_language
from skill.understanding.wire import parse_duration, parse_number, parse_time
from skill.understanding.words import starts_with, tokenize

FRACTION = "_fraction"
AGO = "_ago"
FRACTIONS = {"quarter": 0.25, "third": 1 / 3, "half": 0.5, "two_thirds": 2 / 3, "three_quarters": 0.75}
"""Ids of the values of a fraction slot and what they are worth."""

MATCH = "ER_SUCCESS_MATCH"
NOON_HOUR = 12
Typed = str | int | float | list[Any]


def wire_values(slots: Mapping[str, Envelope], multiple: Set[str] = frozenset()) -> dict[str, dict[str, Any]]:
    """`{name: {value, id}}` of the slots that were heard; several values add `values`, a list of the same.

    The slots named in `multiple` take several values and list them even when there is just one. Values are
    Alexa's strings; the id is that of the first matching authority, dynamic ones first, or None.
    """
    found: dict[str, dict[str, Any]] = {}
    for name, slot in slots.items():
        several = (slot.get("slotValue") or {}).get("values")
        if several:
            values = [_pair(value) for value in several]
            found[name] = {**values[0], "values": values}
        elif slot.get("value") is not None:
            found[name] = _pair(slot)
    for name in multiple & found.keys():
        found[name].setdefault("values", [dict(found[name])])
    return found


def typed_values(
    slots: Mapping[str, Envelope], types: Mapping[str, str], utterance: str, language: str
) -> dict[str, Typed]:
    """`{name: typed value}` of the slots that were heard; `types` names each slot's type.

    A number is an int or a float, and `<slot>` with `<slot>_fraction` ("three", "half") one number. A time
    of day is "HH:MM", or "~H:MM" when nothing said tells morning from afternoon; a duration or a date is
    the wire's string, and an AMAZON.DURATION slot named `<slot>_ago` makes `<slot>` "-PT20M". A custom
    value is its id, or the words when it has none. Several values make a list.
    """
    typed: dict[str, Typed] = {}
    for name, pair in wire_values(slots).items():
        values = pair.get("values") or [pair]
        each = [_typed(value, types.get(name, ""), utterance, language) for value in values]
        typed[name] = each if "values" in pair else each[0]
    return _with_fractions(_with_past_moments(typed, types))


def _pair(slot: Envelope) -> dict[str, Any]:
    return {"value": slot.get("value"), "id": _id(slot)}


def _id(slot: Envelope) -> str | None:
    authorities = (slot.get("resolutions") or {}).get("resolutionsPerAuthority") or []
    for entry in sorted(authorities, key=lambda entry: ".dynamic." not in str(entry.get("authority"))):
        values = entry.get("values") or []
        if (entry.get("status") or {}).get("code") == MATCH and values:
            found = values[0]["value"].get("id")
            return str(found) if found is not None else None
    return None


def _typed(pair: Mapping[str, Any], slot_type: str, utterance: str, language: str) -> Typed:
    words = str(pair["value"])
    if slot_type == "AMAZON.NUMBER":
        return _number(words)
    if slot_type == "AMAZON.TIME":
        return _time(words, utterance, language)
    if slot_type.startswith("AMAZON."):
        return words
    return pair["id"] or words


def _number(wire: str) -> int | float | str:
    try:
        return parse_number(wire)
    except ValueError:
        return wire  # "?", which Alexa sends for a number it could not make out


def _time(wire: str, utterance: str, language: str) -> str:
    if wire == "PRESENT_REF":
        return "now"
    try:
        moment = parse_time(wire)
    except ValueError:
        return wire
    if not isinstance(moment, time):
        return moment
    if 0 < moment.hour <= NOON_HOUR and not _half_of_day_said(utterance, language):
        return f"~{moment.hour}:{moment.minute:02d}"
    return f"{moment.hour:02d}:{moment.minute:02d}"


def _half_of_day_said(utterance: str, language: str) -> bool:
    """Whether the sentence says which half of the day a clock time means, as "p.m.", "noon", "tonight"."""
    tables = load_language(language)
    words = tables.time_words
    telling = (*words.am, *words.pm, *words.named, *words.parts)
    tokens = tokenize(utterance, tables)
    return any(starts_with(tokens, place, telling) for place in range(len(tokens)))


def _with_past_moments(typed: dict[str, Typed], types: Mapping[str, str]) -> dict[str, Typed]:
    """A duration heard in `<slot>_ago` becomes `<slot>`, counted back from now."""
    found = dict(typed)
    for name, value in typed.items():
        if name.endswith(AGO) and types.get(name) == "AMAZON.DURATION" and _is_duration(value):
            found[name.removesuffix(AGO)] = f"-{found.pop(name)}"
    return found


def _is_duration(value: Typed) -> bool:
    try:
        parse_duration(str(value))
    except ValueError:
        return False
    return True


def _with_fractions(typed: dict[str, Typed]) -> dict[str, Typed]:
    """A fraction heard in `<slot>_fraction` is added to the number of `<slot>`, which may be unheard."""
    found = dict(typed)
    for name, value in typed.items():
        worth = FRACTIONS.get(str(value)) if name.endswith(FRACTION) else None
        whole = typed.get(name.removesuffix(FRACTION), 0)
        if worth is not None and isinstance(whole, int | float):
            found[name.removesuffix(FRACTION)] = whole + worth
            del found[name]
    return found
