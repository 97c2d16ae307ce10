"""Tables of what is bought together: counts over all households that name none, and what one declined."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Column
from sqlmodel import Field, SQLModel

from skill.storage.column_types import UtcDateTime


class BoughtTogether(SQLModel, table=True):
    """How often two products were in one basket; each pair has a row in both directions.

    `households` is the support, in different households; `lift_hundredths` is 100 where the two meet as
    often as chance would have it.
    """

    __tablename__ = "bought_together"

    product_a: str = Field(primary_key=True, max_length=80)
    product_b: str = Field(primary_key=True, max_length=80)
    households: int
    lift_hundredths: int
    counted_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))


class TogetherCount(SQLModel, table=True):
    """When the pairs were counted last, and over how many baskets; one row for the shop."""

    __tablename__ = "together_count"

    shop: str = Field(primary_key=True, max_length=10)
    counted_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    baskets: int


class DeclinedPair(SQLModel, table=True):
    """A household's "no" to `product_b` as something that goes with `product_a`."""

    __tablename__ = "declined_pair"

    household_id: UUID = Field(primary_key=True)
    product_a: str = Field(primary_key=True, max_length=80)
    product_b: str = Field(primary_key=True, max_length=80)
    declined_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))


TOGETHER_TABLES = (DeclinedPair,)
"""What households own of these, for the export, import and erase registry."""
