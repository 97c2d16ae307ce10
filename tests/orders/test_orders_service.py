"""The order service: baskets of two sellers, what is sold no longer, and the list that is crossed off."""

import pytest
from sqlmodel import col, delete

from skill.catalog.models import Price, Seller, Sku, SkuName, Stock
from skill.orders.ports import Item
from skill.orders.quotes import Quoted
from skill.shops.demo import DemoShop
from skill.storage.database import Database
from tests.orders.home import DIAPERS, MILK, Home
from tests.orders.test_placing import LostAnswerShop, PowerCut


def test_a_basket_of_two_sellers_is_one_order_for_the_usual_and_the_last(database: Database) -> None:
    home = Home(database)
    bags = home.bags()
    for _ in range(5):
        home.place(home.quote(Item(MILK, 1), Item(bags, 2), deliberate=True))
        home.wait(days=7)
        home.app.work()
    with database.reading(home.household_id) as unit:
        orders = home.app.orders(unit)
        assert sorted(orders.usual(), key=lambda item: item.quantity) == [Item(MILK, 1), Item(bags, 2)]
        assert sorted(orders.last_items(), key=lambda item: item.quantity) == [Item(MILK, 1), Item(bags, 2)]


def delist(home: Home, sku_id: str) -> None:
    with home.database.unit(None) as unit:
        for model in (Stock, Price, SkuName):
            unit.session.execute(delete(model).where(col(model.sku_id) == sku_id))
        unit.session.execute(delete(Sku).where(col(Sku.id) == sku_id))
        seller = unit.session.get(Seller, "corner-shop")
        assert seller is not None
        seller.revision += 1
        unit.session.add(seller)


def test_what_is_sold_no_longer_is_not_called_out_of_stock(database: Database) -> None:
    home = Home(database)
    home.place(home.quote(Item(MILK, 1), Item(DIAPERS, 1), deliberate=True))
    home.wait(days=4)
    home.app.work()
    delist(home, DIAPERS)
    with database.unit(home.household_id) as unit:
        orders = home.app.orders(unit)
        made = orders.quotes.make(home.shopper, orders.last_items(), "last order")
        assert isinstance(made, Quoted)
        assert list(made.unsold) == ["Softleaf Diapers size 2, pack of 74"]
    spoken = home.say("ReorderLastOrderIntent").speech
    assert "Softleaf Diapers size 2, pack of 74" in spoken
    assert "out of stock" not in spoken


def test_what_is_delisted_between_quote_and_yes_is_asked_about(database: Database) -> None:
    home = Home(database)
    asked = home.say("OrderItemIntent", product="oat milk")
    both = home.quote(Item(MILK, 1), Item(DIAPERS, 1))
    delist(home, DIAPERS)
    assert not isinstance(home.outcome(both), list)
    assert home.say("AMAZON.YesIntent", asked).reply == "YesIntent.order_placed"


@pytest.mark.parametrize("error", [KeyError("an odd answer"), PowerCut()])
def test_the_list_is_crossed_off_when_the_order_is_settled_or_resumed(
    database: Database, error: BaseException
) -> None:
    home = Home(database, LostAnswerShop(DemoShop(database), error))
    home.say("AddToListIntent", product="oat milk")
    yes = home.turn("AMAZON.YesIntent", home.say("OrderListIntent"), request_id="the-yes")
    if isinstance(error, PowerCut):
        with pytest.raises(PowerCut):
            home.app.answer(yes)
        home.app.shop = DemoShop(database)
        assert home.app.answer(yes).reply == "YesIntent.order_placed"
    else:
        assert home.app.answer(yes).reply == "YesIntent.order_unknown"
        assert home.say("ReadListIntent").reply == "ReadListIntent.read"
        home.wait(minutes=3)
        home.app.work()
    assert home.say("ReadListIntent").reply == "ReadListIntent.empty"


def test_what_is_put_on_the_list_after_it_was_quoted_stays(database: Database) -> None:
    home = Home(database)
    home.say("AddToListIntent", product="oat milk")
    asked = home.say("OrderListIntent")
    home.say("RemoveFromListIntent", product="oat milk")
    home.wait(seconds=30)
    home.say("AddToListIntent", product="oat milk")
    assert home.say("AMAZON.YesIntent", asked).reply == "YesIntent.order_placed"
    assert home.say("ReadListIntent").reply == "ReadListIntent.read"


def test_a_long_order_that_would_be_doubled_is_told_by_its_dearest_things(database: Database) -> None:
    home = Home(database)
    with database.reading(None) as unit:
        skus = [sku.sku_id for sku in home.app.catalog(unit).index("en").skus.values()]
    basket = [Item(sku, 1) for sku in [DIAPERS, *(sku for sku in skus if sku != DIAPERS)][:40]]
    home.place(home.quote(*basket))
    home.wait(minutes=20)
    said = home.say("ReorderLastOrderIntent")
    assert said.reply == "OrderItemIntent.on_its_way"
    assert "more" in said.speech
    assert len(said.speech) < 300
