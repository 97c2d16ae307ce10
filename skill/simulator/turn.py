"""Collects what happens in one turn, however many calls of the skill it takes, into one Spoken."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from skill.conversation.prompts import plain
from skill.simulator.envelopes import Envelope
from skill.simulator.exchange import Exchange
from skill.simulator.services import Call
from skill.simulator.sessions import listed, ssml_of
from skill.simulator.skill_model import SkillModel
from skill.simulator.spoken import SaidBy, Spoken
from skill.understanding import Understood


@dataclass
class Turn:
    """One turn as it goes on; `intent` is the intent as Amazon's side has it, with its slots.

    `calls_before` is how many calls of services there had been when it began.
    """

    utterance: str
    understood: Understood | None = None
    intent: Envelope | None = None
    exchanges: list[Exchange] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    said_by: SaidBy = "nobody"
    reprompt: str | None = None
    ended: Envelope | None = None
    connection: Envelope | None = None
    permission: Mapping[str, bool] | None = None
    calls_before: int = 0

    def says(self, ssml: str, by: SaidBy, reprompt: str | None = None) -> None:
        """Something is heard; the reprompt is that of the last who spoke."""
        self.words.append(ssml)
        self.said_by, self.reprompt = by, reprompt

    def answered(self, exchange: Exchange) -> None:
        """The skill was called and its response is heard."""
        response = exchange.answer
        said, reprompt = (ssml_of(one) for one in (response.get("outputSpeech"), _reprompt(response)))
        if said is not None:
            self.says(said, "skill", reprompt)
        elif not self.words:
            self.said_by, self.reprompt = "skill", reprompt

    def fails(self, ssml: str) -> None:
        """The skill failed: all that is heard of the turn is the cloud's apology."""
        self.words = []
        self.says(ssml, "cloud")

    def spoken(self, model: SkillModel, calls: Sequence[Call], *, session_open: bool) -> Spoken:
        """What came of the turn."""
        last = self.exchanges[-1] if self.exchanges else None
        ssml = " ".join(self.words) if len(self.words) < 2 else _joined(self.words)
        failure = last.failure if last else None
        name = str((self.intent or {}).get("name", ""))
        return Spoken(
            utterance=self.utterance,
            request=last.request if last else self.ended,
            response=last.response if last else {},
            understood=self.understood,
            slot_types=model.slot_types.get(name, {}),
            speech=plain(ssml),
            ssml=ssml or None,
            reprompt=None if self.reprompt is None else plain(self.reprompt),
            session_open=session_open,
            directives=tuple(listed(last.answer)) if last and not last.failure else (),
            ms=round(sum(one.ms for one in self.exchanges), 1),
            multiple=model.multiple.get(name, frozenset()),
            said_by=self.said_by,
            problems=tuple(problem for one in self.exchanges for problem in one.problems),
            calls=tuple(calls),
            connection=self.connection,
            permission=self.permission,
            error=failure.raised if failure else None,
            heard=self.intent,
            ended=(self.ended or {}).get("request"),
            exchanges=tuple(self.exchanges),
        )


def _reprompt(response: Envelope) -> object:
    found = response.get("reprompt")
    return found.get("outputSpeech") if isinstance(found, dict) else None


def _joined(words: Sequence[str]) -> str:
    """Several speeches as one."""
    inner = (one.strip().removeprefix("<speak>").removesuffix("</speak>").strip() for one in words)
    return f"<speak>{' '.join(inner)}</speak>"
