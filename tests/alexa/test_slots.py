"""Slots as they come over the wire."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skill.alexa.slots import heard
from skill.conversation.turn import Heard
from tests.alexa.envelopes import envelope


def slots_of(name: str) -> Any:
    return envelope(name)["request"]["intent"].get("slots")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (
            "intent_static_match",
            {"product": Heard("paper towels", "SKU-KITCHEN-ROLL"), "quantity": Heard("2")},
        ),
        ("intent_two_authorities", {"product": Heard("wipes", "SKU-WIPES-OWN")}),
        ("intent_no_match_with_values", {"product": Heard("moon cheese")}),
        ("intent_value_without_id", {"product": Heard("milk", "SKU-MILK")}),
        ("intent_unknown_enum", {"product": Heard("soap", "SKU-HAND-SOAP")}),
        ("intent_single_slot_value", {"amount": Heard("120"), "unit": Heard("milliliters", "ml")}),
        ("intent_null_value_and_conjunction", {"activity": Heard("eat"), "Activity_2": Heard("sleep")}),
        ("intent_null_slots", {}),
        ("intent_no_slots", {}),
    ],
)
def test_what_was_heard_is_read_with_its_id(name: str, expected: dict[str, Heard]) -> None:
    assert heard(slots_of(name)) == expected


def test_a_multi_value_slot_has_all_its_values_and_the_first_as_its_own() -> None:
    diapers, wipes = Heard("diapers", "SKU-DIAPERS-3"), Heard("wipes")
    assert heard(slots_of("intent_multi_value")) == {
        "product": Heard("diapers", "SKU-DIAPERS-3", (diapers, wipes))
    }


def test_a_list_without_values_was_not_heard() -> None:
    assert heard({"product": {"name": "product", "slotValue": {"type": "List", "values": [None, {}]}}}) == {}


def test_a_number_is_heard_as_text_and_unstorable_characters_are_not_heard() -> None:
    assert heard({"quantity": {"value": 2}, "name": {"value": "So\x00ap\ud800"}}) == {
        "quantity": Heard("2"),
        "name": Heard("Soap"),
    }


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: (
            st.lists(inner)
            | st.dictionaries(
                st.sampled_from(
                    ["value", "slotValue", "values", "resolutions", "type", "resolutionsPerAuthority", "x"]
                ),
                inner,
            )
        ),
    )
)
def test_any_json_is_read_without_an_error(slots: Any) -> None:
    assert all(value.value for value in heard(slots).values())
