"""A skill that books rides, for the tests of dialogs: a model with prompts and rules, and a function."""

import json
from collections.abc import Callable
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from skill.simulator.account import Account, DeviceState
from skill.simulator.device import Device
from skill.simulator.skill_model import SkillModel, skill_model

Envelope = dict[str, Any]
Answer = Callable[[Envelope], Envelope]

NOW = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)  # a Friday, ten in the morning in New York
SKILL_ID = "amzn1.ask.skill.rides"
USER = "amzn1.ask.account.anna"
LOCATION = "alexa::devices:all:geolocation:read"
CONSENT = "connection://AMAZON.AskForPermissionsConsent/2"


def _prompt(name: str, *texts: str) -> Envelope:
    return {"id": name, "variations": [{"type": "PlainText", "value": text} for text in texts]}


def _value(value_id: str, name: str, *synonyms: str) -> Envelope:
    return {"id": value_id, "name": {"value": name, "synonyms": list(synonyms)}}


def _dialog_slot(name: str, slot_type: str, *, confirm: bool = False, rules: Any = ()) -> Envelope:
    return {
        "name": name,
        "type": slot_type,
        "elicitationRequired": True,
        "confirmationRequired": confirm,
        "prompts": {"elicitation": f"Elicit.{name}"}
        | ({"confirmation": f"Confirm.{name}"} if confirm else {}),
        "validations": list(rules),
    }


MODEL: Envelope = {
    "interactionModel": {
        "languageModel": {
            "invocationName": "ride hailer",
            "intents": [
                *[{"name": f"AMAZON.{name}Intent", "samples": []} for name in ("Stop", "Help", "Cancel")],
                {
                    "name": "BookRideIntent",
                    "slots": [
                        {"name": "place", "type": "PLACE", "samples": ["to {place}", "{place}"]},
                        {
                            "name": "seats",
                            "type": "AMAZON.NUMBER",
                            "samples": ["{seats} seats", "for {seats}"],
                        },
                        {"name": "day", "type": "AMAZON.DATE"},
                    ],
                    "samples": [
                        "book a ride",
                        "i need a ride",
                        "book a ride to {place}",
                        "book a ride to {place} {day}",
                        "book a ride to {place} for {seats}",
                        "book a ride for {seats} to {place} {day}",
                    ],
                },
                {"name": "CancelRideIntent", "slots": [], "samples": ["call off my ride", "drop my ride"]},
                {
                    "name": "RateRideIntent",
                    "slots": [{"name": "stars", "type": "AMAZON.NUMBER", "samples": ["{stars} stars"]}],
                    "samples": ["rate my ride", "give my ride {stars} stars"],
                },
            ],
            "types": [
                {
                    "name": "PLACE",
                    "values": [
                        _value("airport", "airport", "terminal"),
                        _value("station", "station", "railway station"),
                        _value("tower", "space needle"),
                    ],
                }
            ],
        },
        "dialog": {
            "delegationStrategy": "ALWAYS",
            "intents": [
                {
                    "name": "BookRideIntent",
                    "confirmationRequired": True,
                    "prompts": {"confirmation": "Confirm.ride"},
                    "slots": [
                        _dialog_slot(
                            "place",
                            "PLACE",
                            rules=[{"type": "hasEntityResolutionMatch", "prompt": "Wrong.place"}],
                        ),
                        _dialog_slot(
                            "seats",
                            "AMAZON.NUMBER",
                            confirm=True,
                            rules=[
                                {"type": "isGreaterThan", "prompt": "Few.seats", "value": "0"},
                                {"type": "isLessThanOrEqualTo", "prompt": "Many.seats", "value": "4"},
                            ],
                        ),
                        _dialog_slot(
                            "day",
                            "AMAZON.DATE",
                            rules=[
                                {"type": "isInDuration", "prompt": "Wrong.day", "start": "P0D", "end": "P7D"}
                            ],
                        ),
                    ],
                },
                {
                    "name": "RateRideIntent",
                    "delegationStrategy": "SKILL_RESPONSE",
                    "confirmationRequired": False,
                    "prompts": {},
                    "slots": [_dialog_slot("stars", "AMAZON.NUMBER")],
                },
            ],
        },
        "prompts": [
            _prompt("Elicit.place", "Where to?", "Where would you like to go?"),
            _prompt("Wrong.place", "I do not know {place}. Where to?"),
            _prompt("Elicit.seats", "For how many?"),
            _prompt("Few.seats", "{seats} is too few. For how many?"),
            _prompt("Many.seats", "{seats} is too many. For how many, up to four?"),
            _prompt("Confirm.seats", "For {seats}, right?"),
            _prompt("Elicit.day", "When?"),
            _prompt("Wrong.day", "I plan a week ahead. When?"),
            {
                "id": "Confirm.ride",
                "variations": [
                    {"type": "SSML", "value": "<speak>A ride for {seats} to <break/>{place}?</speak>"}
                ],
            },
            _prompt("Elicit.stars", "How many stars?"),
        ],
    }
}


def changed(change: Callable[[Envelope], None]) -> Envelope:
    """A copy of the model, changed; the change gets what is inside "interactionModel"."""
    copy = deepcopy(MODEL)
    change(copy["interactionModel"])
    return copy


def led_by_skill(inside: Envelope) -> None:
    """The skill leads every dialog."""
    inside["dialog"]["delegationStrategy"] = "SKILL_RESPONSE"


def says(text: str, *directives: Envelope, ends: bool = True, **more: Any) -> Envelope:
    """A response envelope."""
    response: Envelope = {
        "outputSpeech": {"type": "SSML", "ssml": f"<speak>{text}</speak>"},
        "shouldEndSession": ends,
        **more,
    }
    if directives:
        response["directives"] = list(directives)
    return {"version": "1.0", "response": response}


def asks(text: str, *directives: Envelope, **more: Any) -> Envelope:
    """A response envelope that leaves the microphone open."""
    reprompt = {"outputSpeech": {"type": "SSML", "ssml": f"<speak>{text} Hello?</speak>"}}
    return says(text, *directives, ends=False, reprompt=reprompt, **more)


def delegates(**updated: Any) -> Envelope:
    """A response envelope that leaves the dialog to Amazon's side, as the SDKs make it."""
    directive = {"type": "Dialog.Delegate", **({"updatedIntent": updated} if updated else {})}
    return {"version": "1.0", "response": {"directives": [directive]}}


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now

    def passes(self, **more: float) -> None:
        """Let time pass, as timedelta counts it."""
        self.now += timedelta(**more)


class Ride:
    """A device in front of a skill that answers by a function of the inner request; keeps what was sent."""

    def __init__(self, answer: Answer, raw: Envelope = MODEL, **state: Any) -> None:
        self.sent: list[Envelope] = []
        self.clock = Clock()
        self.account = Account(USER)
        self._answer = answer
        self.device = Device(
            self._handle,
            _compiled(json.dumps(raw), state.get("locale", "en-US")),
            account=self.account,
            state=DeviceState(**state),
            skill_id=SKILL_ID,
            clock=self.clock,
        )

    @property
    def requests(self) -> list[Envelope]:
        """The inner requests."""
        return [envelope["request"] for envelope in self.sent]

    @property
    def kinds(self) -> list[str]:
        """The types of all requests, intents by name and dialog state."""
        return [_kind(request) for request in self.requests]

    @property
    def slots(self) -> dict[str, Any]:
        """The values of the last intent's slots that were heard."""
        slots = next(r["intent"]["slots"] for r in reversed(self.requests) if "intent" in r)
        return {name: slot["value"] for name, slot in slots.items() if "value" in slot}

    def say(self, *sentences: str) -> list[str]:
        """What is heard after each sentence."""
        return [self.device.say(sentence).speech for sentence in sentences]

    def _handle(self, envelope: Envelope) -> Envelope:
        self.sent.append(envelope)
        if envelope["request"]["type"] == "SessionEndedRequest":
            return {"version": "1.0", "response": {}}
        return self._answer(envelope["request"])


@cache
def _compiled(raw: str, locale: str) -> SkillModel:
    """Compiled once for all tests that share a model."""
    return skill_model(json.loads(raw), locale)


def _kind(request: Envelope) -> str:
    if "intent" in request:
        return f"{request['intent']['name']} {request.get('dialogState', '')}".strip()
    return str(request["type"])
