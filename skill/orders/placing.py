"""Places confirmed quotes: exactly one order for each, whatever is repeated, raced or cut off."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from skill.conversation.errors import SpokenError
from skill.household.service import Households
from skill.household.voice_code import VoiceCodes
from skill.orders.events import OrderPlaced, Subscriber
from skill.orders.guards import Held, judge
from skill.orders.history import History
from skill.orders.lifecycle import Lifecycle
from skill.orders.models import Order, OrderLine, Quote
from skill.orders.ports import Agreed, Item, Offer, Placed, Shop
from skill.orders.quotes import Duplicate, Quoted, Quotes, Shopper, Shortage
from skill.orders.rules import GIVE_UP_AFTER, STANDING, reference
from skill.orders.states import ORDER_STEPS, allows
from skill.storage.database import Unit
from skill.storage.idempotency import checkpoint
from skill.storage.keys import new_id

log = logging.getLogger("restock.orders")
RESUME = "orders.placing"
UNSETTLED = ("placing", "unknown", "refused")
"""States in which the shop's word on a placed order is still news; a refused one may have been given up."""


@dataclass(frozen=True)
class Changed:
    """The shop's terms got worse since they were spoken: new quotes, to be asked about anew."""

    quoted: Quoted | Duplicate | Shortage
    dearer: bool


class Placing:
    """Turns quotes into orders at the shop."""

    def __init__(
        self,
        unit: Unit,
        shop: Shop,
        quotes: Quotes,
        history: History,
        lifecycle: Lifecycle,
        subscribers: Sequence[Subscriber],
    ) -> None:
        self.unit = unit
        self._lifecycle = lifecycle
        self._shop = shop
        self._quotes = quotes
        self._history = history
        self._subscribers = subscribers

    def place(
        self, shopper: Shopper, quote_ids: Sequence[str], confirmation_id: str, *, proven: bool = False
    ) -> list[Order] | Changed | Duplicate | Held:
        """Place each waiting quote once. The unit is committed before the shop is called.

        Gives the orders with the state the shop's answer put them in (accepted, refused or unknown), Changed
        when price or stock got worse, the Duplicate that this basket became since it was quoted, unless
        it is deliberate, or Held when a guard wants the voice code first or forbids it; `proven` says that
        the code was given. Raises SpokenError when a quote was used before.
        """
        Households(self.unit).lock()
        quotes = self._quotes.get(quote_ids)
        waiting = ("quoted", "awaiting_pin") if proven else ("quoted",)
        if not quotes or any(quote.state not in waiting for quote in quotes):
            raise SpokenError("YesIntent.already_answered")
        double = self._double(shopper, quotes)
        if double is not None:
            self._quotes.drop(quotes, shopper.at, "double")
            return double
        offers = self._offers(shopper, quotes)
        stale = any(shopper.at > quote.valid_until for quote in quotes)
        if stale or any(self._is_worse(quote, offers.get(quote.seller_id)) for quote in quotes):
            return Changed(self._quotes.instead(shopper, quotes), _is_dearer(quotes, offers))
        held = self._held(shopper, list(offers.values()), proven=proven)
        if held is not None:
            self._hold(shopper, quotes, held)
            return held
        for quote in quotes:
            if not self._lifecycle.confirm(quote, shopper.at, "yes"):
                raise SpokenError("YesIntent.already_answered")
        orders = [
            self._begin(shopper, quote, offers[quote.seller_id], UUID(confirmation_id)) for quote in quotes
        ]
        checkpoint(self.unit, RESUME, {"quotes": list(quote_ids)})
        for order in orders:
            self.send(order, shopper.at, shopper.zone)
        return orders

    def _offers(self, shopper: Shopper, quotes: Sequence[Quote]) -> dict[str, Offer]:
        """Today's offer of each seller for what the quotes hold, as it was agreed on to be delivered."""
        terms = self._quotes.terms_of(quotes)
        offers = self._quotes.offers(shopper, self._quotes.items(quotes), terms)
        return {offer.seller_id: offer for offer in offers}

    def _held(self, shopper: Shopper, offers: Sequence[Offer], *, proven: bool) -> Held | None:
        """Why the guards of the purse hold the basket back: judged for each currency by itself."""
        codes = VoiceCodes(self.unit)
        if codes.is_locked(shopper.member_id, shopper.at):
            return Held("locked", code=False)
        has_code = codes.is_set(shopper.member_id)
        for currency in sorted({offer.currency for offer in offers}):
            same = [offer for offer in offers if offer.currency == currency]
            held = judge(
                self._history.limits(offer.seller_id for offer in same),
                self._history.spent(currency, shopper.at),
                [offer.total_cents for offer in same],
                shopper.at,
                has_code=has_code,
                proven=proven,
            )
            if held is not None:
                return held
        return None

    def offer_code(self, shopper: Shopper, orders: Sequence[Order]) -> bool:
        """Whether to tell the member, once for ever, that a code can protect orders as large as these."""
        for currency in {order.currency for order in orders}:
            same = [order for order in orders if order.currency == currency]
            least = self._history.limits(order.seller_id for order in same).code_from_cents
            if least is not None and sum(order.total_cents for order in same) >= least:
                return VoiceCodes(self.unit).offer(shopper.member_id, shopper.at)
        return False

    def _hold(self, shopper: Shopper, quotes: Sequence[Quote], held: Held) -> None:
        if not held.code:
            self._quotes.drop(quotes, shopper.at, held.reason)
            return
        for quote in quotes:
            self._lifecycle.ask_pin(quote, shopper.at)

    def requote(self, shopper: Shopper, quote_ids: Sequence[str]) -> Quoted | Duplicate | Shortage:
        """Fresh quotes for what stale ones held, or the double it became meanwhile, or what is out of stock
        of it; the old are replaced."""
        return self._quotes.instead(shopper, self._quotes.get(quote_ids))

    def resume(self, quote_ids: Sequence[str], at: datetime, zone: str) -> list[Order]:
        """Finish what was cut off after its checkpoint: look each order up at the shop, or send it."""
        found = (self._history.of_quote(UUID(quote_id)) for quote_id in quote_ids)
        orders = [order for order in found if order is not None]
        for order in orders:
            self.send(order, at, zone)
        return orders

    def find_out(self, order: Order, at: datetime, zone: str) -> None:
        """Settle an order that nobody waits for any more: by look-up only, it is never sent again."""
        if order.state == "placing":
            self._lifecycle.lose(order, at, "cut off")
        self.send(order, at, zone)

    def send(self, order: Order, at: datetime, zone: str) -> None:
        """Send an order that is still `placing`, or look up one that is `unknown`; safe to repeat.

        Whatever goes wrong at the shop leaves the order unknown: it may have been accepted there. One that
        the shop has not seen is given up after 15 minutes.
        """
        if order.state not in ("placing", "unknown"):
            return
        items, agreed = self._history.items(order.id), self._quotes.deliveries.agreed(order)
        self.unit.release()
        try:
            outcome = self._asked(order, items, at, zone, agreed)
        except Exception as error:  # a connector may fail in any way, and nothing may be told as not ordered
            log.warning("the shop did not answer an order", extra={"error": type(error).__name__})
            outcome = None
        if outcome is not None:
            self._conclude(order, outcome, at)
        elif order.state == "placing":
            self._lifecycle.lose(order, at, "shop did not answer")

    def _asked(
        self, order: Order, items: list[Item], at: datetime, zone: str, agreed: Agreed
    ) -> Placed | None:
        if order.state == "placing":
            return self._shop.place(order.reference, order.seller_id, items, at, zone, agreed)
        known = self._shop.look_up(order.reference)
        if known is None and at - order.placed_at >= GIVE_UP_AFTER:
            return Placed(accepted=False, reason="never arrived")
        return known

    def _conclude(self, order: Order, outcome: Placed, at: datetime) -> None:
        """Record the shop's answer, also when the worker moved the order while the shop was asked."""
        if outcome.accepted and not self._is_wanted(order, at):
            return
        name, step = (
            ("accept", self._lifecycle.accept) if outcome.accepted else ("refuse", self._lifecycle.refuse)
        )
        while order.state in UNSETTLED and allows(ORDER_STEPS, name, order.state):
            if step(order, at, outcome.reason or "shop"):
                if outcome.accepted:
                    self._publish(order, at)
                return

    def found(self, order: Order, at: datetime) -> bool:
        """The shop speaks of an order that it was not known to have, or that was given up; True if so."""
        given_up = order.state == "refused" and "unknown" in self._lifecycle.steps(order.id)
        if order.state not in ("placing", "unknown") and not given_up:
            return False
        accepted = self._lifecycle.accept(order, at, "shop")
        if accepted:
            self._publish(order, at)
        return accepted

    def _is_wanted(self, order: Order, at: datetime) -> bool:
        """Whether an order the shop accepted is to stay: one given up meanwhile is cancelled if it can be."""
        self.unit.session.refresh(order)
        if order.state != "refused":
            return True
        self.unit.release()
        try:
            return not self._shop.cancel(order.reference, at)
        except Exception as error:  # it is not known to be cancelled, so it may arrive
            log.warning("the shop did not answer a cancellation", extra={"error": type(error).__name__})
            return True

    def _publish(self, order: Order, at: datetime) -> None:
        event = OrderPlaced(
            order.household_id,
            order.id,
            order.member_id,
            order.goods_cents,
            order.currency,
            at,
            order.locale,
        )
        for subscriber in self._subscribers:
            subscriber(self.unit, event)

    def _double(self, shopper: Shopper, quotes: Sequence[Quote]) -> Duplicate | None:
        if any(quote.deliberate for quote in quotes):
            return None
        return self._quotes.duplicate(shopper, self._quotes.items(quotes), self._quotes.terms_of(quotes))

    def _is_worse(self, quote: Quote, offer: Offer | None) -> bool:
        """Whether the shop now asks more, has less or something else, or delivers later than was spoken."""
        if offer is None or offer.short or not self._quotes.deliveries.holds(quote, offer):
            return True
        offered = {line.sku_id: line.quantity for line in offer.lines}
        if offered != {line.sku_id: line.quantity for line in self._quotes.lines(quote)}:
            return True
        return offer.total_cents > quote.total_cents or offer.delivery_date > quote.delivery_date

    def _begin(self, shopper: Shopper, quote: Quote, offer: Offer, confirmation_id: UUID) -> Order:
        order = Order(
            household_id=quote.household_id,
            id=new_id(),
            number=self._history.next_number(),
            reference=reference(quote.household_id, quote.id),
            seller_id=quote.seller_id,
            seller_name=quote.seller_name,
            origin="subscription" if quote.source == STANDING else shopper.origin,
            locale=shopper.locale,
            quote_id=quote.id,
            confirmation_id=confirmation_id,
            deliberate=quote.deliberate,
            member_id=shopper.member_id,
            placed_at=shopper.at,
            cancel_until=shopper.at + timedelta(minutes=offer.cancel_minutes),
            currency=offer.currency,
            goods_cents=offer.goods_cents,
            tax_cents=offer.tax_cents,
            delivery_cents=offer.delivery_cents,
            total_cents=offer.total_cents,
            address_label=quote.address_label,
            payment_label=quote.payment_label,
        )
        lines = self._lines(quote, offer, order.id)
        self._lifecycle.begin(order, lines, offer.delivery_date, "yes", quote=quote)
        return order

    def _lines(self, quote: Quote, offer: Offer, order_id: UUID) -> list[OrderLine]:
        quoted = {line.sku_id: line for line in self._quotes.lines(quote)}
        return [
            OrderLine(
                household_id=quote.household_id,
                order_id=order_id,
                position=position,
                sku_id=line.sku_id,
                name=quoted[line.sku_id].name,
                quantity=line.quantity,
                price_cents=line.price_cents,
                line_cents=line.line_cents,
                hidden=quoted[line.sku_id].hidden,
            )
            for position, line in enumerate(offer.lines)
        ]


def _is_dearer(quotes: Sequence[Quote], offers: Mapping[str, Offer]) -> bool:
    return any(
        quote.seller_id in offers and offers[quote.seller_id].total_cents > quote.total_cents
        for quote in quotes
    )
