"""Whatever is said, understanding answers; and it knows its own samples."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skill.understanding import Context, compile_model
from skill.understanding.model import Intent, Model, read_model, split_sample

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
MODELS = Path(__file__).parent.parent / "data" / "models"

SPOKEN: Mapping[str, Mapping[str, tuple[tuple[str, str], ...]]] = {
    "en": {
        "AMAZON.NUMBER": (("four", "4"), ("twenty one", "21"), ("12", "12")),
        "AMAZON.DATE": (("tomorrow", "2026-11-22"), ("next friday", "2026-11-27")),
        "AMAZON.TIME": (("two thirty p.m.", "14:30"), ("quarter past six", "06:15")),
        "AMAZON.DURATION": (("twenty minutes", "PT20M"), ("an hour and a half", "PT1H30M")),
        "AMAZON.FOUR_DIGIT_NUMBER": (("six zero four five", "6045"),),
        "AMAZON.Ordinal": (("second", "2"), ("third", "3")),
        "AMAZON.PhoneNumber": (("206 555 0100", "2065550100"),),
        "AMAZON.AlphaNumeric": (("16a", "16a"),),
        "AMAZON.FirstName": (("leo", "leo"), ("maya", "maya")),
        "AMAZON.US_CITY": (("new york", "new york"),),
        "AMAZON.SearchQuery": (("red bicycle", "red bicycle"),),
    },
    "de": {
        "AMAZON.NUMBER": (("vier", "4"), ("einundzwanzig", "21")),
        "AMAZON.DATE": (("morgen", "2026-11-22"), ("am dienstag", "2026-11-24")),
        "AMAZON.TIME": (("halb drei", "02:30"), ("14 uhr", "14:00")),
        "AMAZON.DURATION": (("zwanzig minuten", "PT20M"), ("anderthalb stunden", "PT1H30M")),
        "AMAZON.FOUR_DIGIT_NUMBER": (("sechs null vier fünf", "6045"),),
        "AMAZON.Ordinal": (("zweite", "2"),),
        "AMAZON.FirstName": (("leo", "leo"),),
        "AMAZON.SearchQuery": (("rote fahrräder", "rote fahrräder"),),
    },
}


def load(name: str) -> dict[str, Any]:
    """An interaction model from the test data."""
    found: dict[str, Any] = json.loads((MODELS / f"{name}.json").read_text(encoding="utf-8"))
    return found


NAMES = {"corner_en": "en", "corner_de": "de", "babybuddy": "en", "flask-ask-purchase": "en"}
RAW = {name: load(name) for name in NAMES}
COMPILED = {name: compile_model(RAW[name], language=code) for name, code in NAMES.items()}
READ = {name: read_model(RAW[name]) for name in NAMES}
SAMPLES = [
    (name, intent, sample) for name in NAMES for intent in READ[name].intents for sample in intent.samples
]


def options(model: Model, kind: str, code: str) -> list[tuple[str, str]]:
    """What may be said for a slot type, and the wire value of it."""
    if kind in model.types:
        return [(value.name, value.name) for value in model.types[kind]]
    return list(SPOKEN[code][kind])


@st.composite
def rendered(draw: st.DrawFn) -> tuple[str, Intent, str, dict[str, str]]:
    """(model, intent, a sample of it with values put in, the wire values)."""
    name, intent, sample = draw(st.sampled_from(SAMPLES))
    said, slots = [], {}
    for piece, is_slot in split_sample(sample):
        text = piece
        if is_slot:
            choice = options(READ[name], intent.slots[piece].type, NAMES[name])
            text, slots[piece] = draw(st.sampled_from(choice))
        said.append(text.strip())
    return name, intent, " ".join(said), slots


@given(rendered())
def test_an_own_sample_resolves_to_its_intent_and_values(
    case: tuple[str, Intent, str, dict[str, str]],
) -> None:
    name, intent, sentence, slots = case
    found = COMPILED[name].resolve(sentence, now=NOW)
    assert found.intent == intent.name
    assert {key: fill.value for key, fill in found.slots.items()} == slots


VOCABULARY = """order milk and eggs two twenty half past a dozen the next friday yes no not cancel my list to
for hundred minutes point oh double first um please what's leo's ' , 3.5 10:30 -1 1st"""
WORDS = st.sampled_from(VOCABULARY.split())
SENTENCES = st.one_of(
    st.text(max_size=300),
    st.lists(WORDS, max_size=80).map(" ".join),
    st.lists(WORDS, max_size=12).map("".join),
)


@given(
    SENTENCES, st.booleans(), st.sampled_from([None, ("OrderItemIntent", "product"), ("PinIntent", "pin")])
)
def test_any_sentence_has_an_answer(sentence: str, asked: bool, elicit: tuple[str, str] | None) -> None:
    context = Context(elicit=elicit, expects_yes_no=asked)
    for name in ("corner_en", "corner_de"):
        found = COMPILED[name].resolve(sentence, now=NOW, context=context)
        assert 0.0 <= found.score <= 1.0
        assert (found.intent == "AMAZON.FallbackIntent") == (found.stage == "fallback")
        assert found.intent is not None
        declared = next(intent for intent in READ[name].intents if intent.name == found.intent)
        assert set(found.slots) <= set(declared.slots)


@given(st.datetimes(min_value=datetime(1990, 1, 1), max_value=datetime(2090, 1, 1)))
def test_any_day_has_a_tomorrow_and_a_weekend(moment: datetime) -> None:
    now = moment.replace(tzinfo=UTC)
    tomorrow = COMPILED["corner_en"].resolve("is my order coming tomorrow", now=now).slots["day"].value
    assert tomorrow == (now + timedelta(days=1)).date().isoformat()
    weekend = COMPILED["corner_en"].resolve("is my order coming this weekend", now=now).slots["day"].value
    year, week, _ = now.isocalendar()
    assert weekend == f"{year:04d}-W{week:02d}-WE"


@pytest.mark.parametrize("name", sorted(NAMES))
def test_a_public_or_own_model_compiles_twice_alike(name: str) -> None:
    again = compile_model(RAW[name], language=NAMES[name])
    for _, intent, sample in SAMPLES[:40]:
        assert again.resolve(sample, now=NOW) == COMPILED[name].resolve(sample, now=NOW), intent.name
