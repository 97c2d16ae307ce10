"""Turns what the order engine found into replies; shared by every intent that can end in a purchase."""

from collections.abc import Mapping, Sequence

from skill.catalog.index import SkuFacts
from skill.conversation.errors import SpokenError
from skill.conversation.turn import Confirm, Reply, Turn
from skill.conversation.wording import Money
from skill.orders.models import Order
from skill.orders.placing import Changed
from skill.orders.ports import Item
from skill.orders.quotes import Duplicate, Quoted, Shopper
from skill.orders.service import Orders, Question, Resolved

PLACE, ANYWAY, LAST, CANCEL = "orders.place", "orders.anyway", "orders.last", "orders.cancel"


def shopper(turn: Turn) -> Shopper:
    """The part of a turn that the order engine needs."""
    return Shopper(turn.at, turn.language, turn.caller.zone, turn.caller.member_id)


def quote_reply(
    orders: Orders,
    made: Quoted | Duplicate,
    prompt: str,
    values: Mapping[str, object] | None = None,
    *,
    needs: str | None = None,
) -> Reply:
    """Speak quotes with `prompt` and wait for "yes"; a possible double is asked about first.

    The prompt gets `offers` (seller, lines, total, tax, delivery_charge, delivery, address, payment),
    `gone` (names out of stock), `unsold` (names sold no longer), `unknown` (words that name nothing sold),
    and `values`. `needs` is the permission for the "yes" where the asking intent's own is not one to buy.
    """
    if isinstance(made, Duplicate):
        return duplicate_reply(orders, made)
    totals: dict[str, int] = {}
    for quote in made.quotes:
        totals[quote.currency] = totals.get(quote.currency, 0) + quote.total_cents
    return Reply(
        prompt,
        {
            "offers": [orders.quotes.spoken(quote) for quote in made.quotes],
            "total": [Money(cents, currency) for currency, cents in totals.items()],
            "gone": list(made.gone),
            "unsold": list(made.unsold),
            "unknown": list(made.unknown),
            **(values or {}),
        },
        confirm=Confirm(PLACE, {"quotes": [str(quote.id) for quote in made.quotes]}, needs),
        quotes=tuple(orders.quotes.view(quote) for quote in made.quotes),
    )


def duplicate_reply(orders: Orders, double: Duplicate, prompt: str = "") -> Reply:
    """Tell of the order that this one would double, and ask whether to order another anyway."""
    tracked = next((one for one in orders.tracking.current() if one.order.id == double.order.id), None)
    payload = {
        "items": [[item.sku_id, item.quantity] for item in double.items],
        "unknown": list(double.unknown),
    }
    known = "OrderItemIntent.just_ordered" if double.just_ordered else "OrderItemIntent.on_its_way"
    return Reply(
        prompt or known,
        {"lines": list(double.lines), "due": tracked.due if tracked else None},
        confirm=Confirm(ANYWAY, payload),
        choice={"anyway": payload},
        orders=(orders.history.view(double.order),),
    )


def found_reply(orders: Orders, turn: Turn, found: Resolved | Question, prompt: str, source: str) -> Reply:
    """Quote what was resolved, ask about what was not, and decline what is not sold."""
    if isinstance(found, Question):
        return _question(found, source)
    if not found.items:
        raise SpokenError("Error.not_sold", {"words": list(found.unknown)})
    made = orders.quotes.make(shopper(turn), found.items, source, unknown=found.unknown)
    return quote_reply(orders, made, prompt)


def _question(question: Question, source: str) -> Reply:
    options = [
        {"name": sku.name, "product": sku.product_name, "size": _size(sku), "pack": sku.pack_size}
        for sku in question.options
    ]
    if question.by_size:
        key = "OrderItemIntent.which_size" if len(options) > 2 else "OrderItemIntent.which_of_two_sizes"
    else:
        key = "OrderItemIntent.which"
    return Reply(
        key,
        {"words": question.words, "options": options},
        elicit="OrderItemIntent.product",
        choice={**question.state, "source": source},
    )


def _size(sku: SkuFacts) -> str:
    """The size in the words of the name ("size 2", "Größe klein"), as sizes themselves are only labels."""
    told = sku.name.removeprefix(sku.product_name).split(",")[0].strip()
    return told if told and told != sku.name else sku.size


def placed_reply(orders: Orders, outcome: Sequence[Order] | Changed | Duplicate) -> Reply:
    """Tell what became of a confirmed basket."""
    if isinstance(outcome, Duplicate):
        return duplicate_reply(orders, outcome, "YesIntent.just_ordered" if outcome.just_ordered else "")
    if isinstance(outcome, Changed):
        prompt = "YesIntent.price_changed" if outcome.dearer else "YesIntent.stock_changed"
        return quote_reply(orders, outcome.quoted, prompt)
    told = []
    for order in outcome:
        delivery = orders.history.delivery(order.id)
        told.append(
            {
                "seller": order.seller_name,
                "total": Money(order.total_cents, order.currency),
                "due": delivery.due_date if delivery else None,
                "state": order.state,
                "lines": [
                    {"name": line.name, "quantity": line.quantity} for line in orders.history.lines(order.id)
                ],
                "minutes": int((order.cancel_until - order.placed_at).total_seconds() // 60),
            }
        )
    views = tuple(orders.history.view(order) for order in outcome)
    return Reply(f"YesIntent.{_outcome(outcome)}", {"orders": told}, orders=views)


def _outcome(orders: Sequence[Order]) -> str:
    states = {order.state for order in orders}
    if states == {"accepted"}:
        return "order_placed"
    if "unknown" in states or "placing" in states:
        return "order_unknown"
    return "order_refused" if states == {"refused"} else "order_part_refused"


def items_of(payload: Mapping[str, object]) -> list[Item]:
    """The items that a confirmation's payload or a session's choice holds."""
    found = []
    things = payload.get("items")
    for thing in things if isinstance(things, list) else ():
        match thing:
            case [str(sku_id), int(quantity)]:
                found.append(Item(sku_id, quantity))
    return found
