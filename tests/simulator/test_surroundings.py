"""Requests tell of the device's screen, of who speaks, and of where Amazon's services are."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import get_args

import pytest

from skill.simulator.account import Account, DeviceState, Person, Screen
from skill.simulator.device import Device
from skill.simulator.skill_model import skill_model
from tests.simulator.ride_skill import MODEL, NOW, SKILL_ID, USER, Clock, Envelope, Ride, says

APL = "Alexa.Presentation.APL"


@dataclass(frozen=True)
class Call:
    """A call of the skill to a service."""

    service: str = "settings"
    method: str = "GET"
    path: str = "/v2/devices/d/settings/System.timeZone"
    status: int = 200
    body: object = None
    ms: float = 0.0


@dataclass
class Services:
    """Services that note nothing but what a test notes."""

    address: str = "http://127.0.0.1:40404"
    calls: list[Call] = field(default_factory=list)

    def token(self, device_id: str, person_id: str | None) -> str:
        """A token that tells what it was made for."""
        return f"{device_id}/{person_id}"


def fine(_: Envelope) -> Envelope:
    return says("Fine.")


@pytest.mark.parametrize("screen", get_args(Screen))
def test_a_screen_is_described_and_a_speaker_without_one_says_so(screen: Screen) -> None:
    ride = Ride(fine, screen=screen)
    ride.say("help")
    context = ride.sent[0]["context"]
    shows = context["System"]["device"]["supportedInterfaces"]
    assert (APL in shows) is (screen != "none")
    assert ("Viewport" in context) is ("Viewports" in context) is (screen != "none")
    if screen != "none":
        assert context["Viewport"]["shape"] == ("ROUND" if screen == "round" else "RECTANGLE")
        assert context["Viewport"]["mode"] == ("TV" if screen == "tv" else "HUB")
        assert context["Viewports"][0]["type"] == "APL"


def test_a_device_may_get_a_screen_between_turns() -> None:
    ride = Ride(fine)
    ride.say("help")
    ride.device.state.screen = "large"
    ride.say("help")
    assert [("Viewport" in envelope["context"]) for envelope in ride.sent] == [False, True]


def test_who_is_recognised_may_change_between_turns() -> None:
    ride = Ride(fine)
    ride.account.people["ben"] = Person("amzn1.ask.person.ben", access_token="bens")
    for person_id in (None, "amzn1.ask.person.ben", "amzn1.ask.person.guest"):
        ride.device.person_id = person_id
        ride.say("help")
    people = [envelope["context"]["System"].get("person") for envelope in ride.sent]
    assert people == [
        None,
        {"personId": "amzn1.ask.person.ben", "accessToken": "bens"},
        {"personId": "amzn1.ask.person.guest"},
    ]


def test_several_devices_of_one_account_talk_on_their_own() -> None:
    sent: list[Envelope] = []

    def answer(envelope: Envelope) -> Envelope:
        sent.append(envelope)
        return says("Where to?", ends=False)

    account, clock = Account(USER), Clock()
    model = skill_model(MODEL, "en-GB")
    devices = [
        Device(
            answer,
            model,
            account=account,
            state=DeviceState(device_id=name, locale="en-GB", zone=zone),
            skill_id=SKILL_ID,
            clock=clock,
        )
        for name, zone in (("kitchen", "Europe/London"), ("nursery", "Asia/Tokyo"))
    ]
    for device in devices:
        device.say("open ride hailer")
        device.say("book a ride to the airport tomorrow")
    assert list(account.devices) == ["kitchen", "nursery"]
    assert len({envelope["session"]["sessionId"] for envelope in sent}) == 2
    assert {envelope["session"]["user"]["userId"] for envelope in sent} == {USER}
    assert {envelope["request"]["locale"] for envelope in sent} == {"en-GB"}
    days = [device.context.elicit or device.session_open for device in devices]
    assert days == [("BookRideIntent", "seats")] * 2


def test_requests_lead_to_the_stand_in_services_and_calls_are_kept_by_turn() -> None:
    services = Services()

    def answer(envelope: Envelope) -> Envelope:
        sent.append(envelope)
        services.calls.append(Call())
        return says("Fine.")

    sent: list[Envelope] = []
    device = Device(
        answer,
        skill_model(MODEL, "en-US"),
        account=Account(USER),
        state=DeviceState(device_id="kitchen"),
        skill_id=SKILL_ID,
        clock=lambda: NOW,
        person_id="ben",
        services=services,
    )
    device.say("help")
    spoken = device.say("help")
    system = sent[0]["context"]["System"]
    assert (system["apiEndpoint"], system["apiAccessToken"]) == (services.address, "kitchen/ben")
    calls: Sequence[object] = spoken.calls
    assert list(calls) == [Call()]


def test_a_device_speaks_the_language_of_its_model() -> None:
    model, state = skill_model(MODEL, "en-US"), DeviceState(locale="de-DE")
    with pytest.raises(ValueError, match="speaks de-DE cannot use a model for en-US"):
        Device(fine, model, account=Account(USER), state=state, skill_id=SKILL_ID, clock=lambda: NOW)
