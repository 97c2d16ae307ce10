"""The grandmother's case: ten identical requests in a minute, from three devices and by two voices."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Barrier

from skill.conversation.turn import Answer, Caller
from skill.household.service import Households
from skill.orders.models import Order
from skill.storage.database import Database
from tests.orders.home import Home

DEVICES = ("kitchen", "nursery", "hall")
PRESSES = 10


def _voices(home: Home) -> Sequence[Caller]:
    """Anna and a second adult of the same household."""
    with home.database.unit(home.household_id) as unit:
        other = Households(unit).add_member("Tom", "adult")
        return home.caller, replace(home.caller, member_id=other.id, name="Tom")


def _press(home: Home, number: int, callers: Sequence[Caller], start: Barrier | None = None) -> list[Answer]:
    """One press: ask, and say yes to whatever is asked, once; at once with the others if they `start` so."""
    device, caller = DEVICES[number % 3], callers[number % 2]
    asked = replace(
        home.turn(
            "OrderItemIntent", None, {"product": "diapers size 2"}, request_id=f"ask-{number}", caller=caller
        ),
        device_id=device,
        at=home.now + timedelta(seconds=6 * number),
    )
    quoted = home.app.answer(asked)
    if start is not None:
        start.wait(timeout=60)
    if quoted.reply != "OrderItemIntent.quoted":
        return [quoted]
    yes = home.turn("AMAZON.YesIntent", quoted, request_id=f"yes-{number}", caller=caller)
    return [quoted, home.app.answer(replace(yes, device_id=device, at=asked.at + timedelta(seconds=3)))]


def _only(orders: Sequence[Order]) -> Order:
    assert len(orders) == 1
    return orders[0]


def test_ten_presses_one_after_another_make_one_order(database: Database) -> None:
    home = Home(database)
    callers = _voices(home)
    told = [_press(home, number, callers)[-1].reply for number in range(PRESSES)]
    assert told == ["YesIntent.order_placed", *["OrderItemIntent.just_ordered"] * (PRESSES - 1)]
    assert _only(home.orders()).state == "accepted"


def test_ten_presses_at_the_same_moment_make_one_order(database: Database) -> None:
    """All ten have heard their offer before the first yes is said."""
    home = Home(database)
    callers, start = _voices(home), Barrier(PRESSES)
    with ThreadPoolExecutor(PRESSES) as pool:
        told = [
            answers[-1].reply
            for answers in pool.map(lambda number: _press(home, number, callers, start), range(PRESSES))
        ]
    assert told.count("YesIntent.order_placed") == 1
    assert set(told) == {"YesIntent.order_placed", "YesIntent.just_ordered"}
    _only(home.orders())


def test_a_spoken_another_is_remembered_as_deliberate(database: Database) -> None:
    home = Home(database)
    home.say("AMAZON.YesIntent", home.say("OrderItemIntent", product="diapers size 2"))
    again = home.say("OrderAnywayIntent", home.say("OrderItemIntent", product="diapers size 2"))
    assert home.say("AMAZON.YesIntent", again).reply == "YesIntent.order_placed"
    assert sorted(order.deliberate for order in home.orders()) == [False, True]
