"""The whole judgement of one response: its envelope, its parts, and what may answer which request."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from skill.simulator.checks.cards import card_problems
from skill.simulator.checks.directives import directive_problems, types_of
from skill.simulator.checks.fields import faults, optional, words
from skill.simulator.checks.problem import Problem, kind, part, refused
from skill.simulator.checks.speech import question_problems, speech_problems
from skill.simulator.checks.together import combination_problems

RESPONSE_BYTES = 120_000
""""The total size of your response can't exceed 120 kilobytes" (Request and Response JSON Reference)."""
TIME_LIMIT_MS = 8_000
"""Alexa waits eight seconds for a skill; it cannot be configured."""
ENVELOPE_FIELDS = (optional("version"), optional("sessionAttributes", "an object"), optional("userAgent"))
RESPONSE_NAMES = frozenset(
    {
        *("outputSpeech", "card", "reprompt", "directives", "shouldEndSession", "canFulfillIntent"),
        *("apiResponse", "experimentation"),
    }
)
HEARD = ("outputSpeech", "card", "reprompt", "directives")
"""The parts of a response that somebody would hear or see."""
EVENTS = ("AlexaSkillEvent.", "AlexaHouseholdListEvent.", "Reminders.", "Messaging.", "System.")
PLAYER_EVENTS = ("AudioPlayer.", "PlaybackController.")
UNDERSTANDING = ("YES", "NO", "MAYBE")


def check(request: Mapping[str, Any], response: Any, ms: float, *, screen: bool = False) -> list[Problem]:
    """What Amazon would find wrong with `response`, the answer to the envelope `request` after `ms`.

    `screen` is whether the device shows APL. Any JSON value may be given; an empty list means that the
    response is fine. Never raises for what a skill may answer.
    """
    return [*_time(ms), *_judged(request, response, screen=screen)]


def _time(ms: float) -> Iterator[Problem]:
    if ms > TIME_LIMIT_MS:
        yield refused("too-slow", f"The skill took {ms:,.0f} ms; Alexa waits {TIME_LIMIT_MS:,} ms.")


def _judged(request: Mapping[str, Any], envelope: Any, *, screen: bool) -> Iterator[Problem]:
    asked = part(request, "request")
    kind_of_request = str(asked.get("type"))
    if envelope in (None, {}) and _is_silent(kind_of_request):
        return
    if not isinstance(envelope, Mapping):
        yield refused("response-kind", f"The response must be an object, not {kind(envelope)}.")
        return
    yield from faults(envelope, ENVELOPE_FIELDS, "envelope")
    if envelope.get("version") is None:
        yield Problem("version-missing", "envelope.version is missing.")
    yield from _size(envelope)
    response = envelope.get("response")
    if response is None and _is_silent(kind_of_request):
        return
    if not isinstance(response, Mapping):
        yield refused("response-kind", f"envelope.response must be an object, not {kind(response)}.")
        return
    yield from _parts(response, screen=screen)
    yield from _answer(kind_of_request, asked, response)


def _is_silent(kind_of_request: str) -> bool:
    return kind_of_request == "SessionEndedRequest" or kind_of_request.startswith((*EVENTS, *PLAYER_EVENTS))


def _size(envelope: Mapping[str, Any]) -> Iterator[Problem]:
    size = len(json.dumps(envelope, ensure_ascii=False).encode("utf-8", "surrogatepass"))
    if size > RESPONSE_BYTES:
        yield refused(
            "response-too-large", f"The response has {size:,} bytes; {RESPONSE_BYTES:,} are allowed."
        )


def _parts(response: Mapping[str, Any], *, screen: bool) -> Iterator[Problem]:
    for name in sorted(response.keys() - RESPONSE_NAMES):
        yield Problem("unknown-field", f"response.{name} is a field that Alexa does not know.")
    ends = response.get("shouldEndSession")
    if ends is not None and not isinstance(ends, bool):
        yield refused("field-kind", f"response.shouldEndSession must be a boolean, not {kind(ends)}.")
    yield from speech_problems(response)
    yield from card_problems(response.get("card"))
    yield from directive_problems(response.get("directives"), screen=screen)


def _answer(name: str, asked: Mapping[str, Any], response: Mapping[str, Any]) -> Iterator[Problem]:
    if name == "CanFulfillIntentRequest":
        yield from _fulfillment(asked, response)
        return
    if response.get("canFulfillIntent") is not None:
        yield refused("fulfillment-unasked", f"response.canFulfillIntent does not answer {name}.")
    if _is_silent(name):
        yield from _silence(name, response)
        return
    yield from combination_problems(asked, response)
    yield from question_problems(response, types_of(response.get("directives")))


def _silence(name: str, response: Mapping[str, Any]) -> Iterator[Problem]:
    player = name.startswith(PLAYER_EVENTS)
    for field in HEARD:
        if not response.get(field) or (player and field == "directives"):
            continue
        # The answer to SessionEndedRequest is dropped as a whole, and nobody listens to an event's.
        yield refused("answer-to-event", f"response.{field} answers {name}, to which nothing may be said.")
    if player:
        for wrong in types_of(response.get("directives")):
            if not wrong.startswith("AudioPlayer."):
                yield refused("answer-to-event", f"{wrong} answers {name}; only AudioPlayer directives may.")


def _fulfillment(asked: Mapping[str, Any], response: Mapping[str, Any]) -> Iterator[Problem]:
    for field in HEARD:
        if response.get(field):
            yield refused(
                "fulfillment-speech", f"response.{field} has no place in an answer to {asked.get('type')}."
            )
    told = response.get("canFulfillIntent")
    place = "response.canFulfillIntent"
    if not isinstance(told, Mapping):
        yield refused("field-missing", f"{place} is missing.")
        return
    yield from faults(told, (words("canFulfill", *UNDERSTANDING), optional("slots", "an object")), place)
    known = part(part(asked, "intent"), "slots")
    for name, slot in part(told, "slots").items():
        where = f"{place}.slots.{name}"
        if known and name not in known:
            yield refused("fulfillment-slot", f"{where} is no slot of the intent.")
        if not isinstance(slot, Mapping):
            yield refused("field-kind", f"{where} must be an object, not {kind(slot)}.")
            continue
        yield from faults(
            slot,
            (words("canUnderstand", *UNDERSTANDING), words("canFulfill", "YES", "NO", required=False)),
            where,
        )
