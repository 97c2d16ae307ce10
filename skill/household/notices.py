"""Where a member's notices on Alexa go, and which of them the member permitted Amazon to deliver."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Column, ForeignKeyConstraint, delete
from sqlmodel import Field, SQLModel, col, select

from skill.household import directory
from skill.household.models import SECRET
from skill.storage.column_types import UtcDateTime
from skill.storage.database import Database, Unit

ORDER_STATUS, MESSAGE = "AMAZON.OrderStatus.Updated", "AMAZON.MessageAlert.Activated"
"""The events that this skill publishes: how far an order is, and that there is a message to hear."""


class NoticeAddress(SQLModel, table=True):
    """The Alexa user behind a member: without the id itself, which the directory does not keep, nothing
    can be sent. `events` are those that the member subscribed to in Amazon's app."""

    __tablename__ = "notice_address"
    __table_args__ = (
        ForeignKeyConstraint(["household_id", "member_id"], ["member.household_id", "member.id"]),
    )

    household_id: UUID = Field(primary_key=True)
    member_id: UUID = Field(primary_key=True)
    user_id: str = Field(max_length=500, sa_column_kwargs={"info": SECRET})
    events: list[str] = Field(sa_column=Column(JSON, nullable=False))
    changed_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))


def subscribed(database: Database, user_id: str, body: Mapping[str, Any], at: datetime) -> None:
    """Amazon says to which events a user is subscribed now (`body` of ProactiveSubscriptionChanged).

    An unknown user has no effect: there is nobody of whom we would have something to tell.
    """
    found = directory.find(database, directory.ALEXA_USER, user_id)
    if found is None:
        return
    listed = body.get("subscriptions")
    told = listed if isinstance(listed, list) else []
    names = {str(one.get("eventName")) for one in told if isinstance(one, Mapping)}
    events = [name for name in (ORDER_STATUS, MESSAGE) if name in names]
    database.run(found.household_id, lambda unit: permit(unit, found.member_id, user_id, events, at))


def permit(unit: Unit, member_id: UUID, user_id: str, events: list[str], at: datetime) -> None:
    """Keep what a member permitted; with no event at all the user's id is forgotten."""
    forget(unit, member_id)
    if events:
        unit.session.add(
            NoticeAddress(
                household_id=unit.household,
                member_id=member_id,
                user_id=user_id,
                events=events,
                changed_at=at,
            )
        )
    unit.session.flush()


def forget(unit: Unit, member_id: UUID) -> None:
    """Send a member nothing any more."""
    unit.session.execute(
        delete(NoticeAddress).where(
            col(NoticeAddress.household_id) == unit.household, col(NoticeAddress.member_id) == member_id
        )
    )
    unit.session.flush()


def address(unit: Unit, member_id: UUID, event: str) -> str | None:
    """The Alexa user id to tell a member of `event`; None where the member does not permit it."""
    row = unit.session.exec(
        select(NoticeAddress).where(
            col(NoticeAddress.household_id) == unit.household, col(NoticeAddress.member_id) == member_id
        )
    ).first()
    return (row.user_id or None) if row is not None and event in row.events else None
