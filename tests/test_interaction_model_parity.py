"""Two locales must offer the same prompts with the same values, the same examples and the same types."""

from collections.abc import Callable
from typing import Any

from skill.conversation.locale_files import from_tables
from skill.interaction_model import parity


def tables() -> dict[str, Any]:
    return {
        "OrderIntent": {
            "samples": ["order {product}"],
            "prompts": {"done": {"speech": ["Ordered {{ name }}."], "reprompt": ["More?"]}},
        },
        "Error": {"prompts": {"not_sold": {"speech": ["We do not sell that."]}}},
        "examples": {"order": {"say": "order wipes", "intent": "OrderIntent"}},
        "types": {"DIAPER_KIND": {"wet": ["wet", "pee"], "dirty": ["dirty"]}},
    }


def german(change: Callable[[dict[str, Any]], object]) -> list[str]:
    table = tables()
    change(table)
    english = from_tables("en-US", {"orders.toml": tables()})
    return parity(english, from_tables("de-DE", {"orders.toml": table}))


def test_two_locales_with_the_same_keys_agree() -> None:
    assert german(lambda table: table["OrderIntent"]["samples"].append("bestelle {product}")) == []


def test_a_prompt_of_one_locale_only_is_told() -> None:
    assert german(lambda table: table["Error"]["prompts"].pop("not_sold")) == [
        "de-DE: no prompt Error.not_sold, en-US has it"
    ]
    assert german(lambda table: table["Error"]["prompts"].update(full={"speech": ["Voll."]})) == [
        "en-US: no prompt Error.full, de-DE has it"
    ]


def test_a_value_question_or_card_of_one_locale_only_is_told() -> None:
    prompt = {"speech": ["Bestellt: {{ menge }}."], "card": {"title": "A", "text": "B"}}
    assert german(lambda table: table["OrderIntent"]["prompts"].update(done=prompt)) == [
        "de-DE: no part of OrderIntent.done the question, en-US has it",
        "de-DE: no part of OrderIntent.done the value name, en-US has it",
        "en-US: no part of OrderIntent.done the card, de-DE has it",
        "en-US: no part of OrderIntent.done the value menge, de-DE has it",
    ]


def test_a_broken_template_is_left_to_the_other_check() -> None:
    prompt = {"speech": ["{{ name"], "reprompt": ["Noch etwas?"]}
    assert german(lambda table: table["OrderIntent"]["prompts"].update(done=prompt)) == [
        "de-DE: no part of OrderIntent.done the value name, en-US has it"
    ]


def test_examples_and_values_of_one_locale_only_are_told() -> None:
    def change(table: dict[str, Any]) -> None:
        table["examples"].clear()
        table["types"] = {"DIAPER_KIND": {"wet": ["nass"]}, "FARBE": {"rot": ["rot"]}}

    assert german(change) == [
        "de-DE: no example orders.order, en-US has it",
        "en-US: no slot type FARBE, de-DE has it",
        "de-DE: no value of DIAPER_KIND dirty, en-US has it",
    ]
