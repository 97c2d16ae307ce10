"""One exchange with the skill, as everybody who looks at it afterwards needs it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from skill.simulator.envelopes import Envelope
from skill.understanding import Understood

SaidBy = Literal["skill", "cloud", "nobody"]
"""Whose words are heard: the skill's, Amazon's own (a prompt of the model, an apology), or none."""


@dataclass(frozen=True)
class Spoken:
    """One exchange with the skill: what was said to it, what went over the wire, what it answered.

    `request` is None (and `response` empty) when the skill was not called: nothing in the model fits and it
    has no fallback intent, or Amazon's side asked for a slot itself. `speech` and `reprompt` are plain text;
    `slot_types` names the type of each slot that the intent has; `ms` is how long the skill took; `multiple`
    names the slots that take several values.

    `said_by` tells whose words `speech` is; `problems` is what Amazon would object to in the response;
    `calls` are the skill's calls to Amazon's services during the turn; `connection` is the outcome of a
    Connections.StartConnection (the SessionResumedRequest's cause), `permission` what its owner or a consent
    card granted by scope; `error` is what the skill raised.
    """

    utterance: str
    request: Envelope | None
    response: Envelope
    understood: Understood | None
    slot_types: Mapping[str, str]
    speech: str
    ssml: str | None
    reprompt: str | None
    session_open: bool
    directives: tuple[Envelope, ...]
    ms: float
    multiple: frozenset[str] = frozenset()
    said_by: SaidBy = "skill"
    problems: tuple[Any, ...] = ()
    calls: tuple[Any, ...] = ()
    connection: Envelope | None = None
    permission: Mapping[str, bool] | None = None
    error: Exception | None = None

    @property
    def intent(self) -> str | None:
        """The intent's name, "LaunchRequest" for a launch, None when nothing was understood."""
        if self.request is None:
            return None
        inside = self.request["request"]
        return str(inside["intent"]["name"]) if "intent" in inside else str(inside["type"])

    @property
    def wire_slots(self) -> Mapping[str, Envelope]:
        """The slots of the request as they went over the wire, those not heard among them."""
        inside = self.request["request"] if self.request else {}
        slots: Mapping[str, Envelope] = inside.get("intent", {}).get("slots") or {}
        return slots
