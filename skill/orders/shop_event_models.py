"""The table of what a shop reported by itself of a household's orders."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Column, ForeignKeyConstraint, Index
from sqlmodel import Field, SQLModel

from skill.orders.models import ORDER_KEY
from skill.storage.column_types import UtcDateTime


class ShopEvent(SQLModel, table=True):
    """One report on one order, by the shop's own id, so that a repeat is known and an early one can wait.

    `kind` is one of KINDS in shop_events.py, `at` when it happened at the shop. `items` is
    `[[sku id, quantity], ...]` of a return that began there. `waiting` says that the order is not so far
    yet, as when a return is reported before the delivery.
    """

    __tablename__ = "shop_event"
    __table_args__ = (
        ForeignKeyConstraint(["household_id", "order_id"], ORDER_KEY),
        Index("ix_shop_event_order", "household_id", "order_id"),
    )

    household_id: UUID = Field(primary_key=True)
    id: str = Field(primary_key=True, max_length=80)
    order_id: UUID
    content_hash: str = Field(max_length=64)
    kind: str = Field(max_length=20)
    at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    heard_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    return_reference: str = Field(default="", max_length=100)
    items: list[Any] = Field(sa_column=Column(JSON, nullable=False))
    reason: str = Field(default="", max_length=30)
    waiting: bool


SHOP_EVENT_TABLES = (ShopEvent,)
"""What this gives to the export, import and erase registry; after the orders'."""
