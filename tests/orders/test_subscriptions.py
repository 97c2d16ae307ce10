"""Subscriptions as the worker runs them: announced, guarded, told, and each date exactly once."""

from datetime import timedelta
from typing import NoReturn

import pytest
from sqlalchemy import delete
from sqlmodel import col, select

from skill.catalog.models import Price, Seller, Sku, SkuName, Stock
from skill.conversation.confirmation import Confirmation
from skill.household.service import Households
from skill.orders.models import OrderingLimits
from skill.orders.ports import Item
from skill.orders.subscription_rules import moment
from skill.shops.demo import DemoShop
from skill.shops.misbehaving import DownShop, RefusingShop, SilentShop, WrappedShop
from skill.storage.database import Database
from tests.orders.home import MILK, Home
from tests.orders.subscribed import Subscribed


@pytest.fixture
def home(database: Database) -> Subscribed:
    """A household that subscribed to oat milk."""
    made = Subscribed(database)
    with database.unit(made.household_id) as unit:
        assert made.caller.member_id is not None
        Households(unit).set_email(made.caller.member_id, "anna@example.com")
    assert made.agree().reply == "YesIntent.subscribed"
    return made


def reprice(home: Home, cents: int) -> None:
    with home.database.unit(None) as unit:
        for price in unit.session.exec(select(Price).where(col(Price.sku_id) == MILK)).all():
            price.price_cents += cents
            unit.session.add(price)


def stock(home: Home, quantity: int) -> None:
    with home.database.unit(None) as unit:
        row = unit.session.get(Stock, MILK)
        assert row is not None
        row.quantity = quantity
        unit.session.add(row)


def test_nothing_is_ordered_by_agreeing_and_the_yes_is_kept(home: Subscribed) -> None:
    assert home.orders() == []
    home.wait(hours=30)
    home.app.work()
    with home.database.reading(home.household_id) as unit:
        kept = unit.session.exec(
            select(Confirmation).where(col(Confirmation.household_id) == home.household_id)
        ).all()
    assert home.one().confirmation_id in {one.id for one in kept}


def test_a_run_is_announced_and_then_ordered_under_the_standing_yes(home: Subscribed) -> None:
    one = home.one()
    home.now = moment(one.next_date - timedelta(days=3), home.caller.zone)
    home.app.work()
    assert home.states() == [("announced", "")]
    assert sorted((m.kind, m.purpose) for m in home.messages()) == [
        ("email", "purchase"),
        ("notice", "order_updates"),
    ]
    assert any(m.payload.get("to") == "anna@example.com" for m in home.messages())
    home.work_until(one.next_date)
    [order] = home.orders()
    assert (order.origin, order.confirmation_id, order.state) == (
        "subscription",
        one.confirmation_id,
        "accepted",
    )
    assert order.quote_id is not None
    assert order.placed_at == moment(one.next_date, home.caller.zone)
    assert home.states() == [("ordered", "")]
    assert home.one().next_date == one.next_date + timedelta(weeks=1)


def test_weeks_follow_each_other_and_no_round_orders_twice(home: Subscribed) -> None:
    first = home.one().next_date
    home.work_until(first + timedelta(weeks=2), hours=12)
    days = [order.placed_at.date() for order in reversed(home.orders())]
    assert days == [first, first + timedelta(weeks=1), first + timedelta(weeks=2)]


def test_a_worker_that_comes_late_announces_before_it_orders(home: Subscribed) -> None:
    home.now = moment(home.one().next_date, home.caller.zone) + timedelta(hours=1)
    home.app.work()
    assert home.orders() == []
    home.wait(hours=12)
    home.app.work()
    assert len(home.orders()) == 1


def test_a_worker_that_was_away_for_long_passes_over_and_tells_once(home: Subscribed) -> None:
    home.now = moment(home.one().next_date, home.caller.zone) + timedelta(days=40)
    home.app.work()
    assert home.states() == [("skipped", "missed")]
    assert home.one().next_date >= home.now.date()
    assert len({m.key.rsplit(":", 1)[0] for m in home.messages()}) == 1


def test_a_small_rise_is_told_before_and_ordered(home: Subscribed) -> None:
    day, agreed = home.one().next_date, home.one().total_cents
    reprice(home, 10)
    home.work_until(day)
    [order] = home.orders()
    assert order.total_cents > agreed
    assert any("up from" in str(message.payload) for message in home.messages())


def test_a_rise_between_announcement_and_run_is_told_first(home: Subscribed) -> None:
    day = home.one().next_date
    home.now = moment(day, home.caller.zone) - timedelta(hours=20)
    home.app.work()
    reprice(home, 10)
    home.now = moment(day, home.caller.zone)
    home.app.work()
    assert home.orders() == []
    home.wait(hours=12)
    home.app.work()
    assert len(home.orders()) == 1


def test_a_large_rise_waits_for_a_yes_that_holds_from_then_on(home: Subscribed) -> None:
    day = home.one().next_date
    reprice(home, 205)
    home.work_until(day)
    assert (home.orders(), home.states()) == ([], [("held", "price")])
    asked = home.say("ListSubscriptionsIntent")
    assert asked.reply == "ListSubscriptionsIntent.risen"
    told = home.say("AMAZON.YesIntent", asked)
    assert told.reply == "YesIntent.order_placed"
    [order] = home.orders()
    assert (order.origin, order.total_cents) == ("subscription", home.one().total_cents)
    assert order.confirmation_id == home.one().confirmation_id
    home.work_until(day + timedelta(weeks=1))
    assert len(home.orders()) == 2


def test_a_no_leaves_the_dear_run_out_and_keeps_the_next(home: Subscribed) -> None:
    day = home.one().next_date
    reprice(home, 205)
    home.work_until(day)
    assert home.say("AMAZON.NoIntent", home.say("ListSubscriptionsIntent")).reply == "NoIntent.run_dropped"
    assert home.states() == [("declined", "price")]
    assert home.orders() == []


def test_what_is_out_of_stock_is_skipped_and_told_and_nothing_takes_its_place(home: Subscribed) -> None:
    day = home.one().next_date
    stock(home, 0)
    home.work_until(day)
    assert (home.orders(), home.states()) == ([], [("skipped", "out_of_stock")])
    assert any(":out_of_stock:" in message.key for message in home.messages())


def test_what_is_sold_no_longer_is_skipped_and_told(home: Subscribed) -> None:
    day = home.one().next_date
    with home.database.unit(None) as unit:
        for model, column in (
            (Price, Price.sku_id),
            (Stock, Stock.sku_id),
            (SkuName, SkuName.sku_id),
            (Sku, Sku.id),
        ):
            unit.session.execute(delete(model).where(col(column) == MILK))
        for seller in unit.session.exec(select(Seller)).all():
            seller.revision += 1
            unit.session.add(seller)
    home.work_until(day)
    assert (home.orders(), home.states()) == ([], [("skipped", "gone")])
    assert any(":gone:" in message.key for message in home.messages())


def test_what_is_on_its_way_is_not_ordered_again(home: Subscribed) -> None:
    day = home.one().next_date
    home.now = moment(day, home.caller.zone) - timedelta(hours=13)
    home.app.work()
    home.place(home.quote(Item(MILK, 1)))
    home.now = moment(day, home.caller.zone)
    home.app.work()
    assert len(home.orders()) == 1
    assert home.states() == [("skipped", "double")]


def test_a_household_limit_holds_a_run_back(home: Subscribed) -> None:
    with home.database.unit(home.household_id) as unit:
        unit.session.add(OrderingLimits(household_id=unit.household, most_cents=100))
    home.work_until(home.one().next_date)
    assert (home.orders(), home.states()) == ([], [("held", "limit")])
    asked = home.say("ListSubscriptionsIntent")
    assert asked.reply == "ListSubscriptionsIntent.held"
    assert home.say("AMAZON.YesIntent", asked).reply == "YesIntent.held"
    assert home.orders() == []


def test_child_mode_does_not_stop_what_was_agreed_before(home: Subscribed) -> None:
    with home.database.unit(home.household_id) as unit:
        Households(unit).set_child_mode(on=True)
    home.work_until(home.one().next_date)
    assert len(home.orders()) == 1


def test_a_shop_that_is_down_is_asked_again_next_round(home: Subscribed) -> None:
    day = home.one().next_date
    home.app.work()
    home.now = moment(day, home.caller.zone) - timedelta(hours=13)
    home.app.work()
    home.now = moment(day, home.caller.zone)
    home.app.shop = DownShop(DemoShop(home.database))
    assert home.app.work().subscriptions_run == 0
    assert (home.orders(), home.states()) == ([], [("announced", "")])
    home.app.shop = DemoShop(home.database)
    home.wait(minutes=5)
    assert home.app.work().subscriptions_run == 1
    assert len(home.orders()) == 1


def test_an_order_the_shop_did_not_answer_is_settled_and_never_sent_again(home: Subscribed) -> None:
    day = home.one().next_date
    home.app.shop = SilentShop(DemoShop(home.database))
    home.work_until(day)
    assert [order.state for order in home.orders()] == ["unknown"]
    home.wait(minutes=20)
    home.app.work()
    assert [order.state for order in home.orders()] == ["refused"]


class PowerCut(BaseException):
    """The worker's process dies."""


class CutShop(WrappedShop):
    """Dies with the worker while it is being sent an order, which it never sees."""

    def place(self, *_order: object) -> NoReturn:
        raise PowerCut


def test_a_worker_that_dies_at_the_shop_leaves_one_order_and_no_second(home: Subscribed) -> None:
    day = home.one().next_date
    home.now = moment(day, home.caller.zone) - timedelta(hours=13)
    home.app.work()
    home.now = moment(day, home.caller.zone)
    home.app.shop = CutShop(DemoShop(home.database))
    with pytest.raises(PowerCut):
        home.app.work()
    home.app.shop = DemoShop(home.database)
    assert ([order.state for order in home.orders()], home.states()) == (["placing"], [("running", "")])
    home.wait(minutes=20)
    home.app.work()
    assert [order.state for order in home.orders()] == ["refused"]  # the shop never saw it
    home.wait(days=4)
    home.app.work()
    assert home.states()[0] == ("ordered", "")
    assert len(home.orders()) == 1


def test_a_refused_run_is_told(home: Subscribed) -> None:
    home.app.shop = RefusingShop(DemoShop(home.database))
    home.work_until(home.one().next_date)
    assert any(":refused:" in message.key for message in home.messages())


def test_a_pause_over_two_dates_runs_none_and_resuming_tells(home: Subscribed) -> None:
    first = home.one().next_date
    until = first + timedelta(days=10)
    assert (
        home.say("PauseSubscriptionIntent", until=until.isoformat()).reply == "PauseSubscriptionIntent.paused"
    )
    assert home.one().next_date == first + timedelta(weeks=2)
    home.work_until(first + timedelta(days=10), hours=12)
    assert home.orders() == []
    told = home.say("ListSubscriptionsIntent")
    assert "paused" not in told.speech
    home.work_until(first + timedelta(weeks=2), hours=12)
    assert len(home.orders()) == 1


def test_an_open_pause_orders_nothing_until_it_is_resumed(home: Subscribed) -> None:
    first = home.one().next_date
    home.say("PauseSubscriptionIntent")
    home.work_until(first + timedelta(days=15), hours=24)
    assert home.orders() == []
    told = home.say("ResumeSubscriptionIntent")
    assert told.reply == "ResumeSubscriptionIntent.resumed"
    assert "No order starts now" in told.speech
    assert home.one().next_date == first + timedelta(weeks=3)
    home.work_until(first + timedelta(weeks=3), hours=24)
    assert len(home.orders()) == 1


def test_resumed_on_its_day_the_order_starts_and_starts_once(home: Subscribed) -> None:
    first = home.one().next_date
    home.say("PauseSubscriptionIntent")
    home.now = moment(first, home.caller.zone) + timedelta(hours=2)
    assert home.say("ResumeSubscriptionIntent").reply == "ResumeSubscriptionIntent.starts_now"
    home.app.work()
    assert len(home.orders()) == 1
    home.say("PauseSubscriptionIntent")
    told = home.say("ResumeSubscriptionIntent")
    assert told.reply == "ResumeSubscriptionIntent.resumed"
    home.app.work()
    assert len(home.orders()) == 1


def test_a_skipped_date_is_left_out_and_the_next_one_comes(home: Subscribed) -> None:
    first = home.one().next_date
    home.app.work()
    home.say("SkipDeliveryIntent")
    home.work_until(first, hours=12)
    assert (home.orders(), home.states()) == ([], [("skipped", "asked")])
    home.work_until(first + timedelta(weeks=1), hours=12)
    assert len(home.orders()) == 1


def test_one_item_is_left_out_of_one_delivery_only(database: Database) -> None:
    home = Subscribed(database)
    asked = home.say("StartSubscriptionIntent", product="oat milk", more_product="diapers", interval="P2W")
    home.say("AMAZON.YesIntent", asked)
    first = home.one().next_date
    assert home.say("SkipDeliveryIntent", product="oat milk").reply == "SkipDeliveryIntent.item_skipped"
    home.work_until(first, hours=12)
    assert MILK not in held(home)
    home.work_until(first + timedelta(weeks=2), hours=24)
    assert MILK in held(home)


def held(home: Subscribed) -> set[str]:
    with home.database.reading(home.household_id) as unit:
        return {item.sku_id for item in home.app.orders(unit).history.items(home.orders()[0].id)}


def test_a_cancelled_subscription_orders_no_more(home: Subscribed) -> None:
    first = home.one().next_date
    home.app.work()
    home.say("AMAZON.YesIntent", home.say("CancelSubscriptionIntent"))
    home.work_until(first + timedelta(days=8), hours=12)
    assert home.orders() == []


def test_a_new_rhythm_takes_the_last_run_as_its_start(home: Subscribed) -> None:
    first = home.one().next_date
    home.work_until(first, hours=12)
    home.say("AMAZON.YesIntent", home.say("ChangeSubscriptionIntent", interval="P3W"))
    assert (home.one().every, home.one().next_date) == (3, first + timedelta(weeks=3))
