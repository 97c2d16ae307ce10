"""Pure rules of subscriptions: when the next order is due, what pausing and resuming do, what waits."""

import re
from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from statistics import median
from typing import Literal
from zoneinfo import ZoneInfo

from skill.conversation.wording import MINOR_DIGITS

Unit = Literal["day", "week", "month", "need"]

RUN_AT = time(9, 0)
"""The household's time of day at which orders are placed: nobody is asleep, no clock change is near."""
REMIND_DAYS = 3
"""How many days before its date a run is announced."""
ANNOUNCED_AHEAD = timedelta(hours=12)
"""How long before it is placed a run must have been announced, however late the worker came to it."""
GRACE_DAYS = 3
"""How many days late a run may still be placed, after which its date is passed over and told."""
LONGEST_DAYS, LONGEST_MONTHS = 366, 12
RISE_PERCENT, RISE_WHOLE = 10, 2
"""A rise over 10 percent or 2.00 waits for a yes (orders-and-loyalty reference, 4.2)."""
LEAST_PURCHASES = 3
"""Purchases from which on the days between them are a rhythm."""
FARTHEST_DAYS = 366
"""How far ahead a first date or the end of a pause may lie."""

_WIRE = re.compile(r"P(\d{1,6})([DWMY])")
_UNITS: dict[str, tuple[Unit, int]] = {
    "D": ("day", 1),
    "W": ("week", 1),
    "M": ("month", 1),
    "Y": ("month", 12),
}


@dataclass(frozen=True)
class Rhythm:
    """Every so many days, weeks or months; for `need`, the measured days between two purchases."""

    unit: Unit
    every: int


def read_rhythm(wire: str) -> Rhythm | None:
    """The rhythm in an AMAZON.DURATION of one unit ("P4W"); None for one that nobody can be served in.

    At least a day and at most a year: "P0D" and "P1000Y" are None, and so is "PT5M".
    """
    match = _WIRE.fullmatch(wire) if wire.isascii() else None
    if match is None:
        return None
    unit, times = _UNITS[match[2]]
    rhythm = Rhythm(unit, int(match[1]) * times)
    return rhythm if is_possible(rhythm) else None


def is_possible(rhythm: Rhythm) -> bool:
    """Whether a rhythm is at least a day and at most a year."""
    if rhythm.unit == "month":
        return 1 <= rhythm.every <= LONGEST_MONTHS
    return rhythm.every >= 1 and _days(rhythm) <= LONGEST_DAYS


def occurrence(anchor: date, rhythm: Rhythm, number: int) -> date:
    """The date `number` intervals after `anchor`; a month too short for its day has it on its last day."""
    if rhythm.unit != "month":
        return anchor + timedelta(days=number * _days(rhythm))
    months = anchor.year * 12 + anchor.month - 1 + number * rhythm.every
    year, month = divmod(months, 12)
    return date(year, month + 1, min(anchor.day, monthrange(year, month + 1)[1]))


def next_from(anchor: date, rhythm: Rhythm, day: date) -> date:
    """The first date of the rhythm on or after `day`; never before `anchor`."""
    if day <= anchor:
        return anchor
    if rhythm.unit == "month":
        number = ((day.year - anchor.year) * 12 + day.month - anchor.month) // rhythm.every
    else:
        number = (day - anchor).days // _days(rhythm)
    found = occurrence(anchor, rhythm, number)
    return found if found >= day else occurrence(anchor, rhythm, number + 1)


def next_after(anchor: date, rhythm: Rhythm, day: date) -> date:
    """The first date of the rhythm after `day`."""
    return next_from(anchor, rhythm, day + timedelta(days=1))


def first_date(rhythm: Rhythm, last_bought: date | None, today: date) -> date:
    """When a new subscription orders first: an interval after the last purchase, at the earliest tomorrow."""
    tomorrow = today + timedelta(days=1)
    return tomorrow if last_bought is None else max(tomorrow, occurrence(last_bought, rhythm, 1))


def measured(bought: Sequence[date]) -> Rhythm | None:
    """The household's own rhythm: the median of the days between purchases; None for fewer than three."""
    days = sorted(set(bought))
    if len(days) < LEAST_PURCHASES:
        return None
    rhythm = Rhythm("need", int(median((later - earlier).days for earlier, later in pairwise(days))))
    return rhythm if is_possible(rhythm) else None


def is_paused(state: str, until: date | None, today: date) -> bool:
    """Whether nothing is ordered on `today`; a pause ends by itself on the day `until`."""
    return state == "paused" and (until is None or today < until)


def moment(day: date, zone: str) -> datetime:
    """The instant (UTC) at which the run of `day` is due on the household's clock."""
    return datetime.combine(day, RUN_AT, ZoneInfo(zone)).astimezone(UTC)


def is_announceable(day: date, at: datetime, zone: str) -> bool:
    """Whether the run of `day` is near enough to be announced."""
    return at >= moment(day - timedelta(days=REMIND_DAYS), zone)


def is_missed(day: date, at: datetime, zone: str) -> bool:
    """Whether the run of `day` is too late to be placed."""
    return at > moment(day + timedelta(days=GRACE_DAYS), zone)


def must_wait(was_cents: int, now_cents: int, currency: str) -> bool:
    """Whether a price rose so much since the consent that the run waits for a spoken yes."""
    rise = now_cents - was_cents
    return rise * 100 > RISE_PERCENT * was_cents or rise > RISE_WHOLE * 10 ** MINOR_DIGITS.get(currency, 2)


def _days(rhythm: Rhythm) -> int:
    return rhythm.every * (7 if rhythm.unit == "week" else 1)
