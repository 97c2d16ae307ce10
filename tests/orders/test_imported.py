"""Orders of the past are hidden until they are published, kept once, and numbered after those there are."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import func
from sqlmodel import col, select

from skill.orders.history import History
from skill.orders.imported import PastLine, PastOrder, PastOrders, SoldBy
from skill.orders.models import OrderHistory, OrderLine
from skill.shops.importing import Request, import_files
from skill.storage.database import Database
from skill.storage.keys import new_id
from tests.orders.home import Home
from tests.shops.imported_books import everything, visible

SHOP = SoldBy("gifts", "Gift Shop", "GBP")
THEN = datetime(2011, 3, 1, 10, tzinfo=UTC)
BATCH = new_id()


@pytest.fixture
def home(database: Database) -> Home:
    return Home(database)


def past(reference: str, days: int = 0, quantity: int = 2) -> PastOrder:
    return PastOrder(
        reference, THEN + timedelta(days=days), [PastLine("M1", "Mug", quantity, 250 * quantity)]
    )


def keep(home: Home, orders: Sequence[PastOrder], batch: UUID = BATCH) -> int:
    with home.database.unit(home.household_id) as unit:
        assert home.caller.member_id is not None
        return PastOrders(unit, batch).keep(SHOP, home.caller.member_id, orders)


def publish(home: Home, batch: UUID = BATCH) -> int:
    with home.database.unit(home.household_id) as unit:
        return PastOrders(unit, batch).publish()


def told(home: Home) -> list[tuple[int, str]]:
    """Number and reference of what readers see of the imported orders, newest first."""
    with home.database.reading(home.household_id) as unit:
        return [
            (order.number, order.reference)
            for order in History(unit).recent(100)
            if order.seller_id == SHOP.seller_id
        ]


def rows(home: Home) -> tuple[int, int]:
    with home.database.reading(home.household_id) as unit:
        first, second = (
            unit.session.exec(
                select(func.count()).select_from(model).where(col(model.household_id) == home.household_id)
            ).one()
            for model in (OrderLine, OrderHistory)
        )
        return first, second


def test_orders_are_hidden_until_they_are_published(home: Home) -> None:
    assert keep(home, [past("a"), past("b", 1)]) == 2
    assert told(home) == []
    assert publish(home) == 2
    assert told(home) == [(5, "b"), (4, "a")]  # the demo household has three orders


def test_publishing_again_changes_nothing(home: Home) -> None:
    keep(home, [past("a")])
    publish(home)
    assert publish(home) == 0


def test_an_order_that_is_there_is_not_kept_again(home: Home) -> None:
    keep(home, [past("a")])
    publish(home)
    assert keep(home, [past("a"), past("b", 1)], new_id()) == 1
    assert told(home) == [(4, "a")]


def test_only_the_batch_that_is_complete_is_published(home: Home) -> None:
    other = new_id()
    keep(home, [past("a")])
    keep(home, [past("b")], other)
    assert publish(home, other) == 1
    assert told(home) == [(5, "b")]


def test_what_another_batch_left_hidden_can_be_forgotten(home: Home) -> None:
    before = rows(home)
    keep(home, [past("a"), past("b", 1)])
    with home.database.unit(home.household_id) as unit:
        PastOrders(unit, new_id()).forget_hidden_of_others()
    assert rows(home) == before
    assert publish(home) == 0


def test_published_orders_and_those_of_the_same_batch_are_not_forgotten(home: Home) -> None:
    keep(home, [past("a")])
    publish(home)
    later = new_id()
    keep(home, [past("b", 1)], later)
    with home.database.unit(home.household_id) as unit:
        PastOrders(unit, later).forget_hidden_of_others()
    publish(home, later)
    assert [reference for _, reference in told(home)] == ["b", "a"]


def test_the_price_of_summed_lines_is_their_mean_and_the_sum_stays_exact(home: Home) -> None:
    keep(home, [PastOrder("a", THEN, [PastLine("M1", "Mug", 3, 700)])])
    publish(home)
    with home.database.reading(home.household_id) as unit:
        history = History(unit)
        order = next(one for one in history.recent(100) if one.seller_id == SHOP.seller_id)
        [line] = history.lines(order.id)
    assert (line.price_cents, line.line_cents, order.total_cents) == (233, 700, 700)


def test_an_import_ends_alike_on_every_database(database: Database, tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text("product_id,name,unit_price_gbp,stock\nM1,Mug,2.50,9\nP1,Plate,4,\n")
    (tmp_path / "o.csv").write_text(
        "customer_id,invoice,ts,product_id,quantity,unit_price\n"
        "7,100,2025-03-01 10:00,M1,2,2.50\n7,100,2025-03-01 10:00,M1,1,2.50\n8,101,2025-03-01,P1,1,4\n"
    )
    request = Request(tmp_path / "p.csv", tmp_path / "o.csv")
    for _ in range(2):
        import_files(database, request, datetime(2026, 1, 1, tzinfo=UTC), lambda *_: None)
    assert visible(database, "78") == {"7": ["import:your-shop:100"], "8": ["import:your-shop:101"]}
    [order, lines, _history] = everything(database, ["7"])["7"][2][0]
    assert order["placed_at"] == datetime(2025, 3, 1, 10, tzinfo=UTC)
    assert [(line["sku_id"], line["quantity"], line["line_cents"]) for line in lines] == [("M1", 3, 750)]
