"""Compares what is expected of a step with what happened; every difference is one line."""

import re
from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any

from skill.conversation.turn import Answer
from skill.simulator.envelopes import Envelope
from skill.simulator.fixture_cases import Expected, ExpectedCall, Table
from skill.simulator.fixture_hearing import Hearing
from skill.simulator.heard import MATCH, wire_values
from skill.simulator.spoken import Spoken

_SHOWN_AT_MOST = 400
NOTHING = "nothing"


def hearing_differences(expected: Expected, heard: Hearing) -> Iterator[str]:
    """Differences of intent, slots and resolution."""
    if expected.intent is not None:
        yield from _intent_differences(expected.intent, heard)
    if expected.slots is not None:
        yield from _slot_differences(expected.slots, wire_values(heard.slots))
    for name, parts in (expected.resolution or {}).items():
        yield from _resolution_differences(name, parts, heard.slots.get(name) or {})


def answer_differences(expected: Expected, spoken: Spoken, answer: Answer | None) -> Iterator[str]:
    """Differences of what the skill answered; `answer` is None where the skill is not in this process."""
    said = {
        "reply": (expected.reply, answer.reply if answer else None),
        "speech": (expected.speech, spoken.speech),
        "reprompt": (expected.reprompt, spoken.reprompt),
        "said_by": (expected.said_by, spoken.said_by),
        "session_open": (expected.session_open, spoken.session_open),
    }
    for key, (wanted, found) in said.items():
        if wanted is not None and wanted != found:
            yield f"{key}: expected {shown(wanted)}, got {shown(found)}{_context(spoken, key)}"
    yield from _pattern_differences("speech_matches", expected.speech_matches, spoken.speech)
    yield from _pattern_differences("reprompt_matches", expected.reprompt_matches, spoken.reprompt or "")
    if expected.card is not None:
        yield from _card_differences(expected.card, spoken.card)
    if expected.response is not None and not contains(expected.response, spoken.response):
        yield f"response: expected {shown(dict(expected.response))} in it, got {shown(spoken.response)}"
    if expected.directives is not None:
        yield from _directive_differences(expected.directives, spoken.directives)
    if expected.calls is not None:
        yield from _call_differences(expected.calls, spoken.calls)


def problem_differences(expected: Sequence[str] | None, spoken: Spoken) -> Iterator[str]:
    """What Amazon would refuse in a response and is not expected, and what is expected and was not found.

    A problem that is heard all the same (a rule of certification) is expected or not, as the fixture likes.
    """
    for problem in spoken.problems:
        if problem.refused and problem.code not in (expected or ()):
            yield f"problems: {problem.code}: {problem.message}"
    found = {problem.code for problem in spoken.problems}
    for code in expected or ():
        if code not in found:
            yield f"problems: expected {code!r}, got {', '.join(sorted(found)) or NOTHING}"


def effect_differences(
    effects: Mapping[str, int], before: Mapping[str, int], after: Mapping[str, int]
) -> Iterator[str]:
    """The named counts that did not grow by what is expected."""
    for name, expected in effects.items():
        if name not in after:
            yield f"effects: {name} is not counted; counted are {', '.join(sorted(after))}"
        elif after[name] - before[name] != expected:
            yield f"effects: expected {name} to grow by {expected}, it grew by {after[name] - before[name]}"


def contains(expected: object, found: object) -> bool:
    """Whether `found` has all of `expected`: tables may have more keys, lists are as long, values equal."""
    if isinstance(expected, Mapping):
        return isinstance(found, Mapping) and all(
            key in found and contains(value, found[key]) for key, value in expected.items()
        )
    if isinstance(expected, list | tuple):
        return (
            isinstance(found, list | tuple)
            and len(expected) == len(found)
            and all(map(contains, expected, found))
        )
    return type(expected) is type(found) and expected == found


def shown(value: object) -> str:
    """A value as a fixture writes it, cut when it is long."""
    if isinstance(value, bool):
        return str(value).lower()
    text = repr(list(value)) if isinstance(value, tuple) else repr(value)
    return text if len(text) <= _SHOWN_AT_MOST else f"{text[:_SHOWN_AT_MOST]}..."


def _intent_differences(wanted: str, heard: Hearing) -> Iterator[str]:
    if wanted == "" and not heard.refused:
        yield f"intent: expected nothing to be understood, got {heard.intent!r} ({heard.stage})"
    elif wanted and wanted != heard.intent:
        yield f"intent: expected {wanted!r}, got {heard.intent or NOTHING!r} ({heard.stage})"


def _slot_differences(
    expected: Mapping[str, str | list[str]], heard: Mapping[str, Mapping[str, Any]]
) -> Iterator[str]:
    for name in sorted({*expected, *heard}):
        wanted = expected.get(name)
        pairs = heard[name].get("values") or [heard[name]] if name in heard else []
        if wanted is None:
            yield f"slots: {name} was heard as {_slot_shown(pairs)} and is not expected"
        elif not _slot_agrees([wanted] if isinstance(wanted, str) else wanted, pairs):
            yield f"slots: expected {name} to be {shown(wanted)}, got {_slot_shown(pairs)}"


def _slot_agrees(wanted: list[str], pairs: list[Mapping[str, Any]]) -> bool:
    return len(wanted) == len(pairs) and all(
        each == pair["id"] or each.casefold() == str(pair["value"]).casefold()  # nobody hears capitals
        for each, pair in zip(wanted, pairs, strict=True)
    )


def _slot_shown(pairs: list[Mapping[str, Any]]) -> str:
    told = [f"{pair['value']!r}" + (f" ({pair['id']})" if pair["id"] else "") for pair in pairs]
    return ", ".join(told) or NOTHING


def _resolution_differences(
    name: str, wanted: tuple[Mapping[str, str], ...], slot: Envelope
) -> Iterator[str]:
    values = (slot.get("slotValue") or {}).get("values") or [slot]
    if len(wanted) != len(values):
        yield f"resolution: expected {name} to have {len(wanted)} values, got {len(values)}"
        return
    for parts, value in zip(wanted, values, strict=True):
        found = _resolutions(value, parts.get("authority"))
        asked = {key: each for key, each in parts.items() if key != "authority"}
        if not any(contains(asked, each) for each in found):
            yield f"resolution: expected {name} to have {shown(dict(parts))}, got {shown(found or NOTHING)}"


def _resolutions(slot: Envelope, authority: str | None) -> list[dict[str, str]]:
    """What each authority told, dynamic ones first: {"status", "value", "id"}; only the first that matched
    unless the authority is asked for by a part of its name.
    """
    entries = (slot.get("resolutions") or {}).get("resolutionsPerAuthority") or []
    told = []
    for entry in sorted(entries, key=lambda entry: ".dynamic." not in str(entry.get("authority"))):
        values = entry.get("values") or [{}]
        named = values[0].get("value") or {}
        found = {"status": (entry.get("status") or {}).get("code"), "value": named.get("name")}
        found["id"] = named.get("id")
        if authority is None or authority in str(entry.get("authority")):
            told.append({key: str(value) for key, value in found.items() if value is not None})
    matched = [each for each in told if each.get("status") == MATCH]
    return told if authority is not None else (matched or told)[:1]


def _pattern_differences(key: str, pattern: str | None, found: str) -> Iterator[str]:
    if pattern is not None and not re.search(pattern, found):
        yield f"{key}: {pattern!r} is not in {found!r}"


def _card_differences(wanted: Table | bool, card: object) -> Iterator[str]:
    if wanted is False:
        if card is not None:
            yield f"card: expected none, got {shown(card)}"
    elif not contains(wanted, card):
        yield f"card: expected {shown(wanted)} in it, got {shown(card)}"


def _directive_differences(wanted: Sequence[str | Table], found: Sequence[Envelope]) -> Iterator[str]:
    types = tuple(str(each.get("type")) for each in found)
    named = tuple(each if isinstance(each, str) else str(each.get("type", "*")) for each in wanted)
    if len(types) != len(named) or any(
        name not in ("*", kind) for name, kind in zip(named, types, strict=True)
    ):
        yield f"directives: expected {shown(named)}, got {shown(types)}"
        return
    for each, directive in zip(wanted, found, strict=True):
        if isinstance(each, Mapping) and not contains(each, directive):
            yield f"directives: expected {shown(dict(each))} in it, got {shown(directive)}"


def _call_differences(wanted: Sequence[ExpectedCall], calls: Sequence[Any]) -> Iterator[str]:
    """Each expectation takes the calls it fits, the narrowest first; what is left was not expected."""
    left = list(calls)
    for each in sorted(wanted, key=lambda call: (call.body is None, call.status is None, "*" in call.call)):
        fitting = [call for call in left if _fits(each, call)]
        if len(fitting) < each.count or (each.count == 0 and fitting):
            made = ", ".join(map(_call_shown, calls)) or "none"
            yield f"calls: expected {each.call} {each.count} times, got {len(fitting)}; calls were {made}"
        for call in fitting[: each.count]:
            left.remove(call)
    if left:
        yield f"calls: not expected: {', '.join(map(_call_shown, left))}"


def _fits(wanted: ExpectedCall, call: Any) -> bool:
    return (
        fnmatchcase(f"{call.method} {call.path}", wanted.call)
        and wanted.status in (None, call.status)
        and (wanted.body is None or contains(wanted.body, call.body))
    )


def _call_shown(call: Any) -> str:
    return f"{call.method} {call.path} ({call.status})"


def _context(spoken: Spoken, key: str) -> str:
    """For an unexpected reply, what was said and understood: usually the reason."""
    return f" (intent {spoken.intent}, speech {spoken.speech!r})" if key == "reply" else ""
