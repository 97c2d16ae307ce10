"""A household that talks to the pretended feature through the real dispatcher."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlmodel import SQLModel

from skill.conversation import intents as built_in
from skill.conversation import locale_files
from skill.conversation.declare import declared
from skill.conversation.dispatcher import Dispatcher, ServiceFactory, Speech
from skill.conversation.locale_files import Example, PromptText
from skill.conversation.prompts import Prompts
from skill.conversation.session import from_attributes
from skill.conversation.talk import Conversations
from skill.conversation.turn import Answer, Caller, Heard, Turn
from skill.conversation.wording import Wording
from skill.household.roles import permissions
from skill.household.service import Households
from skill.storage.database import Database
from skill.storage.keys import new_id
from tests.pretend import intents
from tests.pretend.intents import Jars

NOW = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
DECLARED = declared([built_in, intents])
PROMPTS = {
    "CountJarsIntent.told": PromptText(("One jar.", "A single jar.", "There is one jar.")),
    "BreakJarIntent.broken": PromptText(("{{ jar }} is broken.",)),
    "FillJarIntent.ask": PromptText(("Shall I?",), ("Yes or no?",)),
    "FillJarIntent.filled": PromptText(("Done.",)),
    "OrderJarIntent.resumed": PromptText(("Resumed.",)),
    "FillJarIntent.left": PromptText(("Left as it is.",)),
    "ChooseJarIntent.which": PromptText(("Which jar?",), ("Red or blue?",)),
}
EXAMPLES = {"pretend.fill": Example("fill the jar", "FillJarIntent")}
BASICS = ("pretend.fill", "loyalty.check_points", "loyalty.claim_reward")


def speech(locale: str) -> Speech:
    """The real texts of the locale with those of the pretended feature."""
    real = locale_files.load(locale)
    texts = replace(real, prompts={**real.prompts, **PROMPTS}, examples={**real.examples, **EXAMPLES})
    return Speech(texts, Prompts(texts, Wording(texts)))


@dataclass
class Home:
    """A household at the dispatcher. `session` is what the wire carries from turn to turn."""

    database: Database
    household: UUID = field(default_factory=new_id)
    role: str = "owner"
    at: datetime = NOW
    cut_off: bool = False
    while_cut_in_two: Callable[[], None] | None = None
    session: Any = field(default_factory=dict)
    _requests: Any = field(default_factory=lambda: count(1))

    def __post_init__(self) -> None:
        """Write the household."""
        with self.database.unit(self.household) as unit:
            Households(unit).create("Home", "America/New_York", NOW)
        services: dict[str, ServiceFactory] = {
            "pretend": lambda unit: Jars(unit, self.cut_off, self.while_cut_in_two)
        }
        services["conversation"] = lambda unit: Conversations(unit, DECLARED, services, BASICS)
        self.dispatcher = Dispatcher(self.database, DECLARED, services, speech)

    def caller(self) -> Caller:
        """The speaker in their role."""
        return Caller(self.household, new_id(), "Anna", self.role, permissions(self.role), "America/New_York")

    def turn(self, intent: str | None, request_id: str | None = None, **changes: Any) -> Turn:
        """The turn in which `intent` (None: a launch) is said now."""
        jar = changes.pop("jar", None)
        made = Turn(
            request_id=request_id or f"request-{next(self._requests)}",
            kind="intent" if intent else "launch",
            locale="en-US",
            at=self.at,
            caller=self.caller(),
            intent=intent,
            slots={} if jar is None else {"jar": Heard(jar)},
            session=from_attributes(self.session),
            device_id="kitchen",
        )
        return replace(made, **changes)

    def say(self, intent: str | None, request_id: str | None = None, **changes: Any) -> Answer:
        """One turn of the conversation; a second passes after it."""
        answer = self.dispatcher.answer(self.turn(intent, request_id, **changes))
        self.session = answer.session
        self.at += timedelta(seconds=1)
        return answer

    def effects(self) -> list[str]:
        """What was really done."""
        with self.database.reading(self.household) as unit:
            return Jars(unit).labels()


def rows(database: Database) -> int:
    """How many rows the whole database holds."""
    with database.engine.connect() as connection:
        counts = [
            connection.execute(
                select(func.count()).select_from(table).execution_options(crosses_households="fixtures")
            ).scalar_one()
            for table in SQLModel.metadata.sorted_tables
        ]
    return sum(counts)
