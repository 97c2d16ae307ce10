"""Prices against what was paid last: every rise is told, a large one clearly, one too large refused."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import col, select

from skill.orders.models import Order, OrderingLimits, OrderLine
from skill.orders.ports import OfferedLine
from skill.orders.states import COUNTED_STATES
from skill.storage.database import Unit

LARGE_PERCENT, LARGE_CENTS = 10, 200
"""From more than so much on a rise is large; the amount is for one piece, in minor units."""


@dataclass(frozen=True)
class Rise:
    """One SKU that costs more than last time, in minor units for one piece, without tax."""

    sku_id: str
    before_cents: int
    now_cents: int

    @property
    def more_cents(self) -> int:
        """By how much it rose."""
        return self.now_cents - self.before_cents

    @property
    def is_large(self) -> bool:
        """Whether it rose by more than 10 percent or more than 2.00."""
        return self.more_cents > LARGE_CENTS or self.more_cents * 100 > LARGE_PERCENT * self.before_cents

    def exceeds(self, percent: int | None) -> bool:
        """Whether it rose by more than the household allows; None allows everything."""
        return percent is not None and self.more_cents * 100 > percent * self.before_cents


def rises(paid: Mapping[str, int], lines: Iterable[OfferedLine]) -> list[Rise]:
    """The lines that cost more than was paid for them last; what was never bought cannot have risen."""
    return [
        Rise(line.sku_id, paid[line.sku_id], line.price_cents)
        for line in lines
        if line.price_cents > paid.get(line.sku_id, line.price_cents)
    ]


def last_paid(unit: Unit, currency: str, skus: Sequence[str]) -> dict[str, int]:
    """What the household paid for one of each SKU the last time it bought it in this currency."""
    rows = unit.session.exec(
        select(OrderLine.sku_id, OrderLine.price_cents)
        .where(
            col(OrderLine.household_id) == unit.household,
            col(Order.household_id) == unit.household,
            col(OrderLine.order_id) == col(Order.id),
            col(OrderLine.sku_id).in_(skus),
            col(OrderLine.hidden).is_(False),
            col(Order.currency) == currency,
            col(Order.state).in_(COUNTED_STATES),
        )
        .order_by(col(Order.placed_at), col(Order.number))
    ).all()
    return dict(rows)  # the newest comes last and stays


def limit_percent(unit: Unit) -> int | None:
    """By how many percent a price may rise before the household refuses it; None (as at first) for any."""
    found = unit.session.exec(
        select(OrderingLimits).where(col(OrderingLimits.household_id) == unit.household)
    ).first()
    return None if found is None else found.rise_percent
