"""What orders tell the rest of the house, in the same transaction."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from skill.storage.database import Unit


@dataclass(frozen=True)
class OrderPlaced:
    """The shop accepted an order. `goods_cents` is without tax and delivery, `locale` the shopper's."""

    household_id: UUID
    order_id: UUID
    member_id: UUID | None
    goods_cents: int
    currency: str
    at: datetime
    locale: str


@dataclass(frozen=True)
class OrderDelivered:
    """An order arrived. `goods_cents` is without tax and delivery, `at` the moment of delivery."""

    household_id: UUID
    order_id: UUID
    member_id: UUID | None
    goods_cents: int
    currency: str
    at: datetime


OrderEvent = OrderPlaced | OrderDelivered
Subscriber = Callable[[Unit, OrderEvent], None]
