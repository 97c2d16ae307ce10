"""What a shopper can say to take up an order that was begun and neither confirmed nor refused."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from skill.conversation.declare import intent, on_no, on_yes
from skill.conversation.turn import Confirm, Reply, Turn
from skill.orders.baskets import CONTINUE, Basket, Baskets
from skill.orders.gifts import spoken_lines
from skill.orders.pending import pending, told_again
from skill.orders.replies import quote_reply, require, shopper
from skill.orders.rules import dearest_first
from skill.orders.service import Orders


def open_visit(turn: Turn, orders: Orders) -> Reply | None:
    """Ask once whether to go on with the basket that was begun last, unless something was ordered since."""
    baskets = Baskets(orders, turn.caller.member_id)
    basket = _newest(turn, orders)
    if basket is None or baskets.was_asked_about(basket, turn.at):
        return None
    last = orders.history.last()
    if last is not None and last.placed_at >= basket.asked_at:
        return None
    lines = dearest_first([line for quote in basket.quotes for line in orders.quotes.lines(quote)])
    return Reply(
        "ContinueOrderIntent.waiting",
        {"name": turn.caller.name or "", "lines": spoken_lines(lines)},
        confirm=Confirm(CONTINUE, {"basket": str(basket.id)}, basket.needs),
        needs=basket.needs,
    )


@intent("ContinueOrderIntent", needs="reorder")
def continue_order(turn: Turn, orders: Orders) -> Reply:
    """Tell the whole of a waiting basket at today's price and ask for the yes."""
    quotes = pending(turn, orders)
    if quotes:
        return told_again(turn, orders, quotes)
    basket = _newest(turn, orders)
    if basket is None:
        return Reply("ContinueOrderIntent.nothing")
    return _today(turn, orders, basket)


@on_yes(CONTINUE)
def go_on(turn: Turn, orders: Orders, payload: Mapping[str, Any]) -> Reply:
    """Tell it whole; it still needs its own yes."""
    basket = Baskets(orders, turn.caller.member_id).get(UUID(payload["basket"]))
    return _today(turn, orders, basket) if basket else Reply("ContinueOrderIntent.nothing")


@on_no(CONTINUE)
def give_up(turn: Turn, orders: Orders, payload: Mapping[str, Any]) -> Reply:
    """Drop it."""
    baskets = Baskets(orders, turn.caller.member_id)
    basket = baskets.get(UUID(payload["basket"]))
    if basket is not None:
        baskets.drop(basket, turn.at)
    return Reply("NoIntent.order_dropped")


def _newest(turn: Turn, orders: Orders) -> Basket | None:
    """The basket begun last that the caller may buy."""
    if orders.unit.household_id is None or turn.caller.member_id is None:
        return None
    found = Baskets(orders, turn.caller.member_id).begun_by_voice(turn.at)
    return next((one for one in found if one.needs in turn.caller.permissions), None)


def _today(turn: Turn, orders: Orders, basket: Basket) -> Reply:
    require(turn, basket.needs)
    made = orders.placing.requote(shopper(turn), basket.quote_ids)
    return quote_reply(orders, made, "ContinueOrderIntent.quoted", source=basket.quotes[0].source)
