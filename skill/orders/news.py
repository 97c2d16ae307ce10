"""What orders tell at the next visit: outcomes that were not known, what is late, and what was paid back."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel import col, select

from skill.household.news import add_news, withdraw_news
from skill.orders.events import LineReturned, OrderDelivered, OrderEvent
from skill.orders.gifts import spoken_lines
from skill.orders.models import Delivery, Order, OrderLine
from skill.orders.return_models import ReturnRequest
from skill.orders.states import TRACKED_STATES
from skill.storage.database import Unit

STEPS: Mapping[tuple[str, str], str] = {
    ("unknown", "accepted"): "order_accepted",
    ("refused", "accepted"): "order_accepted",
    ("unknown", "refused"): "order_refused",
    ("accepted", "refused"): "order_refused",
    ("packed", "refused"): "order_refused",
    ("cancel_requested", "cancelled"): "order_cancelled",
    ("cancel_requested", "accepted"): "order_kept",
    ("return_requested", "delivered"): "return_declined",
}
"""(state before, state now) -> the kind of news that this is, where nobody hears of it in the same turn."""
STANDING_ORIGIN = "subscription"
LATE_NEWS_DAYS = 14
"""So many days after the promised one it is no news any more that an order is late."""


def tell_step(unit: Unit, order: Order, before: str, position: int, at: datetime) -> None:
    """Keep for the next visit what a step from the state `before` means, if anything.

    `position` is the place of the step in the order's history. Who tells the shopper of it at once calls
    `heard_news` with the order's id.
    """
    kind = STEPS.get((before, order.state))
    if kind is None:
        return
    withdraw_news(unit, str(order.id))  # the last word is what counts
    subject = f"{order.id}:{position}"
    if order.origin == STANDING_ORIGIN and before == "unknown":
        _tell_standing(unit, order, subject, at)
        return
    payload: dict[str, Any] = {"seller": order.seller_name}
    if kind != "order_accepted":
        add_news(unit, at, kind, subject, payload)
        return
    delivery = unit.session.get(Delivery, (unit.household, order.id))
    due = delivery.due_date if delivery else None
    end = datetime.combine(due + timedelta(days=1), order.placed_at.timetz()) if due else None
    payload["day"] = due.isoformat() if due else None
    add_news(unit, at, kind, subject, payload, expires=end)


def _tell_standing(unit: Unit, order: Order, subject: str, at: datetime) -> None:
    """An order that nobody asked for in a conversation is told by what it holds."""
    lines = unit.session.exec(
        select(OrderLine)
        .where(
            col(OrderLine.household_id) == unit.household,
            col(OrderLine.order_id) == order.id,
            col(OrderLine.hidden).is_(False),
        )
        .order_by(col(OrderLine.position))
    ).all()
    payload = {
        "seller": order.seller_name,
        "lines": spoken_lines(lines),
        "total_cents": order.total_cents,
        "currency": order.currency,
    }
    if order.state == "accepted":
        add_news(unit, at, "subscription_ordered", subject, payload)
    else:
        add_news(unit, at, "subscription_left_out", subject, {**payload, "why": "refused"})


def tell_late(unit: Unit, at: datetime, zone: str) -> None:
    """Keep for the next visit which orders did not come on the day that was promised, in the zone's days."""
    today = at.astimezone(ZoneInfo(zone)).date()
    rows = unit.session.exec(
        select(Order, Delivery).where(
            col(Order.household_id) == unit.household,
            col(Delivery.household_id) == unit.household,
            col(Delivery.order_id) == col(Order.id),
            col(Order.state).in_(TRACKED_STATES),
            col(Delivery.due_date) < today,
            col(Delivery.due_date) >= today - timedelta(days=LATE_NEWS_DAYS),
        )
    ).all()
    for order, delivery in rows:
        payload = {"seller": order.seller_name, "day": delivery.due_date.isoformat()}
        add_news(unit, at, "order_late", str(order.id), payload)


def keep_news(unit: Unit, event: OrderEvent) -> None:
    """A subscriber: money that came back is told; what arrived is not late or on its way any more."""
    if isinstance(event, OrderDelivered):
        withdraw_news(unit, str(event.order_id), "order_accepted", "order_late")
    if isinstance(event, LineReturned):
        _tell_refund(unit, event)


def _tell_refund(unit: Unit, event: LineReturned) -> None:
    request = unit.session.exec(
        select(ReturnRequest).where(
            col(ReturnRequest.household_id) == unit.household, col(ReturnRequest.id) == event.return_id
        )
    ).one()
    seller = unit.session.exec(
        select(Order.seller_name).where(
            col(Order.household_id) == unit.household, col(Order.id) == event.order_id
        )
    ).one()
    payload = {
        "seller": seller,
        "amount_cents": request.goods_cents + request.tax_cents,
        "currency": request.currency,
        "to": request.refund_to,
    }
    add_news(unit, event.at, "refunded", str(event.return_id), payload)


def tell_standing_run(
    unit: Unit,
    at: datetime,
    run: str,
    outcome: str,
    lines: Sequence[Mapping[str, object]],
    *,
    seller: str,
    day: date,
    cents: tuple[int, int],
    currency: str,
    until: datetime,
) -> None:
    """Keep for the next visit what became of a subscription's run, in place of what was told of it before.

    `run` names the subscription and the day, `cents` is what it costs now and what was agreed to. `outcome`
    is announced, ordered, held_price, held_limit, or why it was left out. `until` is when it is placed.
    """
    withdraw_news(unit, run)
    now_cents, was_cents = cents
    payload = {
        "seller": seller,
        "lines": list(lines),
        "day": day.isoformat(),
        "total_cents": now_cents,
        "was_cents": was_cents,
        "currency": currency,
        "risen": now_cents > was_cents,
    }
    if outcome == "announced":
        # Announced anew at another price is news again; the same price is not.
        subject = f"{run}:{now_cents}"
        add_news(unit, at, "subscription_announced", subject, payload, expires=until)
    elif outcome == "ordered":
        add_news(unit, at, "subscription_ordered", run, payload)
    elif outcome.startswith("held_"):
        why = outcome.removeprefix("held_")
        add_news(unit, at, "subscription_held", run, {**payload, "why": why})
    else:
        add_news(unit, at, "subscription_left_out", run, {**payload, "why": outcome})
