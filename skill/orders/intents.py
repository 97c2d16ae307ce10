"""What a shopper can say about orders."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from skill.conversation.declare import Slot, intent, on_late, on_no, on_resume, on_yes
from skill.conversation.errors import SpokenError
from skill.conversation.turn import Confirm, Reply, Turn
from skill.conversation.wording import Money
from skill.household.news import heard_news
from skill.orders import placing, tracking
from skill.orders.guards import Held
from skill.orders.models import Order
from skill.orders.needs import Needs
from skill.orders.pending import pending, with_quantity
from skill.orders.placing import Changed
from skill.orders.quotes import Duplicate, Terms
from skill.orders.replies import (
    ANYWAY,
    CANCEL,
    LAST,
    PLACE,
    duplicate_reply,
    found_reply,
    held_reply,
    items_of,
    needs_of,
    placed_reply,
    quote_reply,
    require,
    shopper,
    source_of,
)
from skill.orders.resolving import Question, Resolved, ask_again, choose, resolve
from skill.orders.service import Orders
from skill.orders.spoken_items import Wanted, check, number_alone, read, spoken_number, wanted
from skill.orders.telling import told
from skill.orders.tracking import Tracked

CANCEL_WORD = "AMAZON.CancelIntent"

PRODUCT = Slot("product", "PRODUCT", multiple=True, elicited=True)
ANY_PRODUCT = Slot("product", "PRODUCT", multiple=True)
QUANTITY = Slot("quantity", "AMAZON.NUMBER")
SINGLE = Slot("single", "SINGLE")
MORE_PRODUCT = Slot("more_product", "PRODUCT", multiple=True)
MORE_SINGLE = Slot("more_single", "SINGLE")
MORE_QUANTITY = Slot("more_quantity", "AMAZON.NUMBER")


@intent("ReorderUsualIntent", needs="reorder")
def reorder_usual(turn: Turn, orders: Orders) -> Reply:
    """Quote the usual basket; without one what is likeliest now, and without any that the last order."""
    items = orders.usual()
    likely = [] if items else Needs(orders.unit, turn.caller.zone).likely(turn.at)
    if items or likely:
        made = orders.quotes.make(shopper(turn), items or likely, "usual")
        prompt = "ReorderUsualIntent.quoted" if items else "ReorderUsualIntent.likely"
        return quote_reply(orders, made, prompt, source="usual")
    if orders.history.last() is None:
        raise SpokenError("Error.no_orders")
    return Reply("ReorderUsualIntent.no_usual", confirm=Confirm(LAST, {}))


@intent("ReorderLastOrderIntent", needs="reorder")
def reorder_last_order(turn: Turn, orders: Orders) -> Reply:
    """Quote exactly what the last order held, at today's prices."""
    made = orders.quotes.make(shopper(turn), orders.last_items(), "last order")
    return quote_reply(orders, made, "ReorderLastOrderIntent.quoted", source="last order")


@intent(
    "OrderItemIntent",
    QUANTITY,
    SINGLE,
    PRODUCT,
    MORE_QUANTITY,
    MORE_SINGLE,
    MORE_PRODUCT,
    needs="order",
    answers="reorder",
)
def order_item(turn: Turn, orders: Orders) -> Reply:
    """Quote the named things; an answer to "which one?" continues what was asked before.

    New things need the permission to order; the answer to a question needs that of what was asked for.
    """
    turn = _said_now(turn)
    answered = _answered(turn, orders)
    if answered is not None:
        return answered
    require(turn, "order")
    things = [
        *wanted(turn, "product", "quantity", "single"),
        *wanted(turn, "more_product", "more_quantity", "more_single"),
    ]
    if not things:
        return _without_product(turn, orders)
    found = resolve(orders, shopper(turn), things)
    return found_reply(orders, turn, found, "OrderItemIntent.quoted", "item")


def _said_now(turn: Turn) -> Turn:
    """The turn without the slots of the sentence before "which one?", which the dialog carries along."""
    before = (turn.session.choice or {}).get("heard")
    if not isinstance(before, Mapping):
        return turn
    fresh = {
        name: slot for name, slot in turn.slots.items() if name == "product" or before.get(name) != slot.value
    }
    return replace(turn, slots=fresh)


def _without_product(turn: Turn, orders: Orders) -> Reply:
    """A number alone changes the offer that waits; nothing at all is asked about."""
    quotes, quantity = pending(turn, orders), spoken_number(turn, "quantity")
    if quotes and quantity is not None:
        return with_quantity(turn, orders, quotes, quantity)
    return Reply("OrderItemIntent.what", elicit="OrderItemIntent.product")


def _answered(turn: Turn, orders: Orders) -> Reply | None:
    """What an answer to "which one?" leads to; None when none was asked, or something new is wanted."""
    state = turn.session.choice or {}
    if "options" not in state or not turn.session.elicit:
        return None
    found = _picked(turn, orders, state)
    if found is None and not _names_something(turn, orders):
        quantity = number_alone(turn.heard("product") or "", turn.language)
        found = ask_again(orders, turn.language, state, quantity or spoken_number(turn, "quantity"))
    if found is None:
        return None
    source = str(state.get("source", "item"))
    require(turn, needs_of(source))
    return found_reply(orders, turn, found, "OrderItemIntent.quoted", source)


def _picked(turn: Turn, orders: Orders, state: Mapping[str, Any]) -> Resolved | Question | None:
    """A number may be how many, or part of what is chosen: "28 count", "number two"."""
    answer, number = turn.heard("product") or "", turn.heard("quantity")
    said = read(answer, turn.language, number)
    check(said.quantity)
    others = [Wanted(f"{number} {answer}"), Wanted(f"{answer} {number}")] if number else [Wanted(answer)]
    tries = (choose(orders, shopper(turn), one, state) for one in (said, *others))
    return next((found for found in tries if found is not None), None)


def _names_something(turn: Turn, orders: Orders) -> bool:
    if number_alone(turn.heard("product") or "", turn.language) is not None:
        return False
    own = orders.history.own_skus()
    things = wanted(turn, "product", "quantity")
    return any(orders.catalog.find(one.words, turn.language, own).decision != "decline" for one in things)


@intent("OrderAnywayIntent", QUANTITY, ANY_PRODUCT, needs="reorder")
def order_anyway(turn: Turn, orders: Orders) -> Reply:
    """Quote something although it may be a double: "order another anyway" says what was asked about."""
    things = wanted(turn, "product", "quantity")
    asked = (turn.session.choice or {}).get("anyway")
    if not things and isinstance(asked, Mapping) and items_of(asked):
        require(turn, needs_of(str(asked.get("source", "item"))))
        return anyway(turn, orders, asked)
    require(turn, "order")
    if not things:
        return Reply("OrderItemIntent.what", elicit="OrderItemIntent.product")
    found = resolve(orders, shopper(turn), things)
    if isinstance(found, Question) or not found.items:
        return found_reply(orders, turn, found, "OrderItemIntent.quoted", "item")
    made = orders.quotes.make(shopper(turn), found.items, "item", deliberate=True, unknown=found.unknown)
    return quote_reply(orders, made, "OrderItemIntent.quoted")


@intent("CancelOrderIntent", needs="reorder")
def cancel_order(turn: Turn, orders: Orders) -> Reply:
    """Ask whether to cancel the newest order that still can be; an offer that waits is dropped instead."""
    quotes = pending(turn, orders)
    if quotes:
        orders.quotes.drop(quotes, turn.at, "cancelled")
        return Reply("NoIntent.order_dropped")
    require(turn, "cancel")
    return _ask_to_cancel(turn, orders, orders.tracking.cancellable(turn.at))


def _ask_to_cancel(turn: Turn, orders: Orders, order: Order) -> Reply:
    return Reply(
        "CancelOrderIntent.ask",
        told(turn, orders, Tracked(order, None, None)),
        confirm=Confirm(CANCEL, {"order": str(order.id)}, "cancel"),
        orders=(orders.history.view(order),),
    )


@on_yes(PLACE)
def place(turn: Turn, orders: Orders, payload: Mapping[str, Any]) -> Reply:
    """Place the quotes that were spoken; what was ordered meanwhile is asked about instead."""
    outcome = orders.placing.place(shopper(turn), payload["quotes"], payload["confirmation"])
    if isinstance(outcome, Duplicate):
        prompt = "YesIntent.just_ordered" if outcome.just_ordered else "OrderItemIntent.on_its_way"
        return duplicate_reply(orders, outcome, source_of(orders, payload["quotes"]), prompt)
    if isinstance(outcome, Held):
        return held_reply(orders, outcome, payload, turn)
    return told_placed(turn, orders, outcome)


def told_placed(turn: Turn, orders: Orders, outcome: list[Order] | Changed) -> Reply:
    """What became of the basket; once, after a large order, that a voice code can be set."""
    if isinstance(outcome, Changed):
        return placed_reply(orders, outcome)
    orders.cross_off(outcome, turn.language)
    offered = "secure" in turn.caller.permissions and orders.placing.offer_code(shopper(turn), outcome)
    return placed_reply(orders, outcome, offer_code=offered)


@on_late(PLACE)
def quote_again(turn: Turn, orders: Orders, payload: Mapping[str, Any]) -> Reply:
    """A "yes" after 120 seconds: today's terms are spoken again and asked about."""
    made = orders.placing.requote(shopper(turn), payload["quotes"])
    source = source_of(orders, payload["quotes"])
    return quote_reply(orders, made, "YesIntent.quote_expired", source=source)


@on_no(PLACE)
def drop(turn: Turn, orders: Orders, payload: Mapping[str, Any]) -> Reply:
    """Drop the quotes."""
    orders.quotes.drop(orders.quotes.get(payload["quotes"]), turn.at, "no")
    return Reply("NoIntent.order_dropped")


@on_resume(placing.RESUME)
def resume_placing(turn: Turn, orders: Orders, payload: Mapping[str, Any]) -> Reply:
    """A repeat of a "yes" that was cut off: finish the same orders."""
    placed = orders.placing.resume(payload["quotes"], turn.at, turn.caller.zone)
    orders.cross_off(placed, turn.language)
    for order in placed:
        heard_news(orders.unit, str(order.id), turn.at)
    return placed_reply(orders, placed)


@on_yes(ANYWAY)
def anyway(turn: Turn, orders: Orders, payload: Mapping[str, Any]) -> Reply:
    """Quote the possible double deliberately; it still needs its own yes."""
    terms = replace(_terms_of(payload), deliberate=True)
    made = orders.quotes.make_on(shopper(turn), items_of(payload), terms, payload.get("unknown", []))
    return quote_reply(orders, made, "OrderItemIntent.quoted", source=terms.source)


def _terms_of(payload: Mapping[str, Any]) -> Terms:
    """What the possible double was asked for with."""
    address, payment = payload.get("address"), payload.get("payment")
    delivery, hidden = payload.get("delivery"), payload.get("hidden")
    return Terms(
        str(payload.get("source", "item")),
        address_label=str(address) if address else None,
        payment_label=str(payment) if payment else None,
        delivery=delivery if isinstance(delivery, Mapping) else None,
        hidden=hidden if isinstance(hidden, list) else (),
    )


@on_no(ANYWAY)
def not_again(turn: Turn, orders: Orders, payload: Mapping[str, Any]) -> Reply:
    """Nothing is ordered twice; what else was asked for is quoted."""
    doubled, terms = payload.get("doubled", []), _terms_of(payload)
    rest = [item for item in items_of(payload) if item.sku_id not in doubled]
    if not doubled or not rest:
        return Reply("NoIntent.not_ordered_again")
    made = orders.quotes.make_on(shopper(turn), rest, terms, payload.get("unknown", []))
    return quote_reply(orders, made, "NoIntent.rest_quoted", source=terms.source)


@on_yes(LAST)
def last_instead(turn: Turn, orders: Orders, payload: Mapping[str, Any]) -> Reply:
    """The last order instead of a usual that is not known yet."""
    return reorder_last_order(turn, orders)


@on_no(LAST)
def not_last(turn: Turn, orders: Orders, payload: Mapping[str, Any]) -> Reply:
    """Neither the usual nor the last order."""
    return Reply("NoIntent.order_dropped")


@on_yes(CANCEL)
def cancel_it(turn: Turn, orders: Orders, payload: Mapping[str, Any]) -> Reply:
    """Cancel the order at the shop."""
    return _cancelled(turn, orders, orders.tracking.cancel(payload["order"], turn.at))


@on_no(CANCEL)
def keep_it(turn: Turn, orders: Orders, payload: Mapping[str, Any]) -> Reply:
    """The order stays; "cancel" may have meant the order, so the question is asked again."""
    if turn.intent == CANCEL_WORD:
        order = orders.history.get(UUID(payload["order"]))
        if order is not None:
            return _ask_to_cancel(turn, orders, order)
    return Reply("NoIntent.order_kept")


@on_resume(tracking.RESUME)
def resume_cancelling(turn: Turn, orders: Orders, payload: Mapping[str, Any]) -> Reply:
    """A repeat of a cancellation that was cut off."""
    return _cancelled(turn, orders, orders.tracking.resume(payload["order"], turn.at))


def _cancelled(turn: Turn, orders: Orders, order: Any) -> Reply:
    heard_news(orders.unit, str(order.id), turn.at)
    outcome = {"cancelled": "order_cancelled", "cancel_requested": "cancel_requested"}.get(
        order.state, "cancel_refused"
    )
    return Reply(
        f"YesIntent.{outcome}",
        {"seller": order.seller_name, "total": Money(order.total_cents, order.currency)},
        orders=(orders.history.view(order),),
    )


def teach(turn: Turn, orders: Orders) -> list[str]:
    """What would help this household next with its orders."""
    taught = []
    if orders.history.open():
        taught.append("orders.where")
    if orders.usual():
        taught.append("orders.reorder_usual")
    elif orders.history.last():
        taught.append("orders.reorder_last")
    return [*taught, "orders.order_item"]
