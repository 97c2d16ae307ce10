"""Writes down what a sentence was understood to mean as the JSON object that `restock resolve` prints."""

from collections.abc import Mapping, Set
from typing import Any

from skill.simulator.envelopes import wire_slot
from skill.simulator.heard import wire_values
from skill.understanding import SlotFill, Understood


def resolved(text: str, understood: Understood, multiple: Set[str] = frozenset()) -> dict[str, Any]:
    """`{text, intent, slots, score, stage}`: the slots as `restock say --json` prints them.

    `multiple` names the slots of the intent that take several values. A refused sentence has the intent
    AMAZON.FallbackIntent where the model declares it, else None.
    """
    return {
        "text": text,
        "intent": understood.intent,
        "slots": slot_values(understood.slots, multiple),
        "score": understood.score,
        "stage": understood.stage,
    }


def slot_values(slots: Mapping[str, SlotFill], multiple: Set[str] = frozenset()) -> dict[str, dict[str, Any]]:
    """`{name: {value, id}}`, and `values` for several; by way of the wire's form, so that both agree."""
    return wire_values({name: wire_slot(fill, "offline") for name, fill in slots.items()}, multiple)


def reasons(understood: Understood) -> dict[str, Any]:
    """Why: the sample that it came from, the next best intents, and what each slot resolved to.

    `margin` and `likeness` are what the classifier said, None where it was not asked.
    """
    return {
        "matched": understood.matched,
        "rivals": [{"intent": intent, "score": score} for intent, score in understood.rivals],
        "margin": understood.margin,
        "likeness": understood.likeness,
        "slots": {name: _reason(fill) for name, fill in understood.slots.items()},
    }


def _reason(fill: SlotFill) -> dict[str, Any]:
    found: dict[str, Any] = {"value": fill.value, "type": fill.type, "status": fill.status}
    if fill.resolved is not None:
        found |= {"resolved": fill.resolved, "id": fill.id}
    if fill.values:
        found["values"] = [_reason(value) for value in fill.values]
    return found
