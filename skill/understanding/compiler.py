"""Builds from an interaction model everything that resolving needs: tries, speller, index of samples."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from skill.understanding.assent import Assent, assent_words
from skill.understanding.grammar import Node, Piece, Sample
from skill.understanding.judge import Judge
from skill.understanding.language import Language, Phrase, read_table
from skill.understanding.model import BUILT_IN, NO_INTENT, YES_INTENT, Intent, Model, Slot, split_sample
from skill.understanding.nearest import NearestSamples
from skill.understanding.polarity import asks
from skill.understanding.slot_types import SlotType, slot_type
from skill.understanding.spelling import Speller
from skill.understanding.statistical import Statistics
from skill.understanding.words import Token, texts, tokenize, trim_polite

Pair = tuple[Sample, list[Piece]]

_PLAYER = ("AMAZON.PauseIntent", "AMAZON.ResumeIntent")

_COMMON = 3
"""A word in fewer phrases of a built-in intent does not belong to that intent."""


@dataclass(frozen=True)
class Compiled:
    """An interaction model made ready.

    `root` holds all samples; `answers` by (intent, slot) what answers the question for that slot; `phrases`
    by built-in intent what is shipped for it; `sample_words` in whose samples a word stands; `asked` the
    intents with a sample that asks; `not_names` are words that no person is called; `device` holds phrases
    for the player ("pause"), which a model without these intents does not know.
    """

    language: Language
    intents: Mapping[str, Intent]
    types: Mapping[str, SlotType]
    root: Node
    answers: Mapping[tuple[str, str], Node]
    phrases: Mapping[str, frozenset[Phrase]]
    judge: Judge
    speller: Speller
    nearest: NearestSamples
    statistics: Statistics
    sensitivity: str
    sample_words: Mapping[str, frozenset[str]]
    asked: frozenset[str]
    assent: Assent
    not_names: frozenset[str]
    device: frozenset[Phrase]


def build(model: Model, language: Language) -> Compiled:
    """Compiles a checked model for one language."""
    types = _types(model, language)
    shipped = read_table("phrases", language.code)
    phrases = _phrases(model, language, shipped)
    own = _own_samples(model, types, language)
    pairs = [*own, *_shipped_samples(phrases)]
    answers = {
        (intent.name, slot.name): _answers(intent, slot, types, language)
        for intent in model.intents
        for slot in intent.slots.values()
    }
    sample_words = _sample_words(pairs)
    judge = Judge(language, model.sensitivity, types, _sample_words([*own, *_common(pairs[len(own) :])]))
    speller = _speller([*pairs, *(pair for found in answers.values() for pair in found)], types, language)
    yes, no = (_whole(intent, phrases, own) for intent in (YES_INTENT, NO_INTENT))
    return Compiled(
        language=language,
        intents={intent.name: intent for intent in model.intents},
        types=types,
        root=_trie(pairs),
        answers={key: _trie(found) for key, found in answers.items()},
        phrases=phrases,
        judge=judge,
        speller=speller,
        nearest=NearestSamples(pairs, judge.weight, language),
        statistics=Statistics(pairs, language),
        sensitivity=model.sensitivity,
        sample_words=sample_words,
        asked=_asked(pairs, language),
        assent=Assent(assent_words(shipped["assent"], yes, no, language), speller.known),
        not_names=frozenset(sample_words) | _listed_words(types.values()),
        device=_device(model, language, shipped),
    )


def _types(model: Model, language: Language) -> dict[str, SlotType]:
    used = {slot.type for intent in model.intents for slot in intent.slots.values()}
    return {name: slot_type(name, model.types.get(name), language) for name in sorted(used)}


def _phrases(model: Model, language: Language, shipped: Mapping[str, Any]) -> dict[str, frozenset[Phrase]]:
    """What is shipped for the built-in intents that the model declares, assent in all its forms."""
    lists = {name: own for name, own in shipped.items() if name.startswith(BUILT_IN)}
    lists[YES_INTENT] = [*lists[YES_INTENT], *shipped["assent"]["clear"], *shipped["assent"]["agreeing"]]
    return {
        intent.name: frozenset(texts(tokenize(text, language)) for text in lists[intent.name])
        for intent in model.intents
        if intent.name in lists
    }


def _device(model: Model, language: Language, shipped: Mapping[str, Any]) -> frozenset[Phrase]:
    """What is said to the player of a device, unless the model has an intent for it."""
    declared = {intent.name for intent in model.intents}
    lists = [shipped.get(name, ()) for name in _PLAYER if name not in declared]
    return frozenset(texts(tokenize(text, language)) for own in lists for text in own)


def _whole(intent: str, phrases: Mapping[str, frozenset[Phrase]], own: Iterable[Pair]) -> frozenset[Phrase]:
    """The shipped phrases of an intent with the model's own samples that are words only."""
    words = {
        tuple(piece for piece in pieces if isinstance(piece, str))
        for sample, pieces in own
        if sample.intent == intent and not sample.slots
    }
    return phrases.get(intent, frozenset()) | words


def _listed_words(types: Iterable[SlotType]) -> frozenset[str]:
    """The listed names of one word, such as "wipes", of all types but those of names."""
    lists = (kind.index.whole_words for kind in types if kind.index is not None and not kind.names)
    return frozenset(word for words in lists for word in words)


def _own_samples(model: Model, types: Mapping[str, SlotType], language: Language) -> list[Pair]:
    pairs: list[Pair] = []
    for intent in model.intents:
        for text in intent.samples:
            pieces, slots = _pieces(text, intent, types, language)
            if pieces:
                pairs.append((Sample(intent.name, text, slots, len(pairs)), pieces))
    return pairs


def _shipped_samples(phrases: Mapping[str, Iterable[Phrase]]) -> list[Pair]:
    """Behind all of the model's own in order, so that these win where both fit equally."""
    first = 1_000_000
    flat = [(intent, words) for intent, own in phrases.items() for words in sorted(own)]
    return [
        (Sample(intent, " ".join(words), (), first + number, shipped=True), list(words))
        for number, (intent, words) in enumerate(flat)
    ]


def _pieces(
    text: str, intent: Intent, types: Mapping[str, SlotType], language: Language
) -> tuple[list[Piece], tuple[Slot, ...]]:
    """The words and slots of a sample; polite words are cut from its ends as from any sentence."""
    tokens: list[Token] = []
    slots: dict[str, Slot] = {f"{{{name}}}": slot for name, slot in intent.slots.items()}
    for part, is_slot in split_sample(text):
        tokens += [Token(f"{{{part}}}", "")] if is_slot else tokenize(part, language, polite=True)
    said = texts(trim_polite(tokens, language))
    own = tuple(slots[word] for word in said if word in slots)
    pieces = [(types[slots[w].type], slots[w].multiple) if w in slots else w for w in said]
    return pieces, own


def _answers(intent: Intent, slot: Slot, types: Mapping[str, SlotType], language: Language) -> list[Pair]:
    """The slot's own samples, and the bare slot last."""
    pairs: list[Pair] = []
    for number, text in enumerate((*slot.samples, f"{{{slot.name}}}")):
        pieces, slots = _pieces(text, intent, types, language)
        pairs.append((Sample(intent.name, text, slots, number), pieces))
    return pairs


def _trie(pairs: Iterable[Pair]) -> Node:
    root = Node()
    for sample, pieces in pairs:
        root.add(pieces, sample)
    return root


def _sample_words(pairs: Iterable[Pair]) -> dict[str, frozenset[str]]:
    """The intents in whose samples a word stands."""
    intents: dict[str, set[str]] = defaultdict(set)
    for sample, pieces in pairs:
        for piece in pieces:
            if isinstance(piece, str):
                intents[piece].add(sample.intent)
    return {word: frozenset(own) for word, own in intents.items()}


def _common(shipped: Sequence[Pair]) -> list[Pair]:
    """The shipped phrases by the words that an intent's phrases have often: "green light" has none."""
    counts = Counter((sample.intent, piece) for sample, pieces in shipped for piece in pieces)
    return [
        (sample, [piece for piece in pieces if counts[sample.intent, piece] >= _COMMON])
        for sample, pieces in shipped
    ]


def _asked(pairs: Iterable[Pair], language: Language) -> frozenset[str]:
    """The intents that a sample asks for with a question; its openers ("tell me") do not count."""
    return frozenset(
        sample.intent
        for sample, pieces in pairs
        if isinstance(first := pieces[0], str) and asks((first,), language)
    )


def _speller(pairs: Iterable[Pair], types: Mapping[str, SlotType], language: Language) -> Speller:
    """Knows the words of samples and values, and which of them stand side by side in samples."""
    words: set[str] = set()
    neighbours: set[tuple[str, str]] = set()
    for _, pieces in pairs:
        plain = [piece if isinstance(piece, str) else "" for piece in pieces]
        words.update(plain)
        neighbours.update((a, b) for a, b in pairwise(plain) if len(a) > 1 and len(b) > 1)
    for kind in types.values():
        if kind.index is not None:
            words |= kind.index.words
    return Speller(words - {""}, neighbours, parsed_words(types.values(), language))


def parsed_words(types: Iterable[SlotType], language: Language) -> Sequence[str]:
    """The words that the parsers of numbers, dates, times and durations know, if the model uses them."""
    if not any(kind.parser is not None for kind in types):
        return []
    dates, times, lengths = language.date_words, language.time_words, language.duration_words
    tables: tuple[Iterable[str], ...] = (
        language.numbers,
        dates.weekdays,
        dates.months,
        (word for words in (*dates.days, *dates.next, *times.named, *times.parts) for word in words),
        lengths.units,
        dates.week | dates.weekend | dates.month,
    )
    return sorted({word for table in tables for word in table if len(word) > 3})
