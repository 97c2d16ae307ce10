"""Tables of the connectors: the demo shop's own, which is another system in the same file, and imports."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Column
from sqlmodel import Field, SQLModel

from skill.storage.column_types import UtcDateTime


class DemoOrder(SQLModel, table=True):
    """An order as the demo shop keeps it, by the reference it was given. `refusal` is empty if accepted."""

    __tablename__ = "demo_order"

    reference: str = Field(primary_key=True, max_length=100)
    seller_id: str = Field(max_length=60)
    items: list[Any] = Field(sa_column=Column(JSON, nullable=False))
    refusal: str = Field(default="", max_length=40)
    address_label: str = Field(default="", max_length=40, sa_column_kwargs={"server_default": ""})
    placed_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    packed_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    shipped_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    delivered_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    cancelled_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))


class DemoReturn(SQLModel, table=True):
    """A return as the demo shop keeps it, by its own reference."""

    __tablename__ = "demo_return"

    reference: str = Field(primary_key=True, max_length=100)
    order_reference: str = Field(max_length=100, index=True)
    items: list[Any] = Field(sa_column=Column(JSON, nullable=False))
    refund_to: str = Field(max_length=10)
    requested_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    returned_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    refunded_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))


class ImportBatch(SQLModel, table=True):
    """One import of a merchant's files, told by their hashes and by `terms_hash` of how they were read.

    `state` is loading (all its orders are hidden), publishing (the catalogue is in place, one household
    after another becomes visible) or complete.
    """

    __tablename__ = "import_batch"

    id: UUID = Field(primary_key=True)
    seller_id: str = Field(max_length=60)
    catalogue_hash: str = Field(max_length=64)
    orders_hash: str = Field(max_length=64)
    terms_hash: str = Field(max_length=64)
    state: str = Field(max_length=12)
    started_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    completed_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
