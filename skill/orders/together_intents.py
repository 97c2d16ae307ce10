"""What a shopper can ask beside something: what goes with it, and whether a larger pack costs less."""

from collections.abc import Mapping, Sequence
from typing import Any

from skill.catalog.index import SkuFacts, prices, sold_out
from skill.catalog.packs import LargerPack, best_saving, larger_packs, packs_for
from skill.conversation.declare import Slot, intent, on_no, on_yes
from skill.conversation.errors import SpokenError
from skill.conversation.turn import Confirm, Reply, Turn
from skill.orders.models import Quote
from skill.orders.opinion_intents import aside, spoken_of
from skill.orders.pending import pending
from skill.orders.ports import Item
from skill.orders.replies import items_of, needs_of, quote_reply, require, shopper
from skill.orders.service import Orders
from skill.orders.shelf import skus_named, spoken
from skill.orders.spoken_items import LONGEST_WORDS
from skill.orders.together import decline, together_offer

ADD, LARGER = "orders.together", "orders.larger"


@intent("BoughtTogetherIntent", Slot("product", "PRODUCT", elicited=True), needs="order")
def bought_together(turn: Turn, orders: Orders) -> Reply:
    """Name what other households buy with something, and offer it; to what waits for a yes it is added."""
    mains = _meant(turn, orders)
    if not mains:
        return Reply("BoughtTogetherIntent.what", elicit="BoughtTogetherIntent.product")
    quotes = pending(turn, orders)
    skus = orders.catalog.index(turn.language).skus
    held = {skus[item.sku_id].product_id for item in orders.quotes.items(quotes) if item.sku_id in skus}
    products = {sku.product_id for sku in mains}
    found = together_offer(orders, products, turn.language, turn.at, held)
    if found is None:
        keys = "BoughtTogetherIntent.nothing", "BoughtTogetherIntent.nothing_waiting"
        return aside(turn, orders, keys, {"name": mains[0].product_name})
    cents = prices(orders.unit, [found.sku.sku_id], turn.at)[found.sku.sku_id]
    payload = {
        "items": [[found.sku.sku_id, 1]],
        "pair": [found.main, found.sku.product_id],
        "quotes": [str(quote.id) for quote in quotes],
    }
    main = next(sku for sku in mains if sku.product_id == found.main)
    return Reply(
        "BoughtTogetherIntent.told",
        {
            "main": main.product_name,
            "other": spoken(orders, found.sku, cents),
            "households": found.households,
            "added": bool(quotes),
        },
        confirm=Confirm(ADD, payload, "order"),
        choice={"options": [found.sku.sku_id]},
    )


@on_yes(ADD)
def add_it(turn: Turn, orders: Orders, payload: Mapping[str, Any]) -> Reply:
    """Quote it, with what waited for a yes before; that still needs its own yes."""
    waiting = _still_open(orders, payload)
    items = [*orders.quotes.items(waiting), *items_of(payload)]
    return _quoted(turn, orders, waiting, items, "OrderItemIntent.quoted")


@on_no(ADD)
def not_added(turn: Turn, orders: Orders, payload: Mapping[str, Any]) -> Reply:
    """Remember the "no" for thirty days; what waited before is offered without it."""
    main, other = payload["pair"]
    decline(orders, main, other, turn.at)
    return _as_before(turn, orders, payload)


@intent("LargerPackIntent", Slot("product", "PRODUCT"), needs="reorder")
def larger_pack(turn: Turn, orders: Orders) -> Reply:
    """Offer a larger pack only where its unit costs less, and say by how much."""
    packs = _meant(turn, orders)
    if not packs:
        return Reply("LargerPackIntent.what")
    quotes = pending(turn, orders)
    if not quotes:
        require(turn, "order")
    seen: list[SkuFacts] = []
    for pack in packs:
        larger = larger_packs(orders.catalog.index(turn.language), pack)
        seen += larger
        ids = [pack.sku_id, *(one.sku_id for one in larger)]
        cents, gone = prices(orders.unit, ids, turn.at), sold_out(orders.unit, ids)
        best = best_saving(pack, [one for one in larger if one.sku_id not in gone], cents)
        if best is not None:
            return _larger_offered(orders, quotes, pack, best, cents)
    keys = "LargerPackIntent.none", "LargerPackIntent.none_waiting"
    if seen:
        keys = "LargerPackIntent.not_cheaper", "LargerPackIntent.not_cheaper_waiting"
    return aside(turn, orders, keys, {"name": packs[0].product_name})


def _larger_offered(
    orders: Orders, quotes: Sequence[Quote], pack: SkuFacts, best: LargerPack, cents: Mapping[str, int]
) -> Reply:
    items = orders.quotes.items(quotes) or [Item(pack.sku_id, 1)]
    larger = best.sku
    wanted = [
        Item(larger.sku_id, packs_for(item.quantity, pack, larger)) if item.sku_id == pack.sku_id else item
        for item in items
    ]
    known = larger.sku_id in orders.history.own_skus()
    needed = needs_of(quotes[0].source if quotes and known else "item")
    payload = {
        "items": [[item.sku_id, item.quantity] for item in wanted],
        "quotes": [str(quote.id) for quote in quotes],
    }
    values = {
        "larger": spoken(orders, larger, cents[larger.sku_id]),
        "pack": spoken(orders, pack, cents[pack.sku_id]),
        "percent": best.percent,
        "instead": bool(quotes),
    }
    return Reply("LargerPackIntent.told", values, confirm=Confirm(LARGER, payload, needed))


@on_yes(LARGER)
def take_larger(turn: Turn, orders: Orders, payload: Mapping[str, Any]) -> Reply:
    """Quote the larger pack in the place of the smaller one; that still needs its own yes."""
    waiting = _still_open(orders, payload)
    return _quoted(turn, orders, waiting, items_of(payload), "OrderItemIntent.quoted")


@on_no(LARGER)
def keep_pack(turn: Turn, orders: Orders, payload: Mapping[str, Any]) -> Reply:
    """The pack stays as it was."""
    return _as_before(turn, orders, payload)


def _as_before(turn: Turn, orders: Orders, payload: Mapping[str, Any]) -> Reply:
    waiting = _still_open(orders, payload)
    if not waiting:
        return Reply("NoIntent.order_dropped")
    return _quoted(turn, orders, waiting, orders.quotes.items(waiting), "NoIntent.rest_quoted")


def _quoted(
    turn: Turn, orders: Orders, waiting: Sequence[Quote], items: Sequence[Item], prompt: str
) -> Reply:
    """A quote of `items` in the place of those that wait, asked for by the same source."""
    if not waiting:
        return quote_reply(orders, orders.quotes.make(shopper(turn), items, "item"), prompt)
    made = orders.quotes.instead(shopper(turn), waiting, items)
    return quote_reply(orders, made, prompt, source=waiting[0].source)


def _still_open(orders: Orders, payload: Mapping[str, Any]) -> list[Quote]:
    """The quotes that waited when the question was asked and wait still."""
    return [quote for quote in orders.quotes.get(payload["quotes"]) if quote.state == "quoted"]


def _meant(turn: Turn, orders: Orders) -> list[SkuFacts]:
    """The SKUs that are named; without a name those of the open question. Own purchases come first."""
    said = (turn.heard("product") or "")[:LONGEST_WORDS]
    if not said:
        return spoken_of(turn, orders)
    skus = skus_named(orders, said, turn.language)
    if not skus:
        raise SpokenError("FindProductIntent.not_sold", {"words": said})
    own = orders.history.own_skus()
    return sorted(skus, key=lambda sku: own.index(sku.sku_id) if sku.sku_id in own else len(own))
