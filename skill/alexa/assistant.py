"""The port of the Alexa face: what it asks of the rest of the program."""

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from skill.conversation.turn import Answer, Caller, Heard, Turn
from skill.household.identity import Speaker


class Assistant(Protocol):
    """Answers turns and takes note of skill events; bootstrap makes the real one."""

    def now(self) -> datetime:
        """The server's clock, aware: the only clock of a turn."""

    def caller(self, speaker: Speaker, at: datetime) -> Caller:
        """Who speaks; may create the demo household of an unknown user in development."""

    def answer(self, turn: Turn) -> Answer:
        """Run the turn once, however often it comes, and say its outcome."""

    def apologise(self, locale: str, key: str = "Error.internal") -> Answer:
        """A prompt rendered outside any turn; writes nothing."""

    def knows(self, intent: str) -> bool:
        """Whether some feature declares `intent`."""

    def can_fulfill(self, intent: str, slots: Mapping[str, Heard]) -> bool:
        """Whether the intent could be met with these slots; has no side effect."""

    def event(self, kind: str, speaker: Speaker, at: datetime, body: Mapping[str, object]) -> None:
        """Take note of a skill event, as "AlexaSkillEvent.SkillDisabled"."""
