"""SSML as Alexa takes it: well-formed, known tags with known attributes, few and short sounds and pauses.

Tags and values follow Amazon's "Speech Synthesis Markup Language (SSML) Reference". `mark`, and that
`speak` takes no attributes, are unverified. Alexa reads tags without name spaces, so the prefixes
`amazon:` and `alexa:` are part of a tag's name and need no declaration.
"""

import re
from collections.abc import Iterator, Mapping
from xml.parsers import expat

from skill.simulator.checks.problem import Problem, refused

MAX_SOUNDS = 5
"""Audio tags in one response (SSML reference)."""
MAX_BREAK_MS = 10_000
"""The longest pause of one break tag (SSML reference)."""

LOCALE = r"[a-z]{2,3}-[A-Z]{2}"
STRENGTHS = "none|x-weak|weak|medium|strong|x-strong"
SAID_AS = (
    "characters|spell-out|cardinal|number|ordinal|digits|fraction|unit|date|time|telephone|address"
    "|interjection|expletive"
)
LEVELS = {
    "rate": r"x-slow|slow|medium|fast|x-fast|\d+(\.\d+)?%",
    "pitch": r"x-low|low|medium|high|x-high|[+-]\d+(\.\d+)?%",
    "volume": r"silent|x-soft|soft|medium|loud|x-loud|[+-]\d+(\.\d+)?dB",
}
TAGS: Mapping[str, Mapping[str, str]] = {
    "speak": {},
    "p": {},
    "s": {},
    "break": {"strength": STRENGTHS, "time": r"\d+(\.\d+)?m?s"},
    "emphasis": {"level": "strong|moderate|reduced"},
    "say-as": {"interpret-as": SAID_AS, "format": "mdy|dmy|ymd|md|dm|ym|my|d|m|y"},
    "prosody": LEVELS,
    "phoneme": {"alphabet": "ipa|x-sampa", "ph": ".+"},
    "sub": {"alias": ".+"},
    "w": {"role": "amazon:(VB|VBD|NN|SENSE_1)"},
    "audio": {"src": r"https://\S+|soundbank://\S+"},
    "lang": {"xml:lang": LOCALE},
    "voice": {"name": r"\w+"},
    "mark": {"name": ".+"},
    "amazon:effect": {"name": "whispered"},
    "amazon:emotion": {"name": "excited|disappointed", "intensity": "low|medium|high"},
    "amazon:domain": {"name": "music|news|conversational|long-form|fun"},
    "alexa:name": {"type": "first", "personId": ".+"},
}
"""The tags, their attributes, and what each attribute's whole value must match."""
REQUIRED: Mapping[str, frozenset[str]] = {
    "say-as": frozenset({"interpret-as"}),
    "phoneme": frozenset({"alphabet", "ph"}),
    "sub": frozenset({"alias"}),
    "w": frozenset({"role"}),
    "audio": frozenset({"src"}),
    "lang": frozenset({"xml:lang"}),
    "voice": frozenset({"name"}),
    "amazon:effect": frozenset({"name"}),
    "amazon:emotion": frozenset({"name", "intensity"}),
    "amazon:domain": frozenset({"name"}),
    "alexa:name": frozenset({"type", "personId"}),
}
EMPTY = frozenset({"break", "mark", "alexa:name"})
"""Tags that hold no words."""


class _Reader:
    """Walks SSML once and keeps what is wrong, how many sounds there are, and the words outside tags."""

    def __init__(self, place: str) -> None:
        self.place = place
        self.problems: list[Problem] = []
        self.sounds = 0
        self.words: list[str] = []
        self._open: list[str] = []
        self._parser = expat.ParserCreate()
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._text
        self._parser.StartDoctypeDeclHandler = self._doctype

    def read(self, ssml: str) -> None:
        raw = ssml.encode("utf-8", "surrogatepass")
        try:
            self._parser.Parse(raw, True)
        except expat.ExpatError as error:
            reason = expat.ErrorString(error.code)
            at = len(raw[: self._parser.ErrorByteIndex].decode("utf-8", "ignore")) + 1
            self._add("ssml-broken", f"is not well-formed: {reason} at character {at}.")

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        if not self._open and tag != "speak":
            self._add("ssml-root", f"must begin with <speak>, not <{tag}>.")
        if self._open and tag == "speak":
            self._add("ssml-nesting", "has a <speak> inside another tag.")
        if self._open and self._open[-1] in EMPTY:
            self._add("ssml-nesting", f"has <{tag}> inside <{self._open[-1]}>, which holds nothing.")
        self._open.append(tag)
        self.sounds += tag == "audio"
        self.problems += _attribute_problems(tag, attributes, self.place)

    def _end(self, _tag: str) -> None:
        self._open.pop()

    def _text(self, text: str) -> None:
        if self._open and self._open[-1] in EMPTY and text.strip():
            self._add("ssml-nesting", f"has words inside <{self._open[-1]}>, which holds nothing.")
        self.words.append(text)

    def _doctype(self, *_declared: object) -> None:
        self._add("ssml-doctype", "declares a document type, which speech must not.")

    def _add(self, code: str, message: str) -> None:
        self.problems.append(refused(code, f"{self.place} {message}"))


def ssml_problems(ssml: str, place: str) -> list[Problem]:
    """What is wrong with one piece of SSML; `place` is where it stands in the response."""
    reader = _Reader(place)
    reader.read(ssml)
    return reader.problems


def sounds_of(ssml: str) -> int:
    """How many audio tags SSML has; of broken SSML those before the fault."""
    reader = _Reader("")
    reader.read(ssml)
    return reader.sounds


def words_of(ssml: str) -> str:
    """The words that SSML speaks, with white space collapsed; of broken SSML those before the fault."""
    reader = _Reader("")
    reader.read(ssml)
    return " ".join("".join(reader.words).split())


def _attribute_problems(tag: str, attributes: Mapping[str, str], place: str) -> Iterator[Problem]:
    known = TAGS.get(tag)
    if known is None:
        yield refused("ssml-tag", f"{place} has the tag <{tag}>, which Alexa does not know.")
        return
    for name in sorted(REQUIRED.get(tag, frozenset()) - attributes.keys()):
        yield refused("ssml-attribute", f"{place} has <{tag}> without its attribute {name}.")
    for name, value in attributes.items():
        if name not in known:
            yield refused("ssml-attribute", f"{place} has <{tag}> with an unknown attribute {name}.")
        elif not re.fullmatch(known[name], value, re.DOTALL):
            yield refused(
                _value_code(tag), f"{place} has <{tag} {name}={value[:60]!r}>, which is not allowed."
            )
        elif name == "time" and _milliseconds(value) > MAX_BREAK_MS:
            yield refused("break-too-long", f"{place} pauses for {value[:20]}; a break may last 10 seconds.")


def _value_code(tag: str) -> str:
    return "audio-source" if tag == "audio" else "ssml-value"


def _milliseconds(time: str) -> float:
    return float(time[:-2]) if time.endswith("ms") else float(time[:-1]) * 1000
