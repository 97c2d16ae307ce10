"""Reads what is shown beside a conversation: a household's orders, points, list and diary."""

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlmodel import col, select

from skill.baby.models import Child, DiaperChange, DiaryEntry, Feeding
from skill.bootstrap import App
from skill.household.identity import Speaker
from skill.household.service import Households
from skill.loyalty.service import Loyalty
from skill.orders.service import Orders
from skill.storage.database import Unit

NEWEST_ORDERS = 3
"""How many orders that are no longer open are shown after the open ones."""
FEED_PARTS = ("method", "side", "amount", "unit")


def household_state(app: App, user_id: str, person_id: str | None = None) -> dict[str, Any]:
    """The household of an Alexa account at the app's clock, as JSON; {} when nobody is known by that id.

    `orders`: open ones first, then the newest of the others, with `number`, `open`, `placed_at` and what
    observers are told of an order; `points`: `available` and `held`; `list`: `words` and `quantity`; `diary`:
    today's entries (the household's day), newest first, with `at`, `child`, `activity` and what was said.
    Times are in the household's zone. Only reads: what the shop did meanwhile shows after the next turn.
    """
    at = app.clock()
    caller = app.caller(Speaker(user_id=user_id, person_id=person_id), at)
    if caller.household_id is None:
        return {}
    zone = ZoneInfo(caller.zone)
    with app.database.reading(caller.household_id) as unit:
        balance = Loyalty(unit).balance(at)
        return {
            "household": Households(unit).get().name,
            "member": caller.name,
            "role": caller.role,
            "zone": caller.zone,
            "at": at.astimezone(zone).isoformat(timespec="seconds"),
            "orders": _orders(app.orders(unit), zone),
            "points": {"available": balance.available, "held": balance.held},
            "list": [
                {"words": item.words, "quantity": item.quantity} for item in app.orders(unit).list.items()
            ],
            "diary": _diary(unit, at, zone),
        }


def _orders(orders: Orders, zone: ZoneInfo) -> list[dict[str, Any]]:
    history = orders.history
    still_open = list(history.open())
    ids = {order.id for order in still_open}
    newest = [order for order in history.recent(NEWEST_ORDERS + len(ids)) if order.id not in ids]
    return [
        {
            "number": order.number,
            "open": order.id in ids,
            "placed_at": order.placed_at.astimezone(zone).isoformat(timespec="minutes"),
            **history.view(order),
        }
        for order in [*still_open, *newest[:NEWEST_ORDERS]]
    ]


def _diary(unit: Unit, at: datetime, zone: ZoneInfo) -> list[dict[str, Any]]:
    today = at.astimezone(zone).date()
    start = datetime.combine(today, time(), zone)
    end = datetime.combine(today + timedelta(days=1), time(), zone)
    entries = unit.session.exec(
        select(DiaryEntry)
        .where(
            col(DiaryEntry.household_id) == unit.household,
            col(DiaryEntry.removed_at).is_(None),
            col(DiaryEntry.happened_at) >= start.astimezone(UTC),
            col(DiaryEntry.happened_at) < end.astimezone(UTC),
        )
        .order_by(col(DiaryEntry.happened_at).desc(), col(DiaryEntry.id).desc())
    ).all()
    names = {
        child.id: child.name
        for child in unit.session.exec(select(Child).where(col(Child.household_id) == unit.household))
    }
    said = _said(unit, [entry.id for entry in entries])
    return [
        {
            "at": entry.happened_at.astimezone(zone).isoformat(timespec="minutes"),
            "child": names[entry.child_id],
            "activity": entry.activity,
            **said.get(entry.id, {}),
        }
        for entry in entries
    ]


def _said(unit: Unit, entry_ids: Sequence[UUID]) -> dict[UUID, dict[str, Any]]:
    """What was said of each entry, without what was not."""
    feeds = unit.session.exec(
        select(Feeding).where(
            col(Feeding.household_id) == unit.household, col(Feeding.entry_id).in_(entry_ids)
        )
    )
    changes = unit.session.exec(
        select(DiaperChange).where(
            col(DiaperChange.household_id) == unit.household, col(DiaperChange.entry_id).in_(entry_ids)
        )
    )
    found = {
        feed.entry_id: {name: value for name in FEED_PARTS if (value := getattr(feed, name)) is not None}
        for feed in feeds
    }
    return found | {change.entry_id: {"kind": change.kind} for change in changes if change.kind}
