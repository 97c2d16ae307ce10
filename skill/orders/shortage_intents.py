"""What a shopper answers about something that is out of stock, and waiting for its return."""

from collections.abc import Mapping
from typing import Any

from skill.catalog.index import SkuFacts
from skill.conversation.declare import Slot, intent, on_cancel, on_no, on_yes
from skill.conversation.errors import SpokenError
from skill.conversation.turn import Reply, Turn
from skill.orders.ports import Item
from skill.orders.replies import quote_reply, shopper
from skill.orders.service import Orders
from skill.orders.shortage_replies import INSTEAD, WATCH, WITHOUT, basket_of, declined_of, terms_of
from skill.orders.spoken_items import LONGEST_WORDS, wanted
from skill.orders.stock_watch import StockWatches

PRODUCT = Slot("product", "PRODUCT")


@on_yes(INSTEAD)
def take_instead(turn: Turn, orders: Orders, payload: Mapping[str, Any]) -> Reply:
    """Quote the basket with what was offered; it still needs its own yes."""
    return _goes_on(turn, orders, payload, "items", "OrderItemIntent.quoted")


@on_no(INSTEAD)
def not_instead(turn: Turn, orders: Orders, payload: Mapping[str, Any]) -> Reply:
    """Nothing takes its place: what is left to be asked about the basket as it was wanted."""
    return _goes_on(turn, orders, payload, "basket", "OrderItemIntent.quoted")


@on_cancel(INSTEAD)
def leave_it_all(turn: Turn, orders: Orders, payload: Mapping[str, Any]) -> Reply:
    """Nothing is ordered at all."""
    return Reply("NoIntent.order_dropped")


@on_yes(WITHOUT)
def go_on_without(turn: Turn, orders: Orders, payload: Mapping[str, Any]) -> Reply:
    """Quote the rest of the basket; it still needs its own yes."""
    return _goes_on(turn, orders, payload, "items", "YesIntent.without")


@on_no(WITHOUT)
def not_without(turn: Turn, orders: Orders, payload: Mapping[str, Any]) -> Reply:
    """A part of the basket is no use: nothing is ordered."""
    return Reply("NoIntent.order_dropped")


@on_yes(WATCH)
def watch(turn: Turn, orders: Orders, payload: Mapping[str, Any]) -> Reply:
    """Tell at a later visit when it is back."""
    for sku_id, name in zip(payload["skus"], payload["names"], strict=True):
        StockWatches(orders.unit).watch(sku_id, name, shopper(turn))
    return Reply("WatchStockIntent.watching", {"names": list(payload["names"])})


@on_no(WATCH)
def do_not_watch(turn: Turn, orders: Orders, payload: Mapping[str, Any]) -> Reply:
    """Nothing is ordered and nothing is watched."""
    return Reply("NoIntent.order_dropped")


@intent("WatchStockIntent", PRODUCT, needs="list")
def watch_stock(turn: Turn, orders: Orders) -> Reply:
    """Wait for something that is out of stock; what can be had is told as such."""
    sku = named(turn, orders, "product")
    if sku is None:
        return Reply("WatchStockIntent.what")
    offers = orders.quotes.offers(shopper(turn), [Item(sku.sku_id, 1)])
    if any(offer.lines for offer in offers):
        return Reply("WatchStockIntent.there", {"name": sku.name})
    StockWatches(orders.unit).watch(sku.sku_id, sku.name, shopper(turn))
    return Reply("WatchStockIntent.watching", {"names": [sku.name]})


@intent("StopWatchingIntent", PRODUCT, needs="list")
def stop_watching(turn: Turn, orders: Orders) -> Reply:
    """Wait no longer for what is named, or for anything."""
    watches = StockWatches(orders.unit)
    found = [one for one in watches.all() if one.until > turn.at]
    if turn.heard("product") and found:
        skus = {sku.sku_id for sku in _among(turn, orders, [one.sku_id for one in found])}
        found = [one for one in found if one.sku_id in skus]
    if not found:
        return Reply("StopWatchingIntent.nothing")
    watches.stop(found)
    return Reply("StopWatchingIntent.stopped", {"names": [one.name for one in found]})


def named(turn: Turn, orders: Orders, slot: str) -> SkuFacts | None:
    """What a slot names, own purchases first, the likeliest where several fit; None for an empty slot.

    Raises SpokenError when it is not sold.
    """
    things = wanted(turn, slot, "quantity")
    if not things:
        return None
    found = orders.catalog.find(things[0].words, turn.language, orders.history.own_skus())
    if not found.skus:
        raise SpokenError("Error.not_sold", {"words": [things[0].words[:LONGEST_WORDS]]})
    return found.skus[0]


def _among(turn: Turn, orders: Orders, skus: list[str]) -> list[SkuFacts]:
    """Those of `skus` that the words name: a name, or the kind of several."""
    words, index = turn.heard("product") or "", orders.catalog.index(turn.language)
    need = index.need(words)
    known = [index.skus[sku] for sku in skus if sku in index.skus]
    of_kind = [sku for sku in known if need is not None and sku.need == need]
    found = orders.catalog.find(words, turn.language, skus).skus
    return of_kind or [sku for sku in known if sku in found]


def _goes_on(turn: Turn, orders: Orders, payload: Mapping[str, Any], which: str, prompt: str) -> Reply:
    """Make the offer anew: with what was agreed ("items"), or as it was wanted ("basket")."""
    declined = [*declined_of(payload)]
    if which == "basket":
        short, offered = payload["offered"]
        declined.append((short, offered))
    made = orders.quotes.make_on(
        shopper(turn), basket_of(payload, which), terms_of(payload), payload["unknown"], declined
    )
    values = {"names": payload["names"]}
    return quote_reply(orders, made, prompt, values, source=terms_of(payload).source)
