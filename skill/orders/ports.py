"""What orders need of a merchant's shop; connectors in skill/shops/ provide it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol


@dataclass(frozen=True)
class Item:
    """So many of one SKU."""

    sku_id: str
    quantity: int


@dataclass(frozen=True)
class OfferedLine:
    """A line at today's price, in minor units, without tax. `available` is None when stock is not tracked."""

    sku_id: str
    quantity: int
    price_cents: int
    line_cents: int
    available: int | None = None

    @property
    def in_stock(self) -> bool:
        """Whether the shop has as many as are wanted."""
        return self.available is None or self.available >= self.quantity


@dataclass(frozen=True)
class Offer:
    """What one seller asks today for items that are in stock; the amounts are for `lines` only."""

    seller_id: str
    seller_name: str
    currency: str
    lines: tuple[OfferedLine, ...]
    short: tuple[OfferedLine, ...]
    goods_cents: int
    tax_cents: int
    delivery_cents: int
    delivery_date: date
    cancel_minutes: int

    @property
    def total_cents(self) -> int:
        """What is charged: goods, tax and delivery."""
        return self.goods_cents + self.tax_cents + self.delivery_cents


@dataclass(frozen=True)
class Placed:
    """The shop's answer: accepted, or refused with a reason slug such as out_of_stock."""

    accepted: bool
    reason: str = ""


@dataclass(frozen=True)
class Progress:
    """Where the shop says an order is, with the moments at which it got there."""

    state: str
    packed_at: datetime | None = None
    shipped_at: datetime | None = None
    delivered_at: datetime | None = None


class ShopUnavailable(Exception):
    """The shop did not answer, or not in a way that can be trusted; the outcome is unknown."""


class Shop(Protocol):
    """A merchant's shop. `place` and `cancel` are safe to repeat with the same reference.

    Every method may raise ShopUnavailable.
    """

    def offer(self, seller_id: str, items: Sequence[Item], at: datetime, zone: str) -> Offer:
        """Price, stock, tax, delivery charge and delivery day for `items` of one seller, as of now."""

    def place(self, reference: str, seller_id: str, items: Sequence[Item], at: datetime, zone: str) -> Placed:
        """Place the order known by `reference`; a repeat gives the first outcome again."""

    def look_up(self, reference: str) -> Placed | None:
        """The outcome of an earlier `place`; None when the shop never saw the reference."""

    def cancel(self, reference: str, at: datetime) -> bool:
        """Cancel an order; False when it is too late at the shop's side."""

    def progress(self, references: Sequence[str], at: datetime) -> Mapping[str, Progress]:
        """Where each of the orders is at `at`; orders the shop does not know are left out."""
