"""Rules about sentences with two owners: two intents, or an intent and a built-in that Alexa prefers."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from skill.understanding.language import read_table
from skill.understanding.lint.built_ins import NAMED
from skill.understanding.lint.draft import Draft, Sample
from skill.understanding.lint.findings import Finding
from skill.understanding.lint.options import Options
from skill.understanding.lint.overlap import SLOT_SIGN, Meeting, Overlap
from skill.understanding.lint.wording import Words, is_known, pieces_of, words_of
from skill.understanding.model import BUILT_IN

EXAMPLES_OF = 3
"""So many overlapping pairs of samples are told of any two intents; the rest are counted."""


def shared_findings(draft: Draft, _options: Options) -> Iterator[Finding]:
    """Samples that Alexa cannot tell apart: slots of one type count as the same."""
    owners: dict[str, Sample] = {}
    for intent in draft.intents:
        for sample in intent.samples:
            key = " ".join(" ".join(_typed(sample.text, intent.types)).casefold().split())
            first = owners.setdefault(key, sample)
            if first is not sample:
                code = "duplicate-sample" if first.intent == intent.name else "shared-sample"
                message = f"{intent.name}: sample {sample.text!r} is also {first.text!r} of {first.intent}"
                yield Finding(code, message, sample.spot)


def captured_findings(draft: Draft, options: Options) -> Iterator[Finding]:
    """Samples that are a phrase of a built-in intent in the model: Alexa prefers the built-in."""
    phrases = _built_in_phrases(draft, options.language)
    named = NAMED.get(options.language.split("-")[0], {})
    certain = {words_of(text, options.language) for texts in named.values() for text in texts}
    for intent in draft.intents:
        for sample in intent.all_samples:
            words = words_of(sample.text, options.language)
            owner = phrases.get(words)
            if owner not in (None, intent.name) and SLOT_SIGN not in sample.text:
                code = "captured-sample" if words in certain else "captured-paraphrase"
                message = f"{sample.owner}: sample {sample.text!r} would be captured by {owner}"
                yield Finding(code, message, sample.spot)


def overlap_findings(draft: Draft, options: Options) -> Iterator[Finding]:
    """Samples of two intents, or of one and a built-in, that meet once slot values are put in."""
    samples = [
        (sample, pieces_of(sample.text, intent.types, options.language))
        for intent in draft.intents
        for sample in intent.samples
    ]
    values = {
        kind.name: {words_of(word.text, options.language) for word in kind.words} for kind in draft.types
    }
    overlap = Overlap(samples, values)
    yield from _captured_values(overlap, _built_in_phrases(draft, options.language))
    pairs: dict[tuple[str, str], list[Finding]] = defaultdict(list)
    for sample, meeting in _meetings(overlap, samples):
        other = meeting.sample
        said = f"{sample.text!r} and {other.text!r} of {other.intent} are both {_shown(meeting.sentence)}"
        finding = Finding("overlapping-samples", f"{sample.intent}: {said}", sample.spot)
        pairs[sample.intent, other.intent].append(finding)
    for (intent, rival), found in pairs.items():
        yield from found[:EXAMPLES_OF]
        if len(found) > EXAMPLES_OF:
            message = f"{intent}: {len(found) - EXAMPLES_OF} more such samples with {rival}"
            yield Finding("overlapping-samples", message, found[EXAMPLES_OF].spot)


def _meetings(overlap: Overlap, samples: Sequence[tuple[Sample, Words]]) -> Iterator[tuple[Sample, Meeting]]:
    """Each pair of samples of two intents that meet by a slot's value, once: with the later sample first."""
    order = {sample.spot.path: number for number, (sample, _) in enumerate(samples)}
    for sample, pieces in samples:
        seen: set[str] = set()
        for meeting in overlap.meetings(pieces):
            path = meeting.sample.spot.path
            if meeting.sample.intent == sample.intent or not meeting.by_value or path in seen:
                continue
            if order[path] < order[sample.spot.path]:
                seen.add(path)
                yield sample, meeting


def _captured_values(overlap: Overlap, phrases: dict[Words, str]) -> Iterator[Finding]:
    for words, owner in phrases.items():
        for meeting in overlap.meetings(words):
            sample = meeting.sample
            if meeting.by_value and sample.intent != owner:
                message = f"{sample.owner}: {sample.text!r} can be {_shown(words)}, a phrase of {owner}"
                yield Finding("captured-value", message, sample.spot)


def _built_in_phrases(draft: Draft, language: str) -> dict[Words, str]:
    """The phrases of the built-in intents that the model declares: those shipped, then those Amazon names."""
    if not is_known(language):
        return {}
    code = language.split("-")[0]
    declared = {intent.name for intent in draft.intents}
    return {
        words_of(text, language): name
        for table in (read_table("phrases", code), NAMED.get(code, {}))
        for name, listed in table.items()
        if name.startswith(BUILT_IN) and name in declared
        for text in listed
    }


def _typed(sample: str, types: dict[str, str]) -> list[str]:
    return list(pieces_of(sample, types, ""))


def _shown(words: Words) -> str:
    return repr(" ".join(words))
