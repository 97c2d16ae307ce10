"""The worker's one round: for every household, what the clock asks for."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete
from sqlmodel import col, select

from skill.catalog import news
from skill.conversation.confirmation import Confirmation
from skill.household.account_links import forget_expired
from skill.household.models import Household
from skill.household.news import KEPT, forget_news
from skill.loyalty.service import Loyalty
from skill.orders.following import follow_shop
from skill.orders.models import Order
from skill.orders.service import Orders
from skill.orders.stock_watch import look_for
from skill.orders.subscription_models import Subscription
from skill.orders.subscription_runs import run_due
from skill.orders.together_count import count_when_due
from skill.storage.database import Database, Unit
from skill.storage.errors import DatabaseError
from skill.storage.idempotency import TurnRecord
from skill.worker.delivery import Carrier, deliver

log = logging.getLogger("restock.worker")
ANSWERS_KEPT = timedelta(hours=24)
"""How long a request's stored answer is kept for repeats; it holds spoken sentences."""


@dataclass(frozen=True)
class Report:
    """What one round did; `households_failed` counts those whose round broke off, by an error in the log."""

    households: int
    orders_moved: int
    orders_settled: int
    holds_lapsed: int
    answers_deleted: int
    households_failed: int = 0
    messages_sent: int = 0
    messages_failed: int = 0
    subscriptions_run: int = 0


def run_once(
    database: Database,
    orders: Callable[[Unit], Orders],
    loyalty: Callable[[Unit], Loyalty],
    clock: Callable[[], datetime],
    carriers: Mapping[str, Carrier],
) -> Report:
    """One round over all households, each in its own transactions; safe to run twice at once.

    An error in one household is logged and the others get their round all the same. Raises DatabaseError
    when the database cannot be used.
    """
    totals = [0] * 8
    database.run(None, lambda unit: news.forget(unit, clock()))
    homes = _households(database)
    for household_id, zone in homes:
        try:
            moved = _one(database, orders, loyalty, household_id, zone, clock())
            ran = run_due(database, orders, household_id, clock(), zone)
            look_for(database, orders, household_id, clock(), zone)
            sent = deliver(database, carriers, household_id, clock)
            counts = (*moved, 0, sent.sent, sent.failed, ran)
        except DatabaseError:
            raise
        except Exception as error:  # whatever it is, it must not keep time from the other households
            log.warning("the round of a household failed", extra={"error": type(error).__name__})
            counts = (0, 0, 0, 0, 1, 0, 0, 0)
        totals = [total + count for total, count in zip(totals, counts, strict=True)]
    count_when_due(database, [household_id for household_id, _zone in homes], clock())
    return Report(len(homes), *totals)


def _households(database: Database) -> list[tuple[UUID, str]]:
    with database.reading(None) as unit:
        rows = unit.session.exec(
            select(Household.household_id, Household.zone)
            .order_by(col(Household.household_id))
            .execution_options(crosses_households="worker")
        ).all()
    return [(household_id, zone) for household_id, zone in rows]


def _one(
    database: Database,
    orders: Callable[[Unit], Orders],
    loyalty: Callable[[Unit], Loyalty],
    household_id: UUID,
    zone: str,
    at: datetime,
) -> tuple[int, int, int, int]:
    settled = database.run(household_id, lambda unit: orders(unit).settle(at, zone))
    moved = follow_shop(database, orders, household_id, at)
    lapsed = database.run(household_id, lambda unit: loyalty(unit).expire_holds(at))
    deleted = database.run(household_id, lambda unit: _forget(unit, at - ANSWERS_KEPT))
    database.run(household_id, lambda unit: orders(unit).shop_events.forget(at))
    database.run(household_id, lambda unit: forget_expired(unit, at))
    return moved, settled, lapsed, deleted


def _forget(unit: Unit, before: datetime) -> int:
    """Delete old answers, and old questions except those whose "yes" an order or a subscription names."""
    ordered = select(Order.confirmation_id).where(
        col(Order.household_id) == unit.household, col(Order.confirmation_id).is_not(None)
    )
    standing = select(Subscription.confirmation_id).where(col(Subscription.household_id) == unit.household)
    answers = delete(TurnRecord).where(
        col(TurnRecord.household_id) == unit.household, col(TurnRecord.at) < before
    )
    questions = delete(Confirmation).where(
        col(Confirmation.household_id) == unit.household,
        col(Confirmation.asked_at) < before,
        col(Confirmation.id).not_in(ordered),
        col(Confirmation.id).not_in(standing),
    )
    forget_news(unit, before - KEPT)
    return sum(
        unit.session.execute(statement, execution_options={"synchronize_session": False}).rowcount  # type: ignore[attr-defined]
        for statement in (answers, questions)
    )
