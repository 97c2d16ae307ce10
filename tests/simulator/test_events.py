"""Skill events, touches and CanFulfill can be fired by name, and carry what Amazon's do."""

import pytest

from skill.simulator.events import EVENTS
from tests.simulator.ride_skill import LOCATION, USER, Envelope, Ride, asks, says


def silent(_: Envelope) -> Envelope:
    return {"version": "1.0", "response": {}}


@pytest.mark.parametrize("name", EVENTS)
def test_an_event_reaches_the_skill_outside_any_session(name: str) -> None:
    ride = Ride(silent)
    spoken = ride.device.fire(name)
    sent = ride.sent[-1]
    assert sent["request"]["type"] == EVENTS[name]
    assert "session" not in sent
    assert "device" not in sent["context"]["System"]
    assert sent["context"]["System"]["user"]["userId"] == USER
    assert (spoken.speech, spoken.said_by, spoken.session_open) == ("", "nobody", False)


def test_a_skill_event_says_when_it_happened() -> None:
    ride = Ride(silent)
    ride.device.fire("enabled")
    assert ride.requests[-1]["eventCreationTime"] == "2026-11-20T15:00:00Z"
    assert ride.requests[-1]["eventPublishingTime"] == "2026-11-20T15:00:00Z"


def test_an_event_may_be_named_as_on_the_wire_and_bring_a_body() -> None:
    ride = Ride(silent)
    ride.device.fire("AlexaHouseholdListEvent.ItemsCreated", {"listId": "l1"})
    assert ride.requests[-1]["type"] == "AlexaHouseholdListEvent.ItemsCreated"
    assert ride.requests[-1]["body"] == {"listId": "l1"}


def test_an_unknown_event_is_no_event() -> None:
    with pytest.raises(LookupError, match="there is no event 'party'; there are enabled"):
        Ride(silent).device.fire("party")


def test_linking_and_unlinking_change_the_account() -> None:
    ride = Ride(silent)
    ride.device.fire("linked", {"accessToken": "secret"})
    assert ride.account.access_token == "secret"
    assert ride.requests[-1]["body"] == {"accessToken": "secret"}
    ride.say("help")
    assert ride.sent[-1]["context"]["System"]["user"]["accessToken"] == "secret"
    assert ride.sent[-1]["session"]["user"]["accessToken"] == "secret"
    ride.device.fire("unlinked")
    ride.say("help")
    assert "accessToken" not in ride.sent[-1]["context"]["System"]["user"]


def test_linking_without_a_token_makes_one() -> None:
    ride = Ride(silent)
    ride.device.fire("linked")
    assert ride.requests[-1]["body"]["accessToken"] == ride.account.access_token


def test_permissions_are_told_as_they_are_granted() -> None:
    ride = Ride(silent)
    ride.account.permissions = {LOCATION: True, "alexa::profile:name:read": False}
    ride.device.fire("permission-accepted")
    assert ride.requests[-1]["body"] == {"acceptedPermissions": [{"scope": LOCATION}]}


def test_a_change_of_permissions_changes_the_account_even_to_none() -> None:
    ride = Ride(silent)
    ride.account.permissions = {LOCATION: True}
    ride.device.fire("permission-changed", {"acceptedPermissions": []})
    assert not ride.account.granted(LOCATION)


def test_disabling_forgets_link_and_permissions() -> None:
    ride = Ride(silent)
    ride.account.access_token, ride.account.permissions = "secret", {LOCATION: True}
    ride.device.fire("disabled")
    assert vars(ride.account).items() >= {"enabled": False, "access_token": None, "permissions": {}}.items()
    ride.device.fire("enabled")
    assert vars(ride.account)["enabled"] is True


def test_a_message_of_the_skills_back_end_is_no_body() -> None:
    ride = Ride(silent)
    ride.device.fire("message", {"order": "o1"})
    assert ride.requests[-1]["message"] == {"order": "o1"}
    assert "body" not in ride.requests[-1]


def test_an_event_in_the_middle_of_a_conversation_leaves_it_alone() -> None:
    ride = Ride(lambda _: asks("Where to?"))
    ride.say("open ride hailer")
    assert ride.device.fire("reminder-started").session_open
    ride.say("help")
    assert ride.sent[-1]["session"]["new"] is False


def test_a_skill_that_fails_at_an_event_is_seen_to_fail() -> None:
    def breaks(_: Envelope) -> Envelope:
        raise RuntimeError("boom")

    assert isinstance(Ride(breaks).device.fire("enabled").error, RuntimeError)


def test_asking_whether_the_skill_could_names_no_user() -> None:
    def could(_: Envelope) -> Envelope:
        return {"version": "1.0", "response": {"canFulfillIntent": {"canFulfill": "YES"}}}

    ride = Ride(could)
    ride.device.person_id = "amzn1.ask.person.ben"
    spoken = ride.device.can_fulfill("alexa, ask ride hailer to book a ride to the airport")
    sent = ride.sent[-1]
    assert sent["request"]["type"] == "CanFulfillIntentRequest"
    assert sent["request"]["intent"]["slots"]["place"]["value"] == "airport"
    assert "user" not in sent["session"]
    assert sent["context"]["System"].keys().isdisjoint({"user", "person"})
    assert USER not in str(sent)
    assert spoken.intent == "BookRideIntent"
    assert spoken.response["response"]["canFulfillIntent"]["canFulfill"] == "YES"
    assert not ride.device.session_open


def test_what_no_intent_means_is_not_asked() -> None:
    spoken = Ride(silent).device.can_fulfill("colourless green ideas sleep furiously")
    assert (spoken.request, spoken.intent) == (None, None)


def test_a_touch_sends_its_arguments_in_the_open_session() -> None:
    document = {"type": "Alexa.Presentation.APL.RenderDocument", "token": "map", "document": {"type": "APL"}}
    ride = Ride(lambda _: asks("Where to?", document), screen="large")
    ride.say("open ride hailer")
    source = {"type": "TouchWrapper", "handler": "Press", "id": "airport"}
    assert ride.device.touch(["go", {"place": "airport"}], source=source).session_open
    request = ride.requests[-1]
    assert request["type"] == "Alexa.Presentation.APL.UserEvent"
    assert request["arguments"] == ["go", {"place": "airport"}]
    assert (request["token"], request["source"]) == ("map", source)
    assert ride.sent[-1]["session"]["new"] is False
    assert ride.sent[-1]["context"]["Alexa.Presentation.APL"]["token"] == "map"


def test_a_speaker_without_a_screen_cannot_be_touched() -> None:
    with pytest.raises(ValueError, match="no screen"):
        Ride(lambda _: says("Fine.")).device.touch([])
