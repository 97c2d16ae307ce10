"""Rules about each sample by itself: its slots, its signs, its length, and how many an intent has."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping

from skill.understanding.lint.draft import Draft, DraftIntent, Sample
from skill.understanding.lint.findings import Finding
from skill.understanding.lint.names import is_letter
from skill.understanding.lint.options import Limits, Options
from skill.understanding.model import BUILT_IN

SLOT = re.compile(r"{([^{}]*)}")
ABBREVIATION = re.compile(r"(?<!\w)[^\W\d_]\.")
GLUED = re.compile(r"[^\W_]{|}[^\W_]")
SEARCH = "AMAZON.SearchQuery"
SEARCH_ACTION = "AMAZON.SearchAction"
"""Built-in intents of this family bring samples of their own kind."""


def sample_findings(draft: Draft, options: Options) -> Iterator[Finding]:
    """Everything that one sample shows by itself."""
    for intent in draft.intents:
        if not intent.samples and not intent.name.startswith(BUILT_IN):
            yield Finding("no-samples", f"{intent.name}: no samples", intent.spot)
        for sample in intent.all_samples:
            for code, fault in _faults(sample.text, intent.types, options.limits):
                yield _told(code, sample, fault)
        for sample in intent.samples:
            yield from _bare(sample, intent)


def thin_findings(draft: Draft, options: Options) -> Iterator[Finding]:
    """Intents with fewer samples than advised; built-in ones bring their own."""
    for intent in draft.intents:
        least = options.least.get(intent.name, options.limits.thin)
        if intent.name.startswith(BUILT_IN) or not 0 < len(intent.samples) < least:
            continue
        message = f"{intent.name}: {len(intent.samples)} samples, at least {least} are advised"
        yield Finding("thin-intent", message, intent.spot)


def _bare(sample: Sample, intent: DraftIntent) -> Iterator[Finding]:
    found = SLOT.fullmatch(sample.text.strip())
    if found is None:
        return
    if intent.types.get(found[1].strip()) == SEARCH:
        yield _told("bare-search", sample, "is nothing but a search phrase, which needs words around it")
    else:
        yield _told("bare-slot", sample, "is nothing but a slot and would catch everything")


def _faults(text: str, types: Mapping[str, str], limits: Limits) -> Iterator[tuple[str, str]]:
    used = [name.strip() for name in SLOT.findall(text)]
    for name in used:
        if name not in types:
            yield "undeclared-slot", f"uses the slot {name!r}, which is not declared"
    for name, count in Counter(used).items():
        if count > 1:
            yield "repeated-slot", f"uses the slot {name!r} twice"
    yield from _odd_signs(text)
    if GLUED.search(text):
        yield "glued-slot", "has a slot that is glued to a word"
    if len(text) > limits.utterance:
        yield "long-sample", f"has {len(text)} characters, Alexa takes {limits.utterance}"
    if len(used) > 1 and SEARCH in [types.get(name) for name in used]:
        yield "search-beside-slot", "has another slot beside a search phrase"


def _odd_signs(text: str) -> Iterator[tuple[str, str]]:
    outside = ABBREVIATION.sub("", SLOT.sub(" ", text))
    odd = sorted({sign for sign in outside if not is_letter(sign) and sign not in " '_-"})
    # What cannot be seen has a rule of its own.
    odd = [sign for sign in odd if unicodedata.category(sign) not in ("Cf", "Cc", "Zs")]
    if odd:
        code = "digits" if all(sign.isdecimal() for sign in odd) else "odd-sign"
        yield code, f"holds {' '.join(odd)}, which Alexa refuses (numbers are written as words)"


def _told(code: str, sample: Sample, fault: str) -> Finding:
    return Finding(code, f"{sample.owner}: sample {sample.text!r} {fault}", sample.spot)
