"""What orders need of a merchant's shop; connectors in skill/shops/ provide it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from typing import Protocol, runtime_checkable


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
class Carbon:
    """What a delivery is estimated to emit: grams of CO2, from least to most, and the factor set that the
    estimate is by, with its year ("Edwards 2010"). An estimate without its factor set is never told."""

    least_g: int
    most_g: int
    factors: str


@dataclass(frozen=True)
class Slot:
    """Between which times of the delivery day it comes, by the clock of the address."""

    begins: time
    ends: time


@dataclass(frozen=True)
class DeliveryOption:
    """A way to deliver: its day, its charge in minor units, and the points that waiting for it is credited
    with once it arrived. `joins` is the reference of the open order that it arrives with."""

    slug: str
    day: date
    charge_cents: int
    slot: Slot | None = None
    credit_points: int = 0
    carbon: Carbon | None = None
    joins: str = ""


@dataclass(frozen=True)
class Offer:
    """What one seller asks today for items that are in stock; the amounts are for `lines` only.

    `options` are the ways to deliver; the first is the one that charge and day are of. It is empty where
    there is only one. `joining_cents` is the charge for arriving with an order that has not left yet, None
    where that cannot be.
    """

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
    options: tuple[DeliveryOption, ...] = ()
    joining_cents: int | None = None

    @property
    def total_cents(self) -> int:
        """What is charged: goods, tax and delivery."""
        return self.goods_cents + self.tax_cents + self.delivery_cents

    def delivered_by(self, slug: str) -> "Offer | None":
        """The same with another way to deliver, which comes first then; None when there is no such way."""
        chosen = next((one for one in self.options if one.slug == slug), None)
        if chosen is None:
            return None
        others = tuple(one for one in self.options if one is not chosen)
        return replace(
            self,
            delivery_cents=chosen.charge_cents,
            delivery_date=chosen.day,
            options=(chosen, *others),
        )


@dataclass(frozen=True)
class Agreed:
    """What the shopper said yes to: this total at most (minor units), to this address, by this instrument.

    `delivery_option` is the slug of the way to deliver, empty where the shop has one only; `joins` is the
    reference of the open order to deliver it with.
    """

    total_cents: int
    currency: str
    address_label: str = ""
    payment_label: str = ""
    delivery_option: str = ""
    joins: str = ""


@dataclass(frozen=True)
class Placed:
    """The shop's answer: accepted, or refused with a reason slug such as out_of_stock."""

    accepted: bool
    reason: str = ""


@dataclass(frozen=True)
class ReturnItem:
    """So many of one SKU that go back, and why: damaged, wrong, not_needed or other."""

    sku_id: str
    quantity: int
    reason: str


@dataclass(frozen=True)
class ReturnProgress:
    """What the shop says of a return: when it was declined, or arrived there, and was paid back."""

    declined_at: datetime | None = None
    returned_at: datetime | None = None
    refunded_at: datetime | None = None


@dataclass(frozen=True)
class Progress:
    """Where the shop says an order is, with the moments at which it got there.

    `part_shipped_at` is when a first part left, `returns` holds its returns by their own references.
    """

    state: str
    packed_at: datetime | None = None
    shipped_at: datetime | None = None
    delivered_at: datetime | None = None
    part_shipped_at: datetime | None = None
    returns: Mapping[str, ReturnProgress] = field(default_factory=dict)


class ShopUnavailable(Exception):
    """The shop did not answer, or not in a way that can be trusted; the outcome is unknown."""


class Shop(Protocol):
    """A merchant's shop. `place` and `cancel` are safe to repeat with the same reference.

    Every method may raise ShopUnavailable.
    """

    def offer(self, seller_id: str, items: Sequence[Item], at: datetime, zone: str) -> Offer:
        """Price, stock, tax, delivery charge and delivery day for `items` of one seller, as of now."""

    def place(
        self, reference: str, seller_id: str, items: Sequence[Item], at: datetime, zone: str, agreed: Agreed
    ) -> Placed:
        """Place the order known by `reference`; a repeat gives the first outcome again."""

    def look_up(self, reference: str) -> Placed | None:
        """The outcome of an earlier `place`; None when the shop never saw the reference."""

    def cancel(self, reference: str, at: datetime) -> bool:
        """Cancel an order; False when it is too late at the shop's side."""

    def progress(self, references: Sequence[str], at: datetime) -> Mapping[str, Progress]:
        """Where each of the orders is at `at`; orders the shop does not know are left out."""


@runtime_checkable
class TakesReturns(Protocol):
    """What a Shop also has when things can be sent back by voice; at any other the shopper is told so."""

    def request_return(
        self, reference: str, return_reference: str, lines: Sequence[ReturnItem], refund_to: str, at: datetime
    ) -> Placed:
        """Ask to send `lines` of the order `reference` back; a repeat of `return_reference` changes nothing.

        `refund_to` is "source" or "credit". May raise ShopUnavailable. What becomes of the return is told
        by the order's `progress`.
        """


@runtime_checkable
class MovesOrders(Protocol):
    """What a Shop also has when an order on its way can get another address."""

    def move(self, reference: str, label: str, at: datetime) -> bool:
        """Deliver to the household's address `label` instead; False when it is too late. Safe to repeat.

        May raise ShopUnavailable.
        """
