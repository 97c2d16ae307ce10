"""Makes the request envelopes that Amazon's cloud sends to a custom skill, from what was understood."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from skill.simulator.surroundings import Sender, context
from skill.understanding import SlotFill

Envelope = dict[str, Any]
"""A request or response envelope, or a part of one, as JSON."""

UNHEARD = {"confirmationStatus": "NONE", "source": "USER"}
LAUNCH = "LaunchRequest"
INTENT = "IntentRequest"
CAN_FULFILL = "CanFulfillIntentRequest"
ENDED = "SessionEndedRequest"
RESUMED = "SessionResumedRequest"
MESSAGE = "Messaging.MessageReceived"
TOUCHED = "Alexa.Presentation.APL.UserEvent"

Resolve = Callable[[SlotFill], Sequence[Envelope]]
"""Gives the authorities' entries for one value of a slot; none where nothing resolves it."""


def new_id(kind: str) -> str:
    """A fresh id of a request or a session, in Amazon's form."""
    return f"amzn1.echo-api.{kind}.{uuid4()}"


def envelope(sender: Sender, session: Envelope, request: Envelope) -> Envelope:
    """The whole request envelope; `request` comes from one of the functions below."""
    return {
        "version": "1.0",
        "session": {**session, "application": {"applicationId": sender.skill_id}, "user": sender.user},
        "context": context(sender),
        "request": request,
    }


def event_envelope(sender: Sender, request: Envelope) -> Envelope:
    """The envelope of a skill event: it happens in no session and on no device."""
    return {"version": "1.0", "context": context(sender, of_device=False), "request": request}


def anonymous(whole: Envelope) -> Envelope:
    """The envelope without the account and the person: CanFulfillIntentRequest must not name a user."""
    hidden = ("user", "person")
    session = {key: value for key, value in whole["session"].items() if key != "user"}
    system = {key: value for key, value in whole["context"]["System"].items() if key not in hidden}
    return {**whole, "session": session, "context": {**whole["context"], "System": system}}


def request(kind: str, sender: Sender, at: datetime, **more: object) -> Envelope:
    """A request of any type with a fresh id; `more` are the fields of its own."""
    stamp = _stamp(at)
    own = {key: value for key, value in more.items() if value is not None}
    known = {"requestId": new_id("request"), "timestamp": stamp, "locale": sender.locale}
    return {"type": kind, **known, **own}


def launch_request(sender: Sender, at: datetime) -> Envelope:
    """What "open corner shop" sends."""
    return request(LAUNCH, sender, at, shouldLinkResultBeReturned=False)


def intent_request(sender: Sender, at: datetime, intent: Envelope, dialog_state: str | None) -> Envelope:
    """What an understood sentence sends; `dialog_state` is STARTED, IN_PROGRESS, COMPLETED or None."""
    return request(INTENT, sender, at, intent=intent, dialogState=dialog_state)


def session_ended_request(
    sender: Sender, at: datetime, reason: str, error: tuple[str, str] | None = None
) -> Envelope:
    """What the end of a session sends; `reason` is USER_INITIATED, ERROR or EXCEEDED_MAX_REPROMPTS.

    `error` is the type and the message that go with ERROR.
    """
    told = None if error is None else {"type": error[0], "message": error[1]}
    return request(ENDED, sender, at, reason=reason, error=told)


def touch_request(
    sender: Sender, at: datetime, arguments: Sequence[object], source: Mapping[str, object] | None
) -> Envelope:
    """What a touched part of the screen sends."""
    touched = dict(source or {"type": "TouchWrapper", "handler": "Press", "id": ""})
    return request(
        TOUCHED,
        sender,
        at,
        token=sender.shown or "",
        arguments=list(arguments),
        source=touched,
        components={},
    )


def event(kind: str, sender: Sender, at: datetime, told: Envelope | None) -> Envelope:
    """What tells of an event; a message of the skill's own back end is no body but a `message`."""
    if kind == MESSAGE:
        return request(kind, sender, at, message=told or {})
    stamp = _stamp(at)
    return request(kind, sender, at, body=told, eventCreationTime=stamp, eventPublishingTime=stamp)


def wire_intent(name: str, slots: Mapping[str, Envelope]) -> Envelope:
    """An intent with slots that are already in the wire's form."""
    return {"name": name, "confirmationStatus": "NONE", "slots": dict(slots)}


def unheard_slot(name: str) -> Envelope:
    """A slot that the intent declares and the sentence did not fill."""
    return {"name": name, **UNHEARD}


def wire_slot(fill: SlotFill, skill_id: str, resolve: Resolve | None = None) -> Envelope:
    """A heard slot: with one value a Simple `slotValue` beside `value`, with several only a List.

    `resolve` gives the authorities where there are others than the model's own.
    """
    judged = resolve or (lambda value: static_resolution(value, skill_id))
    if len(fill.values) > 1:
        several = [_simple(value, judged) for value in fill.values]
        return {"name": fill.name, **UNHEARD, "slotValue": {"type": "List", "values": several}}
    simple = _simple(fill, judged)
    shown = {key: value for key, value in simple.items() if key != "type"}
    return {"name": fill.name, **shown, **UNHEARD, "slotValue": simple}


def static_resolution(fill: SlotFill, skill_id: str) -> list[Envelope]:
    """What the values of the model resolve a heard value to."""
    if not fill.status:
        return []
    found = None if fill.resolved is None else (fill.resolved, fill.id)
    return [authority(f"{skill_id}.{fill.type}", fill.status, found)]


def authority(name: str, status: str, found: tuple[str, str | None] | None) -> Envelope:
    """One authority's entry; `found` is the name and the id of the value that matched."""
    entry: Envelope = {"authority": f"amzn1.er-authority.echo-sdk.{name}", "status": {"code": status}}
    if found is not None:
        value, value_id = found
        entry["values"] = [{"value": {"name": value} | ({"id": value_id} if value_id else {})}]
    return entry


def _simple(fill: SlotFill, resolve: Resolve) -> Envelope:
    found: Envelope = {"type": "Simple", "value": fill.value}
    entries = list(resolve(fill))
    if entries:
        found["resolutions"] = {"resolutionsPerAuthority": entries}
    return found


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
