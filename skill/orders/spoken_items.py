"""Reads quantities and several things out of the words of a product slot."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from skill.conversation.errors import SpokenError
from skill.conversation.turn import Turn
from skill.orders.rules import MAX_SPOKEN_QUANTITY
from skill.understanding.language import load_language
from skill.understanding.numbers import numbers_at
from skill.understanding.wire import parse_number
from skill.understanding.words import canonical, spoken, tokenize

LONGEST_WORDS = 100
"""More words than any name has; what is longer is cut before it is looked up or said again."""
CONTAINERS = {
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
        "jar of ",
        "jars of ",
    ),
    "de": (
        "pack ",
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
    ),
}
"""What things are sold in; a number before it counts packs. A roll or an egg is a piece."""
FILLERS = {
    "en": (
        *CONTAINERS["en"],
        *("roll of ", "rolls of ", "of ", "some ", "few ", "couple of ", "more ", "the ", "my ", "our "),
    ),
    "de": (*CONTAINERS["de"], "mal ", "etwas ", "mehr ", "den ", "die ", "das ", "meine ", "unsere "),
}
PARTS = {
    "en": re.compile(r"\band a half\b|^half (a|an) (pack|box|bottle|bag|can|carton|jar)\b"),
    "de": re.compile(r"\w*(ein|andert)halb\b|^(ein )?halbe[sn]? (pack|paket|flasche|dose|tüte|kiste|karton)"),
}
"""Parts of a pack, which no shop sells."""
UNCOUNTED = {
    "en": re.compile(
        r"^(umpteen|(a )?(zillion|gazillion|bazillion|jillion)s?|(a ton|tons|loads|heaps|oodles) of)\b"
    ),
    "de": re.compile(r"^(zig|x|unmengen|massenweise|haufenweise|tonnenweise|jede menge|(einen )?haufen)\b"),
}
"""Quantities that are no number."""
NO_NUMBER = "?"
"""What a wire sends for a number that was not understood."""
ARTICLES = {"en": ("a ", "an ", "another ", "one more "), "de": ("noch ein ", "noch eine ", "noch einen ")}
"""Words that mean just one, where a language does not count them among its numbers."""
SEVERAL = {
    "en": ("a few ", "a couple of ", "a lot of ", "a bit of ", "a little "),
    "de": ("ein paar ", "ein wenig "),
}
"""Words that begin like an article and name no number."""
PACK_WORDS = {"en": ("pack", "count", "ct"), "de": ()}
PERCENT = re.compile(r"\s*\S+\s*(%|percent\b|prozent\b)", re.IGNORECASE)
GERMAN_PACK = re.compile(
    r"(?:ein\w*\s+)?(\d+|[a-zäöüß]{3,}?)-?er[ -]?(?:pack\w*|paket)\s+(.+)", re.IGNORECASE
)


@dataclass(frozen=True)
class Wanted:
    """Something asked for in the shopper's words.

    `quantity` is None when no number was said; `pack` is the number of pieces in "a 12 pack of ...";
    `in_packs` tells that packs were counted, as in "12 packs of ...", and no pieces.
    """

    words: str
    quantity: int | None = None
    pack: int | None = None
    in_packs: bool = False


def wanted(turn: Turn, slot: str, quantity_slot: str, single_slot: str | None = None) -> list[Wanted]:
    """What `slot` asks for: each value of it, with the number in `quantity_slot` for the first.

    A word in `single_slot` ("a pack of") means one. Raises SpokenError for a quantity below one or above
    what a voice order may hold.
    """
    said = turn.heard(quantity_slot)
    values = [heard.value for heard in turn.all_heard(slot)]
    single = turn.slots.get(single_slot) if single_slot else None
    if single is not None and single.value.strip() and said is None and values:
        whole = f"{single.value} {values[0]}"
        if single.id is not None and _starting(whole, SEVERAL, turn.language) is None:
            said = "1"
        else:  # no word for one of something, so it belongs to the product: "size 5", "a few"
            values[0] = whole
    if values:
        _check_words(said, values[0], turn.language)
    found = [read(value, turn.language, None if place else said) for place, value in enumerate(values)]
    for one in found:
        check(one.quantity)
    return [replace(one, words=one.words[:LONGEST_WORDS]) for one in found if _is_thing(one, turn.language)]


def _check_words(number: str | None, words: str, language: str) -> None:
    """Raises SpokenError for a quantity that is no whole number, as "umpteen" or "one and a half"."""
    patterns = [table[language] for table in (PARTS, UNCOUNTED) if language in table]
    if _is_part(number) or any(pattern.search(words.strip().casefold()) for pattern in patterns):
        raise SpokenError("Error.quantity_unclear")


def _is_part(number: str | None) -> bool:
    """Whether a wire's number is none that was understood, or not whole."""
    if number is None or number.isdecimal():
        return False
    try:
        return number == NO_NUMBER or parse_number(number) % 1 != 0
    except ValueError:
        return False


def _is_thing(one: Wanted, language: str) -> bool:
    """Not a word for a pack that was parted from what is in it."""
    return bool(one.words) and f"{one.words.casefold()} " not in FILLERS.get(language, ())


def _number(said: str) -> int | None:
    try:
        return int(parse_number(said))
    except ValueError:
        # Digits beyond what a number on the wire may have are a quantity, and too many; "?" is none at all.
        return MAX_SPOKEN_QUANTITY + 1 if said.isdigit() else None


def spoken_number(turn: Turn, slot: str) -> int | None:
    """The quantity in `slot`, checked as `check` does; None when no whole number was heard."""
    said = turn.heard(slot)
    number = None if said is None else _number(said)
    check(number)
    return number


def check(quantity: int | None) -> None:
    """Raises SpokenError for a quantity below one or above what a voice order may hold."""
    if quantity is not None and quantity < 1:
        raise SpokenError("Error.quantity_too_small")
    if quantity is not None and quantity > MAX_SPOKEN_QUANTITY:
        raise SpokenError("Error.quantity_too_large", {"most": MAX_SPOKEN_QUANTITY})


def read(value: str, language: str, said: str | None = None) -> Wanted:
    """One thing from the words of a slot and the number `said` in the slot before it, if any.

    A number that belongs to the product is no quantity: "2 percent milk", "12 pack of toilet paper".
    """
    whole = f"{said} {value}" if said else value.strip()
    if PERCENT.match(value) or PERCENT.match(whole):
        number = _number(said) if said and PERCENT.match(value) else None
        return Wanted(_without_filler(value if number else whole, language), number)
    pack = _pack(whole, language) or _pack(value, language)
    if pack is not None:
        return pack
    one = _counted(value, language)
    if said is None:
        return one
    return replace(
        one, quantity=_number(said), in_packs=_starting(value.strip(), CONTAINERS, language) is not None
    )


def number_alone(value: str, language: str) -> int | None:
    """The whole number that these words are and nothing else; checked as `check` does."""
    tokens = tokenize(value, load_language(language))
    number = int(tokens[0].text) if len(tokens) == 1 and tokens[0].text.isdecimal() else None
    check(number)
    return number


def _pack(text: str, language: str) -> Wanted | None:
    """ "A 12 pack of toilet paper" or "ein 12er-Pack Toilettenpapier": one pack of so many pieces."""
    known = load_language(language)
    german = GERMAN_PACK.match(text) if language == "de" else None
    if german:
        pieces = canonical(german[1].casefold(), known)
        return Wanted(german[2], 1, int(pieces)) if pieces.isdigit() else None
    tokens = tokenize(text, known)
    if tokens and tokens[0].text in ("a", "an", "1"):
        tokens = tokens[1:]
    texts = [token.text for token in tokens[:2]]
    if len(tokens) < 3 or not texts[0].isdigit() or texts[1] not in PACK_WORDS.get(language, ()):
        return None
    return Wanted(_without_filler(spoken(tokens[2:]), language), 1, int(texts[0]))


def _counted(value: str, language: str) -> Wanted:
    known = load_language(language)
    plain = value.strip()
    if (several := _starting(plain, SEVERAL, language)) is not None:
        return Wanted(_without_filler(several, language))
    tokens = tokenize(plain, known)
    readings = [(end, number) for end, number in numbers_at(tokens, 0, known) if end < len(tokens)]
    if readings:
        end, number = max(readings)
        counted = spoken(tokens[end:])
        in_packs = _starting(counted, CONTAINERS, language) is not None
        return Wanted(_without_filler(counted, language), _number(number), in_packs=in_packs)
    if (rest := _starting(plain, ARTICLES, language)) is not None:
        return Wanted(_without_filler(rest, language), 1)
    return Wanted(_without_filler(plain, language))


def _starting(words: str, starts: Mapping[str, Sequence[str]], language: str) -> str | None:
    """The words behind the first of `starts` that they begin with; None when with none."""
    return next(
        (words[len(each) :] for each in starts.get(language, ()) if words.casefold().startswith(each)), None
    )


def _without_filler(words: str, language: str) -> str:
    rest = _starting(words, FILLERS, language)
    return words.strip() if rest is None else _without_filler(rest, language)


def as_json(things: Sequence[Wanted]) -> list[list[object]]:
    """For the session of a conversation: [[words, quantity or null, pieces in a pack or null, whether packs
    were counted], ...]."""
    return [[one.words, one.quantity, one.pack, one.in_packs] for one in things]


def from_json(things: object) -> list[Wanted]:
    """The inverse of `as_json`; anything unexpected is left out."""
    found = []
    for one in things if isinstance(things, Sequence) else ():
        match one:
            case [str(words), int() | None as quantity, int() | None as pack, bool(in_packs)]:
                found.append(Wanted(words, quantity, pack, in_packs))
    return found


def from_mapping(choice: Mapping[str, object] | None, key: str) -> list[Wanted]:
    """The things that a session's choice keeps under `key`."""
    return from_json((choice or {}).get(key, []))
