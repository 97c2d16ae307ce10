"""What a shopper can ask about what will run out: what, when, and why it is thought so."""

from collections.abc import Mapping, Sequence
from typing import Any

from skill.conversation.declare import Slot, intent, on_no, on_yes
from skill.conversation.turn import Confirm, Reply, Turn
from skill.orders.needs import Need, Needs
from skill.orders.ports import Item
from skill.orders.replies import items_of, quote_reply, shopper
from skill.orders.service import Orders

PRODUCT = Slot("product", "PRODUCT")
NEED = "orders.need"


@intent("RunningLowIntent", needs="orders")
def running_low(turn: Turn, orders: Orders) -> Reply:
    """Name what is surely bought again within two weeks, and offer to order it."""
    soon = Needs(orders.unit, turn.caller.zone).soon(turn.at)
    on_its_way = {item.sku_id for order in orders.history.open() for item in orders.history.items(order.id)}
    soon = [need for need in soon if need.sku_id not in on_its_way]
    if not soon:
        return Reply("RunningLowIntent.nothing_sure")
    return _offered(turn, orders, "RunningLowIntent.told", soon)


@intent("NextNeedIntent", PRODUCT, needs="orders")
def next_need(turn: Turn, orders: Orders) -> Reply:
    """Say in which window something will be needed again; where that is not sure, what is known."""
    words = turn.heard("product")
    if words is None:
        return Reply("NextNeedIntent.what")
    own = orders.history.own_skus()
    found = orders.catalog.find(words, turn.language, own)
    need = Needs(orders.unit, turn.caller.zone).next([sku.sku_id for sku in found.skus], turn.at)
    if need is None:
        return Reply("NextNeedIntent.never_bought", {"words": orders.catalog.spelled(words, turn.language)})
    if need.reason.typical_gap_days is None:
        return Reply("NextNeedIntent.not_sure", _told(turn, orders, need))
    return _offered(turn, orders, "NextNeedIntent.told", [need])


@intent("WhyIntent", needs="orders")
def why(turn: Turn, orders: Orders) -> Reply:
    """Give the facts behind what was just said of a need; the offer stays open."""
    asked = (turn.session.choice or {}).get("needs")
    skus = [str(sku) for sku in asked] if isinstance(asked, list) else []
    need = Needs(orders.unit, turn.caller.zone).next(skus[:1], turn.at)
    if need is None:
        return Reply("WhyIntent.nothing_said")
    return Reply("WhyIntent.told", _told(turn, orders, need), keep_pending=True)


@on_yes(NEED)
def order_need(turn: Turn, orders: Orders, payload: Mapping[str, Any]) -> Reply:
    """Quote what was named; it still needs its own yes."""
    made = orders.quotes.make(shopper(turn), items_of(payload), "need")
    return quote_reply(orders, made, "OrderItemIntent.quoted", source="need")


@on_no(NEED)
def not_now(turn: Turn, orders: Orders, payload: Mapping[str, Any]) -> Reply:
    """Nothing is ordered."""
    return Reply("NoIntent.order_dropped")


def _offered(turn: Turn, orders: Orders, prompt: str, needs: Sequence[Need]) -> Reply:
    items = [Item(need.sku_id, orders.history.last_quantity(need.sku_id) or 1) for need in needs]
    payload = {"items": [[item.sku_id, item.quantity] for item in items], "source": "need"}
    return Reply(
        prompt,
        {"needs": [_told(turn, orders, need) for need in needs]},
        confirm=Confirm(NEED, payload, "reorder"),
        choice={"needs": [need.sku_id for need in needs]},
    )


def _told(turn: Turn, orders: Orders, need: Need) -> dict[str, object]:
    sku = orders.catalog.sku(need.sku_id, turn.language)
    return {
        "name": sku.product_name if sku else orders.history.name_of(need.sku_id),
        "part": need.window.part,
        "unit": need.window.unit,
        "ahead": need.window.ahead,
        "times": need.reason.times_bought,
        "gap": need.reason.typical_gap_days,
        "last": need.reason.last_bought,
    }
