"""Loads the word tables of a language (package data) that the normaliser and the value parsers share."""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from functools import lru_cache
from importlib.resources import files
from itertools import chain
from typing import Any

LANGUAGES = ("de", "en")
"""Languages with tables of their own; any other has the neutral ones: digits, and no words."""

_NEUTRAL = "neutral"
_CODE = re.compile("[a-z]{2,3}")
_MOST_KEPT = 16

_WORD_SETS = (
    "articles",
    "joiners",
    "fillers",
    "asking",
    "negations",
    "lacking",
    "function_words",
    "questions",
    "name_links",
    "everyday_verbs",
)
_PHRASE_LISTS = ("polite_end", "polite_start", "openers", "answer_openers")

Phrase = tuple[str, ...]
"""Words that stand together, in normalised form."""


class UnknownLanguageError(ValueError):
    """What was given is no code of a language."""


@dataclass(frozen=True)
class NumberWords:
    """Words around numbers beyond the plain numerals (which the normaliser turns into digits)."""

    scales: Mapping[str, int]
    groups: Mapping[str, int]
    minus: frozenset[str]
    point: frozenset[str]
    half: frozenset[str]
    quarter: frozenset[str]
    one: frozenset[str]
    one_before_scale: frozenset[str]
    link: frozenset[str]
    of: frozenset[str]
    compound_halves: Mapping[str, int]
    double: Mapping[str, int]
    zero_sound: frozenset[str]


@dataclass(frozen=True)
class DateWords:
    """Words of AMAZON.DATE; phrases map to what they mean, lists of phrases are alternatives."""

    now: Sequence[Phrase]
    days: Mapping[Phrase, int]
    this: Sequence[Phrase]
    next: Sequence[Phrase]
    last: Sequence[Phrase]
    weekdays: Mapping[str, int]
    months: Mapping[str, int]
    seasons: Mapping[str, str]
    fixed_days: Mapping[Phrase, str]
    week: frozenset[str]
    weekend: frozenset[str]
    bare_weekend: Sequence[Phrase]
    month: frozenset[str]
    quarter: frozenset[str]
    year: frozenset[str]
    decade: frozenset[str]
    day_units: Mapping[str, int]
    ahead: Sequence[Phrase]
    ahead_after: Sequence[Phrase]
    ago: Sequence[Phrase]
    ago_after: Sequence[Phrase]
    on: Sequence[Phrase]
    of: Sequence[Phrase]
    one: frozenset[str]


@dataclass(frozen=True)
class TimeWords:
    """Words of AMAZON.TIME."""

    at: Sequence[Phrase]
    oclock: Sequence[Phrase]
    am: Sequence[Phrase]
    pm: Sequence[Phrase]
    night: Sequence[Phrase]
    past: Sequence[Phrase]
    to: Sequence[Phrase]
    half_past: Sequence[Phrase]
    half_to: Sequence[Phrase]
    quarter: Sequence[Phrase]
    quarter_of: Sequence[Phrase]
    three_quarters_of: Sequence[Phrase]
    minutes: Sequence[Phrase]
    zero_sound: frozenset[str]
    named: Mapping[Phrase, str]
    parts: Mapping[Phrase, str]


@dataclass(frozen=True)
class DurationWords:
    """Words of AMAZON.DURATION; units map to the letter of ISO 8601, "Mo" for months."""

    units: Mapping[str, str]
    one: frozenset[str]
    link: frozenset[str]
    half: Sequence[Phrase]
    and_half: Sequence[Phrase]
    quarter: Sequence[Phrase]
    three_quarters: Sequence[Phrase]
    fixed: Mapping[Phrase, str]
    lead: Sequence[Phrase]


@dataclass(frozen=True)
class Language:
    """Everything the package knows about one language except the phrases of built-in intents."""

    code: str
    articles: frozenset[str]
    joiners: frozenset[str]
    fillers: frozenset[str]
    polite_end: Sequence[Phrase]
    polite_start: Sequence[Phrase]
    openers: Sequence[Phrase]
    answer_openers: Sequence[Phrase]
    asking: frozenset[str]
    negations: frozenset[str]
    lacking: frozenset[str]
    function_words: frozenset[str]
    questions: frozenset[str]
    name_links: frozenset[str]
    everyday_verbs: frozenset[str]
    contractions: Mapping[str, Phrase]
    sounds: Mapping[re.Pattern[str], str]
    numbers: Mapping[str, int]
    ordinals: Mapping[str, int]
    number_words: NumberWords
    date_words: DateWords
    time_words: TimeWords
    duration_words: DurationWords

    @property
    def neutral(self) -> bool:
        """Whether the language has no table of its own, so that only digits are read."""
        return not words_are_known(self.code)


def _phrases(raw: Sequence[str]) -> tuple[Phrase, ...]:
    """Longest first, so that the first hit is the best one."""
    return tuple(sorted((tuple(text.split()) for text in raw), key=lambda words: (-len(words), words)))


def _by_phrase(raw: Mapping[str, Any]) -> dict[Phrase, Any]:
    pairs = ((tuple(text.split()), meaning) for text, meaning in raw.items())
    return dict(sorted(pairs, key=lambda pair: (-len(pair[0]), pair[0])))


def _sound(text: str) -> re.Pattern[str]:
    """Finds "uh huh" in lower case, also with a hyphen or in one word."""
    return re.compile(rf"\b{text.replace(' ', '[ -]?')}\b")


def _numbered(groups: Sequence[Sequence[str]], first: int) -> dict[str, int]:
    return {word: place for place, words in enumerate(groups, first) for word in words}


def _number_words(raw: Mapping[str, Any]) -> NumberWords:
    made: dict[str, Any] = {k: frozenset(v) if isinstance(v, list) else v for k, v in raw.items()}
    return NumberWords(**made)


def _date_words(raw: Mapping[str, Any]) -> DateWords:
    names = ("week", "weekend", "month", "quarter", "year", "decade", "one")
    lists = (
        "now",
        "this",
        "next",
        "last",
        "bare_weekend",
        "ahead",
        "ahead_after",
        "ago",
        "ago_after",
        "on",
        "of",
    )
    made: dict[str, Any] = {key: frozenset(raw[key]) for key in names}
    made |= {key: _phrases(raw[key]) for key in lists}
    return DateWords(
        **made,
        days=_by_phrase(raw["days"]),
        fixed_days=_by_phrase(raw["fixed_days"]),
        weekdays=_numbered(raw["weekdays"], 0),
        months=_numbered(raw["months"], 1),
        seasons=raw["seasons"],
        day_units=raw["day_units"],
    )


def _time_words(raw: Mapping[str, Any]) -> TimeWords:
    made: dict[str, Any] = {k: _phrases(v) if isinstance(v, list) else _by_phrase(v) for k, v in raw.items()}
    return TimeWords(**{**made, "zero_sound": frozenset(raw["zero_sound"])})


def _duration_words(raw: Mapping[str, Any]) -> DurationWords:
    made: dict[str, Any] = {k: _phrases(v) for k, v in raw.items() if isinstance(v, list)}
    made |= {"one": frozenset(raw["one"]), "link": frozenset(raw["link"])}
    return DurationWords(**made, units=raw["units"], fixed=_by_phrase(raw["fixed"]))


def read_data(name: str) -> dict[str, Any]:
    """A TOML file that is shipped inside this package."""
    return tomllib.loads(files(__package__).joinpath(name).read_text(encoding="utf-8"))


def read_table(kind: str, code: str) -> dict[str, Any]:
    """The shipped table "language", "phrases" or "kin" of a language, the neutral one where it has none."""
    return read_data(f"{kind}_{code if code in LANGUAGES else _NEUTRAL}.toml")


@lru_cache(maxsize=_MOST_KEPT)
def load_language(code: str) -> Language:
    """The word tables of a language; a locale such as "en-US" is cut to its language.

    Any language but English and German has the neutral tables. Raises UnknownLanguageError for what is no
    code of two or three letters (ISO 639).
    """
    short = code.partition("-")[0].lower()
    if not _CODE.fullmatch(short):
        raise UnknownLanguageError(f"{code!r} names no language, as en or fr-FR do")
    raw = read_table("language", short)
    made: dict[str, Any] = {k: frozenset(raw[k]) for k in _WORD_SETS}
    made |= {k: _phrases(raw[k]) for k in _PHRASE_LISTS}
    return Language(
        code=short,
        contractions={word: tuple(text.split()) for word, text in raw["contractions"].items()},
        sounds={_sound(text): meaning for text, meaning in raw["sounds"].items()},
        numbers=raw["numbers"],
        ordinals=raw["ordinals"],
        number_words=_number_words(raw["number_words"]),
        date_words=_date_words(raw["date_words"]),
        time_words=_time_words(raw["time_words"]),
        duration_words=_duration_words(raw["duration_words"]),
        **made,
    )


def words_are_known(code: str) -> bool:
    """Whether a language has tables of its own; in any other, digits alone are read."""
    return code in LANGUAGES


def value_words(language: Language) -> set[str]:
    """Every word of the tables of numbers, dates, times and durations."""
    tables = (language.number_words, language.date_words, language.time_words, language.duration_words)
    return {*language.numbers, *language.ordinals, *chain.from_iterable(map(_words_of, tables))}


def _words_of(table: object) -> Iterator[str]:
    """All words in a table of words, phrases, lists and tables of them."""
    if isinstance(table, str):
        yield from table.split()
        return
    inner: Iterable[object] = ()
    if is_dataclass(table):
        inner = (getattr(table, field.name) for field in fields(table))
    elif isinstance(table, Mapping):
        inner = chain(table, table.values())
    elif isinstance(table, Iterable):
        inner = table
    for part in inner:
        yield from _words_of(part)
