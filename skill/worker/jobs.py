"""The worker's one round: for every household, what the clock asks for."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete
from sqlmodel import col, select

from skill.conversation.confirmation import Confirmation
from skill.household.models import Household
from skill.loyalty.service import Loyalty
from skill.orders.service import Orders
from skill.storage.database import Database, Unit
from skill.storage.idempotency import TurnRecord

ANSWERS_KEPT = timedelta(hours=24)
"""How long a request's stored answer is kept for repeats; it holds spoken sentences."""


@dataclass(frozen=True)
class Report:
    """What one round did."""

    households: int
    orders_moved: int
    orders_settled: int
    holds_lapsed: int
    answers_deleted: int


def run_once(
    database: Database, orders: Callable[[Unit], Orders], loyalty: Callable[[Unit], Loyalty], at: datetime
) -> Report:
    """One round over all households, each in its own transactions; safe to run twice at once."""
    totals = [0, 0, 0, 0]
    homes = _households(database)
    for household_id, zone in homes:
        for position, count in enumerate(_one(database, orders, loyalty, household_id, zone, at)):
            totals[position] += count
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
    moved = database.run(household_id, lambda unit: len(orders(unit).tracking.advance(at)))
    lapsed = database.run(household_id, lambda unit: loyalty(unit).expire_holds(at))
    deleted = database.run(household_id, lambda unit: _forget(unit, at - ANSWERS_KEPT))
    return moved, settled, lapsed, deleted


def _forget(unit: Unit, before: datetime) -> int:
    count = 0
    for model, moment in ((TurnRecord, TurnRecord.at), (Confirmation, Confirmation.asked_at)):
        result = unit.session.execute(
            delete(model).where(col(model.household_id) == unit.household, col(moment) < before)
        )
        count += result.rowcount  # type: ignore[attr-defined]  # CursorResult
    return count
