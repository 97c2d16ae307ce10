"""Turns a sentence or a sample into the weighted features by which sentences are likened to each other."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from skill.understanding.grammar import Piece, Reading, Span
from skill.understanding.language import Language, read_table
from skill.understanding.slot_types import SlotType
from skill.understanding.words import starts_with

Vector = dict[str, float]
"""Feature to weight; the squares of all weights, known features or not, add up to 1."""

_GRAM_SIZES = (3, 4)
"""Letters of an n-gram inside one word; its edges count as letters."""

_MEANT_WEIGHT = 0.8
"""How much the known word counts that an unknown one is a slip of."""

_MARK_WEIGHT = 2.0
_MOST_MARKS = 3
_EDGE = ("|",)


@dataclass(frozen=True)
class Weighting:
    """How much a function word, a group of like words and a pair of function words count beside a plain word.

    Function words have no n-grams to help them.
    """

    function: float
    kin: float
    idle_pair: float


CLASSIFYING = Weighting(function=2.0, kin=2.0, idle_pair=1.0)
"""To tell intents apart function words are worth much: "when" from "what", "to" from "from"."""

LIKENING = Weighting(function=0.5, kin=1.0, idle_pair=0.5)
"""To tell whether a sentence is about the same matter they are worth little: strangers ask "what is" too."""


@dataclass(frozen=True, slots=True)
class Unit:
    """A word, or the words of one slot value with the marks of the slot types that it may fill."""

    words: tuple[str, ...]
    marks: tuple[str, ...] = ()
    weight: float = 1.0


def mark(kind: SlotType) -> str:
    """What stands for any value of a slot type."""
    return f"{{{kind.name}}}"


def sample_units(pieces: Sequence[Piece], values: Sequence[tuple[str, ...]]) -> list[Unit]:
    """The units of a sample, given words for every slot in order (none at all for masked values)."""
    units: list[Unit] = []
    waiting = list(values)
    for piece in pieces:
        if isinstance(piece, str):
            units.append(Unit((piece,)))
            continue
        words = waiting.pop(0) if waiting else ()
        units.append(Unit(words, (mark(piece[0]),) if piece[0].kind in ("typed", "listed") else ()))
    return units


def sentence_units(reading: Reading, kinds: Sequence[SlotType], known: Mapping[str, object]) -> list[Unit]:
    """The units of a sentence without its openers: values from left to right, the longest first, and words.

    A word that is not `known` stands for the likest word that is.
    """
    units: list[Unit] = []
    place = core_start(reading)
    while place < len(reading.tokens):
        spans = _values_at(reading, kinds, place)
        if spans:
            end = spans[0][1].end
            parsed = any(span.wire is not None for _, span in spans)
            words = () if parsed else tuple(token.text for token in reading.tokens[place:end])
            units.append(Unit(words, tuple(mark(kind) for kind, _ in spans[:_MOST_MARKS])))
            place = end
            continue
        units.append(_word_unit(reading, place, known))
        place += 1
    return units


def core_start(reading: Reading) -> int:
    """Where the sentence begins behind "can you", "i want to" and the like."""
    place, language = 0, reading.language
    while taken := starts_with(reading.tokens, place, language.openers):
        if place + taken >= len(reading.tokens):
            break
        place += taken
    return place


def _values_at(reading: Reading, kinds: Iterable[SlotType], place: int) -> list[tuple[SlotType, Span]]:
    """The longest values that begin here with their types, all of one length."""
    found = [(kind, spans[0]) for kind in kinds if (spans := reading.fixed(kind, place))]
    end = max((span.end for _, span in found), default=place)
    return [(kind, span) for kind, span in found if span.end == end and span.fixed == end - place]


def _word_unit(reading: Reading, place: int, known: Mapping[str, object]) -> Unit:
    said = reading.tokens[place].text
    if f"w{said}" not in known:
        for meant, cost in reading.words[place][1:]:
            if f"w{meant}" in known:
                return Unit((meant,), (), _MEANT_WEIGHT / max(1.0, cost))
    return Unit((said,))


@lru_cache(maxsize=16)
def kindred(code: str) -> Mapping[str, str]:
    """For a word of a language the name of its group of like words."""
    groups = read_table("kin", code)["groups"]
    return {word: group.split()[0] for group in groups for word in group.split()}


def vector(units: Sequence[Unit], language: Language, weighting: Weighting) -> Vector:
    """Words, pairs of neighbours, the same for groups of like words, and in-word letter n-grams; unit length.

    Function words have no n-grams: they are few, and every intent has them.
    """
    kin, idle = kindred(language.code), language.function_words
    found: Vector = {}
    for unit in units:
        for marked in unit.marks:
            found[f"w{marked}"] = _MARK_WEIGHT
        for word in unit.words:
            weight = unit.weight * (weighting.function if word in idle else 1.0)
            found[f"w{word}"] = weight
            if group := kin.get(word):
                found[f"k{group}"] = weighting.kin * unit.weight
            if word not in idle:
                found.update(dict.fromkeys(grams(word), weight))
    _add_pairs(found, units, kin, idle, weighting.idle_pair)
    length = math.sqrt(sum([weight * weight for weight in found.values()]))
    return {feature: weight / length for feature, weight in found.items()} if length else found


def _add_pairs(
    found: Vector, units: Sequence[Unit], kin: Mapping[str, str], idle: frozenset[str], idle_weight: float
) -> None:
    symbols = [_EDGE, *(unit.marks or unit.words or ("",) for unit in units), _EDGE]
    for lefts, rights in pairwise(symbols):
        left, right = lefts[-1], rights[0]
        weight = idle_weight if _is_idle(left, idle) and _is_idle(right, idle) else 1.0
        found[f"p{left} {right}"] = weight
        left_kin, right_kin = kin.get(left), kin.get(right)
        if left_kin or right_kin:
            found[f"q{left_kin or left} {right_kin or right}"] = weight


def _is_idle(symbol: str, idle: frozenset[str]) -> bool:
    return symbol in idle or symbol in ("", *_EDGE)


@lru_cache(maxsize=32768)
def grams(word: str) -> tuple[str, ...]:
    """The letter n-grams of a word, marked as such."""
    padded = f"<{word}>"
    return tuple(
        f"c{padded[start : start + size]}" for size in _GRAM_SIZES for start in range(len(padded) - size + 1)
    )
