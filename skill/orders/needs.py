"""What the household will need next, from what it bought: dates as honest windows, with true reasons."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlmodel import col, select

from skill.orders import replenishment
from skill.orders.models import Order, OrderLine
from skill.orders.ports import Item
from skill.orders.replenishment import Reason, Window
from skill.orders.states import COUNTED_STATES
from skill.storage.database import Unit

GATE = 0.3
"""Nothing is said of a date whose chance of being right to three days is claimed to be less."""
SOON = timedelta(days=14)
NOW = timedelta(days=3)
"""What is due within so many days is needed about now: a claim is of three days either way."""
MOST_TOLD = 3
LONGEST_HISTORY = 5_000
History = list[tuple[date, str, int]]


@dataclass(frozen=True)
class Need:
    """One SKU that is bought again: when, how sure that is, and why it is thought so."""

    sku_id: str
    due: date
    confidence: float
    window: Window
    reason: Reason

    @property
    def is_sure(self) -> bool:
        """Whether a time may be spoken."""
        return self.confidence >= GATE


class Needs:
    """The needs of the unit's household on the calendar of its zone."""

    def __init__(self, unit: Unit, zone: str) -> None:
        self.unit = unit
        self._zone = ZoneInfo(zone)

    def soon(self, at: datetime) -> list[Need]:
        """What is surely bought within two weeks, the likeliest first; at most three."""
        history, today = self._history(), at.astimezone(self._zone).date()
        predicted = replenishment.predict(history, today)
        needs = (
            _need(history, str(sku), due, confidence, today) for sku, due, _score, confidence in predicted
        )
        return [need for need in needs if need.is_sure and need.due <= today + SOON][:MOST_TOLD]

    def now(self, at: datetime) -> list[Need]:
        """What is surely needed about now, the likeliest first."""
        history, today = self._history(), at.astimezone(self._zone).date()
        return [
            _need(history, str(sku), due, confidence, today)
            for sku, due, _score, confidence in replenishment.predict(history, today)
            if due <= today + NOW and confidence >= GATE
        ]

    def next(self, skus: Iterable[str], at: datetime) -> Need | None:
        """When one of the SKUs is needed next; None when the household never bought any of them."""
        history, today, wanted = self._history(), at.astimezone(self._zone).date(), set(skus)
        for sku, due, _score, confidence in replenishment.predict(history, today):
            if sku in wanted:
                return _need(history, str(sku), due, confidence, today)
        return None

    def likely(self, at: datetime) -> list[Item]:
        """What belongs in the next basket of a household without a usual one, likeliest first; at most three.

        Only what was bought on two days or more, each in its last quantity.
        """
        history, today = self._history(), at.astimezone(self._zone).date()
        days = {(day, sku) for day, sku, _quantity in history}
        often = Counter(sku for _day, sku in days)
        last = {sku: quantity for _day, sku, quantity in history}
        ranked = [str(sku) for sku, *_rest in replenishment.usual(history, today)]
        return [Item(sku, last[sku]) for sku in ranked if often[sku] > 1][:MOST_TOLD]

    def _history(self) -> History:
        rows = self.unit.session.exec(
            select(Order.placed_at, OrderLine.sku_id, OrderLine.quantity)
            .where(
                col(OrderLine.household_id) == self.unit.household,
                col(Order.household_id) == self.unit.household,
                col(OrderLine.order_id) == col(Order.id),
                col(OrderLine.hidden).is_(False),
                col(Order.state).in_(COUNTED_STATES),
            )
            .order_by(col(Order.placed_at).desc(), col(Order.number).desc())
            .limit(LONGEST_HISTORY)
        ).all()
        return [(placed.astimezone(self._zone).date(), sku, quantity) for placed, sku, quantity in rows[::-1]]


def _need(history: History, sku_id: str, due: date, confidence: float, today: date) -> Need:
    span = replenishment.interval(history, sku_id, today)
    spread = (span[1] - span[0]).days if span else SOON.days * 2
    known = replenishment.reason(history, sku_id, today)
    assert known is not None  # it was predicted, so it was bought
    return Need(sku_id, due, confidence, replenishment.window(due, spread, today), known)
