"""Turns the spans of a parse into slot values with Alexa's wire strings and entity resolution."""

from collections.abc import Mapping, Sequence

from skill.understanding.grammar import Reading, Span
from skill.understanding.model import Slot
from skill.understanding.results import MATCH, NO_MATCH, SlotFill
from skill.understanding.slot_types import SlotType
from skill.understanding.words import spoken


def slot_fills(
    slots: Sequence[Slot], spans: Sequence[Span | None], reading: Reading, types: Mapping[str, SlotType]
) -> dict[str, SlotFill]:
    """The filled slots by name; a slot without a span is absent."""
    pairs = zip(slots, spans, strict=True)
    return {
        slot.name: _fill(slot, span, reading, types[slot.type]) for slot, span in pairs if span is not None
    }


def _fill(slot: Slot, span: Span, reading: Reading, kind: SlotType) -> SlotFill:
    if not span.parts:
        return _single(slot, span, reading, kind)
    parts = tuple(_single(slot, part, reading, kind) for part in span.parts)
    first = parts[0]
    return SlotFill(slot.name, slot.type, first.value, parts, first.id, first.resolved, first.status)


def _single(slot: Slot, span: Span, reading: Reading, kind: SlotType) -> SlotFill:
    if span.wire is not None:
        return SlotFill(slot.name, slot.type, span.wire)
    said = spoken(reading.tokens[span.start : span.end])
    if span.value is None:
        return SlotFill(slot.name, slot.type, said, status=NO_MATCH if kind.resolves else None)
    if not kind.resolves and not reading.is_dynamic(kind):
        return SlotFill(slot.name, slot.type, said)
    return SlotFill(slot.name, slot.type, said, id=span.value.id, resolved=span.value.name, status=MATCH)
