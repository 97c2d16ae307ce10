"""Reads spoken numbers: AMAZON.NUMBER, FOUR_DIGIT_NUMBER, Ordinal, PhoneNumber and AlphaNumeric."""

from collections.abc import Sequence
from itertools import pairwise

from skill.understanding.language import Language
from skill.understanding.words import Token

Readings = list[tuple[int, str]]
"""Every way to read a value at a place: (index of the first token behind it, wire value)."""

MAX_PHONE_DIGITS = 15
"""The longest telephone number (ITU-T E.164)."""

_MAX_CODE_TOKENS = 12
_HALF = ".5"
_QUARTER = ".25"


def numbers_at(tokens: Sequence[Token], start: int, language: Language) -> Readings:
    """Readings of AMAZON.NUMBER: "2", "21", "100", "-1", "2.5" (halves and decimals are our addition)."""
    if start >= len(tokens):
        return []
    if tokens[start].text in language.number_words.minus:
        return [(end, f"-{value}") for end, value in _unsigned(tokens, start + 1, language)]
    return _unsigned(tokens, start, language)


def _unsigned(tokens: Sequence[Token], start: int, language: Language) -> Readings:
    if start >= len(tokens):
        return []
    words = language.number_words
    text = tokens[start].text
    if text in words.compound_halves:
        return [(start + 1, f"{words.compound_halves[text]}{_HALF}")]
    following = tokens[start + 1].text if start + 1 < len(tokens) else ""
    if text in words.one and following in words.half:
        return [(start + 1, "1"), *_half_groups(tokens, start + 2, language)]
    if text in words.half:
        return _half_groups(tokens, start + 1, language)
    found: Readings = []
    if _is_decimal(text):
        found.append((start + 1, text.rstrip("0").rstrip(".")))
    for end, value in _whole(tokens, start, language):
        found.append((end, str(value)))
        found.extend(_fractions(tokens, end, value, language))
    return found


def _half_groups(tokens: Sequence[Token], start: int, language: Language) -> Readings:
    """ "half a dozen" behind the word for half."""
    words = language.number_words
    if start < len(tokens) and tokens[start].text in words.one_before_scale:
        start += 1
    group = words.groups.get(tokens[start].text) if start < len(tokens) else None
    return [(start + 1, str(group // 2))] if group else []


def _whole(tokens: Sequence[Token], start: int, language: Language) -> list[tuple[int, int]]:
    """Whole numbers from digits, scales ("two hundred and five") and groups ("a dozen", "two dozen")."""
    words = language.number_words
    first = _first_whole(tokens, start, language)
    if first is None:
        return []
    place, current, total = first
    found = [] if tokens[place - 1].text in words.one_before_scale - words.one else [(place, current)]
    smallest = 0 if found and tokens[start].text.isdigit() and current >= 1000 else 10**9
    while place < len(tokens):
        text = tokens[place].text
        group = words.groups.get(text)
        if group:
            return _with_of([*found, (place + 1, (total + current) * group)], tokens, language)
        if text in words.scales and words.scales[text] < smallest * 10:
            total, current, smallest = _scaled(total, current, words.scales[text])
        elif text in words.link and found and smallest < 10**9 and _small(tokens, place + 1, smallest):
            place += 1
            current += int(tokens[place].text)
        elif _small(tokens, place, smallest) and smallest < 10**9:
            current += int(text)
        else:
            break
        place += 1
        found.append((place, total + current))
    return found


def _first_whole(tokens: Sequence[Token], start: int, language: Language) -> tuple[int, int, int] | None:
    """(next place, value so far, total so far) behind the first token, or None when it is no number."""
    words = language.number_words
    text = tokens[start].text
    if text.isdigit():
        return start + 1, int(text), 0
    following = tokens[start + 1].text if start + 1 < len(tokens) else ""
    counts = following in words.scales or following in words.groups
    if text in words.one or (text in words.one_before_scale and counts):
        return start + 1, 1, 0
    if text in words.scales:
        return start + 1, words.scales[text], 0
    return None


def _scaled(total: int, current: int, scale: int) -> tuple[int, int, int]:
    """Hundreds stay open for what follows, thousands and millions are put aside."""
    if scale == 100:
        return total, current * 100, 100
    return (total + current) * scale, 0, scale


def _small(tokens: Sequence[Token], place: int, below: int) -> bool:
    if place >= len(tokens) or not tokens[place].text.isdigit():
        return False
    return len(tokens[place].text) < 10 and 0 < int(tokens[place].text) < below


def _with_of(
    found: list[tuple[int, int]], tokens: Sequence[Token], language: Language
) -> list[tuple[int, int]]:
    end, value = found[-1]
    if end < len(tokens) and tokens[end].text in language.number_words.of:
        found.append((end + 1, value))
    return found


def _fractions(tokens: Sequence[Token], end: int, value: int, language: Language) -> Readings:
    """ "and a half", "and a quarter", "point five" behind a whole number."""
    words = language.number_words
    said = [token.text for token in tokens[end : end + 3]]
    if len(said) == 3 and said[0] in words.link and said[1] in words.one_before_scale | words.one:
        if said[2] in words.half:
            return [(end + 3, f"{value}{_HALF}")]
        if said[2] in words.quarter:
            return [(end + 3, f"{value}{_QUARTER}")]
    if len(said) >= 2 and said[0] in words.point and said[1].isdigit():
        last = end + 2
        while last < len(tokens) and len(tokens[last].text) == 1 and tokens[last].text.isdigit():
            last += 1
        return [(last, f"{value}.{''.join(token.text for token in tokens[end + 1 : last])}")]
    return []


def _is_decimal(text: str) -> bool:
    whole, point, part = text.partition(".")
    return bool(point) and whole.isdigit() and part.isdigit()


def ordinals_at(tokens: Sequence[Token], start: int, language: Language) -> Readings:
    """Readings of AMAZON.Ordinal: "first" is "1"; an article before it is allowed."""
    if start < len(tokens) and tokens[start].text in language.articles:
        start += 1
    text = tokens[start].text if start < len(tokens) else ""
    number = text.removesuffix("th")
    placed = number != text or language.neutral  # how other languages mark a place is not known
    return [(start + 1, number)] if placed and number.isdigit() else []


def four_digits_at(tokens: Sequence[Token], start: int, language: Language) -> Readings:
    """Readings of AMAZON.FOUR_DIGIT_NUMBER: four digits said singly, in pairs or as one number."""
    runs = {end: digits for end, digits in _digit_runs(tokens, start, language) if len(digits) == 4}
    wholes = {end: str(value) for end, value in _wholes(tokens, start, language) if 1000 <= value <= 9999}
    return list((wholes | runs).items())


def _wholes(tokens: Sequence[Token], start: int, language: Language) -> list[tuple[int, int]]:
    return _whole(tokens, start, language) if start < len(tokens) else []


def phone_numbers_at(tokens: Sequence[Token], start: int, language: Language) -> Readings:
    """Readings of AMAZON.PhoneNumber: three to fifteen digits without punctuation."""
    return [(end, digits) for end, digits in _digit_runs(tokens, start, language) if len(digits) >= 3]


def _digit_runs(tokens: Sequence[Token], start: int, language: Language) -> Readings:
    """Every prefix of a run of digits, "oh" and "double five"."""
    words = language.number_words
    found: Readings = []
    digits, times = "", 1
    for place in range(start, len(tokens)):
        text = tokens[place].text
        if text in words.double and times == 1:
            times = words.double[text]
            continue
        part = "0" if text in words.zero_sound else text
        if not part.isdigit() or len(digits) + len(part) * times > MAX_PHONE_DIGITS:
            break
        digits += part * times
        times = 1
        found.append((place + 1, digits))
    return found


def codes_at(tokens: Sequence[Token], start: int, language: Language) -> Readings:
    """Readings of AMAZON.AlphaNumeric: letters said singly, digits, or mixed ("16a", "n h 509")."""
    words = language.number_words
    found: Readings = []
    code = ""
    for place in range(start, min(len(tokens), start + _MAX_CODE_TOKENS)):
        text = tokens[place].text
        if text in words.zero_sound and code[-1:].isdigit():
            text = "0"
        mixed = _is_mixed(tokens, place)
        if not (text.isdigit() or len(text) == 1 or mixed) or text in words.double:
            break
        code += text
        found.append((place + 1, code))
    return found


def _is_mixed(tokens: Sequence[Token], place: int) -> bool:
    """A token written without a space next to a digit, such as the letters of "abc123"."""
    near = tokens[max(0, place - 1) : place + 2]
    return any(b.glued and (a.text.isdigit() or b.text.isdigit()) for a, b in pairwise(near))
