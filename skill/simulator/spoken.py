"""One exchange with the skill, as everybody who looks at it afterwards needs it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from skill.simulator.checks import Problem
from skill.simulator.envelopes import Envelope
from skill.simulator.exchange import Exchange
from skill.simulator.services import Call
from skill.understanding import Understood

SaidBy = Literal["skill", "cloud", "nobody"]
"""Whose words are heard: the skill's, Amazon's own (a prompt of the model, an apology), or none."""


@dataclass(frozen=True)
class Spoken:
    """One exchange with the skill: what was said to it, what went over the wire, what it answered.

    `request` is None (and `response` empty) when the skill was not called: nothing in the model fits and it
    has no fallback intent, or Amazon's side asks by itself. `speech` and `reprompt` are plain text;
    `slot_types` names the type of each slot that the intent has; `ms` is how long the skill took; `multiple`
    names the slots that take several values.

    `said_by` tells whose words `speech` is; `problems` is what Amazon would object to in the responses;
    `calls` are the skill's calls to Amazon's services during the turn; `connection` is the outcome of a
    Connections.StartConnection (the SessionResumedRequest's cause), `permission` what was granted in it by
    scope; `error` is what the skill raised; `heard` the intent as Amazon's side has it, though the skill may
    not have been called; `ended` the SessionEndedRequest, if one was sent; `exchanges` are all calls of the
    skill in this turn, of which `request` and `response` are the last.
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
    problems: tuple[Problem, ...] = ()
    calls: tuple[Call, ...] = ()
    connection: Envelope | None = None
    permission: Mapping[str, bool] | None = None
    error: Exception | None = None
    heard: Envelope | None = None
    ended: Envelope | None = None
    exchanges: tuple[Exchange, ...] = ()

    @property
    def intent(self) -> str | None:
        """The intent's name, "LaunchRequest" for a launch, None when nothing was understood."""
        found = self._intent
        if found is not None:
            return str(found["name"])
        return None if self.request is None else str(self.request["request"]["type"])

    @property
    def wire_slots(self) -> Mapping[str, Envelope]:
        """The slots of the request as they went over the wire, those not heard among them."""
        slots: Mapping[str, Envelope] = (self._intent or {}).get("slots") or {}
        return slots

    @property
    def card(self) -> Mapping[str, Any] | None:
        """The card that the response shows, as {"type": "LinkAccount"}."""
        inside = self.response.get("response")
        found = inside.get("card") if isinstance(inside, dict) else None
        return found if isinstance(found, Mapping) else None

    @property
    def _intent(self) -> Envelope | None:
        """The intent as Amazon's side has it last, or that of the request."""
        found: Envelope | None = (self.request or {}).get("request", {}).get("intent")
        return self.heard or found
