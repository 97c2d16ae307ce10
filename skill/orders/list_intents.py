"""What a shopper can say about the shopping list."""

from skill.conversation.declare import Slot, intent
from skill.conversation.errors import SpokenError
from skill.conversation.turn import Reply, Turn
from skill.orders.models import ListItem
from skill.orders.ports import Item
from skill.orders.replies import found_reply, shopper
from skill.orders.service import Orders
from skill.orders.spoken_items import Wanted, wanted

THING = Slot("product", "PRODUCT", multiple=True, elicited=True)
ASKED_FOR = Slot("product", "PRODUCT")
QUANTITY = Slot("quantity", "AMAZON.NUMBER")


@intent("AddToListIntent", QUANTITY, THING, needs="list")
def add_to_list(turn: Turn, orders: Orders) -> Reply:
    """Put the named things on the list, bound to a SKU when the words name just one."""
    things = wanted(turn, "product", "quantity")
    if not things:
        return Reply("AddToListIntent.what", elicit="product")
    own = orders.history.own_skus()
    added = []
    for thing in things:
        found = orders.catalog.find(thing.words, turn.language, own)
        sku_id = found.skus[0].sku_id if found.decision == "act" else None
        _add(orders, turn, thing, sku_id)
        added.append({"name": thing.words, "quantity": thing.quantity or 1})
    return Reply("AddToListIntent.added", {"lines": added, "count": len(orders.list.items())})


def _add(orders: Orders, turn: Turn, thing: Wanted, sku_id: str | None) -> None:
    try:
        orders.list.add(thing.words[:140], thing.quantity or 1, sku_id, turn.caller.member_id, turn.at)
    except OverflowError as error:
        raise SpokenError("AddToListIntent.full") from error


@intent("RemoveFromListIntent", THING, needs="list")
def remove_from_list(turn: Turn, orders: Orders) -> Reply:
    """Take the named things off the list."""
    things = wanted(turn, "product", "quantity")
    if not things:
        return Reply("RemoveFromListIntent.what", elicit="product")
    removed = [item for thing in things if (item := orders.list.remove(thing.words)) is not None]
    if not removed:
        raise SpokenError("RemoveFromListIntent.not_there", {"words": [thing.words for thing in things]})
    return Reply("RemoveFromListIntent.removed", {"lines": _spoken(removed)})


@intent("ReadListIntent", ASKED_FOR, needs="list")
def read_list(turn: Turn, orders: Orders) -> Reply:
    """Say what is on the list, also to "is milk on my list?"."""
    items = list(orders.list.items())
    if not items:
        return Reply("ReadListIntent.empty")
    return Reply("ReadListIntent.read", {"lines": _spoken(items), "count": len(items)})


@intent("OrderListIntent", needs="reorder")
def order_list(turn: Turn, orders: Orders) -> Reply:
    """Quote everything on the list; what is ambiguous is asked about, what is not sold is told."""
    items = list(orders.list.items())
    if not items:
        return Reply("ReadListIntent.empty")
    bound = [Item(item.sku_id, item.quantity) for item in items if item.sku_id]
    open_words = [Wanted(item.words, item.quantity) for item in items if not item.sku_id]
    found = orders.resolve(shopper(turn), open_words, bound)
    return found_reply(orders, turn, found, "OrderListIntent.quoted", "list")


def _spoken(items: list[ListItem]) -> list[dict[str, object]]:
    return [{"name": item.words, "quantity": item.quantity} for item in items]
