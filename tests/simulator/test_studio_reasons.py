"""A yes to a question of Amazon's side is told with the intent that it was about."""

from skill.simulator.studio_reasons import reasons
from tests.simulator.ride_skill import Ride, says


def test_a_yes_in_a_dialog_is_told_with_what_it_answers() -> None:
    ride = Ride(lambda request: says("Booked."))
    asked = ride.device.say("book a ride for two to the airport")
    assert asked.speech == "For 2, right?"
    assert reasons(asked)["answers"] is None
    why = reasons(ride.device.say("yes"))
    assert (why["intent"], why["answers"]) == ("AMAZON.YesIntent", "BookRideIntent")
