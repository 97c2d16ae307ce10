"""Tables of loyalty: the ledger, holds and redemptions of a household; earn rules and rewards of the shop."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, Column, ForeignKeyConstraint, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from skill.storage.column_types import UtcDateTime


class LoyaltyAccount(SQLModel, table=True):
    """A sub-account of a household's points, named as in rules.ACCOUNTS.

    The shop's side is kept as sub-accounts of each household too, so that a movement never leaves the
    household; reports sum them.
    """

    __tablename__ = "loyalty_account"

    household_id: UUID = Field(primary_key=True, foreign_key="household.household_id")
    name: str = Field(primary_key=True, max_length=20)
    opened_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))


class PointsTransfer(SQLModel, table=True):
    """One movement of points. Rows are only ever added.

    `source` names what caused it, once per household; `input_hash` is the SHA-256 of what was asked for,
    so that a repeat is told from another request under the same name. A correction names the transfer
    that it undoes in `corrects_id`.
    """

    __tablename__ = "points_transfer"
    __table_args__ = (
        UniqueConstraint("household_id", "source"),
        UniqueConstraint("household_id", "corrects_id"),
        ForeignKeyConstraint(
            ["household_id", "corrects_id"], ["points_transfer.household_id", "points_transfer.id"]
        ),
    )

    household_id: UUID = Field(primary_key=True, foreign_key="household.household_id")
    id: UUID = Field(primary_key=True)
    kind: str = Field(max_length=10)
    source: str = Field(max_length=100)
    input_hash: str = Field(max_length=64)
    at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    rule_id: str | None = Field(default=None, max_length=60)
    corrects_id: UUID | None = None


class PointsEntry(SQLModel, table=True):
    """What one transfer adds to (or, negative, takes from) one account; a transfer's entries sum to zero.

    Rows are only ever added: a balance is always the sum of them.
    """

    __tablename__ = "points_entry"
    __table_args__ = (
        ForeignKeyConstraint(
            ["household_id", "transfer_id"], ["points_transfer.household_id", "points_transfer.id"]
        ),
        ForeignKeyConstraint(
            ["household_id", "account"], ["loyalty_account.household_id", "loyalty_account.name"]
        ),
        CheckConstraint("points <> 0"),
    )

    household_id: UUID = Field(primary_key=True)
    transfer_id: UUID = Field(primary_key=True)
    account: str = Field(primary_key=True, max_length=20)
    points: int


class EarnRule(SQLModel, table=True):
    """How many points a whole unit of `currency` earns, from `valid_from` until before `valid_until`.

    A reference table: a rule is ended and followed by another one, not edited, so that yesterday stays.
    """

    __tablename__ = "earn_rule"

    id: str = Field(primary_key=True, max_length=60)
    currency: str = Field(max_length=3)
    points_per_unit: int
    valid_from: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    valid_until: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))


class Reward(SQLModel, table=True):
    """What points can be claimed for. What is no longer offered stays a row.

    `kind` is "coupon", "product" or "donation"; a claim is recorded, its fulfilment is not part of this.
    """

    __tablename__ = "reward"

    id: str = Field(primary_key=True, max_length=60)
    kind: str = Field(max_length=20)
    points: int
    offered: bool = True


class RewardName(SQLModel, table=True):
    """What a reward is called in one language; `language` "" serves every language without a row."""

    __tablename__ = "reward_name"

    reward_id: str = Field(primary_key=True, foreign_key="reward.id", max_length=60)
    language: str = Field(primary_key=True, max_length=5)
    name: str = Field(max_length=140)
    synonyms: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))


class Hold(SQLModel, table=True):
    """Points set aside for a claim until its "yes", at the price that was said.

    `state` is open, captured, voided or lapsed. An open hold past `expires_at` has lapsed already, whether
    or not somebody has written it down yet.
    """

    __tablename__ = "points_hold"
    __table_args__ = (
        ForeignKeyConstraint(["household_id", "member_id"], ["member.household_id", "member.id"]),
        Index("ix_points_hold_state", "household_id", "state"),
    )

    household_id: UUID = Field(primary_key=True, foreign_key="household.household_id")
    id: UUID = Field(primary_key=True)
    member_id: UUID | None = None
    reward_id: str = Field(foreign_key="reward.id", max_length=60)
    points: int
    state: str = Field(default="open", max_length=10)
    placed_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    expires_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))


class Redemption(SQLModel, table=True):
    """A reward that was claimed. `state` is claimed until a fulfilment takes it over."""

    __tablename__ = "redemption"
    __table_args__ = (
        UniqueConstraint("household_id", "hold_id"),
        ForeignKeyConstraint(["household_id", "hold_id"], ["points_hold.household_id", "points_hold.id"]),
        ForeignKeyConstraint(["household_id", "member_id"], ["member.household_id", "member.id"]),
    )

    household_id: UUID = Field(primary_key=True)
    id: UUID = Field(primary_key=True)
    hold_id: UUID
    member_id: UUID | None = None
    reward_id: str = Field(foreign_key="reward.id", max_length=60)
    points: int
    state: str = Field(default="claimed", max_length=20)
    claimed_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))


LOYALTY_TABLES = (LoyaltyAccount, PointsTransfer, PointsEntry, Hold, Redemption)
"""What this feature gives to the export, import and erase registry, parents first."""
