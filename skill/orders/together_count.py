"""Counts what is bought together, household by household, into figures that name none of them."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import combinations
from uuid import UUID

from sqlalchemy import delete
from sqlmodel import col, select

from skill.catalog.models import Sku
from skill.orders.models import Order, OrderLine
from skill.orders.states import COUNTED_STATES
from skill.orders.together_models import BoughtTogether, TogetherCount
from skill.storage.database import Database, Unit

COUNTED_EVERY = timedelta(days=1)
WINDOW = timedelta(days=365)
MIN_HOUSEHOLDS = 5
"""Support floor, in different households: fewer would tell of somebody (k-anonymity, L. Sweeney, 2002, with
the k = 5 that is usual for published tables), and be chance besides."""
MIN_LIFT_HUNDREDTHS = 120
"""Two things must meet a fifth more often than by chance; what everybody buys goes with everything."""
MOST_IN_BASKET = 40
"""Of a larger basket no pairs are counted: it is a shop's or an office's, and has thousands of them."""
SHOP = "shop"

Pair = tuple[str, str]


class Tally:
    """Counts over all households: baskets, those with a product, those with a pair, and whose they were."""

    def __init__(self) -> None:
        self.baskets = 0
        self._with: Counter[str] = Counter()
        self._with_both: Counter[Pair] = Counter()
        self._households: Counter[Pair] = Counter()

    def add(self, baskets: Iterable[frozenset[str]]) -> None:
        """Count the baskets of one household, each the products it held."""
        pairs: set[Pair] = set()
        for basket in baskets:
            if len(basket) > MOST_IN_BASKET:
                continue
            self.baskets += 1
            self._with.update(basket)
            both = list(combinations(sorted(basket), 2))
            self._with_both.update(both)
            pairs.update(both)
        self._households.update(pairs)

    def lift_hundredths(self, pair: Pair) -> int:
        """100 P(ab) / (P(a) P(b)): the interest of S. Brin and others, "Dynamic itemset counting and
        implication rules for market basket data" (1997), rounded down."""
        one, other = pair
        return self._with_both[pair] * self.baskets * 100 // (self._with[one] * self._with[other])

    def rows(self, at: datetime) -> list[BoughtTogether]:
        """The pairs above both floors, each in both directions."""
        kept = [
            (pair, households, lift)
            for pair, households in self._households.items()
            if households >= MIN_HOUSEHOLDS and (lift := self.lift_hundredths(pair)) >= MIN_LIFT_HUNDREDTHS
        ]
        return [
            BoughtTogether(
                product_a=one, product_b=other, households=households, lift_hundredths=lift, counted_at=at
            )
            for pair, households, lift in kept
            for one, other in (pair, pair[::-1])
        ]


def count_when_due(database: Database, households: Sequence[UUID], at: datetime) -> bool:
    """Count anew once a day; gives whether it was due. Each household is read in its own transaction.

    Two workers at once count the same and the later one's figures stay.
    """
    with database.reading(None) as unit:
        last = unit.session.get(TogetherCount, SHOP)
    if last is not None and at - last.counted_at < COUNTED_EVERY:
        return False
    tally = Tally()
    for household_id in households:
        with database.reading(household_id) as unit:
            tally.add(_baskets(unit, at - WINDOW))
    database.run(None, lambda unit: _write(unit, tally, at))
    return True


def _baskets(unit: Unit, since: datetime) -> list[frozenset[str]]:
    """The products of each basket of the unit's household; what one yes ordered is one basket."""
    rows = unit.session.exec(
        select(Order.id, Order.confirmation_id, Sku.product_id).where(
            col(Order.household_id) == unit.household,
            col(OrderLine.household_id) == unit.household,
            col(OrderLine.order_id) == col(Order.id),
            col(Sku.id) == col(OrderLine.sku_id),
            col(Order.state).in_(COUNTED_STATES),
            col(Order.placed_at) >= since,
        )
    ).all()
    baskets: dict[UUID, set[str]] = {}
    for order_id, confirmation_id, product_id in rows:
        baskets.setdefault(confirmation_id or order_id, set()).add(product_id)
    return [frozenset(basket) for basket in baskets.values()]


def _write(unit: Unit, tally: Tally, at: datetime) -> None:
    unit.session.execute(delete(BoughtTogether))
    unit.session.add_all(tally.rows(at))
    unit.session.merge(TogetherCount(shop=SHOP, counted_at=at, baskets=tally.baskets))
