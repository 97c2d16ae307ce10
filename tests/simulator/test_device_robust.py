"""Whatever a skill answers and whatever is said, a turn ends with a Spoken and raises nothing."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.simulator.ride_skill import Envelope, Ride, changed, led_by_skill, says

SCALARS = (
    st.none() | st.booleans() | st.integers(-5, 5) | st.sampled_from(["", "place", "seats", "2", "NONE"])
)
JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["value", "name"]), inner),
    max_leaves=4,
)
SLOT = JSON | st.fixed_dictionaries(
    {},
    optional={
        "name": JSON,
        "value": JSON,
        "confirmationStatus": JSON,
        "slotValue": JSON
        | st.fixed_dictionaries({"type": JSON, "values": st.lists(JSON, max_size=2) | JSON}),
        "resolutions": JSON,
    },
)
INTENT = JSON | st.fixed_dictionaries(
    {},
    optional={
        "name": st.sampled_from(["BookRideIntent", "RateRideIntent", "AMAZON.HelpIntent", "None"]) | JSON,
        "confirmationStatus": JSON,
        "slots": JSON | st.dictionaries(st.sampled_from(["place", "seats", "day", "stars", "x"]), SLOT),
    },
)
DIRECTIVE = st.fixed_dictionaries(
    {
        "type": st.sampled_from(
            [
                *(f"Dialog.{name}" for name in ("Delegate", "ElicitSlot", "ConfirmSlot", "ConfirmIntent")),
                "Dialog.UpdateDynamicEntities",
                "Connections.StartConnection",
            ]
        )
    },
    optional={
        "updatedIntent": INTENT,
        "slotToElicit": st.sampled_from(["place", "seats", "x"]) | JSON,
        "slotToConfirm": st.sampled_from(["place", "seats", "x"]) | JSON,
        "updateBehavior": st.sampled_from(["REPLACE", "CLEAR"]) | JSON,
        "types": JSON,
        "uri": st.sampled_from(["connection://AMAZON.AskForPermissionsConsent/2", "connection://x"]) | JSON,
        "input": JSON | st.fixed_dictionaries({"permissionScopes": JSON}),
        "token": JSON,
        "onCompletion": JSON,
    },
)
RESPONSE = st.fixed_dictionaries(
    {},
    optional={
        "outputSpeech": JSON | st.just({"type": "PlainText", "text": "Hm?"}),
        "reprompt": JSON | st.just({"outputSpeech": {"type": "PlainText", "text": "Hm?"}}),
        "shouldEndSession": st.booleans() | JSON,
        "directives": st.lists(DIRECTIVE, max_size=2) | JSON,
        "card": JSON,
    },
)
SENTENCES = (
    "book a ride to the airport",
    "two",
    "yes",
    "no, to the station",
    "give my ride five stars",
    "blub",
)


@pytest.mark.parametrize("led", [lambda _: None, led_by_skill], ids=["cloud", "skill"])
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(responses=st.lists(RESPONSE, min_size=1, max_size=4), first=st.sampled_from(SENTENCES))
def test_no_response_breaks_a_turn(led: Any, responses: list[Envelope], first: str) -> None:
    def answer(_: Envelope) -> Envelope:
        response = responses[len(ride.sent) % len(responses)]
        return {"version": "1.0", "response": response}

    ride = Ride(answer, changed(led))
    for sentence in (first, *SENTENCES):
        ride.device.say(sentence)
        assert len(ride.sent) < 200
    ride.device.silence()


BOOK = "BookRideIntent"
BROKEN: list[Any] = [
    *([], "x", 3, {"name": 5}, {"name": ["x"]}, {"slots": {}}),
    {"name": BOOK, "slots": []},
    {"name": BOOK, "slots": {"place": None}},
    {"name": BOOK, "slots": {"place": {"value": 5}}},
    {"name": BOOK, "slots": {"place": {"slotValue": "x"}}},
    {"name": BOOK, "slots": {"place": {"slotValue": {"values": "xy"}}}},
    {"name": BOOK, "slots": {"place": {"slotValue": {"values": [{}]}}}},
    {"name": BOOK, "slots": {"place": {"confirmationStatus": {}}}},
    {"name": BOOK, "slots": {"place": {"value": "x", "resolutions": {"resolutionsPerAuthority": [3]}}}},
    {"name": BOOK, "confirmationStatus": []},
]


@pytest.mark.parametrize("updated", BROKEN, ids=range(len(BROKEN)))
@pytest.mark.parametrize("kind", ["Delegate", "ElicitSlot", "ConfirmSlot", "ConfirmIntent"])
def test_a_broken_updated_intent_breaks_no_turn(kind: str, updated: Any) -> None:
    slots = {"slotToElicit": "place", "slotToConfirm": "place"}
    directive = {"type": f"Dialog.{kind}", "updatedIntent": updated, **slots}
    ride = Ride(lambda _: says("Hm?", directive, ends=False), changed(led_by_skill))
    for sentence in SENTENCES:
        ride.device.say(sentence)
        assert ride.device.context is not None
