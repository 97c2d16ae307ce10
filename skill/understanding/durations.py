"""Reads spoken lengths of time into the ISO 8601 strings of AMAZON.DURATION."""

from collections.abc import Iterator, Sequence

from skill.understanding.language import DurationWords, Language
from skill.understanding.numbers import Readings, numbers_at
from skill.understanding.words import Token, starts_with

Amounts = dict[str, int]
"""Unit letter of ISO 8601 ("Mo" for months, in order of size) to how many."""

_ORDER = ("Y", "Mo", "W", "D", "H", "M", "S")
_HALVES: dict[str, tuple[str, int]] = {"Y": ("Mo", 6), "D": ("H", 12), "H": ("M", 30), "M": ("S", 30)}
_QUARTERS: dict[str, tuple[str, int]] = {"Y": ("Mo", 3), "D": ("H", 6), "H": ("M", 15), "M": ("S", 15)}
_MAX_PARTS = 6


def durations_at(tokens: Sequence[Token], start: int, language: Language) -> Readings:
    """Readings of AMAZON.DURATION: "PT20M", "PT1H30M", "P2W"; an introducing "for" may belong to it."""
    words = language.duration_words
    found = _readings(tokens, start, language)
    if taken := starts_with(tokens, start, words.lead):
        found += _readings(tokens, start + taken, language)
    return list(dict(found).items())


def _readings(tokens: Sequence[Token], start: int, language: Language) -> Readings:
    words = language.duration_words
    found = [
        (start + taken, wire)
        for name, wire in words.fixed.items()
        if (taken := starts_with(tokens, start, [name]))
    ]
    found += [(end, _wire(amounts)) for end, amounts in _chain(tokens, start, {}, language)]
    return found


def _chain(
    tokens: Sequence[Token], start: int, before: Amounts, language: Language
) -> Iterator[tuple[int, Amounts]]:
    """Parts of falling size after each other: "two years", "three hours and ten minutes"."""
    for end, amounts in _parts(tokens, start, language):
        if before and _ORDER.index(next(iter(amounts))) <= max(_ORDER.index(unit) for unit in before):
            continue
        together = before | amounts
        yield end, together
        if len(together) >= _MAX_PARTS:
            continue
        words = language.duration_words
        link = end + 1 if end < len(tokens) and tokens[end].text in words.link else end
        yield from _chain(tokens, link, together, language)


def _parts(tokens: Sequence[Token], start: int, language: Language) -> Iterator[tuple[int, Amounts]]:
    """One number with its unit."""
    words = language.duration_words
    for end, number in _counts(tokens, start, language):
        unit = _unit(tokens, end, words)
        if unit is None:
            continue
        amounts = _amounts(number, unit)
        if amounts:
            yield end + 1, amounts
        taken = starts_with(tokens, end + 1, words.and_half)
        if taken and number.isdigit() and unit in _HALVES:
            smaller, half = _HALVES[unit]
            yield end + 1 + taken, {unit: int(number), smaller: half}
    yield from _fractions(tokens, start, words)


def _counts(tokens: Sequence[Token], start: int, language: Language) -> Readings:
    counts = [(end, value) for end, value in numbers_at(tokens, start, language) if not value.startswith("-")]
    if start < len(tokens) and tokens[start].text in language.duration_words.one:
        counts.append((start + 1, "1"))
    return list(dict(counts).items())


def _unit(tokens: Sequence[Token], place: int, words: DurationWords) -> str | None:
    """The unit's letter; looked up by the word said first, as "second" is an ordinal otherwise."""
    if place >= len(tokens):
        return None
    return words.units.get(tokens[place].raw) or words.units.get(tokens[place].text)


def _amounts(number: str, unit: str) -> Amounts | None:
    """Whole numbers of any unit, halves and quarters of those that divide evenly."""
    if unit == "2W":
        return {"W": 2 * int(number)} if number.isdigit() else None
    whole, _, part = number.partition(".")
    if not part:
        return {unit: int(whole)}
    shares = {"5": _HALVES, "25": _QUARTERS}.get(part, {})
    if unit not in shares:
        return None
    smaller, amount = shares[unit]
    return {unit: int(whole), smaller: amount} if int(whole) else {smaller: amount}


def _fractions(tokens: Sequence[Token], start: int, words: DurationWords) -> Iterator[tuple[int, Amounts]]:
    """ "half an hour", "a quarter of an hour", "three quarters of an hour"."""
    kinds = ((words.half, _HALVES, 1), (words.quarter, _QUARTERS, 1), (words.three_quarters, _QUARTERS, 3))
    for phrases, shares, times in kinds:
        taken = starts_with(tokens, start, phrases)
        unit = _unit(tokens, start + taken, words) if taken else None
        if unit in shares:
            smaller, amount = shares[unit]
            yield start + taken + 1, {smaller: amount * times}


def _wire(amounts: Amounts) -> str:
    """ISO 8601 with the time part behind T: {"H": 1, "M": 30} is "PT1H30M"."""
    days = "".join(f"{amounts[unit]}{unit[0]}" for unit in _ORDER[:4] if unit in amounts)
    hours = "".join(f"{amounts[unit]}{unit}" for unit in _ORDER[4:] if unit in amounts)
    return f"P{days}T{hours}" if hours else f"P{days}"
