"""The ways a query may be understood: as heard, compounds joined or split, and other names of a thing."""

from collections.abc import Iterator
from dataclasses import dataclass

from skill.catalog.coverage import Reading, Unit
from skill.catalog.name_index import SMALL_WEIGHT, NameIndex
from skill.catalog.spoken_names import FILLERS, SMALL_WORDS, words
from skill.catalog.synonyms import Phrase, Synonyms

_SYNONYM = 0.9
_FILLER_WEIGHT = 0.06
_MOST_READINGS = 8
_SHORTEST_JOINED = 6


@dataclass(frozen=True, slots=True)
class _Rewrite:
    """Words start to stop of a query written otherwise, at a likeness of 0 to 1."""

    start: int
    stop: int
    phrase: Phrase
    likeness: float


class Reader:
    """Reads queries against one index with one table of synonyms."""

    def __init__(self, index: NameIndex, synonyms: Synonyms) -> None:
        self._index = index
        self._synonyms = synonyms

    def readings(self, query: str) -> list[Reading]:
        """The query as heard first, then rewritten; none for a query without words."""
        heard = words(query)
        if not heard:
            return []
        units = [self._unit(word) for word in heard]
        rewrites = list(self._rewrites(heard))
        ways = [[rewrite] for rewrite in rewrites]
        together = _not_overlapping(rewrites)
        if len(together) > 1:
            ways.insert(0, together)
        return [Reading(units), *(self._rewritten(units, way) for way in ways[: _MOST_READINGS - 1])]

    def _unit(self, word: str, likeness: float = 1.0) -> Unit:
        known = self._index.vocabulary
        alike = {number: share * likeness for number, share in known.like(word)}
        for phrase in self._synonyms.of((word,)):
            number = known.ids.get(phrase[0]) if len(phrase) == 1 else None
            if number is not None:
                alike[number] = max(_SYNONYM * likeness, alike.get(number, 0.0))
        return Unit(word, alike, self._weight(word, alike), word in SMALL_WORDS)

    def _weight(self, word: str, alike: dict[int, float]) -> float:
        """What a spoken word weighs; one that is like nothing printed weighs most, as it is then amiss."""
        if word in SMALL_WORDS:
            return _FILLER_WEIGHT if word in FILLERS else SMALL_WEIGHT
        weights = self._index.weights
        exact = self._index.vocabulary.ids.get(word)
        if exact is not None:
            return weights[exact]
        return max((weights[number] * share for number, share in alike.items()), default=1.0)

    def _rewrites(self, heard: list[str]) -> Iterator[_Rewrite]:
        for start in range(len(heard)):
            yield from self._compounds(heard, start)
            for stop in range(start + 1, min(start + self._synonyms.longest, len(heard)) + 1):
                yield from (
                    _Rewrite(start, stop, phrase, _SYNONYM)
                    for phrase in self._synonyms.of(tuple(heard[start:stop]))
                    if len(phrase) + stop - start > 2 and all(map(self._printed_somehow, phrase))
                )

    def _printed_somehow(self, word: str) -> bool:
        """Whether some name holds the word or another single word for it."""
        return self._index.knows((word,)) or any(
            len(other) == 1 and self._index.knows(other) for other in self._synonyms.of((word,))
        )

    def _compounds(self, heard: list[str], start: int) -> Iterator[_Rewrite]:
        """ "spaceboy" as "space boy" and the other way round; a misspelled part may still be joined."""
        split = self._index.split(heard[start])
        if split:
            yield _Rewrite(start, start + 1, split, 1.0)
        both = tuple(heard[start : start + 2])
        joined = "".join(both)
        misspelled = len(joined) >= _SHORTEST_JOINED and not self._index.knows(both)
        if len(both) == 2 and (misspelled or self._index.knows((joined,))):
            yield _Rewrite(start, start + 2, (joined,), 1.0)

    def _rewritten(self, units: list[Unit], rewrites: list[_Rewrite]) -> Reading:
        result: list[Unit] = []
        new: set[int] = set()
        position = 0
        for rewrite in rewrites:
            written = [self._unit(word, rewrite.likeness) for word in rewrite.phrase]
            new.update(*(unit.likeness for unit in written))
            result += [*units[position : rewrite.start], *written]
            position = rewrite.stop
        return Reading(result + units[position:], new)


def _not_overlapping(rewrites: list[_Rewrite]) -> list[_Rewrite]:
    """The first rewrites, in the order of the query, that can stand together."""
    chosen: list[_Rewrite] = []
    for rewrite in rewrites:
        if not chosen or rewrite.start >= chosen[-1].stop:
            chosen.append(rewrite)
    return chosen
