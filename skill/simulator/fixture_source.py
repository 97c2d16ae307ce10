"""Finds the tables of a fixture file written in TOML, with the line of every table and key."""

import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from skill.simulator.fixture_cases import FixtureError, Table

_HEADER = re.compile(r"\s*\[\[?\s*([\w.\s]+?)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(r"\s*([\w-]+|\"[^\"]*\"|'[^']*')\s*[.=]")
_TOKEN = re.compile(r'"""|\'\'\'|"(?:[^"\\]|\\.)*"|\'[^\']*\'|#.*')
_CLOSING = {'"""': re.compile(r'(?:[^"\\]|\\.|"(?!""))*"""'), "'''": re.compile("'''")}
_TOML_LINE = re.compile(r"\(at line (\d+), column \d+\)")


class Place(NamedTuple):
    """A table of a file: its first line and the lines of its keys; `locales` are those it may name."""

    path: Path
    line: int
    keys: dict[str, int]
    locales: tuple[str, ...] = ()

    def error(self, key: str, reason: str) -> FixtureError:
        """What is wrong with the key's value, at the key's line or, without one, the table's."""
        return FixtureError(self.path, self.keys.get(key, self.line), f"{key}: {reason}")


class Entry(NamedTuple):
    """A case, or a conversation with its turns, as it was written."""

    table: Table
    place: Place
    turns: tuple["Entry", ...] = ()


class Entries(NamedTuple):
    """All that a file holds."""

    cases: tuple[Entry, ...]
    conversations: tuple[Entry, ...]


@dataclass
class _Lines:
    """Where each array table begins, in the order of the file, with the lines of its keys."""

    tables: dict[str, list[tuple[int, dict[str, int]]]] = field(default_factory=dict)
    top: dict[str, int] = field(default_factory=dict)

    def places(self, top: Place, name: str) -> Iterator[Place]:
        """The tables called `name` in order; without end, as inline tables have no header of their own."""
        for line, keys in self.tables.get(name, []):
            yield top._replace(line=line, keys=keys)
        while True:
            yield top._replace(line=self.top.get(name.partition(".")[0], 1), keys={})


def toml_entries(path: Path, text: str, locales: tuple[str, ...]) -> Entries:
    """What a TOML file holds. Raises FixtureError."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line = _TOML_LINE.search(str(error))
        raise FixtureError(path, int(line[1]) if line else 1, f"no TOML: {error}") from error
    except (RecursionError, ValueError) as error:
        raise FixtureError(path, None, f"no TOML: {error}") from error
    lines = _scan(text)
    top = Place(path, 1, lines.top, locales)
    refuse_unknown(data, frozenset({"case", "conversation"}), top)
    cases = zip(_tables(data, "case", top), lines.places(top, "case"), strict=False)
    conversations = zip(_tables(data, "conversation", top), lines.places(top, "conversation"), strict=False)
    turn_places = lines.places(top, "conversation.turn")
    return Entries(
        tuple(Entry(table, place) for table, place in cases),
        tuple(
            Entry(
                table, place, tuple(Entry(turn, next(turn_places)) for turn in _tables(table, "turn", place))
            )
            for table, place in conversations
        ),
    )


def refuse_unknown(table: Table, known: frozenset[str], place: Place) -> None:
    """Raise FixtureError for a key that is not known there."""
    for key in table:
        if key not in known:
            raise place.error(key, f"unknown key; known are {', '.join(sorted(known))}")


def _tables(data: Table, key: str, place: Place) -> Sequence[Table]:
    found = data.get(key, [])
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        raise place.error(key, "must be written as array tables with double brackets")
    return found


def _scan(text: str) -> _Lines:
    """The lines of tables and keys, which tomllib does not tell; strings over several lines are skipped."""
    found = _Lines()
    keys, inside = found.top, ""
    for number, line in enumerate(text.splitlines(), 1):
        was_inside, inside = inside, _open_string(line, inside)
        if was_inside:
            continue
        if header := _HEADER.match(line):
            keys = _table_at(found, "".join(header[1].split()), number, line)
        elif key := _KEY.match(line):
            keys.setdefault(key[1].strip("\"'"), number)
    return found


def _table_at(found: _Lines, name: str, number: int, line: str) -> dict[str, int]:
    """The key lines to fill from here on; a sub-table as [case.slots] is a key of the table it is in."""
    if line.lstrip().startswith("[["):
        keys: dict[str, int] = {}
        found.tables.setdefault(name, []).append((number, keys))
        return keys
    around, _, key = name.rpartition(".")
    if around in found.tables:
        found.tables[around][-1][1].setdefault(key, number)
    else:
        found.top.setdefault(name, number)
    return {}


def _open_string(line: str, inside: str) -> str:
    """The delimiter of the multi-line string that is open at the end of `line`, or ""."""
    place = 0
    while True:
        found = (_CLOSING[inside] if inside else _TOKEN).search(line, place)
        if found is None:
            return inside
        place = found.end()
        inside = "" if inside or found[0] not in _CLOSING else found[0]
