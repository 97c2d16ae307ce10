"""A fake world, its host and the services in it, for tests of what runs fixtures."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache

from skill.conversation.turn import Answer, Turn
from skill.simulator.account import Account, Person
from skill.simulator.amazon.calls import Call
from skill.simulator.amazon.faults import Fault
from skill.simulator.device import Skill
from skill.simulator.fixtures import Clock
from skill.simulator.skill_model import SkillModel
from tests.simulator.fake_skill import SKILL_ID, FakeSkill, compiled


@dataclass
class FakeServices:
    """Services that nobody listens at; tests write down the calls themselves."""

    address: str = "http://127.0.0.1:9"
    calls: list[Call] = field(default_factory=list)
    fault: Fault | None = None

    def token(self, device_id: str, person_id: str | None) -> str:
        return "token"

    def behave(self, service: str, fault: Fault | None) -> None:
        if service != "reminders":
            raise ValueError(f"There is no service {service!r}.")
        self.fault = fault


HEADER = "[[conversation]]\n[[conversation.turn]]\n"


@dataclass
class FakeWorld:
    """The fake skill as a world; its users are Anna and Ben."""

    clock: Clock
    skill: FakeSkill = field(default_factory=FakeSkill)
    closed: bool = False
    remote: bool = False
    held: FakeServices = field(default_factory=FakeServices)

    @property
    def handle(self) -> Skill:
        return self.skill.handle

    def observe(self, observer: Callable[[Turn, Answer], None]) -> None:
        self.skill.observe(observer)

    def counts(self) -> Mapping[str, int]:
        return {"orders": self.skill.placed, "members": 2}

    def speaker(self, name: str | None) -> str:
        if name not in (None, "Anna", "Ben"):
            raise LookupError(f"nobody is called {name}")
        return f"account-{name}"

    def zone(self, user_id: str) -> str:
        return "America/New_York"

    def person(self, name: str) -> Person:
        if name != "Anna":
            raise LookupError(f"nobody sounds like {name}")
        return Person("person-anna")

    def services(self, account: Account) -> FakeServices:
        return self.held

    def close(self) -> None:
        self.closed = True


@cache
def model_of(locale: str) -> SkillModel:
    """The small model, compiled once for all tests."""
    return compiled(locale)


@dataclass
class FakeHost:
    """Hands out fake worlds and remembers them."""

    skill_id: str = SKILL_ID
    worlds: list[FakeWorld] = field(default_factory=list)

    def model(self, locale: str) -> SkillModel:
        return model_of(locale)

    def world(self, name: str, clock: Clock) -> FakeWorld:
        if name == "nowhere":
            raise LookupError("there is no world called nowhere")
        self.worlds.append(FakeWorld(clock))
        return self.worlds[-1]
