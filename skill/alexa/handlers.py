"""What the skill does with each type of request: one function per type, and which types stay silent."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from ask_sdk_model import Response

from skill.alexa import responses
from skill.alexa.assistant import Assistant
from skill.alexa.json_values import items, member, text
from skill.alexa.reminders import reminders_of
from skill.alexa.request import Request
from skill.conversation.session import from_attributes
from skill.conversation.turn import Answer, Caller, Heard, Turn

log = logging.getLogger("restock.alexa")

SESSION_ENDED = "SessionEndedRequest"
CAN_FULFILL = "CanFulfillIntentRequest"
TOUCH = "Alexa.Presentation.APL.UserEvent"
RESUMED = ("SessionResumedRequest", "Connections.Response")
CONVERSATION = frozenset({"LaunchRequest", "IntentRequest", TOUCH, *RESUMED})
"""The types that become turns, and so need to know their speaker."""
EVENTS = ("AlexaSkillEvent.", "Reminders.", "AlexaHouseholdListEvent.", "Messaging.")
PLAYERS = ("AudioPlayer.", "PlaybackController.", "System.Exception", "Alexa.Presentation.APL.RuntimeError")
"""How the types begin that tell of something; Alexa refuses an answer to them that speaks."""


@dataclass(frozen=True)
class Call:
    """A request with what the interceptors found out; `caller` is empty where no turn is made of it."""

    request: Request
    locale: str
    at: datetime
    caller: Caller


Outcome = Answer | Response
Handle = Callable[[Assistant, Call], Outcome]


def speaks(kind: str) -> bool:
    """Whether a request of this type may be answered aloud."""
    return kind not in (SESSION_ENDED, CAN_FULFILL) and not kind.startswith((*EVENTS, *PLAYERS))


def launch(assistant: Assistant, call: Call) -> Answer:
    """The skill was opened: welcome the speaker."""
    return assistant.answer(_turn(call))


def resume(assistant: Assistant, call: Call) -> Answer:
    """The visit comes back from a task of Alexa's: from a check of who speaks it goes on, else one begins."""
    token, status = call.request.resumed
    if not token.startswith(responses.VERIFY_TOKEN):
        return launch(assistant, call)
    heard = {"token": Heard(token.removeprefix(responses.VERIFY_TOKEN)), "status": Heard(status)}
    return assistant.answer(replace(_turn(call, heard=heard), kind="resumed"))


def converse(assistant: Assistant, call: Call) -> Answer:
    """A sentence was matched to an intent; the core answers unknown intents like unknown sentences."""
    return assistant.answer(_turn(call, intent=call.request.intent or "", heard=call.request.heard))


def touch(assistant: Assistant, call: Call) -> Answer:
    """A tap on the screen: arguments `["intent", name, {slot: value}]` mean what that sentence would."""
    match items(call.request.raw, "request", "arguments"):
        case ["intent", str(name), *others] if assistant.knows(name):
            slots = others[0] if others and isinstance(others[0], Mapping) else {}
            found = {slot: Heard(value) for slot in slots if (value := text(slots, slot))}
            return assistant.answer(_turn(call, intent=name, heard=found))
    return assistant.apologise(call.locale)


def end_session(_assistant: Assistant, call: Call) -> Response:
    """The session is over; when our own answer was the reason, the log must say so."""
    error = text(call.request.raw, "request", "error", "type")
    if error is not None:
        log.warning("session ended by an error", extra={"request_id": call.request.id, "error": error})
    return responses.silent()


def can_fulfill(assistant: Assistant, call: Call) -> Response:
    """Alexa asks whether we could meet an intent; nothing may change by asking."""
    request, heard = call.request, call.request.heard
    possible = request.intent is not None and assistant.can_fulfill(request.intent, heard)
    return responses.fulfillment(possible, request.slot_names, heard)


def take_note(assistant: Assistant, call: Call) -> Response:
    """Something happened outside a conversation, as a disabled skill or an unlinked account."""
    body = member(call.request.raw, "request", "body")
    known = body if isinstance(body, Mapping) else {}
    assistant.event(call.request.type, call.request.speaker, call.at, known)
    return responses.silent()


def ignore(_assistant: Assistant, _call: Call) -> Response:
    """A player or a screen reports; this skill started none that it would have to follow."""
    return responses.silent()


def apologise(assistant: Assistant, call: Call) -> Answer:
    """A type that Alexa invented after this was written."""
    log.warning("unknown request type", extra={"request_id": call.request.id, "type": call.request.type})
    return assistant.apologise(call.locale)


ROUTES: tuple[tuple[tuple[str, ...], Handle], ...] = (
    (("LaunchRequest",), launch),
    (RESUMED, resume),
    (("IntentRequest",), converse),
    ((TOUCH,), touch),
    ((SESSION_ENDED,), end_session),
    ((CAN_FULFILL,), can_fulfill),
    (EVENTS, take_note),
    (PLAYERS, ignore),
    (("",), apologise),
)
"""How types begin, and what serves them; the first that fits counts, and the last fits all."""


def _turn(call: Call, intent: str | None = None, heard: Mapping[str, Heard] | None = None) -> Turn:
    request = call.request
    return Turn(
        request_id=request.id,
        kind="launch" if intent is None else "intent",
        locale=call.locale,
        at=call.at,
        caller=call.caller,
        intent=intent,
        slots=heard or {},
        session=from_attributes(request.attributes),
        new_session=request.new_session,
        device_id=request.speaker.device_id,
        verifies=request.speaker.person_id is not None,
        reminders=reminders_of(request.raw),
    )
