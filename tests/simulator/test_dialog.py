"""Dialogs are played as Amazon's side plays them, led by it."""

import pytest

from skill.simulator.dialog import prompt_ssml
from skill.simulator.dialog_model import Prompt
from tests.simulator.ride_skill import (
    CONSENT,
    LOCATION,
    Answer,
    Envelope,
    Ride,
    asks,
    changed,
    delegates,
    led_by_skill,
    says,
)

DONE = "BookRideIntent COMPLETED"


def books(request: Envelope) -> Envelope:
    """Books what was confirmed."""
    match request:
        case {"intent": {"name": "BookRideIntent", "confirmationStatus": "DENIED"}}:
            return says("All right, no ride.")
        case {"intent": {"name": "BookRideIntent"}}:
            return says("Booked.")
        case {"type": "LaunchRequest"}:
            return asks("Where to?")
    return says("Fine.")


def leads(answer: Answer) -> Ride:
    """A ride skill that leads its dialogs itself."""
    return Ride(answer, changed(led_by_skill))


def until_complete(request: Envelope) -> Envelope:
    """Leaves every step to Amazon's side."""
    return delegates() if request.get("dialogState") in ("STARTED", "IN_PROGRESS") else books(request)


def intent_of(request: Envelope, **slots: str) -> Envelope:
    """The request's intent with some slots set by the skill."""
    wire = {
        name: {"name": name, "value": value, "confirmationStatus": "NONE"} for name, value in slots.items()
    }
    return {**request["intent"], "slots": {**request["intent"]["slots"], **wire}}


def test_with_auto_delegation_the_skill_is_called_once_when_all_is_known() -> None:
    ride = Ride(books)
    heard = ride.say("book a ride", "to the airport", "two", "yes", "tomorrow", "yes")
    assert heard == [
        "Where to?",
        "For how many?",
        "For 2, right?",
        "When?",
        "A ride for 2 to airport?",
        "Booked.",
    ]
    assert ride.kinds == [DONE]
    assert ride.slots == {"place": "airport", "seats": "2", "day": "2026-11-21"}
    intent = ride.requests[0]["intent"]
    assert intent["confirmationStatus"] == "CONFIRMED"
    assert intent["slots"]["seats"]["confirmationStatus"] == "CONFIRMED"
    assert ride.sent[0]["session"]["new"] is True


def test_what_the_cloud_asks_is_told_apart_from_what_the_skill_says() -> None:
    ride = Ride(books)
    asked = ride.device.say("book a ride to the airport")
    assert (asked.said_by, asked.request, asked.session_open) == ("cloud", None, True)
    assert asked.intent == "BookRideIntent"
    assert asked.wire_slots["place"]["value"] == "airport"
    assert asked.reprompt == "For how many?"


def test_slots_that_were_said_at_once_are_not_asked_for() -> None:
    ride = Ride(books)
    assert ride.say("book a ride for two to the station tomorrow") == ["For 2, right?"]


def test_the_variations_of_a_prompt_take_turns() -> None:
    ride = Ride(books)
    assert ride.say("book a ride", "drop my ride", "book a ride") == [
        "Where to?",
        "Fine.",
        "Where would you like to go?",
    ]


@pytest.mark.parametrize(
    ("sentence", "prompt"),
    [
        ("book a ride to atlantis", "I do not know atlantis. Where to?"),
        ("book a ride to the airport for nine", "9 is too many. For how many, up to four?"),
        ("book a ride to the airport for zero", "0 is too few. For how many?"),
    ],
)
def test_a_value_that_breaks_a_rule_is_asked_for_again(sentence: str, prompt: str) -> None:
    ride = Ride(books)
    assert ride.say(sentence) == [prompt]
    assert ride.kinds == []


def test_a_rule_counts_also_for_a_slot_that_need_not_be_said() -> None:
    def optional(inside: Envelope) -> None:
        inside["dialog"]["intents"][0]["slots"][2].update(elicitationRequired=False, prompts={})

    ride = Ride(books, changed(optional))
    assert ride.say("book a ride for two to the station next month", "yes", "tomorrow", "yes")[1:] == [
        "I plan a week ahead. When?",
        "A ride for 2 to station?",
        "Booked.",
    ]


def test_a_denied_slot_is_asked_for_again() -> None:
    ride = Ride(books)
    heard = ride.say("book a ride for two to the station tomorrow", "no", "three", "yes", "yes")
    assert heard[1:] == ["For how many?", "For 3, right?", "A ride for 3 to station?", "Booked."]


def test_a_correction_replaces_what_was_to_be_confirmed() -> None:
    ride = Ride(books)
    heard = ride.say("book a ride for two to the station tomorrow", "no, three", "yes", "for four")
    assert heard[1:] == ["For 3, right?", "A ride for 3 to station?", "For 4, right?"]


def test_a_denied_intent_reaches_the_skill_as_denied() -> None:
    ride = Ride(books)
    heard = ride.say("book a ride for two to the station tomorrow", "yes", "no thanks")
    assert heard[-1] == "All right, no ride."
    assert ride.kinds == [DONE]


def test_another_intent_leaves_the_dialog() -> None:
    ride = Ride(books)
    assert ride.say("book a ride", "drop my ride") == ["Where to?", "Fine."]
    assert ride.kinds == ["CancelRideIntent"]
    assert not ride.device.session_open


def test_after_three_useless_answers_the_session_ends() -> None:
    ride = Ride(books)
    ride.say("book a ride to the airport", "nine", "ten")
    assert ride.device.session_open
    gave_up = ride.device.say("eleven")
    assert (gave_up.speech, gave_up.said_by, gave_up.session_open) == ("", "nobody", False)
    assert ride.kinds == []


def test_stop_is_heard_in_the_middle_of_a_dialog() -> None:
    ride = Ride(books)
    ride.say("book a ride", "stop")
    assert ride.kinds == ["AMAZON.StopIntent"]


def test_silence_in_a_dialog_asks_once_more_and_ends_it() -> None:
    ride = Ride(books)
    ride.say("book a ride")
    again, over = ride.device.silence(), ride.device.silence()
    assert again
    assert (again.speech, again.said_by) == ("Where would you like to go?", "cloud")
    assert over
    assert not over.session_open
    assert ride.device.silence() is None
    assert ride.kinds == []  # the skill was never called, so it is not told either


def test_a_dialog_with_a_validation_and_a_permission() -> None:
    handed = {
        "type": "Connections.StartConnection",
        "uri": CONSENT,
        "input": {
            "@type": "AskForPermissionsConsentRequest",
            "@version": "2",
            "permissionScopes": [{"permissionScope": LOCATION, "consentLevel": "ACCOUNT"}],
        },
        "onCompletion": "RESUME_SESSION",
        "token": "ride-1",
    }

    def asks_location(request: Envelope) -> Envelope:
        if request["type"] == "SessionResumedRequest":
            accepted = request["cause"]["result"]["status"] == "ACCEPTED"
            return says("Booked." if accepted else "Then call us.")
        return says("I need to know where you are.", handed)

    ride = Ride(asks_location)
    ride.account.answers_permission = False
    assert ride.say("book a ride to the moon", "to the station", "nine", "two", "yes", "tomorrow") == [
        "I do not know moon. Where to?",
        "For how many?",
        "9 is too many. For how many, up to four?",
        "For 2, right?",
        "When?",
        "A ride for 2 to station?",
    ]
    refused = ride.device.say("yes")
    assert refused.speech == "I need to know where you are. Then call us."
    assert refused.permission == {LOCATION: False}
    assert refused.connection
    assert refused.connection["token"] == "ride-1"
    assert refused.intent == "BookRideIntent"
    assert [one.request["request"]["type"] for one in refused.exchanges] == [
        "IntentRequest",
        "SessionResumedRequest",
    ]
    assert not ride.account.granted(LOCATION)


def test_a_skill_may_ask_on_after_the_cloud_led_the_dialog() -> None:
    def asks_on(request: Envelope) -> Envelope:
        if request["dialogState"] == "COMPLETED":
            return asks("Really three?", {"type": "Dialog.ElicitSlot", "slotToElicit": "seats"})
        return books(request)

    ride = Ride(asks_on)
    ride.say("book a ride for three to the station tomorrow", "yes", "yes", "two")
    assert ride.kinds == [DONE, "BookRideIntent IN_PROGRESS"]
    assert ride.slots["seats"] == "2"


def test_an_intent_that_the_dialogs_leave_out_comes_complete_under_auto_delegation() -> None:
    def without_rating(inside: Envelope) -> None:
        del inside["dialog"]["intents"][1]

    ride = Ride(books, changed(without_rating))
    ride.say("give my ride five stars", "drop my ride")
    assert ride.kinds == ["RateRideIntent COMPLETED", "CancelRideIntent"]


@pytest.mark.parametrize(
    ("place", "asked"), [("terminal", "For how many?"), ("moon", "I do not know moon. Where to?")]
)
def test_what_the_skill_puts_into_a_slot_is_resolved_and_judged_like_what_is_said(
    place: str, asked: str
) -> None:
    ride = leads(lambda request: delegates(**intent_of(request, place=place)))
    assert ride.say("book a ride") == [asked]


def test_a_slot_that_the_skill_filled_with_several_values_keeps_them() -> None:
    values = {
        "type": "List",
        "values": [{"type": "Simple", "value": said} for said in ("airport", "station")],
    }
    place = {"name": "place", "slotValue": values}
    ride = leads(lambda _: delegates(name="BookRideIntent", slots={"place": place}))
    ride.say("book a ride", "two")
    kept = ride.requests[-1]["intent"]["slots"]["place"]["slotValue"]["values"]
    assert [value["value"] for value in kept] == ["airport", "station"]
    assert all(value["resolutions"] for value in kept)


def test_slots_side_by_side_in_a_prompt_keep_their_distance_and_are_escaped() -> None:
    slots = {"seats": {"value": "2"}, "place": {"value": "Marks & Spencer"}}
    plain, ssml = Prompt("{seats} {place}, R&D?"), Prompt("<s>{place}</s>", ssml=True)
    assert prompt_ssml([plain], {"slots": slots}, 0) == "<speak>2 Marks &amp; Spencer, R&amp;D?</speak>"
    assert prompt_ssml([ssml], {"slots": slots}, 3) == "<speak><s>Marks &amp; Spencer</s></speak>"
    assert prompt_ssml([plain], {}, 0) == "<speak> , R&amp;D?</speak>"


GERMAN: Envelope = {
    "languageModel": {
        "invocationName": "fahrdienst",
        "intents": [
            {
                "name": "FahrtIntent",
                "slots": [{"name": "leute", "type": "AMAZON.NUMBER", "samples": ["für {leute}"]}],
                "samples": ["bestell eine fahrt", "bestell eine fahrt für {leute}"],
            }
        ],
    },
    "dialog": {
        "delegationStrategy": "ALWAYS",
        "intents": [
            {
                "name": "FahrtIntent",
                "confirmationRequired": True,
                "prompts": {"confirmation": "Sicher"},
                "slots": [
                    {
                        "name": "leute",
                        "type": "AMAZON.NUMBER",
                        "elicitationRequired": True,
                        "prompts": {"elicitation": "Wie viele"},
                    }
                ],
            }
        ],
    },
    "prompts": [
        {"id": "Wie viele", "variations": [{"type": "PlainText", "value": "Für wie viele?"}]},
        {"id": "Sicher", "variations": [{"type": "PlainText", "value": "Für {leute}?"}]},
    ],
}


def test_a_dialog_is_played_in_german() -> None:
    ride = Ride(lambda _: says("Bestellt."), {"interactionModel": GERMAN}, locale="de-DE")
    heard = ride.say("bestell eine fahrt", "drei", "nein, für zwei", "jawohl")
    assert heard == ["Für wie viele?", "Für 3?", "Für 2?", "Bestellt."]
    assert ride.kinds == ["FahrtIntent COMPLETED"]
