"""Reads the dialogs and prompts of an interaction model: what Amazon's side asks by itself, and how.

Source: Amazon's "Interaction Model Schema" and "Validate Slot Values". Without a `delegationStrategy` the
skill leads, as it did before there was auto-delegation [unverified].
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from skill.understanding import ModelError
from skill.understanding.model import Intent, Model
from skill.understanding.wire import parse_date, parse_duration, parse_number, parse_time

STRATEGIES = {"ALWAYS": True, "SKILL_RESPONSE": False, None: None}
"""Whether Amazon's side leads; None leaves it to the skill-wide setting."""

SETS = ("isInSet", "isNotInSet")
COMPARISONS = ("isLessThan", "isLessThanOrEqualTo", "isGreaterThan", "isGreaterThanOrEqualTo")
DURATIONS = ("isInDuration", "isNotInDuration")
MATCH = "hasEntityResolutionMatch"
KINDS = {kind.lower(): kind for kind in (MATCH, *SETS, *COMPARISONS, *DURATIONS)}
"""The validations by their names in small letters: tools also write them with a capital."""


@dataclass(frozen=True)
class Validation:
    """A rule for a slot's value and the prompt that asks again.

    `values` belong to the sets, `value` to the comparisons, `start` and `end` (ISO 8601 durations from now,
    None where that side is open) to the durations.
    """

    kind: str
    prompt: str
    values: tuple[str, ...] = ()
    value: str = ""
    start: str | None = None
    end: str | None = None


@dataclass(frozen=True)
class DialogSlot:
    """What is asked about one slot: `elicits` and `confirms` are prompt ids, None where nothing is asked."""

    name: str
    type: str
    elicits: str | None = None
    confirms: str | None = None
    validations: tuple[Validation, ...] = ()


@dataclass(frozen=True)
class DialogIntent:
    """What is asked about one intent, slot by slot in this order; `auto` says that Amazon's side leads."""

    name: str
    auto: bool
    slots: tuple[DialogSlot, ...] = ()
    confirms: str | None = None


@dataclass(frozen=True)
class Prompt:
    """One variation of a prompt; `text` is SSML or plain text with slots in braces."""

    text: str
    ssml: bool = False


@dataclass(frozen=True)
class DialogModel:
    """All dialogs of a model by intent, its prompts by id, and who leads where an intent does not say."""

    intents: Mapping[str, DialogIntent] = field(default_factory=dict)
    prompts: Mapping[str, tuple[Prompt, ...]] = field(default_factory=dict)
    auto: bool = False


def read_dialogs(raw: Mapping[str, Any], model: Model) -> DialogModel:
    """The dialogs of {"interactionModel": ...} or its inside; none where it holds a language model alone.

    Raises ModelError, one line with the place, for a broken shape, and for an intent, slot, prompt or kind
    of validation that does not exist.
    """
    inside = raw.get("interactionModel", raw)
    dialog = _object(inside, "dialog", "")
    prompts = dict(_prompts(_list(inside, "prompts", ""), "prompts"))
    auto = _strategy(dialog, "dialog", otherwise=False)
    reader = _Reader(prompts, {intent.name: intent for intent in model.intents}, auto=auto)
    intents: dict[str, DialogIntent] = {}
    for place, item in _objects(_list(dialog, "intents", "dialog."), "dialog.intents"):
        found = reader.intent(item, place)
        if found.name in intents:
            raise ModelError(f"{place}: the dialog of {found.name} is declared twice")
        intents[found.name] = found
    return DialogModel(intents, prompts, auto)


class _Reader:
    """Reads dialogs against the prompts and intents of the same model."""

    def __init__(self, prompts: Mapping[str, object], intents: Mapping[str, Intent], *, auto: bool) -> None:
        self._prompts = prompts
        self._intents = intents
        self._auto = auto

    def intent(self, raw: Mapping[str, Any], place: str) -> DialogIntent:
        """One entry of dialog.intents."""
        name = _text(raw, "name", f"{place}.")
        declared = self._intents.get(name)
        if declared is None:
            raise ModelError(f"{place}: the model has no intent {name}")
        place = f"{place} {name}"
        slots = tuple(
            self.slot(item, at, declared)
            for at, item in _objects(_list(raw, "slots", f"{place}."), f"{place}.slots")
        )
        confirms = self._asked(raw, "confirmation", "confirmationRequired", place)
        return DialogIntent(name, _strategy(raw, place, otherwise=self._auto), slots, confirms)

    def slot(self, raw: Mapping[str, Any], place: str, intent: Intent) -> DialogSlot:
        """One slot of a dialog."""
        name = _text(raw, "name", f"{place}.")
        declared = intent.slots.get(name)
        if declared is None:
            raise ModelError(f"{place}: the intent {intent.name} has no slot {name}")
        place = f"{place} {name}"
        if raw.get("type", declared.type) != declared.type:
            raise ModelError(f"{place}.type: {raw['type']!r}, but the intent declares {declared.type}")
        rules = _objects(_list(raw, "validations", f"{place}."), f"{place}.validations")
        return DialogSlot(
            name,
            declared.type,
            elicits=self._asked(raw, "elicitation", "elicitationRequired", place),
            confirms=self._asked(raw, "confirmation", "confirmationRequired", place),
            validations=tuple(self.validation(item, at, declared.type) for at, item in rules),
        )

    def validation(self, raw: Mapping[str, Any], place: str, slot_type: str) -> Validation:
        """One rule of a slot of this type."""
        said = _text(raw, "type", f"{place}.")
        kind = KINDS.get(said.lower())
        if kind is None:
            raise ModelError(
                f"{place}.type: there is no validation {said!r}; there are {', '.join(KINDS.values())}"
            )
        place = f"{place} {kind}"
        prompt = self._prompt(_text(raw, "prompt", f"{place}."), f"{place}.prompt")
        if kind in SETS:
            values = tuple(str(value) for value in _list(raw, "values", f"{place}."))
            if not values:
                raise ModelError(f"{place}.values: there is no value")
            return Validation(kind, prompt, values=values)
        if kind in COMPARISONS:
            return Validation(kind, prompt, value=_limit(raw, place, slot_type))
        if kind in DURATIONS:
            start, end = (_duration(raw, key, place) for key in ("start", "end"))
            return Validation(kind, prompt, start=start, end=end)
        return Validation(kind, prompt)

    def _asked(self, raw: Mapping[str, Any], prompt: str, required: str, place: str) -> str | None:
        """The id of a prompt that is due; a question without words is an error."""
        if raw.get(required) is not True:
            return None
        known = _object(raw, "prompts", f"{place}.")
        if prompt not in known:
            raise ModelError(f"{place}.prompts: {required} is set, but there is no prompt for the {prompt}")
        return self._prompt(_text(known, prompt, f"{place}.prompts."), f"{place}.prompts.{prompt}")

    def _prompt(self, name: str, place: str) -> str:
        if name not in self._prompts:
            raise ModelError(f"{place}: there is no prompt {name}")
        return name


def _prompts(raw: Sequence[Any], place: str) -> Iterator[tuple[str, tuple[Prompt, ...]]]:
    seen: set[str] = set()
    for at, item in _objects(raw, place):
        name = _text(item, "id", f"{at}.")
        if name in seen:
            raise ModelError(f"{at}: the prompt {name} is declared twice")
        seen.add(name)
        variations = _list(item, "variations", f"{at} {name}.")
        if not variations:
            raise ModelError(f"{at} {name}.variations: there is none")
        yield (
            name,
            tuple(_variation(one, spot) for spot, one in _objects(variations, f"{at} {name}.variations")),
        )


def _variation(raw: Mapping[str, Any], place: str) -> Prompt:
    kind = raw.get("type", "PlainText")
    if kind not in ("PlainText", "SSML"):
        raise ModelError(f"{place}.type: expected PlainText or SSML, found {kind!r}")
    return Prompt(_text(raw, "value", f"{place}."), ssml=kind == "SSML")


def _strategy(raw: Mapping[str, Any], place: str, *, otherwise: bool) -> bool:
    said = raw.get("delegationStrategy")
    if said not in STRATEGIES:
        raise ModelError(f"{place}.delegationStrategy: expected ALWAYS or SKILL_RESPONSE, found {said!r}")
    found = STRATEGIES[said]
    return otherwise if found is None else found


def _duration(raw: Mapping[str, Any], key: str, place: str) -> str | None:
    if raw.get(key) in (None, ""):
        return None
    said = _text(raw, key, f"{place}.")
    try:
        parse_duration(said.removeprefix("-"))
    except ValueError as error:
        raise ModelError(
            f"{place}.{key}: expected a duration such as PT2H or -P1D, found {said!r}"
        ) from error
    return said


def _object(raw: object, key: str, place: str) -> Mapping[str, Any]:
    found = raw.get(key) if isinstance(raw, Mapping) else None
    if found is None:
        return {}
    if not isinstance(found, Mapping):
        raise ModelError(f"{place}{key}: expected an object, found {type(found).__name__}")
    return found


def _list(raw: object, key: str, place: str) -> Sequence[Any]:
    found = raw.get(key) if isinstance(raw, Mapping) else None
    if found is None:
        return []
    if not isinstance(found, list | tuple):
        raise ModelError(f"{place}{key}: expected a list, found {type(found).__name__}")
    return found


def _objects(raw: Sequence[Any], place: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for number, item in enumerate(raw):
        if not isinstance(item, Mapping):
            raise ModelError(f"{place}[{number}]: expected an object, found {type(item).__name__}")
        yield f"{place}[{number}]", item


def _text(raw: Mapping[str, Any], key: str, place: str) -> str:
    found = raw.get(key)
    if not isinstance(found, str) or not found.strip():
        raise ModelError(f"{place}{key}: expected text, found {found!r}")
    return found.strip()


def _limit(raw: Mapping[str, Any], place: str, slot_type: str) -> str:
    """What a slot's value is compared with, in the form that the slot's type has on the wire."""
    found = raw.get("value")
    if isinstance(found, bool) or not isinstance(found, str | int | float) or found == "":
        raise ModelError(f"{place}.value: expected a number, a date, a time or a duration, found {found!r}")
    expected, parse = _LIMITS.get(slot_type, ("a number", parse_number))
    try:
        parse(str(found))
    except ValueError as error:
        raise ModelError(f"{place}.value: expected {expected}, found {found!r}") from error
    return str(found)


_LIMITS: Mapping[str, tuple[str, Callable[[str], object]]] = {
    "AMAZON.DATE": ("a date as 2026-12-24", lambda said: parse_date(said, date.min)),
    "AMAZON.TIME": ("a time as 18:30", lambda said: None if said == "PRESENT_REF" else parse_time(said)),
    "AMAZON.DURATION": ("a duration as PT2H", parse_duration),
}
"""By slot type: what a comparison's value looks like, and what reads it; all others are numbers."""
