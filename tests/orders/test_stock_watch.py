"""Waiting for what is out of stock: told once, at the next visit, and not for ever."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from skill.catalog import news
from skill.catalog.models import Stock
from skill.household.news import News
from skill.orders.ports import Item, Offer, ShopUnavailable
from skill.orders.stock_watch import StockWatches, look_for
from skill.shops.demo import DemoShop
from skill.shops.misbehaving import WrappedShop
from skill.storage.database import Database
from tests.orders.home import MILK, Home


class Fickle(WrappedShop):
    """Is down when it is told to be."""

    def __init__(self, database: Database) -> None:
        super().__init__(DemoShop(database))
        self.down = False

    def offer(self, seller_id: str, items: Sequence[Item], at: datetime, zone: str) -> Offer:
        if self.down:
            raise ShopUnavailable
        return super().offer(seller_id, items, at, zone)

    def progress(self, references: Sequence[str], at: datetime) -> Mapping[str, Any]:
        return {}


class Waiting(Home):
    """A household that waits for oat milk, which is out of stock."""

    def __init__(self, database: Database) -> None:
        self.fickle = Fickle(database)
        super().__init__(database, self.fickle)
        self.have(0)
        assert self.say("WatchStockIntent", product="oat milk").reply == "WatchStockIntent.watching"

    def have(self, quantity: int) -> None:
        """So many are at the shop."""
        with self.database.unit(None) as unit:
            row = unit.session.get(Stock, MILK)
            assert row is not None
            row.quantity = quantity
            unit.session.add(row)

    def look(self, **later: float) -> int:
        """The worker's look after a while; gives how much is back."""
        self.wait(**later)
        return look_for(self.database, self.app.orders, self.household_id, self.now, self.caller.zone)

    def waiting(self) -> int:
        """How much is waited for."""
        with self.database.reading(self.household_id) as unit:
            return len(StockWatches(unit).all())

    def told(self) -> list[str]:
        """What is kept for the next visit."""
        with self.database.reading(self.household_id) as unit:
            return [row.payload["name"] for row in News(unit).waiting(self.caller, self.now)]

    def launch(self) -> str:
        """What the next visit says."""
        return self.app.answer(replace(self.turn("none"), kind="launch", intent=None)).speech


@pytest.fixture
def home(database: Database) -> Waiting:
    """A household that waits for oat milk."""
    return Waiting(database)


def test_what_is_back_is_told_once_at_the_next_visit(home: Waiting) -> None:
    assert home.look(hours=2) == 0
    home.have(5)
    assert (home.look(hours=2), home.waiting()) == (1, 0)
    assert "Oatmere Original Oat Milk, 64 ounces is back in stock" in home.launch()
    assert "back in stock" not in home.launch()
    assert home.look(hours=2) == 0


def test_the_shop_is_asked_at_most_once_an_hour(home: Waiting) -> None:
    asked = home.fickle.offers
    for _ in range(5):
        home.look(minutes=11)
    assert home.fickle.offers == asked
    home.look(minutes=6)
    assert home.fickle.offers == asked + 1


def test_what_the_shop_reports_is_looked_at_at_once(home: Waiting) -> None:
    home.wait(minutes=5)
    with home.database.unit(None) as unit:
        report = news.CatalogueNews(home.now, "corner-shop", MILK, 7)
        news.hear(unit, "report-1", "0" * 64, report, home.now)
    assert home.look(minutes=1) == 1


def test_a_shop_that_does_not_answer_ends_no_waiting(home: Waiting) -> None:
    home.have(5)
    home.fickle.down = True
    assert (home.look(hours=2), home.waiting()) == (0, 1)
    home.fickle.down = False
    assert home.look(hours=2) == 1


def test_after_sixty_days_nobody_waits_any_more(home: Waiting) -> None:
    assert (home.look(days=59), home.waiting()) == (0, 1)
    home.have(5)
    assert (home.look(days=1), home.waiting(), home.told()) == (0, 0, [])


def test_who_asks_again_waits_for_sixty_days_from_then_on(home: Waiting) -> None:
    home.wait(days=50)
    home.say("WatchStockIntent", product="oat milk")
    assert (home.look(days=50), home.waiting()) == (0, 1)


def test_who_stops_waiting_hears_nothing(home: Waiting) -> None:
    assert home.say("StopWatchingIntent", product="oat milk").reply == "StopWatchingIntent.stopped"
    home.have(5)
    assert (home.look(hours=2), home.told()) == (0, [])


def test_waiting_again_after_it_was_told_is_told_again(home: Waiting) -> None:
    home.have(5)
    home.look(hours=2)
    home.launch()
    home.have(0)
    home.say("WatchStockIntent", product="oat milk")
    home.have(3)
    home.look(hours=2)
    assert len(home.told()) == 1


def test_the_workers_round_looks(home: Waiting) -> None:
    home.have(5)
    home.wait(hours=2)
    home.app.work()
    assert home.waiting() == 0


def test_one_household_hears_nothing_of_what_another_waits_for(home: Waiting) -> None:
    with home.database.unit(home.household_id) as unit:
        [one] = StockWatches(unit).all()
        assert one.until - one.since == timedelta(days=60)
    other = Home(home.database, home.fickle)
    with other.database.reading(other.household_id) as unit:
        assert list(StockWatches(unit).all()) == []
