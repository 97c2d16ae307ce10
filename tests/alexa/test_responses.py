"""Answers as Alexa responses, and the platform's limits."""

import json
from dataclasses import replace
from typing import Any
from xml.etree import ElementTree

from ask_sdk_core.serialize import DefaultSerializer
from hypothesis import given
from hypothesis import strategies as st

from skill.alexa.responses import spoken, within_limits
from skill.conversation.turn import Answer, Heard
from tests.alexa.fake_assistant import QUESTION, SORRY


def sent(answer: Answer, *more: Any) -> Any:
    return DefaultSerializer().serialize(spoken(answer, *more))


def test_a_question_opens_the_microphone_and_has_a_reprompt() -> None:
    assert sent(QUESTION) == {
        "outputSpeech": {"type": "SSML", "ssml": QUESTION.ssml},
        "reprompt": {"outputSpeech": {"type": "SSML", "ssml": "<speak>Shall I order them?</speak>"}},
        "shouldEndSession": False,
    }


def test_a_statement_closes_the_session_explicitly() -> None:
    assert sent(SORRY)["shouldEndSession"] is True
    assert "reprompt" not in sent(SORRY)


def test_an_open_session_without_a_reprompt_repeats_its_question() -> None:
    response = sent(replace(QUESTION, reprompt_ssml=None))
    assert response["reprompt"]["outputSpeech"]["ssml"] == QUESTION.ssml


def test_a_card_is_simple_and_the_way_to_the_account_comes_before_it() -> None:
    card = {"title": "Your usual", "text": "Wipes & soap"}
    assert sent(replace(SORRY, card=card))["card"] == {
        "type": "Simple",
        "title": "Your usual",
        "content": "Wipes & soap",
    }
    assert sent(replace(SORRY, card=card, link_account=True))["card"] == {"type": "LinkAccount"}
    asked = sent(replace(SORRY, card=card, permissions=("alexa::devices:all:notifications:write",)))["card"]
    assert asked["type"] == "AskForPermissionsConsent"
    assert asked["permissions"] == ["alexa::devices:all:notifications:write"]


def test_several_heard_values_go_back_with_an_elicited_slot() -> None:
    asks = replace(QUESTION, elicit={"intent": "OrderItemIntent", "slot": "quantity"})
    several = Heard("a", None, (Heard("a"), Heard("b")))
    slots = sent(asks, ["product"], {"product": several})["directives"][0]["updatedIntent"]["slots"]
    assert [value["value"] for value in slots["product"]["slotValue"]["values"]] == ["a", "b"]
    assert "value" not in slots["quantity"]


@given(st.text("ab &", min_size=1, max_size=60), st.integers(7_980, 9_000))
def test_speech_reprompt_and_card_keep_their_limits(piece: str, length: int) -> None:
    text = (piece * length)[:length]
    ssml = f"<speak><p>{text.replace('&', '&amp;')}</p></speak>"
    card = {"title": text[:50], "text": text}
    response = sent(replace(QUESTION, ssml=ssml, reprompt_ssml=ssml, card=card))
    for speech in (response["outputSpeech"], response["reprompt"]["outputSpeech"]):
        assert len(speech["ssml"]) <= 8_000
        ElementTree.fromstring(speech["ssml"])
    assert len(response["card"]["title"] + response["card"]["content"]) <= 8_000


def test_a_response_that_is_too_large_loses_its_card_and_nothing_else() -> None:
    card = {"type": "Simple", "title": "", "content": "x" * 8_000}
    large = {"sessionAttributes": {"choice": "y" * 113_000}, "response": {"outputSpeech": {}, "card": card}}
    assert within_limits(large) == {**large, "response": {"outputSpeech": {}}}
    small: dict[str, Any] = {**large, "sessionAttributes": {}}
    assert within_limits(small) == small
    assert len(json.dumps(within_limits(large)).encode()) <= 120_000
