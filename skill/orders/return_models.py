"""Tables of returns: what a household sends back, why, and what became of it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Column, ForeignKeyConstraint, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from skill.orders.models import ORDER_KEY
from skill.storage.column_types import UtcDateTime


class ReturnRequest(SQLModel, table=True):
    """One return of some or all of an order. `reference` is what the shop knows it by.

    `refund_to` is "source" (however the order was paid) or "credit"; the amounts are what comes back, in
    minor units. The moments tell how far it is: asked for, heard of by the shop, declined, back at the
    shop, paid back.
    """

    __tablename__ = "return_request"
    __table_args__ = (
        ForeignKeyConstraint(["household_id", "order_id"], ORDER_KEY),
        UniqueConstraint("household_id", "reference"),
        Index("ix_return_request_order", "household_id", "order_id"),
    )

    household_id: UUID = Field(primary_key=True)
    id: UUID = Field(primary_key=True)
    order_id: UUID
    reference: str = Field(max_length=100)
    member_id: UUID | None = None
    refund_to: str = Field(max_length=10)
    currency: str = Field(max_length=3)
    goods_cents: int
    tax_cents: int
    requested_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    heard_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    declined_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    returned_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    refunded_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))


class ReturnLine(SQLModel, table=True):
    """How many of one line of the order go back; `position` is that line's, `reason` damaged, wrong,
    not_needed or other."""

    __tablename__ = "return_line"
    __table_args__ = (
        ForeignKeyConstraint(
            ["household_id", "return_id"], ["return_request.household_id", "return_request.id"]
        ),
    )

    household_id: UUID = Field(primary_key=True)
    return_id: UUID = Field(primary_key=True)
    position: int = Field(primary_key=True)
    sku_id: str = Field(max_length=80)
    quantity: int
    reason: str = Field(max_length=20)


RETURN_TABLES = (ReturnRequest, ReturnLine)
"""What returns give to the export, import and erase registry, parents first; after the orders'."""
