"""Which directives may stand in one response, beside which speech, and in answer to what."""

from collections.abc import Iterator, Mapping
from typing import Any

from skill.simulator.checks.directives import types_of
from skill.simulator.checks.problem import Problem, part, refused
from skill.simulator.checks.speech import ASKING, LEAVES_THE_SKILL

DIALOG = ASKING | {"Dialog.Delegate"}
AUDIO = frozenset({"AudioPlayer.Play", "AudioPlayer.Stop", "AudioPlayer.ClearQueue"})
PLAYERS = AUDIO | {"VideoApp.Launch"}
SLOT_FIELDS = {"Dialog.ElicitSlot": "slotToElicit", "Dialog.ConfirmSlot": "slotToConfirm"}


def combination_problems(request: Mapping[str, Any], response: Mapping[str, Any]) -> Iterator[Problem]:
    """Faults of the directives taken together; `request` is the inner request that is answered."""
    types = types_of(response.get("directives"))
    dialog = [name for name in types if name in DIALOG]
    yield from _pairs(types, dialog)
    if dialog:
        yield from _dialog(request, response, dialog[0])
    if "Connections.StartConnection" in types and response.get("shouldEndSession") is False:
        yield refused(
            "connection-but-open",
            "Connections.StartConnection hands the session over, but response.shouldEndSession is false.",
        )
    if "VideoApp.Launch" in types and response.get("shouldEndSession") is not None:
        # "VideoApp Interface Reference": the field must be left out with this directive.
        yield refused("video-session", "response.shouldEndSession must be left out beside VideoApp.Launch.")


def _pairs(types: list[str], dialog: list[str]) -> Iterator[Problem]:
    if len(dialog) > 1:
        # Alexa's words: "No other directives are allowed to be specified with a Dialog directive"; since
        # 2018 screens and dynamic entities have become exceptions.
        yield refused(
            "dialog-directives", f"A response has one dialog directive, not {' and '.join(dialog)}."
        )
    audio = [name for name in types if name in AUDIO]
    if len(audio) > 1:
        yield refused("audio-directives", f"A response has one audio directive, not {' and '.join(audio)}.")
    players = [name for name in types if name in PLAYERS]
    leaving = [name for name in types if name in LEAVES_THE_SKILL]
    if players and (dialog or leaving):
        # "Use Skill Connections to Request Tasks": no audio or video player directives beside these.
        other = (dialog or leaving)[0]
        yield refused("players-together", f"{players[0]} and {other} cannot stand in one response.")
    if len(leaving) > 1 or (leaving and dialog):
        both = " and ".join([*leaving, *dialog])
        yield refused("connections-together", f"One directive may hand the session over, not {both}.")


def _dialog(request: Mapping[str, Any], response: Mapping[str, Any], name: str) -> Iterator[Problem]:
    directive = next(
        one for one in response["directives"] if isinstance(one, Mapping) and one.get("type") == name
    )
    updated, asked = part(directive, "updatedIntent"), part(request, "intent")
    if not updated and not asked:
        yield refused("dialog-without-intent", f"{name} answers a request without an intent and names none.")
    if response.get("shouldEndSession") is True:
        yield Problem("dialog-but-closed", f"{name} goes on asking, but response.shouldEndSession is true.")
    if name == "Dialog.Delegate":
        for part_name in ("outputSpeech", "reprompt"):
            if response.get(part_name) is not None:
                yield Problem(
                    "delegate-with-speech", f"Dialog.Delegate speaks by itself; leave out {part_name}."
                )
    elif response.get("outputSpeech") is None:
        yield Problem("dialog-without-speech", f"{name} asks in the skill's words, but nothing is said.")
    yield from _slot(directive, name, {**part(asked, "slots"), **part(updated, "slots")})


def _slot(directive: Mapping[str, Any], name: str, slots: Mapping[str, Any]) -> Iterator[Problem]:
    field = SLOT_FIELDS.get(name)
    wanted = directive.get(field) if field else None
    if isinstance(wanted, str) and slots and wanted not in slots:
        known = ", ".join(sorted(slots))
        yield refused("dialog-slot", f"{name} asks for the slot {wanted!r}; the intent has {known}.")
