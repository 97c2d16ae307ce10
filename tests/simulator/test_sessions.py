"""Sessions begin, go on and end as Amazon's do, also when nobody answers or the skill fails."""

from typing import Any

import pytest

from skill.simulator.account import Screen
from tests.simulator.ride_skill import Clock, Envelope, Ride, asks, says

LAUNCH = "open ride hailer"


def ended(ride: Ride) -> tuple[str, str | None]:
    """The reason of the last request, a SessionEndedRequest, and the type of its error."""
    request = ride.requests[-1]
    assert request["type"] == "SessionEndedRequest"
    return request["reason"], request.get("error", {}).get("type")


def test_silence_is_met_with_the_reprompt_and_then_with_the_end() -> None:
    ride = Ride(lambda _: asks("Where to?"))
    ride.say(LAUNCH)
    again = ride.device.silence()
    assert again
    assert (again.speech, again.said_by, again.session_open) == ("Where to? Hello?", "skill", True)
    assert ride.kinds == ["LaunchRequest"]
    over = ride.device.silence()
    assert over
    assert (over.intent, over.speech, over.said_by) == ("SessionEndedRequest", "", "nobody")
    assert ended(ride) == ("EXCEEDED_MAX_REPROMPTS", None)
    assert not ride.device.session_open
    assert ride.device.silence() is None


def test_silence_ends_a_session_without_a_reprompt_at_once() -> None:
    ride = Ride(lambda _: says("Where to?", ends=False))
    ride.say(LAUNCH)
    ride.device.silence()
    assert ended(ride) == ("EXCEEDED_MAX_REPROMPTS", None)


def test_an_answer_after_the_reprompt_goes_on_and_the_next_silence_is_met_again() -> None:
    ride = Ride(lambda _: asks("Where to?"))
    ride.say(LAUNCH)
    ride.device.silence()
    ride.say("help")
    again = ride.device.silence()
    assert again
    assert again.session_open


def test_a_sentence_that_means_nothing_is_met_as_silence_is() -> None:
    ride = Ride(lambda _: asks("Where to?"))
    ride.say(LAUNCH)
    missed = ride.device.say("colourless green ideas sleep furiously")
    assert (missed.intent, missed.speech, missed.request) == (None, "Where to? Hello?", None)
    ride.say("colourless green ideas sleep furiously")
    assert ended(ride) == ("EXCEEDED_MAX_REPROMPTS", None)


def test_without_a_session_it_is_met_with_nothing() -> None:
    missed = Ride(lambda _: asks("Where to?")).device.say("colourless green ideas sleep furiously")
    assert (missed.said_by, missed.speech, missed.request) == ("nobody", "", None)


def test_walking_away_is_told_with_its_reason() -> None:
    ride = Ride(lambda _: asks("Where to?"))
    ride.say(LAUNCH)
    ride.device.close()
    assert ended(ride) == ("USER_INITIATED", None)
    assert ride.sent[-1]["session"]["new"] is False


def test_a_skill_that_raises_ends_the_session_and_the_cloud_apologises() -> None:
    def breaks(_: Envelope) -> Envelope:
        raise KeyError("boom")

    ride = Ride(breaks)
    spoken = ride.device.say(LAUNCH)
    assert isinstance(spoken.error, KeyError)
    assert (spoken.said_by, spoken.session_open, spoken.response) == ("cloud", False, {})
    assert spoken.speech
    assert spoken.intent == "LaunchRequest"
    assert spoken.ended == ride.requests[-1]
    assert ended(ride) == ("ERROR", "INVALID_RESPONSE")


class Fragile(Ride):
    """A ride whose skill survives nothing but its launch, not even being told that it failed."""

    def _handle(self, envelope: Envelope) -> Envelope:
        if envelope["request"]["type"] != "LaunchRequest":
            raise RuntimeError("boom")
        return super()._handle(envelope)


def test_a_failing_skill_may_fail_again_when_it_is_told() -> None:
    ride = Fragile(lambda _: asks("Where to?"))
    ride.say(LAUNCH)
    assert isinstance(ride.device.say("help").error, RuntimeError)
    assert not ride.device.session_open


def late(clock: Clock, seconds: float) -> Any:
    def answer(_: Envelope) -> Envelope:
        clock.passes(seconds=seconds)
        return asks("Where to?")

    return answer


@pytest.mark.parametrize(("seconds", "heard"), [(7.9, "Where to?"), (8.1, None)])
def test_an_answer_after_eight_seconds_comes_too_late(seconds: float, heard: str | None) -> None:
    ride = Ride(lambda request: late(ride.clock, seconds)(request))
    spoken = ride.device.say(LAUNCH)
    assert spoken.ms >= seconds * 1000
    if heard:
        assert spoken.speech == heard
    else:
        assert spoken.said_by == "cloud"
        assert ended(ride) == ("ERROR", "ENDPOINT_TIMEOUT")
        assert "too-slow" in [problem.code for problem in spoken.problems]


def test_a_time_out_on_the_way_to_the_skill_is_one_too() -> None:
    def unreachable(_: Envelope) -> Envelope:
        raise TimeoutError("no answer")

    ride = Ride(unreachable)
    ride.say(LAUNCH)
    assert ended(ride) == ("ERROR", "ENDPOINT_TIMEOUT")


BROKEN: list[Any] = [
    None,
    "hello",
    [],
    {},
    {"version": "1.0", "response": "hello"},
    {"version": "1.0", "response": {"outputSpeech": "hello"}},
    {"version": "1.0", "response": {"directives": {}}},
    {"version": "1.0", "response": {"reprompt": 3}},
    {"version": "1.0", "sessionAttributes": [], "response": {}},
    says("Salt & pepper"),
    says("a" * 8_001),
    says("Hello", {"type": "No.Such"}),
]


@pytest.mark.parametrize("response", BROKEN, ids=range(len(BROKEN)))
def test_a_broken_response_is_not_heard_and_ends_the_session_with_an_error(response: Any) -> None:
    ride = Ride(lambda _: response)
    spoken = ride.device.say(LAUNCH)
    assert (spoken.said_by, spoken.session_open, spoken.error) == ("cloud", False, None)
    assert any(problem.refused for problem in spoken.problems)
    assert ended(ride) == ("ERROR", "INVALID_RESPONSE")
    assert ride.requests[-1]["error"]["message"]


def test_a_fault_that_amazon_lets_pass_is_noted_and_heard() -> None:
    spoken = Ride(lambda _: says("Where to?")).device.say(LAUNCH)
    assert [problem.code for problem in spoken.problems] == ["question-but-closed"]
    assert spoken.speech == "Where to?"


SHOWS = {"card": {"type": "Simple", "title": "Ride", "content": "Hello"}}
ENDINGS: list[tuple[Envelope, Screen, bool]] = [
    ({"shouldEndSession": True}, "none", False),
    ({"shouldEndSession": False}, "none", True),
    ({"shouldEndSession": None}, "none", True),
    ({}, "none", False),
    (SHOWS, "none", False),
    ({}, "small", False),
    (SHOWS, "small", True),
    ({**SHOWS, "shouldEndSession": True}, "small", False),
]


@pytest.mark.parametrize(("part", "screen", "is_open"), ENDINGS)
def test_should_end_session_counts_with_the_screen(part: Envelope, screen: Screen, is_open: bool) -> None:
    ride = Ride(lambda _: {"version": "1.0", "response": part}, screen=screen)
    assert ride.device.say(LAUNCH).session_open is is_open


def test_a_screen_keeps_the_session_for_half_a_minute() -> None:
    ride = Ride(lambda _: {"version": "1.0", "response": SHOWS}, screen="large")
    ride.say(LAUNCH)
    ride.clock.passes(seconds=29)
    ride.say("help")
    assert ride.sent[-1]["session"]["new"] is False
    ride.clock.passes(seconds=31)
    assert not ride.device.session_open
    assert ended(ride) == ("EXCEEDED_MAX_REPROMPTS", None)
    ride.say("help")
    assert ride.sent[-1]["session"]["new"] is True


def test_a_question_waits_as_long_as_a_script_likes() -> None:
    ride = Ride(lambda _: asks("Where to?"))
    ride.say(LAUNCH)
    ride.clock.passes(hours=3)
    assert ride.device.session_open


def test_only_what_the_skill_returns_is_kept_in_the_session() -> None:
    ride = Ride(lambda _: {**asks("Where to?"), "sessionAttributes": {"n": len(ride.sent)}})
    ride.say(LAUNCH, "help", "help")
    assert [envelope["session"]["attributes"] for envelope in ride.sent] == [{}, {"n": 1}, {"n": 2}]
