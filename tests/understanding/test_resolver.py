"""Sentences in English and German resolve to intent, wire values and stage."""

import json
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from skill.understanding import CompiledModel, Context, SlotFill, compile_model
from skill.understanding.grammar import MAX_STEPS, Reading, Search
from skill.understanding.language import load_language
from skill.understanding.words import MAX_TOKENS, tokenize

EN = [
    ("order milk", "OrderItemIntent", {"product": "milk"}),
    ("Order two soft diapers, please!", "OrderItemIntent", {"quantity": "2", "product": "soft diapers"}),
    ("order a dozen eggs", "OrderItemIntent", {"quantity": "12", "product": "eggs"}),
    ("order the eggs", "OrderItemIntent", {"product": "eggs"}),
    ("i need twenty one wipes", "OrderItemIntent", {"quantity": "21", "product": "wipes"}),
    ("order 1,000,000 eggs", "OrderItemIntent", {"quantity": "1000000", "product": "eggs"}),
    ("order minus one eggs", "OrderItemIntent", {"quantity": "-1", "product": "eggs"}),
    ("order 0 eggs", "OrderItemIntent", {"quantity": "0", "product": "eggs"}),
    ("order a kite", "OrderItemIntent", {"product": "kite"}),
    ("can you order some bread", "OrderItemIntent", {"product": "bread"}),
    ("add wipes to my list", "AddToListIntent", {"items": "wipes"}),
    ("where's my order", "OrderStatusIntent", {}),
    ("wheres my order thanks", "OrderStatusIntent", {}),
    ("is my order coming next friday", "OrderStatusIntent", {"day": "2026-11-27"}),
    ("is my order coming this weekend", "OrderStatusIntent", {"day": "2026-W47-WE"}),
    ("track order four", "OrderStatusIntent", {"number": "4"}),
    ("leo slept for an hour and a half", "LogSleepIntent", {"child": "leo", "duration": "PT1H30M"}),
    ("log twenty minutes of sleep", "LogSleepIntent", {"duration": "PT20M"}),
    ("log a ten minute nap for mary jane", "LogSleepIntent", {"duration": "PT10M", "child": "mary jane"}),
    ("deliver it tomorrow at quarter past two", "DeliverAtIntent", {"day": "2026-11-22", "time": "02:15"}),
    ("deliver at two thirty p.m.", "DeliverAtIntent", {"time": "14:30"}),
    ("bring it in the morning", "DeliverAtIntent", {"time": "MO"}),
    ("redeem code 16a", "GiftCodeIntent", {"code": "16a"}),
    ("my pin is six zero four five", "PinIntent", {"pin": "6045"}),
    ("the second one", "PickIntent", {"which": "2"}),
    ("my phone number is 206 555 double oh one one", "CallIntent", {"phone": "2065550011"}),
    ("look up the best red bicycle", "SearchIntent", {"query": "the best red bicycle"}),
    ("i moved to new york", "MoveIntent", {"city": "new york"}),
    ("the usual", "ReorderUsualIntent", {}),
    ("cancel my order", "CancelOrderIntent", {}),
    ("stop", "AMAZON.StopIntent", {}),
    ("yeah go ahead", "AMAZON.YesIntent", {}),
    ("no thanks", "AMAZON.NoIntent", {}),
    ("what can i say", "AMAZON.HelpIntent", {}),
    ("never mind", "AMAZON.CancelIntent", {}),
    ("say that again", "AMAZON.RepeatIntent", {}),
    ("start over", "AMAZON.StartOverIntent", {}),
    ("tell me more", "AMAZON.MoreIntent", {}),
    ("go home", "AMAZON.NavigateHomeIntent", {}),
]

DE = [
    ("bestelle milch", "OrderItemIntent", {"product": "milch"}),
    ("Bestelle zwei weiche Windeln bitte", "OrderItemIntent", {"quantity": "2", "product": "weiche windeln"}),
    ("ich brauche einundzwanzig eier", "OrderItemIntent", {"quantity": "21", "product": "eier"}),
    ("bestelle ein dutzend eier", "OrderItemIntent", {"quantity": "12", "product": "eier"}),
    ("kannst du bitte brot bestellen", "OrderItemIntent", {"product": "brot"}),
    ("bestelle einen drachen", "OrderItemIntent", {"quantity": "1", "product": "drachen"}),
    ("bestelle das übliche", "ReorderUsualIntent", {}),
    ("kommt meine bestellung morgen", "OrderStatusIntent", {"day": "2026-11-22"}),
    ("kommt meine bestellung am dienstag", "OrderStatusIntent", {"day": "2026-11-24"}),
    ("leo hat eine halbe stunde geschlafen", "LogSleepIntent", {"child": "leo", "duration": "PT30M"}),
    ("leo hat anderthalb stunden geschlafen", "LogSleepIntent", {"child": "leo", "duration": "PT1H30M"}),
    ("liefere um halb drei", "DeliverAtIntent", {"time": "02:30"}),
    ("liefere übermorgen um 14 uhr 30", "DeliverAtIntent", {"day": "2026-11-23", "time": "14:30"}),
    ("bring es heute abend", "DeliverAtIntent", {"time": "EV"}),
    ("meine pin ist sechs null vier fünf", "PinIntent", {"pin": "6045"}),
    ("nimm die zweite", "PickIntent", {"which": "2"}),
    ("suche im laden nach roten fahrrädern", "SearchIntent", {"query": "roten fahrrädern"}),
    ("ja gerne", "AMAZON.YesIntent", {}),
    ("nein danke", "AMAZON.NoIntent", {}),
    ("hör auf", "AMAZON.StopIntent", {}),
    ("vergiss es", "AMAZON.CancelIntent", {}),
    ("was kann ich sagen", "AMAZON.HelpIntent", {}),
    ("noch einmal", "AMAZON.RepeatIntent", {}),
]


def values(slots: dict[str, SlotFill]) -> dict[str, str]:
    """Wire values by slot name."""
    return {name: fill.value for name, fill in slots.items()}


@pytest.mark.parametrize(("sentence", "intent", "slots"), EN)
def test_an_english_sentence_resolves(
    corner_en: CompiledModel, saturday: datetime, sentence: str, intent: str, slots: dict[str, str]
) -> None:
    found = corner_en.resolve(sentence, now=saturday)
    assert (found.intent, values(found.slots)) == (intent, slots)


@pytest.mark.parametrize(("sentence", "intent", "slots"), DE)
def test_a_german_sentence_resolves(
    corner_de: CompiledModel, saturday: datetime, sentence: str, intent: str, slots: dict[str, str]
) -> None:
    found = corner_de.resolve(sentence, now=saturday)
    assert (found.intent, values(found.slots)) == (intent, slots)


@pytest.mark.parametrize(
    ("said", "listed"),
    [
        ("add diapers and wipes to my list", ["DIA-1", "WIP-1"]),
        ("add milk, bread and eggs to my list", ["MLK-1", "BRD-1", "EGG-12"]),
        ("put milk bread eggs on the list", ["MLK-1", "BRD-1", "EGG-12"]),
        ("add mac and cheese and milk to my list", ["MAC-1", "MLK-1"]),
        ("add candles and milk to my list", [None, "MLK-1"]),
    ],
)
def test_a_multi_value_slot_gives_every_value(
    corner_en: CompiledModel, saturday: datetime, said: str, listed: list[str | None]
) -> None:
    fill = corner_en.resolve(said, now=saturday).slots["items"]
    assert [part.id for part in fill.values] == listed
    assert fill.value == fill.values[0].value


def test_a_german_list_is_cut_at_und(corner_de: CompiledModel, saturday: datetime) -> None:
    fill = corner_de.resolve("schreib milch, brot und eier auf die liste", now=saturday).slots["items"]
    assert [part.id for part in fill.values] == ["MLK-1", "BRD-1", "EGG-12"]


def test_a_synonym_resolves_to_its_value(corner_en: CompiledModel, saturday: datetime) -> None:
    fill = corner_en.resolve("order nappies", now=saturday).slots["product"]
    assert (fill.value, fill.resolved, fill.id, fill.status) == (
        "nappies",
        "soft diapers",
        "DIA-1",
        "ER_SUCCESS_MATCH",
    )


def test_an_unlisted_value_fills_the_slot_without_a_match(
    corner_en: CompiledModel, saturday: datetime
) -> None:
    fill = corner_en.resolve("order a kite", now=saturday).slots["product"]
    assert (fill.id, fill.resolved, fill.status) == (None, None, "ER_SUCCESS_NO_MATCH")


def test_a_built_in_type_has_no_entity_resolution(corner_en: CompiledModel, saturday: datetime) -> None:
    assert corner_en.resolve("order two eggs", now=saturday).slots["quantity"].status is None


@pytest.mark.parametrize(
    ("sentence", "intent", "stage"),
    [
        ("order milk", "OrderItemIntent", "exact"),
        ("yes", "AMAZON.YesIntent", "builtin"),
        ("yes yes do it", "AMAZON.YesIntent", "builtin"),
        ("ordr two soft diaprs", "OrderItemIntent", "fuzzy"),
        ("where is my oder", "OrderStatusIntent", "fuzzy"),
        ("re order my usual", "ReorderUsualIntent", "exact"),
        ("is my order here", "OrderStatusIntent", "nearest"),
        ("please reorder my usual stuff", "ReorderUsualIntent", "nearest"),
        ("how tall is the eiffel tower", "AMAZON.FallbackIntent", "fallback"),
    ],
)
def test_the_stage_says_how_the_intent_was_found(
    corner_en: CompiledModel, saturday: datetime, sentence: str, intent: str, stage: str
) -> None:
    found = corner_en.resolve(sentence, now=saturday)
    assert (found.intent, found.stage) == (intent, stage)


def test_a_misspelt_value_resolves_and_keeps_the_words_said(
    corner_en: CompiledModel, saturday: datetime
) -> None:
    fill = corner_en.resolve("order soft diaprs", now=saturday).slots["product"]
    assert (fill.value, fill.id) == ("soft diaprs", "DIA-1")


def test_the_nearest_sample_lends_its_slots(corner_en: CompiledModel, saturday: datetime) -> None:
    found = corner_en.resolve("i really need two soft diapers", now=saturday)
    expected = {"quantity": "2", "product": "soft diapers"}
    assert (found.intent, values(found.slots)) == ("OrderItemIntent", expected)


@pytest.mark.parametrize(
    "sentence",
    [
        "what is the capital of france",
        "how do i change a tire",
        "who won the game last night",
        "play some jazz in the kitchen",
        "is it going to rain tomorrow",
        "my neighbor has a very loud dog",
        "kite",
    ],
)
def test_a_sentence_out_of_scope_is_refused(
    corner_en: CompiledModel, saturday: datetime, sentence: str
) -> None:
    found = corner_en.resolve(sentence, now=saturday)
    assert (found.intent, found.stage, found.score) == ("AMAZON.FallbackIntent", "fallback", 0.0)


def test_a_bare_slot_sample_takes_no_unlisted_words(purchase_raw: dict[str, Any], saturday: datetime) -> None:
    model = compile_model(purchase_raw)
    assert model.resolve("elephant", now=saturday).stage == "fallback"
    assert model.resolve("monthly subscription", now=saturday).intent == "BuySkillItemIntent"


def test_a_model_without_fallback_refuses_with_no_intent(
    babybuddy_raw: dict[str, Any], saturday: datetime
) -> None:
    found = compile_model(babybuddy_raw).resolve("how tall is the eiffel tower", now=saturday)
    assert (found.intent, found.stage) == (None, "none")


def test_a_built_in_intent_is_known_only_where_declared(
    purchase_raw: dict[str, Any], saturday: datetime
) -> None:
    model = compile_model(purchase_raw)
    assert model.resolve("repeat that", now=saturday).stage == "fallback"
    assert model.resolve("stop", now=saturday).intent == "AMAZON.StopIntent"


def test_more_literal_words_win(purchase_raw: dict[str, Any], saturday: datetime) -> None:
    model = compile_model(purchase_raw)
    assert model.resolve("cancel", now=saturday).intent == "AMAZON.CancelIntent"
    found = model.resolve("cancel monthly subscription", now=saturday)
    assert (found.intent, found.slots["ProductName"].resolved) == (
        "RefundSkillItemIntent",
        "monthly subscription",
    )


def test_a_public_model_resolves_possessives_and_spaces(
    babybuddy_raw: dict[str, Any], saturday: datetime
) -> None:
    model = compile_model(babybuddy_raw)
    found = model.resolve("record a poopy diaper change for Leo", now=saturday)
    assert found.intent == "RecordDiaperChangeIntent"
    assert (found.slots["Contents"].resolved, found.slots["Name"].value) == ("solid", "leo")


def test_rivals_are_named(corner_en: CompiledModel, saturday: datetime) -> None:
    found = corner_en.resolve("what about my order", now=saturday)
    assert all(0 <= score <= 1 and name != found.intent for name, score in found.rivals)
    assert found.rivals


@pytest.mark.parametrize(
    "sentence",
    ["that is not what i want", "no good", "yes but not now", "not sure", "peace out", "do not do it"],
)
def test_a_denial_is_never_taken_for_assent(
    corner_en: CompiledModel, saturday: datetime, sentence: str
) -> None:
    asked = Context(expects_yes_no=True)
    assert corner_en.resolve(sentence, now=saturday).intent != "AMAZON.YesIntent"
    assert corner_en.resolve(sentence, now=saturday, context=asked).intent != "AMAZON.YesIntent"


@pytest.mark.parametrize(
    "sentence", ["did i put milk on the list", "is there any milk on my list", "what have i added to my list"]
)
def test_a_question_is_not_taken_for_a_command(
    corner_en: CompiledModel, saturday: datetime, sentence: str
) -> None:
    assert corner_en.resolve(sentence, now=saturday).intent == "AMAZON.FallbackIntent"


def test_a_higher_sensitivity_refuses_more(corner_raw: dict[str, Any], saturday: datetime) -> None:
    language_model = corner_raw["interactionModel"]["languageModel"]
    strict = {
        **language_model,
        "modelConfiguration": {"fallbackIntentSensitivity": {"level": "HIGH"}},
    }
    sentence = "where did my order end up"
    assert compile_model(language_model).resolve(sentence, now=saturday).intent == "OrderStatusIntent"
    assert compile_model(strict).resolve(sentence, now=saturday).stage == "fallback"


@pytest.mark.parametrize(
    "sentence",
    [
        "",
        " \n\t",
        "!!!",
        "🍼🍼🍼",
        "order 🍼",
        "أريد الحليب من فضلك",
        "<speak>order <break time='1s'/> milk</speak>",
        "'; DROP TABLE orders; --",
        "order " * 2000,
        "x" * 10_000,
        "9" * 10_000,
        "and " * 3000,
        "milk and " * 1500,
        "\u202eorder milk\u202c",
        "order \x00 milk",
        "3.51st 10:301st 9:15th",
        "²½ 3½ ordinal 1. 2. 3.",
    ],
)
def test_odd_input_is_answered(corner_en: CompiledModel, saturday: datetime, sentence: str) -> None:
    found = corner_en.resolve(sentence, now=saturday)
    assert 0.0 <= found.score <= 1.0


def test_the_search_is_bounded_on_a_model_made_to_explode(saturday: datetime) -> None:
    slots = [{"name": name, "type": "THING"} for name in "abcd"]
    samples = ["{a} and {b} and {c} and {d}", "{a} {b} {c} {d}", "put {a} to {b} to {c} to {d}"]
    intents = [{"name": f"Do{n}Intent", "slots": slots, "samples": samples} for n in range(30)]
    values = [{"name": {"value": value}} for value in ("and", "to", "milk", "milk and milk")]
    model = compile_model({"intents": intents, "types": [{"name": "THING", "values": values}]})
    reading = Reading(
        tokenize("milk and to " * 30, load_language("en")), load_language("en"), saturday.date()
    )
    search = Search(reading, max_cost=9.0)
    search.run(model.made.root)
    assert search.steps <= MAX_STEPS + 2 * MAX_TOKENS


def test_the_answer_is_the_same_in_every_process(corner_en: CompiledModel, saturday: datetime) -> None:
    sentences = ["ordr milk and eggs", "where did my order end up", "deliver it friday at two"]
    here = [repr(corner_en.resolve(sentence, now=saturday)) for sentence in sentences]
    model = Path(__file__).parent.parent / "data" / "models" / "corner_en.json"
    script = (
        "import json,sys;from datetime import datetime,UTC;from skill.understanding import compile_model;"
        "m=compile_model(json.load(open(sys.argv[1],encoding='utf-8')));"
        "n=datetime(2026,11,21,12,tzinfo=UTC);"
        "print(json.dumps([repr(m.resolve(s,now=n)) for s in json.loads(sys.argv[2])]))"
    )
    for seed in ("1", "2"):
        done = subprocess.run(
            [sys.executable, "-c", script, str(model), json.dumps(sentences)],
            capture_output=True,
            check=True,
            text=True,
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": str(Path(__file__).parents[2])},
        )
        assert json.loads(done.stdout) == here
