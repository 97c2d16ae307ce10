"""What else a thing is called: the built-in English table, or a merchant's own."""

import tomllib
from collections.abc import Mapping, Sequence
from importlib import resources
from itertools import permutations

from skill.catalog.spoken_names import words

Phrase = tuple[str, ...]


class Synonyms:
    """Phrases that stand for one another, as plain words (see `spoken_names.words`)."""

    def __init__(self, groups: Mapping[str, Sequence[str]] | Sequence[tuple[str, Sequence[str]]]) -> None:
        """Each group is a word or phrase with alternatives for it; every one stands for every other."""
        self._others: dict[Phrase, dict[Phrase, None]] = {}
        for canonical, alternatives in groups.items() if isinstance(groups, Mapping) else groups:
            phrases = dict.fromkeys(tuple(words(phrase)) for phrase in (canonical, *alternatives))
            for one, other in permutations(filter(None, phrases), 2):
                self._others.setdefault(one, {})[other] = None
        self.longest = max(map(len, self._others), default=0)
        """Words of the longest phrase."""

    def of(self, phrase: Phrase) -> tuple[Phrase, ...]:
        """The other phrases for this one, in the order of the table."""
        return tuple(self._others.get(phrase, ()))


def built_in_groups() -> list[tuple[str, list[str]]]:
    """The general English table that comes with the package (synonyms.toml), group by group."""
    text = resources.files("skill.catalog").joinpath("synonyms.toml").read_text("utf-8")
    return [group for section in tomllib.loads(text).values() for group in section.items()]


def built_in_synonyms() -> Synonyms:
    """The general English table, ready for use."""
    return Synonyms(built_in_groups())
