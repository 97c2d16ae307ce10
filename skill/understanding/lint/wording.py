"""Splits samples and values into the words that are compared: as understanding hears them, where it can."""

from skill.understanding.language import UnknownLanguageError, load_language
from skill.understanding.model import split_sample
from skill.understanding.words import phrase

Words = tuple[str, ...]


def words_of(text: str, language: str) -> Words:
    """The words of a text; where no language is named, simply what stands between spaces."""
    if is_known(language):
        return phrase(text, language)
    return tuple(text.casefold().split())


def is_known(language: str) -> bool:
    """Whether the code is one of a language."""
    try:
        load_language(language)
    except UnknownLanguageError:
        return False
    return True


def pieces_of(sample: str, types: dict[str, str], language: str) -> Words:
    """The words of a sample, each slot as its type in braces: what tells two samples apart."""
    pieces: list[str] = []
    for text, is_slot in split_sample(sample):
        pieces += [f"{{{types.get(text, text)}}}"] if is_slot else words_of(text, language)
    return tuple(pieces)
