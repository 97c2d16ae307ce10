"""Tracking: where orders are, cancelling them, and what is told of orders that cannot be cancelled."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import pytest

from skill.orders.ports import Item, Shop, ShopUnavailable
from skill.shops.demo import DemoShop
from skill.shops.misbehaving import RefusingShop, SilentShop, WrappedShop
from skill.storage.database import Database
from tests.orders.home import MILK, Home


class LostCancelShop(WrappedShop):
    """Cancels, but then `error` happens in place of its answer."""

    def __init__(self, shop: Shop, error: Exception) -> None:
        super().__init__(shop)
        self._error = error

    def cancel(self, reference: str, at: datetime) -> bool:
        super().cancel(reference, at)
        raise self._error


def test_cancellations_at_once_put_the_stock_back_once(database: Database) -> None:
    home = Home(database)
    before = home.stock(MILK)
    (order,) = home.place(home.quote(Item(MILK, 3)))
    start = threading.Barrier(4)

    def cancel(_: int) -> bool:
        start.wait(timeout=20)
        return DemoShop(database).cancel(order.reference, home.now)

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(cancel, range(4))) == [True] * 4
    assert home.stock(MILK) == before


@pytest.mark.parametrize("error", [ShopUnavailable(), ConnectionResetError()])
def test_a_cancellation_whose_answer_was_lost_is_settled_even_after_packing(
    database: Database, error: Exception
) -> None:
    home = Home(database, LostCancelShop(DemoShop(database), error))
    home.place(home.quote(Item(MILK, 1)))
    answer = home.say("AMAZON.YesIntent", home.say("CancelOrderIntent"))
    assert answer.reply == "YesIntent.cancel_requested"
    home.app.shop = DemoShop(database)
    home.wait(hours=3)
    home.app.work()
    assert [order.state for order in home.orders()] == ["cancelled"]


def test_the_shop_cancels_nothing_that_is_packed_refused_or_unheard_of(database: Database) -> None:
    home = Home(database)
    (order,) = home.place(home.quote(Item(MILK, 1)))
    home.wait(hours=3)
    assert not DemoShop(database).cancel(order.reference, home.now)
    assert not DemoShop(database).cancel("R-unheard-of", home.now)


def test_an_order_that_the_other_device_cancelled_is_told_as_cancelled(database: Database) -> None:
    home = Home(database)
    home.place(home.quote(Item(MILK, 1)))
    asked = [home.say("CancelOrderIntent") for _ in range(2)]
    assert home.say("AMAZON.YesIntent", asked[0]).reply == "YesIntent.order_cancelled"
    assert home.say("AMAZON.YesIntent", asked[1]).reply == "CancelOrderIntent.cancelled"


def test_an_order_whose_cancellation_is_under_way_is_told_as_such(database: Database) -> None:
    home = Home(database)
    home.place(home.quote(Item(MILK, 1)))
    home.app.shop = SilentShop(DemoShop(database))
    asked = [home.say("CancelOrderIntent") for _ in range(2)]
    home.say("AMAZON.YesIntent", asked[0])
    assert home.say("AMAZON.YesIntent", asked[1]).reply == "CancelOrderIntent.requested"
    assert home.say("CancelOrderIntent").reply == "CancelOrderIntent.requested"


def test_an_order_that_the_shop_has_not_confirmed_cannot_be_cancelled_yet(database: Database) -> None:
    home = Home(database, SilentShop(DemoShop(database)))
    home.place(home.quote(Item(MILK, 1)))
    assert home.say("CancelOrderIntent").reply == "CancelOrderIntent.unconfirmed"


def test_an_order_is_late_to_cancel_after_its_half_hour(database: Database) -> None:
    home = Home(database)
    home.place(home.quote(Item(MILK, 1)))
    asked = home.say("CancelOrderIntent")
    assert asked.reply == "CancelOrderIntent.ask"
    home.wait(minutes=31)
    assert home.say("CancelOrderIntent").reply == "CancelOrderIntent.too_late"


def test_an_order_the_shop_refused_at_once_is_not_told_again(database: Database) -> None:
    home = Home(database, RefusingShop(DemoShop(database)))
    (order,) = home.place(home.quote(Item(MILK, 1)))
    assert order.state == "refused"
    assert home.say("OrderStatusIntent").reply == "OrderStatusIntent.delivered"
