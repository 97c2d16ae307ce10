"""What a shopper can say about the lists themselves: make one, delete one, and which there are."""

from collections.abc import Mapping
from typing import Any

from skill.conversation.declare import Slot, intent, on_no, on_yes
from skill.conversation.errors import SpokenError
from skill.conversation.turn import Confirm, Reply, Turn
from skill.orders.list_intents import LIST, MOST_NAMED, clear_list, list_meant, list_name
from skill.orders.service import Orders

DELETE = "orders.delete_list"
NEW = Slot("list", "LIST_NAME", elicited=True)


@intent("CreateListIntent", NEW, needs="list")
def create_list(turn: Turn, orders: Orders) -> Reply:
    """Make a list by the name that was said, which is asked for when none was."""
    if turn.heard("list") is None:
        return Reply("CreateListIntent.what_name", elicit="CreateListIntent.list")
    name = list_name(turn)
    if not name:
        return Reply("CreateListIntent.shopping_list")
    if any(one.name == name for one in orders.list.named()):
        return Reply("CreateListIntent.there_already", {"list": name})
    try:
        orders.list.make(name, turn.at)
    except OverflowError as error:
        raise SpokenError("CreateListIntent.too_many") from error
    return Reply("CreateListIntent.made", {"list": name})


@intent("DeleteListIntent", LIST, needs="list")
def delete_list(turn: Turn, orders: Orders) -> Reply:
    """Ask before a list is taken away; the shopping list always stays, so it is cleared instead."""
    named = list_meant(turn, orders)
    if named is None:
        return clear_list(turn, orders)
    values = {"list": named.name, "count": len(orders.list.items(named.id))}
    return Reply("DeleteListIntent.ask", values, confirm=Confirm(DELETE, {"name": named.name}))


@on_yes(DELETE)
def delete_it(turn: Turn, orders: Orders, payload: Mapping[str, Any]) -> Reply:
    """Take the list away, unless somebody else did in the meantime."""
    named = orders.list.called(payload["name"])
    if named is not None and named.name == payload["name"]:
        orders.list.delete(named)
    return Reply("YesIntent.list_deleted", {"list": payload["name"]})


@on_no(DELETE)
def keep_it(turn: Turn, orders: Orders, payload: Mapping[str, Any]) -> Reply:
    """The list stays."""
    return Reply("NoIntent.list_kept")


@intent("WhichListsIntent", needs="list")
def which_lists(turn: Turn, orders: Orders) -> Reply:
    """Name the lists that there are beside the shopping list."""
    names = [one.name for one in orders.list.named()]
    values = {"names": names[:MOST_NAMED], "more": max(0, len(names) - MOST_NAMED)}
    return Reply("WhichListsIntent.told" if names else "WhichListsIntent.only_shopping", values)
