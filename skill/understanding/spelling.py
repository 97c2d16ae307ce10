"""Finds known words within one slip of the finger or the ear."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace

from rapidfuzz import process
from rapidfuzz.distance import OSA

from skill.understanding.language import Language
from skill.understanding.words import Token, canonical

SLIP_COST = 1.0
FAR_SLIP_COST = 1.5
"""Two slips in a long word."""

_LONG = 8
_MOST = 5
_REMEMBERED = 4096
_MIN_VALUE_LENGTH = 4
_MIN_SWAP_LENGTH = 6


class Speller:
    """An index of words by what is left when one letter is dropped, so that a look-up needs no scan."""

    def __init__(
        self, words: Iterable[str], pairs: Iterable[tuple[str, str]], parsed: Iterable[str] = ()
    ) -> None:
        self._parsed = frozenset(parsed)
        self.known = frozenset(words) | self._parsed
        usable = sorted(word for word in self.known if len(word) > 1 and not word[0].isdigit())
        self._by_rest: dict[str, list[str]] = defaultdict(list)
        for word in usable:
            for rest in _rests(word):
                self._by_rest[rest].append(word)
        self._long: dict[tuple[str, int], list[str]] = defaultdict(list)
        for word in usable:
            if len(word) >= _LONG:
                self._long[word[0], len(word)].append(word)
        self._found: dict[str, list[tuple[str, float]]] = {}
        self._pairs = {left + right: (left, right) for left, right in sorted(set(pairs), reverse=True)}

    def near(self, word: str) -> list[tuple[str, float]]:
        """Known words near one, remembered for the words said last; see `_near`."""
        found = self._found.get(word)
        if found is None:
            if len(self._found) >= _REMEMBERED:
                self._found.clear()
            found = self._found[word] = self._near(word)
        return found

    def _near(self, word: str) -> list[tuple[str, float]]:
        """Known words at a distance of one letter (or two neighbours swapped), two for long unknown words
        of the same first letter.

        A known word has neighbours only from three letters up and none by another first letter, so that "do"
        never becomes "no", nor "let" "get".
        """
        if word[0].isdigit() or (word in self.known and len(word) < 3):
            return []
        shortest = 3 if len(word) > 1 else 2
        rests = dict.fromkeys(near for rest in _rests(word) for near in self._by_rest.get(rest, ()))
        close = [
            near for near in rests if near != word and len(near) >= shortest and OSA.distance(near, word) == 1
        ]
        close.sort()
        if word in self.known:
            close = [near for near in close if near[0] == word[0] or len(near) != len(word)]
        if close or len(word) < _LONG or word in self.known:
            return [(near, SLIP_COST) for near in close[:_MOST]]
        sizes = range(len(word) - 2, len(word) + 3)
        alike = [near for size in sizes for near in self._long.get((word[0], size), ())]
        far = process.extract(word, alike, scorer=OSA.distance, score_cutoff=2, limit=_MOST)
        return [(near, FAR_SLIP_COST) for near, _, _ in far]

    def parsed(self, token: Token, language: Language) -> Token:
        """The token, or the one number, date or unit word it is a slip of."""
        if token.text in self.known or not token.raw:
            return token
        near = [word for word, _ in self.near(token.text) if word in self._parsed]
        return replace(token, text=canonical(near[0], language)) if len(near) == 1 else token

    def respaced(self, tokens: Sequence[Token]) -> list[Token]:
        """The tokens with "tummytime" cut in two and "re order" joined, where that gives known words."""
        made: list[Token] = []
        for token in tokens:
            cut = self._pairs.get(token.text) if token.text not in self.known else None
            if cut:
                made += [Token(cut[0], token.raw, token.glued, token.pause), Token(cut[1], "", glued=True)]
            elif made and made[-1].text + token.text in self.known and not token.text[0].isdigit():
                left = made.pop()
                gap = "" if token.glued else " "
                text = left.text + token.text
                made.append(Token(text, left.raw + gap + token.raw, left.glued, left.pause))
            else:
                made.append(token)
        return made


def fits_value(said: str, meant: str) -> bool:
    """Whether a slip may turn what was said into a word of a slot value, where a guess must be safer."""
    if said[0] != meant[0] or len(meant) < _MIN_VALUE_LENGTH:
        return False
    return len(said) != len(meant) or len(meant) >= _MIN_SWAP_LENGTH


def _rests(word: str) -> set[str]:
    return {word, *(word[:k] + word[k + 1 :] for k in range(len(word)))}
