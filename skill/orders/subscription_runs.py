"""Runs subscriptions when their day comes: announced first, guarded like every order, exactly once."""

import logging
from collections.abc import Callable
from datetime import datetime
from functools import partial
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import update
from sqlmodel import col

from skill.conversation.errors import SpokenError
from skill.household.service import Households
from skill.orders.guards import Held
from skill.orders.placing import Changed
from skill.orders.ports import Item, Offer
from skill.orders.quotes import Duplicate, Quoted, Shopper
from skill.orders.rules import STANDING
from skill.orders.service import Orders
from skill.orders.subscription_models import Subscription, SubscriptionLine, SubscriptionRun
from skill.orders.subscription_notices import tell_run
from skill.orders.subscription_rules import (
    ANNOUNCED_AHEAD,
    is_announceable,
    is_missed,
    is_paused,
    moment,
    must_wait,
)
from skill.orders.subscriptions import Subscriptions
from skill.storage.database import Database, Unit

log = logging.getLogger("restock.subscriptions")
UNAVAILABLE = "Error.shop_unavailable"
SOLD_OUT = "Error.out_of_stock"


class Later(Exception):
    """Nothing can be decided now: the next round tries again, and this one leaves no trace."""


def run_due(
    database: Database, orders: Callable[[Unit], Orders], household_id: UUID, at: datetime, zone: str
) -> int:
    """Announce and place what is due in one household; gives how many orders were placed.

    Each subscription has its own transaction: a shop that is down keeps nothing else waiting. Safe to run
    in several workers at once.
    """
    with database.reading(household_id) as unit:
        ids = [one.id for one in Subscriptions(orders(unit)).all()]
    placed = 0
    for subscription_id in ids:
        try:
            placed += database.run(household_id, partial(_advance, orders, subscription_id, at, zone))
        except Later as later:
            log.warning("a subscription waits for the next round", extra={"error": str(later)})
    return placed


def _advance(
    orders: Callable[[Unit], Orders], subscription_id: UUID, at: datetime, zone: str, unit: Unit
) -> int:
    return Runs(orders(unit)).advance(subscription_id, at, zone)


class Runs:
    """The runs of the unit's household."""

    def __init__(self, orders: Orders) -> None:
        self.orders = orders
        self.unit = orders.unit
        self.subscriptions = Subscriptions(orders)

    def advance(self, subscription_id: UUID, at: datetime, zone: str) -> int:
        """Do what one subscription's next date asks for; gives how many orders were placed. Raises Later."""
        Households(self.unit).lock()
        one = self.subscriptions.get(str(subscription_id))
        if one is None or not is_announceable(one.next_date, at, zone):
            return 0
        self._settle_cut_off(one)
        day = one.next_date
        if is_paused(one.state, one.paused_until, day):
            return 0
        if not is_paused(one.state, one.paused_until, at.astimezone(ZoneInfo(zone)).date()):
            one.state, one.paused_until = "active", None
            self.unit.session.add(one)
        if is_missed(day, at, zone):
            self._pass_over(one, "missed", at)
            self.subscriptions.catch_up(one, at.astimezone(ZoneInfo(zone)).date())
            return 0
        if any(self.orders.catalog.sku(line.sku_id, _language(one)) is None for line in self._lines(one)):
            return self._pass_over(one, "gone", at)
        return self._offered(one, at, zone)

    def _offered(self, one: Subscription, at: datetime, zone: str) -> int:
        """What today's terms lead to."""
        offer = self._offer(one, at, zone)
        if offer.short:
            return self._without_stock(one, at, zone)
        now_cents, was_cents = self._prices(one, offer)
        if must_wait(was_cents, now_cents, one.currency):
            return self._hold(one, "price", at, now_cents)
        run = self.subscriptions.run(one, one.next_date)
        if run is None or now_cents > max(run.total_cents, was_cents):
            self.subscriptions.announce(one, at + ANNOUNCED_AHEAD, now_cents)
            self._tell(one, at, "announced", now_cents)
            return 0
        if at < max(run.free_at, moment(one.next_date, zone)):
            return 0
        return self._place(one, run, at, zone)

    def _without_stock(self, one: Subscription, at: datetime, zone: str) -> int:
        """Out of stock: announced all the same, as it may be back by its day; skipped if it is not."""
        if self.subscriptions.run(one, one.next_date) is None:
            self.subscriptions.announce(one, at + ANNOUNCED_AHEAD, one.total_cents)
            self._tell(one, at, "announced", one.total_cents)
        elif at >= moment(one.next_date, zone):
            return self._pass_over(one, "out_of_stock", at)
        return 0

    def _place(self, one: Subscription, run: SubscriptionRun, at: datetime, zone: str) -> int:
        if not self._claim(run):
            return 0
        shopper = _shopper(one, at, zone)
        items = [Item(line.sku_id, line.quantity) for line in self._lines(one)]
        try:
            made = self.orders.quotes.make_as_agreed(shopper, items, STANDING)
        except SpokenError as error:
            if error.reply.prompt in (UNAVAILABLE, SOLD_OUT):
                raise Later(error.reply.prompt) from error
            return self._hold(one, "limit", at, run.total_cents)
        if isinstance(made, Duplicate):
            return self._pass_over(one, "double", at)
        return self._placed(one, run, shopper, made)

    def _placed(self, one: Subscription, run: SubscriptionRun, shopper: Shopper, made: Quoted) -> int:
        """Place the one quote; the claim, the next date and the order become durable in one commit."""
        ids, day = [str(quote.id) for quote in made.quotes], run.run_date
        tell = partial(self._tell_later, one, self._lines(one), run, shopper.at)
        run.quote_id, run.total_cents = made.quotes[0].id, made.quotes[0].total_cents
        self.unit.session.add(run)
        self.subscriptions.move_on(one, day)
        try:
            outcome = self.orders.placing.place(shopper, ids, str(one.confirmation_id))
        except SpokenError as error:
            raise Later(error.reply.prompt) from error
        if isinstance(outcome, Changed | Duplicate) or (
            isinstance(outcome, Held) and outcome.reason == "locked"
        ):
            raise Later(type(outcome).__name__)
        if isinstance(outcome, Held):
            self.orders.quotes.drop(made.quotes, shopper.at, outcome.reason)
            run.state, run.reason = "held", "limit"
            tell("held_limit")
            return 0
        run.state = "ordered"
        self.unit.session.add(run)
        if outcome[0].state in ("accepted", "refused"):  # what is unknown is told when it is known
            tell({"accepted": "ordered"}.get(outcome[0].state, "refused"))
        return 1

    def _tell_later(
        self,
        one: Subscription,
        lines: list[SubscriptionLine],
        run: SubscriptionRun,
        at: datetime,
        outcome: str,
    ) -> None:
        """What became of a run whose subscription has moved on to its next date."""
        tell_run(self.unit, one, lines, at, day=run.run_date, outcome=outcome, now_cents=run.total_cents)

    def _claim(self, run: SubscriptionRun) -> bool:
        """Take the run for this worker: True for one of all that try."""
        taken = self.unit.session.execute(
            update(SubscriptionRun)
            .where(
                col(SubscriptionRun.household_id) == self.unit.household,
                col(SubscriptionRun.subscription_id) == run.subscription_id,
                col(SubscriptionRun.run_date) == run.run_date,
                col(SubscriptionRun.state) == "announced",
            )
            .values(state="running")
            .execution_options(synchronize_session=False)
        )
        self.unit.session.refresh(run)
        return bool(taken.rowcount == 1)  # type: ignore[attr-defined]  # CursorResult

    def _settle_cut_off(self, one: Subscription) -> None:
        """A worker that died after its order was written left the run as running: its order tells."""
        for run in self.subscriptions.runs(one):
            order = self.orders.history.of_quote(run.quote_id) if run.quote_id else None
            if run.state == "running" and order is not None:
                run.state = "ordered"
                self.unit.session.add(run)

    def _hold(self, one: Subscription, reason: str, at: datetime, now_cents: int) -> int:
        self._tell(one, at, f"held_{reason}", now_cents)
        self.subscriptions.conclude(one, one.next_date, "held", reason, at, now_cents)
        return 0

    def _pass_over(self, one: Subscription, reason: str, at: datetime) -> int:
        self._tell(one, at, reason, one.total_cents)
        self.subscriptions.conclude(one, one.next_date, "skipped", reason, at)
        return 0

    def _lines(self, one: Subscription) -> list[SubscriptionLine]:
        """What the next run delivers: without what was left out of it."""
        return [line for line in self.subscriptions.lines(one) if line.skipped_date != one.next_date]

    def _offer(self, one: Subscription, at: datetime, zone: str) -> Offer:
        items = [Item(line.sku_id, line.quantity) for line in self._lines(one)]
        try:
            [offer] = self.orders.quotes.offers(_shopper(one, at, zone), items)
        except (SpokenError, ValueError) as error:
            raise Later(type(error).__name__) from error
        return offer

    def _prices(self, one: Subscription, offer: Offer) -> tuple[int, int]:
        """Today's total and the agreed one; of a part of the lines, by their goods, which alone can rise."""
        lines = self._lines(one)
        if len(lines) == len(self.subscriptions.lines(one)):
            return offer.total_cents, one.total_cents
        agreed = sum(line.price_cents * line.quantity for line in lines)
        rise = max(offer.goods_cents - agreed, offer.total_cents - one.total_cents, 0)
        return offer.total_cents, offer.total_cents - rise

    def _tell(self, one: Subscription, at: datetime, outcome: str, now_cents: int) -> None:
        lines = self._lines(one)
        tell_run(self.unit, one, lines, at, day=one.next_date, outcome=outcome, now_cents=now_cents)


def _language(one: Subscription) -> str:
    return one.locale.partition("-")[0]


def _shopper(one: Subscription, at: datetime, zone: str) -> Shopper:
    language, _, region = one.locale.partition("-")
    return Shopper(at, language, zone, one.member_id, region)
