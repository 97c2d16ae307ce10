"""What a shopper can say to send things back: what, why, how the money comes back, and then one yes."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, TypeGuard
from uuid import UUID
from zoneinfo import ZoneInfo

from skill.catalog.service import choose
from skill.conversation.declare import Slot, intent, on_late, on_no, on_resume, on_yes
from skill.conversation.errors import SpokenError
from skill.conversation.turn import Confirm, Reply, Turn
from skill.conversation.wording import Money
from skill.household.news import heard_news
from skill.orders import returns
from skill.orders.choosing import chosen
from skill.orders.models import Order
from skill.orders.replies import CANCEL
from skill.orders.return_models import ReturnRequest
from skill.orders.returns import CREDIT, SOURCE, Bought, Draft
from skill.orders.service import Orders
from skill.orders.spoken_items import LONGEST_WORDS, Wanted, wanted
from skill.orders.telling import told, told_line
from skill.orders.tracking import CANCELLABLE, Tracked

RETURN = "orders.return"
UUID_TEXT = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
OTHER = "other"
MOST_OPTIONS = 2
PRODUCT = Slot("product", "PRODUCT", elicited=True)
REASON = Slot("reason", "RETURN_REASON", elicited=True)
REFUND_TO = Slot("refund_to", "REFUND_TO", elicited=True)


@intent("ReturnItemIntent", Slot("quantity", "AMAZON.NUMBER"), PRODUCT, REASON, REFUND_TO, needs="cancel")
def return_item(turn: Turn, orders: Orders) -> Reply:
    """Send back what was named, from the newest order that has it; ask what is still open, one at a time."""
    state = _continued(turn)
    if state is not None:
        return _go_on(turn, orders, _with_answer(turn, state))
    options = _options(turn, orders)
    if options:
        picked = _picked(turn, options, orders)
        if picked is not None:
            return _go_on(turn, orders, _state(turn, [picked], _number(turn.session.choice or {})))
    things = wanted(turn, "product", "quantity")
    if not things:
        return Reply("ReturnItemIntent.what", elicit="ReturnItemIntent.product")
    return _named(turn, orders, things[0])


@intent("ReturnOrderIntent", Slot("reason", "RETURN_REASON"), needs="cancel")
def return_order(turn: Turn, orders: Orders) -> Reply:
    """Send back all that is left of the last order; one that can still be cancelled is cancelled instead."""
    last = orders.history.last()
    if last is None:
        raise SpokenError("Error.no_orders")
    if last.id in {order.id for order in orders.history.open()}:
        return _not_here(turn, orders, last)
    left = orders.returns.left_of(last)
    if not left:
        raise SpokenError("ReturnItemIntent.not_bought")
    return _go_on(turn, orders, _state(turn, left, None))


def _named(turn: Turn, orders: Orders, thing: Wanted) -> Reply:
    home = [one for one in orders.returns.at_home() if not one.line.hidden]
    found = _meant(turn, orders, thing.words, home)
    if not found:
        coming = _on_the_way(turn, orders, thing.words)
        if coming is not None:
            return _not_here(turn, orders, coming)
        raise SpokenError("ReturnItemIntent.not_bought")
    of_one_order = [one for one in found if one.order.id == found[0].order.id]
    if len(of_one_order) == 1:
        return _go_on(turn, orders, _state(turn, of_one_order, thing.quantity))
    options = of_one_order[:MOST_OPTIONS]
    return Reply(
        "ReturnItemIntent.which",
        {"options": [told_line(turn, orders, one.line)["name"] for one in options]},
        elicit="ReturnItemIntent.product",
        choice={
            "return_options": [[str(one.order.id), one.line.position] for one in options],
            "quantity": thing.quantity,
        },
    )


def _meant(turn: Turn, orders: Orders, words: str, home: Sequence[Bought]) -> list[Bought]:
    own = list(dict.fromkeys(one.line.sku_id for one in home))
    named = {sku.sku_id for sku in orders.catalog.find(words, turn.language, own).skus}
    if not named & set(own):  # "the milk" may mean one kind of it to the shop, and another in this house
        facts = (orders.catalog.sku(sku_id, turn.language) for sku_id in own)
        one_of_ours = choose(words, [sku for sku in facts if sku is not None])
        named = {one_of_ours.sku_id} if one_of_ours else set()
    return [one for one in home if one.line.sku_id in named]


def _on_the_way(turn: Turn, orders: Orders, words: str) -> Order | None:
    """The newest open order that holds what was named."""
    for order in orders.history.open():
        ordered = [item.sku_id for item in orders.history.shown(order.id)]
        if any(sku.sku_id in ordered for sku in orders.catalog.find(words, turn.language, ordered).skus):
            return order
    return None


def _not_here(turn: Turn, orders: Orders, order: Order) -> Reply:
    """What is not in the house yet is cancelled while that can be, and else sent back when it is there."""
    delivery = orders.history.delivery(order.id)
    values = told(turn, orders, Tracked(order, delivery.due_date if delivery else None, None))
    if order.state in CANCELLABLE and turn.at <= order.cancel_until:
        return Reply(
            "ReturnItemIntent.cancel_instead",
            values,
            confirm=Confirm(CANCEL, {"order": str(order.id)}, "cancel"),
            orders=(orders.history.view(order),),
        )
    raise SpokenError("ReturnItemIntent.on_its_way", values)


# --- what the dialog keeps: {"order": id, "lines": [[position, quantity]], "reason": ..., "refund_to": ...}


def _state(turn: Turn, lines: Sequence[Bought], quantity: int | None) -> dict[str, Any]:
    return {
        "order": str(lines[0].order.id),
        "lines": [[one.line.position, quantity or one.left] for one in lines],
        "reason": _reason(turn) if turn.heard("reason") else None,
        "refund_to": None,
    }


def _continued(turn: Turn) -> Mapping[str, Any] | None:
    """The return that an answer to "why?" or "to where?" is about; None when it answers neither."""
    state = (turn.session.choice or {}).get("return")
    elicited = turn.session.elicit
    if elicited is None or elicited[1] not in ("reason", "refund_to") or not turn.heard(elicited[1]):
        return None
    return state if _is_state(state) else None


def _is_state(state: object) -> TypeGuard[Mapping[str, Any]]:
    """Whether this is what `_state` made: the session travels, and may come back as anything."""
    match state:
        case {"order": str(order_id), "lines": [*lines]} if lines:
            pairs = all(isinstance(one, list) and list(map(type, one)) == [int, int] for one in lines)
            return pairs and UUID_TEXT.fullmatch(order_id) is not None
    return False


def _with_answer(turn: Turn, state: Mapping[str, Any]) -> dict[str, Any]:
    slot = turn.session.elicit[1] if turn.session.elicit else ""
    answer = _reason(turn) if slot == "reason" else _refund_to(turn)
    return {**state, slot: answer}


def _reason(turn: Turn) -> str:
    found = turn.slots.get("reason")
    return (found.id if found else None) or OTHER


def _refund_to(turn: Turn) -> str:
    found = turn.slots.get("refund_to")
    return CREDIT if found and found.id == CREDIT else SOURCE


def _options(turn: Turn, orders: Orders) -> list[Bought]:
    pairs = (turn.session.choice or {}).get("return_options")
    if not isinstance(pairs, list) or turn.session.elicit is None:
        return []
    wanted_ones = [tuple(pair) for pair in pairs if isinstance(pair, list)]
    return [one for one in orders.returns.at_home() if (str(one.order.id), one.line.position) in wanted_ones]


def _picked(turn: Turn, options: Sequence[Bought], orders: Orders) -> Bought | None:
    skus = [orders.catalog.sku(one.line.sku_id, turn.language) for one in options]
    prices = {one.line.sku_id: one.line.price_cents for one in options}
    said = turn.heard("product") or ""
    found = chosen(
        said[:LONGEST_WORDS],
        [sku for sku in skus if sku is not None],
        turn.language,
        lambda sku: prices.get(sku.sku_id),
    )
    return next((one for one in options if len(found) == 1 and one.line.sku_id == found[0].sku_id), None)


def _number(choice: Mapping[str, Any]) -> int | None:
    quantity = choice.get("quantity")
    return quantity if isinstance(quantity, int) else None


def _go_on(turn: Turn, orders: Orders, state: Mapping[str, Any]) -> Reply:
    """Ask for the next thing that is open; with nothing open, say it all and wait for the yes."""
    draft = _draft(turn, orders, state)
    values = _told(turn, orders, draft, state)
    choice = {"return": dict(state)}
    if state.get("reason") is None:
        return Reply("ReturnItemIntent.why", values, elicit="ReturnItemIntent.reason", choice=choice)
    if draft.both_ways and state.get("refund_to") is None:
        return Reply("ReturnItemIntent.where_to", values, elicit="ReturnItemIntent.refund_to", choice=choice)
    return Reply(
        "ReturnItemIntent.confirm",
        values,
        confirm=Confirm(RETURN, dict(state), "cancel"),
        orders=(orders.history.view(draft.order),),
    )


def _draft(turn: Turn, orders: Orders, state: Mapping[str, Any]) -> Draft:
    counts = dict(state["lines"])
    try:
        return orders.returns.draft(UUID(state["order"]), counts, turn.at)
    except SpokenError as error:
        raise _on_own_clock(turn, error) from error


def _on_own_clock(turn: Turn, error: SpokenError) -> SpokenError:
    values = dict(error.reply.values)
    if "arrived" in values:
        values["arrived"] = values["arrived"].astimezone(ZoneInfo(turn.caller.zone))  # type: ignore[attr-defined]
    return SpokenError(error.reply.prompt, values)


def _told(turn: Turn, orders: Orders, draft: Draft, state: Mapping[str, Any]) -> dict[str, object]:
    return {
        "seller": draft.order.seller_name,
        "lines": [told_line(turn, orders, line, count) for line, count in draft.lines],
        "amount": Money(draft.back_cents, draft.order.currency),
        "refund_to": state.get("refund_to") or SOURCE,
        "payment": draft.order.payment_label,
    }


# --- the answers


@on_yes(RETURN)
def send_back(turn: Turn, orders: Orders, payload: Mapping[str, Any]) -> Reply:
    """Ask the shop to take it back."""
    draft = _draft(turn, orders, payload)
    reason, refund_to = payload["reason"], payload.get("refund_to") or SOURCE
    request = orders.returns.request(draft, reason, refund_to, turn.caller.member_id, turn.at)
    return _outcome(turn, orders, request)


@on_late(RETURN)
def ask_anew(turn: Turn, orders: Orders, payload: Mapping[str, Any]) -> Reply:
    """A "yes" after 120 seconds: it is said and asked again."""
    return _go_on(turn, orders, payload)


@on_no(RETURN)
def keep_it(turn: Turn, orders: Orders, payload: Mapping[str, Any]) -> Reply:
    """Nothing goes back."""
    return Reply("NoIntent.nothing_returned")


@on_resume(returns.RESUME)
def resume_return(turn: Turn, orders: Orders, payload: Mapping[str, Any]) -> Reply:
    """A repeat of a "yes" that was cut off: finish the same return."""
    return _outcome(turn, orders, orders.returns.resume(payload["return"], turn.at))


def _outcome(turn: Turn, orders: Orders, request: ReturnRequest) -> Reply:
    order = orders.history.get(request.order_id)
    values = {
        "seller": order.seller_name if order else "",
        "amount": Money(request.goods_cents + request.tax_cents, request.currency),
        "refund_to": request.refund_to,
        "payment": order.payment_label if order else "",
    }
    views = (orders.history.view(order),) if order else ()
    heard_news(orders.unit, str(request.order_id), turn.at)
    if request.declined_at is not None:
        return Reply("YesIntent.return_declined", values, orders=views)
    if request.heard_at is None:
        return Reply("YesIntent.return_unheard", values, orders=views)
    return Reply("YesIntent.return_requested", values, orders=views)
