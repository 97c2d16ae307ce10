"""Rules about names: of intents, slots and the skill, and which built-in intents must be there."""

import re
import unicodedata
from collections.abc import Iterable, Iterator

from skill.understanding.lint.draft import Draft
from skill.understanding.lint.findings import Finding, Spot
from skill.understanding.lint.options import Options

NAME = re.compile(r"(?:AMAZON\.)?[A-Za-z_]+")
BUILT_IN_NAME = re.compile(r"AMAZON\.[A-Za-z_@<>\[\].]+")
WAKE_WORDS = {"alexa", "amazon", "echo", "computer", "skill", "app"}


def invocation_findings(draft: Draft, options: Options) -> Iterator[Finding]:
    """Amazon's rules for the name by which people call a skill."""
    name = draft.invocation_name
    spot = Spot(f"{draft.place}invocationName", "invocation_name", name)
    if len(name.split()) < 2:
        yield Finding("one-word-name", f"invocation name {name!r}: it needs two words", spot)
    for fault in _invocation_faults(name, options):
        yield Finding("invocation-name", f"invocation name {name!r}: {fault}", spot)


def _invocation_faults(name: str, options: Options) -> Iterator[str]:
    words = name.split()
    if name != name.lower() or not all(is_letter(sign) or sign in " '." for sign in name):
        yield "only lower-case letters, spaces, apostrophes and periods"
    for word in words:
        if word in WAKE_WORDS or word in options.launch:
            yield f"{word!r} is a launch or wake word"
        if len(words) == 2 and word in options.small:
            yield f"two words with the article or preposition {word!r}"


def built_in_findings(draft: Draft, options: Options) -> Iterator[Finding]:
    """Built-in intents that the model lacks."""
    there = {intent.name for intent in draft.intents}
    spot = Spot(f"{draft.place}intents")
    for code, names in (("missing-built-in", options.required), ("advised-built-in", options.advised)):
        yield from (Finding(code, f"{name} is missing", spot) for name in names if name not in there)


def name_findings(draft: Draft, _options: Options) -> Iterator[Finding]:
    """Names that stand twice or hold what Amazon refuses."""
    names = [intent.name for intent in draft.intents]
    for name in _repeated(names):
        spot = [intent.spot for intent in draft.intents if intent.name == name][1]
        yield Finding("duplicate-intent", f"{name}: the intent is there {names.count(name)} times", spot)
    for intent in draft.intents:
        slots = [slot.name for slot in intent.slots]
        for name in _repeated(slots):
            yield Finding("duplicate-slot", f"{intent.name}: the slot {name} is twice", intent.spot)
        for name in dict.fromkeys((intent.name, *slots)):
            if not NAME.fullmatch(name) and not BUILT_IN_NAME.fullmatch(name):
                message = f"{intent.name}: the name {name!r} may hold letters and underscores only"
                yield Finding("odd-name", message, intent.spot)


def _repeated(names: Iterable[str]) -> list[str]:
    listed = list(names)
    return [name for name in dict.fromkeys(listed) if listed.count(name) > 1]


def is_letter(sign: str) -> bool:
    """Whether a sign is part of a word; marks are letters' parts in scripts such as Devanagari."""
    return unicodedata.category(sign)[0] in "LM"
