"""Tells whether words deny or ask, so that a denial is never likened to the wish that it denies."""

from collections.abc import Collection, Iterator, Mapping, Sequence

from skill.understanding.language import Language, Phrase
from skill.understanding.words import Token

_SHORT = 3
_LONG = 5
_VOWELS = frozenset("aeiouyäöü")


def denies(words: Sequence[str], language: Language) -> bool:
    """Whether an odd number of words deny: "that is not what I want" is unlike "that is what I want".

    What only says that somebody lacks or does not know something denies nothing: "I do not know my balance".
    """
    count = 0
    for place, word in enumerate(words):
        if word not in language.negations:
            continue
        following = words[place + 1] if place + 1 < len(words) else ""
        count += following not in language.lacking
    return count % 2 == 1


def asks(words: Sequence[str], language: Language) -> bool:
    """Whether the words begin like a question."""
    return bool(words) and words[0] in language.asking


def denial_slips(language: Language) -> dict[str, Phrase]:
    """What denies with a letter dropped or two swapped, and what it then means: "dn't", "do'nt", "nict"."""
    made: dict[str, Phrase] = {}
    for word, meaning in language.contractions.items():
        if language.negations.isdisjoint(meaning):
            continue
        swaps = word if "'" in word else ""
        for slip in (*_dropped(word), *_swapped(swaps)):
            if "'" in slip or _keeps_ending(slip, word):
                made.setdefault(slip.rstrip("'"), meaning)
    for word in sorted(language.negations):
        if len(word) < _SHORT:
            continue
        slips = [*(_dropped(word) if len(word) == _SHORT or len(word) >= _LONG else ()), *_swapped(word)]
        for slip in slips:
            if slip[0] == word[0] or sum(letter in _VOWELS for letter in slip) < 2:
                made.setdefault(slip, (word,))
    idle = language.function_words | language.negations | language.articles
    return {slip: words for slip, words in made.items() if slip not in idle and len(slip) > 1}


def denied_again(
    tokens: Sequence[Token], slips: Mapping[str, Phrase], known: Collection[str]
) -> list[Token] | None:
    """The tokens with what may be a misspelt denial put right; None if there is none."""
    if not any(token.text in slips and token.text not in known for token in tokens):
        return None
    made: list[Token] = []
    for token in tokens:
        meant = slips.get(token.text) if token.text not in known else None
        if meant is None:
            made.append(token)
        else:
            made.append(Token(meant[0], token.raw, token.glued, token.pause))
            made += [Token(word, "", glued=True) for word in meant[1:]]
    return made


def _dropped(word: str) -> Iterator[str]:
    return (word[:place] + word[place + 1 :] for place in range(len(word)))


def _swapped(word: str) -> Iterator[str]:
    for place in range(len(word) - 1):
        if word[place] != word[place + 1]:
            yield word[:place] + word[place + 1] + word[place] + word[place + 2 :]


def _keeps_ending(slip: str, word: str) -> bool:
    """Whether a contraction without its apostrophe is still no likely word: "dnt" and "don", not "cat"."""
    return slip[0] == word[0] and (slip.endswith("nt") or slip + "t" == word)
