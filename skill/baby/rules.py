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
LARGE = {"oz": 12, "ml": 350, "g": 350}
"""More than this in one feed is asked about before it is kept."""
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
MORNING, AFTERNOON, NIGHT, LAST_EVENING = "am", "pm", "night", "last_evening"
PARTS = {"MO": MORNING, "AF": AFTERNOON, "EV": AFTERNOON, "NI": ""}
"""What AMAZON.TIME sends for a part of the day, and its half; the night has hours of both."""
LAST_HOUR_OF_NIGHT = 5
DOUBT = {"en": timedelta(hours=24), "de": timedelta(hours=6)}
"""How long ago the other half of the day may be for an hour of the dial to be in doubt."""

PLANNED_PER_DAY = ((30, 10), (120, 8), (365, 7))
"""(age in days, diapers a day): the middle of the spans that parents' guides give; for planning only."""
PLANNED_LATER = 5
LOW_DAYS = 10
"""Diapers that last no longer than this are worth the offer of a reorder."""
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


def is_large(amount: float | None, unit: str | None) -> bool:
    """Whether an amount is more than one feed usually is, so that it may be a slip."""
    return amount is not None and amount > LARGE.get(unit or "", max(LARGE.values()))


def implied_unit(amount: float, usual: str | None) -> str | None:
    """The unit of an amount said without one, given the unit this house used last; None to ask.

    Nobody feeds twenty ounces at once, so from there on it can only be millilitres.
    """
    if amount >= NEVER_OUNCES:
        return "ml"
    if usual == "oz" or (usual == "ml" and amount >= PLAUSIBLY_MILLILITRES):
        return usual
    return None


def in_half(said: time, half: str) -> time:
    """`said` of the dial in the given half of the day or at night; 12 in the morning is midnight."""
    half = half_meant("NI", said) if half == NIGHT else half
    hour = said.hour % DIAL_HOURS
    return said.replace(hour=hour + DIAL_HOURS if half == AFTERNOON else hour)


def half_meant(part: str, said: time) -> str:
    """The half of the day that a part of it means for `said`; without a part, the one its hour names.

    A night belongs to the morning from twelve to five, and otherwise to the evening before.
    """
    if part == "NI":
        return MORNING if said.hour % DIAL_HOURS <= LAST_HOUR_OF_NIGHT else AFTERNOON
    return PARTS.get(part) or (AFTERNOON if said.hour >= DIAL_HOURS else MORNING)


def last_at(said: time, now: datetime) -> datetime:
    """The most recent moment, in UTC, at which the household's clock, on which `now` is, showed `said`."""
    limit = now.astimezone(UTC)
    moments = [
        datetime.combine(day, said.replace(fold=fold), now.tzinfo).astimezone(UTC)
        for day in (now.date(), now.date() - timedelta(days=1))
        for fold in (0, 1)
    ]
    return min(max(moment for moment in moments if moment <= limit + CLOCK_SLACK), limit)


def readings(
    said: time,
    now: datetime,
    day: date | None = None,
    *,
    sure: bool = False,
    far: bool = False,
    language: str = "en",
) -> list[datetime]:
    """The past moments that a clock time may mean: none for the future, two when it must be asked.

    The wire does not show whether "two" or "two a.m." was said. So an hour from 1 to 12 is taken as it
    stands only when that is its most recent past, or when the half of the day is `sure`; German, which
    counts 24 hours, doubts it only when the other half was a short while ago. Other hours are of 24 hours
    and reach back over midnight by at most half a day, unless a `day` was named or it may be `far` back.
    """
    hours = [said]
    if not sure and 0 < said.hour <= DIAL_HOURS:
        hours.append(said.replace(hour=(said.hour + DIAL_HOURS) % 24))
    if day is not None:
        return [moment for hour in hours for moment in _on_day(hour, day, now)]
    limit = now.astimezone(UTC)
    literal, *others = (last_at(hour, now) for hour in hours)
    if others:
        doubtful = others[0] > literal and limit - others[0] <= DOUBT.get(language, DOUBT["en"])
        return [literal, others[0]] if doubtful else [literal]
    yesterday = literal.astimezone(now.tzinfo).date() < now.date()
    return [] if yesterday and limit - literal > HALF_DAY and not far else [literal]


def _on_day(said: time, day: date, now: datetime) -> list[datetime]:
    limit = now.astimezone(UTC)
    moment = datetime.combine(day, said, now.tzinfo).astimezone(UTC)
    return [min(moment, limit)] if moment <= limit + CLOCK_SLACK else []


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
