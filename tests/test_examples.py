"""Every sentence the skill offers, and every sample it declares, is understood offline as its own intent."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from functools import cache

import pytest

from skill.bootstrap import interaction_model
from skill.conversation.locale_files import available_locales, load
from skill.understanding import CompiledModel, compile_model
from skill.understanding.model import BUILT_IN, Intent, Model, read_model, split_sample

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
LOCALES = available_locales()

SPOKEN: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "en": {
        "AMAZON.NUMBER": ("two", "12", "twenty one"),
        "AMAZON.DATE": ("tomorrow", "next friday"),
        "AMAZON.TIME": ("two thirty p.m.", "quarter past six"),
        "AMAZON.DURATION": ("twenty minutes", "an hour and a half"),
        "AMAZON.FirstName": ("leo", "maya"),
        "AMAZON.Ordinal": ("second", "third"),
        "AMAZON.FOUR_DIGIT_NUMBER": ("six zero four five",),
    },
    "de": {
        "AMAZON.NUMBER": ("zwei", "12", "einundzwanzig"),
        "AMAZON.DATE": ("morgen", "am dienstag"),
        "AMAZON.TIME": ("halb drei", "14 uhr"),
        "AMAZON.DURATION": ("zwanzig minuten", "anderthalb stunden"),
        "AMAZON.FirstName": ("leo", "maya"),
        "AMAZON.Ordinal": ("zweite", "dritte"),
        "AMAZON.FOUR_DIGIT_NUMBER": ("sechs null vier fünf",),
    },
}


@cache
def compiled(locale: str) -> CompiledModel:
    """The model of one locale, as `restock say` understands by."""
    return compile_model(interaction_model(locale), language=locale.partition("-")[0])


def rendered(model: Model, intent: Intent, language: str) -> Iterator[str]:
    """Every sample of an intent with values put in, other ones from sample to sample."""
    turn = 0
    for sample in intent.samples:
        said = []
        for piece, is_slot in split_sample(sample):
            if not is_slot:
                said.append(piece.strip())
                continue
            kind = intent.slots[piece].type
            options = SPOKEN[language].get(kind) or [value.name for value in model.types[kind]]
            said.append(options[turn % len(options)])
            turn += 1
        yield " ".join(said)


def strays(locale: str) -> list[str]:
    """Rendered samples that resolve to another intent."""
    model = read_model(interaction_model(locale))
    return [
        f"{sentence!r}: {intent.name}, understood as {found.intent} by {found.matched!r}"
        for intent in model.intents
        for sentence in rendered(model, intent, locale.partition("-")[0])
        if (found := compiled(locale).resolve(sentence, now=NOW)).intent != intent.name
    ]


@pytest.mark.parametrize("locale", LOCALES)
def test_every_sentence_the_skill_offers_is_understood(locale: str) -> None:
    wrong = []
    for name, example in load(locale).examples.items():
        found = compiled(locale).resolve(example.say, now=NOW).intent or ""
        if found.removeprefix(BUILT_IN) != example.intent:
            wrong.append(f"{name}: {example.say!r} is understood as {found}, not {example.intent}")
    assert wrong == []


@pytest.mark.parametrize("locale", LOCALES)
def test_every_sample_is_understood_as_its_own_intent(locale: str) -> None:
    assert strays(locale) == []
