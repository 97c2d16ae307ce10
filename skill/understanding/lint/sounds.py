"""Spells words by their sound, so that those that are spoken alike compare equal."""

import re
import unicodedata
from collections.abc import Sequence

Rules = Sequence[tuple[re.Pattern[str], str]]


def _rules(*pairs: tuple[str, str]) -> Rules:
    return [(re.compile(pattern), sound) for pattern, sound in pairs]


# Each rule works on what the one before it left; capitals are sounds that no later rule may change.
_ENGLISH = _rules(
    (r"\b(?:kn|gn|pn)", "n"),
    (r"\bwr", "r"),
    (r"\bwh", "w"),
    (r"mb\b", "m"),
    (r"ght", "t"),
    (r"gh\b", ""),
    (r"ph", "f"),
    (r"tch", "X"),
    (r"(?:ch|sh|sch)", "X"),
    (r"[st]ion", "Xn"),
    (r"th", "0"),
    (r"dg(?=[eiy])", "j"),
    (r"g(?=[eiy])", "j"),
    (r"sc(?=[eiy])", "s"),
    (r"c(?=[eiy])", "s"),
    (r"ck|q|c", "k"),
    (r"x", "ks"),
    (r"z", "s"),
    (r"\by", "Y"),
    (r"(?<=[a-zA-Z])h", ""),
    (r"w(?![aeiouy])", ""),
    (r"e\b", ""),
    (r"[aeiouy]+", "a"),
)
_GERMAN = _rules(
    (r"sch|ch", "X"),
    (r"ph|v", "f"),
    (r"dt\b|d\b|th", "t"),
    (r"b\b", "p"),
    (r"g\b|ck|q|c", "k"),
    (r"x", "ks"),
    (r"tz|z", "ts"),
    (r"ß", "s"),
    (r"(?<=[aeiouäöü])h", ""),
    (r"ai|ay|ey|ei", "E"),
    (r"eu|äu|oi|oy", "O"),
    (r"ä", "e"),
    (r"ü|y", "i"),
    (r"ö", "e"),
    (r"ie", "i"),
    (r"j", "i"),
)
_BY_LANGUAGE: dict[str, Rules] = {"en": _ENGLISH, "de": _GERMAN}
_DOUBLED = re.compile(r"(.)\1+")
_SPELLED = re.compile(r"[aeiou]{2,}")
_SHORTEST = 3


def key_of(text: str, language: str) -> str:
    """The sound of a value in "en" or "de", word breaks left out; empty where nothing can be said of it.

    Rough on purpose: English vowels count as one sound, so that only consonants and places of vowels tell
    words apart. Words with digits and those of fewer than three sounds have no key.
    """
    rules = _BY_LANGUAGE.get(language.split("-")[0])
    words = unicodedata.normalize("NFC", text).lower()
    if rules is None or not words or any(sign.isdecimal() for sign in words):
        return ""
    words = re.sub(r"[^\w\s]|_", "", words)
    # Letters said one by one, such as "aa": no rule is about them.
    spelled = [word for word in words.split() if _SPELLED.fullmatch(word)]
    for pattern, sound in rules:
        words = pattern.sub(sound, words)
    key = "".join([*spelled, *_DOUBLED.sub(r"\1", words).split()])
    return key if len(key) >= _SHORTEST else ""
