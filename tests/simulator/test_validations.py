"""Every kind of validation that Amazon has judges a slot's value."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skill.simulator.dialog_model import COMPARISONS, DialogSlot, Validation
from skill.simulator.validations import broken_rule, fulfils, values_of

NOW = datetime(2026, 11, 20, 22, 30, tzinfo=ZoneInfo("America/New_York"))  # a Friday, late


def wire(value: str, *found: tuple[str, str]) -> dict[str, Any]:
    """A slot as it is on the wire; `found` are the names and ids that it was resolved to."""
    status = "ER_SUCCESS_MATCH" if found else "ER_SUCCESS_NO_MATCH"
    values = [{"value": {"name": name, "id": value_id}} for name, value_id in found]
    entry = {"authority": "a", "status": {"code": status}, "values": values}
    return {"name": "slot", "value": value, "resolutions": {"resolutionsPerAuthority": [entry]}}


def holds(kind: str, slot_type: str, said: str, **rule: Any) -> bool:
    return fulfils(Validation(kind, "Prompt", **rule), slot_type, wire(said), NOW)


def test_a_match_needs_a_listed_value() -> None:
    rule = Validation("hasEntityResolutionMatch", "Prompt")
    assert fulfils(rule, "PLACE", wire("terminal", ("airport", "a1")), NOW)
    assert not fulfils(rule, "PLACE", wire("moon"), NOW)
    assert not fulfils(rule, "PLACE", {"name": "slot", "value": "moon"}, NOW)


@pytest.mark.parametrize(("value", "inside"), [("2", True), ("3", False), ("Two", False)])
def test_a_set_takes_or_leaves_numbers(value: str, inside: bool) -> None:
    assert holds("isInSet", "AMAZON.NUMBER", value, values=("1", "2")) is inside
    assert holds("isNotInSet", "AMAZON.NUMBER", value, values=("1", "2")) is not inside


def test_a_set_knows_listed_values_by_what_was_said_by_name_and_by_id() -> None:
    slot = wire("Terminal", ("airport", "a1"))
    for name in ("terminal", "Airport", "a1"):
        assert fulfils(Validation("isInSet", "Prompt", values=(name,)), "PLACE", slot, NOW)
    assert fulfils(Validation("isNotInSet", "Prompt", values=("station",)), "PLACE", slot, NOW)


NUMBERS = [
    ("isLessThan", "3", True),
    ("isLessThan", "4", False),
    ("isLessThanOrEqualTo", "4", True),
    ("isLessThanOrEqualTo", "5", False),
    ("isGreaterThan", "5", True),
    ("isGreaterThan", "4", False),
    ("isGreaterThanOrEqualTo", "4", True),
    ("isGreaterThanOrEqualTo", "3", False),
]


@pytest.mark.parametrize(("kind", "value", "expected"), NUMBERS)
def test_numbers_are_compared(kind: str, value: str, expected: bool) -> None:
    for slot_type in ("AMAZON.NUMBER", "AMAZON.Ordinal", "AMAZON.FOUR_DIGIT_NUMBER", "CUSTOM"):
        assert holds(kind, slot_type, value, value="4") is expected


OTHERS = [
    ("AMAZON.DATE", "isGreaterThan", "2026-11-21", "2026-11-20", True),
    ("AMAZON.DATE", "isGreaterThan", "2026-W48", "2026-11-22", True),
    ("AMAZON.DATE", "isGreaterThan", "2026-W47", "2026-11-16", False),
    ("AMAZON.DATE", "isLessThan", "2026-11", "2026-12-01", True),
    ("AMAZON.DATE", "isLessThan", "2026-12", "2026-12-15", False),
    ("AMAZON.DATE", "isLessThanOrEqualTo", "PRESENT_REF", "2026-11-20", True),
    ("AMAZON.TIME", "isGreaterThanOrEqualTo", "09:00", "09:00", True),
    ("AMAZON.TIME", "isLessThan", "20:00", "17:30", False),
    ("AMAZON.TIME", "isLessThan", "MO", "12:00", True),
    ("AMAZON.TIME", "isLessThan", "EV", "18:00", False),
    ("AMAZON.TIME", "isGreaterThan", "PRESENT_REF", "22:00", True),
    ("AMAZON.DURATION", "isLessThan", "PT45M", "PT1H", True),
    ("AMAZON.DURATION", "isGreaterThanOrEqualTo", "PT90M", "PT1H30M", True),
]


@pytest.mark.parametrize(("slot_type", "kind", "value", "limit", "expected"), OTHERS)
def test_dates_times_and_durations_are_compared_as_a_whole(
    slot_type: str, kind: str, value: str, limit: str, expected: bool
) -> None:
    assert holds(kind, slot_type, value, value=limit) is expected


@pytest.mark.parametrize("kind", COMPARISONS)
def test_what_cannot_be_compared_breaks_the_rule(kind: str) -> None:
    assert not holds(kind, "AMAZON.NUMBER", "?", value="4")
    assert not holds(kind, "AMAZON.DATE", "someday", value="2026-11-20")


SPANS = [
    ("AMAZON.DATE", "2026-11-20", "P0D", "P7D", True),
    ("AMAZON.DATE", "2026-11-27", "P0D", "P7D", True),
    ("AMAZON.DATE", "2026-11-28", "P0D", "P7D", False),
    ("AMAZON.DATE", "2026-11-19", "P0D", "P7D", False),
    ("AMAZON.DATE", "2026-11-19", "-P1D", "P7D", True),
    ("AMAZON.DATE", "2026-W47", "-P7D", "P7D", True),
    ("AMAZON.DATE", "2026-12", "P0D", "P20D", False),
    ("AMAZON.DATE", "2030", "P0D", None, True),
    ("AMAZON.DATE", "1999", None, "P0D", True),
    ("AMAZON.TIME", "22:45", "PT0H", "PT1H", True),
    ("AMAZON.TIME", "22:00", "PT0H", "PT1H", False),
    ("AMAZON.TIME", "01:00", "PT0H", "PT3H", True),
    ("AMAZON.TIME", "03:00", "PT0H", "PT3H", False),
    ("AMAZON.TIME", "22:00", "-PT1H", "PT0H", True),
]


@pytest.mark.parametrize(("slot_type", "value", "start", "end", "inside"), SPANS)
def test_a_duration_is_counted_from_now_in_the_devices_zone(
    slot_type: str, value: str, start: str | None, end: str | None, inside: bool
) -> None:
    assert holds("isInDuration", slot_type, value, start=start, end=end) is inside
    assert holds("isNotInDuration", slot_type, value, start=start, end=end) is not inside


@pytest.mark.parametrize("kind", ["isInDuration", "isNotInDuration"])
def test_what_is_no_date_lies_neither_in_a_duration_nor_outside(kind: str) -> None:
    assert not holds(kind, "AMAZON.DATE", "someday", start="P0D", end="P7D")


def test_every_value_of_a_multi_value_slot_is_judged() -> None:
    slot = {"name": "slot", "slotValue": {"type": "List", "values": [wire("2"), wire("9")]}}
    assert len(values_of(slot)) == 2
    assert not fulfils(Validation("isLessThan", "Prompt", value="4"), "AMAZON.NUMBER", slot, NOW)
    assert fulfils(Validation("isLessThan", "Prompt", value="10"), "AMAZON.NUMBER", slot, NOW)


def test_the_first_broken_rule_counts() -> None:
    rules = (Validation("isGreaterThan", "Few", value="0"), Validation("isLessThan", "Many", value="5"))
    slot = DialogSlot("seats", "AMAZON.NUMBER", validations=rules)
    assert [broken_rule(slot, wire(said), NOW) for said in ("0", "7", "3")] == [rules[0], rules[1], None]


@given(
    st.text(max_size=40), st.sampled_from(["AMAZON.DATE", "AMAZON.TIME", "AMAZON.DURATION", "AMAZON.NUMBER"])
)
def test_no_value_is_too_odd_to_be_judged(value: str, slot_type: str) -> None:
    for kind in ("isLessThan", "isInDuration", "isInSet", "hasEntityResolutionMatch"):
        assert holds(kind, slot_type, value, value="1", values=("1",), start="-P9000Y", end="P9000Y") in (
            True,
            False,
        )
