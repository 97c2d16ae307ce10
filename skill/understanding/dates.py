"""Reads spoken dates into the wire strings of AMAZON.DATE."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from skill.understanding.language import DateWords, Language, Phrase
from skill.understanding.numbers import Readings, numbers_at
from skill.understanding.words import Token, starts_with

_DAYS_IN_WEEK = 7
_FARTHEST_DAYS = 36_600
"""A date counted in days or weeks lies at most a century away."""

_SEASON_MONTHS = {"SP": 3, "SU": 6, "FA": 9, "WI": 12}
"""First month of a meteorological season of the northern half; winter bears the year it begins in."""


def dates_at(tokens: Sequence[Token], start: int, today: date, language: Language) -> Readings:
    """Readings of AMAZON.DATE at a place; one without a year lies today or later, as on the real service.

    An introducing "on", "for" or "by" may belong to it.
    """
    words = language.date_words
    taken = starts_with(tokens, start, words.on)
    found = list(_readings(tokens, start, today, language))
    if taken:
        found += _readings(tokens, start + taken, today, language)
    return list(dict(found).items())


def _readings(
    tokens: Sequence[Token], start: int, today: date, language: Language
) -> Iterator[tuple[int, str]]:
    if start >= len(tokens):
        return
    yield from _named(tokens, start, today, language.date_words)
    yield from _weekday(tokens, start, today, language.date_words)
    yield from _period(tokens, start, today, language.date_words)
    yield from _month(tokens, start, today, language.date_words)
    yield from _counted(tokens, start, today, language)
    yield from _written(tokens, start)
    yield from _calendar_day(tokens, start, today, language)


def _named(tokens: Sequence[Token], start: int, today: date, words: DateWords) -> Iterator[tuple[int, str]]:
    if taken := starts_with(tokens, start, words.now):
        yield start + taken, "PRESENT_REF"
    for name, shift in words.days.items():
        if taken := starts_with(tokens, start, [name]):
            yield start + taken, (today + timedelta(days=shift)).isoformat()
    for name, month_day in words.fixed_days.items():
        if taken := starts_with(tokens, start, [name]):
            month, day = (int(part) for part in month_day.split("-"))
            yield start + taken, _coming(today, month, day).isoformat()
    if taken := starts_with(tokens, start, words.bare_weekend):
        yield start + taken, f"{_week(today)}-WE"


def _modifier(tokens: Sequence[Token], start: int, words: DateWords) -> tuple[int, int | None]:
    """(index behind "this", "next" or "last", -1 / 0 / 1), or (start, None) without one."""
    options: tuple[tuple[Sequence[Phrase], int], ...] = ((words.this, 0), (words.next, 1), (words.last, -1))
    best: tuple[int, int | None] = (start, None)
    for phrases, shift in options:
        end = start + starts_with(tokens, start, phrases)
        if end > best[0]:
            best = (end, shift)
    return best


def _text(tokens: Sequence[Token], place: int) -> str:
    return tokens[place].text if place < len(tokens) else ""


def _weekday(tokens: Sequence[Token], start: int, today: date, words: DateWords) -> Iterator[tuple[int, str]]:
    place, shift = _modifier(tokens, start, words)
    number = words.weekdays.get(_text(tokens, place))
    if number is None:
        return
    ahead = (number - today.weekday()) % _DAYS_IN_WEEK
    if shift == 1:
        ahead = ahead or _DAYS_IN_WEEK
    if shift == -1:
        ahead -= _DAYS_IN_WEEK
    yield place + 1, (today + timedelta(days=ahead)).isoformat()
    after, week_shift = _modifier(tokens, place + 1, words)
    if week_shift is not None and _text(tokens, after) in words.week:
        monday = today - timedelta(days=today.weekday()) + timedelta(weeks=week_shift)
        yield after + 1, (monday + timedelta(days=number)).isoformat()


def _week(day: date) -> str:
    year, week, _ = day.isocalendar()
    return f"{year:04d}-W{week:02d}"


def _period(tokens: Sequence[Token], start: int, today: date, words: DateWords) -> Iterator[tuple[int, str]]:
    """ "this week", "next weekend", "last month", "next year", "this winter"."""
    place, shift = _modifier(tokens, start, words)
    text = _text(tokens, place)
    if text in words.seasons:
        yield place + 1, _season(words.seasons[text], shift, today)
    if shift is None:
        return
    week = _week(today + timedelta(weeks=shift))
    month = today.year * 12 + today.month - 1 + shift
    quarter = today.year * 4 + (today.month - 1) // 3 + shift
    wires = (
        (words.week, week),
        (words.weekend, f"{week}-WE"),
        (words.month, f"{month // 12:04d}-{month % 12 + 1:02d}"),
        (words.quarter, f"{quarter // 4:04d}-Q{quarter % 4 + 1}"),
        (words.year, f"{today.year + shift:04d}"),
        (words.decade, f"{today.year // 10 + shift:03d}X"),
    )
    yield from ((place + 1, wire) for names, wire in wires if text in names)


def _season(code: str, shift: int | None, today: date) -> str:
    """The one that runs or comes; "next" is the one after, "last" the one before today's or the coming."""
    first = _SEASON_MONTHS[code]
    year = today.year - (code == "WI" and today.month < 3)
    running = first <= today.month < first + 3 or (code == "WI" and today.month < 3)
    past = today.month >= first + 3
    if shift == -1:
        year -= not past
    elif (past and shift is None) or (shift == 1 and (past or running)):
        year += 1
    return f"{year:04d}-{code}"


def _month(tokens: Sequence[Token], start: int, today: date, words: DateWords) -> Iterator[tuple[int, str]]:
    """ "july", "last july", "july 2027"."""
    place, shift = _modifier(tokens, start, words)
    month = words.months.get(_text(tokens, place))
    if month is None:
        return
    year = today.year + (month < today.month)
    if shift == 1 and month == today.month:
        year += 1
    if shift == -1:
        year = today.year - (month >= today.month)
    yield place + 1, f"{year:04d}-{month:02d}"
    for end, said in _years(tokens, place + 1):
        yield end, f"{said:04d}-{month:02d}"


def _years(tokens: Sequence[Token], place: int) -> Iterator[tuple[int, int]]:
    """ "2027" or "twenty twenty seven"."""
    text, following = _text(tokens, place), _text(tokens, place + 1)
    if text.isdigit() and len(text) == 4 and 1900 <= int(text) <= 2199:
        yield place + 1, int(text)
    if text in ("19", "20", "21") and following.isdigit() and len(following) == 2:
        yield place + 2, int(text + following)


def _coming(today: date, month: int, day: int) -> date:
    """The next such day, today included; the 29th of February waits for a leap year."""
    for year in range(today.year, today.year + 9):
        try:
            found = date(year, month, day)
        except ValueError:
            continue
        if found >= today:
            return found
    raise ValueError(f"no day {day} in month {month}")


def _counted(
    tokens: Sequence[Token], start: int, today: date, language: Language
) -> Iterator[tuple[int, str]]:
    """ "in three days", "two weeks from now", "five days ago"."""
    words = language.date_words
    ahead, ago = starts_with(tokens, start, words.ahead), starts_with(tokens, start, words.ago)
    place = start + max(ahead, ago)
    for end, days in _day_counts(tokens, place, language):
        if ahead:
            yield from _shifted(end, days, today)
        elif ago:
            yield from _shifted(end, -days, today)
        elif taken := starts_with(tokens, end, words.ahead_after):
            yield from _shifted(end + taken, days, today)
        elif taken := starts_with(tokens, end, words.ago_after):
            yield from _shifted(end + taken, -days, today)


def _day_counts(tokens: Sequence[Token], place: int, language: Language) -> Iterator[tuple[int, int]]:
    words = language.date_words
    counts = [(end, int(value)) for end, value in numbers_at(tokens, place, language) if value.isdigit()]
    if _text(tokens, place) in words.one:
        counts.append((place + 1, 1))
    for end, count in counts:
        unit = words.day_units.get(_text(tokens, end))
        if unit and count * unit <= _FARTHEST_DAYS:
            yield end + 1, count * unit


def _shifted(end: int, days: int, today: date) -> Iterator[tuple[int, str]]:
    yield end, (today + timedelta(days=days)).isoformat()


def _written(tokens: Sequence[Token], start: int) -> Iterator[tuple[int, str]]:
    """ "2026-11-24", which the normaliser cuts at its hyphens and takes for minus signs."""
    said = [token.text for token in tokens[start : start + 3]]
    if [len(text) for text in said] == [4, 2, 2] and all(text.isdigit() for text in said):
        day = _valid(int(said[0]), int(said[1]), int(said[2]))
        yield from ((start + 3, found.isoformat()) for found in day)
    yield from ((end, f"{year:04d}") for end, year in _years(tokens, start))


def _valid(year: int, month: int, day: int) -> list[date]:
    try:
        return [date(year, month, day)]
    except ValueError:
        return []


def _calendar_day(
    tokens: Sequence[Token], start: int, today: date, language: Language
) -> Iterator[tuple[int, str]]:
    """ "november twenty fourth", "24 november 2027", "the 24th of november", "the 24th"."""
    words = language.date_words
    month = words.months.get(_text(tokens, start))
    day = _day_number(_text(tokens, start + 1))
    if month and day:
        yield from _with_year(tokens, start + 2, month, day, today)
    after_article = _text(tokens, start + 1) in language.articles
    if month and after_article and (day := _day_number(_text(tokens, start + 2))):
        yield from _with_year(tokens, start + 3, month, day, today)
    if day := _day_number(_text(tokens, start)):
        place = start + 1 + starts_with(tokens, start + 1, words.of)
        if month := words.months.get(_text(tokens, place)):
            yield from _with_year(tokens, place + 1, month, day, today)
        elif _text(tokens, start).endswith("th"):
            yield start + 1, _next_with_day(today, day).isoformat()


def _day_number(text: str) -> int | None:
    digits = text.removesuffix("th")
    return int(digits) if digits.isdigit() and len(digits) <= 2 and 1 <= int(digits) <= 31 else None


def _with_year(
    tokens: Sequence[Token], place: int, month: int, day: int, today: date
) -> Iterator[tuple[int, str]]:
    if not _valid(2000, month, day):
        return
    yield place, _coming(today, month, day).isoformat()
    for end, year in _years(tokens, place):
        yield from ((end, found.isoformat()) for found in _valid(year, month, day))


def _next_with_day(today: date, day: int) -> date:
    month = today.year * 12 + today.month - 1
    for number in range(month, month + 3):
        for found in _valid(number // 12, number % 12 + 1, day):
            if found >= today:
                return found
    raise ValueError(f"no month has a day {day}")
