"""Places confirmed quotes: exactly one order for each, whatever is repeated, raced or cut off."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from skill.conversation.errors import SpokenError
from skill.household.service import Households
from skill.orders.events import OrderPlaced, Subscriber
from skill.orders.history import History
from skill.orders.models import Order, OrderLine, Quote
from skill.orders.ports import Item, Offer, Placed, Shop, ShopUnavailable
from skill.orders.quotes import Quoted, Quotes, Shopper
from skill.orders.rules import reference
from skill.storage.database import Unit
from skill.storage.idempotency import checkpoint
from skill.storage.keys import new_id

RESUME = "orders.placing"


@dataclass(frozen=True)
class Changed:
    """The shop's terms got worse since they were spoken: new quotes, to be asked about anew."""

    quoted: Quoted
    dearer: bool


class Placing:
    """Turns quotes into orders at the shop."""

    def __init__(
        self, unit: Unit, shop: Shop, quotes: Quotes, history: History, subscribers: Sequence[Subscriber]
    ) -> None:
        self.unit = unit
        self._shop = shop
        self._quotes = quotes
        self._history = history
        self._subscribers = subscribers

    def place(
        self, shopper: Shopper, quote_ids: Sequence[str], confirmation_id: str
    ) -> list[Order] | Changed:
        """Place each waiting quote once. The unit is committed before the shop is called.

        Gives the orders with the state the shop's answer put them in (accepted, refused or unknown), or
        Changed when price or stock got worse. Raises SpokenError when a quote was used before, or the
        same basket was ordered within ten minutes and this one is not deliberate.
        """
        Households(self.unit).lock()
        quotes = self._quotes.get(quote_ids)
        if not quotes or any(quote.state != "quoted" for quote in quotes):
            raise SpokenError("YesIntent.already_answered")
        self._guard(shopper, quotes)
        offers = {
            offer.seller_id: offer for offer in self._quotes.offers(shopper, self._quotes.items(quotes))
        }
        worse = [quote for quote in quotes if _is_worse(quote, offers.get(quote.seller_id))]
        if worse:
            return self._requoted(shopper, quotes, offers)
        orders = [
            self._begin(shopper, quote, offers[quote.seller_id], UUID(confirmation_id)) for quote in quotes
        ]
        self._quotes.close(quotes, "confirmed")
        checkpoint(self.unit, RESUME, {"quotes": list(quote_ids)})
        for order in orders:
            self.send(order, shopper.at, shopper.zone)
        return orders

    def requote(self, shopper: Shopper, quote_ids: Sequence[str]) -> Quoted:
        """Fresh quotes for what stale ones held; the old ones are replaced."""
        quotes = self._quotes.get(quote_ids)
        self._quotes.close(quotes, "replaced")
        made = self._quotes.make(
            shopper, self._quotes.items(quotes), quotes[0].source if quotes else "requote", deliberate=True
        )
        assert isinstance(made, Quoted)  # a deliberate basket is never a duplicate
        for quote, old in zip(made.quotes, quotes, strict=False):
            quote.deliberate = old.deliberate
        return made

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
            self._history.move(order, "unknown", at, "cut off")
        self.send(order, at, zone)

    def send(self, order: Order, at: datetime, zone: str) -> None:
        """Send an order that is still `placing`, or look up one that is `unknown`; safe to repeat."""
        if order.state not in ("placing", "unknown"):
            return
        items = self._history.items(order.id)
        self.unit.release()
        try:
            outcome = self._asked(order, items, at, zone)
        except ShopUnavailable:
            if order.state == "placing":
                self._history.move(order, "unknown", at, "shop did not answer")
            return
        state = "accepted" if outcome.accepted else "refused"
        if self._history.move(order, state, at, outcome.reason or "shop") and outcome.accepted:
            self._publish(order, at)

    def _asked(self, order: Order, items: list[Item], at: datetime, zone: str) -> Placed:
        if order.state == "unknown":
            known = self._shop.look_up(order.reference)
            return known or Placed(accepted=False, reason="never arrived")
        return self._shop.place(order.reference, order.seller_id, items, at, zone)

    def _publish(self, order: Order, at: datetime) -> None:
        event = OrderPlaced(
            order.household_id, order.id, order.member_id, order.goods_cents, order.currency, at
        )
        for subscriber in self._subscribers:
            subscriber(self.unit, event)

    def _guard(self, shopper: Shopper, quotes: Sequence[Quote]) -> None:
        if any(quote.deliberate for quote in quotes):
            return
        if self._quotes.double(shopper, self._quotes.items(quotes)) is not None:
            raise SpokenError("YesIntent.just_ordered")

    def _requoted(self, shopper: Shopper, quotes: Sequence[Quote], offers: dict[str, Offer]) -> Changed:
        dearer = any(
            quote.seller_id in offers and offers[quote.seller_id].total_cents > quote.total_cents
            for quote in quotes
        )
        return Changed(self.requote(shopper, [str(quote.id) for quote in quotes]), dearer)

    def _begin(self, shopper: Shopper, quote: Quote, offer: Offer, confirmation_id: UUID) -> Order:
        order = Order(
            household_id=quote.household_id,
            id=new_id(),
            number=self._history.next_number(),
            reference=reference(quote.household_id, quote.id),
            seller_id=quote.seller_id,
            seller_name=quote.seller_name,
            state="placing",
            origin="voice",
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
        names = {line.sku_id: line.name for line in self._quotes.lines(quote)}
        lines = [
            OrderLine(
                household_id=quote.household_id,
                order_id=order.id,
                position=position,
                sku_id=line.sku_id,
                name=names[line.sku_id],
                quantity=line.quantity,
                price_cents=line.price_cents,
                line_cents=line.line_cents,
            )
            for position, line in enumerate(offer.lines)
        ]
        self._history.begin(order, lines, offer.delivery_date, "yes")
        return order


def _is_worse(quote: Quote, offer: Offer | None) -> bool:
    """Whether the shop now asks more, has less, or delivers later than was spoken."""
    if offer is None or offer.short:
        return True
    return offer.total_cents > quote.total_cents or offer.delivery_date > quote.delivery_date
