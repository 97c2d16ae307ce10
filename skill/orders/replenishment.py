"""The usual and the need date: what a household buys again, in which order, when, and how sure that is.

Pure functions over one household's history, a list of `(date, product_id, quantity)`. Rows after `now` are
left out, rows of one day are one purchase, rows out of order are sorted by day (the sort is stable; equal
scores keep the order of first purchase, so that the same input gives the same answer in every process).
TypeError for a date that is none or an id that cannot be hashed; ValueError for a quantity not above zero.
docs/replenishment.md says how it works and what it was measured to do.
"""

from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from itertools import pairwise
from math import sqrt
from statistics import median

from skill.orders.replenishment_fit import fit
from skill.orders.replenishment_priors import Priors
from skill.orders.replenishment_timing import (
    LATEST_DAYS,
    Tally,
    Timing,
    best_day,
    hazard,
    quantile,
    tally,
    timing,
)

__all__ = ["Priors", "Reason", "Window", "fit", "interval", "predict", "reason", "usual", "window"]

History = Iterable[tuple[date, Hashable, float]]
Usual = tuple[Hashable, None, float, None]
Prediction = tuple[Hashable, date, float, float]
"""Product id, the day to name, score (higher is sooner and surer), probability of that day give or take 3."""

WEEK = 7
_BASKET_WEIGHT, _HALF_LIFE_DAYS = 0.95, 60
_HALF = (0.25, 0.75)
_REMEMBERED = 16_384
_hazard_of_one, _best_day_of_one = lru_cache(_REMEMBERED)(hazard), lru_cache(_REMEMBERED)(best_day)
"""Most products were bought once, and differ by a rounded prior and the days gone by only."""
_LAST_DAY = date.max.toordinal()


@dataclass(frozen=True)
class Reason:
    """True facts for "why do you think so": days bought, middle gap in days, the last purchase."""

    times_bought: int
    typical_gap_days: int | None
    last_bought: date
    last_quantity: float


@dataclass(frozen=True)
class Window:
    """A time as people say it: part ("early", "middle", "late" or "whole") of a day, week or month to come.

    `ahead` counts units from now: part "late", unit "week", ahead 1 is "late next week"; a day 0 is today.
    """

    part: str
    unit: str
    ahead: int


def usual(history: History, now: date, priors: Priors | None = None) -> list[Usual]:
    """Every product bought before, what belongs in the next basket first; dates are left to `predict`.

    The score is the frequency, 0.95 per basket back, times the square root of the chance of a purchase this
    week (plus a tenth) and a root of the share of the shop's buyers who return; the share counts once more
    by itself, so that among products bought once the ones that people stay with come first.
    """
    found, known = tally(history, now), priors or Priors()
    weight = {day: _BASKET_WEIGHT**back for back, day in enumerate(reversed(found.visits))}
    answers: list[Usual] = []
    for product_id, often, when, repeats in _features(found, known, weight):
        week = _hazard_of_one(when, WEEK) if when.once else hazard(when, WEEK)
        score = often * sqrt(week + 0.1) * repeats**0.25 + 0.1 * repeats
        answers.append((product_id, None, score, None))
    answers.sort(key=_by_score)
    return answers


def predict(history: History, now: date, priors: Priors | None = None) -> list[Prediction]:
    """Every product bought before with its next day, what will be needed this week first.

    The score is the frequency, halved every 60 days, times the chance of a purchase within seven days given
    none since the last; it may be compared between households.
    """
    found, known = tally(history, now), priors or Priors()
    weight = {day: 0.5 ** ((found.now - day) / _HALF_LIFE_DAYS) for day in found.visits}
    answers: list[Prediction] = []
    for product_id, often, when, repeats in _features(found, known, weight):
        week = _hazard_of_one(when, WEEK) if when.once else hazard(when, WEEK)
        due, share = _best_day_of_one(when) if when.once else best_day(when)
        score = often * (week + 0.02) * repeats**0.1
        answers.append((product_id, _day(found, when, due), score, known.claimed(share)))
    answers.sort(key=_by_score)
    return answers


def interval(
    history: History, product_id: Hashable, now: date, priors: Priors | None = None
) -> tuple[date, date] | None:
    """The middle half, first and last day, of the times when the product may be bought next.

    Half of the next purchases fall into it, as far as the product is bought again at all; None when it has
    not been bought on two days.
    """
    found, known = tally(history, now), priors or Priors()
    bought = found.products.get(product_id, [])
    if len(bought) < 2:
        return None
    when = timing(bought, known.product(product_id).log_gap, found.now, known)
    first, last = (round(quantile(when, share, known.spread_scale)) for share in _HALF)
    earliest = max(first, when.since or 1)
    latest = min(max(last, earliest), when.since + LATEST_DAYS)
    return _day(found, when, min(earliest, latest)), _day(found, when, latest)


def reason(history: History, product_id: Hashable, now: date) -> Reason | None:
    """What can be said truly about a product's purchases up to `now`; None when there is none."""
    bought = tally(history, now).products.get(product_id)
    if bought is None:
        return None
    days = [day for day, _ in bought]
    gaps = [after - before for before, after in pairwise(days)]
    typical = round(median(gaps)) if gaps else None
    return Reason(len(days), typical, date.fromordinal(days[-1]), bought[-1][1])


def window(due: date, spread_days: int, now: date) -> Window:
    """The finest honest wording for a day known to within `spread_days` (last day - first day).

    Up to a day: the day itself; up to four: a third of its week (Monday first); up to ten: the week; up to
    twenty: a third of its month; beyond that the month. A day in the past is today: it is due now.
    """
    due = max(due, now)
    if spread_days <= 1:
        return Window("whole", "day", (due - now).days)
    if spread_days <= 10:
        weeks = (_monday(due) - _monday(now)).days // WEEK
        part = ("early", "early", "middle", "middle", "late", "late", "late")[due.weekday()]
        return Window(part if spread_days <= 4 else "whole", "week", weeks)
    months = (due.year - now.year) * 12 + due.month - now.month
    third = "early" if due.day <= 10 else "middle" if due.day <= 20 else "late"
    return Window(third if spread_days <= 20 else "whole", "month", months)


def _features(
    found: Tally, priors: Priors, weight: Mapping[int, float]
) -> Iterator[tuple[Hashable, float, Timing, float]]:
    """Product id, weighted number of purchases, timing and repeat share, in order of first purchase."""
    average = priors.average
    for product_id, bought in found.products.items():
        prior = priors.products.get(product_id, average)
        often = weight[bought[0][0]] if len(bought) == 1 else sum([weight[day] for day, _ in bought])
        yield product_id, often, timing(bought, prior.log_gap, found.now, priors), prior.repeat_share


def _by_score(answer: tuple[Hashable, date | None, float, float | None]) -> float:
    return -answer[2]


def _day(found: Tally, when: Timing, since: int) -> date:
    return date.fromordinal(min(found.now - when.since + since, _LAST_DAY))


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday()) if day.toordinal() > WEEK else date.min
