"""Reads quantities and several things out of the words of a product slot."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from skill.conversation.errors import SpokenError
from skill.conversation.turn import Turn
from skill.orders.rules import MAX_SPOKEN_QUANTITY
from skill.understanding.language import load_language
from skill.understanding.numbers import numbers_at
from skill.understanding.wire import parse_number
from skill.understanding.words import spoken, tokenize

LONGEST_WORDS = 100
"""More words than any name has; what is longer is cut before it is looked up or said again."""
FILLERS = {
    "en": (
        "pack of ",
        "packs of ",
        "box of ",
        "boxes of ",
        "bottle of ",
        "bottles of ",
        "bag of ",
        "bags of ",
        "can of ",
        "cans of ",
        "carton of ",
        "cartons of ",
        "of ",
        "some ",
        "more ",
        "the ",
        "my ",
        "our ",
    ),
    "de": (
        "packung ",
        "packungen ",
        "paket ",
        "pakete ",
        "päckchen ",
        "flasche ",
        "flaschen ",
        "dose ",
        "dosen ",
        "tüte ",
        "tüten ",
        "mal ",
        "etwas ",
        "mehr ",
        "den ",
        "die ",
        "das ",
        "meine ",
        "unsere ",
    ),
}


@dataclass(frozen=True)
class Wanted:
    """Something asked for in the shopper's words; `quantity` None when no number was said."""

    words: str
    quantity: int | None = None


def wanted(turn: Turn, slot: str, quantity_slot: str) -> list[Wanted]:
    """What `slot` asks for: each value of it, with the number in `quantity_slot` for the first.

    Raises SpokenError for a quantity below one or above what a voice order may hold.
    """
    found = [_read(heard.value, turn.language) for heard in turn.all_heard(slot)]
    said = turn.heard(quantity_slot)
    if found and said is not None:
        found[0] = Wanted(found[0].words, _number(said))
    for one in found:
        _check(one.quantity)
    return [Wanted(one.words[:LONGEST_WORDS], one.quantity) for one in found if one.words]


def _number(said: str) -> int | None:
    try:
        return int(parse_number(said))
    except ValueError:
        # Digits beyond what a number on the wire may have are a quantity, and too many; "?" is none at all.
        return MAX_SPOKEN_QUANTITY + 1 if said.isdigit() else None


def _check(quantity: int | None) -> None:
    if quantity is not None and quantity < 1:
        raise SpokenError("Error.quantity_too_small")
    if quantity is not None and quantity > MAX_SPOKEN_QUANTITY:
        raise SpokenError("Error.quantity_too_large", {"most": MAX_SPOKEN_QUANTITY})


def _read(value: str, language: str) -> Wanted:
    known = load_language(language)
    tokens = tokenize(value, known)
    readings = [(end, number) for end, number in numbers_at(tokens, 0, known) if end < len(tokens)]
    if not readings:
        return Wanted(_without_filler(value.strip(), language))
    end, number = max(readings)
    return Wanted(_without_filler(spoken(tokens[end:]), language), _number(number))


def _without_filler(words: str, language: str) -> str:
    for filler in FILLERS.get(language, ()):
        if words.casefold().startswith(filler):
            return _without_filler(words[len(filler) :], language)
    return words


def as_json(things: Sequence[Wanted]) -> list[list[object]]:
    """For the session of a conversation: [[words, quantity or null], ...]."""
    return [[one.words, one.quantity] for one in things]


def from_json(things: object) -> list[Wanted]:
    """The inverse of `as_json`; anything unexpected is left out."""
    found = []
    for one in things if isinstance(things, Sequence) else ():
        match one:
            case [str(words), int() | None as quantity]:
                found.append(Wanted(words, quantity))
    return found


def from_mapping(choice: Mapping[str, object] | None, key: str) -> list[Wanted]:
    """The things that a session's choice keeps under `key`."""
    return from_json((choice or {}).get(key, []))
