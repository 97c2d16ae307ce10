"""Subscriptions of a household: agreed to by one spoken yes, then skipped, paused, changed and ended."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, cast
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlmodel import col, select

from skill.conversation.errors import SpokenError
from skill.conversation.wording import Money
from skill.household.news import withdraw_news
from skill.household.service import Households
from skill.orders.models import Order, OrderLine
from skill.orders.ports import Item, Offer
from skill.orders.quotes import Shopper
from skill.orders.rules import merged
from skill.orders.service import Orders
from skill.orders.states import COUNTED_STATES
from skill.orders.subscription_models import Subscription, SubscriptionLine, SubscriptionRun, run_name
from skill.orders.subscription_rules import (
    Rhythm,
    Unit,
    first_date,
    is_paused,
    measured,
    next_after,
    next_from,
)
from skill.storage.keys import new_id

Terms = Mapping[str, Any]
"""What one seller sends each time, as JSON: seller_id, seller, currency, total, tax, delivery (cents) and
lines [sku_id, name, quantity, price]."""


def rhythm_of(subscription: Subscription) -> Rhythm:
    """How often it runs."""
    return Rhythm(cast(Unit, subscription.unit), subscription.every)


class Subscriptions:
    """The subscriptions of the unit's household; `orders` are of the same unit."""

    def __init__(self, orders: Orders) -> None:
        self.orders = orders
        self.unit = orders.unit

    def all(self) -> list[Subscription]:
        """Every subscription that was not cancelled, oldest first."""
        return list(
            self.unit.session.exec(
                select(Subscription)
                .where(
                    col(Subscription.household_id) == self.unit.household,
                    col(Subscription.state) != "cancelled",
                )
                .order_by(col(Subscription.consented_at), col(Subscription.id))
            ).all()
        )

    def get(self, subscription_id: str) -> Subscription | None:
        """One that was not cancelled, by id."""
        return next((one for one in self.all() if str(one.id) == subscription_id), None)

    def lines(self, subscription: Subscription) -> Sequence[SubscriptionLine]:
        """What it delivers, in order."""
        return self.unit.session.exec(
            select(SubscriptionLine)
            .where(
                col(SubscriptionLine.household_id) == self.unit.household,
                col(SubscriptionLine.subscription_id) == subscription.id,
            )
            .order_by(col(SubscriptionLine.position))
        ).all()

    def runs(self, subscription: Subscription) -> Sequence[SubscriptionRun]:
        """Its runs, oldest first."""
        return self.unit.session.exec(
            select(SubscriptionRun)
            .where(
                col(SubscriptionRun.household_id) == self.unit.household,
                col(SubscriptionRun.subscription_id) == subscription.id,
            )
            .order_by(col(SubscriptionRun.run_date))
        ).all()

    def run(self, subscription: Subscription, day: date) -> SubscriptionRun | None:
        """The run of a date, if anything is known of it."""
        return next((run for run in self.runs(subscription) if run.run_date == day), None)

    def held(self) -> tuple[Subscription, SubscriptionRun] | None:
        """The oldest run that waits for a spoken yes, or for the voice code that this yes took."""
        for subscription in self.all():
            for run in self.runs(subscription):
                if self.is_held(run):
                    return subscription, run
        return None

    def is_held(self, run: SubscriptionRun) -> bool:
        """Whether a run still waits: one that was said yes to is released once its order is written."""
        if run.state == "held" and run.quote_id and self.orders.history.of_quote(run.quote_id):
            run.state = "released"
            self.unit.session.add(run)
        return run.state == "held"

    def holding(self, words: str, language: str) -> list[tuple[Subscription, SubscriptionLine]]:
        """The subscriptions with a line that these words name."""
        lines = [(one, line) for one in self.all() for line in self.lines(one)]
        own = [line.sku_id for _one, line in lines]
        named = {sku.sku_id for sku in self.orders.catalog.find(words, language, own).skus}
        return [(one, line) for one, line in lines if line.sku_id in named]

    # --- the consent

    def terms(self, shopper: Shopper, items: Sequence[Item]) -> list[Terms]:
        """What each seller asks today for one delivery of `items`.

        Raises SpokenError when one of them is out of stock or sold no longer, or a shop does not answer.
        """
        wanted = merged(items)
        gone = [one for one in wanted if self.orders.catalog.sku(one.sku_id, shopper.language) is None]
        if gone:
            names = [self.name(one.sku_id, shopper.language) for one in gone]
            raise SpokenError("Error.no_longer_sold", {"names": names})
        offers = self.orders.quotes.offers(shopper, wanted)
        short = [line.sku_id for offer in offers for line in offer.short]
        if short:
            raise SpokenError(
                "Error.out_of_stock", {"names": [self.name(sku, shopper.language) for sku in short]}
            )
        return [self._terms(offer, shopper) for offer in offers]

    def _terms(self, offer: Offer, shopper: Shopper) -> Terms:
        return {
            "seller_id": offer.seller_id,
            "seller": offer.seller_name,
            "currency": offer.currency,
            "total": offer.total_cents,
            "tax": offer.tax_cents,
            "delivery": offer.delivery_cents,
            "lines": [
                [line.sku_id, self.name(line.sku_id, shopper.language), line.quantity, line.price_cents]
                for line in offer.lines
            ],
        }

    def name(self, sku_id: str, language: str) -> str:
        """What a SKU is called today; by what it was bought as when it is sold no longer."""
        sku = self.orders.catalog.sku(sku_id, language)
        return sku.name if sku else self.orders.history.name_of(sku_id)

    def bought(self, items: Sequence[Item], zone: str) -> list[date]:
        """The days on which any of `items` was bought, on the household's calendar."""
        rows = self.unit.session.exec(
            select(Order.placed_at)
            .where(
                col(Order.household_id) == self.unit.household,
                col(OrderLine.household_id) == self.unit.household,
                col(OrderLine.order_id) == col(Order.id),
                col(OrderLine.sku_id).in_([item.sku_id for item in items]),
                col(OrderLine.hidden).is_(False),
                col(Order.state).in_(COUNTED_STATES),
            )
            .order_by(col(Order.placed_at))
        ).all()
        return [at.astimezone(ZoneInfo(zone)).date() for at in rows]

    def need(self, items: Sequence[Item], zone: str) -> Rhythm:
        """The household's own rhythm of buying `items`; raises SpokenError when it has none yet."""
        found = measured(self.bought(items, zone))
        if found is None:
            raise SpokenError("StartSubscriptionIntent.no_rhythm")
        return found

    def first(self, items: Sequence[Item], rhythm: Rhythm, zone: str, today: date) -> date:
        """When a new subscription of `items` would order first."""
        return first_date(rhythm, max(self.bought(items, zone), default=None), today)

    def start(
        self, shopper: Shopper, terms: Terms, rhythm: Rhythm, first: date, confirmation_id: str
    ) -> Subscription:
        """Keep what the yes `confirmation_id` agreed to."""
        subscription = Subscription(
            household_id=self.unit.household,
            id=new_id(),
            member_id=shopper.member_id,
            locale=shopper.locale,
            seller_id=terms["seller_id"],
            seller_name=terms["seller"],
            unit=rhythm.unit,
            every=rhythm.every,
            anchor_date=first,
            next_date=first,
            confirmation_id=UUID(confirmation_id),
            consented_at=shopper.at,
            currency=terms["currency"],
            total_cents=terms["total"],
        )
        self.unit.session.add(subscription)
        self.unit.session.flush()
        self._write_lines(subscription, terms)
        return subscription

    def change(
        self,
        subscription: Subscription,
        terms: Terms,
        rhythm: Rhythm,
        following: date,
        confirmation_id: str,
        at: datetime,
    ) -> None:
        """Replace what was agreed to by what the new yes covers."""
        Households(self.unit).lock()
        self._withdraw(subscription)
        for line in self.lines(subscription):
            self.unit.session.delete(line)
        self.unit.session.flush()
        self._write_lines(subscription, terms)
        subscription.unit, subscription.every = rhythm.unit, rhythm.every
        subscription.anchor_date = following
        subscription.next_date = self._free(subscription, following)
        self.agree(subscription, terms["total"], confirmation_id, at)

    def agree(self, subscription: Subscription, total_cents: int, confirmation_id: str, at: datetime) -> None:
        """Take `total_cents` as agreed to from now on."""
        subscription.total_cents = total_cents
        subscription.confirmation_id = UUID(confirmation_id)
        subscription.consented_at = at
        self.unit.session.add(subscription)

    def _write_lines(self, subscription: Subscription, terms: Terms) -> None:
        for position, (sku_id, name, quantity, price) in enumerate(terms["lines"]):
            self.unit.session.add(
                SubscriptionLine(
                    household_id=self.unit.household,
                    subscription_id=subscription.id,
                    position=position,
                    sku_id=sku_id,
                    name=name,
                    quantity=quantity,
                    price_cents=price,
                )
            )
        self.unit.session.flush()

    # --- what the shopper changes without a new consent: it only ever orders less

    def skip(self, subscription: Subscription, at: datetime) -> date:
        """Leave out the next run; gives the date after it."""
        Households(self.unit).lock()
        self.conclude(subscription, subscription.next_date, "skipped", "asked", at)
        return subscription.next_date

    def skip_item(self, subscription: Subscription, line: SubscriptionLine, at: datetime) -> bool:
        """Leave one line out of the next run; False when nothing else is left, so that the run is skipped."""
        Households(self.unit).lock()
        line.skipped_date = subscription.next_date
        self.unit.session.add(line)
        if all(one.skipped_date == subscription.next_date for one in self.lines(subscription)):
            self.skip(subscription, at)
            return False
        return True

    def pause(self, subscription: Subscription, until: date | None) -> None:
        """Order nothing before `until`, or before it is resumed."""
        Households(self.unit).lock()
        self._withdraw(subscription)
        subscription.state, subscription.paused_until = "paused", until
        if until is not None:
            start = max(until, subscription.next_date)
            subscription.next_date = self._free(subscription, start)
        self.unit.session.add(subscription)

    def resume(self, subscription: Subscription, at: datetime, zone: str) -> bool:
        """End a pause; True when the run of today is due, so that an order starts now.

        What the pause left out is not made up for: the next date of its rhythm counts, today at the earliest.
        """
        Households(self.unit).lock()
        today = at.astimezone(ZoneInfo(zone)).date()
        subscription.state, subscription.paused_until = "active", None
        subscription.next_date = self._free(subscription, today)
        self.unit.session.add(subscription)
        if subscription.next_date != today:
            return False
        self.announce(subscription, at, subscription.total_cents)  # what is said now is the announcement
        return True

    def cancel(self, subscription: Subscription, at: datetime) -> None:
        """End it; what was ordered already is an order like any other."""
        Households(self.unit).lock()
        self._withdraw(subscription)
        for run in self.runs(subscription):
            if run.state == "held":
                run.state = "declined"
                self.unit.session.add(run)
        withdraw_news(self.unit, str(subscription.id))
        subscription.state, subscription.ended_at = "cancelled", at
        self.unit.session.add(subscription)

    # --- runs

    def announce(self, subscription: Subscription, free_at: datetime, total_cents: int) -> None:
        """Note that the next run was told at `total_cents`, to be placed from `free_at` on."""
        run = self.run(subscription, subscription.next_date) or SubscriptionRun(
            household_id=self.unit.household,
            subscription_id=subscription.id,
            run_date=subscription.next_date,
            state="announced",
            free_at=free_at,
        )
        run.free_at, run.total_cents = free_at, total_cents
        self.unit.session.add(run)
        self.unit.session.flush()

    def conclude(
        self,
        subscription: Subscription,
        day: date,
        state: str,
        reason: str,
        at: datetime,
        total_cents: int = 0,
    ) -> None:
        """Settle the run of `day` and move on to the following date."""
        run = self.run(subscription, day) or SubscriptionRun(
            household_id=self.unit.household,
            subscription_id=subscription.id,
            run_date=day,
            state=state,
            free_at=at,
        )
        run.state, run.reason, run.total_cents = state, reason, total_cents or run.total_cents
        self.unit.session.add(run)
        self.unit.session.flush()
        withdraw_news(self.unit, run_name(subscription, day), "subscription_announced")
        self.move_on(subscription, day)

    def move_on(self, subscription: Subscription, day: date) -> None:
        """Make the first free date after `day` the next one; a need-date rhythm is measured anew."""
        rhythm = rhythm_of(subscription)
        if rhythm.unit == "need":
            items = [Item(line.sku_id, line.quantity) for line in self.lines(subscription)]
            zone = Households(self.unit).get().zone
            rhythm = measured([*self.bought(items, zone), day]) or rhythm
            subscription.every, subscription.anchor_date = rhythm.every, day
        following = next_after(subscription.anchor_date, rhythm, day)
        subscription.next_date = self._free(subscription, following)
        self.unit.session.add(subscription)

    def catch_up(self, subscription: Subscription, today: date) -> None:
        """Leave out every date before `today`: the worker was away for long."""
        if subscription.next_date < today:
            subscription.next_date = self._free(subscription, today)
            self.unit.session.add(subscription)

    def _free(self, subscription: Subscription, day: date) -> date:
        """The first date of the rhythm from `day` on that has not run, and was not skipped."""
        settled = {run.run_date for run in self.runs(subscription) if run.state != "announced"}
        rhythm, anchor = rhythm_of(subscription), subscription.anchor_date
        found = next_from(anchor, rhythm, day)
        while found in settled:
            found = next_after(anchor, rhythm, found)
        return found

    def _withdraw(self, subscription: Subscription) -> None:
        """Take back an announcement that will not come true."""
        for run in self.runs(subscription):
            if run.state == "announced":
                withdraw_news(self.unit, run_name(subscription, run.run_date), "subscription_announced")
                self.unit.session.delete(run)
        self.unit.session.flush()

    # --- how it is told

    def spoken(self, subscription: Subscription, language: str, today: date) -> dict[str, object]:
        """What prompts say of a subscription: seller, lines, unit, every, next, total, paused, until."""
        return {
            "seller": subscription.seller_name,
            "lines": [
                {"name": self.name(line.sku_id, language), "quantity": line.quantity}
                for line in self.lines(subscription)
            ],
            "unit": subscription.unit,
            "every": subscription.every,
            "next": subscription.next_date,
            "total": Money(subscription.total_cents, subscription.currency),
            "paused": is_paused(subscription.state, subscription.paused_until, today),
            "until": subscription.paused_until,
        }
