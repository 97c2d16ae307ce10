"""The peers that `benchmarks.replenishment` compares with: frequency, mean interval, TIFU-KNN and BG/NBD.

Each peer is fitted to histories and then asked for scores (and days from the last purchase) by household.
TIFU-KNN follows Hu et al. 2020 (300 neighbours, within-group decay 0.9, group decay 0.7, alpha 0.7, groups of
7), BG/NBD Fader, Hardie and Lee 2005, both fitted to (household, product) pairs.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from importlib import import_module
from itertools import pairwise
from typing import Any, Protocol

import numpy as np

from skill.orders.replenishment_timing import Tally, tally

# scipy ships no types; imported by name it is Any
optimize: Any = import_module("scipy.optimize")
sparse: Any = import_module("scipy.sparse")
special: Any = import_module("scipy.special")

History = Sequence[tuple[date, int, int]]
Scores = dict[int, float]
HORIZON_DAYS = 7


class Peer(Protocol):
    """A way to order the products of one household."""

    def scores(self, household: int, found: Tally) -> Scores:
        """What stands for each product bought before; higher comes first."""

    def days(self, found: Tally) -> dict[int, float] | None:
        """Days from the last purchase to the next, by product; None when the peer names none."""


class Frequency:
    """How often the household bought each product."""

    def scores(self, household: int, found: Tally) -> Scores:
        """Days of purchase."""
        return {key: float(len(bought)) for key, bought in _bought(found)}

    def days(self, found: Tally) -> None:
        """A frequency names no day."""


class MeanInterval:
    """The mean of the household's own gaps; what is due nearest to now comes first."""

    def days(self, found: Tally) -> dict[int, float]:
        """The mean gap, of products bought on two days."""
        repeated = [(key, bought) for key, bought in _bought(found) if len(bought) > 1]
        return {key: (bought[-1][0] - bought[0][0]) / (len(bought) - 1) for key, bought in repeated}

    def scores(self, household: int, found: Tally) -> Scores:
        """The negative distance of the due day from now; products without a gap last."""
        gaps = self.days(found)
        soon = {key: found.now - bought[-1][0] - gaps.get(key, 9999.0) for key, bought in _bought(found)}
        return {key: -abs(value) for key, value in soon.items()}


class TifuKnn:
    """Temporal item frequencies of the household mixed with those of its 300 nearest neighbours."""

    def __init__(self, histories: Mapping[int, History], now: date) -> None:
        """Builds the vectors of all households from their baskets before `now`."""
        tallies = {household: tally(rows, now) for household, rows in histories.items()}
        self._rows = {household: row for row, household in enumerate(tallies)}
        products = sorted({key for found in tallies.values() for key, _ in _bought(found)})
        self._columns = {key: column for column, key in enumerate(products)}
        cells = [
            (row, self._columns[key], weight)
            for row, found in enumerate(tallies.values())
            for key, weight in _frequencies(found).items()
        ]
        rows, columns, weights = zip(*cells, strict=True)
        self._vectors = sparse.csr_matrix((weights, (rows, columns)), shape=(len(tallies), len(products)))
        self._squares = np.asarray(self._vectors.multiply(self._vectors).sum(axis=1)).ravel()

    def scores(self, household: int, found: Tally) -> Scores:
        """0.7 own + 0.3 mean of the neighbours, of products bought before."""
        row = self._rows[household]
        products = (self._vectors @ self._vectors[row].T).toarray().ravel()
        distances = self._squares - 2 * products
        distances[row] = np.inf
        nearest = np.argsort(distances, kind="stable")[:300]
        others = np.asarray(self._vectors[nearest].mean(axis=0)).ravel()
        own = self._vectors[row].toarray().ravel()
        mixed = 0.7 * own + 0.3 * others
        return {key: float(mixed[self._columns[key]]) for key, _ in _bought(found)}

    def days(self, found: Tally) -> None:
        """TIFU-KNN names no day."""


class BgNbd:
    """Expected purchases in the next seven days, "buy till you die", one model for all pairs."""

    def __init__(self, histories: Mapping[int, History], now: date, pairs: int = 20_000) -> None:
        """Maximum likelihood over at most `pairs` pairs of household and product."""
        found = [tally(rows, now) for rows in histories.values()]
        cases = [_recency(bought, now.toordinal()) for each in found for _, bought in _bought(each)]
        counts = Counter(cases[:: max(1, len(cases) // pairs)])
        repeats, recency, age = (np.array(column, float) for column in zip(*counts, strict=True))
        weights = np.array(list(counts.values()), float)

        def loss(logs: np.ndarray) -> float:
            return -float(weights @ _likelihood(np.exp(logs), repeats, recency, age))

        found_logs = optimize.minimize(loss, np.zeros(4), method="Nelder-Mead", options={"maxiter": 600}).x
        self.parameters = np.exp(found_logs)

    def scores(self, household: int, found: Tally) -> Scores:
        """The conditional expectation of Fader, Hardie and Lee (2005), equation 10."""
        keys = [key for key, _ in _bought(found)]
        cases = [_recency(bought, found.now) for _, bought in _bought(found)]
        x, recency, age = (np.array(column, float) for column in zip(*cases, strict=True))
        r, alpha, a, b = self.parameters
        age = np.maximum(age, 0.5)
        fraction = HORIZON_DAYS / (alpha + age + HORIZON_DAYS)
        grown = special.hyp2f1(r + x, b + x, a + b + x - 1, fraction)
        left = 1 - ((alpha + age) / (alpha + age + HORIZON_DAYS)) ** (r + x) * grown
        expected = (a + b + x - 1) / (a - 1) * left
        lost = np.where(
            x > 0, a / (b + np.maximum(x, 1) - 1) * ((alpha + age) / (alpha + recency)) ** (r + x), 0
        )
        return dict(zip(keys, (expected / (1 + lost)).tolist(), strict=True))

    def days(self, found: Tally) -> None:
        """BG/NBD counts purchases and names no day."""


def _bought(found: Tally) -> list[tuple[int, list[tuple[int, float]]]]:
    return [(key, bought) for key, bought in found.products.items() if isinstance(key, int)]


def _recency(bought: list[tuple[int, float]], now: int) -> tuple[int, int, int]:
    return len(bought) - 1, bought[-1][0] - bought[0][0], now - bought[0][0]


def _likelihood(parameters: np.ndarray, x: np.ndarray, recency: np.ndarray, age: np.ndarray) -> np.ndarray:
    r, alpha, a, b = parameters
    first = special.gammaln(r + x) - special.gammaln(r) + r * np.log(alpha)
    alive = special.betaln(a, b + x) - special.betaln(a, b) - (r + x) * np.log(alpha + age)
    repeated = np.maximum(x, 1)
    gone = special.betaln(a + 1, b + repeated - 1) - special.betaln(a, b) - (r + x) * np.log(alpha + recency)
    return np.asarray(first + np.where(x > 0, np.logaddexp(alive, gone), alive))


def _frequencies(found: Tally, size: int = 7, within: float = 0.9, across: float = 0.7) -> Scores:
    """The vector: decayed in groups of seven baskets from the newest, then over groups."""
    newest = {day: back for back, day in enumerate(reversed(found.visits))}
    baskets = len(found.visits)
    groups = -(-baskets // size)
    edges = [min(baskets, edge * size) for edge in range(groups + 1)]
    weights = []
    for group, (start, end) in enumerate(pairwise(edges)):
        share = across**group / groups / (end - start)
        weights += [share * within ** (back - start) for back in range(start, end)]
    return {key: sum(weights[newest[day]] for day, _ in bought) for key, bought in _bought(found)}
