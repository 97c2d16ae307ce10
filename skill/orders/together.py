"""What goes with something, from what other households bought together; a "no" is remembered for a while."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlmodel import col, select

from skill.catalog.index import SkuFacts, prices, sold_out
from skill.orders.service import Orders
from skill.orders.together_models import BoughtTogether, DeclinedPair

NOT_REPEATED = timedelta(days=30)
"""For how long a pair that a household declined is not named to it again."""


@dataclass(frozen=True)
class Together:
    """`sku` goes with the product `main`: so many households bought both in one basket."""

    main: str
    sku: SkuFacts
    households: int


def together_offer(
    orders: Orders, products: Collection[str], language: str, at: datetime, leave_out: Collection[str] = ()
) -> Together | None:
    """What most households bought with one of `products`; None when nothing may be named.

    Left out are `products` themselves, the products in `leave_out`, pairs that this household declined in
    the last thirty days, and what has no price or is sold out. Of several packs it is the one that this
    household bought last, else the cheapest. Whether to speak of it at all is the caller's to know: nobody
    is told unasked in the middle of a task, and no child ever.
    """
    pairs = orders.unit.session.exec(
        select(BoughtTogether)
        .where(col(BoughtTogether.product_a).in_(list(products)))
        .order_by(
            col(BoughtTogether.households).desc(),
            col(BoughtTogether.lift_hundredths).desc(),
            col(BoughtTogether.product_b),
        )
    ).all()
    barred = _declined(orders, at)
    for pair in pairs:
        if pair.product_b in (*products, *leave_out) or (pair.product_a, pair.product_b) in barred:
            continue
        sku = _pack(orders, pair.product_b, language, at)
        if sku is not None:
            return Together(pair.product_a, sku, pair.households)
    return None


def decline(orders: Orders, main: str, other: str, at: datetime) -> None:
    """Remember that the household does not want `other` named with `main`; what is too old is forgotten."""
    orders.unit.session.execute(
        delete(DeclinedPair).where(
            col(DeclinedPair.household_id) == orders.unit.household,
            col(DeclinedPair.declined_at) <= at - NOT_REPEATED,
        )
    )
    orders.unit.session.merge(
        DeclinedPair(household_id=orders.unit.household, product_a=main, product_b=other, declined_at=at)
    )


def _declined(orders: Orders, at: datetime) -> set[tuple[str, str]]:
    rows = orders.unit.session.exec(
        select(DeclinedPair.product_a, DeclinedPair.product_b).where(
            col(DeclinedPair.household_id) == orders.unit.household,
            col(DeclinedPair.declined_at) > at - NOT_REPEATED,
        )
    ).all()
    return {(one, other) for one, other in rows}


def _pack(orders: Orders, product: str, language: str, at: datetime) -> SkuFacts | None:
    index = orders.catalog.index(language)
    packs = index.by_product.get(product, [])
    cents, gone = prices(orders.unit, packs, at), sold_out(orders.unit, packs)
    there = [sku for sku in packs if sku in cents and sku not in gone]
    own = [sku for sku in orders.history.own_skus() if sku in there]
    chosen = own[0] if own else min(there, key=lambda sku: (cents[sku], sku), default=None)
    return index.skus[chosen] if chosen else None
