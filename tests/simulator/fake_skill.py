"""A small interaction model and a skill that is a plain function, for the tests of the speaker."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from skill.conversation.turn import Answer, Caller, Turn
from skill.simulator.account import Account, DeviceState
from skill.simulator.device import Device
from skill.simulator.skill_model import SkillModel, skill_model

NOW = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
SKILL_ID = "amzn1.ask.skill.fake"
QUOTE = {"id": "q1", "seller": "Corner Shop", "total_cents": 1240}


def _named(intent: str) -> dict[str, Any]:
    return {"name": f"AMAZON.{intent}Intent", "samples": []}


def _slot(name: str, slot_type: str, **more: object) -> dict[str, Any]:
    return {"name": name, "type": slot_type, **more}


def _value(value_id: str, *names: str) -> dict[str, Any]:
    return {"id": value_id, "name": {"value": names[0], "synonyms": list(names[1:])}}


MODEL: dict[str, Any] = {
    "interactionModel": {
        "languageModel": {
            "invocationName": "corner shop",
            "intents": [
                *[_named(name) for name in ("Yes", "No", "Stop", "Help", "Fallback", "Cancel")],
                {
                    "name": "OrderItemIntent",
                    "slots": [
                        _slot("quantity", "AMAZON.NUMBER"),
                        _slot("product", "PRODUCT", samples=["{product}"], multipleValues={"enabled": True}),
                        _slot("day", "AMAZON.DATE"),
                    ],
                    "samples": [
                        "order something",
                        "order {quantity} {product}",
                        "order {product}",
                        "order {product} for {day}",
                        "buy {quantity} {product} please",
                    ],
                },
                {
                    "name": "LogFeedingIntent",
                    "slots": [
                        _slot("amount", "AMAZON.NUMBER"),
                        _slot("amount_fraction", "FRACTION"),
                        _slot("time", "AMAZON.TIME"),
                        _slot("time_ago", "AMAZON.DURATION"),
                    ],
                    "samples": [
                        "log {amount} ounces",
                        "log {amount} and a {amount_fraction} ounces",
                        "log a {amount_fraction} ounce",
                        "log a feeding at {time}",
                        "log a feeding {time_ago} ago",
                    ],
                },
            ],
            "types": [
                {
                    "name": "PRODUCT",
                    "values": [_value("DIAPER-4", "diapers", "nappies"), _value("WIPES-1", "wipes")],
                },
                {"name": "FRACTION", "values": [_value("half", "half"), _value("quarter", "quarter")]},
            ],
        }
    }
}


def compiled(locale: str = "en-US", raw: dict[str, Any] = MODEL) -> SkillModel:
    """The small model, ready for a device."""
    return skill_model(raw, locale)


def without(intent: str) -> dict[str, Any]:
    """The small model without one of its intents."""
    language_model = MODEL["interactionModel"]["languageModel"]
    kept = [each for each in language_model["intents"] if each["name"] != intent]
    return {"interactionModel": {"languageModel": {**language_model, "intents": kept}}}


class FakeSkill:
    """Asks "shall I?" for an order and which product where none was named; "yes" places the order."""

    def __init__(self) -> None:
        self.requests: list[dict[str, Any]] = []
        self.placed = 0
        self._observers: list[Callable[[Turn, Answer], None]] = []

    def observe(self, observer: Callable[[Turn, Answer], None]) -> None:
        """Tell `observer` of each answer."""
        self._observers.append(observer)

    def handle(self, envelope: dict[str, Any]) -> dict[str, Any]:
        """Answer a request envelope; the reply key is the intent's name with ".said"."""
        self.requests.append(envelope)
        request = envelope["request"]
        if request["type"] == "SessionEndedRequest":
            return {"version": "1.0", "response": {}}
        name = request.get("intent", {}).get("name", request["type"])
        response = self._response(name, request.get("intent", {}))
        quotes = (QUOTE,) if name == "OrderItemIntent" else ()
        answer = Answer(f"{name}.said", "", "", session_open=False, quotes=quotes)
        for observer in self._observers:
            observer(Turn("r", "intent", "en-US", NOW, Caller()), answer)
        return {"version": "1.0", "sessionAttributes": {"asked": name}, "response": response}

    def _response(self, name: str, intent: dict[str, Any]) -> dict[str, Any]:
        match name:
            case "LaunchRequest":
                return asks("What would you like?")
            case "OrderItemIntent" if not heard(intent, "product"):
                directive = {
                    "type": "Dialog.ElicitSlot",
                    "slotToElicit": "product",
                    "updatedIntent": {**intent, "slots": intent["slots"]},
                }
                return {**asks("Which product?"), "directives": [directive]}
            case "OrderItemIntent":
                return asks("Mac &amp; Cheese  is $12.40. Shall I?")
            case "AMAZON.YesIntent":
                self.placed += 1
        return {"outputSpeech": ssml("Done."), "shouldEndSession": True}


def heard(intent: dict[str, Any], slot: str) -> bool:
    """Whether the slot has a value, or values."""
    found = intent["slots"][slot]
    return "value" in found or "slotValue" in found


def ssml(text: str) -> dict[str, str]:
    """An outputSpeech."""
    return {"type": "SSML", "ssml": f"<speak>{text}</speak>"}


def asks(text: str) -> dict[str, Any]:
    """A response that leaves the microphone open."""
    return {
        "outputSpeech": ssml(text),
        "reprompt": {"outputSpeech": ssml("Well?")},
        "shouldEndSession": False,
    }


def device(skill: FakeSkill, **more: Any) -> Device:
    """A device in front of the skill; `handle` may take the skill's place."""
    model = more.pop("model", None) or compiled()
    settings: dict[str, Any] = {
        "account": Account("amzn1.ask.account.anna"),
        "state": DeviceState(locale=model.locale, zone="America/New_York"),
        "skill_id": SKILL_ID,
        "clock": lambda: NOW,
    }
    return Device(more.pop("handle", skill.handle), model, **{**settings, **more})
