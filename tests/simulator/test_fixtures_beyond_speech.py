"""Fixtures judge what a skill did beyond speech: calls to services, refused responses, faults."""

from pathlib import Path
from typing import Any

import pytest

from skill.conversation.turn import Answer, Turn
from skill.simulator.amazon.calls import Call
from skill.simulator.amazon.faults import DOWN
from skill.simulator.fixture_files import read
from skill.simulator.fixtures import Clock, outcome, run, understood
from tests.simulator.fake_skill import FakeSkill
from tests.simulator.fake_world import HEADER, FakeHost, FakeWorld


@pytest.fixture
def host() -> FakeHost:
    return FakeHost()


def outcomes(tmp_path: Path, host: FakeHost, text: str) -> list[str]:
    """The failures of the file, without its folder."""
    path = tmp_path / "f.toml"
    path.write_text(text, encoding="utf-8")
    found = [run(fixture, host) for fixture in read(path)]
    return [str(failure).replace(f"{path}", "f.toml") for failure in found if failure]


def case(text: str, *, world: str = "home") -> str:
    return f'[[case]]\nworld = "{world}"\n{text}\n'


class CallingHost(FakeHost):
    """Its worlds have services, which the skill calls whenever it answers."""

    def world(self, name: str, clock: Clock) -> FakeWorld:
        world = super().world(name, clock)
        services = world.held

        def call(turn: Turn, answer: Answer) -> None:
            path = "/v1/devices/abc/settings/address"
            services.calls.append(Call("address", "GET", path, 403, None, 1.0))
            services.calls.append(
                Call("reminders", "POST", "/v1/alerts/reminders", 201, {"trigger": {"type": "A"}}, 1.0)
            )

        world.skill.observe(call)
        return world


ADDRESS = '"GET /v1/devices/*/settings/address"'
REMINDER = '{ call = "POST /v1/alerts/reminders", status = 201, body = { trigger = { type = "A" } } }'


@pytest.mark.parametrize(
    ("calls", "difference"),
    [
        (f"[{ADDRESS}, {REMINDER}]", None),
        (f"[{REMINDER}, {ADDRESS}]", None),
        ('[{ call = "* /v1/*", count = 2 }]', None),
        (f'[{ADDRESS}, "POST /v1/alerts/*", {{ call = "DELETE /v1/*", count = 0 }}]', None),
        (f"[{ADDRESS}]", "calls: not expected: POST /v1/alerts/reminders (201)"),
        ("[]", "calls: not expected: GET"),
        (
            f"[{ADDRESS}, {REMINDER.replace('201', '200')}]",
            "expected POST /v1/alerts/reminders 1 times, got 0",
        ),
        (f"[{ADDRESS}, {REMINDER.replace('A', 'B')}]", "expected POST /v1/alerts/reminders 1 times, got 0"),
        ('[{ call = "* /v1/*", count = 3 }]', "expected * /v1/* 3 times, got 2; calls were GET"),
        ('[{ call = "* /v1/*", count = 0 }]', "expected * /v1/* 0 times, got 2"),
    ],
)
def test_calls_to_services_are_compared(tmp_path: Path, calls: str, difference: str | None) -> None:
    found = outcomes(tmp_path, CallingHost(), case(f'say = "help"\ncalls = {calls}'))
    assert len(found) == (difference is not None)
    assert difference is None or difference in found[0]


class OddHost(FakeHost):
    """Its skill answers what Amazon refuses: a response of no known version, without speech in order."""

    def world(self, name: str, clock: Clock) -> FakeWorld:
        world = super().world(name, clock)
        world.skill = OddSkill()
        return world


class OddSkill(FakeSkill):
    """Speaks no SSML."""

    def handle(self, envelope: dict[str, Any]) -> dict[str, Any]:
        return {"version": "1.0", "response": {"outputSpeech": {"type": "SSML", "ssml": "no markup"}}}


def test_what_amazon_would_refuse_fails_unless_it_is_expected(tmp_path: Path) -> None:
    (failure,) = outcomes(tmp_path, OddHost(), case('say = "help"'))
    code = failure.partition("problems: ")[2].partition(":")[0]
    assert outcomes(tmp_path, OddHost(), case(f'say = "help"\nproblems = ["{code}"]')) == []
    (missing,) = outcomes(tmp_path, FakeHost(), case(f'say = "help"\nproblems = ["{code}"]'))
    assert missing.endswith(f"problems: expected '{code}', got nothing")


def test_of_a_skill_elsewhere_what_only_this_process_knows_is_left_unchecked(tmp_path: Path) -> None:
    class Elsewhere(FakeHost):
        def world(self, name: str, clock: Clock) -> FakeWorld:
            world = super().world(name, clock)
            world.remote = True
            return world

    path = tmp_path / "f.toml"
    text = 'say = "help"\nreply = "X.y"\neffects = { orders = 3 }\nspeech = "Done."'
    path.write_text(case(text), encoding="utf-8")
    found = outcome(read(path)[0], Elsewhere())
    assert found.failure is None
    assert found.unchecked == ("reply", "effects")


def test_a_model_alone_tells_intent_and_slots_of_the_first_sentence(tmp_path: Path, host: FakeHost) -> None:
    path = tmp_path / "f.toml"
    path.write_text(
        HEADER + 'say = "order nappies"\nintent = "HelpIntent"\nspeech = "Hm."\n'
        '[[conversation.turn]]\nsay = "yes"\nreply = "Y.z"\n',
        encoding="utf-8",
    )
    found = understood(read(path)[0], host)
    assert found.failure is not None
    assert [(told.expected, told.heard, told.stage) for told in found.told] == [
        ("HelpIntent", "OrderItemIntent", "exact")
    ]
    assert sorted(found.unchecked) == ["reply", "speech"]
    assert host.worlds == []


def test_a_fault_reaches_the_services(tmp_path: Path, host: FakeHost) -> None:
    assert outcomes(tmp_path, host, case('say = "help"\nfaults = { reminders = "down" }')) == []
    assert host.worlds[0].held.fault == DOWN
