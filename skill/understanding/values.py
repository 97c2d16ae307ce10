"""Finds the listed values of a slot type inside a sentence."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from skill.understanding.language import Phrase
from skill.understanding.model import Value
from skill.understanding.words import phrase

Forms = Sequence[Sequence[tuple[str, float]]]
"""For every token the words it may stand for, each with its cost (0 as said, more for a spelling slip)."""


@dataclass
class _Node:
    below: dict[str, "_Node"] = field(default_factory=dict)
    values: list[Value] = field(default_factory=list)


@dataclass(frozen=True)
class Listed:
    """A listed value found from a start to `end` (exclusive), with the cost of its spelling slips."""

    end: int
    value: Value
    cost: float


class ValueIndex:
    """A trie over the names and synonyms of a type's values; a value so called wins over a synonym.

    `names` are the words of each value's name, `words` the words of all names and synonyms, `whole_words`
    those that are a name or synonym by themselves.
    """

    def __init__(self, values: Iterable[Value], language_code: str) -> None:
        self._root = _Node()
        self.words: set[str] = set()
        self.whole_words: set[str] = set()
        self.names: list[Phrase] = []
        listed = list(values)
        for value in listed:
            words = phrase(value.name, language_code)
            self.names += [words] if words else []
            self._add(words, value)
        for value in listed:
            for synonym in value.synonyms:
                self._add(phrase(synonym, language_code), value)

    def _add(self, words: Phrase, value: Value) -> None:
        if not words:
            return
        node = self._root
        for word in words:
            node = node.below.setdefault(word, _Node())
        node.values.append(value)
        self.words.update(words)
        if len(words) == 1:
            self.whole_words.update(words)

    def at(self, forms: Forms, start: int) -> dict[int, Listed]:
        """The cheapest value for every place where one that begins at `start` ends."""
        found: dict[int, Listed] = {}
        for listed in self._walk(self._root, forms, start, 0.0):
            if listed.end not in found or listed.cost < found[listed.end].cost:
                found[listed.end] = listed
        return found

    def _walk(self, node: _Node, forms: Forms, place: int, cost: float) -> Iterator[Listed]:
        if node.values:
            yield Listed(place, node.values[0], cost)
        if place == len(forms):
            return
        for word, extra in forms[place]:
            below = node.below.get(word)
            if below is not None:
                yield from self._walk(below, forms, place + 1, cost + extra)
