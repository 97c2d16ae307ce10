"""Makes quotes: what would be delivered, by whom, for how much and when, and guards against doubles."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlmodel import col, select

from skill.catalog.service import Catalog
from skill.conversation.errors import SpokenError
from skill.conversation.locale_files import load_spoken
from skill.conversation.wording import Money
from skill.household.service import Households
from skill.orders.deliveries import Deliveries
from skill.orders.gifts import spoken_lines, still_hidden
from skill.orders.history import History, view
from skill.orders.lifecycle import Lifecycle
from skill.orders.models import Order, Quote, QuoteLine
from skill.orders.ports import Item, Offer, Shop, ShopUnavailable
from skill.orders.pricing import Rise, last_paid, limit_percent, rises
from skill.orders.quoted import Duplicate as Duplicate
from skill.orders.quoted import Quoted as Quoted
from skill.orders.quoted import Shopper as Shopper
from skill.orders.quoted import Shortage as Shortage
from skill.orders.quoted import Terms as Terms
from skill.orders.rules import QUOTE_LIFETIME, STANDING, dearest_first, is_repeat, merged
from skill.orders.states import WAITING
from skill.orders.substituting import Declined, Substitute, Substituting
from skill.storage.database import Unit
from skill.storage.keys import new_id


class Quotes:
    """Quotes of the unit's household."""

    def __init__(
        self, unit: Unit, catalog: Catalog, shop: Shop, history: History, lifecycle: Lifecycle
    ) -> None:
        self.unit = unit
        self._lifecycle = lifecycle
        self._catalog = catalog
        self._shop = shop
        self._history = history
        self.substituting = Substituting(unit, catalog, history)
        self.deliveries = Deliveries(unit, history)

    def make(
        self,
        shopper: Shopper,
        wanted: Iterable[Item],
        source: str,
        *,
        deliberate: bool = False,
        unknown: Sequence[str] = (),
        address_label: str | None = None,
        payment_label: str | None = None,
        delivery: Mapping[str, str] | None = None,
    ) -> Quoted | Duplicate | Shortage:
        """Quote `wanted`, one quote for each seller, unless it looks like a double and is not `deliberate`.

        `address_label` and `payment_label` are labels that the household has; None for its defaults.
        `delivery` is the slug of the way to deliver by seller; one that is not offered any more is left out.
        Raises SpokenError when nothing of it is sold, or the shop does not answer.
        """
        terms = Terms(source, deliberate, address_label, payment_label, delivery)
        return self.make_on(shopper, wanted, terms, unknown)

    def make_as_agreed(self, shopper: Shopper, wanted: Iterable[Item], source: str) -> Quoted | Duplicate:
        """Quote `wanted` and nothing else: where somebody agreed to just that, and nobody can be asked.

        Raises SpokenError as `make` does, and when anything of it is out of stock.
        """
        made = self.make(shopper, wanted, source)
        if isinstance(made, Shortage):
            raise SpokenError("Error.out_of_stock", {"names": list(made.names)})
        if isinstance(made, Quoted) and made.instead:
            self.drop(made.quotes, shopper.at, "out of stock")
            raise SpokenError("Error.out_of_stock", {"names": [one["name"] for one in made.instead]})
        return made

    def make_on(
        self,
        shopper: Shopper,
        wanted: Iterable[Item],
        terms: Terms,
        unknown: Sequence[str] = (),
        declined: Declined = (),
    ) -> Quoted | Duplicate | Shortage:
        """Like `make`; what was `declined` instead of something out of stock is not offered again."""
        items = merged(wanted)
        if not terms.deliberate:
            duplicate = self.duplicate(shopper, items, terms, unknown)
            if duplicate is not None:
                return duplicate
        sold = [item for item in items if self._catalog.sku(item.sku_id, shopper.language)]
        offers, risen, refused = self._affordable(shopper, sold, terms)
        unsold = [self._told_as(shopper, item.sku_id, terms) for item in items if item not in sold]
        too_dear = [self._told_as(shopper, rise.sku_id, terms) for rise in refused]
        if any(offer.short for offer in offers):
            found = self._short_of(shopper, offers, Shortage(items, terms, (), (), False, declined, unknown))
            return replace(found, unsold=unsold, too_dear=too_dear) if isinstance(found, Shortage) else found
        alone = len(offers) == 1
        quotes = [self._store(shopper, offer, terms, alone=alone) for offer in offers if offer.lines]
        if not quotes and too_dear:
            raise SpokenError("Error.too_dear", {"names": too_dear})
        if not quotes:
            raise SpokenError("Error.no_longer_sold", {"names": unsold})
        return Quoted(quotes, unsold, unknown, risen, too_dear)

    def _short_of(
        self, shopper: Shopper, offers: Sequence[Offer], basket: Shortage
    ) -> Quoted | Duplicate | Shortage:
        """What is to be asked about what is short of a basket; the quotes where preferences settle it all."""
        ask = partial(self.offers, shopper)
        lacks = [
            self.substituting.lack(line, offer.currency, shopper.language, ask, basket.declined)
            for offer in offers
            for line in offer.short
        ]
        gifts = [lack for lack in lacks if lack.sku_id in basket.terms.hidden]
        if gifts:
            return replace(basket, lacks=gifts, rest=len(basket.items) > len(gifts))
        settled = {
            lack.sku_id: lack.substitute for lack in lacks if lack.substitute and lack.substitute.unasked
        }
        asked = [lack for lack in lacks if lack.sku_id not in settled]
        if not asked:
            return self._as_preferred(shopper, basket, settled)
        one = next((lack for lack in asked if lack.substitute), None)
        about = [one] if one else asked
        return replace(
            basket,
            lacks=about,
            names=[self.name(shopper, lack.sku_id) for lack in about],
            rest=len(basket.items) > len(about),
        )

    def _as_preferred(
        self, shopper: Shopper, basket: Shortage, settled: Mapping[str, Substitute]
    ) -> Quoted | Duplicate | Shortage:
        """Quotes with what the household always wants in the place of what is out of stock."""
        items = [settled[one.sku_id].item if one.sku_id in settled else one for one in basket.items]
        taken = {(sku, other.item.sku_id) for sku, other in settled.items()}
        made = self.make_on(shopper, items, basket.terms, basket.unknown, [*basket.declined, *taken])
        if not isinstance(made, Quoted):
            return made
        told = [{"name": self.name(shopper, sku), "other": other.name} for sku, other in settled.items()]
        return replace(made, instead=[*told, *made.instead])

    def _affordable(
        self, shopper: Shopper, items: Sequence[Item], terms: Terms
    ) -> tuple[list[Offer], list[Mapping[str, object]], list[Rise]]:
        """Today's offers without what rose beyond the limit; what rose otherwise, as it is told; and that."""
        offers = self.offers(shopper, items, terms)
        risen = [
            (offer.currency, rise)
            for offer in offers
            for rise in rises(
                last_paid(self.unit, offer.currency, [line.sku_id for line in offer.lines]), offer.lines
            )
        ]
        limit = limit_percent(self.unit) if risen else None
        refused = [rise for _currency, rise in risen if rise.exceeds(limit)]
        if refused:
            left_out = {rise.sku_id for rise in refused}
            kept = [item for item in items if item.sku_id not in left_out]
            offers = self.offers(shopper, kept, terms)
        worst_first = sorted(risen, key=lambda one: -one[1].more_cents)
        silent = {*(rise.sku_id for rise in refused), *terms.hidden}
        told = [self._told(shopper, one, rise) for one, rise in worst_first if rise.sku_id not in silent]
        return offers, told, refused

    def _told(self, shopper: Shopper, currency: str, rise: Rise) -> Mapping[str, object]:
        return {
            "name": self.name(shopper, rise.sku_id),
            "more": Money(rise.more_cents, currency),
            "now": Money(rise.now_cents, currency),
            "large": rise.is_large,
        }

    def offers(self, shopper: Shopper, items: Sequence[Item], terms: Terms | None = None) -> list[Offer]:
        """Today's offer of each seller, by the ways to deliver of `terms`.

        Raises SpokenError when a shop does not answer.
        """
        try:
            offers = [
                self._shop.offer(seller, its, shopper.at, shopper.zone)
                for seller, its in sorted(self._by_seller(shopper, items).items())
            ]
        except ShopUnavailable as error:
            raise SpokenError("Error.shop_unavailable") from error
        ways = (terms.delivery if terms else None) or {}
        address = (terms.address_label if terms else None) or Households(self.unit).default_address() or ""
        today = shopper.at.astimezone(ZoneInfo(shopper.zone)).date()
        return [
            self.deliveries.arranged(offer, ways.get(offer.seller_id), address, today) for offer in offers
        ]

    def terms_of(self, quotes: Sequence[Quote]) -> Terms:
        """What was agreed on for quotes that belong together."""
        if not quotes:
            return Terms("requote")
        return Terms(
            quotes[0].source,
            any(quote.deliberate for quote in quotes),
            quotes[0].address_label,
            quotes[0].payment_label,
            self.deliveries.chosen(quotes),
            [line.sku_id for quote in quotes for line in self.lines(quote) if line.hidden],
        )

    def get(self, quote_ids: Iterable[str]) -> list[Quote]:
        """The household's quotes with these ids, in that order; unknown ids are left out."""
        found = {
            str(quote.id): quote
            for quote in self.unit.session.exec(
                select(Quote).where(
                    col(Quote.household_id) == self.unit.household,
                    col(Quote.id).in_([UUID(quote_id) for quote_id in quote_ids]),
                )
            ).all()
        }
        return [found[quote_id] for quote_id in quote_ids if quote_id in found]

    def lines(self, quote: Quote) -> Sequence[QuoteLine]:
        """The lines of a quote in their order."""
        return self.unit.session.exec(
            select(QuoteLine)
            .where(col(QuoteLine.household_id) == self.unit.household, col(QuoteLine.quote_id) == quote.id)
            .order_by(col(QuoteLine.position))
        ).all()

    def items(self, quotes: Iterable[Quote]) -> list[Item]:
        """What the quotes hold together."""
        return [Item(line.sku_id, line.quantity) for quote in quotes for line in self.lines(quote)]

    def drop(self, quotes: Iterable[Quote], at: datetime, cause: str) -> None:
        """Give up those of the quotes that still wait."""
        for quote in quotes:
            if quote.state in WAITING:
                self._lifecycle.drop(quote, at, cause)

    def replace(self, quotes: Iterable[Quote], at: datetime) -> None:
        """Let those of the quotes that still wait expire, as others take their place."""
        for quote in quotes:
            if quote.state in WAITING:
                self._lifecycle.expire(quote, at, "replaced")

    def instead(
        self,
        shopper: Shopper,
        quotes: Sequence[Quote],
        items: Iterable[Item] | None = None,
        *,
        address_label: str | None = None,
        delivery: Mapping[str, str] | None = None,
    ) -> Quoted | Duplicate | Shortage:
        """Quotes of `items`, by default the same, in the place of `quotes`; what is not changed is kept."""
        terms = self.terms_of(quotes)
        self.replace(quotes, shopper.at)
        before = self.items(quotes)
        wanted = before if items is None else list(items)
        changed = replace(
            terms,
            address_label=address_label or terms.address_label,
            delivery={**(terms.delivery or {}), **(delivery or {})},
            hidden=still_hidden(before, wanted, terms.hidden),
        )
        return self.make_on(shopper, wanted, changed)

    def _repeated(self, shopper: Shopper, items: Sequence[Item]) -> Order | None:
        """An order of the last ten minutes that held the very SKUs that `items` takes from one seller."""
        groups = [{item.sku_id for item in group} for group in self._by_seller(shopper, items).values()]
        for order in self._history.recent(20):
            ordered = {item.sku_id for item in self._history.items(order.id)}
            if any(is_repeat(group, ordered, order.placed_at, shopper.at) for group in groups):
                return order
        return None

    def _by_seller(self, shopper: Shopper, items: Sequence[Item]) -> dict[str, list[Item]]:
        found: dict[str, list[Item]] = {}
        for item in items:
            sku = self._catalog.sku(item.sku_id, shopper.language)
            if sku is not None:
                found.setdefault(sku.seller_id, []).append(item)
        return found

    def duplicate(
        self, shopper: Shopper, items: Sequence[Item], terms: Terms, unknown: Sequence[str] = ()
    ) -> Duplicate | None:
        """The order that `items` would double: the same minutes ago, or one on its way with any of it.

        What is a gift by `terms` is not named, though the order before was none.
        """
        wanted = {item.sku_id for item in items}
        repeated = self._repeated(shopper, items)
        for order in [repeated] if repeated else self._history.open():
            both = [line for line in self._history.lines(order.id) if line.sku_id in wanted]
            if order is not repeated:  # to tell that a gift is on its way would name it
                both = [line for line in both if not line.hidden]
            if both:
                lines = spoken_lines(
                    dearest_first(both), lambda line: self.name(shopper, line.sku_id), terms.hidden
                )
                return Duplicate(items, order, lines, order is repeated, unknown, terms)
        return None

    def name(self, shopper: Shopper, sku_id: str) -> str:
        """What a SKU is called in the shopper's language; what it was called when it is sold no longer."""
        sku = self._catalog.sku(sku_id, shopper.language)
        return sku.name if sku else self._history.name_of(sku_id)

    def _told_as(self, shopper: Shopper, sku_id: str, terms: Terms) -> str:
        """What a SKU is called, which of a gift is just that."""
        if sku_id in terms.hidden:
            return str(load_spoken(shopper.locale).words["items"]["gift"])
        return self.name(shopper, sku_id)

    def _store(self, shopper: Shopper, offer: Offer, terms: Terms, *, alone: bool) -> Quote:
        households = Households(self.unit)
        quote = Quote(
            household_id=self.unit.household,
            id=new_id(),
            seller_id=offer.seller_id,
            seller_name=offer.seller_name,
            source=terms.source,
            deliberate=terms.deliberate,
            member_id=shopper.member_id,
            quoted_at=shopper.at,
            valid_until=shopper.at + QUOTE_LIFETIME,
            currency=offer.currency,
            goods_cents=offer.goods_cents,
            tax_cents=offer.tax_cents,
            delivery_cents=offer.delivery_cents,
            total_cents=offer.total_cents,
            delivery_date=offer.delivery_date,
            address_label=terms.address_label or households.default_address() or "",
            payment_label=terms.payment_label or households.default_payment_method() or "",
        )
        lines = [
            QuoteLine(
                household_id=self.unit.household,
                quote_id=quote.id,
                position=position,
                sku_id=line.sku_id,
                name=self.name(shopper, line.sku_id),
                quantity=line.quantity,
                price_cents=line.price_cents,
                line_cents=line.line_cents,
                hidden=line.sku_id in terms.hidden,
            )
            for position, line in enumerate(offer.lines)
        ]
        self._lifecycle.open_quote(quote, lines, terms.source)
        hint = alone and terms.delivery is None and terms.source != STANDING
        self.deliveries.keep(quote, offer, hint=hint)
        return quote

    def view(self, quote: Quote) -> dict[str, object]:
        """A quote as observers and the command line show it."""
        return view(quote, self.lines(quote), quote.delivery_date)

    def spoken(self, quote: Quote) -> dict[str, object]:
        """What a prompt needs to say of a quote; beyond five lines the dearest come first."""
        return {
            "seller": quote.seller_name,
            "lines": spoken_lines(dearest_first(self.lines(quote))),
            "total": Money(quote.total_cents, quote.currency),
            "tax": Money(quote.tax_cents, quote.currency),
            "delivery_charge": Money(quote.delivery_cents, quote.currency),
            "delivery": quote.delivery_date,
            "address": quote.address_label,
            "payment": quote.payment_label,
            **self.deliveries.spoken(quote),
        }
