"""Decides word for word whether a sentence is a yes, a no or mere hesitation, since purchases hang on it."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from rapidfuzz.distance import OSA

from skill.understanding.language import Language, Phrase
from skill.understanding.words import texts, tokenize

_SHORTEST_SLIP = 4
_LONGEST_SLIP = 8
"""A sentence of more words is not looked through for slips."""

_DRAWN_OUT = re.compile(r"(.)\1{2,}")
_SAFE_SLIP = 6
"""From so many letters on a changed or added letter hardly makes another word ("fine", "wine")."""


@dataclass(frozen=True)
class AssentWords:
    """What is shipped for a language; see the comments in phrases_en.toml for what each list holds.

    `yes` and `no` are whole phrases (a model's own among them), `orders` all combinations of verb, object
    and ending.
    """

    yes: frozenset[Phrase]
    no: frozenset[Phrase]
    clear: frozenset[Phrase]
    agreeing: frozenset[Phrase]
    behind: frozenset[Phrase]
    particles: frozenset[Phrase]
    orders: frozenset[Phrase]
    idle: frozenset[Phrase]


def assent_words(
    raw: Mapping[str, Sequence[str]], yes: Iterable[Phrase], no: Iterable[Phrase], language: Language
) -> AssentWords:
    """The lists of one language in normal form, with the orders combined."""
    lists = {key: raw[key] for key in ("clear", "agreeing", "behind", "particles", "orders")}
    lists["idle"] = [*raw["idle"], *language.fillers]
    made = {key: frozenset(_normal(text, language) for text in own) for key, own in lists.items()}
    parts = ([_normal(text, language) for text in raw[key]] for key in ("verbs", "objects", "endings"))
    made["orders"] |= {(*verb, *thing, *end) for verb, thing, end in product(*parts)}
    return AssentWords(yes=frozenset(yes), no=frozenset(no), **made)


def _normal(text: str, language: Language) -> Phrase:
    return texts(tokenize(text, language, polite=True))


class Assent:
    """The judge of short answers; `known` are the words of the model, which are never slips of a yes."""

    def __init__(self, words: AssentWords, known: frozenset[str]) -> None:
        self._words = words
        self._known = known
        self._heads = words.clear | words.agreeing
        self._openings = self._heads | words.particles | words.behind
        spelt = {word for own in (self._heads, words.yes) for said in own for word in said}
        self._spelt = sorted(word for word in spelt if len(word) >= _SHORTEST_SLIP)

    def is_yes(self, said: Phrase, *, asked: bool) -> bool:
        """Whether these words are assent and nothing else; `asked` also takes "order it" for one."""
        if said in self._words.idle:
            return False
        return any(self._agrees(words, asked=asked) for words in (said, *self._respelled(said)))

    def is_no(self, said: Phrase) -> bool:
        """Whether these words are a refusal, whatever agreed before: "yeah no", "oh no thanks"."""
        return any(is_chain(said[place:], self._words.no) for place in _reach(said, {0}, self._openings))

    def opens_no(self, said: Phrase) -> bool:
        """Whether the sentence begins with a refusal and goes on: to refuse is harmless."""
        return any(said[:count] in self._words.no for count in (2, 1))

    def clear_words(self, said: Phrase) -> int:
        """How many words at the beginning can only mean yes."""
        return next((count for count in (2, 1) if said[:count] in self._words.clear), 0)

    def is_idle(self, said: Phrase) -> bool:
        """Whether the words only hesitate, greet or put off, with or without a yes: "okay wait"."""
        idle = self._words.idle
        before = _reach(said, {0}, self._openings | idle)
        stops = {
            end for start in before for end in range(start + 1, len(said) + 1) if said[start:end] in idle
        }
        return len(said) in _reach(said, stops, self._openings | idle)

    def _agrees(self, said: Phrase, *, asked: bool) -> bool:
        words = self._words
        heads = self._heads | words.orders if asked else self._heads
        begin = _reach(said, {0}, words.particles | words.behind)
        headed = {
            end for start in begin for end in range(start + 1, len(said) + 1) if said[start:end] in heads
        }
        headed = _reach(said, headed, heads | words.behind | words.orders) if headed else headed
        return len(said) in headed or any(said[place:] in words.yes for place in begin | headed)

    def _respelled(self, said: Phrase) -> list[Phrase]:
        """The words without drawn-out letters ("yesss"), and with one of them put right that nobody knows."""
        if len(said) > _LONGEST_SLIP:
            return []
        drawn = tuple(word if word in self._known else _DRAWN_OUT.sub(r"\1", word) for word in said)
        return [
            drawn,
            *(
                (*said[:place], meant, *said[place + 1 :])
                for place, word in enumerate(said)
                if len(word) >= _SHORTEST_SLIP and word not in self._known
                for meant in self._spelt
                if _is_slip(word, meant)
            ),
        ]


def _is_slip(said: str, meant: str) -> bool:
    """A letter dropped or two swapped; in a long word also one changed or added."""
    if said[0] != meant[0] or OSA.distance(said, meant, score_cutoff=1) != 1:
        return False
    return len(meant) >= _SAFE_SLIP or len(said) < len(meant) or sorted(said) == sorted(meant)


def _reach(said: Phrase, starts: Iterable[int], phrases: frozenset[Phrase]) -> set[int]:
    """The places where a chain of phrases may end that begins at one of the starts, these included."""
    reached = set(starts)
    for start in range(len(said)):
        if start in reached:
            reached |= {end for end in range(start + 1, len(said) + 1) if said[start:end] in phrases}
    return reached


def is_chain(said: Phrase, phrases: frozenset[Phrase]) -> bool:
    """Whether the words are nothing but phrases of one list."""
    return bool(said) and len(said) in _reach(said, {0}, phrases)
