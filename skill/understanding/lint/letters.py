"""Rules about letters that look right and are not, and about signs that cannot be seen."""

import re
import unicodedata
from collections.abc import Iterator

from skill.understanding.lint.draft import Draft
from skill.understanding.lint.findings import Finding, Spot
from skill.understanding.lint.options import Options

LOOK_ALIKES = {
    "CYRILLIC": "асԁеһіјӏорԛѕԝхуѵАВЕЅІЈКМНОРСТХУ",
    "GREEK": "αικνορτυγωΑΒΕΖΗΙΚΜΝΟΡΤΥΧ",
}
"""Small and capital letters that a reader takes for Latin ones (after Unicode's confusables, UTS 39)."""

CONFUSED = frozenset("".join(LOOK_ALIKES.values()))
ALPHABETS = ("LATIN", "CYRILLIC", "GREEK")
LATIN_LANGUAGES = frozenset(("de", "en", "es", "fr", "it", "nl", "pt"))
WORD = re.compile(r"[^\W\d_]+")


def letter_findings(draft: Draft, options: Options) -> Iterator[Finding]:
    """Samples, values and the invocation name, word by word."""
    for owner, text, spot in _texts(draft):
        for code, fault in _faults(text, latin=options.language.split("-")[0] in LATIN_LANGUAGES):
            yield Finding(code, f"{owner}: {text!r} {fault}", spot)


def _texts(draft: Draft) -> Iterator[tuple[str, str, Spot]]:
    name = draft.invocation_name
    yield "invocation name", name, Spot(f"{draft.place}invocationName", "invocation_name", name)
    for intent in draft.intents:
        yield from ((sample.owner, sample.text, sample.spot) for sample in intent.all_samples)
    for kind in draft.types:
        yield from ((f"{kind.name}: value of {word.id}", word.text, word.spot) for word in kind.words)


def _faults(text: str, *, latin: bool) -> Iterator[tuple[str, str]]:
    for word in WORD.findall(text):
        alphabets = {_alphabet(letter) for letter in word} & {*ALPHABETS}
        if len(alphabets) > 1:
            others = [letter for letter in word if letter in CONFUSED]
            names = ", ".join(unicodedata.name(letter, "?") for letter in dict.fromkeys(others))
            if others:
                yield "look-alike", f"has letters in {word!r} that only look Latin: {names}"
            else:
                shown = " and ".join(sorted(name.title() for name in alphabets))
                yield "mixed-scripts", f"mixes {shown} letters in {word!r}"
        elif latin and alphabets and alphabets != {"LATIN"} and all(letter in CONFUSED for letter in word):
            yield "look-alike", f"has the word {word!r} in {alphabets.pop().title()} letters that look Latin"
    unseen = [sign for sign in dict.fromkeys(text) if sign != " " and _is_unseen(sign)]
    if unseen:
        names = ", ".join(unicodedata.name(sign, f"U+{ord(sign):04X}") for sign in unseen)
        yield "invisible-sign", f"has signs that cannot be seen: {names}"


def _alphabet(letter: str) -> str:
    return unicodedata.name(letter, "").partition(" ")[0]


def _is_unseen(sign: str) -> bool:
    # Joiners are part of the spelling of Arabic, Hindi and the like.
    return unicodedata.category(sign) in ("Cf", "Cc", "Zs", "Zl", "Zp") and sign not in "\u200c\u200d"
