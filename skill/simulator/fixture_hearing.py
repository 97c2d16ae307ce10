"""What was heard in a step, told by a device or by a model alone, in the form of what is expected."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from skill.simulator import envelopes
from skill.simulator.envelopes import Envelope
from skill.simulator.skill_model import SkillModel
from skill.simulator.spoken import Spoken
from skill.understanding import strip_invocation
from skill.understanding.model import FALLBACK_INTENT

LAUNCH = "LaunchRequest"
INVOKED = "invocation"
"""The stage of what needs no model: the name of the skill alone, a touch, an event."""


@dataclass(frozen=True)
class Hearing:
    """The intent (None: nothing was understood), the slots in the wire's form, and the stage that told."""

    intent: str | None
    slots: Mapping[str, Envelope]
    stage: str

    @property
    def refused(self) -> bool:
        """Whether the sentence was taken for nothing that the skill does."""
        return self.intent in (None, FALLBACK_INTENT)


def heard_by_device(spoken: Spoken) -> Hearing:
    """What a device heard: what went to the skill, or the intent that Amazon's side asks about by itself."""
    understood = spoken.understood
    return Hearing(spoken.intent, spoken.wire_slots, understood.stage if understood else INVOKED)


def heard_by_model(model: SkillModel, sentence: str, now: datetime, skill_id: str) -> Hearing:
    """What the sentence means to the model where nothing was asked before; `now` in the speaker's zone."""
    kind, rest = strip_invocation(sentence, model.invocation_name, model.language)
    if kind != "none" and not rest.strip():
        return Hearing(LAUNCH, {}, INVOKED)
    understood = model.compiled.resolve(rest, now=now)
    slots = {fill.name: envelopes.wire_slot(fill, skill_id) for fill in understood.slots.values()}
    return Hearing(understood.intent, slots, understood.stage)
