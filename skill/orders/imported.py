"""Takes in orders of the past, hidden until the batch they came with is complete, then makes them visible."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, insert
from sqlmodel import col, select

from skill.orders.history import History
from skill.orders.lifecycle import Lifecycle
from skill.orders.models import Order, OrderHistory, OrderLine
from skill.orders.states import HIDDEN
from skill.storage.database import Unit
from skill.storage.keys import new_id

ADDRESS_LABEL = "home"


@dataclass(frozen=True)
class PastLine:
    """One SKU of a past order, in minor units; `line_cents` is what was paid for all of `quantity`."""

    sku_id: str
    name: str
    quantity: int
    line_cents: int


@dataclass(frozen=True)
class PastOrder:
    """An order as the merchant's books have it, by the merchant's own reference."""

    reference: str
    placed_at: datetime
    lines: Sequence[PastLine]


@dataclass(frozen=True)
class SoldBy:
    """The seller that past orders were placed with."""

    seller_id: str
    name: str
    currency: str


class PastOrders:
    """The orders that one batch brings to the unit's household."""

    def __init__(self, unit: Unit, batch_id: UUID) -> None:
        self.unit = unit
        self._batch_id = batch_id

    def keep(self, sold_by: SoldBy, member_id: UUID, orders: Sequence[PastOrder]) -> int:
        """Write, hidden, those orders that the household does not have yet; gives how many.

        They are numbered in the order given, after the orders that are there.
        """
        known = set(self._references())
        new = [order for order in orders if order.reference not in known]
        if not new:
            return 0
        first = History(self.unit).next_number()
        rows = [
            self._order(sold_by, member_id, order, number) for number, order in enumerate(new, start=first)
        ]
        lines = [
            _line(row, position, line)
            for row, order in zip(rows, new, strict=True)
            for position, line in enumerate(order.lines)
        ]
        self.unit.session.execute(insert(Order), rows)
        self.unit.session.execute(insert(OrderLine), lines)
        self.unit.session.execute(insert(OrderHistory), [_history(row) for row in rows])
        return len(new)

    def forget_hidden_of_others(self) -> None:
        """Delete hidden orders that a batch left which was cut off, so that this one can bring them."""
        ids = self.unit.session.exec(
            select(Order.id).where(
                col(Order.household_id) == self.unit.household,
                col(Order.state) == HIDDEN,
                col(Order.batch_id) != self._batch_id,
            )
        ).all()
        if not ids:
            return
        for model, order_id in (
            (OrderHistory, OrderHistory.order_id),
            (OrderLine, OrderLine.order_id),
            (Order, Order.id),
        ):
            self.unit.session.execute(
                delete(model).where(col(model.household_id) == self.unit.household, col(order_id).in_(ids))
            )

    def publish(self) -> int:
        """Make the batch's orders visible as delivered; gives how many were still hidden."""
        return Lifecycle(self.unit).publish_imported(self._batch_id)

    def _references(self) -> Sequence[str]:
        return self.unit.session.exec(
            select(Order.reference).where(
                col(Order.household_id) == self.unit.household, col(Order.origin) == "import"
            )
        ).all()

    def _order(self, sold_by: SoldBy, member_id: UUID, order: PastOrder, number: int) -> dict[str, Any]:
        total = sum(line.line_cents for line in order.lines)
        return {
            "household_id": self.unit.household,
            "id": new_id(),
            "number": number,
            "reference": order.reference,
            "seller_id": sold_by.seller_id,
            "seller_name": sold_by.name,
            "state": HIDDEN,
            "origin": "import",
            "batch_id": self._batch_id,
            "deliberate": False,
            "member_id": member_id,
            "placed_at": order.placed_at,
            "cancel_until": order.placed_at,
            "currency": sold_by.currency,
            "goods_cents": total,
            "tax_cents": 0,
            "delivery_cents": 0,
            "total_cents": total,
            "address_label": ADDRESS_LABEL,
            "payment_label": "",
        }


def _line(order: Mapping[str, Any], position: int, line: PastLine) -> dict[str, Any]:
    return {
        "household_id": order["household_id"],
        "order_id": order["id"],
        "position": position,
        "sku_id": line.sku_id,
        "name": line.name,
        "quantity": line.quantity,
        # lines that were summed may have had two prices: the mean, rounded half up; line_cents stays exact
        "price_cents": (2 * line.line_cents + line.quantity) // (2 * line.quantity),
        "line_cents": line.line_cents,
    }


def _history(order: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "household_id": order["household_id"],
        "order_id": order["id"],
        "position": 0,
        "state": "delivered",
        "at": order["placed_at"],
        "cause": "import",
    }
