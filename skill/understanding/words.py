"""Turns a sentence, a sample or a slot value into tokens that compare equal whenever they sound equal."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

from skill.understanding.language import Language, Phrase, load_language

MAX_CHARACTERS = 512
"""A longer sentence is cut here: about forty seconds of speech, more than a device listens."""

MAX_TOKENS = 64
"""A longer sentence is cut here, which bounds every search over its words."""

_TOKEN = re.compile(r"\d+:\d\d(?!\d)|\d+\.\d+|\d+|'s\b|[^\W\d_]+(?:'[^\W\d_]+)*(?:(?<=s)')?|[,;&]")
_CHARACTER = r"[\u3005\u3041-\u30fa\u30fc-\u30ff\u3400-\u9fff]"
"""Kana and Chinese characters: no spaces part words there, so each stands alone."""
_MARK = r"[\u0300-\u036f\u064b-\u065f\u0900-\u0903\u093a-\u0963\u200c\u200d]"
"""Arabic and Indian signs that belong to the letter before, which Python counts for none."""
_NEUTRAL_TOKEN = re.compile(
    rf"\d+:\d\d(?!\d)|\d+\.\d+|\d+|{_CHARACTER}|(?:(?!{_CHARACTER})[^\W\d_]|{_MARK})+'?|[,;&]"
)
"""Ends a word at an apostrophe, as a slot may begin behind it: "l'{item}"."""
_SEPARATORS = {"en": (",", r"\."), "de": (r"\.", ",")}
"""Thousands, decimals; where nothing is known, three digits behind either sign are thousands."""
_ORDINAL_SIGN = {
    "en": re.compile(r"\b(\d{1,3})(?:st|nd|rd|th)\b"),
    "de": re.compile(r"\b(\d{1,3})\.(?=\s+[^\W\d_]|\s*$)"),
}
_ORDINAL_MARK = "\x1f"
_GERMAN_ENDING = re.compile(r"(?:e|en|er|es|em)$")


@dataclass(frozen=True, slots=True)
class Token:
    """One comparable unit: `text` is what is compared, `raw` what was said.

    `glued` says that no space stood before it, `pause` that a comma did, `hyphen` that a hyphen did.
    """

    text: str
    raw: str
    glued: bool = False
    pause: bool = False
    hyphen: bool = False


def tokenize(sentence: str, language: Language, *, polite: bool = False) -> list[Token]:
    """The tokens of at most MAX_CHARACTERS of a sentence, at most MAX_TOKENS of them.

    Lower case, NFC, no punctuation, contractions opened, numbers as digits ("twenty one" is one token "21",
    "first" is "1th"), hesitations dropped, polite words at the ends too unless `polite`; never all.
    """
    tokens = _merge_numbers(_plain_tokens(_clean(sentence, language), language), language)
    tokens = tokens[:MAX_TOKENS]
    said = [token for token in tokens if token.text not in language.fillers] or tokens
    return said if polite else trim_polite(said, language)


def texts(tokens: Iterable[Token]) -> Phrase:
    """The comparable texts alone."""
    return tuple(token.text for token in tokens)


def spoken(tokens: Sequence[Token]) -> str:
    """The words as they were said, as a custom slot's value carries them."""
    gaps = ["" if token.glued else "-" if token.hyphen else " " for token in tokens]
    return "".join(gap + token.raw for gap, token in zip(gaps, tokens, strict=True)).strip(" -")


@lru_cache(maxsize=65536)
def phrase(text: str, code: str) -> Phrase:
    """The comparable texts of a value or phrase (without trimming polite words)."""
    language = load_language(code)
    return texts(_merge_numbers(_plain_tokens(_clean(text, language), language), language)[:MAX_TOKENS])


def starts_with(tokens: Sequence[Token], start: int, wanted: Iterable[Phrase]) -> int:
    """How many tokens the first of the phrases that stands at `start` takes; 0 if none does."""
    if start >= len(tokens):
        return 0
    first = tokens[start].text
    for words in wanted:
        if words[0] != first:
            continue
        said = tokens[start : start + len(words)]
        if len(said) == len(words) and all(a.text == b for a, b in zip(said, words, strict=True)):
            return len(words)
    return 0


def trim_polite(tokens: list[Token], language: Language) -> list[Token]:
    """Without "please", "thanks" and greetings at the ends, unless that is all there is."""
    left, right = 0, len(tokens)
    while (taken := starts_with(tokens[:right], left, language.polite_start)) and left + taken < right:
        left += taken
    while (taken := _ends_with(tokens, right, language.polite_end)) and right - taken > left:
        right -= taken
    return tokens[left:right]


def _ends_with(tokens: Sequence[Token], end: int, wanted: Iterable[Phrase]) -> int:
    for words in wanted:
        start = end - len(words)
        if start >= 0 and texts(tokens[start:end]) == words:
            return len(words)
    return 0


def _clean(sentence: str, language: Language) -> str:
    form: Literal["NFC", "NFKC"] = "NFKC" if language.neutral else "NFC"  # full-width digits become plain
    text = unicodedata.normalize(form, sentence[:MAX_CHARACTERS]).lower()
    text = re.sub(r"[\u2018\u2019\u02bc\u00b4`]", "'", text)
    for sound, meaning in language.sounds.items():
        text = sound.sub(meaning, text)
    text = re.sub(r"\b([ap])\.\s?m\b\.?", r"\1m", text)
    text = re.sub(r"(?<![\w-])-(?=\d)", f" {min(language.number_words.minus)} ", text)
    thousands, decimal = _SEPARATORS.get(language.code, ("[.,]", ","))
    text = re.sub(rf"(?<=\d){thousands}(?=\d{{3}}(?!\d))", "", text)
    if decimal == ",":
        text = re.sub(r"(?<=\d),(?=\d)", ".", text)
    sign = _ORDINAL_SIGN.get(language.code)
    return sign.sub(rf"\1{_ORDINAL_MARK}", text) if sign else text


def _plain_tokens(text: str, language: Language) -> list[Token]:
    found: list[Token] = []
    end, pause = -1, False
    for match in (_NEUTRAL_TOKEN if language.neutral else _TOKEN).finditer(text):
        word = match.group()
        if word in ",;":
            pause = True
            continue
        glued = match.start() == end and not pause
        first = len(found)
        hyphen = end >= 0 and text[end : match.start()] == "-"
        end = match.end()
        if text[end : end + 1] == _ORDINAL_MARK and word.isdecimal():
            found.append(Token(f"{int(word)}th", word, glued, pause))
            end += 1
        else:
            found.extend(_opened(word, language, glued=glued, pause=pause))
        if hyphen:
            found[first] = replace(found[first], hyphen=True)
        pause = False
        if len(found) > 2 * MAX_TOKENS:
            break
    return found


def _opened(word: str, language: Language, *, glued: bool, pause: bool) -> list[Token]:
    """The token, or the several of a contraction; the first keeps the word as said."""
    if word == "&":
        return [Token(min(language.joiners - {"plus", "sowie"}), word, glued, pause)]
    parts = language.contractions.get(word)
    if parts:
        rest = [Token(part, "", glued=True) for part in parts[1:]]
        return [Token(canonical(parts[0], language), word, glued, pause), *rest]
    if word.endswith("'s") and len(word) > len("'s"):
        stem = word.removesuffix("'s")
        return [Token(canonical(stem, language), stem, glued, pause), Token("'s", "'s", glued=True)]
    return [Token(canonical(word.rstrip("'"), language), word, glued or word == "'s", pause)]


def canonical(word: str, language: Language) -> str:
    """Digits for a numeral, "<n>th" for an ordinal, else the word itself."""
    if word[0].isdigit():
        return word if word.isascii() else unicodedata.normalize("NFKC", word)
    number = _numeral(word, language)
    if number is not None:
        return str(number)
    ordinal = _ordinal(word, language)
    return word if ordinal is None else f"{ordinal}th"


def _numeral(word: str, language: Language) -> int | None:
    known = language.numbers.get(word)
    if known is not None or language.code != "de":
        return known
    return _german_compound(word, language)


def _german_compound(word: str, language: Language) -> int | None:
    """Numerals that German writes as one word: "einundzwanzig", "zweihundertfünfzig"."""
    for scale, name in ((1000, "tausend"), (100, "hundert")):
        head, found, tail = word.partition(name)
        if found and (head or tail):
            above = 1 if head in ("", "ein") else _numeral(head, language)
            below = 0 if not tail else _numeral(tail.removeprefix("und") or tail, language)
            return None if above is None or below is None else above * scale + below
    unit, found, tens = word.partition("und")
    ones = 1 if unit == "ein" else language.numbers.get(unit, 0)
    ten = language.numbers.get(tens, 0)
    return ten + ones if found and 0 < ones < 10 and ten >= 20 else None


def _ordinal(word: str, language: Language) -> int | None:
    if language.code != "de":
        return language.ordinals.get(word)
    stem = _GERMAN_ENDING.sub("", word, count=1)
    if stem == word:
        return None
    if stem in language.ordinals:
        return language.ordinals[stem]
    number = _numeral(stem.removesuffix("st"), language) if stem.endswith("st") else None
    return number if number is not None and number >= 20 else None


def _merge_numbers(tokens: list[Token], language: Language) -> list[Token]:
    """Joins "twenty" and "one", as words, into the one token "21"; "twenty first" into "21th"."""
    merged: list[Token] = []
    for token in tokens:
        joined = _joined(merged[-1], token, language) if merged else None
        if joined is None:
            merged.append(token)
        else:
            merged[-1] = joined
    return merged


def _joined(left: Token, right: Token, language: Language) -> Token | None:
    tens = language.numbers.get(left.raw, 0)
    if tens < 20 or right.pause or right.glued:
        return None
    units = language.numbers.get(right.raw, 0)
    if 0 < units < 10:
        return replace(left, text=str(tens + units), raw=spoken([left, right]))
    place = language.ordinals.get(right.raw, 0) if language.code == "en" else 0
    if 0 < place < 10:
        return replace(left, text=f"{tens + place}th", raw=spoken([left, right]))
    return None
