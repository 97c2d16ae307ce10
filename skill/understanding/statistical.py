"""Ranks the intents for a sentence that no sample covers, and says what their samples share with it."""

import heapq
import sys
from array import array
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

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

MAX_SAMPLES = 8_000
MAX_PER_INTENT = 1_000
"""So many samples of a model and of an intent are learnt, evenly; the others match as they stand."""

_LIKEST = 8
"""So many samples of an intent are aligned with a sentence."""

_WEIGHT_ONE = 1 << 14
_MANY = 24
"""From so many samples with a feature on, their weights are packed."""

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

    def __init__(self, pairs: Sequence[tuple[Sample, Sequence[Piece]]], language: Language) -> None:
        self._language = language
        self._intents = list(dict.fromkeys(sample.intent for sample, _ in pairs))
        self._examples = _examples(pairs, self._intents, language)
        self._kinds = _kinds(pairs)
        self._indexes: dict[str, _Index] = {}
        self.weights = self._trained()

    @property
    def size(self) -> int:
        """How many examples there are: samples, masked and with values."""
        return len(self._examples)

    def _trained(self) -> Weights:
        vectors = [vector(example.units, self._language, CLASSIFYING) for example in self._examples]
        return train(vectors, [example.intent for example in self._examples])

    def look(self, reading: Reading) -> Look:
        """Every intent's margin for a sentence."""
        units = sentence_units(reading, self._kinds, self.weights.numbers)
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
        self._halves = {
            denied: _Cosines([one for one in examples if one.denied == denied], language)
            for denied in (False, True)
        }
        units = [unit for example in examples for unit in example.units]
        self._words = {word for unit in units for word in unit.words}
        self._groups = {self._kin[word] for word in self._words if word in self._kin}
        self._marks = {mark for unit in units for mark in unit.marks}

    def likest(self, said: Vector, denied: bool) -> list[tuple[float, int]]:
        """(cosine, number of the sample), best first."""
        return self._halves[denied].likest(said)

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


class _Cosines:
    """The cosines of a sentence with many samples at once.

    A feature of many samples keeps their weights side by side in one large integer, a lane of 32 bits each,
    in 1/2**14; the product of two such is a cosine in 1/2**28. A feature of few keeps a list.
    """

    def __init__(self, examples: Sequence[Example], language: Language) -> None:
        self._numbers = [example.number for example in examples]
        postings: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for place, example in enumerate(examples):
            for feature, weight in vector(example.units, language, LIKENING).items():
                postings[feature].append((place, int(weight * _WEIGHT_ONE + 0.5)))
        self._few = {feature: own for feature, own in postings.items() if len(own) < _MANY}
        self._many = {feature: _packed(own) for feature, own in postings.items() if len(own) >= _MANY}

    def likest(self, said: Vector) -> list[tuple[float, int]]:
        """(cosine, number of the sample), best first."""
        weights = {feature: int(weight * _WEIGHT_ONE + 0.5) for feature, weight in said.items()}
        total = sum(own * weights[feature] for feature in said if (own := self._many.get(feature)))
        cosines = array("I", total.to_bytes(4 * len(self._numbers), sys.byteorder))
        if sys.byteorder == "big":
            cosines.reverse()
        for feature, weight in weights.items():
            for place, own in self._few.get(feature, ()):
                cosines[place] += own * weight
        best = heapq.nlargest(2 * _LIKEST, range(len(cosines)), key=cosines.__getitem__)
        found: dict[int, float] = {}
        for place in best:
            found.setdefault(self._numbers[place], cosines[place] / (_WEIGHT_ONE * _WEIGHT_ONE))
        return [(cosine, number) for number, cosine in found.items()][:_LIKEST]


def _packed(own: Iterable[tuple[int, int]]) -> int:
    """Weights by place, each in its lane."""
    lanes = bytearray()
    for place, weight in own:
        lanes.extend(bytes(4 * place - len(lanes)))
        lanes.extend(weight.to_bytes(4, "little"))
    return int.from_bytes(lanes, "little")


def _examples(
    pairs: Sequence[tuple[Sample, Sequence[Piece]]], intents: Sequence[str], language: Language
) -> list[Example]:
    """Every sample with its slots masked, and with a value of each put in; none twice in one intent.

    A sample that is a bare slot says nothing about the sentences of its intent.
    """
    classes = {name: number for number, name in enumerate(intents)}
    found: dict[tuple[int, tuple[Unit, ...]], Example] = {}
    for number in _learnt(pairs):
        sample, pieces = pairs[number]
        words = [piece for piece in pieces if isinstance(piece, str)]
        intent, denied = classes[sample.intent], denies(words, language)
        slots = [piece[0] for piece in pieces if not isinstance(piece, str)]
        for values in ([], [_value(kind, number + k) for k, kind in enumerate(slots)]):
            units = tuple(sample_units(pieces, values))
            found.setdefault((intent, units), Example(number, intent, units, denied))
    return list(found.values())


def _learnt(pairs: Sequence[tuple[Sample, Sequence[Piece]]]) -> list[int]:
    """The numbers of the samples with a word of their own, thinned evenly where an intent has too many."""
    intents: dict[str, list[int]] = defaultdict(list)
    for number, (sample, pieces) in enumerate(pairs):
        if any(isinstance(piece, str) for piece in pieces):
            intents[sample.intent].append(number)
    most = MAX_PER_INTENT
    while most > 1 and sum(min(most, len(own)) for own in intents.values()) > MAX_SAMPLES:
        most = most * 3 // 4
    shares = ((own, min(most, len(own))) for own in intents.values())
    return sorted(own[place * len(own) // share] for own, share in shares for place in range(share))


def _value(kind: SlotType, turn: int) -> tuple[str, ...]:
    names = kind.index.names if kind.index is not None else []
    return names[turn % len(names)] if names else ()


def _kinds(pairs: Sequence[tuple[Sample, Sequence[Piece]]]) -> list[SlotType]:
    kinds = (piece[0] for _, pieces in pairs for piece in pieces if not isinstance(piece, str))
    return list({kind.name: kind for kind in kinds if kind.kind in ("typed", "listed")}.values())
