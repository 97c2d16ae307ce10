"""Reports of the shop on orders: any order and any repetition of them end in the same state."""

import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlmodel import col, select

from skill.bootstrap import App
from skill.loyalty.models import PointsTransfer
from skill.loyalty.service import Loyalty
from skill.orders.models import Order
from skill.orders.ports import Item, Progress
from skill.orders.shop_events import KEPT, KINDS, NewsRefused, OrderNews, fold
from skill.settings import Settings
from skill.shops.demo import DemoShop
from skill.shops.misbehaving import SilentShop, WrappedShop
from skill.storage.database import Database
from skill.storage.engine import make_engine
from tests.orders.home import MILK, NOW, Home, another_home

LATER = {kind: NOW + timedelta(hours=hours) for hours, kind in enumerate(KINDS, start=1)}
"""When each thing happens at the shop, in the order in which it does."""
CLOCK = NOW + timedelta(days=2)


class MuteShop(WrappedShop):
    """Takes orders, and says nothing of them unless by its reports."""

    def progress(self, references: Sequence[str], at: datetime) -> Mapping[str, Any]:
        return dict[str, Progress]()


@dataclass(frozen=True)
class Reported:
    """An order of three oat milks at a shop that reports, and what came of the reports."""

    app: App
    household_id: UUID
    reference: str

    def body(self, kind: str, **changes: object) -> bytes:
        told = {
            "type": kind,
            "shopper": str(self.household_id),
            "reference": self.reference,
            "at": LATER[kind].isoformat(),
        }
        if kind == "refused":
            told["reason"] = "out_of_stock"
        return json.dumps({**told, **changes}).encode()

    def hear(self, kind: str, event_id: str | None = None, **changes: object) -> None:
        if kind in ("return_declined", "returned", "refunded") and "return" not in changes:
            changes = {"return": "R1", "items": [{"sku_id": MILK, "quantity": 2}], **changes}
        self.app.hear_shop(event_id or f"msg-{kind}", self.body(kind, **changes))

    def order(self) -> Order:
        with self.app.database.reading(self.household_id) as unit:
            return unit.session.exec(
                select(Order).where(
                    col(Order.household_id) == self.household_id, col(Order.reference) == self.reference
                )
            ).one()

    def outcome(self) -> tuple[object, ...]:
        """What is left of the reports, without the way that led there."""
        order = self.order()
        with self.app.database.reading(self.household_id) as unit:
            orders = self.app.orders(unit)
            delivery = orders.history.delivery(order.id)
            request = orders.returns.latest(order.id)
            transfers = unit.session.exec(
                select(PointsTransfer.kind, PointsTransfer.source).where(
                    col(PointsTransfer.household_id) == self.household_id
                )
            ).all()
            points = Loyalty(unit).balance(CLOCK).available
        times = (delivery.shipped_at, delivery.delivered_at) if delivery else ()
        back = (request.goods_cents, request.returned_at, request.refunded_at) if request else ()
        return (
            order.state,
            times,
            back,
            points,
            tuple(sorted((kind, source if kind == "earn" else "") for kind, source in transfers)),
        )


@pytest.fixture
def home(database: Database) -> Home:
    """A household at a shop that only reports."""
    return Home(database, MuteShop(DemoShop(database)))


def reported(home: Home) -> Reported:
    """An order that the shop accepted."""
    (order,) = home.place(home.quote(Item(MILK, 3)))
    home.now = CLOCK
    return Reported(home.app, home.household_id, order.reference)


def test_reports_move_an_order_to_the_door_and_it_earns_its_points(home: Home) -> None:
    one = reported(home)
    states = []
    for kind in ("packed", "part_shipped", "shipped", "delivered"):
        one.hear(kind)
        states.append(one.order().state)
    assert states == ["packed", "part_shipped", "shipped", "delivered"]
    assert one.outcome()[1] == (LATER["shipped"], LATER["delivered"])
    assert "earn" in str(one.outcome()[4])


def test_a_shipment_that_is_reported_after_the_delivery_only_adds_its_time(home: Home) -> None:
    one = reported(home)
    one.hear("delivered")
    earned = one.outcome()[3]
    one.hear("shipped")
    assert one.order().state == "delivered"
    assert one.outcome()[1] == (LATER["shipped"], LATER["delivered"])
    assert one.outcome()[3] == earned


def test_a_return_that_began_at_the_shop_waits_for_the_delivery(home: Home) -> None:
    one = reported(home)
    one.hear("refunded")
    one.hear("returned")
    assert one.order().state == "accepted"
    one.hear("delivered")
    assert one.order().state == "refunded"
    assert one.outcome()[2] == (one.order().goods_cents * 2 // 3, LATER["returned"], LATER["refunded"])


def test_a_second_return_is_not_moved_by_what_was_said_of_the_first(home: Home) -> None:
    one = reported(home)
    for kind in ("delivered", "returned", "refunded"):
        one.hear(kind)
    one.hear("returned", "second", **{"return": "R2", "items": [{"sku_id": MILK, "quantity": 1}]})
    assert one.order().state == "returned"
    one.hear("refunded", "third", **{"return": "R2"})
    assert one.order().state == "refunded"


def test_a_return_asked_for_by_voice_is_followed_by_its_reference(database: Database) -> None:
    home = Home(database)
    one = reported(home)
    one.hear("delivered")
    with database.unit(home.household_id) as unit:
        returns = home.app.orders(unit).returns
        draft = returns.draft(one.order().id, {0: 1}, home.now)
        reference = returns.request(draft, "damaged", "source", None, home.now).reference
    assert one.order().state == "return_requested"
    one.hear("refunded", **{"return": reference})
    assert one.order().state == "refunded"


@pytest.mark.parametrize("kind", ["refused", "cancelled"])
def test_an_order_that_the_shop_takes_back_is_over(home: Home, kind: str) -> None:
    one = reported(home)
    one.hear(kind)
    one.hear("packed")
    assert one.order().state == kind


def test_an_order_nobody_was_sure_of_is_accepted_by_its_first_report(database: Database) -> None:
    home = Home(database, SilentShop(DemoShop(database)))
    (order,) = home.place(home.quote(Item(MILK, 3)))
    assert order.state == "unknown"
    home.now = CLOCK
    one = Reported(home.app, home.household_id, order.reference)
    one.hear("packed")
    assert one.order().state == "packed"
    with database.reading(home.household_id) as unit:
        steps = home.app.orders(unit).lifecycle.steps(order.id)
    assert list(steps) == ["placing", "unknown", "accepted", "packed"]


def test_a_report_on_an_order_that_is_being_placed_waits_for_the_worker(home: Home) -> None:
    one = reported(home)
    with home.database.unit(home.household_id) as unit:
        order = home.app.orders(unit).history.recent(1, ("accepted",))[0]
        order.state, order.placed_at = "placing", CLOCK  # as it is while a turn waits for the shop
        unit.session.add(order)
    one.hear("packed")
    assert one.order().state == "placing"
    home.wait(minutes=3)
    home.app.work()
    home.app.work()
    assert one.order().state == "packed"


def test_the_same_report_again_is_answered_alike_and_another_under_its_id_is_refused(home: Home) -> None:
    one = reported(home)
    one.hear("delivered", "e1")
    before = one.outcome()
    one.hear("delivered", "e1")
    assert one.outcome() == before
    with pytest.raises(NewsRefused, match="event_reused") as refused:
        one.hear("shipped", "e1")
    assert refused.value.status == 409
    assert one.outcome() == before


def test_another_households_order_is_as_unknown_as_one_that_nobody_has(home: Home) -> None:
    one, other = reported(home), another_home(home)
    refusals = set()
    for changes in (
        {"shopper": str(other)},
        {"shopper": "0" * 32},
        {"shopper": "nobody"},
        {"reference": "R-" + "0" * 32},
    ):
        with pytest.raises(NewsRefused) as refused:
            one.hear("packed", **changes)
        refusals.add((refused.value.reason, refused.value.status))
    assert refusals == {("unknown_order", 404)}
    assert one.order().state == "accepted"


def test_things_that_were_not_in_the_order_cannot_come_back(home: Home) -> None:
    one = reported(home)
    for items in ([{"sku_id": MILK, "quantity": 4}], [{"sku_id": "something-else", "quantity": 1}]):
        with pytest.raises(NewsRefused, match="not_in_order"):
            one.hear("returned", None, **{"return": "R1", "items": items})


def test_reports_are_forgotten_after_a_month_and_what_they_led_to_stays(home: Home) -> None:
    one = reported(home)
    one.hear("delivered")
    home.wait(days=KEPT.days + 1)
    home.app.work()
    assert one.order().state == "delivered"
    with home.database.reading(home.household_id) as unit:
        assert home.app.orders(unit).shop_events._events() == []


@pytest.fixture(scope="module")
def ordered_file(tmp_path_factory: pytest.TempPathFactory, blank_file: Path) -> tuple[Path, Reported]:
    """A database with one accepted order."""
    path = tmp_path_factory.mktemp("ordered") / "ordered.db"
    shutil.copyfile(blank_file, path)
    database = Database(make_engine(f"sqlite:///{path}"))
    one = reported(Home(database, MuteShop(DemoShop(database))))
    database.engine.dispose()
    return path, one


def told_in(order: Sequence[str], ordered: tuple[Path, Reported], folder: Path) -> tuple[object, ...]:
    """What reports in this order lead to, each told to a fresh copy of the household."""
    path = folder / "copy.db"
    shutil.copyfile(ordered[0], path)
    database = Database(make_engine(f"sqlite:///{path}"))
    app = App(Settings(env="development"), database, lambda: CLOCK, shop=MuteShop(DemoShop(database)))
    one = Reported(app, ordered[1].household_id, ordered[1].reference)
    for position, kind in enumerate(order):
        one.hear(kind, f"{kind}-{position % 2}")
    app.work()
    outcome = one.outcome()
    database.engine.dispose()
    return outcome


HISTORIES = (
    ("packed", "part_shipped", "shipped", "delivered"),
    ("packed", "shipped", "delivered", "returned", "refunded"),
    ("delivered", "return_declined"),
    ("packed", "refused"),
    ("packed", "cancelled"),
)


@settings(
    max_examples=12,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # to shrink would take minutes
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_any_order_and_any_repetition_of_reports_ends_in_the_same_state(
    data: st.DataObject, ordered_file: tuple[Path, Reported], tmp_path: Path
) -> None:
    history = data.draw(st.sampled_from(HISTORIES))
    again = data.draw(st.lists(st.sampled_from(history), max_size=4))
    shuffled = data.draw(st.permutations([*history, *again]))
    assert told_in(shuffled, ordered_file, tmp_path) == told_in(history, ordered_file, tmp_path)


news = st.builds(
    OrderNews,
    kind=st.sampled_from(KINDS),
    at=st.integers(0, 5).map(lambda hours: NOW + timedelta(hours=hours)),
    reference=st.just("R"),
    return_reference=st.sampled_from(["", "A", "B"]),
    reason=st.sampled_from(["", "sold_out", "late"]),
)


@settings(max_examples=60)
@given(st.lists(news, max_size=8).flatmap(lambda told: st.tuples(st.just(told), st.permutations(told * 2))))
def test_the_picture_of_reports_does_not_depend_on_how_they_came(
    told: tuple[list[OrderNews], list[OrderNews]],
) -> None:
    once, shuffled = told
    assert fold(once) == fold(shuffled)
