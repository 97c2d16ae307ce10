"""What a shopper can say about where things go: another address for an offer that waits, or an open order."""

from collections.abc import Mapping, Sequence
from typing import Any

from skill.conversation.declare import Slot, intent, on_resume
from skill.conversation.turn import Reply, Turn
from skill.household.service import Households
from skill.orders import moving
from skill.orders.labels import label, meant
from skill.orders.models import Order, Quote
from skill.orders.moving import Moved
from skill.orders.pending import pending
from skill.orders.replies import quote_reply, require, shopper
from skill.orders.service import Orders
from skill.orders.telling import told
from skill.orders.tracking import Tracked


@intent("ChangeAddressIntent", Slot("address", "ADDRESS_LABEL"), needs="reorder")
def change_address(turn: Turn, orders: Orders) -> Reply:
    """Send what is offered, or what was ordered and has not left, to another address of the household."""
    quotes = pending(turn, orders)
    labels = Households(orders.unit).addresses()
    said = turn.heard("address")
    address = _meant(turn, said, labels) if said is not None else None
    if address is None:
        return _asked(said, labels, waiting=bool(quotes))
    if quotes:
        return _quoted(turn, orders, quotes, address)
    require(turn, "cancel")
    found = [order for order in orders.moves.movable() if order.address_label != address]
    if not found:
        return Reply("ChangeAddressIntent.same", {"address": address})
    return _told(turn, orders, orders.moves.move(found, address, turn.at))


@on_resume(moving.RESUME)
def resume_moving(turn: Turn, orders: Orders, payload: Mapping[str, Any]) -> Reply:
    """A repeat of a move that was cut off."""
    return _told(turn, orders, orders.moves.resume(payload["orders"], payload["label"], turn.at))


def _asked(said: str | None, labels: Sequence[str], *, waiting: bool) -> Reply:
    """Which addresses there are, where none was said or one that the household has not."""
    values = {"words": said or "", "labels": labels}
    if waiting:
        return Reply("ChangeAddressIntent.which_and_open", values, keep_pending=True)
    return Reply("ChangeAddressIntent.unknown" if said else "ChangeAddressIntent.which", values)


def _quoted(turn: Turn, orders: Orders, quotes: Sequence[Quote], address: str) -> Reply:
    """The same offer to another address, told whole again, as charge and day may differ there."""
    if all(quote.address_label == address for quote in quotes):
        return Reply("ChangeAddressIntent.same_and_open", {"address": address}, keep_pending=True)
    made = orders.quotes.instead(shopper(turn), quotes, address_label=address)
    return quote_reply(orders, made, "OrderItemIntent.quoted", source=quotes[0].source)


def _meant(turn: Turn, said: str, labels: Sequence[str]) -> str | None:
    """Which of the household's labels was said; its own words count before those that a language lists."""
    by_name = {one.casefold(): one for one in labels}
    slot = turn.slots["address"]
    found = meant(label(said, turn.language, ()), list(by_name)) or (slot.id or "").casefold()
    return by_name.get(found)


def _told(turn: Turn, orders: Orders, outcome: Moved) -> Reply:
    concerned = [*outcome.moved, *outcome.late, *outcome.unanswered]
    values = {
        "address": outcome.label,
        "moved": [told(turn, orders, _tracked(orders, order)) for order in outcome.moved],
        "late": [order.seller_name for order in outcome.late],
        "unanswered": [order.seller_name for order in outcome.unanswered],
    }
    views = tuple(orders.history.view(order) for order in concerned)
    if outcome.moved:
        return Reply("ChangeAddressIntent.moved", values, orders=views)
    if outcome.unanswered:
        return Reply("ChangeAddressIntent.unanswered", {"seller": values["unanswered"]}, orders=views)
    return Reply("ChangeAddressIntent.too_late", {"seller": outcome.late[0].seller_name}, orders=views)


def _tracked(orders: Orders, order: Order) -> Tracked:
    delivery = orders.history.delivery(order.id)
    return Tracked(order, delivery.due_date if delivery else None, None)
