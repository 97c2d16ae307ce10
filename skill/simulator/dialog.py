"""Plays Amazon's part of a dialog: what is asked next, what was asked, and what an answer makes of an intent.

Slot by slot in the model's order: a required one is asked for, a broken rule asks again, a confirmation is
asked for before the next slot; the whole intent is confirmed last. A slot whose confirmation was denied is
asked for again. That order within a slot, and that the prompts' variations are used in turn where Amazon
picks any, is ours [unverified].
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape
from typing import Any, Literal

from skill.simulator.dialog_model import DialogIntent, DialogSlot, Prompt
from skill.simulator.envelopes import Envelope, Resolve, unheard_slot
from skill.simulator.validations import broken_rule, values_of
from skill.understanding import SlotFill
from skill.understanding.model import BUILT_IN

DELEGATE = "Dialog.Delegate"
ELICIT_SLOT = "Dialog.ElicitSlot"
CONFIRM_SLOT = "Dialog.ConfirmSlot"
CONFIRM_INTENT = "Dialog.ConfirmIntent"

Asks = Literal["slot", "confirm-slot", "confirm-intent"]
ASKS: Mapping[str, Asks] = {
    ELICIT_SLOT: "slot",
    CONFIRM_SLOT: "confirm-slot",
    CONFIRM_INTENT: "confirm-intent",
}
STATUSES = ("NONE", "CONFIRMED", "DENIED")
SLOT_FIELDS = {ELICIT_SLOT: "slotToElicit", CONFIRM_SLOT: "slotToConfirm"}

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")

MOST_MISSES = 3
"""So often may an answer to the same question be of no use; then the session ends. Amazon's own limit is not
documented [unverified]."""


@dataclass(frozen=True)
class Step:
    """What the model wants asked next, and the prompt that asks it; `slot` is None for the whole intent."""

    asks: Asks
    slot: str | None
    prompt: str


@dataclass(frozen=True)
class Question:
    """What is asked now, and the intent as it stood when it was asked.

    `auto` says that Amazon's side leads and calls the skill only when all is answered; `misses` counts the
    answers in a row that were of no use.
    """

    intent: Envelope
    asks: Asks
    slot: str | None = None
    auto: bool = False
    misses: int = 0

    @property
    def elicits(self) -> tuple[str, str] | None:
        """(intent, slot) of a slot that is asked for, as understanding wants it."""
        return (self.intent["name"], self.slot) if self.asks == "slot" and self.slot else None

    def same_as(self, step: Step) -> bool:
        """Whether a step asks this again."""
        return (self.asks, self.slot) == (step.asks, step.slot)


def next_step(plan: DialogIntent, intent: Envelope, now: datetime) -> Step | None:
    """What is to be asked next about an intent, None when the dialog is complete.

    `now` is the moment in the device's zone, from which rules count.
    """
    slots = intent.get("slots") or {}
    for slot in plan.slots:
        step = _slot_step(slot, slots.get(slot.name) or {}, now)
        if step is not None:
            return step
    if plan.confirms and intent.get("confirmationStatus", "NONE") == "NONE":
        return Step("confirm-intent", None, plan.confirms)
    return None


def _slot_step(slot: DialogSlot, wire: Envelope, now: datetime) -> Step | None:
    status = wire.get("confirmationStatus", "NONE")
    if not values_of(wire) or (status == "DENIED" and slot.elicits):
        return Step("slot", slot.name, slot.elicits) if slot.elicits else None
    broken = broken_rule(slot, wire, now)
    if broken is not None:
        return Step("slot", slot.name, broken.prompt)
    if slot.confirms and status == "NONE":
        return Step("confirm-slot", slot.name, slot.confirms)
    return None


def prompt_ssml(variations: Sequence[Prompt], intent: Envelope, number: int) -> str:
    """The SSML of a prompt with the slots' values in their places; `number` picks the variation in turn."""
    prompt = variations[number % len(variations)]
    slots = intent.get("slots") or {}
    pieces = []
    for number_of_piece, text in enumerate(_PLACEHOLDER.split(prompt.text)):
        if number_of_piece % 2:
            pieces.append(escape(_words(slots.get(text.strip()) or {}), quote=False))
        else:
            pieces.append(text if prompt.ssml else escape(text, quote=False))
    said = "".join(pieces)
    return said if said.lstrip().startswith("<speak>") else f"<speak>{said}</speak>"


def _words(wire: Envelope) -> str:
    return ", ".join(str(value["value"]) for value in values_of(wire))


def question_of(directives: Sequence[Envelope], intent: Envelope | None) -> Question | None:
    """What a directive of the skill asks; None where none does, or where it asks about a built-in intent.

    Amazon refuses dialogs about built-in intents; a question for yes or no is then just that.
    """
    for directive in directives:
        kind = str(directive.get("type"))
        about = updated_intent(directive, intent)
        if kind in ASKS and about and not str(about.get("name")).startswith(BUILT_IN):
            field = SLOT_FIELDS.get(kind)
            return Question(about, ASKS[kind], str(directive.get(field)) if field else None)
    return None


def updated_intent(directive: Envelope, before: Envelope | None) -> Envelope | None:
    """The intent as the skill wants it to go on; slots that it left as they were keep what was resolved.

    What the skill put into a slot is taken over by its words; the cloud resolves them anew, see `complete`.
    """
    updated = directive.get("updatedIntent")
    if not updated:
        return before
    same = before is not None and updated["name"] == before.get("name")
    known = (before or {}).get("slots") or {} if same else {}
    slots = {
        name: {**known[name], **_status(slot)}
        if name in known and _said(known[name]) == _said(slot)
        else _set(name, slot)
        for name, slot in (updated.get("slots") or {}).items()
    }
    kept = {name: unheard_slot(name) for name in known}
    return {
        "name": updated["name"],
        "confirmationStatus": "NONE",
        **_status(updated),
        "slots": {**kept, **slots},
    }


def intent_fault(directive: Envelope) -> str:
    """What is wrong with the shape of a directive's `updatedIntent`, "" where nothing is."""
    place = f"{directive.get('type')}.updatedIntent"
    match directive.get("updatedIntent"):
        case None:
            return ""
        case {"name": str(name), "slots": (dict() | None) as slots, **rest} if name:
            pass
        case {"name": str(name), **rest} if name and "slots" not in rest:
            slots = {}
        case _:
            return f"{place} is no intent with a name and slots."
    if not _is_status(rest):
        return f"{place}.confirmationStatus must be one of {', '.join(STATUSES)}."
    for key, slot in (slots or {}).items():
        if not _is_slot(slot):
            return f"{place}.slots.{key} is no slot with a string for its value."
    return ""


def _is_slot(slot: object) -> bool:
    if not isinstance(slot, Mapping) or not _is_status(slot):
        return False
    several = (slot.get("slotValue") or {}) if isinstance(slot.get("slotValue"), Mapping | None) else None
    values = (several.get("values") or []) if several is not None else None
    if not isinstance(values, list):
        return False
    spoken = all(isinstance(one, Mapping) and isinstance(one.get("value"), str) for one in values)
    return spoken and isinstance(slot.get("value"), str | None)


def _is_status(about: Mapping[Any, object]) -> bool:
    return about.get("confirmationStatus") in (None, *STATUSES)


def _status(about: Envelope) -> Envelope:
    status = about.get("confirmationStatus")
    return {"confirmationStatus": status} if status else {}


def _said(slot: Envelope) -> list[Any]:
    """The words of a slot: none, one value or several."""
    return [value["value"] for value in values_of(slot)]


def _set(name: str, slot: Envelope) -> Envelope:
    """A slot as the skill filled it, without any resolution of its own."""
    values = [{"type": "Simple", "value": said} for said in _said(slot)]
    found = {**unheard_slot(name), **_status(slot)}
    if len(values) > 1:
        return {**found, "slotValue": {"type": "List", "values": values}}
    return {**found, "value": values[0]["value"], "slotValue": values[0]} if values else found


def complete(intent: Envelope, types: Mapping[str, str], resolve: Resolve) -> Envelope:
    """The intent with every slot that the model declares, and with what the skill put into one resolved."""
    given = intent.get("slots") or {}
    slots = {name: given.get(name) or unheard_slot(name) for name in types}
    resolved = {name: _resolved(slot, name, types[name], resolve) for name, slot in slots.items()}
    return {"confirmationStatus": "NONE", **intent, "slots": {**given, **resolved}}


def _resolved(slot: Envelope, name: str, slot_type: str, resolve: Resolve) -> Envelope:
    several = (slot.get("slotValue") or {}).get("values")
    if several:
        values = [_resolved(value, name, slot_type, resolve) for value in several]
        return {**slot, "slotValue": {**slot["slotValue"], "values": values}}
    if "resolutions" in slot or not slot.get("value"):
        return slot
    entries = list(resolve(SlotFill(name, slot_type, slot["value"])))
    found = {"resolutions": {"resolutionsPerAuthority": entries}} if entries else {}
    inner = {"slotValue": {**slot["slotValue"], **found}} if slot.get("slotValue") else {}
    return {**slot, **found, **inner}


def filled(question: Question, slots: Mapping[str, Envelope]) -> Envelope:
    """The intent with newly heard slots; what was confirmed or denied of them counts no more."""
    before = question.intent
    changed = {"confirmationStatus": "NONE"} if question.asks == "confirm-intent" else {}
    return {**before, **changed, "slots": {**(before.get("slots") or {}), **slots}}


def confirmed(question: Question, *, yes: bool) -> Envelope:
    """The intent after a yes or a no to a confirmation of it or of one of its slots."""
    status = {"confirmationStatus": "CONFIRMED" if yes else "DENIED"}
    before = question.intent
    if question.slot is None:
        return {**before, **status}
    slots = before.get("slots") or {}
    slot = slots.get(question.slot) or unheard_slot(question.slot)
    return {**before, "slots": {**slots, question.slot: {**slot, **status}}}
