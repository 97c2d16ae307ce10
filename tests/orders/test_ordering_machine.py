"""Random shoppers, shops and clocks against the order engine: what must hold after every single step."""

import os
import random
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any
from uuid import UUID

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from sqlmodel import SQLModel, col, select

from skill.bootstrap import App
from skill.catalog.models import Price, Stock
from skill.conversation.confirmation import Confirmation
from skill.conversation.turn import Answer
from skill.orders.guards import Limits
from skill.orders.models import Order, OrderHistory, Quote, QuoteHistory
from skill.orders.ports import Agreed, Item, Offer, Placed, ShopUnavailable
from skill.orders.states import OPEN_STATES, edges
from skill.settings import Settings
from skill.shops.demo import DemoShop
from skill.storage.database import Database
from skill.storage.engine import make_engine
from tests.orders.home import DIAPERS, MILK, NOW, Home

WORDS: Mapping[str, str] = {MILK: "oat milk", DIAPERS: "diapers size 2"}
EXAMPLES = int(os.environ.get("RESTOCK_MACHINE_EXAMPLES", "12"))
STEPS = int(os.environ.get("RESTOCK_MACHINE_STEPS", "25"))
"""How long the machine runs; more by RESTOCK_MACHINE_EXAMPLES and RESTOCK_MACHINE_STEPS."""
EDGES = {*edges()}
SECONDS = st.sampled_from([1, 30, 119, 121, 60 * 9, 60 * 11, 60 * 31, 3600 * 3, 3600 * 50])


class PowerCut(BaseException):
    """The process dies here."""


class MoodyShop:
    """The demo shop, whose next answer to `place` or `cancel` goes wrong in a chosen way."""

    def __init__(self, shop: DemoShop) -> None:
        self._shop = shop
        self.mood = "well"

    def offer(self, seller_id: str, items: Sequence[Item], at: datetime, zone: str) -> Offer:
        """Today's terms."""
        if self._now("down"):
            raise ShopUnavailable
        return self._shop.offer(seller_id, items, at, zone)

    def place(
        self, reference: str, seller_id: str, items: Sequence[Item], at: datetime, zone: str, agreed: Agreed
    ) -> Placed:
        """Place an order, or lose the request, or the answer, or the whole process before or after it."""
        if self._now("deaf"):
            raise ShopUnavailable
        if self._now("cut before"):
            raise PowerCut
        placed = self._shop.place(reference, seller_id, items, at, zone, agreed)
        if self._now("answer lost"):
            raise ShopUnavailable
        if self._now("garbage"):
            raise ValueError("what the shop sent is no answer")
        if self._now("cut after"):
            raise PowerCut
        return placed

    def look_up(self, reference: str) -> Placed | None:
        """The outcome of an earlier order."""
        return self._shop.look_up(reference)

    def cancel(self, reference: str, at: datetime) -> bool:
        """Cancel an order, or lose the request or the answer."""
        if self._now("deaf"):
            raise ShopUnavailable
        cancelled = self._shop.cancel(reference, at)
        if self._now("answer lost"):
            raise ShopUnavailable
        return cancelled

    def progress(self, references: Sequence[str], at: datetime) -> Mapping[str, Any]:
        """Where orders are."""
        return self._shop.progress(references, at)

    def _now(self, mood: str) -> bool:
        if self.mood != mood:
            return False
        self.mood = "well"
        return True


MOODS = st.sampled_from(["well", "down", "deaf", "answer lost", "garbage", "cut before", "cut after"])


@cache
def _folder() -> Path:
    return Path(tempfile.mkdtemp(prefix="restock-machine-"))


@cache
def _template() -> tuple[Path, Home]:
    """A file with the demo household, filled once."""
    path = _folder() / "template.db"
    engine = make_engine(f"sqlite:///{path}")
    SQLModel.metadata.create_all(engine)
    home = Home(Database(engine))
    engine.dispose()
    return path, home


class Ordering(RuleBasedStateMachine):
    """One household, two devices, one shop: anything is said, repeated, cut off or changed at any time."""

    def __init__(self) -> None:
        super().__init__()
        template, seeded = _template()
        self.path = _folder() / f"run-{random.SystemRandom().getrandbits(64)}.db"
        shutil.copy(template, self.path)
        self.database = Database(make_engine(f"sqlite:///{self.path}"))
        self.shop = MoodyShop(DemoShop(self.database))
        self.home = seeded
        self.home.now = NOW
        self.home.database = self.database
        self.home.app = App(Settings(env="development"), self.database, lambda: self.home.now, shop=self.shop)
        self.last: dict[str, Answer | None] = {"kitchen": None, "nursery": None}
        self.spoken: dict[str, int] = {}

    def teardown(self) -> None:
        self.database.engine.dispose()
        self.path.unlink(missing_ok=True)

    # --- what happens

    @initialize()
    def stock(self) -> None:
        """Little is left, so that it runs out."""
        with self.database.unit(None) as unit:
            for sku in (MILK, DIAPERS):
                row = unit.session.get(Stock, sku)
                assert row is not None
                row.quantity = 6
                unit.session.add(row)

    def _say(self, device: str, intent: str, repeat: bool = False, **slots: str) -> None:
        """Say it on a device; if the process dies, the request comes again, as Amazon repeats it."""
        turn = self.home.turn(intent, self.last[device], slots)
        try:
            answer = self.home.app.answer(turn)
        except PowerCut:
            self.shop.mood = "well"
            answer = self.home.app.answer(turn)
        if repeat:
            assert self.home.app.answer(turn) == answer
        for quote in answer.quotes:
            self.spoken.setdefault(str(quote["id"]), int(quote["total_cents"]))
        self.last[device] = answer

    devices = st.sampled_from(["kitchen", "nursery"])
    flags = st.booleans()

    @rule(device=devices, sku=st.sampled_from([MILK, DIAPERS]), quantity=st.integers(1, 4), repeat=flags)
    def ask(self, device: str, sku: str, quantity: int, repeat: bool) -> None:
        self._say(device, "OrderItemIntent", repeat, product=WORDS[sku], quantity=str(quantity))

    @rule(device=devices, sku=st.sampled_from([MILK, DIAPERS]))
    def ask_another_anyway(self, device: str, sku: str) -> None:
        self._say(device, "OrderAnywayIntent", product=WORDS[sku])

    @rule(device=devices)
    def ask_for_the_usual(self, device: str) -> None:
        self._say(device, "ReorderUsualIntent")

    @rule(device=devices, repeat=flags)
    def yes(self, device: str, repeat: bool) -> None:
        self._say(device, "AMAZON.YesIntent", repeat)

    @rule(device=devices)
    def yes_into_the_same_session_again(self, device: str) -> None:
        before = self.last[device]
        self._say(device, "AMAZON.YesIntent")
        self.last[device] = before
        self._say(device, "AMAZON.YesIntent")

    @rule(device=devices)
    def no(self, device: str) -> None:
        self._say(device, "AMAZON.NoIntent")

    @rule(device=devices, quantity=st.integers(1, 5))
    def change_the_quantity(self, device: str, quantity: int) -> None:
        self._say(device, "ChangeQuantityIntent", quantity=str(quantity))

    @rule(device=devices)
    def cancel(self, device: str) -> None:
        self._say(device, "CancelOrderIntent")

    @rule(seconds=SECONDS)
    def wait(self, seconds: int) -> None:
        self.home.now += timedelta(seconds=seconds)

    @rule(mood=MOODS)
    def the_shop_turns(self, mood: str) -> None:
        self.shop.mood = mood

    @rule(sku=st.sampled_from([MILK, DIAPERS]), percent=st.sampled_from([80, 105, 120]))
    def the_price_changes(self, sku: str, percent: int) -> None:
        with self.database.unit(None) as unit:
            newest = unit.session.exec(
                select(Price).where(col(Price.sku_id) == sku).order_by(col(Price.valid_from).desc())
            ).first()
            assert newest is not None
            if newest.valid_from < self.home.now:
                cents = newest.price_cents * percent // 100
                unit.session.add(Price(sku_id=sku, valid_from=self.home.now, price_cents=cents))

    @rule(sku=st.sampled_from([MILK, DIAPERS]), quantity=st.integers(0, 3))
    def the_stock_changes(self, sku: str, quantity: int) -> None:
        with self.database.unit(None) as unit:
            row = unit.session.get(Stock, sku)
            assert row is not None
            row.quantity = quantity
            unit.session.add(row)

    @rule()
    def the_worker_runs(self) -> None:
        self.home.app.work()

    # --- what must hold

    @invariant()
    def nothing_is_bought_twice_dearer_or_unconfirmed(self) -> None:
        with self.database.reading(self.home.household_id) as unit:
            mine = col(Order.household_id) == self.home.household_id
            orders = [
                order
                for order in unit.session.exec(select(Order).where(mine)).all()
                if order.origin != "import"
            ]
            quotes = {
                quote.id: quote
                for quote in unit.session.exec(
                    select(Quote).where(col(Quote.household_id) == self.home.household_id)
                ).all()
            }
            asked = {
                row.id: row
                for row in unit.session.exec(
                    select(Confirmation).where(col(Confirmation.household_id) == self.home.household_id)
                ).all()
            }
        assert len({order.quote_id for order in orders}) == len(orders)
        for order in orders:
            assert order.quote_id is not None
            quote = quotes[order.quote_id]
            assert quote.state == "confirmed"
            assert order.total_cents <= quote.total_cents == self.spoken[str(quote.id)]
            confirmation = asked[order.confirmation_id] if order.confirmation_id else None
            assert confirmation is not None
            assert confirmation.used_at is not None
            assert confirmation.kind == "orders.place"
            assert str(quote.id) in confirmation.payload["quotes"]

    @invariant()
    def the_shop_has_one_order_for_each_reference_and_no_debts(self) -> None:
        with self.database.reading(None) as unit:
            assert all(row.quantity >= 0 for row in unit.session.exec(select(Stock)).all())

    @invariant()
    def states_follow_the_machine(self) -> None:
        with self.database.reading(self.home.household_id) as unit:
            ordered = unit.session.exec(
                select(OrderHistory.order_id, OrderHistory.state)
                .where(col(OrderHistory.household_id) == self.home.household_id)
                .order_by(col(OrderHistory.position))
            ).all()
            quoted = unit.session.exec(
                select(QuoteHistory.quote_id, QuoteHistory.state)
                .where(col(QuoteHistory.household_id) == self.home.household_id)
                .order_by(col(QuoteHistory.position))
            ).all()
        ways: dict[UUID, list[str]] = {}
        for key, state in (*ordered, *quoted):
            ways.setdefault(key, []).append(state)
        for way in ways.values():
            assert way[0] in ("placing", "delivered", "quoted")
            assert all(step in EDGES for step in pairwise(way))

    @invariant()
    def the_guards_hold(self) -> None:
        """Of one SKU at most one undelivered order is not deliberate, and the pace is kept."""
        with self.database.reading(self.home.household_id) as unit:
            orders = self.home.app.orders(unit)
            undelivered = [
                (order, {item.sku_id for item in orders.history.items(order.id)})
                for order in orders.history.recent(1000, OPEN_STATES)
            ]
            spent = orders.history.spent("USD", self.home.now)
        for sku in (MILK, DIAPERS):
            holding = [order for order, skus in undelivered if sku in skus and not order.deliberate]
            assert len(holding) <= 1
        hour = [past for past in spent if self.home.now - past.at < timedelta(hours=1)]
        assert len(hour) <= Limits().orders_per_hour


Ordering.TestCase.settings = settings(
    max_examples=EXAMPLES,
    stateful_step_count=STEPS,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


TestOrdering = Ordering.TestCase
