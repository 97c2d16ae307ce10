"""Reads the value of one key of a fixture, whatever file it is in; what is wrong names file and line."""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, TypeVar, get_args
from zoneinfo import ZoneInfo

from skill.simulator.account import Outcome, Screen
from skill.simulator.amazon.faults import fault_named
from skill.simulator.fixture_cases import ExpectedCall, Table
from skill.simulator.fixture_source import Place
from skill.simulator.spoken import SaidBy
from skill.understanding.wire import parse_duration

SPEAKERS: Mapping[str, SaidBy] = {name: name for name in get_args(SaidBy)}
SCREENS: Mapping[str, Screen] = {kind: kind for kind in get_args(Screen)}
Name = TypeVar("Name", bound=str)
_CALL = re.compile(r"(?:[A-Z]+|\*) /\S*")
_CALL_KEYS = frozenset({"call", "count", "status", "body"})
_RESOLUTION_KEYS = frozenset({"id", "value", "status", "authority"})


def text(table: Table, key: str, place: Place) -> str | None:
    """A text."""
    found: str | None = _typed(table, key, str, "a text in quotes", place)
    return found


def flag(table: Table, key: str, place: Place) -> bool | None:
    """True or false."""
    found: bool | None = _typed(table, key, bool, "true or false", place)
    return found


def only_true(table: Table, key: str, place: Place) -> bool:
    """True, or the key is left out."""
    if flag(table, key, place) is False:
        raise place.error(key, "must be true or left out")
    return key in table


def items(table: Table, key: str, place: Place) -> tuple[Any, ...] | None:
    """A list of anything."""
    found = _typed(table, key, list, "a list", place)
    return None if found is None else tuple(found)


def names(table: Table, key: str, place: Place) -> tuple[str, ...] | None:
    """A list of texts."""
    found = items(table, key, place)
    if not all(isinstance(each, str) for each in found or ()):
        raise place.error(key, "must be a list of texts")
    return found


def part(table: Table, key: str, place: Place) -> Table | None:
    """A table that is compared by its parts."""
    found: Table | None = _typed(table, key, dict, "a table", place)
    return found


def locale(table: Table, key: str, place: Place) -> str | None:
    """A locale that the skill has."""
    name = text(table, key, place)
    if name is not None and name not in place.locales:
        raise place.error(key, f"must be one of {', '.join(place.locales)}")
    return name


def screen(table: Table, key: str, place: Place) -> Screen | None:
    """A kind of screen."""
    return _one_of(table, key, place, SCREENS)


def said_by(table: Table, key: str, place: Place) -> SaidBy | None:
    """Whose words are heard."""
    return _one_of(table, key, place, SPEAKERS)


def zone(table: Table, key: str, place: Place) -> str | None:
    """An IANA time zone."""
    name = text(table, key, place)
    try:
        ZoneInfo(name or "UTC")
    except (LookupError, ValueError, OSError) as error:
        raise place.error(key, f"there is no time zone called {name!r}") from error
    return name


def moment(table: Table, key: str, place: Place) -> datetime | None:
    """A date and time with its offset."""
    value = table.get(key)
    try:
        found = datetime.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        found = None
    if value is not None and (not isinstance(found, datetime) or found.tzinfo is None):
        raise place.error(key, f"must be a date and time with its offset from UTC, not {value!r}")
    return found


def passing(table: Table, key: str, place: Place) -> timedelta:
    """A duration, none by default."""
    said = text(table, key, place)
    try:
        return parse_duration(said) if said is not None else timedelta()
    except ValueError:
        raise place.error(key, f'must be a duration as "PT30S", not {said!r}') from None


def pattern(table: Table, key: str, place: Place) -> str | None:
    """A regular expression."""
    found = text(table, key, place)
    try:
        re.compile(found or "")
    except (re.error, RecursionError, OverflowError) as error:
        raise place.error(key, f"no regular expression: {error}") from error
    return found


def slots(table: Table, key: str, place: Place) -> Mapping[str, str | list[str]] | None:
    """Slot values by slot: a text or several."""
    found: Table | None = _typed(table, key, dict, 'a table as { name = "value" }', place)
    for name, value in (found or {}).items():
        values = value if isinstance(value, list) else [value]
        if not values or not all(isinstance(each, str) for each in values):
            raise place.error(key, f"{name} must be a text or a list of texts, not {value!r}")
    return found


def resolution(table: Table, key: str, place: Place) -> Mapping[str, tuple[Mapping[str, str], ...]] | None:
    """Parts of the entity resolution by slot: a table, or a list of one for each of several values."""
    shape = 'a table as { name = { id = "...", value = "...", status = "..." } }'
    found = _typed(table, key, dict, shape, place)
    if found is None:
        return None
    read = {}
    for name, value in found.items():
        parts = value if isinstance(value, list) else [value]
        for each in parts:
            if not isinstance(each, dict) or not all(isinstance(said, str) for said in each.values()):
                raise place.error(key, f"{name} must be a table of texts, not {each!r}")
            _refuse(each, _RESOLUTION_KEYS, f"{key}: {name}", place, key)
        read[name] = tuple(parts)
    return read


def outcomes(table: Table, key: str, place: Place) -> Mapping[str, Outcome] | None:
    """How tasks end, by uri: a code, or a table with `code`, `message` and `result`."""
    found: Table | None = _typed(table, key, dict, 'a table as { "connection://..." = "200" }', place)
    return None if found is None else {uri: _outcome(each, key, place) for uri, each in found.items()}


def _outcome(value: object, key: str, place: Place) -> Outcome:
    entry: Table = value if isinstance(value, dict) else {"code": value}
    _refuse(entry, frozenset({"code", "message", "result"}), key, place, key)
    code, message, result = entry.get("code", "200"), entry.get("message", "OK"), entry.get("result")
    if not isinstance(code, str) or not isinstance(message, str):
        raise place.error(key, f"code and message must be texts, not {code!r} and {message!r}")
    if result is not None and not isinstance(result, dict):
        raise place.error(key, f"result must be a table, not {result!r}")
    return Outcome(code, message, result)


def faults(table: Table, key: str, place: Place) -> Mapping[str, str] | None:
    """How Amazon's services misbehave, by name."""
    found: Table | None = _typed(table, key, dict, 'a table as { reminders = "down" }', place)
    for name, fault in (found or {}).items():
        try:
            fault_named(fault if isinstance(fault, str) else repr(fault))
        except ValueError as error:
            raise place.error(key, f"{name}: {error}") from error
    return found


def card(table: Table, key: str, place: Place) -> Table | bool | None:
    """Part of a card, or false for none."""
    value = table.get(key)
    if value is False:
        return False
    return part(table, key, place)


def directives(table: Table, key: str, place: Place) -> tuple[str | Table, ...] | None:
    """Directives by type, or by a part of each."""
    found = items(table, key, place)
    if not all(isinstance(each, str | dict) for each in found or ()):
        raise place.error(key, "must be a list of directive types, or of tables with part of each")
    return found


def effects(table: Table, key: str, place: Place) -> Mapping[str, int] | None:
    """By how much counts grow."""
    found: Table | None = _typed(table, key, dict, "a table as { orders = 1 }", place)
    for name, count in (found or {}).items():
        if not _is_number(count):
            raise place.error(key, f"{name} must be a whole number, not {count!r}")
    return found


def calls(table: Table, key: str, place: Place) -> tuple[ExpectedCall, ...] | None:
    """Calls to Amazon's services: "METHOD /path", or a table with `call` and what else is known of it."""
    found = items(table, key, place)
    return None if found is None else tuple(_call(each, key, place) for each in found)


def _call(value: object, key: str, place: Place) -> ExpectedCall:
    entry: Table = value if isinstance(value, dict) else {"call": value}
    _refuse(entry, _CALL_KEYS, key, place, key)
    said, count, status, body = (entry.get(name) for name in ("call", "count", "status", "body"))
    if not isinstance(said, str) or not _CALL.fullmatch(said):
        raise place.error(key, f'must say method and path, as "GET /v1/devices/*/settings/address": {said!r}')
    for name, number in (("count", count), ("status", status)):
        if number is not None and (not _is_number(number) or number < 0):
            raise place.error(key, f"{name} must be a whole number, not {number!r}")
    if body is not None and not isinstance(body, dict):
        raise place.error(key, f"body must be a table, not {body!r}")
    return ExpectedCall(said, 1 if count is None else count, status, body)


def _refuse(table: Table, known: frozenset[str], what: str, place: Place, key: str) -> None:
    for name in table:
        if name not in known:
            raise place.error(key, f"{name}: unknown key of {what}; known are {', '.join(sorted(known))}")


def _is_number(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _one_of(table: Table, key: str, place: Place, known: Mapping[str, Name]) -> Name | None:
    found = text(table, key, place)
    if found is not None and found not in known:
        raise place.error(key, f"must be one of {', '.join(known)}")
    return None if found is None else known[found]


def _typed(table: Table, key: str, kind: type, expected: str, place: Place) -> Any:
    value = table.get(key)
    if value is not None and not isinstance(value, kind):
        raise place.error(key, f"must be {expected}, not {value!r}")
    return value
