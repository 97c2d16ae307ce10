"""What going back is worth: how many of each line went back by now, and the money that stands for them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlmodel import col, select

from skill.catalog.models import Product, Sku
from skill.orders.models import Order, OrderLine
from skill.orders.return_models import ReturnLine, ReturnRequest
from skill.orders.shares import part, shared
from skill.storage.database import Unit


def gone_back(unit: Unit, order_id: UUID) -> Counter[int]:
    """Line position -> how many of it went back, or are on their way."""
    rows = unit.session.exec(
        select(ReturnLine.position, ReturnLine.quantity).where(
            col(ReturnLine.household_id) == unit.household,
            col(ReturnRequest.household_id) == unit.household,
            col(ReturnLine.return_id) == col(ReturnRequest.id),
            col(ReturnRequest.order_id) == order_id,
            col(ReturnRequest.declined_at).is_(None),
        )
    ).all()
    gone: Counter[int] = Counter()
    for position, quantity in rows:
        gone[position] += quantity
    return gone


def worth(unit: Unit, order: Order, lines: Sequence[OrderLine], gone: Mapping[int, int]) -> tuple[int, int]:
    """What `gone` of an order is worth in minor units: goods, and the share of the tax they bore."""
    rates = _tax_rates(unit, [line.sku_id for line in lines])
    weights = [line.line_cents * rates.get(line.sku_id, 0) for line in lines]
    if not any(weights):  # nothing is known of the rates any more: by what each line cost
        weights = [line.line_cents for line in lines]
    taxes = shared(order.tax_cents, weights)
    counts = [gone.get(line.position, 0) for line in lines]
    goods = sum(
        part(line.line_cents, count, line.quantity) for line, count in zip(lines, counts, strict=True)
    )
    tax = sum(part(tax, count, line.quantity) for tax, line, count in zip(taxes, lines, counts, strict=True))
    return goods, tax


def _tax_rates(unit: Unit, sku_ids: Sequence[str]) -> dict[str, int]:
    return dict(
        unit.session.exec(
            select(Sku.id, Product.tax_bp).where(
                col(Sku.product_id) == col(Product.id), col(Sku.id).in_(sku_ids)
            )
        ).all()
    )
