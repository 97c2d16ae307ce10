"""What orders and subscriptions leave to be told at the next visit."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from sqlmodel import col, update

from skill.catalog.models import Price
from skill.conversation.turn import Answer
from skill.household.news import News
from skill.orders.ports import Agreed, Item, Placed, ShopUnavailable
from skill.shops.demo import DemoShop
from skill.shops.misbehaving import SilentShop, WrappedShop
from skill.storage.database import Database
from tests.orders.home import MILK, Home
from tests.orders.subscribed import Subscribed


class LateAnswerShop(WrappedShop):
    """Places orders and cancels them, but its answers are lost; of deliveries it says nothing."""

    def place(
        self, reference: str, seller_id: str, items: Sequence[Item], at: datetime, zone: str, agreed: Agreed
    ) -> Placed:
        super().place(reference, seller_id, items, at, zone, agreed)
        raise ShopUnavailable

    def progress(self, references: Sequence[str], at: datetime) -> Mapping[str, Any]:
        raise ShopUnavailable


def waiting(home: Home) -> list[str]:
    with home.database.reading(home.household_id) as unit:
        return [row.kind for row in News(unit).waiting(home.caller, home.now)]


def visit(home: Home) -> Answer:
    return home.app.answer(replace(home.turn(""), kind="launch", intent=None))


def test_an_order_that_was_unknown_and_is_accepted_is_told_once(database: Database) -> None:
    home = Home(database, LateAnswerShop(DemoShop(database)))
    home.place(home.quote(Item(MILK, 1)))
    home.wait(minutes=3)
    assert (waiting(home), home.app.work().orders_settled) == ([], 1)
    told = visit(home)
    assert told.reply == "LaunchRequest.news"
    assert "Corner Shop has your order after all; it should come" in told.speech
    assert visit(home).reply != "LaunchRequest.news"


def test_an_order_that_was_unknown_and_is_refused_is_told(database: Database) -> None:
    home = Home(database, SilentShop(DemoShop(database)))
    home.place(home.quote(Item(MILK, 1)))
    home.wait(minutes=20)
    home.app.work()
    assert waiting(home) == ["order_refused"]


def test_what_was_asked_for_meanwhile_is_not_told_again(database: Database) -> None:
    home = Home(database, SilentShop(DemoShop(database)))
    home.place(home.quote(Item(MILK, 1)))
    home.wait(minutes=20)
    home.app.work()
    assert home.say("OrderStatusIntent").reply == "OrderStatusIntent.refused"
    assert waiting(home) == []


def test_an_order_that_is_late_is_told_until_it_arrives(database: Database) -> None:
    home = Home(database, LateAnswerShop(DemoShop(database)))
    home.place(home.quote(Item(MILK, 1)))
    home.wait(minutes=3)
    home.app.work()
    home.wait(days=6)
    home.app.work()
    home.app.work()
    assert waiting(home) == ["order_late"]
    home.app.shop = DemoShop(database)
    home.app.work()
    assert (home.orders()[0].state, waiting(home)) == ("delivered", [])


def test_a_cancellation_that_was_told_at_once_is_no_news(database: Database) -> None:
    home = Home(database)
    home.place(home.quote(Item(MILK, 1)))
    cancelled = home.say("AMAZON.YesIntent", home.say("CancelOrderIntent"))
    assert (cancelled.reply, waiting(home)) == ("YesIntent.order_cancelled", [])


def test_money_that_came_back_is_told_with_its_amount(database: Database) -> None:
    home = Home(database)
    asked = home.say("ReturnItemIntent", product="wipes", reason="damaged")
    assert home.say("AMAZON.YesIntent", home.say("ReturnItemIntent", asked, refund_to="card")).reply
    assert waiting(home) == []
    home.wait(days=10)
    home.app.work()
    assert waiting(home) == ["refunded"]
    assert "Corner Shop gave you back $" in visit(home).speech


@pytest.fixture
def home(database: Database) -> Subscribed:
    """A household that subscribed to oat milk."""
    made = Subscribed(database)
    made.agree()
    return made


def test_a_run_is_announced_and_then_told_as_ordered(home: Subscribed) -> None:
    day = home.one().next_date
    home.wait(days=(day - home.now.date()).days - 1)
    home.app.work()
    assert waiting(home) == ["subscription_announced"]
    home.work_until(day)
    assert waiting(home) == ["subscription_ordered"]


def test_a_run_that_is_skipped_is_announced_no_more(home: Subscribed) -> None:
    home.wait(days=(home.one().next_date - home.now.date()).days - 1)
    home.app.work()
    home.say("SkipDeliveryIntent")
    assert waiting(home) == []


def test_a_run_that_waits_for_a_yes_is_told_and_asked_about_once(home: Subscribed) -> None:
    with home.database.unit(None) as unit:
        more = col(Price.price_cents) + 500
        unit.session.execute(update(Price).where(col(Price.sku_id) == MILK).values(price_cents=more))
    home.work_until(home.one().next_date)
    assert waiting(home) == ["subscription_held"]
    assert home.say("ListSubscriptionsIntent").reply == "ListSubscriptionsIntent.risen"
    assert waiting(home) == []
