"""Orders, baskets and outcomes as the JSON of /v1: money in minor units, moments in UTC."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from skill.conversation.wording import Money
from skill.orders.baskets import BY_API, Basket, Baskets, CodeWrong, Outcome
from skill.orders.guards import Held
from skill.orders.models import Order, Quote
from skill.orders.placing import Changed
from skill.orders.quotes import Duplicate, Quoted, Shopper, Shortage
from skill.orders.service import Orders
from skill.web.api_wire import Answer, problem


def order_view(orders: Orders, order: Order) -> dict[str, Any]:
    """One order."""
    return {
        **orders.history.view(order),
        **_charges(order),
        "number": order.number,
        "origin": order.origin,
        "placed_at": _moment(order.placed_at),
        "cancel_until": _moment(order.cancel_until),
    }


def basket_view(orders: Orders, basket: Basket, made: Quoted | None = None) -> dict[str, Any]:
    """One basket, which one yes covers; with what is to be said of it when it was just `made`."""
    totals: dict[str, int] = {}
    for quote in basket.quotes:
        totals[quote.currency] = totals.get(quote.currency, 0) + quote.total_cents
    return {
        "id": str(basket.id),
        "state": "code_needed" if any(q.state == "awaiting_pin" for q in basket.quotes) else "quoted",
        "asked_at": _moment(basket.asked_at),
        "expires_at": _moment(basket.expires_at),
        "sellers": [{**orders.quotes.view(quote), **_charges(quote)} for quote in basket.quotes],
        "totals": [{"total_cents": cents, "currency": currency} for currency, cents in totals.items()],
        **(_remarks(made) if made is not None else {}),
    }


def made_answer(
    orders: Orders,
    shopper: Shopper,
    made: Quoted | Duplicate | Shortage,
    *,
    status: int = 201,
    reason: str = "",
    by: str = BY_API,
) -> Answer:
    """A new basket, or why there is none; with `reason` it is part of a problem, as it is not the old one."""
    if isinstance(made, Duplicate):
        return problem(
            409,
            "duplicate",
            order=order_view(orders, made.order),
            lines=[dict(line) for line in made.lines],
            just_ordered=made.just_ordered,
        )
    if isinstance(made, Shortage):
        return problem(409, "out_of_stock", names=list(made.names))
    said = " ".join(f"{quote.id} {quote.total_cents} {quote.currency}" for quote in made.quotes)
    basket = Baskets(orders, shopper.member_id).ask(shopper, made, said, by=by)
    view = basket_view(orders, basket, made)
    return problem(status, reason, quote=view) if reason else Answer(status, view)


def outcome_answer(orders: Orders, shopper: Shopper, outcome: Outcome) -> Answer:
    """What a yes led to."""
    if isinstance(outcome, CodeWrong):
        return problem(403, "code_wrong")
    if isinstance(outcome, Held):
        if outcome.code:
            return problem(403, "code_needed", because=outcome.reason)
        locked = outcome.reason == "locked"
        return problem(403, "code_locked") if locked else problem(403, "held", because=outcome.reason)
    if isinstance(outcome, Duplicate):
        return made_answer(orders, shopper, outcome)
    if isinstance(outcome, Changed):
        return made_answer(orders, shopper, outcome.quoted, status=409, reason="terms_changed")
    return placed_answer(orders, outcome)


def placed_answer(orders: Orders, placed: Sequence[Order]) -> Answer:
    """Orders as the shop's answer left them: accepted, refused, or unknown."""
    return Answer(200, {"orders": [order_view(orders, order) for order in placed]})


def _charges(thing: Quote | Order) -> dict[str, Any]:
    return {
        "goods_cents": thing.goods_cents,
        "tax_cents": thing.tax_cents,
        "delivery_cents": thing.delivery_cents,
        "address": thing.address_label,
        "payment": thing.payment_label,
    }


def _remarks(made: Quoted) -> dict[str, Any]:
    return {
        "unsold": list(made.unsold),
        "too_dear": list(made.too_dear),
        "instead": [dict(one) for one in made.instead],
        "risen": [_risen(one["name"], one["now"], one["more"]) for one in made.risen],
    }


def _risen(name: object, now: object, more: object) -> dict[str, Any]:
    assert isinstance(now, Money)
    assert isinstance(more, Money)
    return {
        "name": name,
        "now_cents": now.amount_cents,
        "more_cents": more.amount_cents,
        "currency": now.currency,
    }


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat()
