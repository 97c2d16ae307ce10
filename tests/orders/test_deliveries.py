"""The way to deliver that was chosen goes into the order, and so does the address; points for waiting."""

from datetime import timedelta

import pytest

from skill.loyalty.service import Loyalty
from skill.orders.moving import Moves
from skill.orders.placing import Changed
from skill.orders.ports import Item
from skill.orders.quoted import Quoted
from skill.shops.demo import DemoShop
from skill.shops.misbehaving import OneWayShop
from skill.shops.models import DemoOrder
from skill.storage.database import Database
from tests.orders.home import DIAPERS, MILK, Home


@pytest.fixture
def home(database: Database) -> Home:
    return Home(database)


def quoted(home: Home, way: str, *items: Item, address: str | None = None) -> list[str]:
    """An offer by one of the corner shop's ways."""
    with home.database.unit(home.household_id) as unit:
        made = home.app.orders(unit).quotes.make(
            home.shopper, items, "item", delivery={"corner-shop": way}, address_label=address
        )
        assert isinstance(made, Quoted)
        return [str(quote.id) for quote in made.quotes]


def kept(home: Home, reference: str) -> DemoOrder:
    """The order as the shop has it."""
    with home.database.reading(None) as unit:
        found = unit.session.get(DemoOrder, reference)
        assert found is not None
        return found


def points(home: Home) -> int:
    with home.database.reading(home.household_id) as unit:
        return Loyalty(unit).balance(home.now).total


def test_the_shop_delivers_by_the_way_and_to_the_address_that_were_agreed(home: Home) -> None:
    [order] = home.place(quoted(home, "express", Item(MILK, 2), address="mother"))
    at_the_shop = kept(home, order.reference)
    assert (order.delivery_cents, order.address_label) == (899, "mother")
    assert at_the_shop.address_label == "mother"
    assert at_the_shop.delivered_at.date() == (home.now + timedelta(days=1)).date()


def test_a_slot_is_when_it_comes(home: Home) -> None:
    [order] = home.place(quoted(home, "evening", Item(MILK, 2)))
    with home.database.reading(home.household_id) as unit:
        slot = home.app.orders(unit).quotes.deliveries.slot(order)
    assert slot is not None
    assert (slot.begins.hour, slot.ends.hour) == (18, 20)


def test_a_way_that_the_shop_no_longer_has_is_asked_about_anew(home: Home) -> None:
    ids = quoted(home, "express", Item(MILK, 2))
    home.app.shop = OneWayShop(DemoShop(home.database))
    outcome = home.outcome(ids)
    assert isinstance(outcome, Changed)
    assert isinstance(outcome.quoted, Quoted)
    assert outcome.quoted.quotes[0].delivery_cents == 499
    assert home.orders() == []


def test_with_an_open_order_it_arrives_with_that_and_costs_no_delivery(home: Home) -> None:
    [first] = home.place(home.quote(Item(DIAPERS, 1)))
    home.wait(minutes=20)
    [second] = home.place(quoted(home, "together", Item(MILK, 1)))
    assert second.delivery_cents == 0
    assert kept(home, second.reference).delivered_at == kept(home, first.reference).delivered_at


def test_nothing_joins_an_order_that_goes_elsewhere(home: Home) -> None:
    home.place(quoted(home, "standard", Item(DIAPERS, 1), address="mother"))
    home.wait(minutes=20)
    [second] = home.place(quoted(home, "together", Item(MILK, 1)))
    assert second.delivery_cents == 499


def test_points_for_waiting_come_once_with_the_delivery(home: Home) -> None:
    before = points(home)
    [order] = home.place(quoted(home, "no-rush", Item(MILK, 2)))
    home.wait(days=4)
    home.app.work(home.now)
    assert points(home) == before
    home.wait(days=3)
    home.app.work(home.now)
    home.app.work(home.now)
    assert points(home) == before + 100 + order.goods_cents // 100
    with home.database.unit(home.household_id) as unit:
        orders = home.app.orders(unit)
        delivery = orders.history.delivery(order.id)
        assert delivery is not None
        assert delivery.delivered_at is not None
        orders.tracking.announce_delivery(order, delivery.delivered_at)  # heard twice
    assert points(home) == before + 100 + order.goods_cents // 100


def test_a_cancelled_order_brings_no_points_for_waiting(home: Home) -> None:
    before = points(home)
    [order] = home.place(quoted(home, "no-rush", Item(MILK, 2)))
    with home.database.unit(home.household_id) as unit:
        home.app.orders(unit).tracking.cancel(str(order.id), home.now)
    home.wait(days=8)
    home.app.work(home.now)
    assert points(home) == before


def test_waiting_is_spoken_of_once_a_week(home: Home) -> None:
    heard = []
    for _ in range(3):
        with home.database.unit(home.household_id) as unit:
            quotes = home.app.orders(unit).quotes
            made = quotes.make(home.shopper, [Item(MILK, 1)], "item")
            assert isinstance(made, Quoted)
            heard.append(quotes.spoken(made.quotes[0])["hint"] is not None)
        home.wait(days=4)
    assert heard == [True, False, True]


def test_a_moved_order_goes_there_at_the_shop_too_and_a_repeat_changes_nothing(home: Home) -> None:
    [order] = home.place(home.quote(Item(MILK, 1)))
    for _ in range(2):
        with home.database.unit(home.household_id) as unit:
            moves: Moves = home.app.orders(unit).moves
            assert [one.address_label for one in moves.resume([str(order.id)], "mother", home.now).moved] == [
                "mother"
            ]
    assert kept(home, order.reference).address_label == "mother"


def test_an_order_that_was_packed_stays_where_it_goes(home: Home) -> None:
    [order] = home.place(home.quote(Item(MILK, 1)))
    home.wait(hours=3)
    with home.database.unit(home.household_id) as unit:
        outcome = home.app.orders(unit).moves.resume([str(order.id)], "mother", home.now)
    assert [len(outcome.moved), len(outcome.late)] == [0, 1]
    assert kept(home, order.reference).address_label == "home"


def test_the_estimate_of_an_order_keeps_its_factor_set(home: Home) -> None:
    [order] = home.place(quoted(home, "no-rush", Item(MILK, 1)))
    with home.database.reading(home.household_id) as unit:
        carbon = home.app.orders(unit).quotes.deliveries.carbon(order)
    assert carbon is not None
    assert (carbon.least_g, carbon.most_g) == (100, 160)  # 21,720 g over 200 to 140 deliveries
    assert carbon.factors == "Edwards, McKinnon and Cullinane 2010"
