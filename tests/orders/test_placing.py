"""Placing: exactly one order for each quote, whatever is repeated, raced or cut off."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from sqlalchemy.exc import OperationalError

from skill.conversation.errors import SpokenError
from skill.orders.placing import Changed
from skill.orders.ports import Agreed, Item, Offer, Placed, Shop
from skill.orders.quotes import Duplicate, Shortage
from skill.shops.demo import DemoShop
from skill.shops.misbehaving import RefusingShop, RisingShop, SellingOutShop, SilentShop, WrappedShop
from skill.storage.database import Database
from skill.storage.keys import new_id
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
    orders = home.place(home.quote(Item(MILK, 1), Item(home.bags(), 1)))
    assert [order.seller_id for order in orders] == ["corner-shop", "green-pantry"]
    assert {order.state for order in orders} == {"accepted"}


def test_a_price_that_rose_is_not_charged_but_asked_about(database: Database) -> None:
    home = Home(database, RisingShop(DemoShop(database)))
    quotes = home.quote(Item(MILK, 1))
    outcome = home.outcome(quotes)
    assert isinstance(outcome, Changed)
    assert outcome.dearer
    assert home.orders() == []


def test_stock_that_is_gone_at_placing_orders_nothing(database: Database) -> None:
    home = Home(database, SellingOutShop(DemoShop(database)))
    outcome = home.outcome(home.quote(Item(MILK, 1)))
    assert isinstance(outcome, Changed)
    assert isinstance(outcome.quoted, Shortage)
    assert home.orders() == []


def test_a_refused_order_is_told_as_refused(database: Database) -> None:
    home = Home(database, RefusingShop(DemoShop(database)))
    (order,) = home.place(home.quote(Item(MILK, 1)))
    assert order.state == "refused"


def test_a_silent_shop_leaves_the_order_unknown_and_the_worker_settles_it(database: Database) -> None:
    home = Home(database, SilentShop(DemoShop(database)))
    (order,) = home.place(home.quote(Item(MILK, 1)))
    assert order.state == "unknown"
    for minutes, state in ((5, "unknown"), (9, "unknown"), (1, "refused")):
        home.wait(minutes=minutes)
        home.app.work()
        assert [one.state for one in home.orders()] == [state]
    assert home.say("OrderStatusIntent").reply == "OrderStatusIntent.refused"
    home.place(home.quote(Item(MILK, 1), deliberate=True))
    assert home.say("OrderStatusIntent").reply == "OrderStatusIntent.unknown"


class PowerCut(BaseException):
    """The process ends: nothing catches it."""


class LostAnswerShop(WrappedShop):
    """Places every order, but then `error` happens in place of its answer."""

    def __init__(self, shop: Shop, error: BaseException) -> None:
        super().__init__(shop)
        self._error = error

    def place(
        self, reference: str, seller_id: str, items: Sequence[Item], at: datetime, zone: str, agreed: Agreed
    ) -> Placed:
        super().place(reference, seller_id, items, at, zone, agreed)
        raise self._error


def test_whatever_goes_wrong_at_the_shop_the_order_is_unknown_and_then_found(database: Database) -> None:
    home = Home(database, LostAnswerShop(DemoShop(database), KeyError("an odd answer")))
    answer = home.say("AMAZON.YesIntent", home.say("OrderItemIntent", product="oat milk"))
    assert answer.reply == "YesIntent.order_unknown"
    assert [order.state for order in home.orders()] == ["unknown"]
    home.wait(minutes=3)
    home.app.work()
    assert [order.state for order in home.orders()] == ["accepted"]


def test_a_crash_after_the_shop_placed_ends_in_one_order_when_the_request_is_repeated(
    database: Database,
) -> None:
    home = Home(database, LostAnswerShop(DemoShop(database), PowerCut()))
    before = home.stock(MILK)
    asked = home.say("OrderItemIntent", product="oat milk")
    yes = home.turn("AMAZON.YesIntent", asked, request_id="the-yes")
    with pytest.raises(PowerCut):
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

    with ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(home.outcome, baskets))
    assert sum(isinstance(outcome, Duplicate) for outcome in outcomes) == 1
    assert [order.state for order in home.orders()] == ["accepted"]


def test_a_yes_to_a_part_of_what_was_ordered_meanwhile_asks_first(database: Database) -> None:
    home = Home(database)
    both, diapers = home.quote(Item(MILK, 2), Item(DIAPERS, 1)), home.quote(Item(DIAPERS, 1))
    home.place(both)
    double = home.outcome(diapers)
    assert isinstance(double, Duplicate)
    assert not double.just_ordered
    assert [line["quantity"] for line in double.lines] == [1]
    assert len(home.orders()) == 1


def test_the_question_about_a_double_at_the_yes_leads_to_the_same_basket(database: Database) -> None:
    home = Home(database)
    asked = [home.say("OrderItemIntent", product="oat milk") for _ in range(2)]
    home.say("AMAZON.YesIntent", asked[0])
    doubled = home.say("AMAZON.YesIntent", asked[1])
    assert (doubled.reply, doubled.session_open) == ("YesIntent.just_ordered", True)
    quoted = home.say("AMAZON.YesIntent", doubled)
    assert quoted.reply == "OrderItemIntent.quoted"
    assert home.say("AMAZON.YesIntent", quoted).reply == "YesIntent.order_placed"
    assert [order.deliberate for order in home.orders()] == [True, False]


def test_a_deliberate_second_basket_is_placed(database: Database) -> None:
    home = Home(database)
    quotes = home.quote(Item(MILK, 1), deliberate=True)
    home.place(home.quote(Item(MILK, 1)))
    home.place(quotes)
    assert len(home.orders()) == 2


@pytest.mark.parametrize("minutes", [3, 11])
def test_a_late_yes_to_what_was_ordered_meanwhile_asks_about_the_double(
    database: Database, minutes: int
) -> None:
    home = Home(database)
    asked = [home.say("OrderItemIntent", product="oat milk") for _ in range(2)]
    home.say("AMAZON.YesIntent", asked[0])
    home.wait(minutes=minutes)
    late = home.say("AMAZON.YesIntent", asked[1])
    assert late.reply == ("OrderItemIntent.just_ordered" if minutes < 10 else "OrderItemIntent.on_its_way")
    assert len(home.orders()) == 1


class DroppingShop(WrappedShop):
    """Leaves the oat milk out of its offers, without a word, from the second time on."""

    def offer(self, seller_id: str, items: Sequence[Item], at: datetime, zone: str) -> Offer:
        kept = [item for item in items if item.sku_id != MILK or self.offers == 0]
        return super().offer(seller_id, kept, at, zone)


def test_a_line_that_disappears_before_the_yes_is_asked_about(database: Database) -> None:
    home = Home(database, DroppingShop(DemoShop(database)))
    outcome = home.outcome(home.quote(Item(MILK, 1), Item(DIAPERS, 1)))
    assert isinstance(outcome, Changed)
    assert home.orders() == []


class SlowShop(WrappedShop):
    """Places an order so slowly that the worker gives it up meanwhile."""

    def __init__(self, shop: Shop) -> None:
        super().__init__(shop)
        self.meanwhile: Callable[[], object] = lambda: None
        self.cancels = True

    def place(
        self, reference: str, seller_id: str, items: Sequence[Item], at: datetime, zone: str, agreed: Agreed
    ) -> Placed:
        self.meanwhile()
        return super().place(reference, seller_id, items, at, zone, agreed)

    def cancel(self, reference: str, at: datetime) -> bool:
        if not self.cancels:
            raise TimeoutError
        return super().cancel(reference, at)


@pytest.mark.parametrize(
    ("minutes", "cancels", "state", "sold"),
    [(3, True, "accepted", 1), (16, True, "refused", 0), (16, False, "accepted", 1)],
)
def test_an_order_accepted_after_it_was_given_up_is_cancelled_or_told(
    database: Database, minutes: int, cancels: bool, state: str, sold: int
) -> None:
    shop = SlowShop(DemoShop(database))
    home = Home(database, shop)
    shop.cancels = cancels
    shop.meanwhile = lambda: home.app.work(home.now + timedelta(minutes=minutes))
    before = home.stock(MILK)
    (order,) = home.place(home.quote(Item(MILK, 1)))
    assert order.state == state
    assert [one.state for one in home.orders()] == [state]
    assert home.stock(MILK) == before - sold


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
