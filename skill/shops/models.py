"""The demo shop's own table: it is another system that happens to share the database."""

from datetime import datetime
from typing import Any

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
    placed_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    packed_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    shipped_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    delivered_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    cancelled_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
