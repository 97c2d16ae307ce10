"""The embedded demo shop: real prices, stock, taxes and deliveries that move by the clock."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import update
from sqlmodel import col, select

from skill.catalog.index import prices
from skill.catalog.models import Product, Seller, Sku, Stock
from skill.orders.ports import Agreed, Item, Offer, OfferedLine, Placed, Progress, ReturnItem
from skill.orders.rules import merged, tax_cents
from skill.shops.demo_delivery import arrival, charge_cents, day_of, ways
from skill.shops.demo_returns import BACK_AFTER, REFUNDED_AFTER, keep_return, returns_of
from skill.shops.models import DemoOrder, DemoReturn
from skill.storage.database import Database, Unit

PACKED_AFTER = timedelta(hours=2)
TRANSIT = timedelta(hours=20)


class OutOfStock(Exception):
    """Fewer are left than were ordered; the shop's transaction is undone."""


class DemoShop:
    """A Shop (see orders/ports.py) over the catalogue tables, in transactions of its own."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def offer(self, seller_id: str, items: Sequence[Item], at: datetime, zone: str) -> Offer:
        """Today's terms; the delivery day counts from the local day of `at`."""
        with self._database.reading(None) as unit:
            seller = unit.session.exec(select(Seller).where(col(Seller.id) == seller_id)).one()
            lines = _lines(unit, merged(items), at)
            kept = tuple(line for line in lines if line.in_stock)
            goods = sum(line.line_cents for line in kept)
            return Offer(
                seller_id=seller_id,
                seller_name=seller.name,
                currency=seller.currency,
                lines=kept,
                short=tuple(line for line in lines if not line.in_stock),
                goods_cents=goods,
                tax_cents=_tax(unit, kept),
                delivery_cents=charge_cents(seller, goods),
                delivery_date=day_of(seller.delivery_days, at, zone),
                cancel_minutes=seller.cancel_minutes,
                options=ways(seller, goods, at, zone),
                joining_cents=0,
            )

    def place(
        self, reference: str, seller_id: str, items: Sequence[Item], at: datetime, zone: str, agreed: Agreed
    ) -> Placed:
        """Take the items out of stock and keep the order, once for each reference; nobody is charged."""
        known = self.look_up(reference)
        if known is not None:
            return known
        wanted = sorted(merged(items), key=lambda item: item.sku_id)
        try:
            self._database.run(None, lambda unit: _take(unit, reference, seller_id, wanted, at, zone, agreed))
        except OutOfStock:
            self._database.run(
                None, lambda unit: _keep(unit, reference, seller_id, wanted, at, zone, agreed, "out_of_stock")
            )
        return self.look_up(reference) or Placed(accepted=False, reason="not_kept")

    def look_up(self, reference: str) -> Placed | None:
        """The outcome of an earlier `place`."""
        with self._database.reading(None) as unit:
            order = unit.session.get(DemoOrder, reference)
        return None if order is None else Placed(not order.refusal, order.refusal)

    def cancel(self, reference: str, at: datetime) -> bool:
        """Cancel before the order is packed and put its items back into stock; a repeat is True as well."""
        return self._database.run(None, lambda unit: _cancel(unit, reference, at))

    def progress(self, references: Sequence[str], at: datetime) -> Mapping[str, Progress]:
        """Where the clock says each order is."""
        with self._database.reading(None) as unit:
            orders = unit.session.exec(
                select(DemoOrder).where(col(DemoOrder.reference).in_(list(references)))
            ).all()
            returns = returns_of(unit, references, at)
        told = {order.reference: _progress(order, at) for order in orders}
        for reference, found in returns.items():
            known = told.get(reference, Progress("delivered"))
            told[reference] = replace(known, returns=found)
        return told

    def request_return(
        self, reference: str, return_reference: str, lines: Sequence[ReturnItem], refund_to: str, at: datetime
    ) -> Placed:
        """Take things back: they arrive after three days, and the money goes out a day later."""
        kept = DemoReturn(
            reference=return_reference,
            order_reference=reference,
            items=[[line.sku_id, line.quantity, line.reason] for line in lines],
            refund_to=refund_to,
            requested_at=at,
            returned_at=at + BACK_AFTER,
            refunded_at=at + REFUNDED_AFTER,
        )
        self._database.run(None, lambda unit: keep_return(unit, kept))
        return Placed(accepted=True)

    def move(self, reference: str, label: str, at: datetime) -> bool:
        """Deliver to another address of the household, before the order is packed."""
        return self._database.run(None, lambda unit: _move(unit, reference, label, at))


def _lines(unit: Unit, items: Sequence[Item], at: datetime) -> list[OfferedLine]:
    ids = [item.sku_id for item in items]
    stock = {
        row.sku_id: row.quantity
        for row in unit.session.exec(select(Stock).where(col(Stock.sku_id).in_(ids))).all()
    }
    cents = prices(unit, ids, at)
    return [
        OfferedLine(
            item.sku_id,
            item.quantity,
            cents.get(item.sku_id, 0),
            cents.get(item.sku_id, 0) * item.quantity,
            stock.get(item.sku_id) if item.sku_id in cents else 0,
        )
        for item in items
    ]


def _tax(unit: Unit, lines: Sequence[OfferedLine]) -> int:
    rates = dict(
        unit.session.exec(
            select(Sku.id, Product.tax_bp).where(
                col(Sku.product_id) == col(Product.id), col(Sku.id).in_([line.sku_id for line in lines])
            )
        ).all()
    )
    return tax_cents((line.line_cents, rates[line.sku_id]) for line in lines)


def _take(
    unit: Unit,
    reference: str,
    seller_id: str,
    items: Sequence[Item],
    at: datetime,
    zone: str,
    agreed: Agreed,
) -> None:
    for item in items:
        taken = unit.session.execute(
            update(Stock)
            .where(col(Stock.sku_id) == item.sku_id, col(Stock.quantity) >= item.quantity)
            .values(quantity=Stock.quantity - item.quantity)
        )
        if taken.rowcount == 0 and unit.session.get(Stock, item.sku_id) is not None:  # type: ignore[attr-defined]
            raise OutOfStock
    _keep(unit, reference, seller_id, items, at, zone, agreed, "")


def _keep(
    unit: Unit,
    reference: str,
    seller_id: str,
    items: Sequence[Item],
    at: datetime,
    zone: str,
    agreed: Agreed,
    refusal: str,
) -> None:
    seller = unit.session.exec(select(Seller).where(col(Seller.id) == seller_id)).one()
    delivered = arrival(unit, seller, at, zone, agreed)
    unit.session.add(
        DemoOrder(
            reference=reference,
            seller_id=seller_id,
            items=[[item.sku_id, item.quantity] for item in items],
            refusal=refusal,
            address_label=agreed.address_label,
            placed_at=at,
            packed_at=at + PACKED_AFTER,
            shipped_at=max(delivered - TRANSIT, at + PACKED_AFTER),
            delivered_at=delivered,
        )
    )


def _cancel(unit: Unit, reference: str, at: datetime) -> bool:
    # One statement decides, so that of cancellations at once only one puts the items back.
    cancelled = unit.session.execute(
        update(DemoOrder)
        .where(
            col(DemoOrder.reference) == reference,
            col(DemoOrder.refusal) == "",
            col(DemoOrder.cancelled_at).is_(None),
            col(DemoOrder.packed_at) > at,
        )
        .values(cancelled_at=at)
    )
    order = unit.session.get(DemoOrder, reference)
    if order is None or order.cancelled_at is None:
        return False
    if cancelled.rowcount == 1:  # type: ignore[attr-defined]  # CursorResult
        for sku_id, quantity in order.items:
            unit.session.execute(
                update(Stock).where(col(Stock.sku_id) == sku_id).values(quantity=Stock.quantity + quantity)
            )
    return True


def _move(unit: Unit, reference: str, label: str, at: datetime) -> bool:
    moved = unit.session.execute(
        update(DemoOrder)
        .where(
            col(DemoOrder.reference) == reference,
            col(DemoOrder.refusal) == "",
            col(DemoOrder.cancelled_at).is_(None),
            col(DemoOrder.packed_at) > at,
        )
        .values(address_label=label)
    )
    order = unit.session.get(DemoOrder, reference)
    return moved.rowcount == 1 or (order is not None and order.address_label == label)  # type: ignore[attr-defined]


def _progress(order: DemoOrder, at: datetime) -> Progress:
    moments = {
        state: moment if order.cancelled_at is None and at >= moment else None
        for state, moment in (
            ("packed", order.packed_at),
            ("shipped", order.shipped_at),
            ("delivered", order.delivered_at),
        )
    }
    reached = [state for state, moment in moments.items() if moment is not None]
    return Progress(
        reached[-1] if reached else "accepted",
        packed_at=moments["packed"],
        shipped_at=moments["shipped"],
        delivered_at=moments["delivered"],
    )
