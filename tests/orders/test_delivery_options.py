"""How a way to deliver is chosen: by speed, charge, estimate, credit, day and time; nothing is made up."""

from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skill.orders.delivery_options import (
    WAYS,
    cheapest,
    fastest,
    greenest,
    in_order,
    joined,
    nearest,
    on_day,
    worth_a_hint,
)
from skill.orders.ports import Carbon, DeliveryOption, Offer, Slot

DAY = date(2026, 11, 20)
STANDARD = DeliveryOption("standard", date(2026, 11, 22), 499, carbon=Carbon(140, 250, "Edwards 2010"))
EXPRESS = DeliveryOption("express", date(2026, 11, 21), 899, carbon=Carbon(240, 550, "Edwards 2010"))
EVENING = DeliveryOption("evening", date(2026, 11, 22), 649, slot=Slot(time(18), time(20)))
WAITING = DeliveryOption(
    "no-rush", date(2026, 11, 25), 499, credit_points=100, carbon=Carbon(100, 160, "Edwards 2010")
)
ALL = (STANDARD, EXPRESS, EVENING, WAITING)
OFFER = Offer("s", "Shop", "USD", (), (), 1000, 80, 499, STANDARD.day, 30, options=ALL, joining_cents=0)


def options() -> st.SearchStrategy[list[DeliveryOption]]:
    """Ways to deliver in any number, with and without slot, credit and estimate."""
    carbons = st.builds(
        lambda least, more: Carbon(least, least + more, "F 2020"), st.integers(0, 900), st.integers(0, 900)
    )
    slots = st.integers(0, 22).map(lambda hour: Slot(time(hour), time(hour + 1)))
    one = st.builds(
        DeliveryOption,
        slug=st.uuids().map(str),
        day=st.dates(DAY, date(2027, 1, 1)),
        charge_cents=st.integers(0, 2000),
        slot=st.none() | slots,
        credit_points=st.integers(0, 500),
        carbon=st.none() | carbons,
    )
    return st.lists(one, max_size=6)


@given(options())
def test_the_fastest_is_never_later_and_the_cheapest_never_dearer_than_another(
    all_: list[DeliveryOption],
) -> None:
    soonest, least = fastest(all_), cheapest(all_)
    assert (soonest is None) == (least is None) == (not all_)
    if soonest is not None and least is not None:
        assert soonest.day == min(one.day for one in all_)
        assert least.charge_cents == min(one.charge_cents for one in all_)


@given(options())
def test_only_what_is_estimated_can_be_the_greenest(all_: list[DeliveryOption]) -> None:
    found = greenest(all_)
    estimated = [one.carbon.most_g for one in all_ if one.carbon]
    if found is None:
        assert not estimated
    else:
        assert found.carbon is not None
        assert found.carbon.most_g == min(estimated)


@pytest.mark.parametrize(
    ("way", "found"),
    [
        ("fastest", EXPRESS),
        ("cheapest", STANDARD),
        ("greenest", WAITING),
        ("no_rush", WAITING),
        ("together", None),
    ],
)
def test_a_word_names_a_way(way: str, found: DeliveryOption | None) -> None:
    assert WAYS[way](ALL) == found


@pytest.mark.parametrize(
    ("day", "at", "found"),
    [
        (date(2026, 11, 21), None, EXPRESS),
        (date(2026, 11, 22), None, STANDARD),
        (date(2026, 11, 22), "EV", EVENING),
        (None, "EV", EVENING),
        (None, time(19), EVENING),
        (None, time(7), EVENING),  # "seven" may mean the evening
        (None, time(20), None),
        (date(2026, 11, 22), "MO", None),
        (date(2026, 11, 23), None, None),
    ],
)
def test_a_day_and_a_time_are_met_or_nothing_is(
    day: date | None, at: object, found: DeliveryOption | None
) -> None:
    days = None if day is None else (day, date.fromordinal(day.toordinal() + 1))
    assert on_day(ALL, days, at) == found  # type: ignore[arg-type]  # a table of both kinds of times


def test_at_most_two_are_named_beside_a_day_that_cannot_be_had() -> None:
    assert nearest(ALL, date(2026, 11, 24)) == [STANDARD, WAITING]
    assert in_order(ALL)[0] == EXPRESS


def test_another_way_changes_charge_day_and_total_and_nothing_else() -> None:
    faster = OFFER.delivered_by("express")
    assert faster is not None
    assert (faster.total_cents, faster.delivery_date) == (1000 + 80 + 899, EXPRESS.day)
    assert (faster.options[0], set(faster.options)) == (EXPRESS, set(ALL))
    assert OFFER.delivered_by("drone") is None


def test_an_open_order_is_one_more_way_where_the_shop_says_so() -> None:
    with_open = joined(OFFER, "R-1", date(2026, 11, 21))
    assert with_open.options[-1] == DeliveryOption("together", date(2026, 11, 21), 0, joins="R-1")
    assert worth_a_hint(with_open.options, waiting=True) == with_open.options[-1]


def test_waiting_is_offered_only_where_it_may_be_spoken_of_and_was_not_chosen() -> None:
    assert worth_a_hint(ALL, waiting=True) == WAITING
    assert worth_a_hint(ALL, waiting=False) is None
    assert worth_a_hint((WAITING, STANDARD), waiting=True) is None
    assert worth_a_hint((), waiting=True) is None
