"""Turns Alexa's wire strings for numbers, durations, dates and times back into Python values."""

import re
from datetime import date, time, timedelta
from typing import Literal

PartOfDay = Literal["MO", "AF", "EV", "NI"]
"""Morning, afternoon, evening, night: what AMAZON.TIME sends when no clock time was said."""

Range = tuple[date, date]
"""First day and the day behind the last (half open)."""

DAYS_IN_MONTH = 30
DAYS_IN_YEAR = 365
"""How long a month and a year of a duration count, as ISO 8601 leaves it open."""

_PARTS: dict[str, PartOfDay] = {"MO": "MO", "AF": "AF", "EV": "EV", "NI": "NI"}
_NUMBER = re.compile(r"-?\d{1,15}(\.\d{1,6})?")
_COUNT = r"(?:(\d{{1,6}}){})?"
_DURATION = re.compile(
    "P"
    + "".join(_COUNT.format(unit) for unit in "YMWD")
    + "(?:T"
    + "".join(_COUNT.format(u) for u in "HMS")
    + ")?"
)
_TIME = re.compile(r"(\d\d):(\d\d)(?::(\d\d))?")
_DAY = re.compile(r"(\d{4})-(\d\d)-(\d\d)")
_WEEK = re.compile(r"(\d{4})-W(\d\d)(-WE)?")
_MONTH = re.compile(r"(\d{4})-(\d\d)(?:-XX)?")
_YEAR = re.compile(r"(\d{4})(?:-XX(?:-XX)?)?")
_DECADE = re.compile(r"(\d{3})X(?:-XX(?:-XX)?)?")
_CENTURY = re.compile(r"(\d\d)XX(?:-XX(?:-XX)?)?")
_SEASON = re.compile(r"(\d{4})-(WI|SP|SU|FA)")
_QUARTER = re.compile(r"(\d{4})-Q([1-4])")
_SEASON_MONTHS = {"SP": 3, "SU": 6, "FA": 9, "WI": 12}
_SATURDAY = 6


def parse_number(wire: str) -> int | float:
    """AMAZON.NUMBER ("2", "-1") as int; our halves and decimals ("2.5") as float.

    Raises ValueError for anything else, such as the "?" that stands for a number not understood.
    """
    if not _ascii_match(_NUMBER, wire):
        raise ValueError(f"not a number: {wire!r}")
    return float(wire) if "." in wire else int(wire)


def parse_duration(wire: str) -> timedelta:
    """AMAZON.DURATION ("PT1H30M", "P2W"); a month counts 30 days and a year 365. Raises ValueError."""
    match = _ascii_match(_DURATION, wire)
    if match is None or wire.endswith("T") or not any(match.groups()):
        raise ValueError(f"not a duration: {wire!r}")
    years, months, weeks, days, hours, minutes, seconds = (int(part or 0) for part in match.groups())
    whole_days = years * DAYS_IN_YEAR + months * DAYS_IN_MONTH + weeks * 7 + days
    return timedelta(days=whole_days, hours=hours, minutes=minutes, seconds=seconds)


def parse_time(wire: str) -> time | PartOfDay:
    """AMAZON.TIME as a naive time of day, or the part of the day. Raises ValueError."""
    if wire in _PARTS:
        return _PARTS[wire]
    match = _ascii_match(_TIME, wire)
    if match is None:
        raise ValueError(f"not a time: {wire!r}")
    hour, minute, second = (int(part or 0) for part in match.groups())
    return time(hour, minute, second)


def parse_date(wire: str, today: date) -> Range:
    """AMAZON.DATE in every form as (first day, day behind the last).

    A day, an ISO week "2016-W01" (which begins on 2016-01-04) and its weekend, a month, a quarter, a year, a
    decade "202X", a century "20XX", a season of the northern half by whole months (winter from December of
    its year), and PRESENT_REF, which is `today`. Raises ValueError.
    """
    if wire == "PRESENT_REF":
        return today, today + timedelta(days=1)
    for pattern, reader in _DATE_FORMS:
        match = _ascii_match(pattern, wire)
        if match is not None:
            return reader(match)
    raise ValueError(f"not a date: {wire!r}")


def _ascii_match(pattern: re.Pattern[str], wire: str) -> re.Match[str] | None:
    return pattern.fullmatch(wire) if wire.isascii() else None


def _day(match: re.Match[str]) -> Range:
    first = date(*(int(part) for part in match.groups()))
    return first, _after(first, 1)


def _after(first: date, days: int) -> date:
    try:
        return first + timedelta(days=days)
    except OverflowError as error:
        raise ValueError(f"beyond the calendar: {first}") from error


def _week(match: re.Match[str]) -> Range:
    year, week, weekend = match.groups()
    first = date.fromisocalendar(int(year), int(week), _SATURDAY if weekend else 1)
    return first, _after(first, 2 if weekend else 7)


def _months(year: int, month: int, count: int) -> Range:
    behind = year * 12 + month - 1 + count
    return date(year, month, 1), date(behind // 12, behind % 12 + 1, 1)


def _month(match: re.Match[str]) -> Range:
    return _months(int(match[1]), int(match[2]), 1)


def _quarter(match: re.Match[str]) -> Range:
    return _months(int(match[1]), int(match[2]) * 3 - 2, 3)


def _season(match: re.Match[str]) -> Range:
    return _months(int(match[1]), _SEASON_MONTHS[match[2]], 3)


def _years(first: int, count: int) -> Range:
    return date(first, 1, 1), date(first + count, 1, 1)


_DATE_FORMS = (
    (_DAY, _day),
    (_WEEK, _week),
    (_MONTH, _month),
    (_SEASON, _season),
    (_QUARTER, _quarter),
    (_YEAR, lambda match: _years(int(match[1]), 1)),
    (_DECADE, lambda match: _years(int(match[1]) * 10, 10)),
    (_CENTURY, lambda match: _years(int(match[1]) * 100, 100)),
)
