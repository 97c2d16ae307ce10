"""Turns what the order engine found into replies; shared by every intent that can end in a purchase."""

from collections.abc import Mapping, Sequence

from skill.catalog.index import SkuFacts
from skill.conversation.errors import NotAllowed, SpokenError
from skill.conversation.turn import Confirm, Reply, Turn
from skill.conversation.wording import Money
from skill.orders.gifts import spoken_lines
from skill.orders.guards import Held
from skill.orders.models import Order, Quote
from skill.orders.placing import Changed
from skill.orders.ports import Item
from skill.orders.quotes import Duplicate, Quoted, Shopper, Shortage, Terms
from skill.orders.resolving import Question, Resolved
from skill.orders.service import Orders
from skill.orders.shortage_replies import shortage_reply

PLACE, ANYWAY, LAST, CANCEL = "orders.place", "orders.anyway", "orders.last", "orders.cancel"

RISES_NAMED = 3
"""So many prices that rose are told by name; of more, one less and how many others there are."""


def shopper(turn: Turn) -> Shopper:
    """The part of a turn that the order engine needs."""
    region = turn.locale.partition("-")[2]
    return Shopper(turn.at, turn.language, turn.caller.zone, turn.caller.member_id, region)


def needs_of(source: str) -> str:
    """The permission to buy what was asked for by `source`: new things by name, or what is known."""
    return "order" if source == "item" else "reorder"


def source_of(orders: Orders, quote_ids: Sequence[str]) -> str:
    """What quotes were asked for by; "item" when there are none any more."""
    return next((quote.source for quote in orders.quotes.get(quote_ids)), "item")


def require(turn: Turn, permission: str) -> None:
    """Raises NotAllowed unless the caller may do it; for intents that need more in some cases only."""
    if permission not in turn.caller.permissions:
        raise NotAllowed


def quote_values(orders: Orders, quotes: Sequence[Quote]) -> dict[str, object]:
    """What a prompt says of quotes: `offers` (seller, lines, total, tax, delivery_charge, delivery, address,
    payment), `total`, the sums by currency, and `link`, the page to answer them on ("" for none)."""
    totals: dict[str, int] = {}
    for quote in quotes:
        totals[quote.currency] = totals.get(quote.currency, 0) + quote.total_cents
    return {
        "offers": [orders.quotes.spoken(quote) for quote in quotes],
        "total": [Money(cents, currency) for currency, cents in totals.items()],
        "link": orders.card_link(quotes[0]) if quotes else "",
    }


def quote_reply(
    orders: Orders,
    made: Quoted | Duplicate | Shortage,
    prompt: str,
    values: Mapping[str, object] | None = None,
    *,
    needs: str | None = None,
    source: str = "item",
) -> Reply:
    """Speak quotes with `prompt` and wait for "yes"; a double or a shortage is asked about first.

    The prompt gets `quote_values`, `instead` (what takes the place of something by preference), `unsold`
    (names sold no longer), `unknown` (words that name nothing sold), and `values`. `needs` is the permission
    for the "yes", by default that of the quotes' source; `source` is what a Duplicate was asked for by.
    """
    if isinstance(made, Duplicate):
        return duplicate_reply(orders, made, source)
    if isinstance(made, Shortage):
        return shortage_reply(orders, made, needs or needs_of(made.terms.source))
    ids = [str(quote.id) for quote in made.quotes]
    named = len(made.risen) if len(made.risen) <= RISES_NAMED else RISES_NAMED - 1  # never "1 more"
    needed = needs or needs_of(made.quotes[0].source if made.quotes else source)
    return Reply(
        prompt,
        {
            **quote_values(orders, made.quotes),
            "instead": list(made.instead),
            "unsold": list(made.unsold),
            "unknown": list(made.unknown),
            "risen": list(made.risen[:named]),
            "risen_more": len(made.risen) - named,
            "too_dear": list(made.too_dear),
            **(values or {}),
        },
        confirm=Confirm(PLACE, {"quotes": ids}, needed),
        choice={"quotes": ids},
        quotes=tuple(orders.quotes.view(quote) for quote in made.quotes),
    )


def duplicate_reply(orders: Orders, double: Duplicate, source: str = "item", prompt: str = "") -> Reply:
    """Tell of the order that this one would double, and ask whether to order it again."""
    tracked = next((one for one in orders.tracking.current() if one.order.id == double.order.id), None)
    held = {item.sku_id for item in orders.history.items(double.order.id)}
    terms = double.terms or Terms(source)
    payload = {
        "items": [[item.sku_id, item.quantity] for item in double.items],
        "doubled": [item.sku_id for item in double.items if item.sku_id in held],
        "unknown": list(double.unknown),
        "source": terms.source,
        "address": terms.address_label,
        "payment": terms.payment_label,
        "delivery": dict(terms.delivery) if terms.delivery else None,
        "hidden": list(terms.hidden),
    }
    known = "OrderItemIntent.just_ordered" if double.just_ordered else "OrderItemIntent.on_its_way"
    return Reply(
        prompt or known,
        {"lines": list(double.lines), "due": tracked.due if tracked else None},
        confirm=Confirm(ANYWAY, payload, needs_of(terms.source)),
        choice={"anyway": payload},
        orders=(orders.history.view(double.order),),
    )


def found_reply(orders: Orders, turn: Turn, found: Resolved | Question, prompt: str, source: str) -> Reply:
    """Quote what was resolved, ask about what was not, and decline what is not sold."""
    if isinstance(found, Question):
        return _question(turn, found, source)
    if not found.items:
        raise SpokenError("Error.not_sold", {"words": list(found.unknown)})
    made = orders.quotes.make(shopper(turn), found.items, source, unknown=found.unknown)
    return quote_reply(orders, made, prompt, source=source)


def _question(turn: Turn, question: Question, source: str) -> Reply:
    options = [
        {"name": sku.name, "product": sku.product_name, "size": _size(sku), "pack": sku.pack_size}
        for sku in question.options
    ]
    if question.state.get("again"):
        key = "OrderItemIntent.which_again"
    elif question.by_size:
        key = "OrderItemIntent.which_size" if len(options) > 2 else "OrderItemIntent.which_of_two_sizes"
    else:
        key = "OrderItemIntent.which"
    before = (turn.session.choice or {}).get("heard")
    heard = {name: slot.value for name, slot in turn.slots.items()}
    if isinstance(before, Mapping):  # the dialog carries along what an earlier question left out already
        heard = {**before, **heard}
    return Reply(
        key,
        {"words": question.words, "options": options},
        elicit="OrderItemIntent.product",
        choice={**question.state, "source": source, "heard": heard},
    )


def _size(sku: SkuFacts) -> str:
    """The size in the words of the name ("size 2", "Größe klein"), as sizes themselves are only labels."""
    told = sku.name.removeprefix(sku.product_name).split(",")[0].strip()
    return told if told and told != sku.name else sku.size


def held_reply(orders: Orders, held: Held, payload: Mapping[str, object], turn: Turn | None = None) -> Reply:
    """Ask for the voice code before a basket goes on, or say why it does not.

    With the `turn` of the yes to it, where its device can check who speaks, that takes the code's place.
    """
    if not held.code:
        return Reply("YesIntent.held", {"reason": held.reason})
    quotes = payload.get("quotes")
    ids = [str(one) for one in quotes] if isinstance(quotes, list) else []
    views = tuple(orders.quotes.view(quote) for quote in orders.quotes.get(ids))
    if turn is not None and turn.verifies:
        return Reply("YesIntent.verify_person", verify=str(payload.get("confirmation")), quotes=views)
    return Reply(
        "YesIntent.voice_code",
        {"reason": held.reason},
        elicit="GiveVoiceCodeIntent.code",
        choice={"code_for": {"quotes": ids, "confirmation": payload.get("confirmation")}},
        quotes=views,
    )


def placed_reply(
    orders: Orders, outcome: Sequence[Order] | Changed | Duplicate, *, offer_code: bool = False
) -> Reply:
    """Tell what became of a confirmed basket; `offer_code` adds that a voice code can be set."""
    if isinstance(outcome, Duplicate):
        return duplicate_reply(orders, outcome)
    if isinstance(outcome, Changed):
        made = outcome.quoted
        if isinstance(made, Shortage):
            return shortage_reply(orders, made, needs_of(made.terms.source), lost=True)
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
                "slot": orders.quotes.deliveries.slot(order),
                "state": order.state,
                "lines": spoken_lines(orders.history.lines(order.id)),
                "minutes": int((order.cancel_until - order.placed_at).total_seconds() // 60),
            }
        )
    views = tuple(orders.history.view(order) for order in outcome)
    known = _outcome(outcome)
    prompt = "order_placed_and_code" if offer_code and known == "order_placed" else known
    return Reply(f"YesIntent.{prompt}", {"orders": told}, orders=views)


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
