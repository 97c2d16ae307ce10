"""Tables of orders: quotes, orders with their lines and history, deliveries, and the shopping list."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Column, ForeignKeyConstraint, Index, UniqueConstraint, false
from sqlmodel import Field, SQLModel

from skill.storage.column_types import UtcDateTime

QUOTE_KEY = ["quote.household_id", "quote.id"]
ORDER_KEY = ["shop_order.household_id", "shop_order.id"]


class Quote(SQLModel, table=True):
    """What one seller would deliver, for how much and when; valid until `valid_until`, used at most once.

    `state` is one of states.py (QUOTE_STEPS), written by lifecycle.py alone. `deliberate` records a spoken
    "order another anyway".
    """

    __tablename__ = "quote"

    household_id: UUID = Field(primary_key=True)
    id: UUID = Field(primary_key=True)
    seller_id: str = Field(max_length=60)
    seller_name: str = Field(max_length=80)
    state: str = Field(default="draft", max_length=16)
    source: str = Field(max_length=40)
    deliberate: bool = False
    member_id: UUID | None = None
    quoted_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    valid_until: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    currency: str = Field(max_length=3)
    goods_cents: int
    tax_cents: int
    delivery_cents: int
    total_cents: int
    delivery_date: date
    address_label: str = Field(default="", max_length=40)
    payment_label: str = Field(default="", max_length=80)


class QuoteLine(SQLModel, table=True):
    """One SKU of a quote. `name` is what was spoken; prices are in minor units without tax.

    A `hidden` line is a gift, which is never named again.
    """

    __tablename__ = "quote_line"
    __table_args__ = (ForeignKeyConstraint(["household_id", "quote_id"], QUOTE_KEY),)

    household_id: UUID = Field(primary_key=True)
    quote_id: UUID = Field(primary_key=True)
    position: int = Field(primary_key=True)
    sku_id: str = Field(max_length=80)
    name: str = Field(max_length=200)
    quantity: int
    price_cents: int
    line_cents: int
    hidden: bool = Field(default=False, sa_column_kwargs={"server_default": false()})


class Order(SQLModel, table=True):
    """An order at a shop. `origin` is voice, api, subscription, reward or import.

    Every order but an imported one has a quote and a confirmation; a quote becomes at most one order.
    `reference` is what the shop knows it by. `cancel_until` ends the shopper's right to cancel by voice;
    `locale` is the one it was ordered in, for what is written about it later.
    """

    __tablename__ = "shop_order"
    __table_args__ = (
        ForeignKeyConstraint(["household_id", "quote_id"], QUOTE_KEY),
        UniqueConstraint("household_id", "quote_id"),
        UniqueConstraint("household_id", "number"),
        UniqueConstraint("household_id", "reference"),
        Index("ix_shop_order_time", "household_id", "placed_at", "number"),
    )

    household_id: UUID = Field(primary_key=True)
    id: UUID = Field(primary_key=True)
    number: int
    reference: str = Field(max_length=100)
    seller_id: str = Field(max_length=60)
    seller_name: str = Field(max_length=80)
    state: str = Field(default="confirmed", max_length=16)
    origin: str = Field(max_length=14)
    quote_id: UUID | None = None
    confirmation_id: UUID | None = None
    batch_id: UUID | None = None
    deliberate: bool = False
    member_id: UUID | None = None
    placed_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    cancel_until: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    currency: str = Field(max_length=3)
    goods_cents: int
    tax_cents: int
    delivery_cents: int
    total_cents: int
    address_label: str = Field(default="", max_length=40)
    payment_label: str = Field(default="", max_length=80)
    locale: str = Field(default="", max_length=10, sa_column_kwargs={"server_default": ""})


class OrderLine(SQLModel, table=True):
    """One SKU of an order; prices in minor units without tax. A `hidden` line is a gift: never named."""

    __tablename__ = "order_line"
    __table_args__ = (
        ForeignKeyConstraint(["household_id", "order_id"], ORDER_KEY),
        Index("ix_order_line_sku", "household_id", "sku_id"),
    )

    household_id: UUID = Field(primary_key=True)
    order_id: UUID = Field(primary_key=True)
    position: int = Field(primary_key=True)
    sku_id: str = Field(max_length=80)
    name: str = Field(max_length=200)
    quantity: int
    price_cents: int
    line_cents: int
    hidden: bool = Field(default=False, sa_column_kwargs={"server_default": false()})


class Delivery(SQLModel, table=True):
    """When an order is expected (the promised day) and when it really left and arrived."""

    __tablename__ = "delivery"
    __table_args__ = (ForeignKeyConstraint(["household_id", "order_id"], ORDER_KEY),)

    household_id: UUID = Field(primary_key=True)
    order_id: UUID = Field(primary_key=True)
    due_date: date
    shipped_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    delivered_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))


class OrderHistory(SQLModel, table=True):
    """Each state an order has been in, with the time and the cause."""

    __tablename__ = "order_history"
    __table_args__ = (ForeignKeyConstraint(["household_id", "order_id"], ORDER_KEY),)

    household_id: UUID = Field(primary_key=True)
    order_id: UUID = Field(primary_key=True)
    position: int = Field(primary_key=True)
    state: str = Field(max_length=16)
    at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    cause: str = Field(max_length=40)


class QuoteHistory(SQLModel, table=True):
    """Each state a quote has been in, with the time and the cause."""

    __tablename__ = "quote_history"
    __table_args__ = (ForeignKeyConstraint(["household_id", "quote_id"], QUOTE_KEY),)

    household_id: UUID = Field(primary_key=True)
    quote_id: UUID = Field(primary_key=True)
    position: int = Field(primary_key=True)
    state: str = Field(max_length=16)
    at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    cause: str = Field(max_length=40)


class OrderingLimits(SQLModel, table=True):
    """What a household set as its limits in place of the defaults of guards.py; None where it wants none.

    Amounts are in minor units of whatever currency a basket has. `rise_percent` is by how much a price may
    have risen since it was last paid before the household refuses it.
    """

    __tablename__ = "ordering_limits"

    household_id: UUID = Field(primary_key=True)
    most_cents: int | None = None
    orders_per_hour: int = 5
    orders_per_day: int = 10
    orders_per_month: int = 60
    cents_per_hour: int | None = None
    cents_per_day: int | None = None
    cents_per_month: int | None = None
    rise_percent: int | None = None


class NamedList(SQLModel, table=True):
    """A list beside the shopping list, by the name that the household gave it, in lower case."""

    __tablename__ = "named_list"
    __table_args__ = (UniqueConstraint("household_id", "name"),)

    household_id: UUID = Field(primary_key=True)
    id: UUID = Field(primary_key=True)
    name: str = Field(max_length=40)
    made_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))


class ListItem(SQLModel, table=True):
    """One entry of a list, in the words it was spoken; `sku_id` when the words named one thing.

    `list_id` is None for the shopping list that every household has.
    """

    __tablename__ = "list_item"

    household_id: UUID = Field(primary_key=True)
    id: UUID = Field(primary_key=True)
    words: str = Field(max_length=140)
    quantity: int = 1
    sku_id: str | None = Field(default=None, max_length=80)
    member_id: UUID | None = None
    added_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    list_id: UUID | None = None


class BoundItem(SQLModel, table=True):
    """What "press diapers" offers: so many of one SKU, to an address and by a payment method of the home.

    `label` is the name of the button, in lower case; a label that is empty is the household's default.
    """

    __tablename__ = "bound_item"
    __table_args__ = (UniqueConstraint("household_id", "label"),)

    household_id: UUID = Field(primary_key=True)
    id: UUID = Field(primary_key=True)
    label: str = Field(max_length=40)
    sku_id: str = Field(max_length=80)
    quantity: int
    address_label: str = Field(default="", max_length=40)
    payment_label: str = Field(default="", max_length=80)
    made_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))


ORDERS_TABLES = (
    Quote,
    QuoteLine,
    QuoteHistory,
    Order,
    OrderLine,
    Delivery,
    OrderHistory,
    OrderingLimits,
    NamedList,
    ListItem,
    BoundItem,
)
"""What this feature gives to the export, import and erase registry, parents first."""
