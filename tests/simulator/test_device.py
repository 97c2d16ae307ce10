"""The offline speaker makes Amazon's envelopes and keeps sessions as Amazon's cloud does."""

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.simulator.fake_skill import SKILL_ID, FakeSkill, compiled, device, without


@pytest.fixture
def skill() -> FakeSkill:
    return FakeSkill()


def sent_slots(skill: FakeSkill) -> dict[str, Any]:
    slots: dict[str, Any] = skill.requests[-1]["request"]["intent"]["slots"]
    return slots


def test_opening_the_skill_launches_it_in_a_new_session(skill: FakeSkill) -> None:
    spoken = device(skill).say("open corner shop")
    assert spoken.intent == "LaunchRequest"
    assert spoken.session_open
    assert skill.requests[0]["session"]["new"] is True
    assert skill.requests[0]["request"]["timestamp"] == "2026-11-20T15:00:00Z"


def test_asking_the_skill_in_one_breath_is_one_shot(skill: FakeSkill) -> None:
    spoken = device(skill).say("alexa, ask corner shop to order two diapers")
    assert spoken.intent == "OrderItemIntent"
    assert skill.requests[0]["session"]["new"] is True


def test_a_bare_sentence_without_a_session_is_a_one_shot_of_the_skill(skill: FakeSkill) -> None:
    assert device(skill).say("order diapers").intent == "OrderItemIntent"


def test_a_session_goes_on_with_its_id_and_attributes(skill: FakeSkill) -> None:
    speaker = device(skill)
    speaker.say("order diapers")
    speaker.say("yes")
    first, second = (request["session"] for request in skill.requests)
    assert second["new"] is False
    assert second["sessionId"] == first["sessionId"]
    assert second["attributes"] == {"asked": "OrderItemIntent"}
    assert skill.placed == 1


def test_an_answer_that_ends_the_session_closes_it(skill: FakeSkill) -> None:
    speaker = device(skill)
    speaker.say("order diapers")
    assert not speaker.say("yes").session_open
    speaker.say("help")
    assert skill.requests[-1]["session"]["new"] is True
    assert skill.requests[-1]["session"]["attributes"] == {}


def test_leaving_an_open_session_tells_the_skill(skill: FakeSkill) -> None:
    speaker = device(skill)
    speaker.say("order diapers")
    speaker.close()
    ended = skill.requests[-1]
    assert ended["request"]["type"] == "SessionEndedRequest"
    assert ended["request"]["reason"] == "USER_INITIATED"
    assert ended["session"]["sessionId"] == skill.requests[0]["session"]["sessionId"]
    assert not speaker.session_open


def test_leaving_without_a_session_tells_nothing(skill: FakeSkill) -> None:
    device(skill).close()
    assert skill.requests == []


def test_calling_the_skill_by_name_ends_the_session_before(skill: FakeSkill) -> None:
    speaker = device(skill)
    speaker.say("order diapers")
    speaker.say("open corner shop")
    kinds = [request["request"]["type"] for request in skill.requests]
    assert kinds == ["IntentRequest", "SessionEndedRequest", "LaunchRequest"]


def test_a_heard_slot_carries_alexas_value_and_its_resolution(skill: FakeSkill) -> None:
    device(skill).say("order two nappies")
    slots = sent_slots(skill)
    assert slots["quantity"]["value"] == "2"
    assert "resolutions" not in slots["quantity"]
    product = slots["product"]
    assert product["value"] == "nappies"
    assert product["source"] == "USER"
    assert product["confirmationStatus"] == "NONE"
    authority = product["resolutions"]["resolutionsPerAuthority"][0]
    assert authority["authority"] == f"amzn1.er-authority.echo-sdk.{SKILL_ID}.PRODUCT"
    assert authority["status"] == {"code": "ER_SUCCESS_MATCH"}
    assert authority["values"] == [{"value": {"name": "diapers", "id": "DIAPER-4"}}]
    assert product["slotValue"]["type"] == "Simple"


def test_a_slot_that_was_not_heard_is_sent_without_a_value(skill: FakeSkill) -> None:
    device(skill).say("order diapers")
    assert sent_slots(skill)["quantity"] == {
        "name": "quantity",
        "confirmationStatus": "NONE",
        "source": "USER",
    }


def test_an_unlisted_value_is_sent_as_no_match(skill: FakeSkill) -> None:
    device(skill).say("order two flux capacitors")
    product = sent_slots(skill)["product"]
    authority = product["resolutions"]["resolutionsPerAuthority"][0]
    assert product["value"] == "flux capacitors"
    assert authority["status"] == {"code": "ER_SUCCESS_NO_MATCH"}
    assert "values" not in authority


def test_several_values_are_sent_as_a_list_without_a_value_of_their_own(skill: FakeSkill) -> None:
    device(skill).say("order diapers and wipes")
    product = sent_slots(skill)["product"]
    assert "value" not in product
    assert product["slotValue"]["type"] == "List"
    assert [value["value"] for value in product["slotValue"]["values"]] == ["diapers", "wipes"]


def test_days_are_those_of_the_devices_zone(skill: FakeSkill) -> None:
    late = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)  # still Friday evening in New York
    device(skill, clock=lambda: late).say("order diapers for tomorrow")
    assert sent_slots(skill)["day"]["value"] == "2026-11-21"


def test_the_answer_to_an_elicited_slot_goes_on_with_the_intent(skill: FakeSkill) -> None:
    speaker = device(skill)
    asked = speaker.say("order something")
    assert asked.directives[0]["slotToElicit"] == "product"
    answered = speaker.say("wipes")
    request = skill.requests[-1]["request"]
    assert answered.intent == "OrderItemIntent"
    assert request["dialogState"] == "IN_PROGRESS"
    assert request["intent"]["slots"]["product"]["value"] == "wipes"


def test_slots_heard_before_are_kept_while_another_is_elicited(skill: FakeSkill) -> None:
    directive = {
        "type": "Dialog.ElicitSlot",
        "slotToElicit": "product",
        "updatedIntent": {
            "name": "OrderItemIntent",
            "slots": {"quantity": {"name": "quantity", "value": "3", "confirmationStatus": "NONE"}},
        },
    }

    def handle(envelope: dict[str, Any]) -> dict[str, Any]:
        answered = skill.handle(envelope)
        if len(skill.requests) == 1:
            answered["response"]["directives"] = [directive]
        return answered

    speaker = device(skill, handle=handle)
    speaker.say("order something")
    speaker.say("wipes")
    slots = sent_slots(skill)
    assert slots["quantity"]["value"] == "3"
    assert slots["product"]["value"] == "wipes"


def test_a_slot_that_the_skill_left_as_it_was_keeps_its_resolution(skill: FakeSkill) -> None:
    plain_slots = {"product": {"name": "product", "value": "nappies"}, "quantity": {"name": "quantity"}}
    directive = {
        "type": "Dialog.ElicitSlot",
        "slotToElicit": "quantity",
        "updatedIntent": {"name": "OrderItemIntent", "slots": plain_slots},
    }

    def handle(envelope: dict[str, Any]) -> dict[str, Any]:
        answered = skill.handle(envelope)
        answered["response"]["directives"] = [directive]
        return answered

    speaker = device(skill, handle=handle)
    speaker.say("order nappies")
    before = sent_slots(skill)["product"]
    speaker.say("three")
    assert sent_slots(skill)["product"] == before
    assert sent_slots(skill)["quantity"]["value"] == "3"


def test_another_request_leaves_the_elicited_slot(skill: FakeSkill) -> None:
    speaker = device(skill)
    speaker.say("order something")
    assert speaker.say("log four ounces").intent == "LogFeedingIntent"
    assert skill.requests[-1]["request"]["dialogState"] == "STARTED"


def test_what_nothing_fits_goes_to_the_fallback_intent(skill: FakeSkill) -> None:
    spoken = device(skill).say("what is the airspeed of an unladen swallow")
    assert spoken.intent == "AMAZON.FallbackIntent"
    assert spoken.speech == "Done."


def test_without_a_fallback_intent_nothing_is_sent(skill: FakeSkill) -> None:
    speaker = device(skill, model=compiled(raw=without("AMAZON.FallbackIntent")))
    spoken = speaker.say("what is the airspeed of an unladen swallow")
    assert spoken.request is None
    assert spoken.intent is None
    assert spoken.wire_slots == {}
    assert skill.requests == []


@pytest.mark.parametrize(
    "sentence",
    ["", "   ", "🍼🧻", "حفاضات", "a" * 10_000, "order " * 2_000, "<speak>&", "\x00", "'; DROP TABLE"],
)
def test_no_sentence_is_too_odd_to_be_answered(skill: FakeSkill, sentence: str) -> None:
    assert device(skill).say(sentence).speech


def test_a_sentence_in_an_open_session_that_nothing_fits_keeps_its_question(skill: FakeSkill) -> None:
    speaker = device(skill)
    speaker.say("open corner shop")
    assert speaker.say("").intent == "AMAZON.FallbackIntent"
    assert skill.requests[-1]["session"]["new"] is False


def test_speech_is_plain_text_beside_its_ssml(skill: FakeSkill) -> None:
    spoken = device(skill).say("order diapers")
    assert spoken.speech == "Mac & Cheese is $12.40. Shall I?"
    assert spoken.ssml == "<speak>Mac &amp; Cheese  is $12.40. Shall I?</speak>"
    assert spoken.reprompt == "Well?"
    assert spoken.ms >= 0


def test_plain_text_output_is_spoken_too(skill: FakeSkill) -> None:
    output = {"type": "PlainText", "text": "Salt & <pepper>"}
    spoken = device(skill, handle=lambda _: {"response": {"outputSpeech": output}}).say("help")
    assert spoken.speech == "Salt & <pepper>"
    assert not spoken.session_open


def test_a_silent_response_ends_the_session_with_nothing_said(skill: FakeSkill) -> None:
    spoken = device(skill, handle=lambda _: {"version": "1.0", "response": {}}).say("help")
    assert (spoken.speech, spoken.ssml, spoken.reprompt, spoken.session_open) == ("", None, None, False)


def test_a_recognised_person_is_named_in_the_context(skill: FakeSkill) -> None:
    device(skill, person_id="amzn1.ask.person.ben").say("help")
    system = skill.requests[0]["context"]["System"]
    assert system["person"] == {"personId": "amzn1.ask.person.ben"}
    assert system["device"]["deviceId"]


@pytest.mark.parametrize("locale", ["en-US", "en-GB"])
def test_every_request_names_the_skill_the_account_and_the_locale(skill: FakeSkill, locale: str) -> None:
    speaker = device(skill, model=compiled(locale))
    for sentence in ("open corner shop", "order diapers"):
        speaker.say(sentence)
    speaker.close()
    for envelope in skill.requests:
        system = envelope["context"]["System"]
        assert envelope["request"]["locale"] == locale
        assert envelope["session"]["application"] == system["application"] == {"applicationId": SKILL_ID}
        assert envelope["session"]["user"] == system["user"] == {"userId": "amzn1.ask.account.anna"}
        assert system["apiEndpoint"].startswith("https://api.")
    ids = [envelope["request"]["requestId"] for envelope in skill.requests]
    assert len(set(ids)) == len(ids)
