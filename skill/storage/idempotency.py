"""Exactly one effect for each request: the claim, the stored answer, and where to resume."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Column, Index, Integer
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlmodel import Field, SQLModel, col, select

from skill.storage.column_types import UtcDateTime
from skill.storage.database import Unit
from skill.storage.keys import hashed


class TurnRecord(SQLModel, table=True):
    """One request of a household: claimed first, answered in the same transaction.

    `answer` is None only while the request is under way or was cut off after a checkpoint; then `resume`
    says (JSON: kind and payload) how to finish it. `device_hash` is the key of the speaker that asked. Rows
    are deleted after the retention time.
    """

    __tablename__ = "turn_record"
    __table_args__ = (
        Index("ix_turn_record_reply", "household_id", "reply_key", "at"),
        Index("ix_turn_record_time", "household_id", "at"),
        Index("ix_turn_record_device", "household_id", "device_hash", "at"),
    )

    household_id: UUID = Field(primary_key=True)
    request_id: str = Field(primary_key=True, max_length=255)
    content_hash: str = Field(max_length=64)
    at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    device_hash: str | None = Field(default=None, max_length=64)
    reply_key: str | None = Field(default=None, max_length=100)
    variant: int = Field(default=0, sa_column=Column(Integer, nullable=False))
    answer: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON))
    resume: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON))


def claim(
    unit: Unit, request_id: str, content_hash: str, at: datetime, device_id: str | None
) -> tuple[TurnRecord, bool]:
    """Claim the request for this transaction; gives its record and whether it is new.

    A repeat that arrives while the first is under way waits here for the first one's commit.
    """
    values = {
        "household_id": unit.household,
        "request_id": request_id,
        "content_hash": content_hash,
        "at": at,
        "device_hash": _device_hash(device_id),
        "variant": 0,
    }
    postgresql = unit.session.get_bind().dialect.name == "postgresql"
    insert = postgresql_insert if postgresql else sqlite_insert
    # RETURNING tells whether the row went in; the row count of an INSERT is not known on every driver.
    inserted = (
        insert(TurnRecord).values(**values).on_conflict_do_nothing().returning(col(TurnRecord.request_id))
    )
    new = unit.session.execute(inserted).first() is not None
    record = unit.session.exec(
        select(TurnRecord).where(
            col(TurnRecord.household_id) == unit.household, col(TurnRecord.request_id) == request_id
        )
    ).one()
    unit.claimed = record
    return record, new


def answered_meanwhile(unit: Unit, record: TurnRecord) -> dict[str, Any] | None:
    """The answer that a repeat stored since this unit's checkpoint, which let it go ahead; None if none did.

    The record stays locked until the unit ends, so that whoever answers first is repeated by all others.
    """
    unit.session.refresh(record, with_for_update=True)
    return record.answer


def _device_hash(device_id: str | None) -> str | None:
    return None if device_id is None else hashed("device", device_id)


def last_variant(unit: Unit, reply_key: str) -> int | None:
    """Which variant of a prompt this household heard last, so that the next one differs."""
    return unit.session.exec(
        select(TurnRecord.variant)
        .where(col(TurnRecord.household_id) == unit.household, col(TurnRecord.reply_key) == reply_key)
        .order_by(col(TurnRecord.at).desc())
        .limit(1)
    ).first()


def last_answered(unit: Unit, device_id: str | None, since: datetime) -> TurnRecord | None:
    """The newest answered request of this household on `device_id` since `since`."""
    return unit.session.exec(
        select(TurnRecord)
        .where(
            col(TurnRecord.household_id) == unit.household,
            col(TurnRecord.device_hash) == _device_hash(device_id),
            col(TurnRecord.at) >= since,
            col(TurnRecord.reply_key).is_not(None),
        )
        .order_by(col(TurnRecord.at).desc(), col(TurnRecord.request_id).desc())
        .limit(1)
    ).first()


def checkpoint(unit: Unit, kind: str, payload: dict[str, Any]) -> None:
    """Commit what was done so far, before another system is called.

    Should the process die before the turn is answered, a repeat of the request finds `kind` and `payload`
    on its claim and resumes there. What follows in the unit is a new transaction of the same household.
    """
    if isinstance(unit.claimed, TurnRecord):
        unit.claimed.resume = {"kind": kind, "payload": payload}
        unit.session.add(unit.claimed)
    unit.release()
