"""Takes "alexa, ask corner shop to ..." off a sentence, as the device does before the skill hears it."""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Literal

from rapidfuzz import fuzz

from skill.understanding.language import load_language, read_table
from skill.understanding.words import MAX_CHARACTERS

Kind = Literal["open", "ask", "none"]
"""The skill was opened without a request, asked something, or not named at all."""

NAME_LIKENESS = 84
"""Least likeness (0 to 100) of what was said to the invocation name: a letter or two may be misheard."""

_WORD = re.compile(r"[^\W_]+")

Phrases = Sequence[tuple[str, ...]]


def strip_invocation(sentence: str, invocation_name: str, language: str = "en") -> tuple[Kind, str]:
    """(kind, rest of the sentence as said); without an invocation only a wake word is taken off.

    Raises UnknownLanguageError for what is no code of a language.
    """
    said = _Said(sentence[:MAX_CHARACTERS], invocation_name, _phrases(load_language(language).code))
    start = said.skip(0, "wake")
    begin = said.skip(start, "polite")
    for verbs in ("ask", "open"):
        behind_verb = said.skip(begin, verbs)
        behind = said.name_at(behind_verb) if behind_verb > begin else None
        if behind is not None:
            return said.request(behind)
    behind = said.name_at(begin)
    if behind is not None:
        return said.request(behind)
    end = said.before_suffix(begin)
    if end is not None:
        return "ask", said.text(start, end)
    return "none", said.text(start, said.count) if start else sentence


@lru_cache(maxsize=16)
def _phrases(code: str) -> Mapping[str, Phrases]:
    raw = read_table("language", code)["invocation"]
    return {
        key: sorted((tuple(text.split()) for text in own), key=len, reverse=True) for key, own in raw.items()
    }


class _Said:
    """A sentence as words that remember where they stood."""

    def __init__(self, sentence: str, name: str, phrases: Mapping[str, Phrases]) -> None:
        self._sentence = sentence
        self._found = list(_WORD.finditer(sentence))
        self._words = [match.group().lower() for match in self._found]
        self._name = "".join(_WORD.findall(name.lower()))
        self._length = len(_WORD.findall(name))
        self._phrases = phrases
        self.count = len(self._words)

    def skip(self, place: int, key: str) -> int:
        """The place behind the longest phrase of a kind that stands here."""
        for words in self._phrases[key]:
            if tuple(self._words[place : place + len(words)]) == words:
                return place + len(words)
        return place

    def name_at(self, place: int) -> int | None:
        """The place behind the invocation name, if it (or something very like it) stands here."""
        start = self.skip(place, "articles")
        ends = range(start + 1, min(self.count, start + self._length + 1) + 1)
        best = max(ends, key=lambda end: self._likeness(start, end), default=start)
        return self.skip(best, "after_name") if self._likeness(start, best) >= NAME_LIKENESS else None

    def _likeness(self, start: int, end: int) -> float:
        """How like the invocation name these words are, however they are spaced."""
        return fuzz.ratio("".join(self._words[start:end]), self._name) if self._name and start < end else 0.0

    def request(self, place: int) -> tuple[Kind, str]:
        """What follows the name: nothing but politeness opens the skill."""
        if self.skip(place, "polite_end") == self.count:
            return "open", ""
        behind = self.skip(place, "connectors")
        if behind == self.count:
            return "open", ""
        return "ask", self.text(behind, self.count)

    def before_suffix(self, begin: int) -> int | None:
        """Where "... from corner shop" begins at the end of the sentence, if something stands before it."""
        last = self.count
        while last > begin and self._words[last - 1] in {w for p in self._phrases["polite_end"] for w in p}:
            last -= 1
        for place in range(max(begin + 1, last - self._length - 4), last):
            behind = self.skip(place, "suffix")
            if behind > place and self.name_at(behind) == last:
                return place
        return None

    def text(self, start: int, end: int) -> str:
        """The sentence from one word to another, as it was said."""
        if start >= end:
            return ""
        behind = self._found[end].start() if end < self.count else len(self._sentence)
        return self._sentence[self._found[start].start() : behind].strip(" ,:;")
