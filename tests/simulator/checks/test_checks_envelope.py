"""Whole responses: what is fine, what is missing, too large, too late, or answers the wrong request."""

import json
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skill.simulator.checks import check

LAUNCH = {"request": {"type": "LaunchRequest"}}
CLOSED: dict[str, Any] = {
    "outputSpeech": {"type": "PlainText", "text": "Goodbye."},
    "shouldEndSession": True,
}
OPEN: dict[str, Any] = {
    "outputSpeech": {"type": "SSML", "ssml": "<speak>What would you like?</speak>"},
    "reprompt": {"outputSpeech": {"type": "PlainText", "text": "What would you like?"}},
    "shouldEndSession": False,
}


def codes(
    response: Mapping[str, Any], request: Mapping[str, Any] = LAUNCH, *, ms: float = 10, screen: bool = False
) -> list[str]:
    """The codes of the problems of a response in its envelope."""
    return [one.code for one in check(request, {"version": "1.0", "response": response}, ms, screen=screen)]


@pytest.mark.parametrize("response", [CLOSED, OPEN, {}, {"shouldEndSession": None}])
def test_a_sound_response_has_no_problem(response: Mapping[str, Any]) -> None:
    assert codes(response) == []


@pytest.mark.parametrize(
    ("envelope", "code"),
    [
        (None, "response-kind"),
        ([], "response-kind"),
        ("ok", "response-kind"),
        ({"version": "1.0"}, "response-kind"),
        ({"version": "1.0", "response": []}, "response-kind"),
        ({"version": 1, "response": {}}, "field-kind"),
        ({"version": "1.0", "response": {}, "sessionAttributes": []}, "field-kind"),
        ({"version": "1.0", "response": {"shouldEndSession": "false"}}, "field-kind"),
        ({"version": "1.0", "response": {"shouldEndSession": 0}}, "field-kind"),
        ({"version": "1.0", "response": {"directives": {}}}, "field-kind"),
    ],
)
def test_an_envelope_of_another_shape_is_refused(envelope: object, code: str) -> None:
    problems = check(LAUNCH, envelope, 10)
    assert [(one.code, one.refused) for one in problems] == [(code, True)]


def test_a_missing_version_is_told_but_does_no_harm() -> None:
    assert [(one.code, one.refused) for one in check(LAUNCH, {"response": CLOSED}, 10)] == [
        ("version-missing", False)
    ]


def test_a_misspelt_field_is_told_but_does_no_harm() -> None:
    (problem,) = check(LAUNCH, {"version": "1.0", "response": {**CLOSED, "shouldEndSesion": True}}, 10)
    assert (problem.code, problem.refused) == ("unknown-field", False)
    assert str(problem) == "response.shouldEndSesion is a field that Alexa does not know."


def test_eight_seconds_are_in_time_and_more_are_not() -> None:
    assert codes(CLOSED, ms=8_000) == []
    assert codes(CLOSED, ms=8_000.1) == ["too-slow"]


def test_the_whole_response_is_limited_in_bytes() -> None:
    def sized(size: int) -> dict[str, Any]:
        envelope = {"version": "1.0", "response": CLOSED, "sessionAttributes": {"note": ""}}
        missing = size - len(json.dumps(envelope, ensure_ascii=False).encode())
        return {**envelope, "sessionAttributes": {"note": "ä" * (missing // 2) + "a" * (missing % 2)}}

    assert check(LAUNCH, sized(120_000), 10) == []
    assert [one.code for one in check(LAUNCH, sized(120_001), 10)] == ["response-too-large"]


EVENTS = [
    "SessionEndedRequest",
    "AlexaSkillEvent.SkillDisabled",
    "Reminders.ReminderStarted",
    "Messaging.MessageReceived",
    "System.ExceptionEncountered",
]


@pytest.mark.parametrize("name", EVENTS)
@pytest.mark.parametrize("response", [{}, {"shouldEndSession": True}])
def test_an_event_is_answered_with_nothing(name: str, response: Mapping[str, Any]) -> None:
    request = {"request": {"type": name}}
    assert codes(response, request) == []
    assert check(request, None, 10) == []
    assert check(request, {}, 10) == []


@pytest.mark.parametrize("name", EVENTS)
def test_speech_to_an_event_is_refused(name: str) -> None:
    assert codes(CLOSED, {"request": {"type": name}}) == ["answer-to-event"]


def test_playback_events_may_be_answered_with_audio_only() -> None:
    request = {"request": {"type": "AudioPlayer.PlaybackNearlyFinished"}}
    assert codes({"directives": [{"type": "AudioPlayer.Stop"}]}, request) == []
    assert codes({"directives": [{"type": "Dialog.Delegate"}]}, request) == ["answer-to-event"]
    assert codes(CLOSED, request) == ["answer-to-event"]


CAN_FULFILL = {
    "request": {"type": "CanFulfillIntentRequest", "intent": {"name": "BuyIntent", "slots": {"item": {}}}}
}


@pytest.mark.parametrize("slots", [{}, {"item": {"canUnderstand": "YES", "canFulfill": "NO"}}])
def test_whether_an_intent_could_be_met_is_answered_in_its_own_field(slots: Mapping[str, Any]) -> None:
    assert codes({"canFulfillIntent": {"canFulfill": "MAYBE", "slots": slots}}, CAN_FULFILL) == []


@pytest.mark.parametrize(
    ("response", "code"),
    [
        ({}, "field-missing"),
        ({"canFulfillIntent": {"canFulfill": "PERHAPS"}}, "field-value"),
        ({"canFulfillIntent": {"canFulfill": "YES", "slots": {"item": {}}}}, "field-missing"),
        ({"canFulfillIntent": {"canFulfill": "YES", "slots": {"item": 1}}}, "field-kind"),
        (
            {"canFulfillIntent": {"canFulfill": "YES", "slots": {"colour": {"canUnderstand": "NO"}}}},
            "fulfillment-slot",
        ),
        ({"canFulfillIntent": {"canFulfill": "YES"}, "card": {"type": "LinkAccount"}}, "fulfillment-speech"),
    ],
)
def test_an_answer_to_can_fulfill_of_another_shape_is_refused(response: Mapping[str, Any], code: str) -> None:
    assert codes(response, CAN_FULFILL) == [code]


def test_can_fulfill_answers_nothing_else() -> None:
    assert codes({**CLOSED, "canFulfillIntent": {"canFulfill": "YES"}}) == ["fulfillment-unasked"]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.text(max_size=8) | st.sampled_from(["type", "text", "ssml", "slots"]), inner, max_size=4
        )
    ),
    max_leaves=12,
)
RESPONSES = st.dictionaries(
    st.sampled_from(
        ["outputSpeech", "reprompt", "card", "directives", "shouldEndSession", "canFulfillIntent"]
    ),
    JSON
    | st.fixed_dictionaries(
        {"type": st.sampled_from(["SSML", "Simple", "Standard"]), "ssml": JSON, "image": JSON}
    )
    | st.lists(
        st.fixed_dictionaries(
            {
                "type": st.sampled_from(
                    ["Dialog.ElicitSlot", "Dialog.UpdateDynamicEntities", "AudioPlayer.Play"]
                ),
                "updatedIntent": JSON,
                "types": JSON,
                "audioItem": JSON,
            }
        )
    ),
)
REQUESTS = st.sampled_from(
    ["LaunchRequest", "IntentRequest", "CanFulfillIntentRequest", "SessionEndedRequest"]
)


@settings(max_examples=100, deadline=None)
@given(kind=REQUESTS, response=RESPONSES | JSON, intent=JSON)
def test_no_json_makes_the_check_fail(kind: str, response: Any, intent: Any) -> None:
    request = {"request": {"type": kind, "intent": intent}}
    check(request, {"version": "1.0", "response": response}, 1)
    check(request, response, 1)
