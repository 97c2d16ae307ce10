"""A small assistant for tests of the Alexa face: answers every turn, and remembers what it was asked."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

from skill.conversation.turn import Answer, Caller, Heard, Turn
from skill.household.identity import Speaker

NOW = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
ANNA = Caller(household_id=UUID(int=1), member_id=UUID(int=2), name="Anna")
QUESTION = Answer(
    reply="ReorderUsualIntent.quoted",
    ssml="<speak>Wipes for $4. Shall I order them?</speak>",
    speech="Wipes for $4. Shall I order them?",
    session_open=True,
    reprompt_ssml="<speak>Shall I order them?</speak>",
    session={"confirm": "018f"},
)
SORRY = Answer("Error.internal", "<speak>Sorry.</speak>", "Sorry.", session_open=False)


@dataclass
class FakeAssistant:
    """Says `says` to every turn; `broken` names methods that raise."""

    says: Answer = QUESTION
    broken: frozenset[str] = frozenset()
    turns: list[Turn] = field(default_factory=list)
    speakers: list[Speaker] = field(default_factory=list)
    events: list[tuple[str, Speaker, Mapping[str, object]]] = field(default_factory=list)
    questions: list[tuple[str, Mapping[str, Heard]]] = field(default_factory=list)
    apologies: list[str] = field(default_factory=list)

    def now(self) -> datetime:
        self._may_break("now")
        return NOW

    def caller(self, speaker: Speaker, at: datetime) -> Caller:
        self._may_break("caller")
        self.speakers.append(speaker)
        return ANNA

    def answer(self, turn: Turn) -> Answer:
        self._may_break("answer")
        self.turns.append(turn)
        return self.says

    def apologise(self, locale: str, key: str = "Error.internal") -> Answer:
        self._may_break("apologise")
        self.apologies.append(locale)
        return SORRY

    def knows(self, intent: str) -> bool:
        return intent.endswith("Intent")

    def can_fulfill(self, intent: str, slots: Mapping[str, Heard]) -> bool:
        self._may_break("can_fulfill")
        self.questions.append((intent, slots))
        return True

    def event(self, kind: str, speaker: Speaker, at: datetime, body: Mapping[str, object]) -> None:
        self._may_break("event")
        self.events.append((kind, speaker, body))

    def _may_break(self, method: str) -> None:
        if method in self.broken:
            raise RuntimeError("Anna's secret token account-token")
