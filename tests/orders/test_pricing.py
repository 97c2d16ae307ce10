"""Prices against what was paid last: told, told clearly, or refused."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skill.catalog.index import prices
from skill.catalog.models import Price
from skill.conversation.errors import SpokenError
from skill.orders.models import OrderingLimits
from skill.orders.ports import Item, OfferedLine
from skill.orders.pricing import Rise, rises
from skill.orders.quotes import Quoted
from skill.storage.database import Database
from tests.orders.home import DIAPERS, MILK, NOW, Home


def line(now_cents: int) -> OfferedLine:
    return OfferedLine("a", 1, now_cents, now_cents)


@pytest.mark.parametrize(
    ("before", "now", "large"),
    [(1000, 1000, None), (1000, 900, None), (1000, 1090, False), (1000, 1100, False), (1000, 1110, True)],
)
def test_nothing_nine_ten_and_eleven_percent(before: int, now: int, large: bool | None) -> None:
    assert [rise.is_large for rise in rises({"a": before}, [line(now)])] == ([] if large is None else [large])


def test_more_than_two_units_of_money_is_large_however_dear_the_thing_is() -> None:
    assert not Rise("a", 10_000, 10_200).is_large
    assert Rise("a", 10_000, 10_201).is_large


def test_what_was_never_bought_cannot_have_risen() -> None:
    assert rises({}, [line(1000)]) == []


@given(st.integers(1, 10_000), st.integers(0, 30_000), st.integers(0, 300))
def test_a_rise_within_the_limit_never_exceeds_it(before: int, more: int, percent: int) -> None:
    rise = Rise("a", before, before + more)
    assert rise.exceeds(percent) == (more > before * percent / 100)
    assert not rise.exceeds(None)


def _allow(home: Home, percent: int | None) -> None:
    with home.database.unit(home.household_id) as unit:
        unit.session.add(OrderingLimits(household_id=home.household_id, rise_percent=percent))


def _raise(home: Home, sku: str, percent: int) -> None:
    with home.database.unit(None) as unit:
        cents = prices(unit, [sku], home.now)[sku]
        unit.session.add(
            Price(sku_id=sku, valid_from=home.now - timedelta(minutes=1), price_cents=cents * percent // 100)
        )


def _made(home: Home, *items: Item) -> Quoted:
    with home.database.unit(home.household_id) as unit:
        made = home.app.orders(unit).quotes.make(home.shopper, items, "item")
        assert isinstance(made, Quoted)
        return made


def test_a_quote_tells_what_rose_since_it_was_bought(database: Database) -> None:
    home = Home(database)
    _raise(home, MILK, 105)
    [told] = _made(home, Item(MILK, 2), Item(DIAPERS, 1)).risen
    assert str(told["name"]).startswith("Oatmere Original Oat Milk")
    assert told["large"] is False


def test_what_rose_beyond_the_limit_is_left_out_and_named(database: Database) -> None:
    home = Home(database)
    _allow(home, 50)
    _raise(home, MILK, 151)
    made = _made(home, Item(MILK, 2), Item(DIAPERS, 1))
    assert [name[:7] for name in made.too_dear] == ["Oatmere"]
    with database.reading(home.household_id) as unit:
        quotes = home.app.orders(unit).quotes
        assert [item.sku_id for item in quotes.items(made.quotes)] == [DIAPERS]


def test_a_basket_of_nothing_else_is_refused(database: Database) -> None:
    home = Home(database)
    _allow(home, 50)
    _raise(home, MILK, 151)
    with pytest.raises(SpokenError, match=r"Error\.too_dear"):
        _made(home, Item(MILK, 2))


def test_a_household_without_a_limit_is_told_of_any_rise(database: Database) -> None:
    home = Home(database)
    _raise(home, MILK, 151)
    [told] = _made(home, Item(MILK, 2)).risen
    assert told["large"] is True
    assert home.now == NOW
