"""Reads and checks fixture files (TOML): sentences with what is expected of each, by file and line."""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from skill.conversation import locale_files
from skill.understanding.wire import parse_duration

DEFAULT_WORLD = "home"
DEFAULT_NOW = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)

EXPECTED = ("intent", "slots", "reply", "speech", "speech_matches", "session_open", "directives", "effects")
SETTING = ("world", "user", "now", "locale")
CASE_KEYS = frozenset({"say", *EXPECTED, *SETTING})
CONVERSATION_KEYS = frozenset({"name", "turn", *SETTING})
TURN_KEYS = frozenset({"say", "after", "user", "now", "locale", *EXPECTED})

Table = Mapping[str, Any]
_HEADER = re.compile(r"\s*\[\[?\s*([\w.\s]+?)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(r"\s*([\w-]+|\"[^\"]*\"|'[^']*')\s*[.=]")
_TOML_LINE = re.compile(r"\(at line (\d+), column \d+\)")


class FixtureError(ValueError):
    """A fixture file is malformed; the message is one line: file, line (if any) and what is wrong."""

    def __init__(self, path: Path, line: int | None, reason: str) -> None:
        super().__init__(f"{path}: {reason}" if line is None else f"{path}:{line}: {reason}")


@dataclass(frozen=True)
class Step:
    """One sentence and what is expected of it; None where nothing is.

    `slots` are all slots that must be heard, no more, each with its value (or id) or list of values.
    `effects` are by how much the named counts must grow. `after` passes and then `now` is set before the
    sentence is said; `user` and `locale` name another speaker than the fixture's.
    """

    line: int
    say: str
    after: timedelta = timedelta()
    now: datetime | None = None
    user: str | None = None
    locale: str | None = None
    intent: str | None = None
    slots: Mapping[str, str | list[str]] | None = None
    reply: str | None = None
    speech: str | None = None
    speech_matches: str | None = None
    session_open: bool | None = None
    directives: tuple[str, ...] | None = None
    effects: Mapping[str, int] | None = None


@dataclass(frozen=True)
class Fixture:
    """A one-turn case or a conversation: its steps run in order in one fresh copy of `world`."""

    path: Path
    line: int
    name: str
    steps: tuple[Step, ...]
    world: str = DEFAULT_WORLD
    user: str | None = None
    now: datetime = DEFAULT_NOW
    locale: str = locale_files.DEFAULT_LOCALE


class _Place(NamedTuple):
    """A table of a file: its first line and the lines of its keys."""

    path: Path
    line: int
    keys: Mapping[str, int]

    def error(self, key: str, reason: str) -> FixtureError:
        return FixtureError(self.path, self.keys.get(key, self.line), f"{key}: {reason}")


@dataclass
class _Lines:
    """Where each array table begins, in the order of the file, with the lines of its keys."""

    tables: dict[str, list[tuple[int, dict[str, int]]]] = field(default_factory=dict)
    top: dict[str, int] = field(default_factory=dict)

    def places(self, path: Path, name: str) -> Iterator[_Place]:
        """The tables called `name` in order; without end, as inline tables have no header of their own."""
        for line, keys in self.tables.get(name, []):
            yield _Place(path, line, keys)
        while True:
            yield _Place(path, self.top.get(name.partition(".")[0], 1), {})


def find(paths: Sequence[Path]) -> list[Path]:
    """The fixture files among `paths` and below those that are folders, sorted. Raises FixtureError."""
    found: set[Path] = set()
    for path in paths:
        if not path.exists():
            raise FixtureError(path, None, "there is no such file or folder")
        found |= set(path.rglob("*.toml")) if path.is_dir() else {path}
    return sorted(found)


def read(path: Path) -> list[Fixture]:
    """All fixtures of a file in their order. Raises FixtureError for the first thing that is wrong.

    The locale, unless a fixture names one, comes from the nearest folder or file name part that is a
    language or a locale ("de" in tests/utterances/de/orders.toml and in chat.de.toml).
    """
    try:
        text = path.read_text(encoding="utf-8")
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line = _TOML_LINE.search(str(error))
        raise FixtureError(path, int(line[1]) if line else 1, f"no TOML: {error}") from error
    except (OSError, UnicodeDecodeError) as error:
        raise FixtureError(path, None, f"cannot be read: {error}") from error
    lines = _scan(text)
    top = _Place(path, 1, lines.top)
    _refuse_unknown(data, frozenset({"case", "conversation"}), top)
    locale = _locale_of(path)
    fixtures = [
        *_cases(_tables(data, "case", top), lines, path, locale),
        *_conversations(_tables(data, "conversation", top), lines, path, locale),
    ]
    return sorted(fixtures, key=lambda fixture: fixture.line)


def _cases(tables: Sequence[Table], lines: _Lines, path: Path, locale: str) -> Iterator[Fixture]:
    for table, place in zip(tables, lines.places(path, "case"), strict=False):
        _refuse_unknown(table, CASE_KEYS, place)
        step = _step({key: value for key, value in table.items() if key not in SETTING}, place)
        yield Fixture(path, place.line, step.say, (step,), **_settings(table, place, locale))


def _conversations(tables: Sequence[Table], lines: _Lines, path: Path, locale: str) -> Iterator[Fixture]:
    turn_places = lines.places(path, "conversation.turn")
    for table, place in zip(tables, lines.places(path, "conversation"), strict=False):
        _refuse_unknown(table, CONVERSATION_KEYS, place)
        steps = [_turn(turn, next(turn_places)) for turn in _tables(table, "turn", place)]
        if not steps:
            raise place.error("conversation", "has no [[conversation.turn]]")
        name = _text(table, "name", place) or steps[0].say
        yield Fixture(path, place.line, name, tuple(steps), **_settings(table, place, locale))


def _turn(table: Table, place: _Place) -> Step:
    _refuse_unknown(table, TURN_KEYS, place)
    return _step(table, place)


def _step(table: Table, place: _Place) -> Step:
    say = _text(table, "say", place)
    if say is None:
        raise place.error("say", "is missing")
    return Step(
        line=place.line,
        say=say,
        after=_after(table, place),
        now=_now(table, place),
        user=_text(table, "user", place),
        locale=_locale(table, place),
        intent=_text(table, "intent", place),
        slots=_slots(table, place),
        reply=_text(table, "reply", place),
        speech=_text(table, "speech", place),
        speech_matches=_pattern(table, place),
        session_open=_typed(table, "session_open", bool, "true or false", place),
        directives=_directives(table, place),
        effects=_effects(table, place),
    )


def _settings(table: Table, place: _Place, locale: str) -> dict[str, Any]:
    return {
        "world": _text(table, "world", place) or DEFAULT_WORLD,
        "user": _text(table, "user", place),
        "now": _now(table, place) or DEFAULT_NOW,
        "locale": _locale(table, place) or locale,
    }


def _typed(table: Table, key: str, kind: type, expected: str, place: _Place) -> Any:
    value = table.get(key)
    if value is not None and not isinstance(value, kind):
        raise place.error(key, f"must be {expected}, not {value!r}")
    return value


def _text(table: Table, key: str, place: _Place) -> str | None:
    found: str | None = _typed(table, key, str, "a text in quotes", place)
    return found


def _locale(table: Table, place: _Place) -> str | None:
    name = _text(table, "locale", place)
    if name is not None and name not in locale_files.available_locales():
        raise place.error("locale", f"must be one of {', '.join(locale_files.available_locales())}")
    return name


def _now(table: Table, place: _Place) -> datetime | None:
    value = table.get("now")
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        moment = None
    if value is not None and (not isinstance(moment, datetime) or moment.tzinfo is None):
        raise place.error("now", f"must be a date and time with its offset from UTC, not {value!r}")
    return moment


def _after(table: Table, place: _Place) -> timedelta:
    text = _text(table, "after", place)
    try:
        return parse_duration(text) if text is not None else timedelta()
    except ValueError:
        raise place.error("after", f'must be a duration as "PT30S", not {text!r}') from None


def _pattern(table: Table, place: _Place) -> str | None:
    pattern = _text(table, "speech_matches", place)
    try:
        re.compile(pattern or "")
    except re.error as error:
        raise place.error("speech_matches", f"no regular expression: {error}") from error
    return pattern


def _slots(table: Table, place: _Place) -> Mapping[str, str | list[str]] | None:
    slots: Table | None = _typed(table, "slots", dict, 'a table as { name = "value" }', place)
    for name, value in (slots or {}).items():
        values = value if isinstance(value, list) else [value]
        if not values or not all(isinstance(each, str) for each in values):
            raise place.error("slots", f"{name} must be a text or a list of texts, not {value!r}")
    return slots


def _directives(table: Table, place: _Place) -> tuple[str, ...] | None:
    names = _typed(table, "directives", list, "a list of directive types", place)
    if names is None:
        return None
    if not all(isinstance(name, str) for name in names):
        raise place.error("directives", "must be a list of directive types")
    return tuple(names)


def _effects(table: Table, place: _Place) -> Mapping[str, int] | None:
    effects: Table | None = _typed(table, "effects", dict, "a table as { orders = 1 }", place)
    for name, count in (effects or {}).items():
        if not isinstance(count, int) or isinstance(count, bool):
            raise place.error("effects", f"{name} must be a whole number, not {count!r}")
    return effects


def _tables(data: Table, key: str, place: _Place) -> list[Table]:
    found = data.get(key, [])
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        raise place.error(key, "must be written as array tables with double brackets")
    return found


def _refuse_unknown(table: Table, known: frozenset[str], place: _Place) -> None:
    for key in table:
        if key not in known:
            raise place.error(key, f"unknown key; known are {', '.join(sorted(known))}")


def _locale_of(path: Path) -> str:
    for part in (*reversed(path.stem.split(".")[1:]), *reversed(path.absolute().parent.parts)):
        languages = {name.split("-")[0] for name in locale_files.available_locales()}
        if part in languages or part in locale_files.available_locales():
            return locale_files.choose(part)
    return locale_files.DEFAULT_LOCALE


def _scan(text: str) -> _Lines:
    """The lines of tables and keys, which tomllib does not tell; strings over several lines are skipped."""
    found = _Lines()
    keys, inside = found.top, ""
    for number, line in enumerate(text.splitlines(), 1):
        was_inside, inside = inside, _open_string(line, inside)
        if was_inside:
            continue
        if header := _HEADER.match(line):
            keys = _table_at(found, "".join(header[1].split()), number, line, keys)
        elif key := _KEY.match(line):
            keys.setdefault(key[1].strip("\"'"), number)
    return found


def _table_at(found: _Lines, name: str, number: int, line: str, current: dict[str, int]) -> dict[str, int]:
    """The key lines to fill from here on; a sub-table as [case.slots] is a key of the table it is in."""
    if line.lstrip().startswith("[["):
        keys: dict[str, int] = {}
        found.tables.setdefault(name, []).append((number, keys))
        return keys
    current.setdefault(name.rpartition(".")[2], number)
    return {}


def _open_string(line: str, inside: str) -> str:
    """The delimiter of the multi-line string that is open at the end of `line`, or ""."""
    place = 0
    while place < len(line):
        mark = line[place : place + 3]
        if inside and mark == inside:
            inside, place = "", place + 3
        elif not inside and mark in ('"""', "'''"):
            inside, place = mark, place + 3
        else:
            place += 2 if line[place] == "\\" and inside == '"""' else 1
    return inside
