"""The outbox: what the outside must be told, written with what caused it, sent by the worker."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Column, Index, UniqueConstraint, delete, update
from sqlmodel import Field, SQLModel, col, select

from skill.storage.column_types import UtcDateTime
from skill.storage.database import Unit
from skill.storage.keys import new_id

BACK_OFF = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=8),
)
"""How long to wait after each failed attempt; after the last one a message is dead."""
LEASE = timedelta(minutes=2)
"""How long an attempt may take before another worker may try again."""
KEPT = timedelta(days=30)
"""How long a message that was sent is kept, with the address it went to."""


class OutboxMessage(SQLModel, table=True):
    """One message. `kind` names its carrier, `key` is the same for every attempt to write it.

    `state` is waiting, sent, dead or dropped (it came too late, or nobody may be told any more). `payload`
    is what its carrier needs; it is emptied when the message is sent or dropped.
    """

    __tablename__ = "outbox"
    __table_args__ = (
        UniqueConstraint("household_id", "key"),
        Index("ix_outbox_due", "household_id", "state", "due_at"),
    )

    household_id: UUID = Field(primary_key=True)
    id: UUID = Field(primary_key=True)
    kind: str = Field(max_length=20)
    key: str = Field(max_length=120)
    purpose: str = Field(max_length=40)
    member_id: UUID | None = None
    payload: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    state: str = Field(default="waiting", max_length=8)
    attempts: int = 0
    last_error: str = Field(default="", max_length=120)
    written_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    due_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    until: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    settled_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))


class Outbox:
    """The messages of the unit's household."""

    def __init__(self, unit: Unit) -> None:
        self.unit = unit

    def put(
        self,
        kind: str,
        key: str,
        payload: Mapping[str, Any],
        at: datetime,
        *,
        purpose: str,
        member_id: UUID | None = None,
        due_at: datetime | None = None,
        until: datetime | None = None,
    ) -> bool:
        """Write a message once for each `key`; False when it was written before.

        `purpose` is what the member must have agreed to, "purchase" for what a purchase entails. It is sent
        from `due_at` on (at once by default) and dropped when it could not be sent by `until`.
        """
        if self._with_key(key) is not None:
            return False
        message = OutboxMessage(
            household_id=self.unit.household,
            id=new_id(),
            kind=kind,
            key=key,
            purpose=purpose,
            member_id=member_id,
            payload=dict(payload),
            written_at=at,
            due_at=due_at or at,
            until=until,
        )
        self.unit.session.add(message)
        self.unit.session.flush()
        return True

    def due(self, at: datetime) -> Sequence[OutboxMessage]:
        """What is to be sent now, the oldest first."""
        return self.unit.session.exec(
            select(OutboxMessage)
            .where(
                col(OutboxMessage.household_id) == self.unit.household,
                col(OutboxMessage.state) == "waiting",
                col(OutboxMessage.due_at) <= at,
            )
            .order_by(col(OutboxMessage.due_at), col(OutboxMessage.id))
        ).all()

    def all(self, *states: str) -> Sequence[OutboxMessage]:
        """Every message in one of the states, the newest first."""
        return self.unit.session.exec(
            select(OutboxMessage)
            .where(
                col(OutboxMessage.household_id) == self.unit.household, col(OutboxMessage.state).in_(states)
            )
            .order_by(col(OutboxMessage.written_at).desc(), col(OutboxMessage.id).desc())
        ).all()

    def take(self, message: OutboxMessage, at: datetime) -> bool:
        """Take a due message for one attempt; False when another worker was faster."""
        taken = self.unit.session.execute(
            update(OutboxMessage)
            .where(
                col(OutboxMessage.household_id) == self.unit.household,
                col(OutboxMessage.id) == message.id,
                col(OutboxMessage.state) == "waiting",
                col(OutboxMessage.attempts) == message.attempts,
            )
            .values(attempts=message.attempts + 1, due_at=at + LEASE)
            .execution_options(synchronize_session=False)
        )
        self.unit.session.refresh(message)
        return bool(taken.rowcount == 1)  # type: ignore[attr-defined]  # CursorResult

    def settle(self, message_id: UUID, state: str, at: datetime) -> None:
        """It was sent, or dropped: what it said is forgotten."""
        message = self._get(message_id)
        message.state, message.settled_at, message.payload = state, at, {}
        self.unit.session.add(message)

    def fail(
        self,
        message_id: UUID,
        error: str,
        at: datetime,
        *,
        for_good: bool = False,
        wait: timedelta = timedelta(0),
    ) -> str:
        """An attempt failed: try again later, not before `wait` is over, or give up after the last.

        Gives the state it is in now.
        """
        message = self._get(message_id)
        message.last_error = error[:120]
        if for_good or message.attempts > len(BACK_OFF):
            message.state, message.settled_at = "dead", at
        else:
            message.due_at = at + max(BACK_OFF[message.attempts - 1], wait)
        self.unit.session.add(message)
        return message.state

    def postpone(self, message_id: UUID, due_at: datetime) -> None:
        """Not now: it is no failed attempt, as when the household sleeps."""
        message = self._get(message_id)
        message.due_at, message.attempts = due_at, max(0, message.attempts - 1)
        self.unit.session.add(message)

    def revive(self, message_id: UUID, at: datetime) -> bool:
        """Try a dead message again from the start; False when there is no such dead message."""
        revived = self.unit.session.execute(
            update(OutboxMessage)
            .where(
                col(OutboxMessage.household_id) == self.unit.household,
                col(OutboxMessage.id) == message_id,
                col(OutboxMessage.state) == "dead",
            )
            .values(state="waiting", attempts=0, due_at=at, settled_at=None)
        )
        return bool(revived.rowcount == 1)  # type: ignore[attr-defined]  # CursorResult

    def sent_since(self, purpose: str, since: datetime) -> int:
        """How many messages of a purpose were sent since a moment."""
        return len(
            self.unit.session.exec(
                select(OutboxMessage.id).where(
                    col(OutboxMessage.household_id) == self.unit.household,
                    col(OutboxMessage.state) == "sent",
                    col(OutboxMessage.purpose) == purpose,
                    col(OutboxMessage.settled_at) > since,
                )
            ).all()
        )

    def forget(self, at: datetime) -> int:
        """Delete what was sent or dropped long ago; gives how many."""
        deleted = self.unit.session.execute(
            delete(OutboxMessage).where(
                col(OutboxMessage.household_id) == self.unit.household,
                col(OutboxMessage.state).in_(("sent", "dropped")),
                col(OutboxMessage.settled_at) < at - KEPT,
            ),
            execution_options={"synchronize_session": False},
        )
        return int(deleted.rowcount)  # type: ignore[attr-defined]  # CursorResult

    def _with_key(self, key: str) -> OutboxMessage | None:
        return self.unit.session.exec(
            select(OutboxMessage).where(
                col(OutboxMessage.household_id) == self.unit.household, col(OutboxMessage.key) == key
            )
        ).first()

    def _get(self, message_id: UUID) -> OutboxMessage:
        return self.unit.session.exec(
            select(OutboxMessage).where(
                col(OutboxMessage.household_id) == self.unit.household, col(OutboxMessage.id) == message_id
            )
        ).one()
