"""Tables of the baby diary: children, diary entries with what they hold, and movements of diapers."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Column, ForeignKeyConstraint, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from skill.storage.column_types import UtcDateTime

ENTRY_KEY = ["diary_entry.household_id", "diary_entry.id"]


class Child(SQLModel, table=True):
    """A child of the household, by first name or nickname. `diaper_size` is a size of the catalogue.

    `sized_on` is the day on which the size was last said or confirmed; None when that is not known.
    """

    __tablename__ = "child"

    household_id: UUID = Field(primary_key=True, foreign_key="household.household_id")
    id: UUID = Field(primary_key=True)
    name: str = Field(max_length=40)
    born_on: date
    diaper_size: str = Field(default="", max_length=20)
    sized_on: date | None = None


class DiaryEntry(SQLModel, table=True):
    """Who logged what for which child, and when it happened; `activity` is feeding or diaper.

    An entry is never deleted by undo: `removed_at` and `removed_by_id` keep the audit.
    """

    __tablename__ = "diary_entry"
    __table_args__ = (
        ForeignKeyConstraint(["household_id", "child_id"], ["child.household_id", "child.id"]),
        Index("ix_diary_entry_last", "household_id", "child_id", "activity", "happened_at"),
        Index("ix_diary_entry_own", "household_id", "member_id", "logged_at"),
    )

    household_id: UUID = Field(primary_key=True)
    id: UUID = Field(primary_key=True)
    child_id: UUID
    activity: str = Field(max_length=12)
    happened_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    logged_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    member_id: UUID | None = None
    removed_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    removed_by_id: UUID | None = None


class Feeding(SQLModel, table=True):
    """What an entry of a feed holds; nothing that was not said is filled in.

    `method` is bottle, breast or solid; `side` left, right or both; `amount` is in `unit` (oz, ml, g) as it
    was said, `amount_ml` the same in millilitres, None for grams.
    """

    __tablename__ = "feeding"
    __table_args__ = (ForeignKeyConstraint(["household_id", "entry_id"], ENTRY_KEY),)

    household_id: UUID = Field(primary_key=True)
    entry_id: UUID = Field(primary_key=True)
    method: str | None = Field(default=None, max_length=10)
    side: str | None = Field(default=None, max_length=10)
    amount: float | None = None
    unit: str | None = Field(default=None, max_length=4)
    amount_ml: float | None = None


class DiaperChange(SQLModel, table=True):
    """What an entry of a diaper holds: `kind` is wet, dirty, both or dry, None when it was not said."""

    __tablename__ = "diaper_change"
    __table_args__ = (ForeignKeyConstraint(["household_id", "entry_id"], ENTRY_KEY),)

    household_id: UUID = Field(primary_key=True)
    entry_id: UUID = Field(primary_key=True)
    kind: str | None = Field(default=None, max_length=10)


class DiaperMovement(SQLModel, table=True):
    """Diapers of one size that came into the house or were used; rows are only ever added.

    `reason` is delivered (+pack, with `order_id` and `sku_id`), change (-1) or undone (+1, at the time of
    the change that was undone), both with `entry_id`.
    """

    __tablename__ = "diaper_movement"
    __table_args__ = (
        UniqueConstraint("household_id", "order_id", "sku_id"),
        UniqueConstraint("household_id", "entry_id", "reason"),
        Index("ix_diaper_movement_size", "household_id", "size", "at"),
    )

    household_id: UUID = Field(primary_key=True)
    id: UUID = Field(primary_key=True)
    size: str = Field(max_length=20)
    quantity: int
    reason: str = Field(max_length=10)
    at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    order_id: UUID | None = None
    sku_id: str | None = Field(default=None, max_length=80)
    entry_id: UUID | None = None


BABY_TABLES = (Child, DiaryEntry, Feeding, DiaperChange, DiaperMovement)
"""What this feature gives to the export, import and erase registry, parents first."""
