"""Gifts stay a secret: lines that were hidden are never named again, to nobody, as others may hear it."""

from collections.abc import Callable, Collection, Sequence
from typing import Protocol, TypeVar
from uuid import UUID

from sqlalchemy import update
from sqlmodel import col, select

from skill.orders.models import Order, OrderLine, Quote, QuoteLine
from skill.orders.ports import Item
from skill.orders.states import COUNTED_STATES
from skill.storage.database import Unit


class Line(Protocol):
    """A line of a quote or an order."""

    sku_id: str
    hidden: bool
    quantity: int
    name: str


L = TypeVar("L", bound=Line)


def spoken_lines(
    lines: Sequence[L], named: Callable[[L], str] | None = None, hidden: Collection[str] = ()
) -> list[dict[str, object]]:
    """Lines as prompts take them, by their own names or as `named` has it.

    All hidden ones, with those of the SKUs in `hidden`, together are one `gift` without name or number, so
    that not even their count is told.
    """
    told: list[dict[str, object]] = [
        {"name": named(line) if named else line.name, "quantity": line.quantity}
        for line in lines
        if not line.hidden and line.sku_id not in hidden
    ]
    return [*told, {"name": "", "quantity": 1, "gift": True}] if len(told) < len(lines) else told


def still_hidden(before: Sequence[Item], after: Sequence[Item], hidden: Collection[str]) -> list[str]:
    """The SKUs of an edited basket that are a gift: another size or pack of one is the gift now."""
    kept, known = {item.sku_id for item in after}, {item.sku_id for item in before}
    swapped = set(hidden) - kept
    return [sku for sku in kept if sku in hidden or (swapped and sku not in known)]


class Gifts:
    """Hides lines of the unit's household's quotes and orders, and shows them again."""

    def __init__(self, unit: Unit) -> None:
        self.unit = unit

    def hide_quote(self, quote: Quote, skus: Collection[str]) -> None:
        """From now on these SKUs of a quote, and of the order that it becomes, are a gift."""
        self.unit.session.execute(
            update(QuoteLine)
            .where(
                col(QuoteLine.household_id) == self.unit.household,
                col(QuoteLine.quote_id) == quote.id,
                col(QuoteLine.sku_id).in_(skus),
            )
            .values(hidden=True)
        )

    def hide_order(self, order: Order, skus: Collection[str]) -> None:
        """From now on these SKUs of an order are a gift."""
        self._set(order.id, skus, hidden=True)

    def show(self, member_id: UUID | None) -> Order | None:
        """Name again what the newest order with a gift in it holds; None when the member hid nothing.

        Only who ordered a gift can undo it: anybody else is told nothing.
        """
        order = self.unit.session.exec(
            select(Order)
            .where(
                col(Order.household_id) == self.unit.household,
                col(OrderLine.household_id) == self.unit.household,
                col(OrderLine.order_id) == col(Order.id),
                col(OrderLine.hidden).is_(True),
                col(Order.member_id) == member_id,
                col(Order.state).in_(COUNTED_STATES),
            )
            .order_by(col(Order.placed_at).desc(), col(Order.number).desc())
            .limit(1)
        ).first()
        if order is not None:
            self._set(order.id, None, hidden=False)
        return order

    def _set(self, order_id: UUID, skus: Collection[str] | None, *, hidden: bool) -> None:
        named = [] if skus is None else [col(OrderLine.sku_id).in_(skus)]
        self.unit.session.execute(
            update(OrderLine)
            .where(
                col(OrderLine.household_id) == self.unit.household,
                col(OrderLine.order_id) == order_id,
                *named,
            )
            .values(hidden=hidden)
        )
