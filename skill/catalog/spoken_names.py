"""Turns a product's printed name, or what a shopper said, into the same plain words."""

import re
import unicodedata
from functools import lru_cache

LONGEST_TEXT = 200
"""Characters of a name or a query that are looked at; nobody says more in one breath."""
LONGEST_WORD = 30
"""Characters of one word that are looked at."""
MOST_WORDS = 24
"""Words of a name or a query that are looked at."""

FILLERS = frozenset((
    "a", "an", "the", "some", "any", "more", "another", "my", "our", "your", "please", "just", "me", "i",
    "get", "order", "reorder", "buy", "usual",
))  # fmt: skip
"""Words that a request carries and that seldom tell one product from another."""
SMALL_WORDS = FILLERS | frozenset((
    "and", "with", "of", "in", "for", "to", "at", "on", "by", "from", "or", "no", "is", "it",
    "w", "s", "n", "x",
))  # fmt: skip
"""Words that weigh little: they are dropped, added and misheard freely."""

_UNITS = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
    "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_SMALL_NUMBERS = {word: number for number, word in enumerate(_UNITS)}
_TENS_NUMBERS = {word: 20 + 10 * number for number, word in enumerate(_TENS)}
_NUMBERS = _SMALL_NUMBERS | _TENS_NUMBERS

_IRREGULAR = {
    "children": "child", "childrens": "child", "men": "man", "mens": "man", "women": "woman",
    "womens": "woman", "ladies": "lady", "feet": "foot", "teeth": "tooth", "mice": "mouse",
    "geese": "goose", "knives": "knife", "leaves": "leaf", "shelves": "shelf", "loaves": "loaf",
    "halves": "half", "scarves": "scarf", "wolves": "wolf", "calves": "calf", "wives": "wife",
    "lives": "life", "elves": "elf", "hooves": "hoof", "dice": "die",
}  # fmt: skip
_GERMAN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "æ": "ae", "ø": "oe", "œ": "oe"})
_APOSTROPHES = re.compile("['’‘`´]")
_WORDS = re.compile(r"[^\W\d_]+|\d+|[&+]")

_SOUND_RULES = tuple(
    (re.compile(pattern), sound)
    for pattern, sound in (
        ("ould", "ood"), ("^kn|^gn", "n"), ("^wr", "r"), ("^ps", "s"), ("mb$", "m"), ("alk", "ak"),
        ("igh", "i"), ("augh|ough", "o"), ("ph", "f"), ("tch|ch", "C"), ("dg|j", "J"),
        ("sh|[st]ion|ssion", "S"), ("ck|q", "k"), ("x", "ks"), ("c(?=[eiy])", "s"), ("[cg]", "k"),
        ("z", "s"), ("v", "f"), ("b", "p"), ("d", "t"),
    )
)  # fmt: skip
_UNHEARD = re.compile("(?<=.)[aeiouyhw]")
_DOUBLED = re.compile(r"(.)\1+")


def fold(text: str) -> str:
    """Lower case without accents; German umlauts become two letters, as they are spelled without a key."""
    composed = unicodedata.normalize("NFKC", text[:LONGEST_TEXT]).casefold()
    if composed.isascii():
        return composed
    decomposed = unicodedata.normalize("NFKD", composed.translate(_GERMAN))
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


@lru_cache(maxsize=65_536)
def singular(word: str) -> str:
    """One form for a word and its plural; both sides are folded, so it need not be a real word."""
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 4 and word.endswith(("shes", "ches", "xes", "sses", "zzes")):
        return word[:-2]
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-1]
    if len(word) > 4 and word.endswith("ie"):
        return word[:-2] + "y"
    return word


def words(text: str) -> list[str]:
    """The comparable words of a name or a query, in order: folded, singular, numbers as digits.

    At most MOST_WORDS words of at most LONGEST_WORD characters; letters and digits part ("3D" is "3", "d").
    """
    plain = _APOSTROPHES.sub("", fold(text))
    found = [part[:LONGEST_WORD] for part in _WORDS.findall(plain)[:MOST_WORDS]]
    return _with_digits([_plain_word(part) for part in found])


def _plain_word(part: str) -> str:
    if part in "&+":
        return "and"
    if part.isdecimal():
        return part.lstrip("0") or "0"
    return part if part in _NUMBERS else singular(part)


def _with_digits(found: list[str]) -> list[str]:
    """Number words become digits: "thirty six" is 36, "a hundred" is 100, "a dozen" is 12."""
    result: list[str] = []
    tens_open = False
    for word in found:
        number = _NUMBERS.get(word)
        if number is not None and tens_open and 0 < number < 10:
            result[-1] = str(int(result[-1]) + number)
        elif number is not None:
            result.append(str(number))
        elif word in ("hundred", "dozen"):
            _multiply(result, 100 if word == "hundred" else 12)
        else:
            result.append(word)
        tens_open = word in _TENS_NUMBERS or word == "hundred"
    return result


def _multiply(result: list[str], factor: int) -> None:
    """Applies "hundred" or "dozen" to the small number or the article before it."""
    article = result[-1:] == ["a"]
    if article:
        result.pop()
    before = result[-1] if result else ""
    if before == "half" and factor == 12:
        result[-1] = "6"
    elif not article and before.isdecimal() and len(before) == 1:
        result[-1] = str(factor * int(before))
    else:
        result.append(str(factor))


@lru_cache(maxsize=4_096)
def spelled(word: str) -> str:
    """How a word is said in one run of letters: "36" is "thirtysix"; other words are themselves."""
    if not (word.isascii() and word.isdigit()) or len(word) > 3:
        return word
    number = int(word)
    if number < 20:
        return _UNITS[number]
    if number < 100:
        return _TENS[number // 10 - 2] + (_UNITS[number % 10] if number % 10 else "")
    rest = spelled(str(number % 100)) if number % 100 else ""
    return _UNITS[number // 100] + "hundred" + rest


@lru_cache(maxsize=65_536)
def sound(word: str) -> str:
    """A coarse key that words which sound alike in English share: "flour" and "flower", "bag" and "back".

    Vowels are unheard after the first letter and voiced letters merge with unvoiced ones, as a microphone
    across the room confuses them. Words with letters beyond a to z have no key ("").
    """
    if not (word.isascii() and word.isalpha()):
        return ""
    for pattern, replacement in _SOUND_RULES:
        word = pattern.sub(replacement, word)
    start = "A" if word[0] in "aeiou" else word[0]
    return _DOUBLED.sub(r"\1", _UNHEARD.sub("", start + word[1:]))
