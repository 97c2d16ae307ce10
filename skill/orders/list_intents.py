"""What a shopper can say about the shopping list."""

from collections.abc import Mapping, Sequence
from typing import Any

from skill.conversation.declare import Slot, intent, on_no, on_yes
from skill.conversation.errors import SpokenError
from skill.conversation.turn import Confirm, Reply, Turn
from skill.orders.models import ListItem
from skill.orders.ports import Item
from skill.orders.replies import found_reply, shopper
from skill.orders.resolving import resolve
from skill.orders.service import Orders
from skill.orders.spoken_items import LONGEST_WORDS, Wanted, wanted

CLEAR = "orders.clear_list"
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
        name = orders.catalog.spelled(thing.words, turn.language)
        added.append({"name": name, "quantity": thing.quantity or 1})
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
        words = [orders.catalog.spelled(thing.words, turn.language) for thing in things]
        raise SpokenError("RemoveFromListIntent.not_there", {"words": words})
    return Reply("RemoveFromListIntent.removed", {"lines": _spoken(turn, orders, removed)})


@intent("ReadListIntent", ASKED_FOR, needs="list")
def read_list(turn: Turn, orders: Orders) -> Reply:
    """Say what is on the list; to "is milk on my list?" yes or no."""
    items, asked = list(orders.list.items()), turn.heard("product")
    if not items:
        return Reply("ReadListIntent.empty")
    if asked is None:
        return Reply("ReadListIntent.read", {"lines": _spoken(turn, orders, items), "count": len(items)})
    found = orders.list.find(asked)
    if found is None:
        words = orders.catalog.spelled(asked[:LONGEST_WORDS], turn.language)
        return Reply("ReadListIntent.not_on_list", {"words": words})
    return Reply("ReadListIntent.on_list", {"lines": _spoken(turn, orders, [found])})


@intent("ClearListIntent", needs="list")
def clear_list(turn: Turn, orders: Orders) -> Reply:
    """Ask before everything is taken off the list."""
    items = orders.list.items()
    if not items:
        return Reply("ReadListIntent.empty")
    payload = {"items": [str(item.id) for item in items]}
    return Reply("ClearListIntent.ask", {"count": len(items)}, confirm=Confirm(CLEAR, payload))


@on_yes(CLEAR)
def clear_it(turn: Turn, orders: Orders, payload: Mapping[str, Any]) -> Reply:
    """Take off what was on the list when it was asked; what somebody added since stays."""
    orders.list.clear([item for item in orders.list.items() if str(item.id) in payload["items"]])
    return Reply("YesIntent.list_cleared")


@on_no(CLEAR)
def keep_list(turn: Turn, orders: Orders, payload: Mapping[str, Any]) -> Reply:
    """The list stays."""
    return Reply("NoIntent.list_kept")


@intent("OrderListIntent", needs="reorder")
def order_list(turn: Turn, orders: Orders) -> Reply:
    """Quote everything on the list; what is ambiguous is asked about, what is not sold is told."""
    items = list(orders.list.items())
    if not items:
        return Reply("ReadListIntent.empty")
    bound = [Item(item.sku_id, item.quantity) for item in items if item.sku_id]
    open_words = [Wanted(item.words, item.quantity) for item in items if not item.sku_id]
    found = resolve(orders, shopper(turn), open_words, bound)
    return found_reply(orders, turn, found, "OrderListIntent.quoted", "list")


def _spoken(turn: Turn, orders: Orders, items: Sequence[ListItem]) -> list[dict[str, object]]:
    return [
        {"name": orders.catalog.spelled(item.words, turn.language), "quantity": item.quantity}
        for item in items
    ]
