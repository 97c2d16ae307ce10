"""Decides what was meant by a sound; what buys something needs a second vote."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from skill.simulator.speech.ears import BY_SOUND, USUAL
from skill.simulator.speech.sounds import Sound
from skill.understanding import CompiledModel, SlotFill, Understood
from skill.understanding.model import FALLBACK_INTENT
from skill.understanding.results import NO_MATCH

GRAMMAR = frozenset({"exact", "builtin"})
"""The stages that take a sentence only word for word as a sample or a shipped phrase has it."""

_BUYS = re.compile(r"(?i)order|buy|purchas|checkout|pay(?!load)|claim|redeem|subscri|\.yes")
_SPENDS_NOTHING = re.compile(r"(?i)status|track|cancel|return|pause|skip")
"""In the names of intents that buy, or answer the question whether to, and of those that do not after all."""


class Hears(Protocol):
    """What tells the words of a sound; `skill.simulator.speech.ears.Ears` is one."""

    def hear(self, sound: Sound, weight: float) -> str:
        """The likeliest words; `weight` is how much the model's sentences count beside the sound."""


@dataclass(frozen=True)
class Vote:
    """Why a buying command was believed or not: what it was taken for, and what was heard by sound alone."""

    intent: str
    heard: str | None
    agreed: bool
    reason: str

    def as_json(self) -> Mapping[str, object]:
        """The same as JSON."""
        return vars(self)


@dataclass(frozen=True)
class Heard:
    """The words of a sound, what they are taken to mean, and the vote where there was one."""

    text: str
    understood: Understood
    vote: Vote | None = None


@dataclass(frozen=True)
class Listener:
    """Ears and a model; `buying` are intents that buy beside those whose name says so."""

    ears: Hears
    model: CompiledModel
    buying: frozenset[str] = field(default_factory=frozenset)

    def listen(self, sound: Sound, now: datetime) -> Heard:
        """What was said and meant. A buying command is refused unless it is believed twice.

        It must be word for word a sentence of the model with values that the model lists, and mean the same
        with the same slots when the words are told by their sound, with hardly any regard to what people
        usually say.
        """
        text = self.ears.hear(sound, USUAL)
        meant = self.model.resolve(text, now=now)
        if not self.buys(meant.intent):
            return Heard(text, meant)
        vote = self._vote(sound, meant, now)
        return Heard(text, meant if vote.agreed else self._refused(meant), vote)

    def buys(self, intent: str | None) -> bool:
        """Whether an intent buys something, by its name or as it was told."""
        if intent is None:
            return False
        return intent in self.buying or bool(_BUYS.search(intent) and not _SPENDS_NOTHING.search(intent))

    def _vote(self, sound: Sound, meant: Understood, now: datetime) -> Vote:
        intent = meant.intent or ""
        if meant.stage not in GRAMMAR:
            return Vote(intent, None, agreed=False, reason=f"no sample word for word ({meant.stage})")
        if unlisted := _unlisted(meant):
            return Vote(intent, None, agreed=False, reason=f"the model does not list {unlisted!r}")
        again = self.ears.hear(sound, BY_SOUND)
        other = self.model.resolve(again, now=now)
        if _said(other) == _said(meant):
            return Vote(intent, again, agreed=True, reason="both times the same")
        return Vote(intent, again, agreed=False, reason="by sound alone it means something else")

    def _refused(self, meant: Understood) -> Understood:
        declared = FALLBACK_INTENT in self.model.made.intents
        return Understood(
            FALLBACK_INTENT if declared else None,
            stage="fallback" if declared else "none",
            rivals=((meant.intent or "", meant.score), *meant.rivals),
        )


def _unlisted(understood: Understood) -> str | None:
    """A value in place of which the model lists others; None where there is none."""
    fills = [each for fill in understood.slots.values() for each in (fill.values or (fill,))]
    return next((fill.value for fill in fills if fill.status == NO_MATCH), None)


def _said(understood: Understood) -> tuple[str | None, Mapping[str, object]]:
    return understood.intent, {name: _value(fill) for name, fill in understood.slots.items()}


def _value(fill: SlotFill) -> object:
    return tuple(map(_value, fill.values)) if fill.values else (fill.id or fill.value)
