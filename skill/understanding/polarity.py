"""Tells whether words deny or ask, so that a denial is never likened to the wish that it denies."""

from collections.abc import Sequence

from skill.understanding.language import Language


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
