"""What was said and done is written as a fixture that reads back and holds."""

import tomllib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skill.conversation.turn import Answer, Turn
from skill.simulator.account import Account, DeviceState, Outcome, Person
from skill.simulator.amazon import AmazonServices
from skill.simulator.device import Device, Skill
from skill.simulator.fixture_cases import Setting
from skill.simulator.fixture_files import read
from skill.simulator.fixture_writer import Played, as_toml, toml
from skill.simulator.fixtures import Clock, run
from skill.simulator.skill_model import SkillModel
from skill.simulator.transcript import Witness
from tests.simulator.fake_skill import SKILL_ID, FakeSkill, compiled

NOW = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
SMALL = compiled()
WORDS = st.text(st.characters(blacklist_categories=["Cs"]))


class Home:
    """The fake skill as the host and the world of fixtures, and a device that is played by hand."""

    skill_id = SKILL_ID
    remote = False

    def __init__(self) -> None:
        self.skill = FakeSkill()
        self.now = NOW

    @property
    def handle(self) -> Skill:
        return self.skill.handle

    def model(self, locale: str) -> SkillModel:
        return SMALL

    def world(self, name: str, clock: Clock) -> "Home":
        assert name == "home"
        return Home()

    def observe(self, observer: Callable[[Turn, Answer], None]) -> None:
        self.skill.observe(observer)

    def counts(self) -> dict[str, int]:
        return {"orders": self.skill.placed}

    def speaker(self, name: str | None) -> str:
        return f"account-{name}"

    def person(self, name: str) -> Person:
        return Person(f"person-{name}")

    def zone(self, user_id: str) -> str:
        return "America/New_York"

    def services(self, account: Account) -> AmazonServices:
        return AmazonServices(account, lambda: self.now)  # never opened: no step asks for a call

    def close(self) -> None:
        pass

    def play(self, **more: Any) -> list[Played]:
        """A conversation of every kind of turn."""
        witness, placed = Witness(), []
        self.observe(witness)
        state = DeviceState(screen="small")
        device = Device(
            self.handle,
            SMALL,
            account=Account("account-None"),
            state=state,
            skill_id=SKILL_ID,
            clock=lambda: self.now,
        )
        for done, act in (
            ({"say": "order something"}, lambda: device.say("order something")),
            ({"say": "diapers and wombats"}, lambda: device.say("diapers and wombats")),
            ({"silence": True}, device.silence),
            ({"say": "yes"}, lambda: device.say("yes")),
            ({"touch": ["buy", 3, {"a": None}]}, lambda: device.touch(["buy", 3, {"a": None}])),
            ({"event": "enabled"}, lambda: device.fire("enabled")),
            ({"say": "xylophone concerto"}, lambda: device.say("xylophone concerto")),
        ):
            before = self.skill.placed
            spoken = act()
            answer = witness.take()
            assert spoken is not None
            placed.append(
                Played(
                    spoken,
                    self.now,
                    **done,
                    reply=answer.reply if answer else None,
                    effects={"orders": self.skill.placed - before} if self.skill.placed > before else {},
                    setting=Setting(screen="small", locale="en-US", **more),
                )
            )
            self.now += timedelta(seconds=20.5 if "touch" in done else 20)
        return placed


def written(folder: Path, text: str) -> Path:
    path = folder / "kept.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_what_is_written_reads_back_and_holds(tmp_path: Path) -> None:
    played = Home().play()
    (fixture,) = read(written(tmp_path, as_toml("an order", played)))
    assert fixture.name == "an order"
    assert run(fixture, Home()) is None
    assert [step.expected.reply for step in fixture.steps][:2] == ["OrderItemIntent.said"] * 2
    assert fixture.steps[1].expected.slots == {"product": ["diapers", "wombats"]}
    assert fixture.steps[1].after == timedelta(seconds=20)
    assert fixture.steps[3].expected.effects == {"orders": 1}
    assert fixture.steps[5].now == NOW + timedelta(seconds=100.5)
    assert fixture.setting == Setting(screen="small", locale="en-US")
    assert fixture.steps[5].expected.problems == ("answer-to-event",)


def test_what_is_written_notices_when_the_skill_answers_otherwise(tmp_path: Path) -> None:
    class Silent(FakeSkill):
        def handle(self, envelope: dict[str, Any]) -> dict[str, Any]:
            return {"version": "1.0", "response": {"shouldEndSession": True}}

    class Other(Home):
        def world(self, name: str, clock: Clock) -> Home:
            home = Home()
            home.skill = Silent()
            return home

    (fixture,) = read(written(tmp_path, as_toml("an order", Home().play())))
    failure = run(fixture, Other())
    assert failure is not None
    assert failure.line == fixture.steps[0].line


def test_a_skill_elsewhere_is_held_to_its_words(tmp_path: Path) -> None:
    (first, *_) = Home().play()
    text = as_toml("remote", [Played(first.spoken, NOW, say="order something")], world="home")
    (fixture,) = read(written(tmp_path, text))
    assert fixture.steps[0].expected.speech == "Which product?"
    assert fixture.world_named
    assert run(fixture, Home()) is None


def test_a_setting_that_changes_is_told_where_it_does(tmp_path: Path) -> None:
    (first, second, *_) = Home().play()
    settings = [
        Setting(user="Ben", device="kitchen", permissions=("a::b",)),
        Setting(
            user="Ben",
            person="Anna",
            outcomes={"connection://x": Outcome("204", "No", {"a": 1})},
            permissions=("a::b",),
        ),
    ]
    played = [
        Played(first.spoken, NOW, say="a", setting=settings[0]),
        Played(second.spoken, NOW, say="b", setting=settings[1]),
    ]
    (fixture,) = read(written(tmp_path, as_toml("two", played)))
    assert fixture.setting == Setting(user="Ben", permissions=("a::b",))
    assert [step.setting for step in fixture.steps] == [
        Setting(device="kitchen"),
        Setting(person="Anna", outcomes={"connection://x": Outcome("204", "No", {"a": 1})}),
    ]


@cache
def played_once() -> list[Played]:
    return Home().play()


@given(WORDS, WORDS)
def test_any_words_survive(name: str, said: str) -> None:
    (played, *_) = played_once()
    text = as_toml(name, [Played(played.spoken, NOW, say=said, reply="a.b")])
    (conversation,) = tomllib.loads(text)["conversation"]
    assert conversation["name"] == name
    assert conversation["turn"][0]["say"] == said


JSON = st.recursive(
    st.booleans() | st.integers(-(2**60), 2**60) | st.floats(allow_nan=False) | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=8,
)


@given(JSON)
def test_any_value_survives(value: object) -> None:
    assert tomllib.loads(f"x = {toml(value)}")["x"] == value


def test_half_a_character_is_written_as_a_question_mark() -> None:
    assert tomllib.loads(f"x = {toml(chr(0xD800))}")["x"] == "?"


def test_nothing_done_is_nothing_to_write() -> None:
    with pytest.raises(ValueError, match="nothing was done"):
        as_toml("empty", [])
