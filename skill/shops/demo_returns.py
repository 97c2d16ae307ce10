"""How the demo shop takes things back: by the clock, and whatever it is asked to take."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlmodel import col, select

from skill.orders.ports import ReturnProgress
from skill.shops.models import DemoReturn
from skill.storage.database import Unit

BACK_AFTER = timedelta(days=3)
REFUNDED_AFTER = timedelta(days=4)


def keep_return(unit: Unit, wanted: DemoReturn) -> None:
    """Keep a return once for each reference."""
    if unit.session.get(DemoReturn, wanted.reference) is None:
        unit.session.add(wanted)


def returns_of(unit: Unit, references: Sequence[str], at: datetime) -> dict[str, dict[str, ReturnProgress]]:
    """Where the clock says the returns of orders are: order reference -> return reference -> progress."""
    rows = unit.session.exec(
        select(DemoReturn).where(col(DemoReturn.order_reference).in_(list(references)))
    ).all()
    found: dict[str, dict[str, ReturnProgress]] = {}
    for row in rows:
        found.setdefault(row.order_reference, {})[row.reference] = ReturnProgress(
            returned_at=row.returned_at if at >= row.returned_at else None,
            refunded_at=row.refunded_at if at >= row.refunded_at else None,
        )
    return found
