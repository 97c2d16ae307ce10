"""When a household will buy a product again: from its own gaps, drawn to what the shop knows of the product.

Days between two purchases are taken as log-normal. Own gaps count 0.9 per step back and are shrunk towards
the product's prior with the weight of two gaps; everything is asked given that nothing was bought since.
"""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from math import erfc, exp, log, sqrt
from statistics import NormalDist
from typing import NamedTuple

from skill.orders.replenishment_priors import Priors

NEAR_DAYS = 3
LATEST_DAYS = 365
"""No need is dated further ahead than a year."""
_NEVER_EARLIER_DAYS = 40
"""Beyond this a week holds too little of the distribution for a hit to outweigh an error."""
_GAP_WEIGHT, _PRIOR_GAPS, _SPREAD_GAPS = 0.9, 2.0, 4.0
_MIDDLE, _EARLIER = 0.48, (0.40, 0.30)
_HIT_DAYS = 8.0
"""How many days of error one certain hit is worth when the day is chosen."""
_LOGS: dict[float, float] = {days: log(days) for days in range(1, 1000)}
_INVERSE = NormalDist().inv_cdf
_ROOT, _STEPS = sqrt(0.5), 20
_WIDER = sqrt(1 + 1 / _PRIOR_GAPS)
_FAR, _LONG = 8.0, 12.0
"""Bounds of a standardised logarithm and of a logarithm of days, beyond which nothing is told apart."""
_ALMOST_NONE, _LONG_DAYS = 0.5 * erfc(_FAR * _ROOT), exp(_LONG)

Bought = list[tuple[int, float]]
"""Purchases of one product: day (proleptic ordinal) and quantity of that day, oldest first."""


@dataclass(frozen=True, slots=True)
class Tally:
    """A history up to a day: purchases by product in order of the first one, and the days of purchase."""

    products: Mapping[Hashable, Bought]
    visits: list[int]
    now: int


class Timing(NamedTuple):
    """The next gap of one product: mean and spread of its logarithm, days gone by, whether bought once."""

    mean: float
    spread: float
    since: int
    once: bool = False


def tally(history: Iterable[tuple[date, Hashable, float]], now: date) -> Tally:
    """Groups a history by product and day; rows after `now` are left out, others sorted by day.

    TypeError for something that is no date or an id that cannot be hashed, ValueError for a quantity that
    is not above zero.
    """
    today, ordinal = date.toordinal(now), date.toordinal
    rows = [(ordinal(when), product_id, quantity) for when, product_id, quantity in history]
    if any(after[0] < before[0] for before, after in pairwise(rows)):
        rows.sort(key=lambda row: row[0])
    products: dict[Hashable, Bought] = {}
    visits: list[int] = []
    for day, product_id, quantity in rows:
        if not quantity > 0:
            raise ValueError(f"a quantity must be above zero, not {quantity!r}")
        bought = products.get(product_id)
        if day > today:
            continue
        if not visits or visits[-1] != day:
            visits.append(day)
        if bought is None:
            products[product_id] = [(day, quantity)]
        elif bought[-1][0] == day:
            bought[-1] = (day, bought[-1][1] + quantity)
        else:
            bought.append((day, quantity))
    return Tally(products, visits, today)


def log_days(days: float) -> float:
    """The logarithm of a number of days or packs, from a table where it is small and whole."""
    return _LOGS[days] if days in _LOGS else log(days)


def timing(bought: Bought, log_gap: float, now: int, priors: Priors) -> Timing:
    """The next gap after the last purchase; `log_gap` is the product's own prior mean.

    A pack more or less shifts every gap by the shop's exponent: own gaps are read as if the usual
    quantity had been bought, the next one as for the last quantity.
    """
    since = now - bought[-1][0]
    if len(bought) == 1:
        return Timing(round(log_gap * _STEPS) / _STEPS, priors.spread * _WIDER, since, True)
    exponent = priors.quantity_exponent
    packs = [exponent * log_days(quantity) if quantity != 1 else 0.0 for _, quantity in bought]
    typical = sum(packs) / len(packs)
    weight, weights, total, squares = 1.0, 0.0, 0.0, 0.0
    later = bought[-1][0]
    for (day, _), pack in zip(reversed(bought[:-1]), reversed(packs[:-1]), strict=True):
        value = log_days(later - day) - pack + typical
        weights += weight
        total += weight * value
        squares += weight * value * value
        weight *= _GAP_WEIGHT
        later = day
    mean = (_PRIOR_GAPS * log_gap + total) / (_PRIOR_GAPS + weights)
    around = max(0.0, squares - 2 * mean * total + mean * mean * weights)
    variance = (around + _SPREAD_GAPS * priors.log_gap_variance) / (weights + _SPREAD_GAPS)
    spread = sqrt(variance * (1 + 1 / (_PRIOR_GAPS + weights)))
    return Timing(mean + packs[-1] - typical, spread, since)


def hazard(found: Timing, days: int) -> float:
    """Probability of a purchase within the next `days`, given none until now."""
    return 1.0 - _left(found, log_days(found.since + days)) / left_now(found)


def left_now(found: Timing) -> float:
    """Probability that the gap is longer than the days gone by; never quite 0, so it can be divided by."""
    return _left(found, log_days(found.since)) if found.since else 1.0


def quantile(found: Timing, share: float, scale: float = 1.0) -> float:
    """Days since the last purchase by which `share` of the purchases still to come have happened.

    `scale` multiplies the spread. Never below the days gone by, but for rounding.
    """
    scaled = Timing(found.mean, found.spread * scale, found.since)
    return _days_at(scaled, left_now(scaled) * (1.0 - share))


def best_day(found: Timing) -> tuple[int, float]:
    """Days since the last purchase to name, and the share of purchases within three days of it.

    The day weighs a small expected error against a likely hit: as the day leaves the middle, the error grows
    by about (middle - day) x (share before the middle - share before the day). Never before now, nor on the
    day of the last purchase, nor more than a year ahead.
    """
    since, left = found.since, left_now(found)
    middle = named = _day_at(found, left * (1.0 - _MIDDLE))
    chance = _near(found, middle, left)
    if middle - since > _NEVER_EARLIER_DAYS:
        return middle, chance
    best = _HIT_DAYS * chance
    for share in _EARLIER:
        day = _day_at(found, left * (1.0 - share))
        if day >= named:
            continue
        hit = _near(found, day, left)
        gain = _HIT_DAYS * hit - (middle - day) * (_MIDDLE - share)
        if gain > best:
            best, named, chance = gain, day, hit
    return named, chance


def _left(found: Timing, log_of_days: float) -> float:
    away = (log_of_days - found.mean) / found.spread
    return 0.5 * erfc(away * _ROOT) if away < _FAR else _ALMOST_NONE


def _days_at(found: Timing, left: float) -> float:
    days = found.mean - found.spread * _INVERSE(left)
    return exp(days) if days < _LONG else _LONG_DAYS


def _day_at(found: Timing, left: float) -> int:
    since, day = found.since, round(_days_at(found, left))
    if day <= since:
        return since or 1
    return day if day - since < LATEST_DAYS else since + LATEST_DAYS


def _near(found: Timing, day: int, left: float) -> float:
    """Share within three days of `day`, of the purchases still to come, whose probability is `left`."""
    mean, spread, since, _ = found
    first = day - NEAR_DAYS - 0.5
    before = left
    if first > since:
        before = 0.5 * erfc(min(_FAR, (log(first) - mean) / spread) * _ROOT)
    after = 0.5 * erfc(min(_FAR, (log(day + NEAR_DAYS + 0.5) - mean) / spread) * _ROOT)
    return (before - after) / left
