"""Learns a shop's priors from its histories, and checks itself on their past so that claims are honest."""

from bisect import bisect_left
from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import pairwise

from skill.orders.replenishment_priors import Knots, Priors, ProductPrior
from skill.orders.replenishment_timing import (
    NEAR_DAYS,
    Bought,
    Tally,
    Timing,
    best_day,
    log_days,
    quantile,
    tally,
    timing,
)

_SHOP_GAPS, _SHOP_BUYERS = 20, 10
_DEFAULT_WEIGHT = 50.0
"""The shop's own averages are drawn to the defaults as if these were that many gaps."""
_VISITS, _HISTORIES = 4, 4000
_FOLLOWED_DAYS = 90
_FEWEST_PURCHASES, _FEWEST_CASES = 3, 200
_BINS = (0.0, 0.2, 0.4, 0.6, 0.75, 0.85, 0.9, 0.95, 0.98, 1.0)
_SCALES = [0.5 + step * 0.025 for step in range(61)]


@dataclass(slots=True)
class _Sums:
    """What is added up over the shop for one product."""

    buyers: int = 0
    repeaters: int = 0
    gaps: int = 0
    log_gaps: float = 0.0


@dataclass(slots=True)
class _Shop:
    """Sums over the shop: by product, squares around each household's own mean, and quantity against gap."""

    products: dict[Hashable, _Sums] = field(default_factory=dict)
    freedom: int = 0
    squares: float = 0.0
    pack_squares: float = 0.0
    pack_gaps: float = 0.0

    def add(self, product_id: Hashable, bought: Bought) -> None:
        """Counts one household's purchases of a product."""
        sums = self.products.setdefault(product_id, _Sums())
        sums.buyers += 1
        if len(bought) < 2:
            return
        logs = [log_days(after[0] - before[0]) for before, after in pairwise(bought)]
        packs = [log_days(quantity) for _, quantity in bought[:-1]]
        sums.repeaters += 1
        sums.gaps += len(logs)
        sums.log_gaps += sum(logs)
        mean, pack_mean = sum(logs) / len(logs), sum(packs) / len(packs)
        self.freedom += len(logs) - 1
        self.squares += sum((value - mean) ** 2 for value in logs)
        self.pack_squares += sum((pack - pack_mean) ** 2 for pack in packs)
        self.pack_gaps += sum((p - pack_mean) * (v - mean) for p, v in zip(packs, logs, strict=True))


@dataclass(frozen=True, slots=True)
class _Case:
    """One product on a day of its purchase in the past: what would have been said, and what came."""

    when: Timing
    share: float
    hit: bool | None
    gap: int | None


def fit(histories: Iterable[Iterable[tuple[date, Hashable, float]]]) -> Priors:
    """The priors of a shop from all its households' histories; the defaults when there are none.

    Averages of products and shop are shrunk (a product to the shop by 20 gaps and 10 buyers, the shop to the
    defaults by 50 gaps). Then predictions are made for up to four past days of each of at most 4,000
    households, and compared with what followed: that gives the claimed confidence and the width of windows.
    """
    households = [tally(history, date.max) for history in histories]
    priors = _averages(households)
    last = max((found.visits[-1] for found in households if found.visits), default=0)
    stride = max(1, len(households) // _HISTORIES)
    cases = [case for found in households[::stride] for case in _replayed(found, priors, last)]
    judged = [(case.share, case.hit) for case in cases if case.hit is not None]
    if len(judged) >= _FEWEST_CASES:
        priors = replace(priors, confidence=_calibrated(judged))
    followed = [(case.when, case.gap) for case in cases if case.gap is not None]
    if len(followed) >= _FEWEST_CASES:
        priors = replace(priors, spread_scale=_scale(followed))
    return priors


def _averages(households: list[Tally]) -> Priors:
    shop, base = _Shop(), Priors()
    for found in households:
        for product_id, bought in found.products.items():
            shop.add(product_id, bought)
    sums = shop.products.values()
    gaps, total = sum(s.gaps for s in sums), sum(s.log_gaps for s in sums)
    buyers, repeaters = sum(s.buyers for s in sums), sum(s.repeaters for s in sums)
    weight = _DEFAULT_WEIGHT
    log_gap = (total + weight * base.log_gap) / (gaps + weight)
    repeats = (repeaters + weight * base.repeat_share) / (buyers + weight)
    exponent = (shop.pack_gaps + weight * base.quantity_exponent) / (shop.pack_squares + weight)
    products = {
        product_id: ProductPrior(
            round((s.log_gaps + _SHOP_GAPS * log_gap) / (s.gaps + _SHOP_GAPS), 2),
            round((s.repeaters + _SHOP_BUYERS * repeats) / (s.buyers + _SHOP_BUYERS), 4),
        )
        for product_id, s in shop.products.items()
    }
    return replace(
        base,
        log_gap=log_gap,
        log_gap_variance=(shop.squares + weight * base.log_gap_variance) / (shop.freedom + weight),
        repeat_share=repeats,
        quantity_exponent=min(1.0, max(0.0, exponent)),
        products=products,
    )


def _replayed(found: Tally, priors: Priors, last: int) -> Iterable[_Case]:
    """Cases of products bought at least the third time on some of the household's days that were followed."""
    visits = found.visits[: bisect_left(found.visits, last - _FOLLOWED_DAYS)]
    visits = visits[len(visits) // 3 :]
    for day in visits[:: max(1, len(visits) // _VISITS)][-_VISITS:]:
        for product_id, bought in found.products.items():
            known = bisect_left(bought, (day + 1, 0))
            if known >= _FEWEST_PURCHASES and bought[known - 1][0] == day:
                when = timing(bought[:known], priors.product(product_id).log_gap, day, priors)
                yield _case(when, bought[known:], day, last)


def _case(when: Timing, following: Bought, day: int, last: int) -> _Case:
    due, share = best_day(when)
    gap = following[0][0] - day if following else None
    seen = day + due + NEAR_DAYS <= last
    hit = (gap is not None and abs(gap - due) <= NEAR_DAYS) if seen else None
    return _Case(when, share, hit, gap if gap is not None and gap <= _FOLLOWED_DAYS else None)


def _calibrated(judged: list[tuple[float, bool]]) -> Knots:
    """Rising knots from shares of the distribution to shares of hits: bins, pooled where they would fall."""
    ordered = sorted(judged)
    edges = [round(edge * len(ordered)) for edge in _BINS]
    pools: list[list[float]] = []
    for low, high in pairwise(edges):
        part = ordered[low:high]
        pools.append([float(len(part)), sum(s for s, _ in part), float(sum(hit for _, hit in part))])
        while len(pools) > 1 and pools[-2][2] * pools[-1][0] >= pools[-1][2] * pools[-2][0]:
            size, shares, hits = pools.pop()
            pools[-1] = [pools[-1][0] + size, pools[-1][1] + shares, pools[-1][2] + hits]
    knots = [(0.0, 0.0)]
    for size, shares, hits in pools:
        x, y = shares / size, hits / size
        if x > knots[-1][0] and x < 1.0:
            knots.append((x, max(y, knots[-1][1])))
    knots.append((1.0, min(1.0, knots[-1][1] + 0.5 * (1.0 - knots[-1][0]))))
    return tuple(knots)


def _scale(followed: list[tuple[Timing, int]]) -> float:
    """The factor on the spread with which half of the gaps lie in the middle half of their distribution."""

    def off(scale: float) -> float:
        inside = 0
        for when, gap in followed:
            low, high = quantile(when, 0.25, scale), quantile(when, 0.75, scale)
            inside += round(low) <= gap <= round(high)
        return abs(inside / len(followed) - 0.5)

    return min(_SCALES, key=off)
