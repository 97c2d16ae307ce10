"""The pure rules of ordering."""

from datetime import timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from skill.orders.ports import Item, OfferedLine
from skill.orders.rules import (
    dearest_first,
    is_repeat,
    merged,
    reference,
    tax_cents,
    usual,
)
from tests.orders.home import NOW

items = st.builds(Item, st.sampled_from("abcdef"), st.integers(1, 5))
baskets = st.lists(st.lists(items, min_size=1, max_size=4, unique_by=lambda item: item.sku_id), max_size=8)


def test_the_usual_is_what_most_of_the_last_orders_held() -> None:
    newest = [Item("diapers", 2), Item("milk", 3)]
    orders = [newest, [Item("diapers", 1), Item("tea", 1)], [Item("diapers", 1), Item("milk", 1)]]
    assert usual(orders) == [Item("diapers", 2), Item("milk", 3)]


def test_one_order_makes_no_usual() -> None:
    assert usual([[Item("diapers", 1)]]) == []


@given(baskets)
def test_everything_usual_is_in_sixty_percent_of_the_last_five_orders(orders: list[list[Item]]) -> None:
    recent = orders[:5]
    for item in usual(orders):
        holding = [order for order in recent if item.sku_id in {one.sku_id for one in order}]
        assert len(holding) * 100 >= 60 * len(recent)
        assert item in holding[0]


@given(st.lists(items))
def test_merging_keeps_the_sum_of_every_sku(basket: list[Item]) -> None:
    once = merged(basket)
    assert len({item.sku_id for item in once}) == len(once)
    assert sum(item.quantity for item in once) == sum(item.quantity for item in basket)


def test_the_same_skus_within_ten_minutes_are_a_repeat_and_later_are_not() -> None:
    assert is_repeat(["b", "a"], ["a", "b"], NOW, NOW + timedelta(minutes=9, seconds=59))
    assert not is_repeat(["b", "a"], ["a", "b"], NOW, NOW + timedelta(minutes=10))
    assert not is_repeat(["a"], ["a", "b"], NOW, NOW)


def test_an_order_of_the_future_is_a_repeat_only_within_ten_minutes() -> None:
    assert is_repeat(["a"], ["a"], NOW + timedelta(minutes=9), NOW)
    assert not is_repeat(["a"], ["a"], NOW + timedelta(days=3), NOW)


def test_a_quote_has_one_reference_for_every_attempt_to_place_it() -> None:
    household, quote, other = UUID(int=1), UUID(int=2), UUID(int=3)
    assert reference(household, quote) == reference(household, quote)
    assert reference(household, quote) != reference(household, other)
    assert reference(household, quote) != reference(other, quote)


def test_the_dearest_lines_come_first_only_when_not_all_are_said_by_name() -> None:
    lines = [OfferedLine(f"sku-{cents}", 1, cents, cents) for cents in (3, 1, 4, 2, 6, 5)]
    assert dearest_first(lines[:5]) == lines[:5]
    assert [line.line_cents for line in dearest_first(lines)] == [6, 5, 4, 3, 2, 1]


def test_tax_is_rounded_half_up_once_for_the_order() -> None:
    assert tax_cents([(1000, 825)]) == 83
    assert tax_cents([(10, 500), (10, 500)]) == 1
    assert tax_cents([]) == 0
