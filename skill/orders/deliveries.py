"""Keeps how quotes are delivered: which way was chosen, what is told of it, and what was offered as well."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlmodel import col, select

from skill.conversation.wording import Money
from skill.orders import delivery_options
from skill.orders.delivery_models import QuoteDelivery
from skill.orders.history import History
from skill.orders.models import Order, Quote
from skill.orders.ports import Agreed, Carbon, DeliveryOption, Offer, Slot
from skill.storage.database import Unit

JOINABLE = ("accepted", "packed")
"""States of an order that another one can still arrive with."""
HINT_EVERY = timedelta(days=7)
"""How often a household hears unasked that waiting is credited."""


class Deliveries:
    """The ways in which the quotes of the unit's household are delivered."""

    def __init__(self, unit: Unit, history: History) -> None:
        self.unit = unit
        self._history = history

    def of(self, quote_id: UUID | None) -> QuoteDelivery | None:
        """How a quote is delivered; None where the shop has one way only, or for no quote."""
        return self.unit.session.exec(
            select(QuoteDelivery).where(
                col(QuoteDelivery.household_id) == self.unit.household,
                col(QuoteDelivery.quote_id) == quote_id,
            )
        ).first()

    def chosen(self, quotes: Iterable[Quote]) -> dict[str, str]:
        """The way of each seller's quote, by its slug."""
        rows = ((quote.seller_id, self.of(quote.id)) for quote in quotes)
        return {seller_id: row.option for seller_id, row in rows if row is not None}

    def arranged(self, offer: Offer, slug: str | None, address_label: str, today: date) -> Offer:
        """The offer by the way `slug`, or by the shop's default where that is None or not offered (any more).

        Where the shop allows it, arriving with an open order of the same seller and address is one more way.
        """
        for order in self._history.recent(10, JOINABLE) if offer.joining_cents is not None else ():
            delivery = self._history.delivery(order.id)
            same = (order.seller_id, order.address_label) == (offer.seller_id, address_label)
            if same and delivery is not None and delivery.due_date >= today:
                offer = delivery_options.joined(offer, order.reference, delivery.due_date)
                break
        return (offer.delivered_by(slug) if slug else None) or offer

    def keep(self, quote: Quote, offer: Offer, *, hint: bool) -> None:
        """Write down by which way `quote` is delivered; `hint` allows to offer another one with it."""
        if not offer.options:
            return
        way = offer.options[0]
        other = None
        if hint:
            waiting = not self._hinted_since(quote.quoted_at - HINT_EVERY)
            other = delivery_options.worth_a_hint(offer.options, waiting=waiting)
        self.unit.session.add(
            QuoteDelivery(
                household_id=quote.household_id,
                quote_id=quote.id,
                option=way.slug,
                slot_begins=way.slot.begins if way.slot else None,
                slot_ends=way.slot.ends if way.slot else None,
                credit_points=way.credit_points,
                carbon_least_g=way.carbon.least_g if way.carbon else None,
                carbon_most_g=way.carbon.most_g if way.carbon else None,
                carbon_factors=way.carbon.factors if way.carbon else "",
                joins=way.joins,
                hint=_hint(other) if other else None,
            )
        )
        self.unit.session.flush()

    def holds(self, quote: Quote, offer: Offer) -> bool:
        """Whether the shop still delivers by the way that was spoken: no other slot, no smaller credit."""
        row = self.of(quote.id)
        if row is None:
            return True
        way = offer.options[0] if offer.options else None
        if way is None or (way.slug, way.joins) != (row.option, row.joins):
            return False
        return way.slot == _slot(row) and way.credit_points >= row.credit_points

    def spoken(self, quote: Quote) -> dict[str, object]:
        """What a prompt says of a quote's delivery: slot, credit in points, carbon estimate, and the hint."""
        row = self.of(quote.id)
        hint = dict(row.hint) if row and row.hint else None
        if hint is not None:
            hint["charge"] = Money(hint["charge_cents"], quote.currency)
            hint["day"] = date.fromisoformat(hint["day"])
        return {
            **told(_slot(row) if row else None, _carbon(row) if row else None),
            "credit": row.credit_points if row else 0,
            "joins": bool(row and row.joins),
            "hint": hint,
        }

    def slot(self, order: Order) -> Slot | None:
        """Between which times an order is to arrive, where that was agreed."""
        row = self.of(order.quote_id) if order.quote_id else None
        return _slot(row) if row else None

    def carbon(self, order: Order) -> Carbon | None:
        """The estimate that an order was quoted with."""
        row = self.of(order.quote_id) if order.quote_id else None
        return _carbon(row) if row else None

    def agreed(self, order: Order) -> Agreed:
        """What the shopper said yes to, for the shop."""
        row = self.of(order.quote_id) if order.quote_id else None
        return Agreed(
            order.total_cents,
            order.currency,
            order.address_label,
            order.payment_label,
            delivery_option=row.option if row else "",
            joins=row.joins if row else "",
        )

    def _hinted_since(self, at: datetime) -> bool:
        found = self.unit.session.exec(
            select(QuoteDelivery.quote_id)
            .where(
                col(QuoteDelivery.household_id) == self.unit.household,
                col(Quote.household_id) == self.unit.household,
                col(QuoteDelivery.quote_id) == col(Quote.id),
                col(QuoteDelivery.hint).is_not(None),
                col(Quote.quoted_at) > at,
            )
            .limit(1)
        ).first()
        return found is not None


def told(slot: Slot | None, carbon: Carbon | None) -> dict[str, object]:
    """A slot and an estimate as prompts take them: mappings, or None where there is none."""
    return {
        "slot": {"begins": slot.begins, "ends": slot.ends} if slot else None,
        "carbon": vars(carbon) if carbon else None,
    }


def _slot(row: QuoteDelivery) -> Slot | None:
    if row.slot_begins is None or row.slot_ends is None:
        return None
    return Slot(row.slot_begins, row.slot_ends)


def _carbon(row: QuoteDelivery) -> Carbon | None:
    if row.carbon_least_g is None or row.carbon_most_g is None:
        return None
    return Carbon(row.carbon_least_g, row.carbon_most_g, row.carbon_factors)


def _hint(option: DeliveryOption) -> dict[str, Any]:
    return {
        "day": option.day.isoformat(),
        "charge_cents": option.charge_cents,
        "credit_points": option.credit_points,
        "joins": bool(option.joins),
    }
