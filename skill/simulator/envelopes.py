"""Makes the request envelopes that Amazon's cloud sends to a custom skill, from what was understood."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from skill.understanding import SlotFill

Envelope = dict[str, Any]
"""A request or response envelope, or a part of one, as JSON."""

API_ENDPOINTS = {"en-US": "https://api.amazonalexa.com", "en-CA": "https://api.amazonalexa.com"}
EUROPE = "https://api.eu.amazonalexa.com"
UNHEARD = {"confirmationStatus": "NONE", "source": "USER"}


@dataclass(frozen=True)
class Sender:
    """Which skill, account, device and person a request names; `person_id` only for a recognised voice."""

    skill_id: str
    user_id: str
    device_id: str
    locale: str
    person_id: str | None = None


def envelope(sender: Sender, session: Envelope, request: Envelope) -> Envelope:
    """The whole request envelope; `request` comes from one of the functions below."""
    return {
        "version": "1.0",
        "session": {
            **session,
            "application": {"applicationId": sender.skill_id},
            "user": {"userId": sender.user_id},
        },
        "context": {"System": _system(sender)},
        "request": request,
    }


def launch_request(sender: Sender, request_id: str, at: datetime) -> Envelope:
    """What "open corner shop" sends."""
    return _request("LaunchRequest", sender, request_id, at) | {"shouldLinkResultBeReturned": False}


def intent_request(
    sender: Sender, request_id: str, at: datetime, intent: Envelope, dialog_state: str | None
) -> Envelope:
    """What an understood sentence sends; `dialog_state` is STARTED, IN_PROGRESS or None (no slots)."""
    state = {"dialogState": dialog_state} if dialog_state else {}
    return _request("IntentRequest", sender, request_id, at) | {"intent": intent} | state


def session_ended_request(sender: Sender, request_id: str, at: datetime, reason: str) -> Envelope:
    """What leaving an open session sends; `reason` is USER_INITIATED, ERROR or EXCEEDED_MAX_REPROMPTS."""
    return _request("SessionEndedRequest", sender, request_id, at) | {"reason": reason}


def wire_intent(name: str, slots: Mapping[str, Envelope]) -> Envelope:
    """An intent with slots that are already in the wire's form."""
    return {"name": name, "confirmationStatus": "NONE", "slots": dict(slots)}


def unheard_slot(name: str) -> Envelope:
    """A slot that the intent declares and the sentence did not fill."""
    return {"name": name, **UNHEARD}


def wire_slot(fill: SlotFill, skill_id: str) -> Envelope:
    """A heard slot: with one value a Simple `slotValue` beside `value`, with several only a List."""
    if len(fill.values) > 1:
        several = [_simple(value, fill.type, skill_id) for value in fill.values]
        return {"name": fill.name, **UNHEARD, "slotValue": {"type": "List", "values": several}}
    simple = _simple(fill, fill.type, skill_id)
    shown = {key: value for key, value in simple.items() if key != "type"}
    return {"name": fill.name, **shown, **UNHEARD, "slotValue": simple}


def _simple(fill: SlotFill, slot_type: str, skill_id: str) -> Envelope:
    found: Envelope = {"type": "Simple", "value": fill.value}
    if fill.status:
        authority = f"amzn1.er-authority.echo-sdk.{skill_id}.{slot_type}"
        entry: Envelope = {"authority": authority, "status": {"code": fill.status}}
        if fill.resolved is not None:
            named = {"name": fill.resolved} | ({"id": fill.id} if fill.id else {})
            entry["values"] = [{"value": named}]
        found["resolutions"] = {"resolutionsPerAuthority": [entry]}
    return found


def _request(kind: str, sender: Sender, request_id: str, at: datetime) -> Envelope:
    stamp = at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {"type": kind, "requestId": request_id, "timestamp": stamp, "locale": sender.locale}


def _system(sender: Sender) -> Envelope:
    person = {"person": {"personId": sender.person_id}} if sender.person_id else {}
    return {
        "application": {"applicationId": sender.skill_id},
        "user": {"userId": sender.user_id},
        "device": {"deviceId": sender.device_id, "supportedInterfaces": {}},
        "apiEndpoint": API_ENDPOINTS.get(sender.locale, EUROPE),
        "apiAccessToken": "offline",
        **person,
    }
