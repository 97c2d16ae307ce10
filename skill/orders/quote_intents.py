"""What a shopper can say about an offer before yes or no: ask about it, or change it."""

from collections.abc import Sequence

from skill.catalog.index import SkuFacts
from skill.conversation.declare import Slot, intent
from skill.conversation.turn import Reply, Turn
from skill.orders.models import Quote
from skill.orders.pending import pending, told_again, with_quantity
from skill.orders.ports import Item
from skill.orders.replies import quote_reply, require, shopper
from skill.orders.service import Orders
from skill.orders.spoken_items import spoken_number

WHAT = Slot("product", "PRODUCT", multiple=True)
SIZE = Slot("size", "SIZE")


@intent("ReadQuoteIntent")
def read_quote(turn: Turn, orders: Orders) -> Reply:
    """Say the offer that waits for a yes again, in full."""
    quotes = pending(turn, orders)
    return told_again(turn, orders, quotes) if quotes else Reply("ReadQuoteIntent.nothing_open")


@intent("ChangeQuantityIntent", Slot("quantity", "AMAZON.NUMBER"), needs="reorder")
def change_quantity(turn: Turn, orders: Orders) -> Reply:
    """Offer another number of the one thing that waits for a yes."""
    choice = turn.session.choice or {}
    if "code_for" in choice:  # two or three digits were heard where the voice code was asked for
        return Reply("GiveVoiceCodeIntent.not_four", elicit="GiveVoiceCodeIntent.code", choice=choice)
    quotes, quantity = pending(turn, orders), spoken_number(turn, "quantity")
    if not quotes:
        return Reply("ChangeQuantityIntent.nothing_open")
    if quantity is None:
        return Reply("ChangeQuantityIntent.how_many", keep_pending=True)
    return with_quantity(turn, orders, quotes, quantity)


@intent("LeaveOutIntent", WHAT, needs="reorder")
def leave_out(turn: Turn, orders: Orders) -> Reply:
    """Offer the rest: "without the wipes". Nothing left means that the offer is dropped."""
    quotes = pending(turn, orders)
    words = [heard.value for heard in turn.all_heard("product")]
    if not quotes:
        return Reply("LeaveOutIntent.nothing_open")
    items = orders.quotes.items(quotes)
    unwanted = {sku for said in words for sku in _named(turn, orders, said, items)}
    if not unwanted:
        return Reply("LeaveOutIntent.not_in_it", {"words": words}, keep_pending=True)
    rest = [item for item in items if item.sku_id not in unwanted]
    if not rest:
        orders.quotes.drop(quotes, turn.at, "left out")
        return Reply("NoIntent.order_dropped")
    return _instead(turn, orders, quotes, rest)


@intent("ChangeSizeIntent", SIZE, needs="reorder")
def change_size(turn: Turn, orders: Orders) -> Reply:
    """Offer the same in another size: "the same but size four". Only what comes in sizes changes."""
    quotes = pending(turn, orders)
    heard = turn.slots.get("size")
    if not quotes:
        return Reply("ChangeSizeIntent.nothing_open")
    if heard is None or not heard.value.strip():
        return Reply("ChangeSizeIntent.which", keep_pending=True)
    index = orders.catalog.index(turn.language)
    items = orders.quotes.items(quotes)
    sized = [item for item in items if item.sku_id in index.skus and index.skus[item.sku_id].size]
    if not sized:
        return Reply("ChangeSizeIntent.no_sizes", keep_pending=True)
    size, changed = heard.id or heard.value, dict[str, str]()
    for item in sized:
        other = _in_size(orders, turn, index.skus[item.sku_id], size)
        if other is None:
            values = {"name": index.skus[item.sku_id].product_name, "size": heard.value}
            return Reply("ChangeSizeIntent.not_sold", values, keep_pending=True)
        changed[item.sku_id] = other
    if not set(changed.values()) <= {*orders.history.own_skus(), *changed}:
        require(turn, "order")  # who may only buy again may not buy another size
    wanted = [Item(changed.get(item.sku_id, item.sku_id), item.quantity) for item in items]
    return _instead(turn, orders, quotes, wanted)


def _named(turn: Turn, orders: Orders, words: str, items: Sequence[Item]) -> list[str]:
    """The SKUs of the offer that the words name: a name of one thing, or the kind of several."""
    index, offered = orders.catalog.index(turn.language), [item.sku_id for item in items]
    need = index.need(words)
    of_kind = [sku for sku in offered if sku in index.skus and index.skus[sku].need == need]
    if need is not None and of_kind:
        return of_kind
    found = orders.catalog.find(words, turn.language, offered)
    return [sku.sku_id for sku in found.skus if sku.sku_id in offered]


def _in_size(orders: Orders, turn: Turn, sku: SkuFacts, size: str) -> str | None:
    """The same product in that size, in the pack nearest to the one it was in."""
    index = orders.catalog.index(turn.language)
    others = [index.skus[one] for one in index.by_product[sku.product_id]]
    fitting = [one for one in others if one.size.casefold() == size.strip().casefold()]
    fitting.sort(key=lambda one: (abs(one.pack_size - sku.pack_size), one.sku_id))
    return fitting[0].sku_id if fitting else None


def _instead(turn: Turn, orders: Orders, quotes: Sequence[Quote], items: Sequence[Item]) -> Reply:
    """A new offer in the place of the one that waits."""
    made = orders.quotes.instead(shopper(turn), quotes, items)
    return quote_reply(orders, made, "OrderItemIntent.quoted", source=quotes[0].source)
