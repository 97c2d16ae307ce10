"""Scores how well a product name and a spoken query account for each other, word by word."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import pairwise
from operator import mul

SAID_SHARE, PRINTED_SHARE, ORDER_SHARE = 0.70, 0.22, 0.08
"""What the three parts of a score weigh; together 1. docs/matching.md says how they were set."""


@dataclass(frozen=True, slots=True)
class Unit:
    """One thing said: the word, the catalogue words it may stand for with likeness 0 to 1, and its weight."""

    word: str
    likeness: dict[int, float]
    weight: float
    small: bool


@dataclass(frozen=True, slots=True)
class Fit:
    """How well one name (a row of the index) answers one reading of a query; every share is 0 to 1.

    `said` is the share of the query found in the name, `weakest` the likeness of its worst word that matters,
    `printed` the share of the name that was said, `order` the share of words said in the printed order,
    `telling` the number of words said that matter.
    """

    row: int
    said: float
    weakest: float
    printed: float
    order: float
    telling: int

    @property
    def score(self) -> float:
        """0 to 1; what was said counts most, so that a name may be longer than the query."""
        return SAID_SHARE * self.said + PRINTED_SHARE * self.printed + ORDER_SHARE * self.order


class Reading:
    """One way to understand a query, prepared to be compared with many names.

    `rewritten` are the catalogue words by which it differs from the query as heard; a name with none of them
    fits the query as heard at least as well.
    """

    def __init__(self, units: Sequence[Unit], rewritten: Collection[int] = ()) -> None:
        self.units = tuple(units)
        self.rewritten = frozenset(rewritten)
        self._weights = [unit.weight for unit in units]
        self._total = sum(self._weights)
        self._telling = [place for place, unit in enumerate(units) if not unit.small]
        self._places: dict[int, list[tuple[int, float]]] = {}
        for place, unit in enumerate(units):
            for word, alike in unit.likeness.items():
                self._places.setdefault(word, []).append((place, alike))

    def fit(self, row: int, name: Sequence[int], weights: Sequence[float], name_weight: float) -> Fit:
        """Compares with the word numbers of one name; `weights` are those of all catalogue words."""
        best = [0.0] * len(self.units)
        found_at = [-1] * len(self.units)
        printed = 0.0
        for position, word in enumerate(name):
            likest = 0.0
            for place, alike in self._places.get(word, ()):
                if alike > best[place]:
                    best[place], found_at[place] = alike, position
                likest = max(likest, alike)
            printed += likest * weights[word]
        said = sum(map(mul, best, self._weights)) / self._total
        weakest = min((best[place] for place in self._telling), default=1.0)
        return Fit(row, said, weakest, printed / name_weight, _in_order(found_at), len(self._telling))


def _in_order(found_at: list[int]) -> float:
    """The share of neighbouring words of the query that are neighbours in the name."""
    positions = [position for position in found_at if position >= 0]
    if len(positions) < 2:
        return 0.0
    following = sum(later == earlier + 1 for earlier, later in pairwise(positions))
    return following / (len(positions) - 1)
