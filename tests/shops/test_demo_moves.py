"""The demo shop delivers to another address until it has packed."""

from skill.orders.ports import Item, MovesOrders, TakesReturns
from skill.shops.demo import DemoShop
from skill.storage.database import Database
from tests.orders.home import MILK, Home


def test_an_order_moves_until_it_is_packed_and_a_repeat_is_no_other_answer(database: Database) -> None:
    home, shop = Home(database), DemoShop(database)
    (order,) = home.place(home.quote(Item(MILK, 1)))
    assert shop.move(order.reference, "cabin", home.now)
    home.wait(hours=3)
    assert shop.move(order.reference, "cabin", home.now)
    assert not shop.move(order.reference, "home", home.now)
    assert not shop.move("R-unheard-of", "home", home.now)


def test_the_demo_shop_takes_returns_and_moves_orders(database: Database) -> None:
    shop = DemoShop(database)
    assert isinstance(shop, TakesReturns)
    assert isinstance(shop, MovesOrders)
