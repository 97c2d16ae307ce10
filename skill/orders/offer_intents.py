"""What a visit may begin with when nothing is new: one thing that is usually needed about now."""

from collections.abc import Mapping
from typing import Any

from skill.conversation.declare import on_no, on_yes
from skill.conversation.turn import Confirm, Reply, Turn
from skill.orders.need_intents import order_need
from skill.orders.offers import Offers
from skill.orders.service import Orders
from skill.orders.subscriptions import Subscriptions

OFFER = "orders.offer"
NEEDED = {"orders", "reorder"}
"""Who may hear what is bought here, and order it; in child mode nobody may."""


def open_visit(turn: Turn, orders: Orders) -> Reply | None:
    """Offer to order what is usually needed about now; a window, as nobody knows the day."""
    if not turn.new_session or not turn.caller.permissions >= NEEDED:
        return None
    offers = Offers(orders.unit, turn.caller.zone)
    need = offers.next(turn.at, _coming(orders))
    if need is None:
        return None
    offers.note(need, turn.at)
    sku = orders.catalog.sku(need.sku_id, turn.language)
    items = [[need.sku_id, orders.history.last_quantity(need.sku_id) or 1]]
    return Reply(
        "LaunchRequest.offer",
        {"product": sku.product_name if sku else "", "name": turn.caller.name or ""},
        confirm=Confirm(OFFER, {"items": items}, "reorder"),
        choice={"needs": [need.sku_id]},
        needs="orders",
    )


def _coming(orders: Orders) -> set[str]:
    """What is on its way, or comes by itself."""
    subscriptions = Subscriptions(orders)
    open_items = (item for order in orders.history.open() for item in orders.history.items(order.id))
    standing = (line for one in subscriptions.all() for line in subscriptions.lines(one))
    return {item.sku_id for item in open_items} | {line.sku_id for line in standing}


@on_yes(OFFER)
def order_offered(turn: Turn, orders: Orders, payload: Mapping[str, Any]) -> Reply:
    """Quote it whole; that needs its own yes."""
    return order_need(turn, orders, payload)


@on_no(OFFER)
def not_needed(turn: Turn, orders: Orders, payload: Mapping[str, Any]) -> Reply:
    """The visit goes on with what the shopper came for."""
    return Reply("NoIntent.offer_declined")
