"""Reads spoken clock times into the wire strings of AMAZON.TIME."""

from collections.abc import Iterator, Sequence

from skill.understanding.language import Language, Phrase, TimeWords
from skill.understanding.numbers import Readings
from skill.understanding.words import Token, starts_with

_HALF_HOUR = 30
_QUARTER_HOUR = 15
_NOON = 12
_NIGHT_END = 6
"""Hours before this one are "at night", those from it on "at night" in the evening."""


def times_at(tokens: Sequence[Token], start: int, language: Language) -> Readings:
    """Readings of AMAZON.TIME: "14:30", or MO, AF, EV, NI for a part of the day.

    Without a word for the half of the day the hour stands as said ("two thirty" is "02:30"); an introducing
    "at" may belong to the time.
    """
    words = language.time_words
    found = list(_readings(tokens, start, words))
    found += _half_first(tokens, start, words)
    if taken := starts_with(tokens, start, words.at):
        found += _readings(tokens, start + taken, words)
    return list(dict(found).items())


def _readings(tokens: Sequence[Token], start: int, words: TimeWords) -> Iterator[tuple[int, str]]:
    for named in (words.parts, words.named):
        for name, wire in named.items():
            if taken := starts_with(tokens, start, [name]):
                yield start + taken, wire
    for end, hour, minute in _clock(tokens, start, words):
        yield from _halves(tokens, end, hour, minute, words)


def _halves(
    tokens: Sequence[Token], end: int, hour: int, minute: int, words: TimeWords
) -> Iterator[tuple[int, str]]:
    """The time as said, and with a following "p.m." or "in the morning" as that half of the day."""
    yield end, f"{hour:02d}:{minute:02d}"
    if taken := starts_with(tokens, end, words.am):
        yield end + taken, f"{0 if hour == _NOON else hour:02d}:{minute:02d}"
    later = hour if hour >= _NOON or not hour else hour + _NOON
    if taken := starts_with(tokens, end, words.pm):
        yield end + taken, f"{later:02d}:{minute:02d}"
    if taken := starts_with(tokens, end, words.night):
        small = hour % _NOON if hour <= _NOON else hour
        yield end + taken, f"{small if small < _NIGHT_END else later:02d}:{minute:02d}"


def _half_first(tokens: Sequence[Token], start: int, words: TimeWords) -> Iterator[tuple[int, str]]:
    """The half of the day before the clock time: "this morning at seven", "nachts um drei"."""
    for half in (words.am, words.pm, words.night):
        taken = starts_with(tokens, start, half)
        behind = start + taken
        at = starts_with(tokens, behind, words.at) if taken else 0
        for end, hour, minute in _clock(tokens, behind + at, words) if at else ():
            turned = [*tokens[:end], *tokens[start:behind]]
            yield from ((end, wire) for stop, wire in _halves(turned, end, hour, minute, words) if stop > end)


Clock = Iterator[tuple[int, int, int]]
"""(index behind, hour, minute)."""


def _clock(tokens: Sequence[Token], start: int, words: TimeWords) -> Clock:
    for end, hour, minute in _digital(tokens, start):
        yield end, hour, minute
        if taken := starts_with(tokens, end, words.oclock):
            yield end + taken, hour, minute
    yield from _hour_first(tokens, start, words)
    yield from _relative(tokens, start, words)
    yield from _towards(tokens, start, words)


def _number(tokens: Sequence[Token], place: int, highest: int) -> int | None:
    text = tokens[place].text if place < len(tokens) else ""
    return int(text) if text.isdigit() and len(text) <= 2 and int(text) <= highest else None


def _digital(tokens: Sequence[Token], start: int) -> Clock:
    """ "2:15" and "14.30"."""
    text = tokens[start].text if start < len(tokens) else ""
    hour, _, minute = text.replace(".", ":").partition(":")
    if hour.isdigit() and minute.isdigit() and len(minute) == 2 and int(hour) < 24 and int(minute) < 60:
        yield start + 1, int(hour), int(minute)


def _hour_first(tokens: Sequence[Token], start: int, words: TimeWords) -> Clock:
    """ "two", "two o'clock", "two fifteen", "two oh five", "14 uhr 30"."""
    hour = _number(tokens, start, 23)
    if hour is None:
        return
    place = start + 1
    yield place, hour, 0
    if taken := starts_with(tokens, place, words.oclock):
        place += taken
        yield place, hour, 0
    if place < len(tokens) and tokens[place].text in words.zero_sound:
        minute = _number(tokens, place + 1, 9)
        place += 1
    else:
        minute = _number(tokens, place, 59)
        minute = minute if minute is None or minute >= 10 or len(tokens[place].text) == 2 or taken else None
    if minute is not None:
        yield place + 1, hour, minute


def _hour_at(tokens: Sequence[Token], place: int, words: TimeWords) -> tuple[int, int] | None:
    hour = _number(tokens, place, 23)
    if hour is None:
        return None
    return place + 1 + starts_with(tokens, place + 1, words.oclock), hour


def _relative(tokens: Sequence[Token], start: int, words: TimeWords) -> Clock:
    """ "half past two", "halb drei", "viertel drei", "dreiviertel drei"."""
    fixed: tuple[tuple[Sequence[Phrase], int, int], ...] = (
        (words.half_past, 0, _HALF_HOUR),
        (words.half_to, -1, _HALF_HOUR),
        (words.quarter_of, -1, _QUARTER_HOUR),
        (words.three_quarters_of, -1, _HALF_HOUR + _QUARTER_HOUR),
    )
    for phrases, shift, minute in fixed:
        taken = starts_with(tokens, start, phrases)
        if taken and (named := _hour_at(tokens, start + taken, words)):
            yield named[0], _hour(named[1], shift), minute


def _towards(tokens: Sequence[Token], start: int, words: TimeWords) -> Clock:
    """ "quarter past two", "ten to three", "fünf vor halb drei"."""
    minutes = _QUARTER_HOUR
    place = start + starts_with(tokens, start, words.quarter)
    if place == start:
        said = _number(tokens, start, 59)
        if said is None:
            return
        minutes, place = said, start + 1
        place += starts_with(tokens, place, words.minutes)
    for phrases, sign in ((words.past, 1), (words.to, -1)):
        taken = starts_with(tokens, place, phrases)
        if not taken:
            continue
        for end, hour, minute in _anchors(tokens, place + taken, words):
            total = (hour * 60 + minute + sign * minutes) % (24 * 60)
            shown = (total // 60 or _NOON) if 0 < hour <= _NOON and total < 60 else total // 60
            yield end, shown, total % 60


def _anchors(tokens: Sequence[Token], place: int, words: TimeWords) -> Clock:
    if named := _hour_at(tokens, place, words):
        yield named[0], named[1], 0
    taken = starts_with(tokens, place, words.half_to)
    if taken and (named := _hour_at(tokens, place + taken, words)):
        yield named[0], _hour(named[1], -1), _HALF_HOUR
    for name, wire in words.named.items():
        if taken := starts_with(tokens, place, [name]):
            yield place + taken, int(wire[:2]), 0


def _hour(hour: int, shift: int) -> int:
    """One hour earlier on the dial the speaker uses: the hour before "one" is twelve, before "13" too."""
    return _NOON if hour + shift == 0 and shift else (hour + shift) % 24
