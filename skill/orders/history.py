"""Reads a household's orders."""

from collections.abc import Iterable, Sequence
from dataclasses import fields
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func
from sqlmodel import col, select

from skill.catalog.models import Seller
from skill.orders.guards import MONTH, Limits, Past
from skill.orders.models import Delivery, Order, OrderHistory, OrderingLimits, OrderLine
from skill.orders.ports import Item
from skill.orders.states import COUNTED_STATES, OPEN_STATES
from skill.storage.database import Unit

PURCHASES = ("voice", "api", "subscription")
"""Origins of orders that cost the household money now."""
MOST_SELLERS = 10
"""More sellers than one basket is ever ordered from."""


class History:
    """The orders of the unit's household."""

    def __init__(self, unit: Unit) -> None:
        self.unit = unit

    def recent(self, most: int, states: Sequence[str] = COUNTED_STATES) -> Sequence[Order]:
        """The newest orders in one of `states`: greatest (time, number) first."""
        return self.unit.session.exec(
            select(Order)
            .where(col(Order.household_id) == self.unit.household, col(Order.state).in_(states))
            .order_by(col(Order.placed_at).desc(), col(Order.number).desc())
            .limit(most)
        ).all()

    def last(self) -> Order | None:
        """The last order that was not cancelled or refused."""
        return next(iter(self.recent(1)), None)

    def baskets(self, most: int) -> list[list[Order]]:
        """The newest baskets, newest first; what one yes ordered from several sellers is one basket."""
        found: dict[UUID, list[Order]] = {}
        for order in self.recent(most * MOST_SELLERS):
            found.setdefault(order.confirmation_id or order.id, []).append(order)
        return [orders[::-1] for orders in found.values()][:most]

    def given_up(self) -> Order | None:
        """The newest order, if the shop never confirmed it and the worker gave it up: nobody was told yet."""
        newest = next(iter(self.recent(1, (*COUNTED_STATES, "refused"))), None)
        if newest is None or newest.state != "refused":
            return None
        steps = self.unit.session.exec(
            select(OrderHistory.state).where(
                col(OrderHistory.household_id) == self.unit.household,
                col(OrderHistory.order_id) == newest.id,
            )
        ).all()
        return newest if "unknown" in steps else None

    def open(self) -> Sequence[Order]:
        """Orders that are not in the house yet, newest first."""
        return self.recent(1000, OPEN_STATES)

    def get(self, order_id: UUID) -> Order | None:
        """One order by id."""
        return self.unit.session.exec(
            select(Order).where(col(Order.household_id) == self.unit.household, col(Order.id) == order_id)
        ).first()

    def of_quote(self, quote_id: UUID) -> Order | None:
        """The order that a quote became, if it did."""
        return self.unit.session.exec(
            select(Order).where(
                col(Order.household_id) == self.unit.household, col(Order.quote_id) == quote_id
            )
        ).first()

    def lines(self, order_id: UUID) -> Sequence[OrderLine]:
        """The lines of an order in their order."""
        return self.unit.session.exec(
            select(OrderLine)
            .where(col(OrderLine.household_id) == self.unit.household, col(OrderLine.order_id) == order_id)
            .order_by(col(OrderLine.position))
        ).all()

    def items(self, order_id: UUID) -> list[Item]:
        """What an order held."""
        return [Item(line.sku_id, line.quantity) for line in self.lines(order_id)]

    def shown(self, order_id: UUID) -> list[Item]:
        """What an order held, without gifts."""
        return [Item(line.sku_id, line.quantity) for line in self.lines(order_id) if not line.hidden]

    def delivery(self, order_id: UUID) -> Delivery | None:
        """When an order is expected and when it arrived; None for imported orders."""
        return self.unit.session.exec(
            select(Delivery).where(
                col(Delivery.household_id) == self.unit.household, col(Delivery.order_id) == order_id
            )
        ).first()

    def own_skus(self) -> list[str]:
        """Every SKU this household bought but as a gift, most recently bought first."""
        rows = self.unit.session.exec(
            select(OrderLine.sku_id, func.max(Order.placed_at))
            .where(
                col(OrderLine.hidden).is_(False),
                col(OrderLine.household_id) == self.unit.household,
                col(Order.household_id) == self.unit.household,
                col(OrderLine.order_id) == col(Order.id),
                col(Order.state).in_(COUNTED_STATES),
            )
            .group_by(col(OrderLine.sku_id))
            .order_by(func.max(Order.placed_at).desc(), col(OrderLine.sku_id))
        ).all()
        return [sku for sku, _at in rows]

    def last_quantity(self, sku_id: str) -> int | None:
        """How many of `sku_id` the household took last time."""
        return self.unit.session.exec(
            select(OrderLine.quantity)
            .where(
                col(OrderLine.hidden).is_(False),
                col(OrderLine.household_id) == self.unit.household,
                col(Order.household_id) == self.unit.household,
                col(OrderLine.order_id) == col(Order.id),
                col(OrderLine.sku_id) == sku_id,
                col(Order.state).in_(COUNTED_STATES),
            )
            .order_by(col(Order.placed_at).desc(), col(Order.number).desc())
            .limit(1)
        ).first()

    def limits(self, seller_ids: Iterable[str]) -> Limits:
        """The household's limits on ordering, with the least amount from which a seller wants a code."""
        code_from_cents = self.unit.session.exec(
            select(func.min(Seller.code_from_cents)).where(col(Seller.id).in_(list(seller_ids)))
        ).one()
        row = self.unit.session.exec(
            select(OrderingLimits).where(col(OrderingLimits.household_id) == self.unit.household)
        ).first()
        if row is None:
            return Limits(code_from_cents=code_from_cents)
        own = {field.name: getattr(row, field.name) for field in fields(Limits) if hasattr(row, field.name)}
        return Limits(code_from_cents=code_from_cents, **own)

    def spent(self, currency: str, at: datetime) -> list[Past]:
        """What was ordered in the last month in `currency`, by whatever way, and still counts as bought."""
        rows = self.unit.session.exec(
            select(Order.placed_at, Order.total_cents).where(
                col(Order.household_id) == self.unit.household,
                col(Order.currency) == currency,
                col(Order.origin).in_(PURCHASES),
                col(Order.state).in_(COUNTED_STATES),
                col(Order.placed_at) > at - MONTH,
            )
        ).all()
        return [Past(placed_at, total) for placed_at, total in rows]

    def name_of(self, sku_id: str) -> str:
        """What `sku_id` was called when the household last bought it, for SKUs that are sold no longer."""
        name = self.unit.session.exec(
            select(OrderLine.name)
            .where(
                col(OrderLine.household_id) == self.unit.household,
                col(OrderLine.sku_id) == sku_id,
                col(OrderLine.name) != "",
            )
            .limit(1)
        ).first()
        return name or sku_id

    def next_number(self) -> int:
        """The number of the household's next order, counting from 1."""
        highest = self.unit.session.exec(
            select(func.max(Order.number)).where(col(Order.household_id) == self.unit.household)
        ).one()
        return (highest or 0) + 1

    def view(self, order: Order) -> dict[str, Any]:
        """An order as observers and the command line show it."""
        delivery = self.delivery(order.id)
        return view(order, self.lines(order.id), delivery.due_date if delivery else None)


def view(thing: Any, lines: Sequence[Any], delivery_date: date | None) -> dict[str, Any]:
    """A quote or an order as JSON: prices in minor units, `total_cents` with tax and delivery.

    Gifts are lines without a name or a product.
    """
    return {
        "id": str(thing.id),
        "seller": thing.seller_name,
        "state": thing.state,
        "lines": [
            {
                "product_id": "" if line.hidden else line.sku_id,
                "name": "" if line.hidden else line.name,
                "quantity": line.quantity,
                "price_cents": line.price_cents,
                "line_cents": line.line_cents,
            }
            for line in lines
        ],
        "total_cents": thing.total_cents,
        "currency": thing.currency,
        "delivery_date": delivery_date.isoformat() if delivery_date else None,
    }
