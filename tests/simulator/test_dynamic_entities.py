"""Values that a skill adds to a slot type are understood, marked as dynamic, and forgotten in time."""

from typing import Any

import pytest

from tests.simulator.ride_skill import SKILL_ID, Envelope, Ride, asks, changed, led_by_skill, says

HOME = {"id": "home", "name": {"value": "home sweet home", "synonyms": ["my place"]}}
DYNAMIC = f"amzn1.er-authority.echo-sdk.dynamic.{SKILL_ID}.PLACE"
STATIC = f"amzn1.er-authority.echo-sdk.{SKILL_ID}.PLACE"


def update(*values: Envelope, **more: Any) -> Envelope:
    types = [{"name": "PLACE", "values": list(values)}]
    return {"type": "Dialog.UpdateDynamicEntities", "updateBehavior": "REPLACE", "types": types, **more}


def loads(*directives: Envelope) -> Ride:
    """A skill that sends the directives one after another, one each time it is launched."""
    left = list(directives)

    def answer(request: Envelope) -> Envelope:
        return asks("Where to?", left.pop(0)) if request["type"] == "LaunchRequest" else says("Fine.")

    return Ride(answer, changed(led_by_skill))


def authorities(ride: Ride) -> dict[str, Any]:
    """What each authority found for the place, by its name."""
    place = ride.requests[-1]["intent"]["slots"]["place"]
    entries = place["resolutions"]["resolutionsPerAuthority"]
    return {entry["authority"]: entry.get("values", [{"value": None}])[0]["value"] for entry in entries}


def test_both_authorities_are_returned_the_dynamic_one_first() -> None:
    ride = loads(update(HOME))
    ride.say("open ride hailer", "book a ride to my place")
    assert list(authorities(ride)) == [DYNAMIC, STATIC]
    assert authorities(ride)[DYNAMIC] == {"name": "home sweet home", "id": "home"}
    assert authorities(ride)[STATIC] is None


def test_a_value_of_the_model_is_no_match_for_the_dynamic_authority() -> None:
    ride = loads(update(HOME))
    ride.say("open ride hailer", "book a ride to the terminal")
    assert authorities(ride) == {DYNAMIC: None, STATIC: {"name": "airport", "id": "airport"}}


def test_a_dynamic_value_may_be_called_as_one_of_the_model_is() -> None:
    ride = loads(update({"id": "lhr", "name": {"value": "airport"}}))
    ride.say("open ride hailer", "book a ride to the airport")
    found = authorities(ride)
    assert (found[DYNAMIC]["id"], found[STATIC]["id"]) == ("lhr", "airport")


def test_without_dynamic_values_there_is_only_the_models_authority() -> None:
    ride = loads()
    ride.say("book a ride to the airport")
    assert list(authorities(ride)) == [STATIC]


def test_a_later_directive_replaces_all_values() -> None:
    ride = loads(update(HOME), update({"id": "gym", "name": {"value": "gym"}}))
    ride.say("open ride hailer", "open ride hailer", "book a ride to my place")
    assert authorities(ride)[DYNAMIC] is None


def test_values_can_be_cleared() -> None:
    clear = {"type": "Dialog.UpdateDynamicEntities", "updateBehavior": "CLEAR"}
    ride = loads(update(HOME), clear)
    ride.say("open ride hailer", "open ride hailer", "book a ride to my place")
    assert list(authorities(ride)) == [STATIC]


@pytest.mark.parametrize(("minutes", "known"), [(29, True), (30, False)])
def test_values_last_half_an_hour_also_beyond_the_session(minutes: int, known: bool) -> None:
    ride = loads(update(HOME))
    ride.say("open ride hailer", "help")
    assert not ride.device.session_open
    ride.clock.passes(minutes=minutes)
    ride.say("ask ride hailer to book a ride to my place")
    assert (DYNAMIC in authorities(ride)) is known


def places(count: int) -> list[Envelope]:
    return [{"id": str(n), "name": {"value": f"place number {n}"}} for n in range(count)]


def test_a_hundred_values_are_taken() -> None:
    ride = loads(update(*places(100)))
    ride.say("open ride hailer")
    assert len(ride.device.context.dynamic["PLACE"]) == 100


BROKEN = [
    update(*places(101)),
    update({"id": "x", "name": {}}),
    {**update(), "types": "PLACE"},
    {**update(), "types": [{"name": "PLACE"}]},
]


@pytest.mark.parametrize("directive", BROKEN, ids=range(len(BROKEN)))
def test_too_many_or_broken_values_change_nothing(directive: Envelope) -> None:
    ride = loads(update(HOME), directive)
    ride.say("open ride hailer")
    spoken = ride.device.say("open ride hailer")
    assert any(problem.refused for problem in spoken.problems)
    assert list(ride.device.context.dynamic["PLACE"]) == [HOME]
