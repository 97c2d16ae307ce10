"""The ways to deliver of a merchant's quote: read as they are, or the whole quote is not trusted."""

from datetime import date, time, timedelta
from typing import Any

import pytest

from skill.orders.ports import Carbon, DeliveryOption, Offer, ShopUnavailable, Slot
from skill.shops.http_delivery import with_ways

TODAY = date(2026, 11, 20)
OFFER = Offer("s", "Shop", "EUR", (), (), 1000, 80, 499, date(2026, 11, 22), 30)
STANDARD = {"slug": "standard", "day": "2026-11-22", "charge_cents": 499}
EVENING = {
    "slug": "evening",
    "day": "2026-11-23",
    "charge_cents": 599,
    "slot": {"begins": "18:00", "ends": "20:00"},
    "credit_points": 50,
    "carbon": {"least_g": 100, "most_g": 300, "factors": "Edwards 2010"},
}


def ways(**told: Any) -> Offer:
    return with_ways(OFFER, told, TODAY, timedelta(days=366))


def test_a_shop_with_one_way_says_nothing_of_ways() -> None:
    assert ways() == OFFER


def test_ways_are_read_with_slot_points_and_estimate() -> None:
    offer = ways(delivery_options=[STANDARD, EVENING], joining_cents=0)
    assert offer.joining_cents == 0
    assert offer.options[1] == DeliveryOption(
        "evening", date(2026, 11, 23), 599, Slot(time(18), time(20)), 50, Carbon(100, 300, "Edwards 2010")
    )


@pytest.mark.parametrize(
    "option",
    [
        {**EVENING, "slug": "standard"},
        {**EVENING, "slug": "together"},
        {**EVENING, "slug": "Evening!"},
        {**EVENING, "day": "2026-11-19"},
        {**EVENING, "day": "2029-01-01"},
        {**EVENING, "charge_cents": -1},
        {**EVENING, "slot": {"begins": "20:00", "ends": "18:00"}},
        {**EVENING, "slot": {"begins": "25:00", "ends": "26:00"}},
        {**EVENING, "slot": "evening"},
        {**EVENING, "credit_points": 1.5},
        {**EVENING, "carbon": {"least_g": 100, "most_g": 300}},
        {**EVENING, "carbon": {"least_g": 300, "most_g": 100, "factors": "F 2020"}},
        {**EVENING, "carbon": 100},
    ],
)
def test_what_cannot_be_is_not_trusted(option: dict[str, Any]) -> None:
    with pytest.raises(ShopUnavailable):
        ways(delivery_options=[STANDARD, option])


def test_the_first_way_is_the_one_the_quote_is_for() -> None:
    with pytest.raises(ShopUnavailable):
        ways(delivery_options=[EVENING, STANDARD])
