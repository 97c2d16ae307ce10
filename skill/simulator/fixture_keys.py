"""The keys of a fixture: which may stand where, how each is read, and the steps they make."""

from collections.abc import Callable, Mapping
from typing import Any

from skill.simulator import fixture_values as values
from skill.simulator.fixture_cases import (
    DEFAULT_NOW,
    DEFAULT_WORLD,
    Expected,
    Fixture,
    Setting,
    Step,
    Table,
)
from skill.simulator.fixture_source import Entry, Place, refuse_unknown

Read = Callable[[Table, str, Place], Any]

ACTIONS: Mapping[str, Read] = {
    "say": values.text,
    "silence": values.only_true,
    "touch": values.items,
    "event": values.text,
    "can_fulfill": values.text,
}
"""What is done in a step: exactly one of these."""

SETTINGS: Mapping[str, Read] = {
    "user": values.text,
    "device": values.text,
    "person": values.text,
    "locale": values.locale,
    "screen": values.screen,
    "zone": values.zone,
    "permissions": values.names,
    "answers_permission": values.flag,
    "proves_person": values.flag,
    "outcomes": values.outcomes,
    "faults": values.faults,
    "access_token": values.text,
}
"""Who speaks to what, and how things stand on Amazon's side."""

EXPECTATIONS: Mapping[str, Read] = {
    "intent": values.text,
    "slots": values.slots,
    "resolution": values.resolution,
    "reply": values.text,
    "speech": values.text,
    "speech_matches": values.pattern,
    "reprompt": values.text,
    "reprompt_matches": values.pattern,
    "card": values.card,
    "response": values.part,
    "said_by": values.said_by,
    "session_open": values.flag,
    "directives": values.directives,
    "calls": values.calls,
    "problems": values.names,
    "effects": values.effects,
}
"""What may be expected of a step."""

_OF_A_STEP = frozenset({*ACTIONS, "body", "now", *SETTINGS, *EXPECTATIONS})
CASE_KEYS = _OF_A_STEP | {"world"}
CONVERSATION_KEYS = frozenset({"name", "turn", "world", "now", *SETTINGS})
TURN_KEYS = _OF_A_STEP | {"after"}


def case(entry: Entry, locale: str) -> Fixture:
    """A one-turn fixture. Raises FixtureError."""
    table, place, _ = entry
    refuse_unknown(table, CASE_KEYS, place)
    step = _step({key: value for key, value in table.items() if key not in {"now", *SETTINGS}}, place)
    return _fixture(table, place, step.label, (step,), locale)


def conversation(entry: Entry, locale: str) -> Fixture:
    """A fixture of several turns. Raises FixtureError."""
    table, place, turns = entry
    refuse_unknown(table, CONVERSATION_KEYS, place)
    steps = tuple(_turn(each) for each in turns)
    if not steps:
        raise place.error("conversation", "has no [[conversation.turn]]")
    return _fixture(table, place, values.text(table, "name", place) or steps[0].label, steps, locale)


def _turn(entry: Entry) -> Step:
    refuse_unknown(entry.table, TURN_KEYS, entry.place)
    return _step(entry.table, entry.place)


def _fixture(table: Table, place: Place, name: str, steps: tuple[Step, ...], locale: str) -> Fixture:
    setting = _setting(table, place)
    return Fixture(
        place.path,
        place.line,
        name,
        steps,
        world=values.text(table, "world", place) or DEFAULT_WORLD,
        now=values.moment(table, "now", place) or DEFAULT_NOW,
        locale=setting.locale or locale,
        setting=setting,
        world_named="world" in table,
    )


def _setting(table: Table, place: Place) -> Setting:
    return Setting(**{key: read(table, key, place) for key, read in SETTINGS.items()})


def _step(table: Table, place: Place) -> Step:
    done = [key for key in ACTIONS if key in table]
    if not done:
        raise place.error("say", f"is missing; or one of {', '.join(list(ACTIONS)[1:])}")
    if len(done) > 1:
        raise place.error(done[1], f"stands beside {done[0]}: a step is one of them")
    if "body" in table and done != ["event"]:
        raise place.error("body", "belongs to an event")
    return Step(
        line=place.line,
        **{key: ACTIONS[key](table, key, place) for key in done},
        body=values.part(table, "body", place),
        after=values.passing(table, "after", place),
        now=values.moment(table, "now", place),
        setting=_setting(table, place),
        expected=Expected(**{key: read(table, key, place) for key, read in EXPECTATIONS.items()}),
    )
