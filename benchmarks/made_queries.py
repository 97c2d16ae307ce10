"""Makes spoken-like queries from names, so that the matcher is set by other names than it is judged on."""

import random
import re
from collections.abc import Collection
from dataclasses import dataclass

MOST_EXPECTED = 4
_MISHEARD = {
    "heart": "hart", "flower": "flour", "tea": "tee", "red": "read", "blue": "blew", "bag": "back",
    "set": "said", "wood": "would", "white": "wight", "light": "lite", "tin": "ten", "four": "for",
    "bread": "bred", "frozen": "frozin", "meat": "meet", "sweet": "suite", "pear": "pair", "night": "knight",
    "sun": "son", "rose": "rows", "bear": "bare", "deer": "dear", "cheese": "cheez", "holder": "older",
    "sauce": "source", "plate": "plait", "bowl": "bole", "card": "cart", "cup": "cub", "green": "grain",
    "cake": "kake", "ring": "wring", "pot": "pod", "cream": "creme", "design": "desine", "glass": "glas",
    "spaceboy": "space boy", "polkadot": "polka dot", "doormat": "door mat", "retrospot": "retro spot",
    "cakestand": "cake stand", "feltcraft": "felt craft", "washbag": "wash bag", "doorstop": "door stop",
    "notebook": "note book", "butterfly": "butter fly", "popcorn": "pop corn", "pancake": "pan cake",
}  # fmt: skip
_FILLERS = ("a", "the", "some", "my", "more", "another")
_SMALL = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
    "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")


@dataclass(frozen=True)
class Made:
    """A made query, and the products whose names hold all the words that were kept."""

    said: str
    expected: frozenset[str]


def make_queries(
    names: list[tuple[str, str]], leave: Collection[str], count: int, seed: int = 1
) -> list[Made]:
    """`count` queries from names of two to eight words whose product ids are not among `leave`."""
    chance = random.Random(seed)
    spoken = [(product, spoken_words(name)) for product, name in names]
    holding = [(product, frozenset(found)) for product, found in spoken]
    pool = [found for product, found in spoken if product not in leave and 2 <= len(found) <= 8]
    made: list[Made] = []
    while len(made) < count:
        kept = _drop(list(chance.choice(pool)), chance)
        expected = frozenset(product for product, found in holding if found.issuperset(kept))
        if len(expected) <= MOST_EXPECTED:
            made.append(Made(" ".join(_garble(kept, chance)), expected))
    return made


def spoken_words(name: str) -> list[str]:
    """A printed name as it is read aloud: lower case, numbers below a hundred as words."""
    plain = name.lower().replace("t-light", "tea light").replace("&", " and ").replace("'", "")
    return [word for part in re.findall(r"[a-z]+|\d+", plain) for word in _said(part)]


def _said(part: str) -> list[str]:
    if not part.isdigit() or int(part) >= 100:
        return [part]
    number = int(part)
    if number < 20:
        return [_SMALL[number]]
    return [_TENS[number // 10 - 2]] + ([_SMALL[number % 10]] if number % 10 else [])


def _drop(words: list[str], chance: random.Random) -> list[str]:
    """Sometimes leaves out up to half of the words; two remain."""
    if chance.random() < 0.6:
        for _ in range(chance.randint(1, max(1, len(words) // 2))):
            if len(words) > 2:
                words.pop(chance.randrange(len(words)))
    return words


def _garble(kept: list[str], chance: random.Random) -> list[str]:
    """Turns round, flips plurals, mishears, misspells and fills up, each now and then."""
    words = list(kept)
    if chance.random() < 0.25:
        turn = chance.randrange(1, len(words))
        words = words[turn:] + words[:turn]
    place = chance.randrange(len(words))
    if chance.random() < 0.35 and len(words[place]) > 3:
        words[place] = words[place][:-1] if words[place].endswith("s") else words[place] + "s"
    misheard = [place for place, word in enumerate(words) if word in _MISHEARD]
    if misheard and chance.random() < 0.3:
        words[misheard[0]] = _MISHEARD[words[misheard[0]]]
    long = [place for place, word in enumerate(words) if len(word) > 3 and " " not in word]
    if long and chance.random() < 0.5:
        place = chance.choice(long)
        words[place] = _misspelled(words[place], chance)
    return [chance.choice(_FILLERS), *words] if chance.random() < 0.17 else words


def _misspelled(word: str, chance: random.Random) -> str:
    """One letter changed, left out, doubled or swapped with the next."""
    place = chance.randrange(len(word) - 1)
    before, letter, after = word[:place], word[place], word[place + 1 :]
    kind = chance.randrange(4)
    if kind == 0:
        return before + chance.choice("aeiourtnsl") + after
    if kind == 1:
        return before + after
    return before + (letter * 2 + after if kind == 2 else after[0] + letter + after[1:])
