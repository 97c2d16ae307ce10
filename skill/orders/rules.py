"""Pure rules of ordering: quantities, the usual, the duplicate guard, and references."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Protocol, TypeVar
from uuid import UUID

from skill.orders.ports import Item

STANDING = "subscription"
"""The source of quotes that a subscription's standing consent covers; their orders have it as origin."""
QUOTE_LIFETIME = timedelta(seconds=120)
REPEAT_WINDOW = timedelta(minutes=10)
GIVE_UP_AFTER = timedelta(minutes=15)
"""How long a shop may still be at work on an order that it says it never saw."""
MAX_SPOKEN_QUANTITY = 99
SPOKEN_LINES = 5
USUAL_ORDERS, USUAL_SHARE_PERCENT, USUAL_MIN_ORDERS = 5, 60, 2


class Priced(Protocol):
    """A line of an offer, a quote or an order."""

    @property
    def line_cents(self) -> int:
        """What the line costs without tax, in minor units."""


L = TypeVar("L", bound=Priced)


def usual(orders: Sequence[Sequence[Item]]) -> list[Item]:
    """The household's usual basket from its orders, newest first; empty when there is none yet.

    Items in at least 60 % of the last five orders (of at least two), each in the quantity of its newest
    order: the modal basket.
    """
    recent = orders[:USUAL_ORDERS]
    if len(recent) < USUAL_MIN_ORDERS:
        return []
    counts = Counter(item.sku_id for order in recent for item in order)
    newest: dict[str, int] = {}
    for order in recent:
        for item in order:
            newest.setdefault(item.sku_id, item.quantity)
    enough = [sku for sku, count in counts.items() if count * 100 >= USUAL_SHARE_PERCENT * len(recent)]
    return [Item(sku, newest[sku]) for sku in sorted(enough, key=lambda sku: (-counts[sku], sku))]


def merged(items: Iterable[Item]) -> list[Item]:
    """The items with the quantities of the same SKU summed, in the order of first mention."""
    totals: dict[str, int] = {}
    for item in items:
        totals[item.sku_id] = totals.get(item.sku_id, 0) + item.quantity
    return [Item(sku, quantity) for sku, quantity in totals.items()]


def is_repeat(wanted: Iterable[str], ordered: Iterable[str], ordered_at: datetime, at: datetime) -> bool:
    """Whether the same set of SKUs was ordered within ten minutes, by clocks that may differ either way."""
    return abs(at - ordered_at) < REPEAT_WINDOW and set(wanted) == set(ordered)


def dearest_first(lines: Sequence[L]) -> list[L]:
    """Lines in the order to speak them: as they are, or the dearest first when not all are said by name."""
    if len(lines) <= SPOKEN_LINES:
        return list(lines)
    return sorted(lines, key=lambda line: -line.line_cents)


def reference(household_id: UUID, quote_id: UUID) -> str:
    """The name by which the shop knows the order of a quote: the same for every attempt to place it."""
    return "R-" + sha256(f"{household_id}:{quote_id}".encode()).hexdigest()[:32]


def tax_cents(lines: Iterable[tuple[int, int]]) -> int:
    """Tax on lines of (amount in minor units, rate in basis points), rounded half up once per order."""
    return (sum(amount * rate for amount, rate in lines) + 5000) // 10000
