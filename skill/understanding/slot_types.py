"""Knows for every slot type how its values are read: parsed, looked up, or taken as free words."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from skill.understanding.dates import dates_at
from skill.understanding.durations import durations_at
from skill.understanding.language import Language, value_words
from skill.understanding.model import BUILT_IN, Value
from skill.understanding.numbers import (
    Readings,
    codes_at,
    four_digits_at,
    numbers_at,
    ordinals_at,
    phone_numbers_at,
)
from skill.understanding.times import times_at
from skill.understanding.values import ValueIndex
from skill.understanding.words import Token

Parser = Callable[[Sequence[Token], int, date, Language], Readings]

Kind = Literal["typed", "listed", "open", "query"]
"""Parsed only; listed values and others; names and the like; a search query that takes what is left."""

LONGEST_LISTED = 12
"""A value that a custom type does not list has at most so many words."""

LONGEST_NAME = 2
LONGEST_OPEN = 6
LONGEST_QUERY = 64

FEWEST_OPEN = 6
"""A custom type with fewer values lists all there are ("left", "right") and not examples of many.

A type of a single value marks a word that may be said or not, and takes no other.
"""

_NAMES = ("FirstName", "FIRST_NAME")
_QUERIES = ("AMAZON.SearchQuery", "AMAZON.LITERAL")


def _undated(parser: Callable[[Sequence[Token], int, Language], Readings]) -> Parser:
    return lambda tokens, start, _today, language: parser(tokens, start, language)


_PARSERS: Mapping[str, Parser] = {
    "AMAZON.NUMBER": _undated(numbers_at),
    "AMAZON.Ordinal": _undated(ordinals_at),
    "AMAZON.FOUR_DIGIT_NUMBER": _undated(four_digits_at),
    "AMAZON.PhoneNumber": _undated(phone_numbers_at),
    "AMAZON.AlphaNumeric": _undated(codes_at),
    "AMAZON.DATE": dates_at,
    "AMAZON.TIME": _undated(times_at),
    "AMAZON.DURATION": _undated(durations_at),
}


_SPELT = ("AMAZON.PhoneNumber", "AMAZON.AlphaNumeric")
"""These may begin with any letter or word."""


@dataclass(frozen=True, eq=False)
class SlotType:
    """How one type is read; `longest_free` is 0 where free words never fill it, `closed` if rarely.

    `names` says that its values are people's first names; `begins` holds every word that a parsed value may
    begin with, None standing for any.
    """

    name: str
    kind: Kind
    parser: Parser | None
    index: ValueIndex | None
    longest_free: int
    resolves: bool
    closed: bool = False
    names: bool = False
    begins: frozenset[str] | None = None

    @property
    def richness(self) -> int:
        """In how many words the listed values are put."""
        return len(self.index.words) if self.index is not None else 0

    def may_begin(self, word: str) -> bool:
        """Whether a parsed value may begin with a word."""
        return self.begins is None or word in self.begins or not word.isalpha()


def slot_type(name: str, values: Sequence[Value] | None, language: Language) -> SlotType:
    """The reader of a built-in type, of a built-in extended by the model, or of a custom type."""
    index = ValueIndex(values, language.code) if values is not None else None
    if name in _PARSERS:
        begins = None if name in _SPELT else frozenset(value_words(language))
        return SlotType(name, "typed", _PARSERS[name], None, 0, resolves=False, begins=begins)
    if not name.startswith(BUILT_IN):
        count = len(values or ())
        longest = 0 if count == 1 else LONGEST_LISTED
        closed = 0 < count < FEWEST_OPEN
        return SlotType(name, "listed", None, index, longest, resolves=True, closed=closed)
    if name in _QUERIES:
        return SlotType(name, "query", None, None, LONGEST_QUERY, resolves=False)
    if index is None:
        index = _calendar_index(name, language)
    names = name.endswith(_NAMES)
    longest = LONGEST_NAME if names else LONGEST_OPEN
    return SlotType(name, "open", None, index, longest, resolves=values is not None, names=names)


def _calendar_index(name: str, language: Language) -> ValueIndex | None:
    """The names of days and months, which two built-in types list."""
    tables = {
        "AMAZON.DayOfWeek": language.date_words.weekdays,
        "AMAZON.Month": language.date_words.months,
    }
    if name not in tables:
        return None
    return ValueIndex([Value(None, word, ()) for word in tables[name]], language.code)
