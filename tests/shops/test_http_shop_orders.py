"""Ordering at a merchant's shop over real HTTP that is slow, wrong, doubled or down: never two orders."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any

import pytest

from skill.conversation.turn import Answer
from skill.orders.ports import Agreed, Item, Placed
from skill.shops.chosen import acting_for
from skill.shops.http import TimeLimits
from skill.shops.misbehaving import WrappedShop
from skill.storage.database import Database
from tests.orders.home import Home
from tests.shops import shop_faults
from tests.shops.merchant import PATIENT, Clock, connected, hurried
from tests.shops.shop_faults import Held, changed, says, sends
from tests.shops.stand_in_shop import MILK, PROBLEM, Fault, StandInShop

HTML = b"<!doctype html><title>Maintenance</title>"
QUICK = hurried(place_s=0.2)
"""Limits for tests in which no order is answered in time; all else is waited for."""


class Visit:
    """A household that shops at the stand-in, both on one clock."""

    def __init__(
        self, database: Database, merchant: StandInShop, clock: Clock, limits: TimeLimits = PATIENT
    ) -> None:
        self.merchant = merchant
        self.clock = clock
        self.home = Home(database, connected(merchant, limits))

    def ask(self) -> Answer:
        """Ask for oat milk."""
        return self.home.say("OrderItemIntent", product="oat milk")

    def status(self) -> str:
        """Ask where the order is; gives the reply."""
        return self.home.say("OrderStatusIntent").reply

    def order(self) -> str:
        """Ask for oat milk and say yes; gives the reply to the yes."""
        return self.home.say("AMAZON.YesIntent", self.ask()).reply

    def cancel(self) -> str:
        """Ask to cancel and say yes; gives the reply to the yes."""
        return self.home.say("AMAZON.YesIntent", self.home.say("CancelOrderIntent")).reply

    def later(self, **span: float) -> None:
        """Time goes by, and the worker makes its round."""
        self.home.wait(**span)
        self.clock.wait(**span)
        self.home.app.work()

    def states(self) -> list[str]:
        """The states of the household's orders, newest first."""
        return [order.state for order in self.home.orders()]


@pytest.fixture
def visit(database: Database, merchant: StandInShop, clock: Clock) -> Visit:
    """A visit in which nobody is in a hurry."""
    return Visit(database, merchant, clock)


def test_an_order_is_quoted_placed_followed_and_delivered(visit: Visit) -> None:
    asked = visit.ask()
    assert (asked.reply, asked.session_open) == ("OrderItemIntent.quoted", True)
    assert "Corner Shop" in asked.speech
    assert "$15.04" in asked.speech
    assert visit.home.say("AMAZON.YesIntent", asked).reply == "YesIntent.order_placed"
    (reference,) = visit.merchant.books.accepted()
    for state in ("packed", "shipped", "delivered"):
        visit.later(hours=5)
        visit.merchant.books.step(reference, state)
    visit.later(hours=1)
    assert visit.states() == ["delivered"]
    assert visit.merchant.books.stock[MILK] == 18


AFTER_THE_ORDER: dict[str, Fault] = {
    "500": says(500, b"{}", PROBLEM, effect=True),
    "503": says(503, HTML, "text/html", effect=True),
    "HTML": says(200, HTML, "text/html", effect=True),
    "garbage": says(200, b"\x00\xff\xfegarbage", effect=True),
    "a huge answer": says(200, b"[" * 600_000, effect=True),
    "a redirect": says(302, b"", effect=True, Location="http://127.0.0.1:9/"),
    "another's order": changed(lambda told: told.update(reference="R-" + "0" * 32)),
    "an unknown state": changed(lambda told: told.update(state="probably")),
    "no HTTP": sends(b"\x15\x03\x01", effect=True),
    "silence": sends(b"", effect=True),
}


@pytest.mark.parametrize("fault", AFTER_THE_ORDER)
def test_an_order_whose_answer_is_lost_is_unknown_and_then_found(visit: Visit, fault: str) -> None:
    visit.merchant.fail("place", AFTER_THE_ORDER[fault])
    assert visit.order() == "YesIntent.order_unknown"
    assert visit.states() == ["unknown"]
    assert visit.status() == "OrderStatusIntent.unknown"
    visit.later(minutes=3)
    assert visit.states() == ["accepted"]
    assert visit.status() not in ("OrderStatusIntent.unknown", "OrderStatusIntent.refused")
    assert visit.merchant.asked("place") == 1
    assert visit.merchant.books.stock[MILK] == 18


@pytest.mark.parametrize("fault", [says(500), says(200, HTML, "text/html"), sends(b"")])
def test_an_order_that_never_arrived_is_unknown_and_given_up_after_a_quarter_of_an_hour(
    visit: Visit, fault: Fault
) -> None:
    visit.merchant.fail("place", fault)
    assert visit.order() == "YesIntent.order_unknown"
    for minutes, state in ((5, "unknown"), (9, "unknown"), (1, "refused")):
        visit.later(minutes=minutes)
        assert visit.states() == [state]
    assert visit.status() == "OrderStatusIntent.refused"
    assert visit.merchant.books.orders == {}


@pytest.mark.parametrize("effect_first", [True, False], ids=["answer late", "order late"])
def test_a_shop_that_takes_too_long_is_asked_later_and_has_one_order(
    database: Database, merchant: StandInShop, clock: Clock, effect_first: bool
) -> None:
    visit, held = Visit(database, merchant, clock, QUICK), Held(effect_first=effect_first)
    merchant.fail("place", held)
    assert visit.order() == "YesIntent.order_unknown"
    if not effect_first:
        visit.later(minutes=3)
        assert visit.states() == ["unknown"]
    held.release()
    visit.later(minutes=3)
    assert visit.states() == ["accepted"]
    assert merchant.books.stock[MILK] == 18


def test_an_order_that_reaches_the_shop_after_it_was_given_up_is_refused_there(
    database: Database, merchant: StandInShop, clock: Clock
) -> None:
    visit, held = Visit(database, merchant, clock, QUICK), Held()
    merchant.fail("place", held)
    visit.order()
    visit.later(minutes=16)
    assert visit.states() == ["refused"]
    held.release()
    assert merchant.books.accepted() == []
    assert merchant.books.stock[MILK] == 20


def test_a_dripping_answer_to_an_order_does_not_hold_the_shopper(
    database: Database, merchant: StandInShop, clock: Clock
) -> None:
    visit = Visit(database, merchant, clock, QUICK)
    merchant.fail("place", shop_faults.drips)
    assert visit.order() == "YesIntent.order_unknown"
    visit.later(minutes=3)
    assert visit.states() == ["accepted"]


@pytest.mark.parametrize("fault", [shop_faults.answers_twice, shop_faults.asked_twice])
def test_an_order_that_is_doubled_on_the_way_is_placed_once(visit: Visit, fault: Fault) -> None:
    visit.merchant.fail("place", fault)
    assert visit.order() == "YesIntent.order_placed"
    assert len(visit.merchant.books.accepted()) == 1
    assert visit.merchant.books.stock[MILK] == 18


def test_the_same_yes_eight_times_at_once_is_one_order_at_the_shop(visit: Visit) -> None:
    asked = visit.ask()
    yes = visit.home.turn("AMAZON.YesIntent", asked, request_id="the-yes")
    with ThreadPoolExecutor(8) as pool:
        replies = {answer.reply for answer in pool.map(lambda _n: visit.home.app.answer(yes), range(8))}
    assert replies == {"YesIntent.order_placed"}
    assert len(visit.merchant.books.orders) == 1


class PowerCut(BaseException):
    """The process ends: nothing catches it."""


class CutOffShop(WrappedShop):
    """The process ends after the shop's answer came and before it was written down."""

    def place(
        self, reference: str, seller_id: str, items: Sequence[Item], at: datetime, zone: str, agreed: Agreed
    ) -> Placed:
        super().place(reference, seller_id, items, at, zone, agreed)
        raise PowerCut


def test_a_crash_after_the_shop_accepted_ends_in_one_order_when_the_yes_is_repeated(visit: Visit) -> None:
    asked = visit.ask()
    yes = visit.home.turn("AMAZON.YesIntent", asked, request_id="the-yes")
    shop = visit.home.app.shop
    visit.home.app.shop = CutOffShop(acting_for(shop, visit.home.household_id))
    with pytest.raises(PowerCut):
        visit.home.app.answer(yes)
    visit.home.app.shop = shop
    assert visit.states() == ["placing"]
    assert visit.home.app.answer(yes).reply == "YesIntent.order_placed"
    assert visit.merchant.asked("place") == 2
    assert len(visit.merchant.books.orders) == 1
    assert visit.merchant.books.stock[MILK] == 18


def test_a_look_up_that_fails_settles_nothing(visit: Visit) -> None:
    visit.merchant.fail("place", says(500, effect=True))
    visit.order()
    visit.merchant.fail("lookUp", says(404, HTML, "text/html"), says(500), says(500), says(404))
    for _ in range(3):
        visit.later(minutes=15)
        assert visit.states() == ["unknown"]
    visit.later(minutes=1)
    assert visit.states() == ["accepted"]


def test_an_order_that_the_shop_refuses_is_told_as_refused(visit: Visit) -> None:
    asked = visit.ask()
    visit.merchant.fail("place", changed(lambda told: told.update(state="refused", reason="not_allowed")))
    assert visit.home.say("AMAZON.YesIntent", asked).reply == "YesIntent.order_refused"
    assert visit.states() == ["refused"]


@pytest.mark.parametrize("fault", [says(500), says(200, HTML, "text/html"), sends(b"")])
def test_without_terms_nothing_is_ordered_and_that_is_said(visit: Visit, fault: Fault) -> None:
    visit.merchant.fail("quote", fault, fault)
    assert visit.ask().reply == "Error.shop_unavailable"
    assert visit.states() == []


@pytest.mark.parametrize(
    "change",
    [
        lambda told: told.update(total_cents=told["total_cents"] - 1),
        lambda told: told.update(goods_cents=told["goods_cents"] + 1),
        lambda told: told.update(currency="EUR"),
    ],
    ids=["total", "goods", "currency"],
)
def test_terms_that_do_not_add_up_are_not_spoken(
    visit: Visit, change: Callable[[dict[str, Any]], object]
) -> None:
    visit.merchant.fail("quote", changed(change))
    assert visit.ask().reply == "Error.shop_unavailable"


def test_terms_that_fail_at_the_yes_order_nothing(visit: Visit) -> None:
    asked = visit.ask()
    visit.merchant.fail("quote", says(500), says(500))
    assert visit.home.say("AMAZON.YesIntent", asked).reply == "Error.shop_unavailable"
    assert visit.merchant.asked("place") == 0
    assert visit.states() == []


def test_a_price_that_rose_since_it_was_spoken_is_asked_about(visit: Visit) -> None:
    asked = visit.ask()
    visit.merchant.books.price_cents[MILK] += 10
    again = visit.home.say("AMAZON.YesIntent", asked)
    assert again.session_open
    assert visit.merchant.asked("place") == 0
    assert "$15.25" in again.speech


@pytest.mark.parametrize(
    "fault", [says(500, effect=True), says(200, b"garbage", effect=True), sends(b"", effect=True)]
)
def test_a_cancellation_whose_answer_is_lost_is_asked_for_again_by_the_worker(
    visit: Visit, fault: Fault
) -> None:
    visit.order()
    visit.merchant.fail("cancel", fault)
    assert visit.cancel() == "YesIntent.cancel_requested"
    assert visit.states() == ["cancel_requested"]
    visit.later(minutes=3)
    assert visit.states() == ["cancelled"]
    assert visit.merchant.books.stock[MILK] == 20


def test_a_slow_cancellation_is_settled_later(
    database: Database, merchant: StandInShop, clock: Clock
) -> None:
    visit, held = Visit(database, merchant, clock, hurried(cancel_s=0.2)), Held()
    visit.order()
    merchant.fail("cancel", held)
    assert visit.cancel() == "YesIntent.cancel_requested"
    held.release()
    visit.later(minutes=3)
    assert visit.states() == ["cancelled"]


def test_it_is_too_late_to_cancel_when_the_shop_says_so(visit: Visit) -> None:
    visit.order()
    (reference,) = visit.merchant.books.accepted()
    asked = visit.home.say("CancelOrderIntent")
    visit.merchant.books.step(reference, "packed")
    assert visit.home.say("AMAZON.YesIntent", asked).reply != "YesIntent.order_cancelled"
    assert visit.merchant.books.accepted() == [reference]


@pytest.mark.parametrize("fault", [says(500), says(200, b"garbage"), sends(b"")])
def test_without_news_an_order_stays_where_it_was_and_the_turn_goes_on(visit: Visit, fault: Fault) -> None:
    visit.order()
    visit.merchant.fail("progress", fault, fault)
    assert visit.status().startswith("OrderStatusIntent.")
    assert visit.states() == ["accepted"]


def test_a_shop_that_goes_down_after_the_question_orders_nothing(database: Database, clock: Clock) -> None:
    with StandInShop(clock).open() as merchant:
        visit = Visit(database, merchant, clock)
        asked = visit.ask()
    assert visit.home.say("AMAZON.YesIntent", asked).reply == "Error.shop_unavailable"
    assert visit.states() == []
