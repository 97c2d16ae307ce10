"""What quoting is asked with and leads to: a shopper and terms, and quotes, a double or a shortage."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from skill.orders.models import Order, Quote
from skill.orders.ports import Item
from skill.orders.substituting import Declined, Lack


@dataclass(frozen=True)
class Shopper:
    """Who asks, when, in which language and zone, and by which way: an order's `origin`, voice or api."""

    at: datetime
    language: str
    zone: str
    member_id: UUID | None = None
    region: str = ""
    origin: str = "voice"

    @property
    def locale(self) -> str:
        """The locale to write to the shopper in; the language alone where the region is not known."""
        return f"{self.language}-{self.region}" if self.region else self.language


@dataclass(frozen=True)
class Terms:
    """What a quote was asked for by, whether it is meant to be a double, where it goes, what pays for it, and
    by which way each seller delivers; None is the household's or the shop's default. `hidden` are SKUs that
    are a gift."""

    source: str
    deliberate: bool = False
    address_label: str | None = None
    payment_label: str | None = None
    delivery: Mapping[str, str] | None = None
    hidden: Sequence[str] = ()


@dataclass(frozen=True)
class Quoted:
    """Quotes that wait for one yes, and what must be said with them: names that are sold no longer, words
    that name nothing sold, what costs more than last time, names that rose by more than the household
    allows and were left out, and what takes the place of something (`other` for `name`) by preference."""

    quotes: Sequence[Quote]
    unsold: Sequence[str] = ()
    unknown: Sequence[str] = ()
    risen: Sequence[Mapping[str, object]] = ()
    too_dear: Sequence[str] = ()
    instead: Sequence[Mapping[str, str]] = ()


@dataclass(frozen=True)
class Shortage:
    """A basket of which something is out of stock, and what is to be asked about it; nothing is quoted yet.

    `lacks` (their names in `names`) is one thing that something can be taken for, or all those of which
    nothing can; `rest` says that the basket holds other things, too. Gifts have no names and come first.
    """

    items: Sequence[Item]
    terms: Terms
    lacks: Sequence[Lack]
    names: Sequence[str]
    rest: bool
    declined: Declined = ()
    unknown: Sequence[str] = ()
    unsold: Sequence[str] = ()
    too_dear: Sequence[str] = ()


@dataclass(frozen=True)
class Duplicate:
    """A basket that may be a mistake: just ordered, or on its way already; `lines` (name, quantity) are
    what `order` has of it, `terms` what it was asked for with."""

    items: Sequence[Item]
    order: Order
    lines: Sequence[Mapping[str, object]]
    just_ordered: bool
    unknown: Sequence[str] = field(default=())
    terms: Terms | None = None
