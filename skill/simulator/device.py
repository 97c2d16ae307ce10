"""A smart speaker and its cloud, offline: sentences go in, real request envelopes reach the skill."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple
from uuid import uuid4
from zoneinfo import ZoneInfo

from skill.conversation.prompts import plain
from skill.simulator import envelopes
from skill.simulator.account import DEVICE_ID, Account, DeviceState
from skill.simulator.envelopes import Envelope, Sender
from skill.simulator.services import Services
from skill.simulator.skill_model import SkillModel
from skill.simulator.spoken import Spoken
from skill.understanding import Context, Understood, strip_invocation

__all__ = ["DEVICE_ID", "Device", "Skill", "Spoken"]

Skill = Callable[[Envelope], Envelope]
"""What is spoken to: takes a request envelope, gives a response envelope."""

LAUNCH = "LaunchRequest"
ELICIT_SLOT = "Dialog.ElicitSlot"
CONFIRM = ("Dialog.ConfirmIntent", "Dialog.ConfirmSlot")


class Asked(NamedTuple):
    """The slot that the skill asked for, and the intent as it stood when it asked."""

    intent: Envelope
    slot: str

    @property
    def context(self) -> tuple[str, str]:
        """(intent name, slot name), as understanding wants it."""
        return self.intent["name"], self.slot


@dataclass
class _Session:
    """The session that is open between two turns."""

    id: str
    attributes: Envelope = field(default_factory=dict)
    asked: Asked | None = None
    awaits_yes_or_no: bool = False


class Device:
    """One speaker of one account in one language. `say` is a turn; `close` walks away.

    `clock` is what the request's timestamp and "tomorrow" are read from, in the zone of the device. `state`
    may be changed between turns (its zone, its screen), and so may `person_id`, the recognised voice.
    A session stays open as long as the skill asks: scripts may take their time, see `silence`.
    """

    def __init__(
        self,
        handle: Skill,
        model: SkillModel,
        *,
        account: Account,
        state: DeviceState,
        skill_id: str,
        clock: Callable[[], datetime],
        person_id: str | None = None,
        services: Services | None = None,
    ) -> None:
        self.account = account
        self.state = state
        self.person_id = person_id
        self._handle = handle
        self._model = model
        self._skill_id = skill_id
        self._clock = clock
        self._services = services
        self._session: _Session | None = None
        account.devices.setdefault(state.device_id, state)

    @property
    def _sender(self) -> Sender:
        account, state = self.account, self.state
        return Sender(self._skill_id, account.user_id, state.device_id, state.locale, self.person_id)

    @property
    def session_open(self) -> bool:
        """Whether the skill waits for an answer."""
        return self._session is not None

    def say(self, sentence: str) -> Spoken:
        """Say one sentence and hear the answer.

        "open corner shop" launches, "ask corner shop to ..." is one shot in a new session, anything else
        continues the open session or, when there is none, is one shot too.
        """
        kind, rest = strip_invocation(sentence, self._model.invocation_name, self._model.language)
        if kind != "none":
            self.close()
            if not rest.strip():
                return self._launch(sentence)
        understood = self._understand(rest)
        if understood.intent is None:
            return self._unanswered(sentence, understood)
        return self._tell(sentence, understood, understood.intent)

    def close(self, reason: str = "USER_INITIATED") -> None:
        """End the open session, if any, as a person does who says "exit"; the skill is told."""
        if self._session is not None:
            request = envelopes.session_ended_request(self._sender, _request_id(), self._clock(), reason)
            self._handle(self._envelope(request, self._session, new=False))
            self._session = None

    def _understand(self, sentence: str) -> Understood:
        asked = self._session.asked if self._session else None
        context = Context(
            elicit=asked.context if asked else None,
            expects_yes_no=asked is None and self._session is not None and self._session.awaits_yes_or_no,
        )
        return self._model.compiled.resolve(
            sentence, now=self._clock().astimezone(ZoneInfo(self.state.zone)), context=context
        )

    def _launch(self, sentence: str) -> Spoken:
        request = envelopes.launch_request(self._sender, _request_id(), self._clock())
        return self._exchange(sentence, request, None, {})

    def _tell(self, sentence: str, understood: Understood, name: str) -> Spoken:
        types = self._model.slot_types.get(name, {})
        slots = {slot: envelopes.unheard_slot(slot) for slot in types}
        asked = self._session.asked if self._session else None
        going_on = asked is not None and asked.intent["name"] == name and _answers(understood, asked.slot)
        if asked is not None and going_on:
            slots |= asked.intent.get("slots") or {}
        for fill in understood.slots.values():
            slots[fill.name] = envelopes.wire_slot(fill, self._sender.skill_id)
        state = ("IN_PROGRESS" if going_on else "STARTED") if types else None
        intent = envelopes.wire_intent(name, slots)
        request = envelopes.intent_request(self._sender, _request_id(), self._clock(), intent, state)
        return self._exchange(sentence, request, understood, types)

    def _exchange(
        self, sentence: str, request: Envelope, understood: Understood | None, types: Mapping[str, str]
    ) -> Spoken:
        session, new = self._session or _Session(f"amzn1.echo-api.session.{uuid4()}"), self._session is None
        sent = self._envelope(request, session, new=new)
        started = time.perf_counter()
        answered = self._handle(sent)
        ms = round((time.perf_counter() - started) * 1000, 1)
        self._session = _next_session(session, request, answered)
        response = answered.get("response") or {}
        ssml = _ssml(response.get("outputSpeech"))
        reprompt = _ssml((response.get("reprompt") or {}).get("outputSpeech"))
        return Spoken(
            utterance=sentence,
            request=sent,
            response=answered,
            understood=understood,
            slot_types=types,
            speech=plain(ssml or ""),
            ssml=ssml,
            reprompt=None if reprompt is None else plain(reprompt),
            session_open=self.session_open,
            directives=tuple(response.get("directives") or ()),
            ms=ms,
            multiple=self._model.multiple.get((request.get("intent") or {}).get("name", ""), frozenset()),
        )

    def _unanswered(self, sentence: str, understood: Understood) -> Spoken:
        open_still = self.session_open
        return Spoken(sentence, None, {}, understood, {}, "", None, None, open_still, (), 0.0)

    def _envelope(self, request: Envelope, session: _Session, *, new: bool) -> Envelope:
        wire_session = {"new": new, "sessionId": session.id, "attributes": session.attributes}
        return envelopes.envelope(self._sender, wire_session, request)


def _answers(understood: Understood, slot: str) -> bool:
    """Whether a sentence tells what was asked for; a new sentence of the same intent starts it anew."""
    return understood.stage == "elicited" or slot in understood.slots


def _request_id() -> str:
    return f"amzn1.echo-api.request.{uuid4()}"


def _next_session(session: _Session, request: Envelope, answered: Envelope) -> _Session | None:
    """The session after a response: open only where `shouldEndSession` is false."""
    response = answered.get("response") or {}
    if response.get("shouldEndSession") is not False:
        return None
    asked = _asked(response.get("directives") or [], request.get("intent"))
    attributes = answered.get("sessionAttributes") or {}
    return _Session(session.id, attributes, asked, _awaits_yes_or_no(attributes, response))


def _awaits_yes_or_no(attributes: Envelope, response: Envelope) -> bool:
    """Whether the skill put a question to answer with yes or no, as far as the wire tells.

    It does by a directive to confirm an intent or a slot, or by the session attribute `confirm`, under which
    our own skill keeps what a yes would do. Without either a plain yes is still understood as one; but only
    when a question is open does "order it" mean yes, and "yes twice" neither yes nor another wish.
    """
    types = {directive.get("type") for directive in response.get("directives") or []}
    return bool(attributes.get("confirm")) or not types.isdisjoint(CONFIRM)


def _asked(directives: list[Envelope], intent: Envelope | None) -> Asked | None:
    for directive in directives:
        if directive.get("type") == ELICIT_SLOT:
            about = directive.get("updatedIntent") or intent
            slot = str(directive.get("slotToElicit"))
            return Asked(_with_resolutions(about, intent or {}), slot) if about else None
    return None


def _with_resolutions(updated: Envelope, before: Envelope) -> Envelope:
    """The intent as the skill updated it; slots that it left as they were keep what was resolved."""
    if updated.get("name") != before.get("name"):
        return updated
    known = before.get("slots") or {}
    slots = {
        name: known[name] if name in known and _said(known[name]) == _said(slot) else slot
        for name, slot in (updated.get("slots") or {}).items()
    }
    return {**updated, "slots": slots}


def _said(slot: Envelope) -> list[Any]:
    """The words of a slot: none, one value or several."""
    several = (slot.get("slotValue") or {}).get("values")
    return [value.get("value") for value in several] if several else [slot.get("value")]


def _ssml(output: Any) -> str | None:
    """The SSML of an `outputSpeech`; plain text is returned as SSML; None when nothing is said."""
    match output:
        case {"type": "PlainText", "text": str(text)}:
            return f"<speak>{text.replace('&', '&amp;').replace('<', '&lt;')}</speak>"
        case {"ssml": str(ssml)}:
            return ssml
    return None
