"""Reads a model that may be faulty into records that keep their places, for the rules to look at."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from skill.understanding.lint.findings import Spot
from skill.understanding.model import BUILT_IN, ModelError, language_model, list_of, object_of, text_of


@dataclass(frozen=True)
class Sample:
    """One sample utterance of an intent, or an answer to the question for one of its `slot`s."""

    text: str
    intent: str
    slot: str | None
    spot: Spot

    @property
    def owner(self) -> str:
        """The intent, or "Intent.slot"."""
        return self.intent if self.slot is None else f"{self.intent}.{self.slot}"


@dataclass(frozen=True)
class DraftSlot:
    """A slot as an intent declares it."""

    name: str
    type: str
    samples: tuple[Sample, ...]
    spot: Spot


@dataclass(frozen=True)
class DraftIntent:
    """An intent with everything it declares, doubles and all."""

    name: str
    slots: tuple[DraftSlot, ...]
    samples: tuple[Sample, ...]
    spot: Spot

    @property
    def types(self) -> dict[str, str]:
        """Slot name -> type."""
        return {slot.name: slot.type for slot in self.slots}

    @property
    def all_samples(self) -> Iterator[Sample]:
        """Its samples, then those of its slots."""
        yield from self.samples
        for slot in self.slots:
            yield from slot.samples


@dataclass(frozen=True)
class Word:
    """A value of a slot type, or a synonym of it, under the value's id (its name where it has none)."""

    text: str
    id: str
    synonym: bool
    spot: Spot


@dataclass(frozen=True)
class DraftType:
    """A slot type with all its words; `supplied` says that a catalogue outside the model has more."""

    name: str
    words: tuple[Word, ...]
    ids: tuple[tuple[str, Spot], ...]
    supplied: bool
    spot: Spot


@dataclass(frozen=True)
class Draft:
    """A model as its author wrote it. `raw` is all of the JSON, `whole` has dialog and prompts."""

    raw: Mapping[str, Any]
    whole: Mapping[str, Any]
    place: str
    invocation_name: str
    intents: tuple[DraftIntent, ...]
    types: tuple[DraftType, ...]

    @property
    def size(self) -> int:
        """The bytes of the model, without white space between its parts: indentation is nobody's fault."""
        text = json.dumps(self.raw, separators=(",", ":"), ensure_ascii=False)
        return len(text.encode(errors="replace"))


def read_draft(raw: Mapping[str, Any]) -> Draft:
    """The records of a model in any wrapping. Raises ModelError where it has not the shape of one."""
    place, inside = language_model(raw)
    whole = raw.get("interactionModel", raw)
    intents, types = list_of(inside, "intents", place), list_of(inside, "types", place, optional=True)
    return Draft(
        raw=raw,
        whole=whole if isinstance(whole, Mapping) else {},
        place=place,
        invocation_name=text_of(inside, "invocationName", place, optional=True),
        intents=tuple(_intent(item, f"{place}intents[{n}]") for n, item in enumerate(intents)),
        types=tuple(_type(item, f"{place}types[{n}]") for n, item in enumerate(types)),
    )


def _intent(raw: object, place: str) -> DraftIntent:
    item = object_of(raw, place)
    name = text_of(item, "name", f"{place}.")
    short = name.removeprefix(BUILT_IN)
    slots = list_of(item, "slots", f"{place}.", optional=True)
    return DraftIntent(
        name=name,
        slots=tuple(_slot(slot, name, short, f"{place}.slots[{n}]") for n, slot in enumerate(slots)),
        samples=_samples(item, name, None, f"{place}.", f"{short}.samples"),
        spot=Spot(place, f"{short}.samples"),
    )


def _slot(raw: object, intent: str, short: str, place: str) -> DraftSlot:
    item = object_of(raw, place)
    name = text_of(item, "name", f"{place}.")
    key = f"{short}.slots.{name}"
    return DraftSlot(
        name=name,
        type=text_of(item, "type", f"{place}."),
        samples=_samples(item, intent, name, f"{place}.", key),
        spot=Spot(place, key),
    )


def _samples(
    item: Mapping[str, Any], intent: str, slot: str | None, place: str, key: str
) -> tuple[Sample, ...]:
    texts = _texts(item, "samples", place)
    return tuple(
        Sample(text, intent, slot, Spot(f"{place}samples[{n}]", key, text))
        for n, text in enumerate(texts)
        if text.strip()
    )


def _type(raw: object, place: str) -> DraftType:
    item = object_of(raw, place)
    name = text_of(item, "name", f"{place}.")
    supplier = object_of(item.get("valueSupplier") or {}, f"{place}.valueSupplier")
    holder, at = (item, place) if item.get("values") else (supplier or item, place)
    values = list_of(holder, "values", f"{at}.", optional=True)
    ids: list[tuple[str, Spot]] = []
    words: list[Word] = []
    for number, value in enumerate(values):
        found = _words(value, f"{at}.values[{number}]", f"types.{name}")
        given = object_of(value, at).get("id")
        if given not in (None, ""):
            ids.append((str(given), found[0].spot))
        words += found
    return DraftType(name, tuple(words), tuple(ids), "valueCatalog" in supplier, Spot(place, f"types.{name}"))


def _words(raw: object, place: str, key: str) -> list[Word]:
    item = object_of(raw, place)
    name = object_of(item.get("name"), f"{place}.name")
    value = name.get("value")
    if not isinstance(value, str):
        raise ModelError(f"{place}.name.value: expected text")
    known = item.get("id")
    value_id = value if known in (None, "") else str(known)
    synonyms = _texts(name, "synonyms", f"{place}.name.")
    spots = [Spot(f"{place}.name.synonyms[{n}]", key, text) for n, text in enumerate(synonyms)]
    return [
        Word(value, value_id, False, Spot(f"{place}.name.value", key, value)),
        *(Word(text, value_id, True, spot) for text, spot in zip(synonyms, spots, strict=True)),
    ]


def _texts(item: Mapping[str, Any], key: str, place: str) -> Sequence[str]:
    found = list_of(item, key, place, optional=True)
    for number, text in enumerate(found):
        if not isinstance(text, str):
            raise ModelError(f"{place}{key}[{number}]: expected text")
    return found
