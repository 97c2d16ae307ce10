"""Rules about slot types and their values: who declares and uses them, what collides, what sounds alike."""

import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator

from skill.understanding.lint.draft import Draft, DraftType, Word
from skill.understanding.lint.findings import Finding, Spot
from skill.understanding.lint.options import Limits, Options
from skill.understanding.lint.sounds import key_of
from skill.understanding.lint.wording import words_of
from skill.understanding.model import BUILT_IN

SHOWN_AT_MOST = 4


def type_findings(draft: Draft, options: Options) -> Iterator[Finding]:
    """Types that are unknown, unused, doubled or empty, and values that nobody could say."""
    slots = [slot for intent in draft.intents for slot in intent.slots]
    listed = [kind.name for kind in draft.types]
    for name in sorted({slot.type for slot in slots} - {*listed}):
        if not name.startswith(BUILT_IN):
            spot = next(slot.spot for slot in slots if slot.type == name)
            yield Finding("unknown-type", f"{name}: no such slot type", Spot(f"{spot.path}.type", spot.key))
    for kind in sorted(draft.types, key=lambda kind: kind.name):
        if kind.name not in {slot.type for slot in slots}:
            yield Finding("unused-type", f"{kind.name}: no slot uses this type", kind.spot)
    for number, kind in enumerate(draft.types):
        if listed.index(kind.name) < number:
            yield Finding("duplicate-type", f"{kind.name}: the type is there twice", kind.spot)
        if not kind.words and not kind.supplied:
            yield Finding("empty-type", f"{kind.name}: a type without values", kind.spot)
        yield from _word_findings(kind, options.limits)
    count = sum(len(kind.words) for kind in draft.types)
    if count > options.limits.words_of_types:
        message = f"the types hold {count} values and synonyms, Alexa takes {options.limits.words_of_types}"
        yield Finding("too-many-values", message, Spot(f"{draft.place}types"))


def _word_findings(kind: DraftType, limits: Limits) -> Iterator[Finding]:
    for word in kind.words:
        found = _fault(word.text, limits)
        if found:
            code, fault = found
            yield Finding(code, f"{kind.name}: value {word.text!r} of {word.id} {fault}", word.spot)


def _fault(text: str, limits: Limits) -> tuple[str, str] | None:
    if not text.strip():
        return "odd-value", "is empty"
    if len(text) > limits.value:
        return "long-value", f"has {len(text)} characters, Alexa takes {limits.value}"
    if any(sign in "{}" or unicodedata.category(sign) in ("Cc", "Cs") for sign in text):
        return "odd-value", "holds braces or control characters"
    return None


def collision_findings(draft: Draft, options: Options) -> Iterator[Finding]:
    """Ids that stand twice in a type, and words that stand under two ids of it."""
    for kind in draft.types:
        seen: set[str] = set()
        for value_id, spot in kind.ids:
            if value_id in seen:
                yield Finding("duplicate-id", f"{kind.name}: the id {value_id} is there twice", spot)
            seen.add(value_id)
        for group in _groups(kind.words, lambda word: words_of(word.text, options.language)):
            told = f"{kind.name}: {group[0].text!r} stands under {_ids(group)}"
            yield Finding("shared-value", told, group[-1].spot)


def sound_findings(draft: Draft, options: Options) -> Iterator[Finding]:
    """Words under different ids of a type that are written differently and spoken alike."""
    for kind in draft.types:
        for group in _groups(kind.words, lambda word: key_of(word.text, options.language)):
            spellings = {words_of(word.text, options.language): word for word in group}
            if len(spellings) < 2 or len({word.id for word in spellings.values()}) < 2:
                continue
            told = " and ".join(f"{word.text!r} ({word.id})" for word in spellings.values())
            yield Finding("sound-alike", f"{kind.name}: {told} sound alike", group[-1].spot)


def _groups(words: Iterable[Word], key: Callable[[Word], object]) -> Iterator[list[Word]]:
    """The words of equal key that stand under more than one id."""
    found: dict[object, list[Word]] = defaultdict(list)
    for word in words:
        if key(word):
            found[key(word)].append(word)
    yield from (group for group in found.values() if len({word.id for word in group}) > 1)


def _ids(group: Iterable[Word]) -> str:
    ids = sorted({word.id for word in group})
    shown = " and ".join(ids[:SHOWN_AT_MOST])
    return shown if len(ids) <= SHOWN_AT_MOST else f"{shown} and {len(ids) - SHOWN_AT_MOST} more"
