"""Pure rules of the baby diary: amounts, moments, repeats, and how long the diapers last."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal

Activity = Literal["feeding", "diaper"]
FEEDING: Activity = "feeding"
DIAPER: Activity = "diaper"

US_FLUID_OUNCE_ML = 29.5735
UK_FLUID_OUNCE_ML = 28.4131
MOST = {"oz": 64, "ml": 2000, "g": 2000}
"""More than this in one feed is a slip of the tongue or of the ear."""
FRACTIONS = {"quarter": 0.25, "half": 0.5, "three_quarters": 0.75}
"""Ids of the values of the fraction slot and what they are worth."""
NEVER_OUNCES = 20
PLAUSIBLY_MILLILITRES = 10

REPEAT_WINDOW = timedelta(minutes=2)
UNDO_WINDOW = timedelta(minutes=10)
OLDEST = timedelta(days=7)
CLOCK_SLACK = timedelta(minutes=2)
"""A clock time this little ahead is "now": people round, and clocks differ."""
HALF_DAY = timedelta(hours=12)
DIAL_HOURS = 12

PLANNED_PER_DAY = ((30, 10), (120, 8), (365, 7))
"""(age in days, diapers a day): the middle of the spans that parents' guides give; for planning only."""
PLANNED_LATER = 5
OWN_RATE_DAYS = 7
OWN_RATE_SPAN_DAYS = 14
KINDS_OF = {"wet": ("wet", "both"), "dirty": ("dirty", "both"), "both": ("both",), "dry": ("dry",)}
"""Which diapers answer the question for a kind: one that was both was wet."""


@dataclass(frozen=True)
class Feed:
    """A feed as it was said; None where nothing was. `amount_ml` is None for grams."""

    method: str | None = None
    side: str | None = None
    amount: float | None = None
    unit: str | None = None
    amount_ml: float | None = None


@dataclass(frozen=True)
class Change:
    """A diaper as it was said: wet, dirty, both, dry, or None."""

    kind: str | None = None


@dataclass(frozen=True)
class Rate:
    """Diapers used in a day. `own` says that it was logged and not planned from the age."""

    per_day: float
    own: bool


def ounce_ml(locale: str) -> float:
    """Millilitres in a fluid ounce: 28.4131 in the United Kingdom, 29.5735 elsewhere."""
    return UK_FLUID_OUNCE_ML if locale == "en-GB" else US_FLUID_OUNCE_ML


def in_ml(amount: float, unit: str, locale: str) -> float | None:
    """`amount` of `unit` (oz, ml) in millilitres to three decimals; None for a weight."""
    factors = {"oz": ounce_ml(locale), "ml": 1.0}
    return round(amount * factors[unit], 3) if unit in factors else None


def fits(amount: float, unit: str | None) -> bool:
    """Whether one feed can hold `amount`: more than nothing and no more than MOST of its unit."""
    return 0 < amount <= (MOST.get(unit, 0) if unit else max(MOST.values()))


def implied_unit(amount: float, usual: str | None) -> str | None:
    """The unit of an amount said without one, given the unit this house used last; None to ask.

    Nobody feeds twenty ounces at once, so from there on it can only be millilitres.
    """
    if amount >= NEVER_OUNCES:
        return "ml"
    if usual == "oz" or (usual == "ml" and amount >= PLAUSIBLY_MILLILITRES):
        return usual
    return None


def at_clock(said: time, now: datetime) -> datetime | None:
    """The most recent moment at which the clock showed `said`; None if only the future can be meant.

    `now` is on the household's own clock. Hours 1 to 12 are on the dial and may be of either half of the
    day; others are of 24 hours and reach back over midnight by at most half a day.
    """
    hours = [said.hour]
    if 0 < said.hour <= DIAL_HOURS:
        hours.append((said.hour + DIAL_HOURS) % 24)
    limit = now.astimezone(UTC)
    moments = [
        datetime.combine(day, said.replace(hour=hour, fold=fold), now.tzinfo).astimezone(UTC)
        for day in (now.date(), now.date() - timedelta(days=1))
        for hour in hours
        for fold in (0, 1)
    ]
    past = [moment for moment in moments if moment <= limit + CLOCK_SLACK]
    latest = min(max(past), limit)
    yesterday = latest.astimezone(now.tzinfo).date() < now.date()
    if len(hours) == 1 and yesterday and limit - latest > HALF_DAY:
        return None
    return latest


def is_same(left: Feed | Change, right: Feed | Change) -> bool:
    """Whether two entries may tell of one event: equal amounts, and nothing said that contradicts."""
    if isinstance(left, Feed) and isinstance(right, Feed):
        amounts = (left.amount, left.unit) == (right.amount, right.unit)
        return amounts and _agree(left.method, right.method) and _agree(left.side, right.side)
    if isinstance(left, Change) and isinstance(right, Change):
        return _agree(left.kind, right.kind)
    return False


def _agree(left: str | None, right: str | None) -> bool:
    return left is None or right is None or left == right


def uses_diaper(kind: str | None) -> bool:
    """Whether a logged diaper took a fresh one: a dry one is put on again."""
    return kind != "dry"


def planned_per_day(age_days: int) -> int:
    """How many diapers a child of that age takes in a day, for planning until its own rate is known."""
    return next((number for limit, number in PLANNED_PER_DAY if age_days < limit), PLANNED_LATER)


def rate(used: Mapping[date, int], today: date, planned: float) -> Rate:
    """The logged rate over the days with entries in the last two weeks, from seven such days on.

    `used` is diapers by local day; today is left out, as it is not over. Until then it is `planned`.
    """
    days = (today - timedelta(days=back) for back in range(1, OWN_RATE_SPAN_DAYS + 1))
    logged = [used[day] for day in days if used.get(day, 0) > 0]
    if len(logged) < OWN_RATE_DAYS:
        return Rate(planned, own=False)
    return Rate(sum(logged) / len(logged), own=True)


def diapers_left(delivered: Mapping[date, int], used: Mapping[date, int], per_day: float, today: date) -> int:
    """How many of the `delivered` diapers (by local day) are left on `today`, never below zero.

    A day with logged changes counts as logged. A past day without any was not a day without diapers, so
    it counts at `per_day`; the days of the first delivery and today count only what was logged.
    """
    if not delivered:
        return 0
    first = min(delivered)
    left = 0.0
    for number in range((today - first).days + 1):
        day = first + timedelta(days=number)
        unlogged = per_day if first < day < today else 0
        left = max(0.0, left + delivered.get(day, 0) - (used.get(day) or unlogged))
    return int(left)


def days_left(left: int, per_day: float) -> int:
    """For how many whole days `left` diapers last."""
    return int(left / per_day) if per_day > 0 else 0
