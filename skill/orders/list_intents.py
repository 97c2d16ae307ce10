"""What a shopper can say about what is on the shopping list, or on a list with a name."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from skill.conversation.declare import Slot, intent, on_no, on_yes
from skill.conversation.errors import SpokenError
from skill.conversation.turn import Confirm, Reply, Turn
from skill.orders.labels import label
from skill.orders.models import ListItem, NamedList
from skill.orders.ports import Item
from skill.orders.replies import found_reply, shopper
from skill.orders.resolving import resolve
from skill.orders.service import Orders
from skill.orders.spoken_items import LONGEST_WORDS, Wanted, wanted

CLEAR = "orders.clear_list"
THING = Slot("product", "PRODUCT", multiple=True, elicited=True)
ASKED_FOR = Slot("product", "PRODUCT")
QUANTITY = Slot("quantity", "AMAZON.NUMBER")
LIST = Slot("list", "LIST_NAME")
MOST_NAMED = 5
"""So many names of lists are told; more are too many to remember."""
NOUNS: Mapping[str, frozenset[str]] = {
    "en": frozenset({"list", "lists"}),
    "de": frozenset({"liste", "listen"}),
}
SHOPPING: Mapping[str, frozenset[str]] = {
    "en": frozenset({"shopping", "grocery", "groceries", "normal", "usual"}),
    "de": frozenset({"einkaufs", "einkauf", "einkaufszettel", "zettel", "normale"}),
}
"""What the list without a name is called."""


def list_name(turn: Turn) -> str:
    """The name that was said for a list, in lower case; empty for the shopping list."""
    name = label(turn.heard("list") or "", turn.language, NOUNS.get(turn.language, frozenset()))
    return "" if name in SHOPPING.get(turn.language, ()) else name


def list_meant(turn: Turn, orders: Orders) -> NamedList | None:
    """The list that was named; None for the shopping list. Raises SpokenError when no list is called so."""
    name = list_name(turn)
    found = orders.list.called(name) if name else None
    if name and found is None:
        names = [one.name for one in orders.list.named()]
        raise SpokenError("Error.no_such_list", {"list": name, "names": names[:MOST_NAMED]})
    return found


def _about(named: NamedList | None) -> tuple[UUID | None, dict[str, object]]:
    """The id of a list, and its name as prompts have it."""
    return (named.id, {"list": named.name}) if named else (None, {"list": ""})


@intent("AddToListIntent", QUANTITY, THING, LIST, needs="list")
def add_to_list(turn: Turn, orders: Orders) -> Reply:
    """Put the named things on the list, bound to a SKU when the words name just one."""
    named = list_meant(turn, orders)
    list_id, told = _about(named)
    things = wanted(turn, "product", "quantity")
    if not things:
        return Reply("AddToListIntent.what", elicit="product")
    own = orders.history.own_skus()
    added = []
    for thing in things:
        found = orders.catalog.find(thing.words, turn.language, own)
        sku_id = found.skus[0].sku_id if found.decision == "act" else None
        _add(orders, turn, thing, sku_id, named)
        name = orders.catalog.spelled(thing.words, turn.language)
        added.append({"name": name, "quantity": thing.quantity or 1})
    count = len(orders.list.items(list_id))
    return Reply("AddToListIntent.added", {"lines": added, "count": count, **told})


def _add(orders: Orders, turn: Turn, thing: Wanted, sku_id: str | None, named: NamedList | None) -> None:
    list_id, told = _about(named)
    words, quantity = thing.words[:140], thing.quantity or 1
    try:
        orders.list.add(words, quantity, sku_id, turn.caller.member_id, turn.at, list_id)
    except OverflowError as error:
        raise SpokenError("AddToListIntent.full", told) from error


@intent("RemoveFromListIntent", THING, LIST, needs="list")
def remove_from_list(turn: Turn, orders: Orders) -> Reply:
    """Take the named things off the list."""
    list_id, told = _about(list_meant(turn, orders))
    things = wanted(turn, "product", "quantity")
    if not things:
        return Reply("RemoveFromListIntent.what", elicit="product")
    removed = [item for thing in things if (item := orders.list.remove(thing.words, list_id)) is not None]
    if not removed:
        words = [orders.catalog.spelled(thing.words, turn.language) for thing in things]
        raise SpokenError("RemoveFromListIntent.not_there", {"words": words, **told})
    return Reply("RemoveFromListIntent.removed", {"lines": _spoken(turn, orders, removed), **told})


@intent("ReadListIntent", ASKED_FOR, LIST, needs="list")
def read_list(turn: Turn, orders: Orders) -> Reply:
    """Say what is on the list; to "is milk on my list?" yes or no."""
    list_id, told = _about(list_meant(turn, orders))
    items, asked = list(orders.list.items(list_id)), turn.heard("product")
    if not items:
        return Reply("ReadListIntent.empty", told)
    if asked is None:
        values = {"lines": _spoken(turn, orders, items), "count": len(items), **told}
        return Reply("ReadListIntent.read", values)
    found = orders.list.find(asked, list_id)
    if found is None:
        words = orders.catalog.spelled(asked[:LONGEST_WORDS], turn.language)
        return Reply("ReadListIntent.not_on_list", {"words": words, **told})
    return Reply("ReadListIntent.on_list", {"lines": _spoken(turn, orders, [found]), **told})


@intent("ClearListIntent", LIST, needs="list")
def clear_list(turn: Turn, orders: Orders) -> Reply:
    """Ask before everything is taken off the list."""
    list_id, told = _about(list_meant(turn, orders))
    items = orders.list.items(list_id)
    if not items:
        return Reply("ReadListIntent.empty", told)
    payload = {"items": [str(item.id) for item in items], "list_id": str(list_id) if list_id else None}
    return Reply("ClearListIntent.ask", {"count": len(items), **told}, confirm=Confirm(CLEAR, payload))


@on_yes(CLEAR)
def clear_it(turn: Turn, orders: Orders, payload: Mapping[str, Any]) -> Reply:
    """Take off what was on the list when it was asked; what somebody added since stays."""
    list_id = UUID(payload["list_id"]) if payload.get("list_id") else None
    orders.list.clear([item for item in orders.list.items(list_id) if str(item.id) in payload["items"]])
    return Reply("YesIntent.list_cleared")


@on_no(CLEAR)
def keep_list(turn: Turn, orders: Orders, payload: Mapping[str, Any]) -> Reply:
    """The list stays."""
    return Reply("NoIntent.list_kept")


@intent("OrderListIntent", LIST, needs="reorder")
def order_list(turn: Turn, orders: Orders) -> Reply:
    """Quote everything on the list; what is ambiguous is asked about, what is not sold is told.

    What was ordered is crossed off the shopping list; a list with a name is kept for the next time.
    """
    list_id, told = _about(list_meant(turn, orders))
    items = list(orders.list.items(list_id))
    if not items:
        return Reply("ReadListIntent.empty", told)
    bound = [Item(item.sku_id, item.quantity) for item in items if item.sku_id]
    open_words = [Wanted(item.words, item.quantity) for item in items if not item.sku_id]
    found = resolve(orders, shopper(turn), open_words, bound)
    return found_reply(orders, turn, found, "OrderListIntent.quoted", "named list" if list_id else "list")


def _spoken(turn: Turn, orders: Orders, items: Sequence[ListItem]) -> list[dict[str, object]]:
    return [
        {"name": orders.catalog.spelled(item.words, turn.language), "quantity": item.quantity}
        for item in items
    ]
