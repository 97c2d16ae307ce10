"""Two-step confirmation: single use, expiring, and bound to the very words that were said."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Column, update
from sqlmodel import Field, SQLModel, col, select

from skill.conversation.errors import SpokenError
from skill.conversation.turn import Confirm
from skill.storage.column_types import UtcDateTime
from skill.storage.database import Unit
from skill.storage.keys import new_id

LIFETIME = timedelta(seconds=120)


class Confirmation(SQLModel, table=True):
    """A question whose "yes" has an effect. `said_hash` is the SHA-256 of the sentence that asked."""

    __tablename__ = "confirmation"

    household_id: UUID = Field(primary_key=True)
    id: UUID = Field(primary_key=True)
    kind: str = Field(max_length=60)
    payload: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    needs: str = Field(max_length=30)
    said_hash: str = Field(max_length=64)
    asked_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    expires_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    used_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))


@dataclass(frozen=True)
class Open:
    """A confirmation taken for use. `late` says that it had expired and must not take effect."""

    id: UUID
    kind: str
    payload: dict[str, Any]
    needs: str
    late: bool


def ask(unit: Unit, confirm: Confirm, needs: str, said: str, at: datetime) -> str:
    """Store the question that `said` asks; gives the id for the session. Valid for 120 seconds."""
    row = Confirmation(
        household_id=unit.household,
        id=new_id(),
        kind=confirm.kind,
        payload=dict(confirm.payload),
        needs=needs,
        said_hash=sha256(said.encode()).hexdigest(),
        asked_at=at,
        expires_at=at + LIFETIME,
    )
    unit.session.add(row)
    return str(row.id)


def take(unit: Unit, confirmation_id: str | None, at: datetime) -> Open:
    """Use the question up, whatever the answer.

    Raises SpokenError when there is none, when it belongs to another household, or when it was used.
    """
    row = _find(unit, confirmation_id)
    if row is None:
        raise SpokenError("YesIntent.nothing_open")
    used = unit.session.execute(
        update(Confirmation)
        .where(
            col(Confirmation.household_id) == unit.household,
            col(Confirmation.id) == row.id,
            col(Confirmation.used_at).is_(None),
        )
        .values(used_at=at)
    )
    if used.rowcount != 1:  # type: ignore[attr-defined]  # CursorResult
        raise SpokenError("YesIntent.already_answered")
    return Open(row.id, row.kind, row.payload, row.needs, late=at > row.expires_at)


def answered(unit: Unit, confirmation_id: str | None) -> dict[str, Any] | None:
    """What a question that was answered already was about; None when there was no such question here."""
    row = _find(unit, confirmation_id)
    return row.payload if row is not None and row.used_at is not None else None


def _find(unit: Unit, confirmation_id: str | None) -> Confirmation | None:
    try:
        key = UUID(confirmation_id or "")
    except ValueError:
        return None
    return unit.session.exec(
        select(Confirmation).where(
            col(Confirmation.household_id) == unit.household, col(Confirmation.id) == key
        )
    ).first()
