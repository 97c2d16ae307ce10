"""Returns: what comes back for them, however they are split, and what the shop's answers lead to."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skill.conversation.errors import SpokenError
from skill.loyalty.rules import points_returned
from skill.loyalty.service import Loyalty
from skill.orders.events import ReturnedLine
from skill.orders.models import Order
from skill.orders.ports import Item, Placed, Progress, ReturnItem, ReturnProgress, ShopUnavailable
from skill.orders.shares import part, shared
from skill.orders.states import ORDER_STEPS, allows
from skill.shops.demo import DemoShop
from skill.storage.database import Database
from tests.orders.home import Home

weights = st.lists(st.integers(0, 10_000), min_size=1, max_size=8)
baskets = st.lists(st.tuples(st.integers(0, 5_000), st.integers(1, 6)), min_size=1, max_size=6)


class ForgetfulShop(DemoShop):
    """Takes a return, but its answer is lost as often as `lost` says."""

    lost = 1

    def request_return(
        self, reference: str, return_reference: str, lines: Sequence[ReturnItem], refund_to: str, at: datetime
    ) -> Placed:
        answer = super().request_return(reference, return_reference, lines, refund_to, at)
        if self.lost:
            self.lost -= 1
            raise ShopUnavailable
        return answer


class DecliningShop(DemoShop):
    """Takes a return at first and declines it when it sees it."""

    def progress(self, references: Sequence[str], at: datetime) -> Mapping[str, Progress]:
        told = super().progress(references, at)
        return {
            name: Progress(one.state, returns={back: ReturnProgress(declined_at=at) for back in one.returns})
            for name, one in told.items()
        }


@given(st.integers(0, 10**6), weights)
def test_shares_sum_to_the_whole_and_follow_their_weights(total: int, each: list[int]) -> None:
    shares = shared(total, each)
    assert sum(shares) == (total if any(each) else 0)
    for share, weight in zip(shares, each, strict=True):
        assert not any(each) or abs(share * sum(each) - total * weight) < sum(each)


@pytest.mark.parametrize(("total", "each"), [(-1, [1]), (1, [-1])])
def test_less_than_nothing_is_not_shared(total: int, each: list[int]) -> None:
    with pytest.raises(ValueError, match="less than nothing"):
        shared(total, each)


@given(st.integers(0, 10**5), baskets, st.data())
def test_any_split_of_a_return_takes_back_what_one_return_does(
    points: int, basket: list[tuple[int, int]], data: st.DataObject
) -> None:
    pieces = [place for place, (_cents, quantity) in enumerate(basket) for _ in range(quantity)]
    order = data.draw(st.permutations(pieces))
    gone = [0] * len(basket)
    taken = 0
    for place in order:
        gone[place] += 1
        now = _taken(points, basket, gone)
        assert now >= taken
        taken = now
    assert taken == (points if any(cents for cents, _ in basket) else 0)


def _taken(points: int, basket: list[tuple[int, int]], gone: list[int]) -> int:
    lines = [
        ReturnedLine(cents, quantity, back) for (cents, quantity), back in zip(basket, gone, strict=True)
    ]
    return points_returned(points, lines)


def test_a_line_of_no_pieces_has_no_part() -> None:
    assert part(100, 1, 0) == 0


def last(home: Home) -> Order:
    with home.database.reading(home.household_id) as unit:
        found = home.app.orders(unit).history.last()
    assert found is not None
    return found


def send_back(home: Home, counts: Mapping[int, int]) -> int:
    """Return so many of each line of the last order, wait for the refund; gives what came back, in cents."""
    with home.database.unit(home.household_id) as unit:
        returns = home.app.orders(unit).returns
        draft = returns.draft(last(home).id, counts, home.now)
        request = returns.request(draft, "damaged", "source", None, home.now)
        back = request.goods_cents + request.tax_cents
    home.wait(days=4)
    home.app.work()
    assert last(home).state == "refunded"
    return back


def points(home: Home) -> int:
    with home.database.reading(home.household_id) as unit:
        return Loyalty(unit).balance(home.now).total


SPLITS: list[list[dict[int, int]]] = [
    [{0: 2, 1: 1, 2: 2, 3: 1, 4: 4, 5: 1}],
    [{0: 1, 4: 3}, {0: 1, 1: 1, 2: 2, 3: 1, 4: 1, 5: 1}],
    [{4: 1}, {4: 1}, {0: 2, 3: 1}, {1: 1, 2: 2, 4: 2, 5: 1}],
]


@pytest.mark.parametrize("split", SPLITS, ids=len)
def test_however_an_order_is_split_its_goods_tax_and_points_come_back_exactly(
    database: Database, split: list[dict[int, int]]
) -> None:
    home = Home(database)
    order, before = last(home), points(home)
    assert sum(send_back(home, counts) for counts in split) == order.goods_cents + order.tax_cents
    assert before - points(home) == order.goods_cents // 100
    with home.database.reading(home.household_id) as unit:
        assert home.app.orders(unit).returns.left_of(order) == []


@pytest.mark.parametrize(
    ("counts", "days", "prompt"),
    [
        ({0: 3}, 0, "too_many"),
        ({0: 0}, 0, "not_bought"),
        ({9: 1}, 0, "not_bought"),
        ({}, 0, "not_bought"),
        ({0: 1}, 23, "too_late"),
    ],
)
def test_no_more_goes_back_than_was_bought_nor_later_than_the_seller_allows(
    database: Database, counts: dict[int, int], days: int, prompt: str
) -> None:
    home = Home(database)
    with database.reading(home.household_id) as unit:
        returns = home.app.orders(unit).returns
        with pytest.raises(SpokenError) as refused:
            returns.draft(last(home).id, counts, home.now + timedelta(days=days))
    assert refused.value.reply.prompt == f"ReturnItemIntent.{prompt}"


def test_a_return_whose_answer_was_lost_is_told_again_by_the_worker_and_counts_once(
    database: Database,
) -> None:
    home = Home(database, ForgetfulShop(database))
    before = points(home)
    with database.unit(home.household_id) as unit:
        returns = home.app.orders(unit).returns
        draft = returns.draft(last(home).id, {1: 1}, home.now)
        assert returns.request(draft, "other", "source", None, home.now).heard_at is None
    assert last(home).state == "return_requested"
    home.app.work()
    for _ in range(3):
        home.wait(days=4)
        home.app.work()
    assert last(home).state == "refunded"
    assert before - points(home) == 22


def test_what_the_shop_declines_can_be_sent_back_again(database: Database) -> None:
    home = Home(database, DecliningShop(database))
    before = points(home)
    with database.unit(home.household_id) as unit:
        returns = home.app.orders(unit).returns
        returns.request(returns.draft(last(home).id, {1: 1}, home.now), "other", "source", None, home.now)
    home.app.work()
    assert last(home).state == "delivered"
    assert allows(ORDER_STEPS, "request_return", last(home).state)
    with database.reading(home.household_id) as unit:
        assert home.app.orders(unit).returns.draft(last(home).id, {1: 1}, home.now).goods_cents == 2199
    assert points(home) == before


def test_a_repeated_yes_returns_once(database: Database) -> None:
    home = Home(database)
    asked = home.say("ReturnItemIntent", product="wipes")
    where = home.say("ReturnItemIntent", asked, reason="damaged")
    ready = home.say("ReturnItemIntent", where, refund_to="card")
    assert ready.reply == "ReturnItemIntent.confirm"
    assert home.say("AMAZON.YesIntent", ready).reply == "YesIntent.return_requested"
    again = home.say("AMAZON.YesIntent", ready)
    assert again.reply != "YesIntent.return_requested"


def test_a_late_yes_hears_the_return_again(database: Database) -> None:
    home = Home(database)
    asked = home.say("ReturnItemIntent", product="wipes", reason="damaged")
    ready = home.say("ReturnItemIntent", asked, refund_to="card")
    home.wait(minutes=3)
    assert home.say("AMAZON.YesIntent", ready).reply == "ReturnItemIntent.confirm"


def test_only_a_shop_that_offers_both_is_asked_about_credit(database: Database) -> None:
    home = Home(database)
    home.place(home.quote(Item(home.bags(), 1)))
    home.wait(days=4)
    home.app.work()
    answer = home.say("ReturnOrderIntent", reason="damaged")
    assert answer.reply == "ReturnItemIntent.confirm"
