"""Dialogs that the skill leads itself, or hands to Amazon's side turn by turn."""

import pytest

from tests.simulator.ride_skill import (
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


def test_a_skill_that_delegates_is_called_each_turn() -> None:
    ride = leads(until_complete)
    heard = ride.say("book a ride to the airport", "two", "yes", "tomorrow", "yes")
    assert heard == ["For how many?", "For 2, right?", "When?", "A ride for 2 to airport?", "Booked."]
    assert ride.kinds == ["BookRideIntent STARTED", *["BookRideIntent IN_PROGRESS"] * 4, DONE]
    sessions = {envelope["session"]["sessionId"] for envelope in ride.sent}
    assert len(sessions) == 1
    assert [envelope["session"]["new"] for envelope in ride.sent] == [True, *[False] * 5]


def test_a_skill_may_fill_slots_and_confirm_them_when_it_delegates() -> None:
    def defaults(request: Envelope) -> Envelope:
        if request["dialogState"] == "STARTED":
            intent = intent_of(request, seats="1", day="2026-11-21")
            intent["slots"]["seats"]["confirmationStatus"] = "CONFIRMED"
            return delegates(**intent)
        return until_complete(request)

    ride = leads(defaults)
    assert ride.say("book a ride to the airport", "yes") == ["A ride for 1 to airport?", "Booked."]
    assert ride.slots["place"] == "airport"


def test_a_skill_may_chain_from_its_launch_to_a_dialog() -> None:
    def chains(request: Envelope) -> Envelope:
        if request["type"] == "LaunchRequest":
            response = delegates(name="BookRideIntent", confirmationStatus="NONE", slots={})
            response["response"]["outputSpeech"] = {"type": "PlainText", "text": "Welcome."}
            return response
        return until_complete(request)

    ride = leads(chains)
    assert ride.say("open ride hailer", "the airport") == ["Welcome. Where to?", "For how many?"]
    assert ride.kinds == ["LaunchRequest", "BookRideIntent IN_PROGRESS"]


def test_a_chained_intent_with_auto_delegation_is_led_by_the_cloud() -> None:
    def chains(request: Envelope) -> Envelope:
        if request["type"] == "LaunchRequest":
            return delegates(name="BookRideIntent")
        return books(request)

    ride = Ride(chains)
    ride.say("open ride hailer", "the airport", "two", "yes", "tomorrow", "yes")
    assert ride.kinds == ["LaunchRequest", DONE]


def test_a_skill_may_switch_the_intent_when_it_delegates() -> None:
    def switches(request: Envelope) -> Envelope:
        if request["intent"]["name"] == "CancelRideIntent":
            return delegates(name="RateRideIntent", slots={})
        return until_complete(request)

    ride = leads(switches)
    assert ride.say("drop my ride", "five stars") == ["How many stars?", "Fine."]
    assert ride.kinds == [
        "CancelRideIntent",
        "RateRideIntent IN_PROGRESS",
        "RateRideIntent COMPLETED",
    ]


@pytest.mark.parametrize("updated", [{"name": "AMAZON.HelpIntent"}, {"name": "NoSuchIntent"}, {}])
def test_delegating_what_cannot_be_delegated_ends_the_session_with_an_error(updated: Envelope) -> None:
    ride = Ride(lambda _: delegates(**updated))
    spoken = ride.device.say("open ride hailer")
    assert spoken.said_by == "cloud"
    assert spoken.ended
    assert spoken.ended["error"]["type"] == "INVALID_RESPONSE"
    assert not spoken.session_open


def test_delegating_a_complete_dialog_is_an_error_and_no_endless_loop() -> None:
    ride = leads(lambda _: delegates())
    spoken = ride.device.say("give my ride five stars")
    assert ride.kinds == ["RateRideIntent STARTED", "RateRideIntent COMPLETED", "SessionEndedRequest"]
    assert spoken.ended


def test_delegating_to_and_fro_stops() -> None:
    def to_and_fro(request: Envelope) -> Envelope:
        other = "RateRideIntent" if request["intent"]["name"] == "CancelRideIntent" else "CancelRideIntent"
        return delegates(name=other, slots={"stars": {"name": "stars", "value": "5"}})

    ride = leads(to_and_fro)
    spoken = ride.device.say("drop my ride")
    assert spoken.ended
    assert spoken.ended["error"]["type"] == "INTERNAL_SERVICE_ERROR"


def test_the_skill_asks_for_a_slot_in_its_own_words() -> None:
    def own_words(request: Envelope) -> Envelope:
        if "value" in request["intent"]["slots"]["seats"]:
            return says("Booked.")
        return asks("How many of you?", {"type": "Dialog.ElicitSlot", "slotToElicit": "seats"})

    ride = leads(own_words)
    assert ride.say("book a ride to the airport", "two seats") == ["How many of you?", "Booked."]
    assert ride.kinds == ["BookRideIntent STARTED", "BookRideIntent IN_PROGRESS"]
    assert ride.slots == {"place": "airport", "seats": "2"}


@pytest.mark.parametrize(
    ("answer", "status"),
    [("yes", "CONFIRMED"), ("sure", "CONFIRMED"), ("nope", "DENIED"), ("no thanks", "DENIED")],
)
def test_the_skill_has_a_slot_confirmed_by_a_model_without_yes_and_no(answer: str, status: str) -> None:
    def confirms(request: Envelope) -> Envelope:
        if request["dialogState"] == "STARTED":
            directive = {"type": "Dialog.ConfirmSlot", "slotToConfirm": "place"}
            return asks("To the airport?", directive)
        return says("Fine.")

    ride = leads(confirms)
    ride.say("book a ride to the airport", answer)
    slot = ride.requests[-1]["intent"]["slots"]["place"]
    assert (slot["confirmationStatus"], slot["value"]) == (status, "airport")
    assert slot["resolutions"]


def test_a_slot_to_confirm_may_be_corrected() -> None:
    def confirms(request: Envelope) -> Envelope:
        return asks("Right?", {"type": "Dialog.ConfirmSlot", "slotToConfirm": "place"})

    ride = leads(confirms)
    ride.say("book a ride to the airport", "no, to the station")
    slot = ride.requests[-1]["intent"]["slots"]["place"]
    assert (slot["value"], slot["confirmationStatus"]) == ("station", "NONE")


@pytest.mark.parametrize(("answer", "status"), [("yes please", "CONFIRMED"), ("no", "DENIED")])
def test_the_skill_has_an_intent_confirmed_with_slots_of_its_own(answer: str, status: str) -> None:
    def confirms(request: Envelope) -> Envelope:
        if request["dialogState"] == "STARTED":
            directive = {"type": "Dialog.ConfirmIntent", "updatedIntent": intent_of(request, seats="3")}
            return asks("Three to the airport?", directive)
        return books(request)

    ride = leads(confirms)
    ride.say("book a ride to the airport", answer)
    assert ride.requests[-1]["intent"]["confirmationStatus"] == status
    assert ride.slots == {"place": "airport", "seats": "3"}


def test_an_intent_to_confirm_may_be_corrected_where_a_slot_has_samples() -> None:
    def confirms(request: Envelope) -> Envelope:
        return asks("Right?", {"type": "Dialog.ConfirmIntent"})

    ride = leads(confirms)
    ride.say("book a ride to the airport for three", "no, for two")
    assert ride.slots == {"place": "airport", "seats": "2"}
    assert ride.requests[-1]["intent"]["confirmationStatus"] == "NONE"
