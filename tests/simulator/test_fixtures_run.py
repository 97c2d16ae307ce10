"""Fixtures run in fresh worlds; a difference is told with its file, its line and what came instead."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest

from skill.conversation.turn import Answer, Turn
from skill.simulator.device import Skill
from skill.simulator.fixture_files import FixtureError, read
from skill.simulator.fixtures import Clock, run
from skill.simulator.skill_model import SkillModel
from tests.simulator.fake_skill import SKILL_ID, FakeSkill, compiled

HEADER = "[[conversation]]\n[[conversation.turn]]\n"


@dataclass
class FakeWorld:
    """The fake skill as a world; its users are Anna and Ben."""

    clock: Clock
    skill: FakeSkill = field(default_factory=FakeSkill)
    closed: bool = False

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

    def close(self) -> None:
        self.closed = True


@dataclass
class FakeHost:
    """Hands out fake worlds and remembers them."""

    skill_id: str = SKILL_ID
    worlds: list[FakeWorld] = field(default_factory=list)
    models: dict[str, SkillModel] = field(default_factory=dict)

    def model(self, locale: str) -> SkillModel:
        return self.models.setdefault(locale, compiled(locale))

    def world(self, name: str, clock: Clock) -> FakeWorld:
        if name == "nowhere":
            raise LookupError("there is no world called nowhere")
        self.worlds.append(FakeWorld(clock))
        return self.worlds[-1]


@pytest.fixture
def host() -> FakeHost:
    return FakeHost()


def outcomes(tmp_path: Path, host: FakeHost, text: str) -> list[str]:
    """The failures of the file, without its folder."""
    path = tmp_path / "f.toml"
    path.write_text(text, encoding="utf-8")
    found = [run(fixture, host) for fixture in read(path)]
    return [str(failure).replace(f"{path}", "f.toml") for failure in found if failure]


def test_what_agrees_passes(tmp_path: Path, host: FakeHost) -> None:
    text = """
[[case]]
say = "order two nappies"
intent = "OrderItemIntent"
slots = { quantity = "2", product = "nappies" }
reply = "OrderItemIntent.said"
speech = "Mac & Cheese is $12.40. Shall I?"
speech_matches = "Cheese"
session_open = true

[[conversation]]
[[conversation.turn]]
say = "order something"
slots = {}
directives = ["Dialog.ElicitSlot"]
effects = { orders = 0 }
[[conversation.turn]]
say = "diapers and wipes"
slots = { product = ["DIAPER-4", "wipes"] }
directives = []
[[conversation.turn]]
say = "yes"
effects = { orders = 1 }
session_open = false
"""
    assert outcomes(tmp_path, host, text) == []
    assert [world.closed for world in host.worlds] == [True, True]


@pytest.mark.parametrize(
    ("expectation", "difference"),
    [
        ('intent = "HelpIntent"', "intent: expected 'HelpIntent', got 'OrderItemIntent' (intent Order"),
        (
            'reply = "X.y"',
            "reply: expected 'X.y', got 'OrderItemIntent.said' (intent OrderItemIntent, speech",
        ),
        ('speech = "No."', "speech: expected 'No.', got 'Mac & Cheese"),
        ('speech_matches = "^No"', "speech_matches: '^No' is not in 'Mac & Cheese"),
        ("session_open = false", "session_open: expected false, got true"),
        ('directives = ["Dialog.Delegate"]', "directives: expected ['Dialog.Delegate'], got []"),
        (
            'slots = { product = "wipes", quantity = "2" }',
            "slots: expected product to be 'wipes', got 'nappies'",
        ),
        ('slots = { product = "nappies" }', "slots: quantity was heard as '2' and is not expected"),
        ('slots = { quantity = "2", product = ["nappies", "wipes"] }', "slots: expected product to be ["),
        (
            'slots = { quantity = "2", product = "nappies", size = "4" }',
            "slots: expected size to be '4', got nothing",
        ),
    ],
)
def test_a_difference_names_its_line_and_what_came_instead(
    tmp_path: Path, host: FakeHost, expectation: str, difference: str
) -> None:
    text = f'# a comment\n[[case]]\nsay = "order two nappies"\n{expectation}\n'
    (failure,) = outcomes(tmp_path, host, text)
    assert failure.startswith(f'f.toml:2: "order two nappies": {difference}')


def test_effects_are_counted_for_each_turn(tmp_path: Path, host: FakeHost) -> None:
    text = HEADER + 'say = "order diapers"\n[[conversation.turn]]\nsay = "yes"\neffects = { orders = 0 }\n'
    assert outcomes(tmp_path, host, text) == [
        'f.toml:4: "yes": effects: expected orders to grow by 0, it grew by 1'
    ]


def test_an_effect_that_nobody_counts_is_a_difference(tmp_path: Path, host: FakeHost) -> None:
    (failure,) = outcomes(tmp_path, host, '[[case]]\nsay = "yes"\neffects = { cats = 1 }\n')
    assert "cats is not counted; counted are members, orders" in failure


def test_a_conversation_stops_at_its_first_difference(tmp_path: Path, host: FakeHost) -> None:
    text = HEADER + 'say = "yes"\nintent = "X"\n[[conversation.turn]]\nsay = "yes"\nintent = "Y"\n'
    (failure,) = outcomes(tmp_path, host, text)
    assert failure.startswith("f.toml:2: ")
    assert host.worlds[0].skill.placed == 1


def test_the_clock_stands_still_but_for_what_a_turn_says(tmp_path: Path, host: FakeHost) -> None:
    text = """
[[conversation]]
now = 2026-11-20T10:00:00+00:00
[[conversation.turn]]
say = "yes"
[[conversation.turn]]
say = "yes"
after = "PT2M"
[[conversation.turn]]
say = "yes"
now = 2026-12-01T00:00:00+00:00
"""
    assert outcomes(tmp_path, host, text) == []
    stamps = [request["request"]["timestamp"] for request in host.worlds[0].skill.requests]
    assert stamps == ["2026-11-20T10:00:00Z", "2026-11-20T10:02:00Z", "2026-12-01T00:00:00Z"]
    assert host.worlds[0].clock() == datetime(2026, 12, 1, tzinfo=UTC)


def test_another_user_speaks_to_a_device_of_their_own(tmp_path: Path, host: FakeHost) -> None:
    text = HEADER + 'say = "order diapers"\n[[conversation.turn]]\nsay = "yes"\nuser = "Ben"\n'
    assert outcomes(tmp_path, host, text) == []
    first, second = host.worlds[0].skill.requests
    assert second["session"]["user"] == {"userId": "account-Ben"}
    assert second["session"]["new"] is True
    assert first["context"]["System"]["device"] != second["context"]["System"]["device"]


def test_a_crash_of_the_skill_fails_its_fixture_only(tmp_path: Path) -> None:
    class Crashing(FakeHost):
        def world(self, name: str, clock: Clock) -> FakeWorld:
            world = super().world(name, clock)
            world.skill.observe(crash)
            return world

    def crash(turn: Turn, answer: Answer) -> None:
        raise KeyError("boom")

    host = Crashing()
    failures = outcomes(tmp_path, host, '[[case]]\nsay = "yes"\n[[case]]\nsay = "help"\n')
    assert failures[0] == "f.toml:1: \"yes\": the skill raised KeyError: 'boom'"
    assert len(failures) == 2
    assert all(world.closed for world in host.worlds)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[[case]]\nsay = "yes"\nworld = "nowhere"\n', ":1: world: there is no world called nowhere"),
        (HEADER + 'say = "yes"\nuser = "Zoe"\n', ":2: user: nobody is called Zoe"),
    ],
)
def test_an_unknown_world_or_user_is_a_malformed_file(
    tmp_path: Path, host: FakeHost, text: str, message: str
) -> None:
    with pytest.raises(FixtureError, match=message):
        outcomes(tmp_path, host, text)


def test_a_long_sentence_is_shortened_in_the_report(tmp_path: Path, host: FakeHost) -> None:
    (failure,) = outcomes(tmp_path, host, f'[[case]]\nsay = "{"x" * 500}"\nintent = "X"\n')
    assert f'"{"x" * 57}..."' in failure
