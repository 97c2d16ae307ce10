"""Ranks the intents for a sentence that no sample covers, and says what their samples share with it."""

import heapq
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from skill.understanding import features, linear, weights_cache
from skill.understanding.features import (
    CLASSIFYING,
    LIKENING,
    Unit,
    Vector,
    kindred,
    sample_units,
    sentence_units,
    vector,
)
from skill.understanding.grammar import Piece, Reading, Sample
from skill.understanding.language import Language
from skill.understanding.linear import Weights, margins, train
from skill.understanding.polarity import denies
from skill.understanding.slot_types import SlotType

MAX_EXAMPLES = 12_000
"""A model with more samples is thinned to so many for training, evenly over each intent."""

_LIKEST = 8
"""So many samples of an intent are aligned with a sentence."""

_WORTH_KEEPING = 1200
"""From so many examples on, training takes longer than a few tenths of a second."""

_KIN_SHARE = 0.7
"""How much a word counts as covered whose like is in the samples."""


@dataclass(frozen=True)
class Example:
    """A sample in one rendering; `number` is the sample's place among all."""

    number: int
    intent: int
    units: tuple[Unit, ...]
    denied: bool


@dataclass(frozen=True)
class Look:
    """A sentence as the classifier sees it: parts, features for likening, intents by margin, best first."""

    units: Sequence[Unit]
    vector: Vector
    ranking: Sequence[tuple[str, float]]


@dataclass(frozen=True)
class Kinship:
    """What a sentence and the samples of one intent share.

    `likeness` is the greatest cosine, `numbers` the likest samples, best first, `coverage` the share of the
    sentence's telling words and values that stand in samples of the intent.
    """

    likeness: float
    numbers: tuple[int, ...]
    coverage: float


class Statistics:
    """The classifier of one model and the vectors of its samples."""

    def __init__(
        self, pairs: Sequence[tuple[Sample, Sequence[Piece]]], language: Language, folder: Path | None
    ) -> None:
        self._language = language
        self._intents = list(dict.fromkeys(sample.intent for sample, _ in pairs))
        self._examples = _examples(pairs, self._intents, language)
        self._kinds = _kinds(pairs)
        self._indexes: dict[str, _Index] = {}
        self.weights = self._kept_or_trained(folder)

    @property
    def size(self) -> int:
        """How many examples there are: samples, masked and with values."""
        return len(self._examples)

    def _kept_or_trained(self, folder: Path | None) -> Weights:
        """The weights of an earlier run, if training takes long enough to keep them."""
        if folder is None or self.size < _WORTH_KEEPING:
            return self._trained()
        parts = [self._language.code, sorted(kindred(self._language.code).items()), self._intents]
        name = weights_cache.key(
            [*parts, *((one.intent, one.units) for one in self._examples)],
            [linear.__file__, features.__file__, __file__],
        )
        found = weights_cache.load(folder, name)
        if found is None:
            found = self._trained()
            weights_cache.save(folder, name, found)
        return found

    def _trained(self) -> Weights:
        chosen = self._examples
        if len(chosen) > MAX_EXAMPLES:
            chosen = [chosen[place * len(chosen) // MAX_EXAMPLES] for place in range(MAX_EXAMPLES)]
        vectors = [vector(example.units, self._language, CLASSIFYING) for example in chosen]
        return train(vectors, [example.intent for example in chosen])

    def look(self, reading: Reading) -> Look:
        """Every intent's margin for a sentence."""
        units = sentence_units(reading, self._kinds, self.weights)
        made = vector(units, self._language, CLASSIFYING)
        found = margins(self.weights, made, len(self._intents))
        ranking = sorted(zip(self._intents, found, strict=True), key=lambda pair: -pair[1])
        return Look(units, vector(units, self._language, LIKENING), ranking)

    def kinship(self, intent: str, look: Look, *, denied: bool) -> Kinship:
        """What a sentence shares with an intent's samples: those that deny, or those that do not."""
        index = self._index(intent)
        likest = index.likest(look.vector, denied)
        return Kinship(
            likeness=likest[0][0] if likest else 0.0,
            numbers=tuple(number for _, number in likest),
            coverage=index.coverage(look.units),
        )

    def explains(self, intent: str, words: Sequence[str]) -> bool:
        """Whether at least half of some words, or their like, stand in samples of an intent."""
        shares = [self._index(intent).share(word) for word in words]
        return not shares or 2 * sum(shares) >= len(shares)

    def _index(self, intent: str) -> "_Index":
        found = self._indexes.get(intent)
        if found is None:
            number = self._intents.index(intent)
            own = [example for example in self._examples if example.intent == number]
            found = self._indexes[intent] = _Index(own, self._language)
        return found


class _Index:
    """The samples of one intent by their features."""

    def __init__(self, examples: Sequence[Example], language: Language) -> None:
        self._kin = kindred(language.code)
        self._idle = language.function_words
        self._numbers = [example.number for example in examples]
        self._denied = [example.denied for example in examples]
        self._postings: dict[str, list[tuple[int, float]]] = defaultdict(list)
        for place, example in enumerate(examples):
            for feature, weight in vector(example.units, language, LIKENING).items():
                self._postings[feature].append((place, weight))
        units = [unit for example in examples for unit in example.units]
        self._words = {word for unit in units for word in unit.words}
        self._groups = {self._kin[word] for word in self._words if word in self._kin}
        self._marks = {mark for unit in units for mark in unit.marks}

    def likest(self, said: Vector, denied: bool) -> list[tuple[float, int]]:
        """(cosine, number of the sample), best first."""
        cosines = [0.0] * len(self._numbers)
        for feature, weight in said.items():
            for place, own in self._postings.get(feature, ()):
                cosines[place] += weight * own
        places = [place for place, own in enumerate(self._denied) if own == denied]
        best = heapq.nlargest(2 * _LIKEST, places, key=cosines.__getitem__)
        found: dict[int, float] = {}
        for place in best:
            found.setdefault(self._numbers[place], cosines[place])
        return [(cosine, number) for number, cosine in found.items()][:_LIKEST]

    def coverage(self, units: Sequence[Unit]) -> float:
        """From 0 to 1; a sentence of function words alone is covered."""
        shares = [share for unit in units for share in self._shares(unit)]
        return sum(shares) / len(shares) if shares else 1.0

    def _shares(self, unit: Unit) -> list[float]:
        if unit.marks:
            return [float(not self._marks.isdisjoint(unit.marks))]
        return [self.share(word) for word in unit.words if word not in self._idle]

    def share(self, word: str) -> float:
        """1 for a word of the samples, less for its like, 0 for a stranger."""
        if word in self._words:
            return 1.0
        return _KIN_SHARE if self._kin.get(word) in self._groups else 0.0


def _examples(
    pairs: Sequence[tuple[Sample, Sequence[Piece]]], intents: Sequence[str], language: Language
) -> list[Example]:
    """Every sample with its slots masked, and with a value of each put in; none twice in one intent.

    A sample that is a bare slot says nothing about the sentences of its intent.
    """
    classes = {name: number for number, name in enumerate(intents)}
    found: dict[tuple[int, tuple[Unit, ...]], Example] = {}
    for number, (sample, pieces) in enumerate(pairs):
        words = [piece for piece in pieces if isinstance(piece, str)]
        if not words:
            continue
        intent, denied = classes[sample.intent], denies(words, language)
        slots = [piece[0] for piece in pieces if not isinstance(piece, str)]
        for values in ([], [_value(kind, number + k) for k, kind in enumerate(slots)]):
            units = tuple(sample_units(pieces, values))
            found.setdefault((intent, units), Example(number, intent, units, denied))
    return list(found.values())


def _value(kind: SlotType, turn: int) -> tuple[str, ...]:
    names = kind.index.names if kind.index is not None else []
    return names[turn % len(names)] if names else ()


def _kinds(pairs: Sequence[tuple[Sample, Sequence[Piece]]]) -> list[SlotType]:
    kinds = (piece[0] for _, pieces in pairs for piece in pieces if not isinstance(piece, str))
    return list({kind.name: kind for kind in kinds if kind.kind in ("typed", "listed")}.values())
