"""What a shopper can ask about orders that were placed."""

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from skill.conversation.declare import Slot, intent
from skill.conversation.errors import SpokenError
from skill.conversation.turn import Reply, Turn
from skill.conversation.wording import Money
from skill.household.news import heard_news
from skill.orders.pending import pending, told_again
from skill.orders.service import Orders
from skill.orders.spoken_items import LONGEST_WORDS
from skill.orders.states import TRACKED_STATES
from skill.orders.telling import told, told_line
from skill.orders.tracking import Tracked


@intent("OrderStatusIntent", Slot("product", "PRODUCT"), needs="orders")
def order_status(turn: Turn, orders: Orders) -> Reply:
    """Tell where the open orders are, nearest arrival first; with none open, how the last one ended.

    "Where are my diapers" tells the order that holds them, if one does.
    """
    quotes, asked = pending(turn, orders), _product_asked_for(turn, orders)
    if quotes and asked is None:
        return told_again(turn, orders, quotes)
    current = orders.tracking.current()
    if not current:
        raise SpokenError("Error.no_orders")
    holding = [one for one in current if asked is not None and _holds(turn, orders, one, asked)]
    if asked is not None and not holding:
        words = orders.catalog.spelled(asked[:LONGEST_WORDS], turn.language)
        return Reply("OrderStatusIntent.not_ordered", {"words": words})
    first = [*holding, *current][0]
    rest = [one.due for one in current if one is not first]
    values = {
        **told(turn, orders, first),
        **_return_told(turn, orders, first),
        "others": len(rest),
        "other_due": rest[0] if rest else None,
    }
    outcome = _outcome(turn, first)
    heard_news(orders.unit, str(first.order.id), turn.at)
    return Reply(f"OrderStatusIntent.{outcome}", values, orders=_views(orders, current))


def _return_told(turn: Turn, orders: Orders, tracked: Tracked) -> dict[str, object]:
    """What went back of an order of which something did, and what comes back for it."""
    request = orders.returns.latest(tracked.order.id)
    if request is None:
        return {}
    lines = {line.position: line for line in orders.history.lines(tracked.order.id)}
    back_at = request.refunded_at or request.returned_at or request.requested_at
    return {
        "returned": [
            told_line(turn, orders, lines[one.position], one.quantity)
            for one in orders.returns.lines(request)
        ],
        "amount": Money(request.goods_cents + request.tax_cents, request.currency),
        "refund_to": request.refund_to,
        "payment": tracked.order.payment_label,
        "back": back_at.astimezone(ZoneInfo(turn.caller.zone)),
    }


def _outcome(turn: Turn, tracked: Tracked) -> str:
    state = tracked.order.state
    if state in TRACKED_STATES and tracked.due is not None and tracked.due < turn.local.date():
        return "late"
    if state == "delivered" and tracked.delivered_at is None:
        return "ordered"  # the merchant's books say when it was ordered, not when it arrived
    return {"placing": "unknown", "packed": "accepted"}.get(state, state)


def _product_asked_for(turn: Turn, orders: Orders) -> str | None:
    """The product in "where are my diapers"; None for "my stuff" and all that names nothing sold."""
    words = turn.heard("product")
    own = orders.history.own_skus()
    if words is None or orders.catalog.find(words, turn.language, own).decision == "decline":
        return None
    return words


def _holds(turn: Turn, orders: Orders, tracked: Tracked, words: str) -> bool:
    ordered = [item.sku_id for item in orders.history.shown(tracked.order.id)]
    found = orders.catalog.find(words, turn.language, ordered)
    return any(sku.sku_id in ordered for sku in found.skus)


def _views(orders: Orders, tracked: list[Tracked]) -> tuple[Mapping[str, Any], ...]:
    return tuple(orders.history.view(one.order) for one in tracked)


@intent("LastOrderIntent", needs="orders")
def last_order(turn: Turn, orders: Orders) -> Reply:
    """Tell what the last order held, what it cost, and when it was."""
    last = orders.history.last()
    if last is None:
        raise SpokenError("Error.no_orders")
    values = told(turn, orders, Tracked(last, None, None))
    return Reply("LastOrderIntent.told", values, orders=(orders.history.view(last),))
