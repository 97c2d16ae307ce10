"""Typed values follow from Alexa's wire strings and the types of the slots."""

from typing import Any

import pytest

from skill.simulator.heard import typed_values, wire_values
from tests.simulator.fake_skill import FakeSkill, device

TYPES = {
    "amount": "AMAZON.NUMBER",
    "amount_fraction": "FRACTION",
    "time": "AMAZON.TIME",
    "time_ago": "AMAZON.DURATION",
    "span": "AMAZON.DURATION",
    "day": "AMAZON.DATE",
    "kind": "KIND",
    "pin": "AMAZON.FOUR_DIGIT_NUMBER",
}


def simple(value: str, value_id: str | None = None, *, dynamic_id: str | None = None) -> dict[str, Any]:
    """A slot, or one of its values, as the wire carries it."""
    authorities = [_authority("static", value_id)] if value_id else []
    authorities += [_authority("x.dynamic.y", dynamic_id)] if dynamic_id else []
    return {"value": value, "resolutions": {"resolutionsPerAuthority": authorities}}


def _authority(name: str, value_id: str) -> dict[str, Any]:
    values = [{"value": {"name": "any", "id": value_id}}]
    return {"authority": name, "status": {"code": "ER_SUCCESS_MATCH"}, "values": values}


def several(*values: dict[str, Any]) -> dict[str, Any]:
    return {"slotValue": {"type": "List", "values": list(values)}}


def typed(utterance: str = "", language: str = "en", **slots: dict[str, Any]) -> dict[str, Any]:
    return typed_values(slots, TYPES, utterance, language)


def test_a_slot_that_was_not_heard_is_absent() -> None:
    slots: dict[str, dict[str, Any]] = {"kind": {"name": "kind", "value": None}, "amount": {"name": "amount"}}
    assert wire_values(slots) == {}
    assert typed_values(slots, TYPES, "", "en") == {}


def test_wire_values_carry_alexas_string_and_the_id() -> None:
    assert wire_values({"kind": simple("nappies", "DIAPER"), "amount": simple("2")}) == {
        "kind": {"value": "nappies", "id": "DIAPER"},
        "amount": {"value": "2", "id": None},
    }


def test_several_values_are_listed_and_the_first_stands_for_all() -> None:
    found = wire_values({"kind": several(simple("diapers", "D"), simple("gravy"))})
    assert found["kind"]["value"] == "diapers"
    assert found["kind"]["values"] == [{"value": "diapers", "id": "D"}, {"value": "gravy", "id": None}]


def test_a_dynamic_entity_comes_before_a_static_one() -> None:
    assert wire_values({"kind": simple("it", "static", dynamic_id="own")})["kind"]["id"] == "own"


def test_an_authority_without_a_match_gives_no_id() -> None:
    slot = simple("it", "near miss")
    slot["resolutions"]["resolutionsPerAuthority"][0]["status"]["code"] = "ER_SUCCESS_NO_MATCH"
    assert wire_values({"kind": slot})["kind"]["id"] is None


def test_a_number_is_a_number() -> None:
    assert typed(amount=simple("4")) == {"amount": 4}
    assert typed(amount=simple("2.5")) == {"amount": 2.5}
    assert typed(amount=simple("-1")) == {"amount": -1}


def test_a_number_that_was_not_understood_stays_as_it_came() -> None:
    assert typed(amount=simple("?")) == {"amount": "?"}


def test_a_number_and_a_fraction_are_one_number() -> None:
    assert typed(amount=simple("3"), amount_fraction=simple("half", "half")) == {"amount": 3.5}
    assert typed(amount_fraction=simple("quarter", "quarter")) == {"amount": 0.25}


def test_an_unknown_fraction_stands_alone() -> None:
    assert typed(amount=simple("3"), amount_fraction=simple("bit")) == {"amount": 3, "amount_fraction": "bit"}


def test_a_known_value_is_its_id_and_another_its_words() -> None:
    assert typed(kind=simple("a wet one", "wet")) == {"kind": "wet"}
    assert typed(kind=simple("purple")) == {"kind": "purple"}


def test_a_pin_keeps_its_zeros() -> None:
    assert typed(pin=simple("0042")) == {"pin": "0042"}


def test_several_values_make_a_list() -> None:
    assert typed(kind=several(simple("diapers", "D"), simple("gravy"))) == {"kind": ["D", "gravy"]}


def test_durations_and_dates_are_the_wires_strings() -> None:
    assert typed(span=simple("PT10M"), day=simple("2026-W47")) == {"span": "PT10M", "day": "2026-W47"}


def test_how_long_ago_is_a_moment_before_now() -> None:
    assert typed(time_ago=simple("PT20M")) == {"time": "-PT20M"}
    assert typed(time_ago=simple("a while")) == {"time_ago": "a while"}


@pytest.mark.parametrize(
    ("utterance", "wire", "expected"),
    [
        ("log a feeding at two fifteen", "02:15", "~2:15"),
        ("log a feeding at twelve", "12:00", "~12:00"),
        ("log a feeding at two fifteen am", "02:15", "02:15"),
        ("log a feeding at two fifteen pm", "14:15", "14:15"),
        ("log a feeding at nine in the morning", "09:00", "09:00"),
        ("log a feeding at noon", "12:00", "12:00"),
        ("log a feeding at 14:15", "14:15", "14:15"),
        ("log a feeding at midnight", "00:00", "00:00"),
        ("log a feeding this morning", "MO", "MO"),
        ("log a feeding now", "PRESENT_REF", "now"),
        ("log a feeding at some time", "?", "?"),
    ],
)
def test_a_clock_time_says_whether_the_half_of_the_day_is_clear(
    utterance: str, wire: str, expected: str
) -> None:
    assert typed(utterance, time=simple(wire)) == {"time": expected}


def test_german_words_tell_the_half_of_the_day_too() -> None:
    assert typed("um neun uhr morgens", "de", time=simple("09:00")) == {"time": "09:00"}
    assert typed("um neun uhr", "de", time=simple("09:00")) == {"time": "~9:00"}


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("log three and a half ounces", {"amount": 3.5}),
        ("log a feeding at two fifteen", {"time": "~2:15"}),
        ("log a feeding twenty minutes ago", {"time": "-PT20M"}),
        ("order two nappies", {"quantity": 2, "product": "DIAPER-4"}),
        ("order diapers and gravy boats", {"product": ["DIAPER-4", "gravy boats"]}),
    ],
)
def test_sentences_are_heard_as_typed_values(sentence: str, expected: dict[str, Any]) -> None:
    spoken = device(FakeSkill()).say(sentence)
    assert typed_values(spoken.wire_slots, spoken.slot_types, sentence, "en") == expected
