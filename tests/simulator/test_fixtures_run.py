"""Fixtures run in fresh worlds; a difference is told with its file, its line and what came instead."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from skill.conversation.turn import Answer, Turn
from skill.simulator.fixture_cases import FixtureError
from skill.simulator.fixture_files import read
from skill.simulator.fixtures import Clock, run
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
        ('intent = "HelpIntent"', "intent: expected 'HelpIntent', got 'OrderItemIntent' (exact)"),
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


def case(text: str, *, world: str = "home") -> str:
    return f'[[case]]\nworld = "{world}"\n{text}\n'


def test_a_case_of_intent_and_slots_needs_no_world(tmp_path: Path, host: FakeHost) -> None:
    text = '[[case]]\nsay = "order two nappies"\nintent = "OrderItemIntent"\nslots = {}\n'
    (failure,) = outcomes(tmp_path, host, text)
    assert "slots: product was heard as 'nappies' (DIAPER-4)" in failure
    assert host.worlds == []
    assert outcomes(tmp_path, host, '[[case]]\nsay = "open corner shop"\nintent = "LaunchRequest"\n') == []
    assert host.worlds == []


def test_a_world_that_is_named_is_run(tmp_path: Path, host: FakeHost) -> None:
    assert outcomes(tmp_path, host, case('say = "help"\nintent = "AMAZON.HelpIntent"')) == []
    assert len(host.worlds) == 1


@pytest.mark.parametrize("alone", [True, False])
def test_a_sentence_of_no_intent_is_expected_with_an_empty_one(
    tmp_path: Path, host: FakeHost, *, alone: bool
) -> None:
    text = '[[case]]\nsay = "{}"\nintent = ""\n' + ("" if alone else 'world = "home"\n')
    assert outcomes(tmp_path, host, text.format("purple monkey dishwasher")) == []
    (failure,) = outcomes(tmp_path, host, text.format("help"))
    assert "intent: expected nothing to be understood, got 'AMAZON.HelpIntent'" in failure


def test_resolution_is_compared_by_its_parts(tmp_path: Path, host: FakeHost) -> None:
    text = """
[[case]]
say = "order nappies and wombats"
[[case.resolution.product]]
id = "DIAPER-4"
value = "diapers"
status = "ER_SUCCESS_MATCH"
authority = "PRODUCT"
[[case.resolution.product]]
status = "ER_SUCCESS_NO_MATCH"
"""
    assert outcomes(tmp_path, host, text) == []
    (wrong,) = outcomes(
        tmp_path, host, '[[case]]\nsay = "order nappies"\nresolution.product = { id = "WIPES-1" }\n'
    )
    assert "resolution: expected product to have {'id': 'WIPES-1'}, got [{" in wrong
    assert "DIAPER-4" in wrong
    (fewer,) = outcomes(tmp_path, host, text.replace("nappies and wombats", "nappies"))
    assert "expected product to have 2 values, got 1" in fewer


@pytest.mark.parametrize(
    ("expectation", "difference"),
    [
        ('reprompt = "Well?"', None),
        ('reprompt_matches = "^W"', None),
        ('reprompt_matches = "^X"', "reprompt_matches: '^X' is not in 'Well?'"),
        ("card = false", None),
        ('card = { title = "X" }', "card: expected {'title': 'X'} in it, got None"),
        ('said_by = "skill"', None),
        ('said_by = "cloud"', "said_by: expected 'cloud', got 'skill'"),
        ("response = { response = { shouldEndSession = false } }", None),
        ("response = { response = { shouldEndSession = 0 } }", "response: expected"),
    ],
)
def test_the_answer_is_compared(
    tmp_path: Path, host: FakeHost, expectation: str, difference: str | None
) -> None:
    found = outcomes(tmp_path, host, case(f'say = "order two nappies"\n{expectation}'))
    assert len(found) == (difference is not None)
    assert difference is None or difference in found[0]


def test_a_directive_is_compared_by_its_parts(tmp_path: Path, host: FakeHost) -> None:
    text = 'say = "order something"\ndirectives = [{{ type = "Dialog.ElicitSlot", slotToElicit = "{}" }}]'
    assert outcomes(tmp_path, host, case(text.format("product"))) == []
    (failure,) = outcomes(tmp_path, host, case(text.format("day")))
    assert "directives: expected {'type': 'Dialog.ElicitSlot', 'slotToElicit': 'day'} in it" in failure


def test_silence_ends_in_nothing_more_to_say(tmp_path: Path, host: FakeHost) -> None:
    text = (
        '[[conversation]]\n[[conversation.turn]]\nsay = "order nappies"\n'
        '[[conversation.turn]]\nsilence = true\nspeech = "Well?"\nsession_open = true\n'
        "[[conversation.turn]]\nsilence = true\nsession_open = false\n"
        "[[conversation.turn]]\nsilence = true\n"
    )
    assert outcomes(tmp_path, host, text) == ['f.toml:11: "(silence)": silence: no session is open']


def test_settings_reach_the_request(tmp_path: Path, host: FakeHost) -> None:
    text = """
[[conversation]]
user = "Ben"
device = "kitchen"
screen = "small"
permissions = ["alexa::profile:name:read"]
access_token = "secret"
[[conversation.turn]]
say = "order nappies"
[[conversation.turn]]
say = "yes"
person = "Anna"
zone = "Europe/Berlin"
[[conversation.turn]]
touch = ["buy", 3]
screen = "large"
access_token = ""
[[conversation.turn]]
event = "disabled"
problems = ["answer-to-event"]
[[conversation.turn]]
can_fulfill = "order nappies"
problems = ["fulfillment-speech", "field-missing"]
"""
    assert outcomes(tmp_path, host, text) == []
    first, second, touched, event, asked = host.worlds[0].skill.requests
    system = first["context"]["System"]
    assert system["user"] == {"userId": "account-Ben", "accessToken": "secret"}
    assert system["device"]["deviceId"].endswith("-Ben-kitchen")
    assert first["context"]["Viewport"]["pixelWidth"] < touched["context"]["Viewport"]["pixelWidth"]
    assert "person" not in system
    assert second["context"]["System"]["person"]["personId"] == "person-anna"
    assert touched["request"]["arguments"] == ["buy", 3]
    assert "accessToken" not in touched["context"]["System"]["user"]
    assert event["request"]["type"] == "AlexaSkillEvent.SkillDisabled"
    assert asked["request"]["type"] == "CanFulfillIntentRequest"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('event = "birthday"', r":1: \(event\) birthday: .*birthday"),
        ('touch = ["x"]', ":1: .*no screen to touch"),
        ('say = "help"\nfaults = { post = "down" }', ":1: faults: There is no service 'post'"),
        ('say = "help"\nperson = "Zoe"', ":1: person: nobody sounds like Zoe"),
    ],
)
def test_what_cannot_be_done_is_a_malformed_file(
    tmp_path: Path, host: FakeHost, text: str, message: str
) -> None:
    with pytest.raises(FixtureError, match=message):
        outcomes(tmp_path, host, case(text))
