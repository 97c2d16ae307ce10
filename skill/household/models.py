"""Tables of a household: members, devices, addresses, payment methods, consent and contact caps."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Column, ForeignKeyConstraint, Index, false
from sqlmodel import Field, SQLModel

from skill.storage.column_types import UtcDateTime

SECRET = {"secret": True}
"""Marks a column that no export holds."""


class Household(SQLModel, table=True):
    """A home that shops together. Quiet hours are minutes after local midnight; equal ends mean none.

    In `child_mode` nobody can buy anything by voice, whoever speaks.
    """

    __tablename__ = "household"

    household_id: UUID = Field(primary_key=True)
    name: str = Field(max_length=80)
    zone: str = Field(max_length=64)
    created_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    quiet_from_minute: int = 21 * 60
    quiet_until_minute: int = 7 * 60
    child_mode: bool = Field(default=False, sa_column_kwargs={"server_default": false()})


class Member(SQLModel, table=True):
    """A person of the household. `role` is a row of the role table in roles.py.

    `email` is where confirmations of orders go; empty when none was given.
    """

    __tablename__ = "member"

    household_id: UUID = Field(primary_key=True, foreign_key="household.household_id")
    id: UUID = Field(primary_key=True)
    name: str = Field(max_length=80)
    role: str = Field(max_length=10)
    is_default: bool = False
    email: str = Field(default="", max_length=254, sa_column_kwargs={"server_default": ""})


class VoiceCode(SQLModel, table=True):
    """A member's four-digit voice code as a salted slow hash; see voice_code.py.

    `draft` is the hash of a new code that was said once and must be said again. `digest` is empty until a
    code is set: the row then only remembers that it was offered.
    """

    __tablename__ = "voice_code"
    __table_args__ = (
        ForeignKeyConstraint(["household_id", "member_id"], ["member.household_id", "member.id"]),
    )

    household_id: UUID = Field(primary_key=True)
    member_id: UUID = Field(primary_key=True)
    salt: str = Field(max_length=32, sa_column_kwargs={"info": SECRET})
    digest: str = Field(default="", max_length=64, sa_column_kwargs={"info": SECRET})
    draft: str = Field(default="", max_length=64, sa_column_kwargs={"info": SECRET})
    failures: int = 0
    locked_until: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    offered_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))


class Device(SQLModel, table=True):
    """A speaker seen in the household, by the hash of its id."""

    __tablename__ = "device"

    household_id: UUID = Field(primary_key=True, foreign_key="household.household_id")
    id_hash: str = Field(primary_key=True, max_length=64)
    label: str = Field(default="", max_length=80)
    first_seen_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))


class Address(SQLModel, table=True):
    """A place to deliver to, known to the shop; spoken only by its label."""

    __tablename__ = "address"

    household_id: UUID = Field(primary_key=True, foreign_key="household.household_id")
    label: str = Field(primary_key=True, max_length=40)
    is_default: bool = False


class PaymentMethod(SQLModel, table=True):
    """The shopper's instrument at the merchant; only its label is kept here."""

    __tablename__ = "payment_method"

    household_id: UUID = Field(primary_key=True, foreign_key="household.household_id")
    label: str = Field(primary_key=True, max_length=80)
    is_default: bool = False


class Consent(SQLModel, table=True):
    """One purpose that a member agreed to; withdrawing sets `withdrawn_at` and keeps the row."""

    __tablename__ = "consent"
    __table_args__ = (
        ForeignKeyConstraint(["household_id", "member_id"], ["member.household_id", "member.id"]),
    )

    household_id: UUID = Field(primary_key=True)
    member_id: UUID = Field(primary_key=True)
    purpose: str = Field(primary_key=True, max_length=40)
    given_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    withdrawn_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))


class ContactCap(SQLModel, table=True):
    """How many messages of one purpose a household accepts in seven days."""

    __tablename__ = "contact_cap"

    household_id: UUID = Field(primary_key=True, foreign_key="household.household_id")
    purpose: str = Field(primary_key=True, max_length=40)
    per_week: int


class DirectoryEntry(SQLModel, table=True):
    """Finds the household and member behind an outside identifier, by the identifier's hash.

    The one household table that is keyed otherwise: it is read before a household is known.
    """

    __tablename__ = "directory"
    __table_args__ = (Index("ix_directory_household", "household_id"),)

    key_hash: str = Field(primary_key=True, max_length=64)
    kind: str = Field(max_length=20)
    household_id: UUID
    member_id: UUID
