"""What comes after an order at a merchant's shop over real HTTP: parts, another address, things sent back."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from skill.loyalty.service import Loyalty
from skill.orders.ports import Item, MovesOrders, ReturnItem, ShopUnavailable, TakesReturns
from skill.orders.return_models import ReturnRequest
from skill.storage.database import Database
from tests.orders.home import Home
from tests.shops.merchant import REFERENCE, SELLER, TWO_MILK, ZONE, Clock, connected
from tests.shops.shop_faults import changed, says, sends
from tests.shops.stand_in_shop import MILK, Fault, StandInShop

BACK = "B-" + "7" * 32
ONE_BACK = [ReturnItem(MILK, 1, "damaged")]


class Customer:
    """A household with one order at the stand-in, both on one clock."""

    def __init__(self, database: Database, merchant: StandInShop, clock: Clock) -> None:
        self.merchant, self.clock = merchant, clock
        self.home = Home(database, connected(merchant))
        (self.order,) = self.home.place(self.home.quote(Item(MILK, 2)))

    def later(self, step: str | None = None, **span: float) -> str:
        """Time goes by, the shop moves the order on, the worker makes its round; gives the state."""
        self.home.wait(**span)
        self.clock.wait(**span)
        if step is not None:
            self.merchant.books.step(self.order.reference, step)
        self.home.app.work()
        with self.home.database.reading(self.home.household_id) as unit:
            found = self.home.app.orders(unit).history.get(self.order.id)
            assert found is not None
            return found.state

    def send_back(self, reason: str = "damaged") -> ReturnRequest:
        """Ask to send one oat milk back."""
        with self.home.database.unit(self.home.household_id) as unit:
            returns = self.home.app.orders(unit).returns
            draft = returns.draft(self.order.id, {0: 1}, self.home.now)
            return returns.request(draft, reason, "source", None, self.home.now)

    def points(self) -> int:
        """The household's balance."""
        with self.home.database.reading(self.home.household_id) as unit:
            return Loyalty(unit).balance(self.home.now).available


@pytest.fixture
def customer(database: Database, merchant: StandInShop, clock: Clock) -> Customer:
    """A customer who ordered two oat milks."""
    return Customer(database, merchant, clock)


def test_a_merchants_shop_takes_returns_and_moves_orders(merchant: StandInShop) -> None:
    shop = connected(merchant)
    assert isinstance(shop, TakesReturns)
    assert isinstance(shop, MovesOrders)


def test_an_order_that_leaves_in_parts_is_followed(customer: Customer) -> None:
    states = [customer.later(step, hours=3) for step in ("packed", "part_shipped", "shipped", "delivered")]
    assert states == ["packed", "part_shipped", "shipped", "delivered"]


def test_a_return_is_taken_back_and_paid_and_its_points_go(customer: Customer) -> None:
    customer.later("delivered", hours=3)
    earned = customer.points()
    request = customer.send_back()
    assert (request.heard_at is not None, request.declined_at) == (True, None)
    states = []
    for step in ("returned", "refunded"):
        customer.clock.wait(hours=1)
        customer.home.wait(hours=1)
        customer.merchant.books.step_return(customer.order.reference, step)
        states.append(customer.later(hours=1))
    assert states == ["returned", "refunded"]
    assert customer.points() < earned
    asked = [one.asked for one in customer.merchant.exchanges if one.operation == "requestReturn"]
    items = [{"sku_id": MILK, "quantity": 1, "reason": "damaged"}]
    assert asked == [{"shopper": str(customer.home.household_id), "items": items, "refund_to": "source"}]


def test_a_return_that_the_shop_declines_leaves_the_order_as_it_was(customer: Customer) -> None:
    customer.later("delivered", hours=3)
    assert customer.send_back("other").declined_at is not None
    assert customer.later(hours=1) == "delivered"


@pytest.mark.parametrize(
    "fault",
    [
        says(500, effect=True),
        says(500),
        sends(b"", effect=True),
        changed(lambda told: told.update(state="?")),
    ],
)
def test_a_return_whose_answer_is_lost_is_told_again_and_kept_once(customer: Customer, fault: Fault) -> None:
    customer.later("delivered", hours=3)
    customer.merchant.fail("requestReturn", fault)
    assert customer.send_back().heard_at is None
    assert customer.later(hours=1) == "return_requested"
    assert len(customer.merchant.books.returns) == 1
    customer.merchant.books.step_return(customer.order.reference, "refunded")
    assert customer.later(hours=1) == "refunded"


def test_an_order_moves_until_it_is_packed_and_a_repeat_changes_nothing(customer: Customer) -> None:
    shop, reference = connected(customer.merchant), customer.order.reference
    assert shop.move(reference, "mom", customer.home.now)
    assert shop.move(reference, "mom", customer.home.now)
    customer.merchant.books.step(reference, "packed")
    assert not shop.move(reference, "office", customer.home.now)
    assert customer.merchant.books.labels[reference] == "mom"


CHANGES: list[Callable[[dict[str, Any]], object]] = [
    lambda told: told.update(reference="R-" + "0" * 32),
    lambda told: told.pop("address_label"),
    lambda told: told.update(address_label=7),
]


@pytest.mark.parametrize("change", CHANGES, ids=["another order", "no label", "a number"])
def test_a_move_whose_answer_is_not_ours_is_not_believed(
    customer: Customer, change: Callable[[dict[str, Any]], object]
) -> None:
    customer.merchant.fail("move", changed(change))
    with pytest.raises(ShopUnavailable):
        connected(customer.merchant).move(customer.order.reference, "mom", customer.home.now)


RETURNS = [
    [{"reference": BACK}, {"reference": BACK}],
    [{"reference": ""}],
    [{"reference": BACK, "returned_at": "2026-11-20T15:00:00Z", "refunded_at": "2026-11-20T14:00:00Z"}],
    [{"reference": BACK, "declined_at": "2036-11-20T15:00:00Z"}],
    "none",
]


@pytest.mark.parametrize("returns", RETURNS, ids=["twice", "nameless", "backwards", "tomorrow", "words"])
def test_returns_that_cannot_be_so_are_not_believed(
    merchant: StandInShop, clock: Clock, returns: object
) -> None:
    shop = connected(merchant)
    shop.place(REFERENCE, SELLER, TWO_MILK, clock(), ZONE)
    merchant.fail("progress", *[changed(lambda told: told["orders"][0].update(returns=returns))] * 2)
    with pytest.raises(ShopUnavailable):
        shop.progress([REFERENCE], clock() + timedelta(minutes=1))


def test_a_return_of_an_order_that_the_shop_does_not_know_is_unheard(
    merchant: StandInShop, clock: Clock
) -> None:
    with pytest.raises(ShopUnavailable):
        connected(merchant).request_return(REFERENCE, BACK, ONE_BACK, "source", clock())
