"""The intents every skill has: launch, help, fallback, repeat, stop, cancel, home, yes, no, start over."""

from dataclasses import dataclass
from typing import Protocol

from skill.conversation.declare import intent
from skill.conversation.dispatcher import Say
from skill.conversation.errors import SpokenError
from skill.conversation.turn import JsonObject, Reply, Turn


@dataclass(frozen=True)
class Said:
    """An earlier answer as plain text, with the session of its question if it asked one."""

    speech: str
    question: JsonObject | None


class Talk(Protocol):
    """What these intents need to know of the household: what to teach next and what was said last."""

    def opening(self, turn: Turn) -> Reply | None:
        """What this visit begins with instead of a plain greeting, if a feature has something to say."""

    def examples(self, turn: Turn) -> list[Say]:
        """Example sentences that would work now, the most useful first; never empty."""

    def last_said(self, turn: Turn) -> "Said | None":
        """The newest answer on this device that the caller may hear."""


@intent("LaunchRequest")
def welcome(turn: Turn, talk: Talk) -> Reply:
    """Begin with what is new; else open the microphone with one thing to try, a known speaker by name."""
    opening = talk.opening(turn)
    if opening is not None:
        return opening
    if turn.caller.name:
        return Reply("LaunchRequest.welcome_back", {"name": turn.caller.name, "try": talk.examples(turn)[0]})
    return Reply("LaunchRequest.welcome", {"try": talk.examples(turn)[0]})


@intent("AMAZON.HelpIntent")
def give_help(turn: Turn, talk: Talk) -> Reply:
    """Teach the next two useful steps; an open question stays open."""
    if turn.session.confirm:
        return Reply("HelpIntent.yes_or_no", keep_pending=True)
    if _choosing(turn):
        return Reply("HelpIntent.choice", keep_pending=True)
    first, *others = talk.examples(turn)
    return Reply("HelpIntent.teach", {"first": first, "second": others[0] if others else first})


@intent("AMAZON.FallbackIntent")
def fall_back(turn: Turn, talk: Talk) -> Reply:
    """Say that it was not understood and give a sentence that works; another one on the next miss."""
    if turn.session.confirm:
        return Reply("FallbackIntent.yes_or_no", keep_pending=True)
    if _choosing(turn):
        return Reply("FallbackIntent.choice", keep_pending=True)
    examples = talk.examples(turn)
    if turn.session.misses:
        return Reply("FallbackIntent.again", {"try": examples[turn.session.misses % len(examples)]})
    return Reply("FallbackIntent.not_understood", {"try": examples[0]})


def _choosing(turn: Turn) -> bool:
    """Whether the open question offers a choice, which a miss or a cry for help must not throw away."""
    return turn.session.elicit is not None and bool((turn.session.choice or {}).get("options"))


@intent("AMAZON.RepeatIntent")
def repeat(turn: Turn, talk: Talk) -> Reply:
    """Say the last answer again; its question, if it asked one, stays open."""
    said = talk.last_said(turn)
    if said is None:
        raise SpokenError("RepeatIntent.nothing_said", {"try": talk.examples(turn)[0]})
    if said.question is not None:
        return Reply("RepeatIntent.question", {"said": said.speech}, restore=said.question)
    return Reply("RepeatIntent.again", {"said": said.speech})


@intent("AMAZON.StopIntent")
def stop(turn: Turn, talk: Talk) -> Reply:
    """End the session; an open question is dropped."""
    return Reply("StopIntent.goodbye")


@intent("AMAZON.CancelIntent")
def cancel(turn: Turn, talk: Talk) -> Reply:
    """With no open question (the dispatcher answers those with "no") there is nothing to cancel: end."""
    return Reply("CancelIntent.goodbye")


@intent("AMAZON.NavigateHomeIntent")
def go_home(turn: Turn, talk: Talk) -> Reply:
    """Leave the skill for the device's home screen."""
    return Reply("NavigateHomeIntent.goodbye")


@intent("AMAZON.YesIntent")
def yes(turn: Turn, talk: Talk) -> Reply:
    """A "yes" without an open question places and changes nothing."""
    raise SpokenError("YesIntent.nothing_to_confirm", {"try": talk.examples(turn)[0]})


@intent("AMAZON.NoIntent")
def no(turn: Turn, talk: Talk) -> Reply:
    """A "no" without an open question ends politely."""
    return Reply("NoIntent.nothing_to_drop")


@intent("AMAZON.StartOverIntent")
def start_over(turn: Turn, talk: Talk) -> Reply:
    """Forget the open question and begin again."""
    return Reply("StartOverIntent.welcome", {"try": talk.examples(turn)[0]})
