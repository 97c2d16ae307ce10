"""What a shopper can say about the way an offer is delivered: which there are, another one, what it emits."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, time

from skill.conversation.declare import Slot, intent
from skill.conversation.errors import SpokenError
from skill.conversation.turn import Reply, Turn
from skill.conversation.wording import Money
from skill.orders.deliveries import told
from skill.orders.delivery_options import WAYS, in_order, nearest, on_day
from skill.orders.models import Quote
from skill.orders.pending import pending
from skill.orders.ports import DeliveryOption, Offer
from skill.orders.replies import quote_reply, quote_values, require, shopper
from skill.orders.service import Orders
from skill.understanding.wire import PartOfDay, Range, parse_date, parse_time

WAY = Slot("way", "DELIVERY_WAY")
DAY = Slot("day", "AMAZON.DATE")
TIME = Slot("time", "AMAZON.TIME")
SPOKEN_OPTIONS = 3


@intent("ChooseDeliveryIntent", WAY, DAY, TIME, needs="reorder")
def choose_delivery(turn: Turn, orders: Orders) -> Reply:
    """Offer the same by another way to deliver, in the place of the offer that waits."""
    quotes = pending(turn, orders)
    if not quotes:
        return Reply("ChooseDeliveryIntent.nothing_open")
    heard, days, at = turn.slots.get("way"), _days(turn), _time(turn)
    way = heard.id if heard is not None and heard.id in WAYS else None
    offers = _offers(turn, orders, quotes)
    if not offers:  # nothing of it is sold any more
        return Reply("ChooseDeliveryIntent.nothing_open")
    if way is None and days is None and at is None:
        return _listed(offers)
    if all(len(offer.options) < 2 for offer in offers):
        return Reply("ListDeliveryIntent.only_one", {"day": offers[0].delivery_date}, keep_pending=True)
    picked = {
        offer.seller_id: option.slug
        for offer in offers
        if (option := WAYS[way](offer.options) if way else on_day(offer.options, days, at)) is not None
    }
    if not picked:
        return _not_offered(offers, way, days)
    made = orders.quotes.instead(shopper(turn), quotes, delivery=picked)
    values = {"carbon_asked": way == "greenest"}
    return quote_reply(orders, made, "ChooseDeliveryIntent.quoted", values, source=quotes[0].source)


@intent("ListDeliveryIntent")
def list_delivery(turn: Turn, orders: Orders) -> Reply:
    """Say which ways to deliver there are for the offer that waits, the soonest first."""
    quotes = pending(turn, orders)
    offers = _offers(turn, orders, quotes) if quotes else []
    return _listed(offers) if offers else Reply("ChooseDeliveryIntent.nothing_open")


@intent("DeliveryCarbonIntent")
def delivery_carbon(turn: Turn, orders: Orders) -> Reply:
    """Say what the delivery is estimated to emit: of the offer that waits, or of the last order."""
    quotes = pending(turn, orders)
    if quotes:
        values = quote_values(orders, quotes)
        known = any(orders.quotes.deliveries.spoken(quote)["carbon"] for quote in quotes)
        prompt = "DeliveryCarbonIntent.quote" if known else "DeliveryCarbonIntent.unknown"
        return Reply(prompt, values, keep_pending=True)
    require(turn, "orders")
    last = orders.history.last()
    if last is None:
        raise SpokenError("Error.no_orders")
    carbon = orders.quotes.deliveries.carbon(last)
    if carbon is None:
        return Reply("DeliveryCarbonIntent.unknown")
    values = {**told(None, carbon), "seller": last.seller_name, "placed": last.placed_at}
    return Reply(
        "DeliveryCarbonIntent.order", {**values, "placed": last.placed_at.astimezone(turn.local.tzinfo)}
    )


def _offers(turn: Turn, orders: Orders, quotes: Sequence[Quote]) -> list[Offer]:
    """Today's offers of what waits, each with the shop's default way first."""
    terms = replace(orders.quotes.terms_of(quotes), delivery=None)
    return orders.quotes.offers(shopper(turn), orders.quotes.items(quotes), terms)


def _listed(offers: Sequence[Offer]) -> Reply:
    several = [offer for offer in offers if len(offer.options) > 1]
    if not several:
        return Reply("ListDeliveryIntent.only_one", {"day": offers[0].delivery_date}, keep_pending=True)
    sellers = [
        {
            "seller": offer.seller_name,
            "options": [_option(offer, one) for one in in_order(offer.options)],
            "spoken": [_option(offer, one) for one in _differing(offer.options)],
        }
        for offer in several
    ]
    return Reply("ListDeliveryIntent.told", {"sellers": sellers}, keep_pending=True)


def _differing(options: Sequence[DeliveryOption]) -> list[DeliveryOption]:
    """At most three to say: the default, the soonest, and one that costs less, waits, or has a time."""
    ranked = [options[0], WAYS["fastest"](options), WAYS["together"](options), WAYS["no_rush"](options)]
    found = list(dict.fromkeys(one for one in (*ranked, *options) if one is not None))
    return in_order(found[:SPOKEN_OPTIONS])


def _not_offered(offers: Sequence[Offer], way: str | None, days: Range | None) -> Reply:
    """What cannot be had, and at most two ways that can."""
    if way is not None:
        return Reply("ChooseDeliveryIntent.no_such_way", {"way": way}, keep_pending=True)
    offer = next(offer for offer in offers if len(offer.options) > 1)
    wanted: date | None = days[0] if days else None
    near = [_option(offer, one) for one in nearest(offer.options, wanted)]
    return Reply(
        "ChooseDeliveryIntent.not_then", {"seller": offer.seller_name, "options": near}, keep_pending=True
    )


def _option(offer: Offer, option: DeliveryOption) -> dict[str, object]:
    return {
        **told(option.slot, option.carbon),
        "day": option.day,
        "charge": Money(option.charge_cents, offer.currency),
        "credit": option.credit_points,
        "joins": bool(option.joins),
    }


def _days(turn: Turn) -> Range | None:
    """The days that were named, from today on. Raises SpokenError for past ones."""
    wire, today = turn.heard("day"), turn.local.date()
    if wire is None:
        return None
    try:
        days = parse_date(wire, today)
    except ValueError as error:
        raise SpokenError("Error.date_unclear") from error
    if days[1] <= today:
        raise SpokenError("Error.date_past", {"date": days[0]})
    return days


def _time(turn: Turn) -> time | PartOfDay | None:
    wire = turn.heard("time")
    try:
        return parse_time(wire) if wire else None
    except ValueError:  # "?" for what was not understood
        return None
