"""What a shopper can say about buttons: "save this as diapers", and then "press diapers"."""

from collections.abc import Mapping

from skill.conversation.declare import Slot, intent
from skill.conversation.errors import SpokenError
from skill.conversation.turn import Reply, Turn
from skill.household.service import Households
from skill.orders.bound import Bound, Buttons
from skill.orders.labels import label, meant
from skill.orders.models import BoundItem, Order, Quote
from skill.orders.pending import pending
from skill.orders.ports import Item
from skill.orders.replies import quote_reply, shopper
from skill.orders.resolving import packs
from skill.orders.service import Orders
from skill.orders.spoken_items import wanted

BUTTON = Slot("button", "BUTTON", elicited=True)
PRODUCT = Slot("product", "PRODUCT")
QUANTITY = Slot("quantity", "AMAZON.NUMBER")
PLACE = Slot("place", "ADDRESS_LABEL")
MOST_NAMED = 5
"""So many buttons are told by name; more are too many to remember."""
NOUNS: Mapping[str, frozenset[str]] = {
    "en": frozenset({"button", "buttons"}),
    "de": frozenset({"knopf", "taste", "knöpfe", "tasten"}),
}


@intent("BindButtonIntent", QUANTITY, PRODUCT, BUTTON, PLACE, needs="order")
def bind_button(turn: Turn, orders: Orders) -> Reply:
    """Save the thing that was named, or the offer that waits, under the name of a button."""
    name = _name(turn)
    if not name:
        return Reply("BindButtonIntent.what_name", elicit="BindButtonIntent.button")
    offered = [] if turn.heard("product") else pending(turn, orders)
    bound = _named(turn, orders) if turn.heard("product") else _on_offer(turn, orders)
    try:
        is_new = Buttons(orders.unit).bind(name, bound, turn.at)
    except OverflowError as error:
        raise SpokenError("BindButtonIntent.too_many") from error
    values = {
        "button": name,
        "lines": [{"name": _spelled(turn, orders, bound.item.sku_id), "quantity": bound.item.quantity}],
        "address": bound.address_label,
        "is_new": is_new,
    }
    if offered:
        return Reply("BindButtonIntent.bound_and_open", values, keep_pending=True)
    return Reply("BindButtonIntent.bound", values)


def _name(turn: Turn) -> str:
    return label(turn.heard("button") or "", turn.language, NOUNS.get(turn.language, frozenset()))


def _named(turn: Turn, orders: Orders) -> Bound:
    """What the words name: just one thing, or SpokenError."""
    things = wanted(turn, "product", "quantity")
    if len(things) != 1:
        raise SpokenError("BindButtonIntent.one_thing")
    found = orders.catalog.find(things[0].words, turn.language, orders.history.own_skus(), things[0].pack)
    if found.decision == "decline":
        raise SpokenError("Error.not_sold", {"words": [things[0].words]})
    if found.decision == "ask":
        raise SpokenError("BindButtonIntent.which", {"options": [sku.name for sku in found.skus[:2]]})
    sku, said = found.skus[0], things[0].quantity
    if said is None:
        quantity = orders.history.last_quantity(sku.sku_id) or 1
    else:
        quantity = packs(sku, said, in_packs=things[0].in_packs)
    return Bound(Item(sku.sku_id, quantity), _address(turn, orders))


def _address(turn: Turn, orders: Orders) -> str:
    """The label of the address that was said; empty when none was. SpokenError for one there is not."""
    heard = turn.slots.get("place")
    if heard is None or not heard.value.strip():
        return ""
    known = list(Households(orders.unit).addresses())
    by_name = {one.casefold(): one for one in known}
    found = by_name.get(meant(label(heard.value, turn.language, ()), list(by_name)) or heard.id or "")
    if found is None:
        raise SpokenError("BindButtonIntent.no_such_address", {"place": heard.value, "names": known})
    return found


def _on_offer(turn: Turn, orders: Orders) -> Bound:
    """The one thing of the offer that waits, else of the last order, as it is to be delivered and paid.

    A gift is not saved: a button names what it holds.
    """
    quotes = pending(turn, orders)
    basket = next(iter(orders.history.baskets(1)), [])
    sources: list[Quote | Order] = [*quotes, *basket]
    lines = [line for quote in quotes for line in orders.quotes.lines(quote) if not line.hidden]
    shown = [item for order in basket for item in orders.history.shown(order.id)]
    items = [Item(line.sku_id, line.quantity) for line in lines] if quotes else shown
    if not items:
        raise SpokenError("BindButtonIntent.nothing_to_save")
    if len(items) != 1:
        raise SpokenError("BindButtonIntent.one_thing")
    return Bound(items[0], sources[0].address_label, sources[0].payment_label)


@intent("PressButtonIntent", BUTTON, needs="reorder")
def press_button(turn: Turn, orders: Orders) -> Reply:
    """Quote what the button holds; the only one there is when none was named."""
    buttons = Buttons(orders.unit).all()
    if not _name(turn) and len(buttons) > 1:
        values = {"names": [one.label for one in buttons[:MOST_NAMED]]}
        return Reply("PressButtonIntent.which", values, elicit="PressButtonIntent.button")
    button = _button(turn, orders)
    homes = Households(orders.unit)
    if button.address_label and button.address_label not in homes.addresses():
        raise SpokenError("PressButtonIntent.address_gone", _about(button.label, button.address_label))
    if button.payment_label and button.payment_label not in homes.payment_methods():
        raise SpokenError("PressButtonIntent.payment_gone", _about(button.label, button.payment_label))
    made = orders.quotes.make(
        shopper(turn),
        [Item(button.sku_id, button.quantity)],
        "button",
        address_label=button.address_label or None,
        payment_label=button.payment_label or None,
    )
    return quote_reply(orders, made, "OrderItemIntent.quoted", source="button")


def _about(name: str, gone: str) -> dict[str, object]:
    return {"button": name, "gone": gone}


def _button(turn: Turn, orders: Orders) -> BoundItem:
    """The button that was named, or the only one. Raises SpokenError when there is none such."""
    buttons, name = Buttons(orders.unit), _name(turn)
    known = buttons.all()
    if not known:
        raise SpokenError("ListButtonsIntent.none")
    found = buttons.called(name) if name else (known[0] if len(known) == 1 else None)
    if found is None:
        names = [one.label for one in known[:MOST_NAMED]]
        raise SpokenError("Error.no_such_button", {"button": name, "names": names})
    return found


@intent("ListButtonsIntent", needs="reorder")
def list_buttons(turn: Turn, orders: Orders) -> Reply:
    """Tell what each button holds."""
    buttons = Buttons(orders.unit).all()
    if not buttons:
        return Reply("ListButtonsIntent.none")
    told = [
        {
            "button": one.label,
            "lines": [{"name": _spelled(turn, orders, one.sku_id), "quantity": one.quantity}],
            "address": one.address_label,
        }
        for one in buttons
    ]
    return Reply("ListButtonsIntent.told", {"buttons": told[:MOST_NAMED], "more": len(told[MOST_NAMED:])})


@intent("ForgetButtonIntent", BUTTON, needs="order")
def forget_button(turn: Turn, orders: Orders) -> Reply:
    """Take a button away; what was ordered by it stays ordered."""
    if not _name(turn):
        return Reply("ForgetButtonIntent.which", elicit="ForgetButtonIntent.button")
    button = _button(turn, orders)
    Buttons(orders.unit).forget(button)
    return Reply("ForgetButtonIntent.forgotten", {"button": button.label})


def _spelled(turn: Turn, orders: Orders, sku_id: str) -> str:
    sku = orders.catalog.sku(sku_id, turn.language)
    return sku.name if sku else orders.history.name_of(sku_id)
