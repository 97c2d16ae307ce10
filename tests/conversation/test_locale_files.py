"""Locale files are read strictly: what is not understood is refused with the file's and the key's name."""

from typing import Any

import pytest

from skill.conversation import locale_files
from skill.conversation.locale_files import (
    Card,
    Example,
    LocaleFileError,
    available_locales,
    from_tables,
    load,
    load_spoken,
)

ORDERS: dict[str, Any] = {
    "ReorderUsualIntent": {
        "samples": ["reorder my usual", "order {product}"],
        "slots": {"product": {"samples": ["the {product}"], "elicit": ["Which product?"]}},
        "prompts": {
            "quoted": {
                "speech": ["That is {{ total|money }}."],
                "reprompt": ["Shall I order it?"],
                "card": {"title": "Your usual", "text": "{{ items|items }}"},
            }
        },
    },
    "YesIntent": {"prompts": {"order_placed": {"speech": ["Done."]}}},
    "Error": {"prompts": {"product_not_sold": {"speech": ["We do not sell that."]}}},
    "examples": {"reorder_usual": {"say": "reorder my usual", "intent": "ReorderUsualIntent"}},
    "types": {"DIAPER_KIND": {"wet": ["wet", "pee"]}},
}


def prompt_of(key: str, prompt: dict[str, Any]) -> dict[str, Any]:
    intent, outcome = key.split(".")
    return {intent: {"prompts": {outcome: prompt}}}


def test_a_feature_file_becomes_samples_prompts_examples_and_types() -> None:
    texts = from_tables("en-US", {"orders.toml": ORDERS})
    assert texts.samples == {"ReorderUsualIntent": ["reorder my usual", "order {product}"]}
    assert texts.slot_samples == {("ReorderUsualIntent", "product"): ["the {product}"]}
    assert texts.elicitations == {("ReorderUsualIntent", "product"): ["Which product?"]}
    assert set(texts.prompts) == {
        "ReorderUsualIntent.quoted",
        "YesIntent.order_placed",
        "Error.product_not_sold",
    }
    quoted = texts.prompts["ReorderUsualIntent.quoted"]
    assert quoted.reprompt == ("Shall I order it?",)
    assert quoted.card == Card("Your usual", "{{ items|items }}")
    assert texts.examples == {"orders.reorder_usual": Example("reorder my usual", "ReorderUsualIntent")}
    assert texts.types == {"DIAPER_KIND": {"wet": ["wet", "pee"]}}
    assert texts.files["YesIntent.order_placed"] == "orders.toml"


def test_the_shipped_locales_start_with_the_default() -> None:
    assert locale_files.available_locales()[:3] == ["en-US", "en-GB", "de-DE"]


@pytest.mark.parametrize(
    ("asked", "chosen"),
    [
        ("en-US", "en-US"),
        ("en-GB", "en-GB"),
        ("en-gb", "en-GB"),
        ("en-AU", "en-US"),
        ("de-AT", "de-DE"),
        ("de", "de-DE"),
        ("tlh-KX", "en-US"),
        ("", "en-US"),
        ("../en", "en-US"),
    ],
)
def test_a_locale_is_served_by_the_nearest_one(asked: str, chosen: str) -> None:
    texts = locale_files.load(asked)
    assert texts.locale == chosen
    assert texts.language == chosen.split("-")[0]


def test_a_locale_is_read_once_per_process() -> None:
    assert locale_files.load("en-AU") is locale_files.load("en-US")


def test_a_region_changes_only_what_its_file_names() -> None:
    american, british = locale_files.load("en-US"), locale_files.load("en-GB")
    assert american.words["units"]["ml"]["other"] == "{n} milliliters"
    assert british.words["units"]["ml"]["other"] == "{n} millilitres"
    assert british.words["units"]["oz"] == american.words["units"]["oz"]
    assert british.invocation_name == american.invocation_name
    assert set(british.prompts) == set(american.prompts)


def test_the_same_prompt_in_two_files_is_refused_naming_both() -> None:
    prompt = prompt_of("YesIntent.done", {"speech": ["Done."]})
    with pytest.raises(
        LocaleFileError, match=r"YesIntent\.done is in two files: baby\.toml and orders\.toml"
    ):
        from_tables("en-US", {"orders.toml": prompt, "baby.toml": prompt})


def test_the_samples_of_an_intent_in_two_files_are_refused() -> None:
    table = {"StopIntent": {"samples": ["enough"]}}
    with pytest.raises(LocaleFileError, match=r"StopIntent\.samples is in two files"):
        from_tables("en-US", {"orders.toml": table, "baby.toml": table})


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({"reorder": {}}, "orders.toml: unknown key reorder"),
        ({"YesIntent": {"sample": []}}, "orders.toml: unknown key YesIntent.sample"),
        ({"Error": {"samples": ["no"]}}, "orders.toml: unknown key Error.samples"),
        ({"YesIntent": {"samples": "yes"}}, "orders.toml: YesIntent.samples must be a list"),
        ({"YesIntent": {"samples": []}}, "orders.toml: YesIntent.samples must be a list"),
        ({"YesIntent": {"samples": [" "]}}, "orders.toml: YesIntent.samples must be a text"),
        ({"YesIntent": []}, "orders.toml: YesIntent must be a table"),
        (prompt_of("YesIntent.done", {}), "orders.toml: YesIntent.done.speech must be a list"),
        (
            prompt_of("YesIntent.done", {"speech": ["a"], "repromt": ["b"]}),
            "orders.toml: unknown key YesIntent.done.repromt",
        ),
        (
            prompt_of("YesIntent.done", {"speech": ["a"], "card": {"title": "A"}}),
            "orders.toml: YesIntent.done.card.text must be a text",
        ),
        ({"XIntent": {"slots": {"a": {"sample": []}}}}, "orders.toml: unknown key XIntent.slots.a.sample"),
        ({"examples": {"a": {"say": "b"}}}, "orders.toml: examples.a.intent must be a text"),
        ({"types": {"KIND": {"wet": [1]}}}, "orders.toml: types.KIND.wet must be a text"),
        ({"phrases": {"cost": 1}}, "orders.toml: phrases.cost must be a text"),
        (
            prompt_of("YesIntent.done", {"speech": ['{% include "cost" %}']}),
            "orders.toml: YesIntent.done: there is no phrase cost",
        ),
        (
            {
                "phrases": {"cost": 'a {% include "cost" %}'},
                **prompt_of("YesIntent.done", {"speech": ['{% include "cost" %}']}),
            },
            "orders.toml: YesIntent.done: the phrase cost holds itself",
        ),
    ],
)
def test_what_is_not_understood_is_refused_with_file_and_key(table: dict[str, Any], message: str) -> None:
    with pytest.raises(LocaleFileError) as caught:
        from_tables("en-US", {"orders.toml": table})
    assert str(caught.value).startswith(message)


def test_a_prompt_says_the_phrases_of_any_file() -> None:
    texts = from_tables(
        "en-US",
        {
            "baby.toml": prompt_of("YesIntent.done", {"speech": ['It is {% include "cost" %}.']}),
            "orders.toml": {"phrases": {"cost": '{{ a }}{% include "more" %}', "more": " and {{ b }}"}},
        },
    )
    assert texts.prompts["YesIntent.done"].speech == ("It is {{ a }} and {{ b }}.",)


def test_one_phrase_cannot_be_in_two_files() -> None:
    table = {"phrases": {"cost": "much"}}
    with pytest.raises(LocaleFileError, match=r"orders\.toml: phrases\.cost is in another file too"):
        from_tables("en-US", {"baby.toml": table, "orders.toml": table})


def test_an_unknown_key_of_the_locale_file_is_refused() -> None:
    with pytest.raises(LocaleFileError, match=r"_locale\.toml: unknown key invocation"):
        from_tables("en-US", {"_locale.toml": {"invocation": "corner shop"}})


def test_tables_can_bring_their_own_locale_file() -> None:
    texts = from_tables("fr-FR", {"_locale.toml": {"invocation_name": "petit magasin"}})
    assert (texts.language, texts.invocation_name, texts.regions) == ("fr", "petit magasin", ("fr-FR",))


@pytest.mark.parametrize("locale", available_locales())
def test_what_a_turn_speaks_from_is_the_whole_without_its_samples(locale: str) -> None:
    whole, spoken = load(locale), load_spoken(locale)
    assert spoken.prompts == whole.prompts
    assert spoken.examples == whole.examples
    assert spoken.words == whole.words
    assert not any(spoken.samples.values())
