"""Reads the slots of an intent as they come over the wire: values, several values, and resolved ids."""

from collections.abc import Iterator, Mapping

from skill.alexa.json_values import items, member, text
from skill.conversation.turn import Heard

MATCH = "ER_SUCCESS_MATCH"
DYNAMIC = ".dynamic."
"""Part of the authority's name of entities that the skill itself sent during the session."""
INTERNAL = "__"
"""Alexa's own slots, as `__Conjunction`, begin with this; no intent declares them."""


def heard(slots: object) -> dict[str, Heard]:
    """The slots that were heard, by name; a slot without a value is absent.

    `slots` is the wire's object, or anything else where the wire has none. A multi-value slot has all
    its values in `values`, and the first of them as its own value and id.
    """
    found = {name: _heard(slot) for name, slot in named(slots)}
    return {name: value for name, value in found.items() if value is not None}


def named(slots: object) -> Iterator[tuple[str, Mapping[str, object]]]:
    """Each slot object with its name: the key, since the `name` inside may differ from it."""
    if isinstance(slots, Mapping):
        for name, slot in slots.items():
            if isinstance(name, str) and isinstance(slot, Mapping) and not name.startswith(INTERNAL):
                yield name, slot


def _heard(slot: Mapping[str, object]) -> Heard | None:
    nested = slot.get("slotValue")
    if member(nested, "type") == "List":
        values = tuple(value for item in items(nested, "values") if (value := _single(item)))
        return Heard(values[0].value, values[0].id, values) if values else None
    return _single(slot) or _single(nested)


def _single(slot: object) -> Heard | None:
    value = text(slot, "value")
    return None if value is None else Heard(value, _resolved_id(slot))


def _resolved_id(slot: object) -> str | None:
    """The id of the first match: the skill's own dynamic entities come before the model's."""
    authorities = list(items(slot, "resolutions", "resolutionsPerAuthority"))
    for authority in sorted(authorities, key=lambda each: not _is_dynamic(each)):
        # An authority that reports no match may still carry values: they are near misses, not answers.
        if member(authority, "status", "code") != MATCH:
            continue
        for value in items(authority, "values"):
            found = text(value, "value", "id")
            if found is not None:
                return found
    return None


def _is_dynamic(authority: object) -> bool:
    return DYNAMIC in (text(authority, "authority") or "")
