"""The rule that asks of every sample whether the others would have led to its intent."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from skill.understanding.lint.draft import Draft, DraftIntent, Sample
from skill.understanding.lint.findings import Finding
from skill.understanding.lint.options import Options
from skill.understanding.lint.wording import is_known
from skill.understanding.model import BUILT_IN, FALLBACK_INTENT, ModelError, language_model, split_sample
from skill.understanding.resolver import compile_model

Pair = tuple[DraftIntent, Sample]

FOLDS = 5
TODAY = datetime(2026, 11, 20, 12, tzinfo=UTC)
"""Any day will do: intents do not depend on it."""

SPOKEN: Mapping[str, Mapping[str, str]] = {
    "en": {
        "AMAZON.NUMBER": "three",
        "AMAZON.FOUR_DIGIT_NUMBER": "four two one seven",
        "AMAZON.Ordinal": "second",
        "AMAZON.DATE": "tomorrow",
        "AMAZON.TIME": "five p.m.",
        "AMAZON.DURATION": "ten minutes",
        "AMAZON.PhoneNumber": "five five five one two three four",
        "AMAZON.FirstName": "Emma",
        "AMAZON.US_FIRST_NAME": "Emma",
        "AMAZON.DayOfWeek": "monday",
        "AMAZON.Month": "may",
        "AMAZON.AlphaNumeric": "a b 3",
    },
    "de": {
        "AMAZON.NUMBER": "drei",
        "AMAZON.FOUR_DIGIT_NUMBER": "vier zwei eins sieben",
        "AMAZON.Ordinal": "zweite",
        "AMAZON.DATE": "morgen",
        "AMAZON.TIME": "siebzehn uhr",
        "AMAZON.DURATION": "zehn minuten",
        "AMAZON.PhoneNumber": "null eins fünf eins zwei drei vier",
        "AMAZON.FirstName": "Emma",
        "AMAZON.DE_FIRST_NAME": "Emma",
        "AMAZON.DayOfWeek": "montag",
        "AMAZON.Month": "mai",
        "AMAZON.AlphaNumeric": "a b 3",
    },
}
WRITTEN: Mapping[str, str] = {
    "AMAZON.NUMBER": "3",
    "AMAZON.FOUR_DIGIT_NUMBER": "4217",
    "AMAZON.Ordinal": "2",
    "AMAZON.DATE": "2026-11-21",
    "AMAZON.TIME": "17:00",
    "AMAZON.DURATION": "PT10M",
    "AMAZON.PhoneNumber": "5551234",
    "AMAZON.FirstName": "Emma",
    "AMAZON.AlphaNumeric": "a b 3",
}
"""For languages in which digits alone are understood."""
ANYTHING = "blue bird"
"""Stands in for types that take free words: a name that no sample has."""


def predicted_findings(draft: Draft, options: Options) -> Iterator[Finding]:
    """Leaves out a fifth of the samples at a time and asks what they would be understood as.

    Intents of fewer than five samples are left alone: with those, thinness says it all.
    """
    if not is_known(options.language):
        return
    known = _every_nth(list(_own(draft)), options.limits.learned)
    many = [pair for pair in known if len(pair[0].samples) >= FOLDS]
    held = _every_nth(many, options.limits.held_out)
    found: dict[str, Finding] = {}
    for fold in range(FOLDS):
        out = [pair for number, pair in enumerate(held) if number % FOLDS == fold]
        left_out = {id_of(sample) for _, sample in out}
        kept = {id_of(sample) for _, sample in known} - left_out
        for sample, taken_for in _misses(draft, kept, out, options.language):
            message = f"{sample.intent}: sample {sample.text!r} would be {taken_for} without it"
            found[sample.spot.path] = Finding("unpredicted-sample", message, sample.spot)
    yield from (found[sample.spot.path] for _, sample in held if sample.spot.path in found)


def _own(draft: Draft) -> Iterator[Pair]:
    for intent in draft.intents:
        if not intent.name.startswith(BUILT_IN):
            yield from ((intent, sample) for sample in intent.samples)


def _every_nth(pairs: Sequence[Pair], most: int) -> Sequence[Pair]:
    """At most so many, evenly, so that each intent keeps its share."""
    return pairs[:: max(1, -(-len(pairs) // max(1, most)))]


def _misses(
    draft: Draft, kept: set[tuple[str, str]], out: Sequence[Pair], language: str
) -> Iterator[tuple[Sample, str]]:
    if not out:
        return
    try:
        compiled = compile_model(_with_only(draft.raw, kept), language=language)
    except ModelError:
        return  # what is wrong with the model has findings of its own
    values = {kind.name: kind.words[0].text for kind in draft.types if kind.words}
    for intent, sample in out:
        said = spoken(sample.text, intent.types, values, language)
        found = compiled.resolve(said, now=TODAY)
        refused = found.intent in (None, FALLBACK_INTENT)
        # Refused with the right intent in front is near enough: the others do lead there.
        nearest = found.rivals[0][0] if refused and found.rivals else found.intent
        if nearest != intent.name:
            yield sample, "refused" if refused else f"taken for {found.intent}"


def id_of(sample: Sample) -> tuple[str, str]:
    """What makes two samples the same to the model: intent and text."""
    return sample.intent, sample.text


def _with_only(raw: Mapping[str, Any], kept: set[tuple[str, str]]) -> Mapping[str, Any]:
    """The language model with these samples of its own intents; the built-in ones keep theirs."""
    _, found = language_model(raw)
    intents = []
    for intent in found["intents"]:
        name, samples = intent["name"].strip(), intent.get("samples") or ()
        own = not name.startswith(BUILT_IN)
        intents.append({**intent, "samples": [text for text in samples if not own or (name, text) in kept]})
    return {**found, "intents": intents}


def spoken(text: str, types: Mapping[str, str], values: Mapping[str, str], language: str) -> str:
    """A sample as somebody would say it, each slot by a value of its type."""
    said = SPOKEN.get(language.split("-")[0], WRITTEN)
    parts = []
    for part, is_slot in split_sample(text):
        kind = types.get(part, "")
        parts.append(values.get(kind, said.get(kind, ANYTHING)) if is_slot else part.strip())
    return " ".join(parts)
