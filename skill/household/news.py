"""What happened while nobody was asking, kept to be told at the next visit: each thing once, to those who may
hear it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Column, delete, or_, update
from sqlmodel import Field, SQLModel, col, select

from skill.conversation.turn import Caller
from skill.conversation.wording import Money
from skill.storage.column_types import UtcDateTime
from skill.storage.database import Unit

KEPT = timedelta(days=60)
"""How long a row is kept after it ran out, so that nothing is told twice."""


@dataclass(frozen=True)
class Kind:
    """What is the same for all news of a kind: the permission it takes to hear it, how much it matters (the
    lowest first), how long it stays news, and whether the shopper has something to decide."""

    needs: str
    rank: int
    lasts: timedelta = timedelta(days=14)
    asks: bool = False


KINDS: Mapping[str, Kind] = {
    "order_accepted": Kind("orders", 1),
    "order_refused": Kind("orders", 1),
    "order_cancelled": Kind("orders", 2),
    "order_kept": Kind("orders", 2),
    "subscription_held": Kind("orders", 3, timedelta(days=30), asks=True),
    "subscription_left_out": Kind("orders", 4),
    "order_late": Kind("orders", 5),
    "return_declined": Kind("orders", 6),
    "subscription_announced": Kind("orders", 7, timedelta(days=4)),
    "refunded": Kind("orders", 8),
    "subscription_ordered": Kind("orders", 9),
    "back_in_stock": Kind("orders", 10),
}
"""Every kind; the phrase `news` in the locale files says each of them."""


class VisitNews(SQLModel, table=True):
    """One thing to tell at the next visit; the key makes sure that it is told once.

    `subject` is what it is about, as the id of an order. `payload` holds what its sentence says: plain JSON,
    days as ISO dates, amounts in minor units in names that end in `_cents`, beside a `currency`. `member_id`
    is the one member it is for; None for everyone of the household who may hear news of its kind.
    """

    __tablename__ = "visit_news"

    household_id: UUID = Field(primary_key=True, foreign_key="household.household_id")
    kind: str = Field(primary_key=True, max_length=30)
    subject: str = Field(primary_key=True, max_length=120)
    payload: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    member_id: UUID | None = None
    created_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    expires_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    told_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))


def add_news(
    unit: Unit,
    at: datetime,
    kind: str,
    subject: str,
    payload: Mapping[str, Any],
    *,
    member: UUID | None = None,
    expires: datetime | None = None,
) -> bool:
    """Keep something for the next visit; False when this kind of news of `subject` was kept before.

    `expires` is when it stops being news, by default after what its kind says. Raises KeyError for a kind
    that is not in KINDS.
    """
    lasts = KINDS[kind].lasts
    known = unit.session.exec(
        select(VisitNews.subject).where(
            col(VisitNews.household_id) == unit.household,
            col(VisitNews.kind) == kind,
            col(VisitNews.subject) == subject,
        )
    ).first()
    if known is not None:
        return False
    unit.session.add(
        VisitNews(
            household_id=unit.household,
            kind=kind,
            subject=subject,
            payload=dict(payload),
            member_id=member,
            created_at=at,
            expires_at=expires or at + lasts,
        )
    )
    unit.session.flush()
    return True


def withdraw_news(unit: Unit, subject: str, *kinds: str) -> None:
    """Forget what was not told yet of a subject, as it is true no longer; `subject` may be its beginning.

    With `kinds`, only those.
    """
    unit.session.execute(
        delete(VisitNews)
        .where(
            col(VisitNews.household_id) == unit.household,
            col(VisitNews.subject).startswith(subject, autoescape=True),
            col(VisitNews.kind).in_(kinds or tuple(KINDS)),
            col(VisitNews.told_at).is_(None),
        )
        .execution_options(synchronize_session=False)
    )


def heard_news(unit: Unit, subject: str, at: datetime) -> None:
    """Note that the shopper was told of a subject (or of what begins so), so that no visit tells it again."""
    unit.session.execute(
        update(VisitNews)
        .where(
            col(VisitNews.household_id) == unit.household,
            col(VisitNews.subject).startswith(subject, autoescape=True),
            col(VisitNews.told_at).is_(None),
        )
        .values(told_at=at)
        .execution_options(synchronize_session=False)
    )


def forget_news(unit: Unit, before: datetime) -> None:
    """Delete what ran out before `before`."""
    unit.session.execute(
        delete(VisitNews)
        .where(col(VisitNews.household_id) == unit.household, col(VisitNews.expires_at) < before)
        .execution_options(synchronize_session=False)
    )


class News:
    """The news of the unit's household."""

    def __init__(self, unit: Unit) -> None:
        self.unit = unit

    def waiting(self, caller: Caller, at: datetime) -> list[VisitNews]:
        """What was not told yet and the caller may hear: what matters most first, then the newest."""
        may_hear = [name for name, kind in KINDS.items() if kind.needs in caller.permissions]
        rows = self.unit.session.exec(
            select(VisitNews).where(
                col(VisitNews.household_id) == self.unit.household,
                col(VisitNews.told_at).is_(None),
                col(VisitNews.expires_at) > at,
                col(VisitNews.kind).in_(may_hear),
                or_(col(VisitNews.member_id).is_(None), col(VisitNews.member_id) == caller.member_id),
            )
        ).all()
        return sorted(rows, key=lambda row: (KINDS[row.kind].rank, -row.created_at.timestamp(), row.subject))

    def tell(self, rows: Sequence[VisitNews], at: datetime) -> list[dict[str, object]]:
        """Mark news as told and give what their sentences say, without what another device told meanwhile."""
        return [as_spoken(row) for row in rows if self._take(row, at)]

    def _take(self, row: VisitNews, at: datetime) -> bool:
        taken = self.unit.session.execute(
            update(VisitNews)
            .where(
                col(VisitNews.household_id) == self.unit.household,
                col(VisitNews.kind) == row.kind,
                col(VisitNews.subject) == row.subject,
                col(VisitNews.told_at).is_(None),
            )
            .values(told_at=at)
            .execution_options(synchronize_session=False)
        )
        return bool(taken.rowcount == 1)  # type: ignore[attr-defined]  # CursorResult


def as_spoken(row: VisitNews) -> dict[str, object]:
    """What the phrase `news` says of one of them: its `kind`, and its payload with days and Money."""
    values: dict[str, object] = {"kind": row.kind}
    for name, value in row.payload.items():
        if name.endswith("_cents"):
            values[name.removesuffix("_cents")] = Money(value, row.payload["currency"])
        else:
            values[name] = date.fromisoformat(value) if name == "day" and value else value
    return values
