"""Says why a sentence was understood as it was, and where two runs of the same turn differ."""

from collections.abc import Iterator, Mapping
from typing import Any

from skill.simulator import resolved
from skill.simulator.spoken import Spoken
from skill.understanding import Understood
from skill.understanding.model import NO_INTENT, YES_INTENT

COMPARED = ("intent", "slots", "reply", "speech", "session_open")
"""The keys of a transcript line that must be the same when a turn is replayed."""


def reasons(spoken: Spoken) -> dict[str, Any]:
    """The sentence, the intent, the stage that found it, the score, the sample it came from, what else it
    might have been, and each slot with its value and what it resolved to; as JSON.

    A launch, a touch or an event was understood by no stage: `stage` is None then. `answers` is the intent
    whose dialog a yes or no went on with, None for any other sentence.
    """
    understood = spoken.understood
    if understood is None:
        return {"sentence": spoken.utterance, "intent": spoken.intent, "stage": None}
    return {
        "sentence": spoken.utterance,
        "intent": understood.intent,
        "answers": _answered(spoken, understood),
        "stage": understood.stage,
        "score": understood.score,
        **resolved.reasons(understood),
    }


def _answered(spoken: Spoken, understood: Understood) -> str | None:
    """The intent that Amazon's side asked about, if a yes or no told it to go on."""
    answered = understood.intent in (YES_INTENT, NO_INTENT) and spoken.intent != understood.intent
    return spoken.intent if answered else None


def differences(first: Mapping[str, Any], again: Mapping[str, Any]) -> Iterator[str]:
    """Where the transcript line of a turn differs from that of the first time, one line each."""
    for key in COMPARED:
        if first[key] != again[key]:
            yield f"{key}: {_shown(first[key])} before, {_shown(again[key])} now"
    before, now = _directives(first), _directives(again)
    if before != now:
        yield f"directives: {_shown(before)} before, {_shown(now)} now"


def _directives(entry: Mapping[str, Any]) -> list[str]:
    return [str(each.get("type")) for each in entry["directives"]]


def _shown(value: object) -> str:
    if isinstance(value, Mapping):
        pairs = (f"{name} {slot['value']!r}" for name, slot in value.items())
        return ", ".join(pairs) or "no slots"
    return repr(value)
