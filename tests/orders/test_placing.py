"""Placing: exactly one order for each quote, whatever is repeated, raced or cut off."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy.exc import OperationalError

from skill.conversation.errors import SpokenError
from skill.orders.placing import Changed
from skill.orders.ports import Item, Shop
from skill.shops.demo import DemoShop
from skill.storage.database import Database
from skill.storage.keys import new_id
from skill.worlds import RefusingShop, RisingShop, SellingOutShop, SilentShop, WrappedShop
from tests.orders.home import DIAPERS, MILK, Home, another_home


def test_a_placed_order_holds_what_was_quoted_and_leaves_the_stock(database: Database) -> None:
    home = Home(database)
    before = home.stock(MILK)
    (order,) = home.place(home.quote(Item(MILK, 2)))
    assert order.state == "accepted"
    assert order.total_cents == order.goods_cents + order.tax_cents + order.delivery_cents
    assert home.stock(MILK) == before - 2
    assert order.quote_id is not None
    assert order.confirmation_id is not None


def test_a_second_yes_to_the_same_quote_places_nothing(database: Database) -> None:
    home = Home(database)
    quotes = home.quote(Item(MILK, 1))
    home.place(quotes)
    with pytest.raises(SpokenError, match="already_answered"):
        home.place(quotes)
    assert len(home.orders()) == 1


def test_two_sellers_make_two_orders_under_one_yes(database: Database) -> None:
    home = Home(database)
    with database.reading(None) as unit:
        skus = home.app.catalog(unit).index("en").skus.values()
        green = next(sku.sku_id for sku in skus if sku.seller_id == "green-pantry")
    orders = home.place(home.quote(Item(MILK, 1), Item(green, 1)))
    assert [order.seller_id for order in orders] == ["corner-shop", "green-pantry"]
    assert {order.state for order in orders} == {"accepted"}


def test_a_price_that_rose_is_not_charged_but_asked_about(database: Database) -> None:
    home = Home(database, RisingShop(DemoShop(database)))
    quotes = home.quote(Item(MILK, 1))
    with database.unit(home.household_id) as unit:
        outcome = home.app.orders(unit).placing.place(home.shopper, quotes, str(new_id()))
    assert isinstance(outcome, Changed)
    assert outcome.dearer
    assert home.orders() == []


def test_stock_that_is_gone_at_placing_orders_nothing(database: Database) -> None:
    home = Home(database, SellingOutShop(DemoShop(database)))
    quotes = home.quote(Item(MILK, 1))
    with pytest.raises(SpokenError, match="out_of_stock"):
        home.place(quotes)
    assert home.orders() == []


def test_a_refused_order_is_told_as_refused(database: Database) -> None:
    home = Home(database, RefusingShop(DemoShop(database)))
    (order,) = home.place(home.quote(Item(MILK, 1)))
    assert order.state == "refused"


def test_a_silent_shop_leaves_the_order_unknown_and_the_worker_settles_it(database: Database) -> None:
    home = Home(database, SilentShop(DemoShop(database)))
    (order,) = home.place(home.quote(Item(MILK, 1)))
    assert order.state == "unknown"
    home.wait(minutes=5)
    home.app.work()
    assert [one.state for one in home.orders()] == ["refused"]


class LostAnswerShop(WrappedShop):
    """Places every order but its answer is lost on the way."""

    def place(self, *arguments: object) -> object:  # type: ignore[override]  # passes on what it gets
        super().place(*arguments)  # type: ignore[arg-type]
        raise ConnectionResetError("the answer was lost")


def test_a_crash_after_the_shop_placed_ends_in_one_order_when_the_request_is_repeated(
    database: Database,
) -> None:
    shop: Shop = LostAnswerShop(DemoShop(database))  # type: ignore[assignment]
    home = Home(database, shop)
    before = home.stock(MILK)
    asked = home.say("OrderItemIntent", product="oat milk")
    yes = home.turn("AMAZON.YesIntent", asked, request_id="the-yes")
    with pytest.raises(ConnectionResetError):
        home.app.answer(yes)
    assert [order.state for order in home.orders()] == ["placing"]
    home.app.shop = DemoShop(database)
    answer = home.app.answer(yes)
    assert answer.reply == "YesIntent.order_placed"
    assert home.app.answer(yes) == answer
    assert [order.state for order in home.orders()] == ["accepted"]
    assert home.stock(MILK) == before - 2


def test_the_same_yes_sixteen_times_at_once_places_one_order(database: Database) -> None:
    home = Home(database)
    asked = home.say("OrderItemIntent", product="oat milk")
    yes = home.turn("AMAZON.YesIntent", asked, request_id="the-yes")
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda _n: home.app.answer(yes), range(16)))
    assert {answer.reply for answer in answers} == {"YesIntent.order_placed"}
    assert answers == answers[:1] * 16
    assert len(home.orders()) == 1


def test_two_devices_that_say_yes_to_the_same_basket_at_once_place_one_order(database: Database) -> None:
    home = Home(database)
    baskets = [home.quote(Item(DIAPERS, 1)), home.quote(Item(DIAPERS, 1))]

    def place(quotes: list[str]) -> str:
        try:
            return home.place(quotes)[0].state
        except SpokenError as error:
            return error.reply.prompt

    with ThreadPoolExecutor(2) as pool:
        outcomes = sorted(pool.map(place, baskets))
    assert outcomes == ["YesIntent.just_ordered", "accepted"]
    assert len(home.orders()) == 1


def test_the_last_unit_is_sold_once_to_two_households(database: Database) -> None:
    home = Home(database)
    left = home.stock(MILK)
    other = another_home(home)
    homes = [home.household_id, other]
    quotes = {}
    for household_id in homes:
        home.household_id = household_id
        quotes[household_id] = home.quote(Item(MILK, left))

    def place(household_id: object) -> str:
        with database.unit(household_id) as unit:  # type: ignore[arg-type]
            orders = home.app.orders(unit).placing
            try:
                outcome = orders.place(home.shopper, quotes[household_id], str(new_id()))  # type: ignore[index]
            except (SpokenError, OperationalError) as error:
                return type(error).__name__
            return outcome[0].state if isinstance(outcome, list) else "changed"

    with ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(place, homes))
    assert outcomes.count("accepted") == 1
    assert home.stock(MILK) == 0
