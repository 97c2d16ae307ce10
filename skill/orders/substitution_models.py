"""Tables of what a household wants when something is out of stock, and of what it waits for."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Column
from sqlmodel import Field, SQLModel

from skill.storage.column_types import UtcDateTime


class SubstitutionPreference(SQLModel, table=True):
    """What is to happen when a product is out of stock: `mode` is always (`other_product_id` instead) or
    never."""

    __tablename__ = "substitution_preference"

    household_id: UUID = Field(primary_key=True)
    product_id: str = Field(primary_key=True, max_length=80)
    mode: str = Field(max_length=6)
    other_product_id: str = Field(default="", max_length=80)
    set_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))


class StockWatch(SQLModel, table=True):
    """Somebody is to be told when a SKU is back in stock, until `until`; `name` is what was spoken."""

    __tablename__ = "stock_watch"

    household_id: UUID = Field(primary_key=True)
    sku_id: str = Field(primary_key=True, max_length=80)
    name: str = Field(max_length=200)
    member_id: UUID | None = None
    locale: str = Field(max_length=10)
    since: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    until: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    checked_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))


SUBSTITUTION_TABLES = (SubstitutionPreference, StockWatch)
"""What this feature gives to the export, import and erase registry."""
