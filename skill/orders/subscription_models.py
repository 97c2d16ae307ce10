"""Tables of subscriptions: the standing consent with its terms, what it delivers, and each date's run."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Column, ForeignKeyConstraint
from sqlmodel import Field, SQLModel

from skill.storage.column_types import UtcDateTime

SUBSCRIPTION_KEY = ["subscription.household_id", "subscription.id"]


class Subscription(SQLModel, table=True):
    """What one seller is to be sent an order for again and again, and the spoken yes that covers it.

    `state` is active, paused or cancelled. It runs `every` so many `unit`s (day, week, month, or need: the
    days between the household's own purchases, measured anew after each run) counted from `anchor_date`;
    `next_date` is the next day on which an order is placed, on the household's calendar. A pause without
    `paused_until` lasts until it is resumed. The amounts are what the yes agreed to, in minor units.
    """

    __tablename__ = "subscription"

    household_id: UUID = Field(primary_key=True)
    id: UUID = Field(primary_key=True)
    member_id: UUID | None = None
    locale: str = Field(max_length=10)
    seller_id: str = Field(max_length=60)
    seller_name: str = Field(max_length=80)
    state: str = Field(default="active", max_length=10)
    unit: str = Field(max_length=5)
    every: int
    anchor_date: date
    next_date: date
    paused_until: date | None = None
    confirmation_id: UUID
    consented_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    currency: str = Field(max_length=3)
    total_cents: int
    ended_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))


class SubscriptionLine(SQLModel, table=True):
    """One SKU of each delivery at the agreed price without tax; left out of the run on `skipped_date`."""

    __tablename__ = "subscription_line"
    __table_args__ = (ForeignKeyConstraint(["household_id", "subscription_id"], SUBSCRIPTION_KEY),)

    household_id: UUID = Field(primary_key=True)
    subscription_id: UUID = Field(primary_key=True)
    position: int = Field(primary_key=True)
    sku_id: str = Field(max_length=80)
    name: str = Field(max_length=200)
    quantity: int
    price_cents: int
    skipped_date: date | None = None


class SubscriptionRun(SQLModel, table=True):
    """One date of a subscription; the key makes it run at most once.

    `state` is announced (told, and placed from `free_at` on), running (claimed, its order is at the shop),
    ordered, held (waits for a spoken yes), released (that yes was said), skipped or declined; `reason` says
    why it was held or skipped.
    `total_cents` is the price that was told.
    """

    __tablename__ = "subscription_run"
    __table_args__ = (ForeignKeyConstraint(["household_id", "subscription_id"], SUBSCRIPTION_KEY),)

    household_id: UUID = Field(primary_key=True)
    subscription_id: UUID = Field(primary_key=True)
    run_date: date = Field(primary_key=True)
    state: str = Field(max_length=10)
    reason: str = Field(default="", max_length=20)
    free_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    total_cents: int = 0
    quote_id: UUID | None = None


def run_name(subscription: Subscription, day: date) -> str:
    """What the run of `day` is known by where it is told of."""
    return f"{subscription.id}:{day}"


SUBSCRIPTION_TABLES = (Subscription, SubscriptionLine, SubscriptionRun)
"""What subscriptions give to the export, import and erase registry, parents first."""
