"""Reads an Alexa interaction model, in any of its wrappings, into plain checked records."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from skill.understanding.files import FileError, kind_of

BUILT_IN = "AMAZON."
FALLBACK_INTENT = "AMAZON.FallbackIntent"
YES_INTENT, NO_INTENT = "AMAZON.YesIntent", "AMAZON.NoIntent"

_SLOT = re.compile(r"\{([^{}]*)\}")
_SLOT_NAME = re.compile(r"[A-Za-z][\w.\-]*")


class ModelError(FileError):
    """The interaction model is broken; the message is one line that names the place."""


@dataclass(frozen=True)
class Value:
    """One listed value of a slot type with the names it goes by."""

    id: str | None
    name: str
    synonyms: tuple[str, ...]


@dataclass(frozen=True)
class Slot:
    """A slot as an intent declares it; `samples` are what people say when asked for it."""

    name: str
    type: str
    samples: tuple[str, ...]
    multiple: bool


@dataclass(frozen=True)
class Intent:
    """An intent with its slots and sample utterances, in the model's order."""

    name: str
    slots: Mapping[str, Slot]
    samples: tuple[str, ...]


@dataclass(frozen=True)
class Model:
    """What understanding needs of an interaction model."""

    invocation_name: str
    intents: tuple[Intent, ...]
    types: Mapping[str, tuple[Value, ...]]
    sensitivity: str


def read_model(raw: Mapping[str, object]) -> Model:
    """Reads {"interactionModel": ...}, its inside, or the language model alone.

    Raises ModelError for a broken shape, an undeclared slot or type, and a name given twice.
    """
    place, found = language_model(raw)
    types = _types(list_of(found, "types", place, optional=True), f"{place}types")
    intents = _intents(list_of(found, "intents", place), f"{place}intents")
    for number, intent in enumerate(intents):
        _check_types(intent, types, f"{place}intents[{number}] {intent.name}.slots")
    return Model(
        invocation_name=text_of(found, "invocationName", place, optional=True),
        intents=intents,
        types=types,
        sensitivity=_sensitivity(found, place),
    )


def split_sample(sample: str) -> list[tuple[str, bool]]:
    """The pieces of a sample in order: (text, False) or (slot name, True)."""
    pieces: list[tuple[str, bool]] = []
    end = 0
    for match in _SLOT.finditer(sample):
        pieces += [(sample[end : match.start()], False), (match[1].strip(), True)]
        end = match.end()
    pieces.append((sample[end:], False))
    return [(text, slot) for text, slot in pieces if slot or text.strip()]


def language_model(raw: object) -> tuple[str, Mapping[str, Any]]:
    """The language model inside any wrapping, and its JSON path with a dot behind. Raises ModelError."""
    place = ""
    for wrapping in ("interactionModel", "languageModel"):
        raw = object_of(raw, place.rstrip(".") or "the model")
        if wrapping in raw:
            raw = raw[wrapping]
            place += f"{wrapping}."
    found = object_of(raw, place.rstrip(".") or "the model")
    if "intents" not in found:
        raise ModelError(f"{place.rstrip('.') or 'the model'}: there is no list of intents")
    return place, found


def object_of(raw: object, place: str) -> Mapping[str, Any]:
    """`raw`, if it is an object. Raises ModelError that names `place`."""
    if not isinstance(raw, Mapping):
        raise ModelError(f"{place}: expected an object, found {kind_of(raw)}")
    return raw


def list_of(raw: Mapping[str, Any], key: str, place: str, *, optional: bool = False) -> Sequence[Any]:
    """The list under `key`; if `optional`, an absent one is empty. Raises ModelError."""
    found = raw.get(key)
    if optional and found is None:
        return []
    if not isinstance(found, list | tuple):
        raise ModelError(f"{place}{key}: expected a list, found {kind_of(found)}")
    return found


def text_of(raw: Mapping[str, Any], key: str, place: str, *, optional: bool = False) -> str:
    """The text under `key` without space around it; if `optional`, empty where absent. Raises ModelError."""
    found = raw.get(key)
    if optional and found in (None, ""):
        return ""
    if not isinstance(found, str) or not found.strip():
        raise ModelError(f"{place}{key}: expected text, found {kind_of(found)}")
    return found.strip()


def _texts(raw: Mapping[str, Any], key: str, place: str) -> tuple[str, ...]:
    found = list_of(raw, key, place, optional=True)
    for number, text in enumerate(found):
        if not isinstance(text, str):
            raise ModelError(f"{place}{key}[{number}]: expected text, found {kind_of(text)}")
    return tuple(text for text in found if text.strip())


def _sensitivity(model: Mapping[str, Any], place: str) -> str:
    configuration = object_of(model.get("modelConfiguration") or {}, f"{place}modelConfiguration")
    settings = configuration.get("fallbackIntentSensitivity") or {}
    level = object_of(settings, f"{place}modelConfiguration.fallbackIntentSensitivity").get("level")
    return level if level in ("LOW", "MEDIUM", "HIGH") else "LOW"


def _types(raw: Sequence[Any], place: str) -> dict[str, tuple[Value, ...]]:
    types: dict[str, tuple[Value, ...]] = {}
    for number, item in enumerate(raw):
        at = f"{place}[{number}]"
        item = object_of(item, at)
        name = text_of(item, "name", f"{at}.")
        if name in types:
            raise ModelError(f"{at}: the type {name} is declared twice")
        values = list_of(_values_holder(item, f"{at} {name}"), "values", f"{at} {name}.", optional=True)
        types[name] = tuple(_value(value, f"{at} {name}.values[{n}]") for n, value in enumerate(values))
    return types


def _values_holder(item: Mapping[str, Any], place: str) -> Mapping[str, Any]:
    """Where a type lists its values: itself or its InlineValueSupplier; a catalogue lists them elsewhere."""
    supplier = object_of(item.get("valueSupplier") or {}, f"{place}.valueSupplier")
    return supplier if supplier.get("values") and not item.get("values") else item


def read_values(raw: Sequence[object], place: str) -> tuple[Value, ...]:
    """Values in the form that slot types and dynamic entities share. Raises ModelError."""
    return tuple(_value(value, f"{place}[{number}]") for number, value in enumerate(raw))


def _value(raw: object, place: str) -> Value:
    raw = object_of(raw, place)
    name = object_of(raw.get("name"), f"{place}.name")
    value_id = raw.get("id")
    return Value(
        id=None if value_id in (None, "") else str(value_id),
        name=text_of(name, "value", f"{place}.name."),
        synonyms=_texts(name, "synonyms", f"{place}.name."),
    )


def _intents(raw: Sequence[Any], place: str) -> tuple[Intent, ...]:
    intents: dict[str, Intent] = {}
    for number, item in enumerate(raw):
        at = f"{place}[{number}]"
        item = object_of(item, at)
        name = text_of(item, "name", f"{at}.")
        if name in intents:
            raise ModelError(f"{at}: the intent {name} is declared twice")
        slots = _slots(list_of(item, "slots", f"{at} {name}.", optional=True), f"{at} {name}.slots")
        intents[name] = Intent(name=name, slots=slots, samples=_texts(item, "samples", f"{at} {name}."))
        _check_samples(intents[name], f"{at} {name}")
    return tuple(intents.values())


def _slots(raw: Sequence[Any], place: str) -> dict[str, Slot]:
    slots: dict[str, Slot] = {}
    for number, item in enumerate(raw):
        at = f"{place}[{number}]"
        item = object_of(item, at)
        name = text_of(item, "name", f"{at}.")
        if name in slots:
            raise ModelError(f"{at}: the slot {name} is declared twice")
        multiple = object_of(item.get("multipleValues") or {}, f"{at} {name}.multipleValues")
        slots[name] = Slot(
            name=name,
            type=text_of(item, "type", f"{at} {name}."),
            samples=_texts(item, "samples", f"{at} {name}."),
            multiple=multiple.get("enabled") is True,
        )
    return slots


def _check_samples(intent: Intent, place: str) -> None:
    slot_samples = [sample for slot in intent.slots.values() for sample in slot.samples]
    for sample in (*intent.samples, *slot_samples):
        if sample.count("{") != sample.count("}") or sample.count("{") != len(_SLOT.findall(sample)):
            raise ModelError(f"{place}: the braces of sample {sample!r} do not pair")
        for name, is_slot in split_sample(sample):
            if is_slot and (not _SLOT_NAME.fullmatch(name) or name not in intent.slots):
                raise ModelError(f"{place}: sample {sample!r} uses the slot {name!r}, which is not declared")


def _check_types(intent: Intent, types: Mapping[str, object], place: str) -> None:
    for number, slot in enumerate(intent.slots.values()):
        if not slot.type.startswith(BUILT_IN) and slot.type not in types:
            raise ModelError(f"{place}[{number}] {slot.name}: nobody declares the type {slot.type}")
