"""Finds the product a shopper named aloud, and says whether to act on it, to ask, or to decline."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from skill.catalog.coverage import Fit, Reading
from skill.catalog.name_index import NameIndex
from skill.catalog.readings import Reader
from skill.catalog.synonyms import Synonyms, built_in_synonyms

Decision = Literal["act", "ask", "decline"]

MOST_CANDIDATES = 10
_COMPARED_ROWS = 40

# Where the decisions turn. Set on queries made from names that the development queries do not use, and on
# requests for things not sold; docs/matching.md has the figures.
_ACT_SAID = 0.85
_ACT_WEAKEST = 0.65
_ACT_PRINTED = 0.35
_UNSURE_WEAKEST = 0.85
_ASK_SAID = 0.65
# Few words say little ("a bicycle" is not a picture of one): they must be right and most of the name, as must
# words that are only like those printed.
_ONE_WORD_ACT = 0.88
_ONE_WORD_PRINTED = 0.6
_TWO_WORDS_PRINTED = 0.45
_ONE_WORD_ASK = 0.75
_RIVAL_SAID = 0.05
_RIVAL_PRINTED = 0.2
_BETTER_SAID = 0.02
_ALIKE = 0.9
_NEAR_TIE = 0.15


@dataclass(frozen=True)
class Match:
    """What a query led to: the decision, and product ids with scores 0 to 1, best first, at most ten.

    The candidates are there whatever the decision: for "ask" the first two are the ones to offer.
    """

    decision: Decision
    candidates: list[tuple[str, float]]


class ProductMatcher:
    """Matches spoken names against a catalogue in memory; once built, any number of threads may use it."""

    def __init__(
        self, products: Iterable[tuple[str, str]], synonyms: Mapping[str, Sequence[str]] | None = None
    ) -> None:
        """Indexes (product id, name) pairs; an id may come again with another name, and its best name counts.

        `synonyms` maps a word or phrase to others for it and replaces the built-in English table; {} is none.
        """
        self._index = NameIndex(products)
        table = built_in_synonyms() if synonyms is None else Synonyms(synonyms)
        self._reader = Reader(self._index, table)

    def match(self, query: str, own: Collection[str] = ()) -> Match:
        """Judges a query, of which the first LONGEST_TEXT characters count; never raises for any text.

        `own` are product ids this household bought: they lead among near ties, and exactly one settles it.
        """
        bought = frozenset(own)
        fits = self._best_fits(query, bought)
        if not fits:
            return Match("decline", [])
        ranked = list(fits)
        tied = [
            product for product in ranked if product in bought and _near_tie(fits[product], fits[ranked[0]])
        ]
        ranked.sort(key=lambda product: product not in tied)
        decision = _decide([fits[product] for product in ranked], settled=len(tied) == 1)
        return Match(decision, _scored(ranked[:MOST_CANDIDATES], fits))

    def _best_fits(self, query: str, bought: frozenset[str]) -> dict[str, Fit]:
        """The best fit of each product worth comparing, best product first; those bought are worth it."""
        readings = self._reader.readings(query)
        if not readings:
            return {}
        units = {unit.word: unit for reading in readings for unit in reading.units}.values()
        telling = [unit.likeness for unit in units if not unit.small] or [unit.likeness for unit in units]
        rows = {*self._index.rows_with(telling, _COMPARED_ROWS), *self._rows_holding(bought, telling)}
        found = [self._best_fit(row, readings) for row in rows]
        found.sort(key=lambda fit: (-fit.score, fit.row))
        fits: dict[str, Fit] = {}
        for fit in found:
            fits.setdefault(self._index.products[fit.row], fit)
        return fits

    def _rows_holding(self, bought: frozenset[str], likenesses: list[dict[int, float]]) -> list[int]:
        """The names of these products that hold any of the words; a large catalogue may have many better."""
        said = set().union(*likenesses)
        rows = [row for product in bought for row in self._index.rows_of.get(product, ())]
        return [row for row in rows if not said.isdisjoint(self._index.rows[row])]

    def _best_fit(self, row: int, readings: list[Reading]) -> Fit:
        name, weights, weight = self._index.rows[row], self._index.weights, self._index.row_weights[row]
        best = readings[0].fit(row, name, weights, weight)
        for reading in readings[1:]:
            if not reading.rewritten.isdisjoint(name):
                best = max(best, reading.fit(row, name, weights, weight), key=lambda fit: fit.score)
        return best


def _near_tie(fit: Fit, best: Fit) -> bool:
    """Whether a product answers what was said as well as the best one, up to how much longer its name is."""
    return fit.said >= best.said - _RIVAL_SAID and fit.score >= best.score - _NEAR_TIE


def _decide(ranked: list[Fit], settled: bool) -> Decision:
    """What to do about the first of these fits; `settled` when the household's own purchases point to it."""
    first = ranked[0]
    if first.telling == 0:
        return "ask" if first.printed >= _ONE_WORD_PRINTED else "decline"
    if first.said < _ASK_SAID or (first.telling < 2 and first.weakest < _ONE_WORD_ASK):
        return "decline"
    if first.said < _ACT_SAID or first.weakest < _ACT_WEAKEST:
        return "ask"
    if first.telling == 1 and first.weakest < _ONE_WORD_ACT:
        return "ask"
    if settled:
        return "act"
    if first.printed < _enough_printed(first) or any(_rivals(fit, first) for fit in ranked[1:]):
        return "ask"
    return "act"


def _enough_printed(first: Fit) -> float:
    """The share of the name that must have been said to act on it."""
    if first.telling == 1:
        return _ONE_WORD_PRINTED
    unsure = first.telling == 2 or first.weakest < _UNSURE_WEAKEST
    return _TWO_WORDS_PRINTED if unsure else _ACT_PRINTED


def _rivals(other: Fit, first: Fit) -> bool:
    """Whether another product may as well be meant: it answers better, or as well with a name as short.

    A name that holds every word exactly has no rival that is only like one of them.
    """
    if other.said > first.said + _BETTER_SAID:
        return True
    if first.weakest == 1.0 and other.weakest < _ALIKE:
        return False
    return other.said >= first.said - _RIVAL_SAID and other.printed >= first.printed - _RIVAL_PRINTED


def _scored(ranked: list[str], fits: Mapping[str, Fit]) -> list[tuple[str, float]]:
    """Products with scores that never rise: one moved up for being own takes the score of those it passed."""
    result: list[tuple[str, float]] = []
    floor = 0.0
    for product in reversed(ranked):
        floor = max(floor, fits[product].score)
        result.append((product, round(min(floor, 1.0), 4)))
    return result[::-1]
