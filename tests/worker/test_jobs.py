"""The worker's round: orders move, cut-off orders are settled, holds lapse, answers are forgotten."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlmodel import SQLModel, col, func, select

from skill.conversation.confirmation import Confirmation
from skill.loyalty.service import Loyalty
from skill.orders.ports import Item
from skill.orders.service import Orders
from skill.shops.demo import DemoShop
from skill.shops.misbehaving import SilentShop
from skill.storage.database import Database, Unit
from skill.storage.errors import DatabaseLocked
from skill.storage.idempotency import TurnRecord
from skill.worker.jobs import ANSWERS_KEPT, Report, run_once
from tests.orders.home import MILK, Home, another_home


@pytest.fixture
def home(database: Database) -> Home:
    """The demo household."""
    return Home(database)


def held(home: Home, model: type[TurnRecord] | type[Confirmation]) -> int:
    table = SQLModel.metadata.tables[str(model.__tablename__)]
    with home.database.reading(home.household_id) as unit:
        return unit.session.exec(
            select(func.count()).select_from(model).where(table.c.household_id == home.household_id)
        ).one()


def test_a_round_over_nothing_does_nothing(home: Home) -> None:
    assert home.app.work() == Report(1, 0, 0, 0, 0, 0)


def test_an_order_moves_with_the_clock_and_earns_its_points_once(home: Home) -> None:
    (order,) = home.place(home.quote(Item(MILK, 4)))
    before = points(home)
    states = []
    for _ in range(4):
        home.app.work()
        states.append(home.orders()[0].state)
        home.wait(hours=18)
    assert states[0] == "accepted"
    assert states[1] in ("packed", "shipped")
    assert states[-1] == "delivered"
    assert points(home) == before + order.goods_cents // 100
    home.app.work()
    assert points(home) == before + order.goods_cents // 100


def points(home: Home) -> int:
    with home.database.reading(home.household_id) as unit:
        return Loyalty(unit).balance(home.now).available


def test_a_round_reports_what_moved_in_every_household(home: Home) -> None:
    another_home(home)
    home.place(home.quote(Item(MILK, 1)))
    home.wait(hours=3)
    assert home.app.work() == Report(2, 1, 0, 0, 0, 0)


def test_an_order_the_shop_never_answered_is_settled(database: Database) -> None:
    home = Home(database, SilentShop(DemoShop(database)))
    home.place(home.quote(Item(MILK, 1)))
    assert home.orders()[0].state == "unknown"
    assert home.app.work().orders_settled == 0  # its own turn may still be busy with it
    home.wait(minutes=3)
    assert home.app.work().orders_settled == 0  # the shop may be slow, and accept it yet
    home.wait(minutes=12)
    assert home.app.work().orders_settled == 1
    assert home.orders()[0].state == "refused"


def test_a_cancellation_the_shop_never_answered_is_settled(database: Database) -> None:
    home = Home(database)
    home.place(home.quote(Item(MILK, 1)))
    home.app.shop = SilentShop(DemoShop(database))
    home.say("AMAZON.YesIntent", home.say("CancelOrderIntent"))
    assert home.orders()[0].state == "cancel_requested"
    home.app.shop = DemoShop(database)
    home.wait(minutes=3)
    assert home.app.work().orders_settled == 1
    assert home.orders()[0].state == "cancelled"


def test_a_hold_lapses_and_its_points_are_free_again(home: Home) -> None:
    before = points(home)
    home.say("ClaimRewardIntent", reward="one dollar off")
    assert points(home) < before
    home.wait(minutes=3)
    assert home.app.work().holds_lapsed == 1
    assert points(home) == before
    assert home.app.work().holds_lapsed == 0


def test_answers_and_questions_are_forgotten_after_a_day(home: Home) -> None:
    home.say("ReorderUsualIntent")
    home.now += ANSWERS_KEPT
    assert home.app.work().answers_deleted == 0
    home.say("AMAZON.StopIntent")
    home.wait(seconds=1)
    assert home.app.work().answers_deleted == 2
    assert (held(home, TurnRecord), held(home, Confirmation)) == (1, 0)


def test_the_yes_that_an_order_names_is_kept(home: Home) -> None:
    home.say("AMAZON.YesIntent", home.say("OrderItemIntent", product="bananas"))
    home.say("CancelOrderIntent")
    home.wait(hours=25)
    home.app.work()
    with home.database.reading(home.household_id) as unit:
        kept = unit.session.exec(
            select(Confirmation).where(col(Confirmation.household_id) == home.household_id)
        ).all()
    assert [one.id for one in kept] == [home.orders()[0].confirmation_id]


def test_a_household_that_fails_does_not_keep_the_others_waiting(
    home: Home, caplog: pytest.LogCaptureFixture
) -> None:
    other = another_home(home)
    home.place(home.quote(Item(MILK, 1)))
    home.wait(hours=3)

    def orders(unit: Unit) -> Orders:
        if unit.household_id == other:
            raise LookupError("poison")
        return home.app.orders(unit)

    assert run_once(home.database, orders, Loyalty, lambda: home.now, {}) == Report(2, 1, 0, 0, 0, 1)
    assert [vars(record)["error"] for record in caplog.records] == ["LookupError"]
    assert "poison" not in caplog.text


def test_a_database_that_cannot_be_used_ends_the_round(home: Home) -> None:
    def orders(unit: Unit) -> Orders:
        raise DatabaseLocked("locked")

    with pytest.raises(DatabaseLocked):
        run_once(home.database, orders, Loyalty, lambda: home.now, {})


def test_answers_are_kept_for_a_day_so_that_repeats_are_known() -> None:
    assert timedelta(hours=24) == ANSWERS_KEPT


def test_two_workers_at_once_do_no_harm(database: Database) -> None:
    home = Home(database)
    another_home(home)
    home.place(home.quote(Item(MILK, 3)))
    before = points(home)
    home.say("ClaimRewardIntent", reward="one dollar off")
    home.wait(days=5)
    start = threading.Barrier(4)

    def work(_: int) -> Report:
        start.wait(timeout=20)
        return home.app.work()

    with ThreadPoolExecutor(4) as pool:
        reports = list(pool.map(work, range(4)))
    assert sum(report.orders_moved for report in reports) == 1
    assert sum(report.holds_lapsed for report in reports) == 1
    assert home.orders()[0].state == "delivered"
    assert points(home) == before + home.orders()[0].goods_cents // 100
