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
class OrderShipped:
    """All of an order left the shop at `at`."""

    household_id: UUID
    order_id: UUID
    member_id: UUID | None
    at: datetime


@dataclass(frozen=True)
class OrderDelivered:
    """An order arrived. `goods_cents` is without tax and delivery, `at` the moment of delivery."""

    household_id: UUID
    order_id: UUID
    member_id: UUID | None
    goods_cents: int
    currency: str
    at: datetime


@dataclass(frozen=True)
class ReturnedLine:
    """A line of an order: what all of it cost, how many it held, and how many of them went back by now."""

    line_cents: int
    quantity: int
    returned: int


@dataclass(frozen=True)
class LineReturned:
    """The money for a return was given back. `goods_cents` is what this return was worth, without tax.

    `lines` are all lines of the order in their order, with everything that went back so far, so that what
    is taken back for several returns of an order equals what one return would take, in whatever order they
    are heard.
    """

    household_id: UUID
    order_id: UUID
    return_id: UUID
    member_id: UUID | None
    goods_cents: int
    currency: str
    lines: tuple[ReturnedLine, ...]
    at: datetime


OrderEvent = OrderPlaced | OrderShipped | OrderDelivered | LineReturned
Subscriber = Callable[[Unit, OrderEvent], None]
