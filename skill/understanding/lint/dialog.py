"""Rules about the dialog and the prompts: that what is asked for exists, and that asking has words."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any

from skill.understanding.lint.draft import Draft, DraftSlot
from skill.understanding.lint.findings import Finding, Spot
from skill.understanding.lint.options import Options
from skill.understanding.model import list_of, object_of, text_of
from skill.understanding.wire import parse_date, parse_duration, parse_number, parse_time

VALIDATIONS = frozenset(
    (
        "hasEntityResolutionMatch",
        "isInSet",
        "isNotInSet",
        "isLessThan",
        "isLessThanOrEqualTo",
        "isGreaterThan",
        "isGreaterThanOrEqualTo",
        "isInDuration",
        "isNotInDuration",
    )
)
"""The types of slot validation that Amazon's interaction model schema documents."""

Json = Mapping[str, Any]
PRESENT = "PRESENT_REF"
LIMITS: Mapping[str, tuple[str, Callable[[str], object]]] = {
    "AMAZON.DATE": ("a date as 2026-12-24", lambda said: parse_date(said, date.min)),
    "AMAZON.TIME": ("a time as 18:30", lambda said: said == PRESENT or parse_time(said)),
    "AMAZON.DURATION": ("a duration as PT2H", parse_duration),
}
"""By slot type: what a value is compared with, and what reads it; slots of other types compare numbers."""
SPAN = ("a duration as P7D or -PT2H", lambda said: parse_duration(said.removeprefix("-")))
"""How both ends of a span are counted from the moment of the request."""


def dialog_findings(draft: Draft, options: Options) -> Iterator[Finding]:
    """Intents, slots, prompts and validations of the dialog. Raises ModelError for a broken shape."""
    path = "interactionModel." if draft.whole is not draft.raw else ""
    dialog = object_of(draft.whole.get("dialog") or {}, f"{path}dialog")
    prompts = [
        object_of(prompt, f"{path}prompts[{number}]")
        for number, prompt in enumerate(list_of(draft.whole, "prompts", path, optional=True))
    ]
    known = {
        text_of(prompt, "id", f"{path}prompts[{number}].", optional=True): number
        for number, prompt in enumerate(prompts)
    }
    named: set[str] = set()
    for number, raw in enumerate(list_of(dialog, "intents", f"{path}dialog.", optional=True)):
        place = f"{path}dialog.intents[{number}]"
        yield from _intent_findings(object_of(raw, place), place, draft, known, named)
    for prompt_id, number in known.items():
        at = Spot(f"{path}prompts[{number}]")
        if prompt_id not in named:
            yield Finding("unused-prompt", f"{prompt_id}: nothing names this prompt", at)
        count = len(list_of(prompts[number], "variations", f"{at.path}.", optional=True))
        if count > options.limits.variations:
            message = f"{prompt_id}: {count} variations, Alexa takes {options.limits.variations}"
            yield Finding("too-many-variations", message, at)


def _intent_findings(
    raw: Json, place: str, draft: Draft, known: Mapping[str, int], named: set[str]
) -> Iterator[Finding]:
    name = text_of(raw, "name", f"{place}.")
    intent = next((intent for intent in draft.intents if intent.name == name), None)
    if intent is None:
        yield Finding("unknown-in-dialog", f"{name}: no such intent", Spot(place))
        return
    yield from _prompt_findings(raw, name, Spot(place), known, named)
    if raw.get("confirmationRequired") is True and not _prompt(raw, place, "confirmation"):
        yield Finding("no-question", f"{name}: a confirmed intent without a question", Spot(place))
    for number, item in enumerate(list_of(raw, "slots", f"{place}.", optional=True)):
        at = f"{place}.slots[{number}]"
        item = object_of(item, at)
        slot_name = text_of(item, "name", f"{at}.")
        slot = next((slot for slot in intent.slots if slot.name == slot_name), None)
        if slot is None:
            yield Finding("unknown-in-dialog", f"{name}.{slot_name}: no such slot", Spot(at))
            continue
        yield from _slot_findings(item, f"{name}.{slot_name}", at, slot)
        yield from _prompt_findings(item, f"{name}.{slot_name}", Spot(at, slot.spot.key), known, named)
        yield from _validation_findings(item, f"{name}.{slot_name}", at, known, named)
        yield from _value_findings(item, f"{name}.{slot_name}", at, slot.type)


def _slot_findings(item: Json, owner: str, at: str, slot: DraftSlot) -> Iterator[Finding]:
    spot = Spot(at, slot.spot.key)
    kind = text_of(item, "type", f"{at}.", optional=True)
    if kind and kind != slot.type:
        message = f"{owner}: type {kind} in the dialog, {slot.type} in the intent"
        yield Finding("unknown-in-dialog", message, spot)
    if item.get("elicitationRequired") is True:
        if not _prompt(item, at, "elicitation"):
            yield Finding("no-question", f"{owner}: an elicited slot without a question", spot)
        if not slot.samples:
            yield Finding("no-slot-samples", f"{owner}: an elicited slot without samples", spot)
    if item.get("confirmationRequired") is True and not _prompt(item, at, "confirmation"):
        yield Finding("no-question", f"{owner}: a confirmed slot without a question", spot)


def _prompt_findings(
    item: Json, owner: str, spot: Spot, known: Mapping[str, int], named: set[str]
) -> Iterator[Finding]:
    for kind in ("elicitation", "confirmation"):
        prompt = _prompt(item, spot.path, kind)
        if prompt:
            named.add(prompt)
            if prompt not in known:
                yield Finding("unknown-prompt", f"{owner}: there is no prompt {prompt!r}", spot)


def _validation_findings(
    item: Json, owner: str, at: str, known: Mapping[str, int], named: set[str]
) -> Iterator[Finding]:
    for number, raw in enumerate(list_of(item, "validations", f"{at}.", optional=True)):
        spot = Spot(f"{at}.validations[{number}]")
        validation = object_of(raw, spot.path)
        kind = text_of(validation, "type", f"{spot.path}.", optional=True)
        if kind not in VALIDATIONS:
            yield Finding("unknown-validation", f"{owner}: there is no validation {kind!r}", spot)
        prompt = text_of(validation, "prompt", f"{spot.path}.", optional=True)
        named.add(prompt)
        if not prompt:
            yield Finding("no-question", f"{owner}: a validation without a prompt", spot)
        elif prompt not in known:
            yield Finding("unknown-prompt", f"{owner}: there is no prompt {prompt!r}", spot)


def _value_findings(item: Json, owner: str, at: str, slot_type: str) -> Iterator[Finding]:
    """What a validation compares with, where no value could ever be compared with it."""
    for number, raw in enumerate(list_of(item, "validations", f"{at}.", optional=True)):
        place = f"{at}.validations[{number}]"
        validation = object_of(raw, place)
        kind = validation.get("type")
        if kind in ("isInSet", "isNotInSet") and not list_of(
            validation, "values", f"{place}.", optional=True
        ):
            yield Finding("unusable-validation", f"{owner}: {kind} without values", Spot(place))
        for key, (expected, parse) in _compared(str(kind), validation, slot_type).items():
            if not _readable(validation.get(key), parse):
                message = f"{owner}: {kind} needs {expected}, found {validation.get(key)!r}"
                yield Finding("unusable-validation", message, Spot(f"{place}.{key}"))


def _compared(
    kind: str, validation: Json, slot_type: str
) -> Mapping[str, tuple[str, Callable[[str], object]]]:
    """By key of a validation: what has to stand there."""
    if kind in ("isInDuration", "isNotInDuration"):
        return {key: SPAN for key in ("start", "end") if validation.get(key) not in (None, "")}
    if kind.startswith(("isLess", "isGreater")):
        return {"value": LIMITS.get(slot_type, ("a number", parse_number))}
    return {}


def _readable(value: object, parse: Callable[[str], object]) -> bool:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return False
    try:
        parse(str(value))
    except ValueError:
        return False
    return True


def _prompt(item: Json, place: str, kind: str) -> str:
    prompts = object_of(item.get("prompts") or {}, f"{place}.prompts")
    return text_of(prompts, kind, f"{place}.prompts.", optional=True)
