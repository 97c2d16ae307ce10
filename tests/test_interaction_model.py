"""The generated interaction model has the documented form, and its checks find what Alexa would refuse."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from skill import interaction_model
from skill.conversation.declare import Intent, Slot
from skill.conversation.locale_files import LocaleTexts, from_tables
from skill.conversation.turn import Reply
from skill.interaction_model import LIMITS, REQUIRED, build, dump, problems
from skill.understanding.lint.options import Limits

SCHEMA = json.loads((Path(__file__).parent / "data" / "interaction_model.schema.json").read_text("utf-8"))
PRODUCTS = {"sku-1": ["soft wipes", "wipes", "Wipes"], "sku-2": ["baby soap"]}


def answer() -> Reply:
    return Reply("OrderIntent.done")


INTENTS = (
    Intent("LaunchRequest", answer),
    Intent(
        "OrderIntent",
        answer,
        (Slot("product", "PRODUCT", multiple=True, elicited=True), Slot("quantity", "AMAZON.NUMBER")),
    ),
    Intent("LogDiaperIntent", answer, (Slot("kind", "DIAPER_KIND"),)),
    *(Intent(name, answer) for name in REQUIRED),
)


def tables() -> dict[str, Any]:
    return {
        "OrderIntent": {
            "samples": ["order {product}", "get {quantity} {product}"],
            "slots": {"product": {"samples": ["the {product}"], "elicit": ["Which product?", "What is it?"]}},
            "prompts": {"done": {"speech": ["Ordered {{ name }}."], "reprompt": ["More?"]}},
        },
        "LogDiaperIntent": {"samples": ["log a {kind} diaper", "it's Leo's diaper"]},
        "StopIntent": {"samples": ["that is plenty"]},
        "Error": {"prompts": {"not_sold": {"speech": ["We do not sell that."]}}},
        "LaunchRequest": {"prompts": {"welcome": {"speech": ["Hello."]}}},
        "examples": {"order": {"say": "order wipes", "intent": "OrderIntent"}},
        "types": {"DIAPER_KIND": {"wet": ["wet", "pee"], "dirty": ["dirty"]}},
    }


def texts_of(table: Mapping[str, Any], locale: str = "en-US") -> LocaleTexts:
    return from_tables(locale, {"orders.toml": table})


def model_of(table: Mapping[str, Any], intents: tuple[Intent, ...] = INTENTS) -> dict[str, Any]:
    return build(intents, texts_of(table), {"PRODUCT": PRODUCTS})


def found(change: Callable[[dict[str, Any]], object], limits: Limits = LIMITS) -> list[str]:
    table = tables()
    change(table)
    return problems(model_of(table), texts_of(table), limits)


def intent_of(model: Mapping[str, Any], name: str) -> dict[str, Any]:
    intents = model["interactionModel"]["languageModel"]["intents"]
    (intent,) = [intent for intent in intents if intent["name"] == name]
    assert isinstance(intent, dict)
    return intent


def test_a_model_has_the_documented_form() -> None:
    model = model_of(tables())
    jsonschema.validate(model, SCHEMA)
    assert problems(model, texts_of(tables())) == []


def test_the_schema_refuses_a_misspelt_property() -> None:
    model = model_of(tables())
    intent_of(model, "OrderIntent")["sample"] = []
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(model, SCHEMA)


def test_an_intent_has_its_slots_and_samples() -> None:
    order = intent_of(model_of(tables()), "OrderIntent")
    assert order["samples"] == ["order {product}", "get {quantity} {product}"]
    assert order["slots"] == [
        {
            "name": "product",
            "type": "PRODUCT",
            "multipleValues": {"enabled": True},
            "samples": ["the {product}"],
        },
        {"name": "quantity", "type": "AMAZON.NUMBER"},
    ]


def test_a_built_in_intent_keeps_samples_of_its_own() -> None:
    assert intent_of(model_of(tables()), "AMAZON.StopIntent") == {
        "name": "AMAZON.StopIntent",
        "samples": ["that is plenty"],
    }


def test_a_launch_request_is_no_intent() -> None:
    names = [intent["name"] for intent in model_of(tables())["interactionModel"]["languageModel"]["intents"]]
    assert "LaunchRequest" not in names
    assert set(REQUIRED) <= set(names)


def test_types_have_ids_and_synonyms_told_apart_without_case() -> None:
    types = model_of(tables())["interactionModel"]["languageModel"]["types"]
    assert [kind["name"] for kind in types] == ["DIAPER_KIND", "PRODUCT"]
    assert types[0]["values"][0] == {"id": "wet", "name": {"value": "wet", "synonyms": ["pee"]}}
    assert types[1]["values"] == [
        {"id": "sku-1", "name": {"value": "soft wipes", "synonyms": ["wipes"]}},
        {"id": "sku-2", "name": {"value": "baby soap", "synonyms": []}},
    ]


def test_a_type_from_two_sources_has_the_words_of_both() -> None:
    table = tables()
    table["types"]["PRODUCT"] = {"sku-2": ["soap"], "paper": ["paper"]}
    kind = model_of(table)["interactionModel"]["languageModel"]["types"][1]
    assert {
        value["id"]: [value["name"]["value"], *value["name"]["synonyms"]] for value in kind["values"]
    } == {
        "sku-2": ["soap", "baby soap"],
        "paper": ["paper"],
        "sku-1": ["soft wipes", "wipes"],
    }


def test_an_elicited_slot_brings_the_dialog_and_its_question() -> None:
    whole = model_of(tables())["interactionModel"]
    assert whole["dialog"]["delegationStrategy"] == "SKILL_RESPONSE"
    (intent,) = whole["dialog"]["intents"]
    product, quantity = intent["slots"]
    assert intent["name"] == "OrderIntent"
    assert product["elicitationRequired"]
    assert not quantity["elicitationRequired"]
    (prompt,) = whole["prompts"]
    assert product["prompts"] == {"elicitation": prompt["id"]}
    assert prompt["variations"] == [
        {"type": "PlainText", "value": "Which product?"},
        {"type": "PlainText", "value": "What is it?"},
    ]


def test_a_model_is_written_the_same_whatever_the_order_of_declaration() -> None:
    text = dump(model_of(tables()))
    assert text == dump(model_of(tables(), INTENTS[::-1]))
    assert text.endswith("}\n")
    assert '\n  "interactionModel"' in text
    assert json.loads(text) == model_of(tables())


def test_letters_of_other_scripts_are_written_as_they_are() -> None:
    table = tables() | {"StopIntent": {"samples": ["schluß für heute"]}}
    assert "schluß für heute" in dump(model_of(table))


def with_sample(sample: str) -> Callable[[dict[str, Any]], object]:
    return lambda table: table["LogDiaperIntent"]["samples"].append(sample)


@pytest.mark.parametrize(
    ("sample", "line"),
    [
        (
            "log a {colour} diaper",
            "LogDiaperIntent: sample 'log a {colour} diaper' uses the slot 'colour', which is not declared",
        ),
        (
            "log {kind} and {kind}",
            "LogDiaperIntent: sample 'log {kind} and {kind}' uses the slot 'kind' twice",
        ),
        (
            "log 2 diapers",
            "LogDiaperIntent: sample 'log 2 diapers' holds 2, which Alexa refuses"
            " (numbers are written as words)",
        ),
        (
            "log it, now!",
            "LogDiaperIntent: sample 'log it, now!' holds ! ,, which Alexa refuses"
            " (numbers are written as words)",
        ),
        (
            "log it.",
            "LogDiaperIntent: sample 'log it.' holds ., which Alexa refuses (numbers are written as words)",
        ),
        (
            "log a {kind diaper",
            "LogDiaperIntent: sample 'log a {kind diaper' holds {, which Alexa refuses"
            " (numbers are written as words)",
        ),
        ("log {kind}s", "LogDiaperIntent: sample 'log {kind}s' has a slot that is glued to a word"),
        (
            "{kind}",
            "LogDiaperIntent: sample '{kind}' is nothing but a slot and would catch everything",
        ),
        (
            "log " + "a" * 197,
            f"LogDiaperIntent: sample 'log {'a' * 197}' has 201 characters, Alexa takes 200",
        ),
        (
            "Log a  {kind} diaper",
            "LogDiaperIntent: sample 'Log a  {kind} diaper' is also 'log a {kind} diaper' of LogDiaperIntent",
        ),
        (
            "cancel that",
            "LogDiaperIntent: sample 'cancel that' would be captured by AMAZON.CancelIntent",
        ),
    ],
)
def test_a_sample_that_alexa_cannot_use_is_told(sample: str, line: str) -> None:
    assert found(with_sample(sample)) == [line]


@pytest.mark.parametrize(
    "sample", ["log a u. s. a. diaper", "wickel für Leo gewechselt", "log {kind}'s twin-pack", "डायपर लिखो"]
)
def test_a_sample_in_plain_words_is_fine(sample: str) -> None:
    assert found(with_sample(sample)) == []


def test_the_same_sample_in_two_intents_is_told_even_when_only_slot_names_differ() -> None:
    other = Intent("BuyIntent", answer, (Slot("item", "PRODUCT"),))
    table = tables() | {"BuyIntent": {"samples": ["order {item}"]}}
    lines = problems(model_of(table, (*INTENTS, other)), texts_of(table))
    assert lines == ["OrderIntent: sample 'order {product}' is also 'order {item}' of BuyIntent"]


def test_an_answer_to_a_question_must_not_be_a_built_in_either() -> None:
    lines = found(lambda table: table["OrderIntent"]["slots"]["product"]["samples"].append("nothing"))
    assert lines == ["OrderIntent.product: sample 'nothing' would be captured by AMAZON.NoIntent"]


def test_a_phrase_of_a_built_in_that_the_model_lacks_is_free() -> None:
    assert found(with_sample("shuffle on")) == []


def test_a_search_phrase_stands_alone_in_its_sample() -> None:
    other = Intent(
        "FindIntent", answer, (Slot("query", "AMAZON.SearchQuery"), Slot("count", "AMAZON.NUMBER"))
    )
    table = tables() | {"FindIntent": {"samples": ["find {query}", "find {count} of {query}"]}}
    lines = problems(model_of(table, (*INTENTS, other)), texts_of(table))
    assert lines == ["FindIntent: sample 'find {count} of {query}' has another slot beside a search phrase"]


def test_intents_without_samples_and_missing_built_ins_are_told() -> None:
    table = tables()
    intents = (*INTENTS[:-1], Intent("QuietIntent", answer))
    assert problems(model_of(table, intents), texts_of(table)) == [
        "AMAZON.YesIntent is missing",
        "QuietIntent: no samples",
    ]


def test_names_that_clash_or_hold_other_signs_are_told() -> None:
    table = tables() | {"OddIntent": {"samples": ["be odd"]}}
    odd = Intent("OddIntent", answer, (Slot("size_2", "AMAZON.NUMBER"), Slot("size_2", "AMAZON.NUMBER")))
    model = model_of(table, (*INTENTS, odd, Intent("AMAZON.YesIntent", answer)))
    assert problems(model, texts_of(table)) == [
        "AMAZON.YesIntent: the intent is there 2 times",
        "OddIntent: the slot size_2 is twice",
        "OddIntent: the name 'size_2' may hold letters and underscores only",
    ]


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("shop", "it needs two words"),
        ("Corner Shop", "only lower-case letters, spaces, apostrophes and periods"),
        ("shop 24", "only lower-case letters, spaces, apostrophes and periods"),
        ("ask the shop", "'ask' is a launch or wake word"),
        ("my echo shop", "'echo' is a launch or wake word"),
        ("the shop", "two words with the article or preposition 'the'"),
    ],
)
def test_an_invocation_name_against_the_rules_is_told(name: str, fault: str) -> None:
    model = model_of(tables())
    model["interactionModel"]["languageModel"]["invocationName"] = name
    assert problems(model, texts_of(tables())) == [f"invocation name {name!r}: {fault}"]


@pytest.mark.parametrize("name", ["corner shop", "sam's corner shop", "the corner shop", "läden für alle"])
def test_a_good_invocation_name_passes(name: str) -> None:
    model = model_of(tables())
    model["interactionModel"]["languageModel"]["invocationName"] = name
    assert problems(model, texts_of(tables())) == []


def test_types_that_are_unused_unknown_or_empty_are_told() -> None:
    table = tables()
    model = build(INTENTS, texts_of(table), {"REWARD": {"mug": ["mug"]}, "PRODUCT": {}})
    assert problems(model, texts_of(table)) == [
        "REWARD: no slot uses this type",
        "PRODUCT: a type without values",
    ]
    model = build(INTENTS, texts_of(table), {})
    assert problems(model, texts_of(table)) == ["PRODUCT: no such slot type"]


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        ([" "], "value ' ' of x is empty"),
        ([], "value '' of x is empty"),
        (["mug", "a" * 141], f"value {'a' * 141!r} of x has 141 characters, Alexa takes 140"),
        (["a\nb"], r"value 'a\nb' of x holds braces or control characters"),
        (["{mug}"], "value '{mug}' of x holds braces or control characters"),
    ],
)
def test_a_value_that_alexa_refuses_is_told(words: list[str], fault: str) -> None:
    model = build(INTENTS, texts_of(tables()), {"PRODUCT": {"x": words}})
    assert problems(model, texts_of(tables())) == [f"PRODUCT: {fault}"]


def test_limits_are_numbers_that_can_be_set() -> None:
    small = Limits(intents=3, model_bytes=100, words_of_types=2, value=9, utterance=14, variations=1)
    lines = found(lambda table: None, small)
    size = len(json.dumps(model_of(tables()), ensure_ascii=False, separators=(",", ":")).encode())
    assert lines == [
        "LogDiaperIntent: sample 'log a {kind} diaper' has 19 characters, Alexa takes 14",
        "LogDiaperIntent: sample \"it's Leo's diaper\" has 17 characters, Alexa takes 14",
        "OrderIntent: sample 'order {product}' has 15 characters, Alexa takes 14",
        "OrderIntent: sample 'get {quantity} {product}' has 24 characters, Alexa takes 14",
        "PRODUCT: value 'soft wipes' of sku-1 has 10 characters, Alexa takes 9",
        "the types hold 6 values and synonyms, Alexa takes 2",
        "Elicit.OrderIntent.product: 2 variations, Alexa takes 1",
        f"the model has {size} bytes without white space, Alexa takes 100",
        "there are 10 intents, Alexa takes 3",
    ]


def test_an_elicited_slot_needs_a_question_and_samples() -> None:
    assert found(lambda table: table["OrderIntent"].pop("slots")) == [
        "OrderIntent.product: an elicited slot without a question",
        "OrderIntent.product: an elicited slot without samples",
    ]


@pytest.mark.parametrize(
    ("change", "line"),
    [
        (
            {"LostIntent": {"samples": ["lost"]}},
            "orders.toml: samples of LostIntent, which is not declared",
        ),
        (
            {"LostIntent": {"slots": {"a": {"samples": ["b"]}}}},
            "orders.toml: LostIntent.slots.a, which is not declared",
        ),
        (
            {"examples": {"a": {"say": "b", "intent": "LostIntent"}}},
            "orders.toml: example orders.a is for LostIntent, which is not declared",
        ),
        (
            {"LostIntent": {"prompts": {"done": {"speech": ["Done."]}}}},
            "orders.toml: prompt LostIntent.done is of an intent that is not declared",
        ),
        (
            {"Error": {"prompts": {"not_sold": {"speech": ["{{ name|shout }}"]}}}},
            "orders.toml: prompt Error.not_sold: No filter named 'shout'.: {{ name|shout }}",
        ),
        (
            {"Error": {"prompts": {"not_sold": {"speech": ["Anything else?"]}}}},
            "orders.toml: prompt Error.not_sold asks a question but has no reprompt",
        ),
    ],
)
def test_texts_that_nothing_can_use_are_told(change: dict[str, Any], line: str) -> None:
    assert found(lambda table: table.update(change)) == [line]


def test_a_language_without_a_phrase_list_is_not_checked_for_captures() -> None:
    head = {"_locale.toml": {"invocation_name": "petit magasin"}}
    texts = from_tables("fr-FR", {**head, "orders.toml": tables()})
    model = build(INTENTS, texts, {"PRODUCT": PRODUCTS})
    assert interaction_model.problems(model, texts) == []
