"""Writes down one exchange with the skill as the JSON object that `restock say --json` prints."""

from collections.abc import Mapping, Sequence
from typing import Any

from skill.conversation.turn import Answer, Turn
from skill.simulator.device import Spoken
from skill.simulator.heard import typed_values, wire_values


class Witness:
    """Attached to an assistant in process, it sees what the wire does not tell: the answer behind it."""

    def __init__(self) -> None:
        self._seen: Answer | None = None

    def __call__(self, turn: Turn, answer: Answer) -> None:
        """Remember the newest answer; called by the assistant after each turn."""
        self._seen = answer

    def take(self) -> Answer | None:
        """The answer since the last call; None when there was none, as over HTTP."""
        seen, self._seen = self._seen, None
        return seen


def entry(spoken: Spoken, answer: Answer | None, language: str) -> dict[str, Any]:
    """One line of a transcript: what was said, understood and answered, and the quotes and orders behind it.

    Without an `answer` (the skill is not in this process) `reply`, `quote`, `order`, `quotes` and `orders`
    are None. `slots` holds Alexa's strings, `heard` typed values (see skill/simulator/heard.py).
    """
    quotes = None if answer is None else answer.quotes
    orders = None if answer is None else answer.orders
    return {
        "utterance": spoken.utterance,
        "intent": spoken.intent,
        "slots": wire_values(spoken.wire_slots, spoken.multiple),
        "heard": typed_values(spoken.wire_slots, spoken.slot_types, spoken.utterance, language),
        "reply": None if answer is None else answer.reply,
        "speech": spoken.speech,
        "ssml": spoken.ssml,
        "reprompt": spoken.reprompt,
        "session_open": spoken.session_open,
        "directives": list(spoken.directives),
        "quote": _first(quotes),
        "order": _first(orders),
        "quotes": _all(quotes),
        "orders": _all(orders),
        "ms": spoken.ms,
    }


def _first(found: Sequence[Mapping[str, Any]] | None) -> dict[str, Any] | None:
    return dict(found[0]) if found else None


def _all(found: Sequence[Mapping[str, Any]] | None) -> list[dict[str, Any]] | None:
    return None if found is None else [dict(each) for each in found]
