"""Speech and reprompt: their shape, their length, and whether a question fits the microphone."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from skill.simulator.checks.fields import Field, faults, shown, words
from skill.simulator.checks.problem import Problem, kind, part, refused
from skill.simulator.checks.ssml import MAX_SOUNDS, sounds_of, ssml_problems, words_of

SPEECH_CHARACTERS = 8_000
"""Of one outputSpeech with its tags: "exceeds allowed size of 8000 characters" is Alexa's own error text."""
BEHAVIORS = ("ENQUEUE", "REPLACE_ALL", "REPLACE_ENQUEUED")
SPEECH_FIELDS: Mapping[str, Field] = {"PlainText": Field("text"), "SSML": Field("ssml")}
CLOSERS = "\"'”’»)]} "
QUESTION_MARKS = ("?", "？", "؟")
JAPANESE_QUESTION = "か。"
"""Japanese may ask without a question mark."""
ASKING = frozenset({"Dialog.ElicitSlot", "Dialog.ConfirmSlot", "Dialog.ConfirmIntent"})
SPOKEN_BY_THE_CLOUD = frozenset({"Dialog.Delegate", "Dialog.DelegateRequest"})
LEAVES_THE_SKILL = frozenset({"Connections.StartConnection", "Connections.SendRequest", "Tasks.CompleteTask"})


def speech_problems(response: Mapping[str, Any]) -> Iterator[Problem]:
    """Faults of `outputSpeech` and `reprompt`, each on its own, and of all sounds together."""
    yield from _output_problems("response.outputSpeech", response.get("outputSpeech"))
    reprompt = response.get("reprompt")
    if isinstance(reprompt, Mapping):
        if reprompt.get("outputSpeech") is None and not reprompt.get("directives"):
            yield refused("field-missing", "response.reprompt.outputSpeech is missing.")
        yield from _output_problems("response.reprompt.outputSpeech", reprompt.get("outputSpeech"))
    elif reprompt is not None:
        yield refused("field-kind", f"response.reprompt must be an object, not {kind(reprompt)}.")
    outputs = (response.get("outputSpeech"), part(response, "reprompt").get("outputSpeech"))
    sounds = sum(sounds_of(_ssml(output)) for output in outputs)
    if sounds > MAX_SOUNDS:
        yield refused("audio-count", f"The response has {sounds} audio tags; {MAX_SOUNDS} are allowed.")


def _output_problems(place: str, output: Any) -> Iterator[Problem]:
    if output is None:
        return
    if not isinstance(output, Mapping):
        yield refused("field-kind", f"{place} must be an object, not {kind(output)}.")
        return
    field = SPEECH_FIELDS.get(str(output.get("type")))
    if field is None:
        found = shown(output.get("type"))
        yield refused("speech-type", f"{place}.type must be PlainText or SSML, not {found}.")
        return
    yield from faults(output, (field, words("playBehavior", *BEHAVIORS, required=False)), place)
    text = output.get(field.path)
    if isinstance(text, str):
        yield from _text_problems(text, f"{place}.{field.path}", is_ssml=field.path == "ssml")


def _text_problems(text: str, where: str, *, is_ssml: bool) -> Iterator[Problem]:
    if len(text) > SPEECH_CHARACTERS:
        yield refused("speech-too-long", f"{where} has {len(text):,} characters; 8,000 are allowed.")
    if is_ssml:
        yield from ssml_problems(text, where)
    elif re.search(r"</?\w[^>]*>", text):
        yield Problem("tags-in-plain-text", f"{where} has tags, which are read aloud; use type SSML.")


def _ssml(output: Any) -> str:
    match output:
        case {"type": "SSML", "ssml": str(ssml)}:
            return ssml
    return ""


def question_problems(response: Mapping[str, Any], directives: list[str]) -> Iterator[Problem]:
    """A question is asked if and only if the microphone is open, and then there is a reprompt.

    The rule is certification's ("after a question the session stays open, without one it closes"); where
    Amazon's side asks, or another skill goes on, there is nothing to judge.
    """
    if LEAVES_THE_SKILL.union(SPOKEN_BY_THE_CLOUD).intersection(directives):
        return
    said = spoken_words(response.get("outputSpeech"))
    ends = response.get("shouldEndSession")
    # Amazon's own samples leave the field out beside a dialog directive, which opens the microphone.
    is_open = ends is False or (ends is None and not ASKING.isdisjoint(directives))
    if is_open and not ends_in_question(said):
        yield Problem(
            "open-without-question",
            f"The microphone is open, but response.outputSpeech ends in no question: {_tail(said)}.",
        )
    if not is_open and ends_in_question(said):
        yield Problem(
            "question-but-closed",
            f"response.outputSpeech ends in a question, but the microphone is closed: {_tail(said)}.",
        )
    reprompt = part(response, "reprompt")
    if ends is False and not reprompt:
        yield Problem("reprompt-missing", "The microphone is open, but there is no response.reprompt.")
    if reprompt and ends is True:
        yield Problem("reprompt-but-closed", "response.reprompt is never heard: the session ends.")


def spoken_words(output: Any) -> str:
    """The words of an outputSpeech, "" where it says nothing."""
    match output:
        case {"type": "PlainText", "text": str(text)}:
            return " ".join(text.split())
        case {"type": "SSML", "ssml": str(ssml)}:
            return words_of(ssml)
    return ""


def ends_in_question(said: str) -> bool:
    """Whether the last sentence is a question; closing quotes and brackets do not count."""
    return said.rstrip(CLOSERS).endswith((*QUESTION_MARKS, JAPANESE_QUESTION))


def _tail(said: str) -> str:
    if not said:
        return "nothing is said"
    return repr(said if len(said) <= 60 else "..." + said[-57:])
