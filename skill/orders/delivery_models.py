"""The table of how a quote is delivered, where the shop has more than one way."""

from datetime import time
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Column, ForeignKeyConstraint
from sqlmodel import Field, SQLModel

from skill.orders.models import QUOTE_KEY


class QuoteDelivery(SQLModel, table=True):
    """The way in which a quote, and the order it becomes, is delivered; no row where there is only one.

    `credit_points` are for waiting: credited when the order arrives, so an order on its way has them
    pending and a cancelled one never has them. The carbon estimate is kept with its factor set, as it was
    told. `hint` is the other way that was offered with the quote, unasked.
    """

    __tablename__ = "quote_delivery"
    __table_args__ = (ForeignKeyConstraint(["household_id", "quote_id"], QUOTE_KEY),)

    household_id: UUID = Field(primary_key=True)
    quote_id: UUID = Field(primary_key=True)
    option: str = Field(max_length=40)
    slot_begins: time | None = None
    slot_ends: time | None = None
    credit_points: int = 0
    carbon_least_g: int | None = None
    carbon_most_g: int | None = None
    carbon_factors: str = Field(default="", max_length=80)
    joins: str = Field(default="", max_length=100)
    hint: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON(none_as_null=True)))


DELIVERY_TABLES = (QuoteDelivery,)
"""What choosing a delivery gives to the export, import and erase registry."""
