"""The values that a skill adds to slot types while people talk: Dialog.UpdateDynamicEntities.

They last half an hour from the directive that brought them, also beyond the session, unless the skill clears
them; at most 100 in all, or the whole directive is dropped (Amazon: "Use Dynamic Entities for Customized
Interactions"). That they outlive the session follows from Amazon's example of a one-shot that uses what an
earlier session loaded; how an oversized directive fails there is [unverified].
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from skill.simulator.envelopes import Envelope, authority, static_resolution
from skill.understanding import ModelError, SlotFill
from skill.understanding.language import load_language
from skill.understanding.model import Value, read_values
from skill.understanding.results import MATCH, NO_MATCH
from skill.understanding.words import texts, tokenize

UPDATE = "Dialog.UpdateDynamicEntities"
MOST_VALUES = 100
LIFETIME = timedelta(minutes=30)

Types = Mapping[str, Sequence[Mapping[str, object]]]
"""Values by slot type, each as in the model: {"id", "name": {"value", "synonyms"}}."""


class DynamicEntities:
    """The dynamic values of one skill on one device."""

    def __init__(self) -> None:
        self._types: Types = {}
        self._until: datetime | None = None

    def update(self, directives: Sequence[Envelope], now: datetime) -> None:
        """Take over what the directives of a response replace or clear."""
        for directive in directives:
            if directive.get("type") == UPDATE:
                self._take(directive, now)

    def current(self, now: datetime) -> Types:
        """What counts now, by slot type."""
        return self._types if self._until is not None and now < self._until else {}

    def _take(self, directive: Envelope, now: datetime) -> None:
        if directive.get("updateBehavior") == "CLEAR":
            self._types, self._until = {}, None
            return
        types = _readable(directive.get("types"))
        if types is not None and sum(len(values) for values in types.values()) <= MOST_VALUES:
            self._types, self._until = types, now + LIFETIME


def _readable(types: object) -> Types | None:
    """The values by type; None for a shape that Amazon would refuse."""
    found: dict[str, Sequence[Mapping[str, object]]] = {}
    for one in types if isinstance(types, list) else [None]:
        match one:
            case {"name": str(name), "values": list(values)}:
                found[name] = values
            case _:
                return None
    try:
        for name, added in found.items():
            read_values(added, name)
    except ModelError:
        return None
    return found


class Listed:
    """The values of a slot type by their names and synonyms; the index is made when first asked."""

    def __init__(self, values: Sequence[Value], language: str) -> None:
        self._values = values
        self._words = load_language(language)
        self._index: dict[tuple[str, ...], Value] | None = None

    def holds(self, fill: SlotFill) -> bool:
        """Whether the value that was heard was resolved to one of these."""
        return any((value.name, value.id) == (fill.resolved, fill.id) for value in self._values)

    def find(self, said: str) -> Value | None:
        """The value that is called so; a name wins over a synonym."""
        if self._index is None:
            self._index = {}
            for value in self._values:
                self._index.setdefault(self._normal(value.name), value)
            for value in self._values:
                for synonym in value.synonyms:
                    self._index.setdefault(self._normal(synonym), value)
        return self._index.get(self._normal(said))

    def _normal(self, text: str) -> tuple[str, ...]:
        return texts(tokenize(text, self._words))


def resolutions(fill: SlotFill, added: Listed | None, known: Listed | None, skill_id: str) -> list[Envelope]:
    """The authorities' entries for a value: the dynamic one first, then the model's own.

    `added` are the dynamic values of the slot's type, `known` those that the model lists. A value without a
    status was not heard but set by the skill, and is looked up. Which authority comes first on the wire is
    [unverified]; skills are told to look for ".dynamic.".
    """
    entries = []
    if added is not None:
        entries.append(_entry(f"dynamic.{skill_id}.{fill.type}", _found(fill, added)))
    if known is not None and (added is not None or not fill.status):
        entries.append(_entry(f"{skill_id}.{fill.type}", _found(fill, known)))
        return entries
    return [*entries, *static_resolution(fill, skill_id)]


def _found(fill: SlotFill, listed: Listed) -> Value | None:
    """The value that was heard: the one it was resolved to, or one that is called what was said."""
    if fill.resolved is not None and listed.holds(fill):
        return Value(fill.id, fill.resolved, ())
    return listed.find(fill.value)


def _entry(name: str, found: Value | None) -> Envelope:
    if found is None:
        return authority(name, NO_MATCH, None)
    return authority(name, MATCH, (found.name, found.id))
