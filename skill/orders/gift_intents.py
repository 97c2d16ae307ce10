"""What a shopper can say about gifts: that something is one, and that it need not be a secret any more."""

from collections.abc import Sequence

from skill.conversation.declare import Slot, intent
from skill.conversation.errors import SpokenError
from skill.conversation.turn import Reply, Turn
from skill.orders.gifts import Gifts
from skill.orders.models import Quote
from skill.orders.pending import pending
from skill.orders.replies import quote_values, require
from skill.orders.service import Orders


@intent("HideGiftIntent", Slot("product", "PRODUCT"), needs="reorder")
def hide_gift(turn: Turn, orders: Orders) -> Reply:
    """Hide what is offered, or the last order: all of it, or what is named. It is not named here either."""
    quotes = pending(turn, orders)
    if quotes:
        return _hide_offer(turn, orders, quotes)
    require(turn, "orders")
    last = orders.history.last()
    if last is None:
        raise SpokenError("Error.no_orders")
    basket = next(iter(orders.history.baskets(1)), [last])
    held = [item.sku_id for order in basket for item in orders.history.items(order.id)]
    skus = _meant(turn, orders, held)
    if not skus:
        return Reply("HideGiftIntent.not_in_it")
    for order in basket:
        Gifts(orders.unit).hide_order(order, skus)
    return Reply("HideGiftIntent.order", {"seller": last.seller_name, "all": turn.heard("product") is None})


@intent("ShowGiftIntent", needs="orders")
def show_gift(turn: Turn, orders: Orders) -> Reply:
    """Name again what the caller hid last; somebody else's gift stays what it is."""
    order = Gifts(orders.unit).show(turn.caller.member_id)
    if order is None:
        return Reply("ShowGiftIntent.none")
    return Reply(
        "ShowGiftIntent.shown",
        {"seller": order.seller_name, "placed": order.placed_at.astimezone(turn.local.tzinfo)},
    )


def _hide_offer(turn: Turn, orders: Orders, quotes: Sequence[Quote]) -> Reply:
    skus = _meant(turn, orders, [item.sku_id for item in orders.quotes.items(quotes)])
    if not skus:
        return Reply("HideGiftIntent.not_in_offer", keep_pending=True)
    for quote in quotes:
        Gifts(orders.unit).hide_quote(quote, skus)
    orders.unit.session.expire_all()
    return Reply("HideGiftIntent.offer", quote_values(orders, quotes), keep_pending=True)


def _meant(turn: Turn, orders: Orders, held: Sequence[str]) -> list[str]:
    """Which of the SKUs are a gift: those that are named, or all where nothing is."""
    words = turn.heard("product")
    if words is None:
        return list(held)
    found = {sku.sku_id for sku in orders.catalog.find(words, turn.language, held).skus}
    return [sku for sku in held if sku in found]
