"""The whole face over envelopes: what reaches the assistant, and what goes back over the wire."""

import json
import logging
from typing import Any

import pytest
from ask_sdk_core.skill import CustomSkill
from ask_sdk_model import RequestEnvelope
from hypothesis import given
from hypothesis import strategies as st

from skill.alexa.adapter import LAST_RESORT, WrongApplication, make_handler, make_skill
from skill.conversation.turn import Answer, Heard
from tests.alexa.envelopes import ENVELOPES, SKILL_ID, envelope, require_valid
from tests.alexa.fake_assistant import ANNA, NOW, FakeAssistant

DIRECTIVES = {name for name in ENVELOPES if name.startswith("directive")}
SILENT = {name for name in ENVELOPES if name.startswith(("event", "session_ended", "audio", "apl_runtime"))}


def handled(name: str, assistant: FakeAssistant | None = None) -> Any:
    return make_handler(assistant or FakeAssistant(), SKILL_ID)(envelope(name))


@pytest.mark.parametrize("name", ENVELOPES)
def test_every_envelope_gets_a_valid_response(name: str) -> None:
    require_valid(handled(name))


@pytest.mark.parametrize("name", sorted(ENVELOPES.keys() - DIRECTIVES - SILENT - {"can_fulfill"}))
def test_whatever_is_part_of_a_conversation_gets_a_sentence(name: str) -> None:
    assert handled(name)["response"]["outputSpeech"]["ssml"].startswith("<speak>")


@pytest.mark.parametrize("name", sorted(SILENT))
def test_what_must_not_be_spoken_to_gets_an_empty_response(name: str) -> None:
    assert handled(name)["response"] == {}


@pytest.mark.parametrize("name", sorted(ENVELOPES.keys() - DIRECTIVES))
def test_a_web_adapter_gets_the_same_response_from_text(name: str) -> None:
    skill = make_skill(FakeAssistant())
    assert isinstance(skill, CustomSkill)
    received = skill.serializer.deserialize(json.dumps(envelope(name)), RequestEnvelope)
    assert skill.serializer.serialize(skill.invoke(received, None)) == handled(name)


def test_an_intent_becomes_a_turn_with_all_the_wire_knows() -> None:
    assistant = FakeAssistant()
    handled("intent_static_match", assistant)
    (turn,) = assistant.turns
    assert (turn.kind, turn.intent, turn.locale) == ("intent", "OrderItemIntent", "en-US")
    assert (turn.at, turn.caller) == (NOW, ANNA)
    assert turn.request_id.startswith("amzn1.echo-api.request.")
    assert turn.device_id == "amzn1.ask.device.KITCHEN"
    assert turn.slots == {"product": Heard("paper towels", "SKU-KITCHEN-ROLL"), "quantity": Heard("2")}
    assert turn.new_session


def test_the_open_question_travels_in_the_session_attributes() -> None:
    assistant = FakeAssistant()
    response = handled("intent_no_slots", assistant)
    assert (assistant.turns[0].session.confirm, assistant.turns[0].session.misses) == ("018f", 1)
    assert not assistant.turns[0].new_session
    assert response["sessionAttributes"] == {"confirm": "018f"}
    assert response["response"]["shouldEndSession"] is False


def test_a_conversation_without_session_id_or_context_goes_on() -> None:
    assistant = FakeAssistant()
    handled("intent_no_context", assistant)
    assert (assistant.turns[0].intent, assistant.turns[0].new_session) == ("AMAZON.YesIntent", False)
    assert assistant.speakers[0].user_id == "amzn1.ask.account.TESTUSER"


@pytest.mark.parametrize(
    "name", ["launch", "launch_with_intent", "session_resumed_shopping_failed", "connections_response"]
)
def test_opening_and_coming_back_are_welcomed(name: str) -> None:
    assistant = FakeAssistant()
    handled(name, assistant)
    assert [(turn.kind, turn.intent) for turn in assistant.turns] == [("launch", None)]


def test_the_person_and_both_tokens_identify_the_speaker() -> None:
    assistant = FakeAssistant()
    handled("launch_person_and_unit", assistant)
    (speaker,) = assistant.speakers
    assert (speaker.user_token, speaker.person_token) == ("account-token", "person-token")
    assert speaker.person_id == "amzn1.ask.person.ANNA"


def test_a_request_without_an_id_gets_the_same_one_when_it_comes_again() -> None:
    assistant = FakeAssistant()
    handled("launch_no_locale_no_id", assistant)
    handled("launch_no_locale_no_id", assistant)
    first, second = assistant.turns
    assert first.request_id == second.request_id
    assert first.request_id.startswith("hash.")


def test_an_unknown_region_gets_its_language_and_a_missing_locale_english() -> None:
    assistant = FakeAssistant()
    handled("launch_odd_timestamp_unknown_region", assistant)
    handled("launch_no_locale_no_id", assistant)
    assert [turn.locale for turn in assistant.turns] == ["de-DE", "en-US"]


def test_a_question_whether_an_intent_could_be_met_changes_nothing() -> None:
    assistant = FakeAssistant()
    response = handled("can_fulfill", assistant)["response"]
    assert (assistant.turns, assistant.speakers, assistant.events) == ([], [], [])
    assert assistant.questions == [("OrderItemIntent", {"product": Heard("diapers", "SKU-DIAPERS-3")})]
    assert response == {
        "canFulfillIntent": {
            "canFulfill": "YES",
            "slots": {
                "product": {"canUnderstand": "YES", "canFulfill": "YES"},
                "quantity": {"canUnderstand": "NO", "canFulfill": "NO"},
            },
        }
    }


def test_a_question_that_fails_is_answered_with_no() -> None:
    response = handled("can_fulfill", FakeAssistant(broken=frozenset({"can_fulfill"})))
    assert response["response"]["canFulfillIntent"]["canFulfill"] == "NO"


@pytest.mark.parametrize("name", sorted(name for name in ENVELOPES if name.startswith("event")))
def test_an_event_is_passed_on_with_its_body_and_makes_no_turn(name: str) -> None:
    assistant = FakeAssistant()
    handled(name, assistant)
    raw = envelope(name)["request"]
    (event,) = assistant.events
    assert event[0] == raw["type"]
    assert event[1].user_id == "amzn1.ask.account.TESTUSER"
    assert event[2] == raw.get("body", {})
    assert (assistant.turns, assistant.speakers) == ([], [])


def test_a_tap_means_what_its_sentence_would() -> None:
    assistant = FakeAssistant()
    handled("apl_user_event_intent", assistant)
    assert assistant.turns[0].intent == "OrderStatusIntent"
    assert assistant.turns[0].slots == {"product": Heard("SKU-WIPES-72")}


@pytest.mark.parametrize("name", ["apl_user_event_unknown", "unknown_request_type"])
def test_what_nobody_knows_gets_an_apology(name: str) -> None:
    assistant = FakeAssistant()
    assert "Sorry" in handled(name, assistant)["response"]["outputSpeech"]["ssml"]
    assert assistant.turns == []


def test_an_elicited_slot_is_asked_for_with_what_was_heard_already() -> None:
    asks = Answer(
        "OrderItemIntent.which",
        "<speak>Which wipes?</speak>",
        "Which wipes?",
        session_open=True,
        reprompt_ssml="<speak>Which?</speak>",
        elicit={"intent": "OrderItemIntent", "slot": "product"},
    )
    (directive,) = handled("intent_static_match", FakeAssistant(asks))["response"]["directives"]
    assert directive == {
        "type": "Dialog.ElicitSlot",
        "slotToElicit": "product",
        "updatedIntent": {
            "name": "OrderItemIntent",
            "confirmationStatus": "NONE",
            "slots": {
                "product": {"name": "product", "value": "paper towels", "confirmationStatus": "NONE"},
                "quantity": {"name": "quantity", "value": "2", "confirmationStatus": "NONE"},
            },
        },
    }
    (chained,) = handled("intent_no_slots", FakeAssistant(asks))["response"]["directives"]
    assert set(chained["updatedIntent"]["slots"]) == {"product"}


def test_requests_of_another_application_are_refused() -> None:
    handle = make_handler(FakeAssistant(), "amzn1.ask.skill.another")
    for name in sorted(ENVELOPES.keys() - DIRECTIVES):
        with pytest.raises(WrongApplication):
            handle(envelope(name))


def test_the_ids_of_session_and_context_must_both_be_ours() -> None:
    handle = make_handler(FakeAssistant(), SKILL_ID)
    mixed = envelope("launch")
    mixed["session"]["application"]["applicationId"] = "amzn1.ask.skill.another"
    with pytest.raises(WrongApplication):
        handle(mixed)
    with pytest.raises(WrongApplication):
        handle({"request": {"type": "LaunchRequest"}})


@pytest.mark.parametrize("broken", ["answer", "caller", "now"])
def test_a_failure_is_apologised_for_in_the_language_of_the_request(broken: str) -> None:
    assistant = FakeAssistant(broken=frozenset({broken}))
    response = handled("launch_odd_timestamp_unknown_region", assistant)["response"]
    assert "Sorry" in response["outputSpeech"]["ssml"]
    assert response["shouldEndSession"] is True
    assert assistant.apologies == (["en-US"] if broken == "now" else ["de-DE"])


def test_even_a_failing_apology_leaves_a_sentence() -> None:
    response = handled("launch", FakeAssistant(broken=frozenset({"answer", "apologise"})))
    assert LAST_RESORT in response["response"]["outputSpeech"]["ssml"]


def test_a_failing_event_stays_silent() -> None:
    assert handled("event_skill_disabled", FakeAssistant(broken=frozenset({"event"})))["response"] == {}


def test_logs_hold_neither_names_nor_tokens_nor_speech(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    for name in ENVELOPES:
        handled(name)
        handled(name, FakeAssistant(broken=frozenset({"answer", "event", "can_fulfill", "apologise"})))
    logged = " ".join(str(vars(record)) for record in caplog.records)
    assert "request failed" in logged
    for secret in ("account-token", "person-token", "Anna", "amzn1.ask.account", "paper towels", "Shall I"):
        assert secret not in logged


def test_a_session_that_our_answer_broke_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    handled("session_ended_error")
    assert [vars(record)["error"] for record in caplog.records if record.levelname == "WARNING"] == [
        "INVALID_RESPONSE"
    ]


@pytest.mark.parametrize("levels", [500, 100_000])
def test_nesting_beyond_the_stack_is_apologised_for(levels: int) -> None:
    deep: Any = []
    for _ in range(levels):
        deep = [deep]
    raw = envelope("launch_no_locale_no_id")
    raw["session"]["attributes"] = {"choice": {"deep": deep}}
    require_valid(make_handler(FakeAssistant(), SKILL_ID)(raw))


ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(),
    st.sampled_from(["", "\ud800", "\x00", "__class__", "2026-11-23T14:00:00Z", "ER_SUCCESS_MATCH", "List"]),
    st.lists(st.text(), max_size=3),
    st.dictionaries(
        st.sampled_from(["type", "value", "__dict__", "slots", "code", ""]), st.text(), max_size=3
    ),
)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    found = [path] if path else []
    steps = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, child in steps:
        found += places(child, (*path, step))
    return found


@st.composite
def mutated(draw: st.DrawFn) -> Any:
    raw = envelope(draw(st.sampled_from(sorted(ENVELOPES))))
    for _ in range(draw(st.integers(1, 3))):
        known = places(raw)
        if not known:
            break
        *path, last = draw(st.sampled_from(known))
        holder = raw
        for step in path:
            holder = holder[step]
        match draw(st.sampled_from(["replace", "remove", "add"])):
            case "replace":
                holder[last] = draw(ODD)
            case "remove":
                del holder[last]
            case "add" if isinstance(holder, dict):
                holder[draw(st.text(max_size=12))] = draw(ODD)
    return raw


@given(mutated())
def test_a_mutated_envelope_is_answered(raw: Any) -> None:
    response = make_handler(FakeAssistant(), None)(raw)
    require_valid(response)
    json.dumps(response, ensure_ascii=False).encode("utf-8")


@given(ODD)
def test_what_is_no_envelope_at_all_is_answered(raw: Any) -> None:
    require_valid(make_handler(FakeAssistant(), None)(raw))
    skill = make_skill(FakeAssistant())
    received = skill.serializer.deserialize(json.dumps(raw), RequestEnvelope)
    require_valid(skill.serializer.serialize(skill.invoke(received, None)))
