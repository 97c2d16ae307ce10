"""Writes a conversation as it went down as a fixture in TOML, so that it can be held to from then on."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from typing import Any

from skill.simulator.account import Outcome
from skill.simulator.fixture_cases import Setting, Table
from skill.simulator.heard import wire_values
from skill.simulator.spoken import Spoken

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
NEVER_HELD_TO = frozenset({"too-slow"})
"""Problems that may be another time's."""


@dataclass(frozen=True)
class Played:
    """One thing that was done at a device at a moment, and what came of it.

    Of `say`, `silence`, `touch`, `event` and `can_fulfill` one is given, as in a Step. `reply` is the key of
    the skill's answer, None where the skill is not in this process. `effects` are the counts that changed.
    """

    spoken: Spoken
    at: datetime
    say: str | None = None
    silence: bool = False
    touch: Sequence[object] | None = None
    event: str | None = None
    body: Table | None = None
    can_fulfill: str | None = None
    reply: str | None = None
    effects: Mapping[str, int] = field(default_factory=dict)
    setting: Setting = field(default_factory=Setting)


def as_toml(name: str, steps: Sequence[Played], *, world: str | None = None) -> str:
    """A fixture file with one conversation that does `steps` again and expects what came of them.

    It expects intent, slots, session, directives, effects, problems and the reply key; the words themselves
    only where there is no key, as a key has several wordings; they stand beside it as a comment. `world` is
    the starting state. Raises ValueError when there are no steps.
    """
    if not steps:
        raise ValueError("nothing was done, so there is nothing to write down")
    shared = _shared([step.setting for step in steps])
    head: dict[str, Any] = {"name": name, "world": world, "now": steps[0].at, **shared}
    lines = ["[[conversation]]", *_lines(head)]
    before = steps[0].at
    for step in steps:
        lines += ["", "[[conversation.turn]]", *_turn(step, shared, before)]
        before = step.at
    return "\n".join(lines) + "\n"


def _turn(step: Played, shared: Mapping[str, Any], before: datetime) -> Iterator[str]:
    spoken = step.spoken
    done = {
        "say": step.say,
        "silence": step.silence or None,
        "touch": None if step.touch is None else list(step.touch),
        "event": step.event,
        "body": step.body,
        "can_fulfill": step.can_fulfill,
        **_passed(step.at - before, step.at),
        **{key: value for key, value in _stated(step.setting).items() if key not in shared},
    }
    yield from _lines(done)
    yield from _lines(_heard(step))
    if step.reply is not None:
        yield from (f"# {_CONTROL.sub(' ', line)}" for line in _text(spoken.speech).splitlines())
    problems = {one.code for one in spoken.problems if one.refused} - NEVER_HELD_TO
    yield from _lines(
        {
            "reply": step.reply,
            "speech": spoken.speech if step.reply is None else None,
            "session_open": spoken.session_open,
            "directives": [str(each.get("type")) for each in spoken.directives] or None,
            "problems": sorted(problems) or None,
            "effects": dict(step.effects) or None,
        }
    )


def _heard(step: Played) -> dict[str, Any]:
    """The intent and the slots of a sentence; a touch or an event means nothing but itself."""
    if step.say is None and step.can_fulfill is None:
        return {}
    spoken, slots = step.spoken, {}
    for name, pair in wire_values(spoken.wire_slots).items():
        several = [each["value"] for each in pair.get("values", ())]
        slots[name] = several if len(several) > 1 else pair["value"]
    return {"intent": spoken.intent or "", "slots": slots if spoken.slot_types else None}


def _passed(time: timedelta, at: datetime) -> dict[str, Any]:
    """`after` for whole seconds, else the moment itself."""
    seconds = time.total_seconds()
    if seconds == 0:
        return {}
    return {"after": f"PT{int(seconds)}S"} if seconds > 0 and seconds == int(seconds) else {"now": at}


def _shared(settings: Sequence[Setting]) -> dict[str, Any]:
    """What is the same in all turns, which the conversation says once."""
    first = _stated(settings[0])
    return {
        key: value for key, value in first.items() if all(getattr(each, key) == value for each in settings)
    }


def _stated(setting: Setting) -> dict[str, Any]:
    found = {each.name: getattr(setting, each.name) for each in fields(setting)}
    return {key: value for key, value in found.items() if value is not None}


def _lines(values: Mapping[str, Any]) -> Iterator[str]:
    for key, value in values.items():
        if value is not None:
            yield f"{key} = {toml(value)}"


def toml(value: object) -> str:
    """A value on one line of TOML; what a table holds as None, which TOML has no word for, is left out."""
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return json.dumps(_text(value), ensure_ascii=False).replace("\x7f", "\\u007F")
        case datetime():
            return value.isoformat()
        case Outcome():
            return toml({"code": value.code, "message": value.message, "result": value.result})
        case Mapping():
            inside = [f"{_key(str(key))} = {toml(each)}" for key, each in value.items() if each is not None]
            return f"{{ {', '.join(inside)} }}" if inside else "{}"
        case list() | tuple():
            return f"[{', '.join(toml(each) for each in value if each is not None)}]"
    return repr(value)


def _key(name: str) -> str:
    return name if _BARE_KEY.fullmatch(name) else toml(name)


def _text(text: str) -> str:
    """What UTF-8 can hold of it."""
    return text.encode("utf-8", errors="replace").decode()
