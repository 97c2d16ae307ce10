"""What a shopper can say about orders."""

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from skill.conversation.declare import Slot, intent, on_late, on_no, on_resume, on_yes
from skill.conversation.errors import SpokenError
from skill.conversation.turn import Confirm, Reply, Turn
from skill.conversation.wording import Money
from skill.orders import placing, tracking
from skill.orders.models import OrderLine
from skill.orders.replies import (
    ANYWAY,
    CANCEL,
    LAST,
    PLACE,
    found_reply,
    items_of,
    placed_reply,
    quote_reply,
    shopper,
)
from skill.orders.rules import dearest_first
from skill.orders.service import Orders
from skill.orders.spoken_items import wanted
from skill.orders.tracking import Tracked

PRODUCT = Slot("product", "PRODUCT", multiple=True, elicited=True)
ASKED_FOR = Slot("product", "PRODUCT")
ANY_PRODUCT = Slot("product", "PRODUCT", multiple=True)
QUANTITY = Slot("quantity", "AMAZON.NUMBER")
MORE_PRODUCT = Slot("more_product", "PRODUCT", multiple=True)
MORE_QUANTITY = Slot("more_quantity", "AMAZON.NUMBER")


@intent("ReorderUsualIntent", needs="reorder")
def reorder_usual(turn: Turn, orders: Orders) -> Reply:
    """Quote the usual basket; a household without one is offered its last order."""
    items = orders.usual()
    if items:
        return quote_reply(
            orders, orders.quotes.make(shopper(turn), items, "usual"), "ReorderUsualIntent.quoted"
        )
    if orders.history.last() is None:
        raise SpokenError("Error.no_orders")
    return Reply("ReorderUsualIntent.no_usual", confirm=Confirm(LAST, {}))


@intent("ReorderLastOrderIntent", needs="reorder")
def reorder_last_order(turn: Turn, orders: Orders) -> Reply:
    """Quote exactly what the last order held, at today's prices."""
    made = orders.quotes.make(shopper(turn), orders.last_items(), "last order")
    return quote_reply(orders, made, "ReorderLastOrderIntent.quoted")


@intent("OrderItemIntent", QUANTITY, PRODUCT, MORE_QUANTITY, MORE_PRODUCT, needs="order")
def order_item(turn: Turn, orders: Orders) -> Reply:
    """Quote the named things; an answer to "which one?" continues what was asked before."""
    state = turn.session.choice or {}
    if "options" in state and turn.session.elicit:
        answer, number = turn.heard("product") or "", turn.heard("quantity")
        found = orders.choose(shopper(turn), answer, state)
        if found is None and number:
            found = orders.choose(shopper(turn), f"{number} {answer}", state)  # "28 Stück" names a pack
        if found is not None:
            source = str(state.get("source", "item"))
            return found_reply(orders, turn, found, "OrderItemIntent.quoted", source)
    things = [*wanted(turn, "product", "quantity"), *wanted(turn, "more_product", "more_quantity")]
    if not things:
        return Reply("OrderItemIntent.what", elicit="product")
    found = orders.resolve(shopper(turn), things)
    return found_reply(orders, turn, found, "OrderItemIntent.quoted", "item")


@intent("OrderAnywayIntent", QUANTITY, ANY_PRODUCT, needs="order")
def order_anyway(turn: Turn, orders: Orders) -> Reply:
    """Quote something although it may be a double: "order another anyway"."""
    things = wanted(turn, "product", "quantity")
    if things:
        found = orders.resolve(shopper(turn), things)
        items, unknown = list(getattr(found, "items", ())), list(getattr(found, "unknown", ()))
        if not items:
            return found_reply(orders, turn, found, "OrderItemIntent.quoted", "item")
    else:
        asked = (turn.session.choice or {}).get("anyway")
        payload: Mapping[str, Any] = asked if isinstance(asked, Mapping) else {}
        items, unknown = items_of(payload) or orders.last_items(), list(payload.get("unknown", []))
    made = orders.quotes.make(shopper(turn), items, "item", deliberate=True, unknown=unknown)
    return quote_reply(orders, made, "OrderItemIntent.quoted")


@intent("OrderStatusIntent", ASKED_FOR, needs="orders")
def order_status(turn: Turn, orders: Orders) -> Reply:
    """Tell where the open orders are, nearest arrival first; with none open, how the last one ended.

    "Where are my diapers" tells the order that holds them, if one does.
    """
    current = orders.tracking.current()
    if not current:
        raise SpokenError("Error.no_orders")
    first = next((one for one in current if _holds(turn, orders, one)), current[0])
    values = {**_told(turn, orders, first), "others": len(current) - 1}
    state = first.order.state
    late = first.due is not None and first.due < turn.local.date()
    outcome = {"placing": "unknown", "packed": "accepted", "cancel_requested": "cancel_requested"}.get(
        state, state
    )
    if late and outcome in ("accepted", "shipped"):
        outcome = "late"
    if outcome == "delivered" and first.delivered_at is None:
        outcome = "ordered"  # the merchant's books say when it was ordered, not when it arrived
    return Reply(f"OrderStatusIntent.{outcome}", values, orders=_views(orders, current))


def _holds(turn: Turn, orders: Orders, tracked: Tracked) -> bool:
    words = turn.heard("product")
    if words is None:
        return False
    ordered = [item.sku_id for item in orders.history.items(tracked.order.id)]
    found = orders.catalog.find(words, turn.language, ordered)
    return any(sku.sku_id in ordered for sku in found.skus)


def _told(turn: Turn, orders: Orders, tracked: Tracked) -> dict[str, object]:
    """The moments are told on the household's own clock, which decides what "yesterday" was."""
    order, zone = tracked.order, ZoneInfo(turn.caller.zone)
    return {
        "seller": order.seller_name,
        "lines": [_line(turn, orders, line) for line in dearest_first(orders.history.lines(order.id))],
        "total": Money(order.total_cents, order.currency),
        "due": tracked.due,
        "delivered": (tracked.delivered_at or order.placed_at).astimezone(zone),
        "placed": order.placed_at.astimezone(zone),
    }


def _line(turn: Turn, orders: Orders, line: OrderLine) -> dict[str, object]:
    """A line by today's name in the language of the turn; by the name it was bought under when delisted."""
    sku = orders.catalog.sku(line.sku_id, turn.language)
    return {"name": sku.name if sku else line.name, "quantity": line.quantity}


def _views(orders: Orders, tracked: list[Tracked]) -> tuple[Mapping[str, Any], ...]:
    return tuple(orders.history.view(one.order) for one in tracked)


@intent("LastOrderIntent", needs="orders")
def last_order(turn: Turn, orders: Orders) -> Reply:
    """Tell what the last order held, what it cost, and when it was."""
    last = orders.history.last()
    if last is None:
        raise SpokenError("Error.no_orders")
    told = _told(turn, orders, Tracked(last, None, None))
    return Reply("LastOrderIntent.told", told, orders=(orders.history.view(last),))


@intent("CancelOrderIntent", needs="cancel")
def cancel_order(turn: Turn, orders: Orders) -> Reply:
    """Ask whether to cancel the newest order that still can be."""
    order = orders.tracking.cancellable(turn.at)
    return Reply(
        "CancelOrderIntent.ask",
        _told(turn, orders, Tracked(order, None, None)),
        confirm=Confirm(CANCEL, {"order": str(order.id)}),
        orders=(orders.history.view(order),),
    )


@on_yes(PLACE)
def place(turn: Turn, orders: Orders, payload: Mapping[str, Any]) -> Reply:
    """Place the quotes that were spoken."""
    outcome = orders.placing.place(shopper(turn), payload["quotes"], payload["confirmation"])
    if isinstance(outcome, list):
        orders.cross_off(outcome, turn.language)
    return placed_reply(orders, outcome)


@on_late(PLACE)
def quote_again(turn: Turn, orders: Orders, payload: Mapping[str, Any]) -> Reply:
    """A "yes" after 120 seconds: today's terms are spoken again and asked about."""
    made = orders.placing.requote(shopper(turn), payload["quotes"])
    return quote_reply(orders, made, "YesIntent.quote_expired")


@on_no(PLACE)
def drop(turn: Turn, orders: Orders, payload: Mapping[str, Any]) -> Reply:
    """Drop the quotes."""
    orders.quotes.close(orders.quotes.get(payload["quotes"]), "dropped")
    return Reply("NoIntent.order_dropped")


@on_resume(placing.RESUME)
def resume_placing(turn: Turn, orders: Orders, payload: Mapping[str, Any]) -> Reply:
    """A repeat of a "yes" that was cut off: finish the same orders."""
    placed = orders.placing.resume(payload["quotes"], turn.at, turn.caller.zone)
    orders.cross_off(placed, turn.language)
    return placed_reply(orders, placed)


@on_yes(ANYWAY)
def anyway(turn: Turn, orders: Orders, payload: Mapping[str, Any]) -> Reply:
    """Quote the possible double deliberately; it still needs its own yes."""
    made = orders.quotes.make(
        shopper(turn), items_of(payload), "item", deliberate=True, unknown=payload.get("unknown", [])
    )
    return quote_reply(orders, made, "OrderItemIntent.quoted")


@on_no(ANYWAY)
def not_again(turn: Turn, orders: Orders, payload: Mapping[str, Any]) -> Reply:
    """Nothing is ordered twice."""
    return Reply("NoIntent.not_ordered_again")


@on_yes(LAST)
def last_instead(turn: Turn, orders: Orders, payload: Mapping[str, Any]) -> Reply:
    """The last order instead of a usual that is not known yet."""
    return reorder_last_order(turn, orders)


@on_no(LAST)
def not_last(turn: Turn, orders: Orders, payload: Mapping[str, Any]) -> Reply:
    """Neither the usual nor the last order."""
    return Reply("NoIntent.order_dropped")


@on_yes(CANCEL)
def cancel_it(turn: Turn, orders: Orders, payload: Mapping[str, Any]) -> Reply:
    """Cancel the order at the shop."""
    return _cancelled(orders, orders.tracking.cancel(payload["order"], turn.at))


@on_no(CANCEL)
def keep_it(turn: Turn, orders: Orders, payload: Mapping[str, Any]) -> Reply:
    """The order stays."""
    return Reply("NoIntent.order_kept")


@on_resume(tracking.RESUME)
def resume_cancelling(turn: Turn, orders: Orders, payload: Mapping[str, Any]) -> Reply:
    """A repeat of a cancellation that was cut off."""
    return _cancelled(orders, orders.tracking.resume(payload["order"], turn.at))


def _cancelled(orders: Orders, order: Any) -> Reply:
    outcome = {"cancelled": "order_cancelled", "cancel_requested": "cancel_requested"}.get(
        order.state, "cancel_refused"
    )
    return Reply(
        f"YesIntent.{outcome}",
        {"seller": order.seller_name, "total": Money(order.total_cents, order.currency)},
        orders=(orders.history.view(order),),
    )


def teach(turn: Turn, orders: Orders) -> list[str]:
    """What would help this household next with its orders."""
    taught = []
    if orders.history.open():
        taught.append("orders.where")
    if orders.usual():
        taught.append("orders.reorder_usual")
    elif orders.history.last():
        taught.append("orders.reorder_last")
    return [*taught, "orders.order_item"]
