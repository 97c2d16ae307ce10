"""The built-in intents on their own, where no sentence of the offline speaker leads."""

from datetime import UTC, datetime

from skill.conversation.dispatcher import Say
from skill.conversation.intents import Said, fall_back
from skill.conversation.session import Session
from skill.conversation.turn import Caller, Reply, Turn

NOW = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)


class NothingSaid:
    """A conversation that taught nothing and said nothing."""

    def opening(self, turn: Turn) -> Reply | None:
        """A plain greeting."""
        return None

    def examples(self, turn: Turn) -> list[Say]:
        """No sentence."""
        return []

    def last_said(self, turn: Turn) -> Said | None:
        """No answer."""
        return None


def test_a_miss_while_choosing_keeps_the_choice_open() -> None:
    session = Session(choice={"options": ["a", "b"]}, elicit=("OrderItemIntent", "product"))
    turn = Turn("r", "intent", "en-US", NOW, Caller(), "AMAZON.FallbackIntent", session=session)
    reply = fall_back(turn, NothingSaid())
    assert (reply.prompt, reply.keep_pending) == ("FallbackIntent.choice", True)
