"""Follows orders after they were placed: what the shop says of them, when they arrive, and cancelling."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from skill.conversation.errors import SpokenError
from skill.orders.events import OrderDelivered, OrderEvent, OrderShipped, Subscriber
from skill.orders.history import History
from skill.orders.lifecycle import Lifecycle
from skill.orders.models import Order
from skill.orders.ports import Progress, Shop
from skill.orders.states import ARRIVED_STATES, ORDER_STEPS, RETURNING, TRACKED_STATES, allows
from skill.storage.database import Unit
from skill.storage.idempotency import checkpoint

log = logging.getLogger("restock.orders")
RESUME = "orders.cancelling"
CANCELLABLE = ("accepted",)
UNCANCELLABLE = {
    "placing": "CancelOrderIntent.unconfirmed",
    "unknown": "CancelOrderIntent.unconfirmed",
    "cancel_requested": "CancelOrderIntent.requested",
    "cancelled": "CancelOrderIntent.cancelled",
}
"""What is said of an order that cannot be cancelled now, by its state, where it is not simply too late."""


@dataclass(frozen=True)
class Tracked:
    """An order as it is told: its state, the promised day, and the moment it arrived, if it did."""

    order: Order
    due: date | None
    delivered_at: datetime | None


class Tracking:
    """The orders of the unit's household on their way."""

    def __init__(
        self,
        unit: Unit,
        shop: Shop,
        history: History,
        lifecycle: Lifecycle,
        subscribers: Sequence[Subscriber],
    ) -> None:
        self.unit = unit
        self._lifecycle = lifecycle
        self._shop = shop
        self._history = history
        self._subscribers = subscribers

    def followed(self) -> dict[str, Order]:
        """The open orders by what the shop knows them by."""
        return {order.reference: order for order in self._history.recent(1000, TRACKED_STATES)}

    def advance(self, progress: Mapping[str, Progress]) -> list[Order]:
        """Record each step that the shop reports of open orders; gives those that moved."""
        told = ((order, progress.get(name)) for name, order in self.followed().items())
        return [order for order, one in told if one is not None and self.follow(order, one)]

    def follow(self, order: Order, told: Progress) -> bool:
        """Take the steps that the shop tells of; what is over already only gets its moment."""
        moved = False
        steps = self._lifecycle
        for name, step, moment in (
            ("pack", steps.pack, told.packed_at),
            ("part_ship", steps.part_ship, told.part_shipped_at),
            ("ship", steps.ship, told.shipped_at),
            ("deliver", steps.deliver, told.delivered_at),
        ):
            due = moment is not None and allows(ORDER_STEPS, name, order.state)
            if moment is not None and due and step(order, moment, "shop"):
                self._note(order, told)
                moved = True
                if name == "deliver":
                    self.announce_delivery(order, moment)
                if name == "ship" and told.delivered_at is None:  # what arrived at once is told as arrived
                    self._publish(OrderShipped(order.household_id, order.id, order.member_id, moment))
        if told.shipped_at is not None and order.state in ARRIVED_STATES:
            self._note(order, told)
        return moved

    def _note(self, order: Order, told: Progress) -> None:
        """Keep the moments that the shop told of the steps that the order has taken."""
        delivery = self._history.delivery(order.id)
        if delivery is None:
            return
        if order.state == "shipped" or order.state in ARRIVED_STATES:
            delivery.shipped_at = told.shipped_at or delivery.shipped_at
        if order.state in ARRIVED_STATES:
            delivery.delivered_at = delivery.delivered_at or told.delivered_at
        self.unit.session.add(delivery)

    def announce_delivery(self, order: Order, at: datetime) -> None:
        """Tell the subscribers that an order arrived at `at`; they must bear hearing it twice."""
        event = OrderDelivered(
            order.household_id, order.id, order.member_id, order.goods_cents, order.currency, at
        )
        self._publish(event)

    def _publish(self, event: OrderEvent) -> None:
        for subscriber in self._subscribers:
            subscriber(self.unit, event)

    def current(self) -> list[Tracked]:
        """Open orders, nearest arrival first; when there are none, the last order alone, if any.

        With none open, an order of which something is on its way back comes before the last one. The newest
        order comes before all, or alone, when the shop never confirmed it and it was given up.
        """
        given_up = self._history.given_up()
        told = sorted(
            map(self._tracked, self._history.open()),
            key=lambda one: (one.due or date.max, one.order.number),
        )
        last = next(iter(self._history.recent(1, RETURNING)), None) or self._history.last()
        first = given_up or (None if told else last)
        return [self._tracked(first), *told] if first else told

    def _tracked(self, order: Order) -> Tracked:
        delivery = self._history.delivery(order.id)
        if delivery is None:
            return Tracked(order, None, None)
        return Tracked(order, delivery.due_date, delivery.delivered_at)

    def cancellable(self, at: datetime) -> Order:
        """The newest order that may still be cancelled.

        Raises SpokenError when nothing is open, and when what is open cannot be cancelled (any more).
        """
        open_orders = self._history.open()
        if not open_orders:
            raise SpokenError("CancelOrderIntent.nothing_open")
        for order in open_orders:
            if order.state in CANCELLABLE and at <= order.cancel_until:
                return order
        raise _uncancellable(open_orders[0])

    def cancel(self, order_id: str, at: datetime) -> Order:
        """Cancel an order at the shop; the unit is committed before the shop is asked.

        Gives the order, now `cancelled`, or `cancel_requested` when the shop did not answer, or `accepted`
        when it is too late at the shop. Raises SpokenError when it is too late here, or cancelled already.
        """
        order = self._history.get(UUID(order_id))
        if order is None:
            raise SpokenError("CancelOrderIntent.nothing_open")
        if order.state not in CANCELLABLE or at > order.cancel_until:
            raise _uncancellable(order)
        if not self._lifecycle.request_cancel(order, at, "shopper"):
            raise _uncancellable(order)
        checkpoint(self.unit, RESUME, {"order": order_id})
        return self.finish_cancelling(order, at)

    def resume(self, order_id: str, at: datetime) -> Order | None:
        """Finish a cancellation that was cut off after its checkpoint."""
        order = self._history.get(UUID(order_id))
        return self.finish_cancelling(order, at) if order else None

    def finish_cancelling(self, order: Order, at: datetime) -> Order:
        """Ask the shop to cancel an order whose cancellation is requested; safe to repeat."""
        if order.state != "cancel_requested":
            return order
        self.unit.release()
        try:
            cancelled = self._shop.cancel(order.reference, at)
        except Exception as error:  # it may have been cancelled there: the worker asks again
            log.warning("the shop did not answer a cancellation", extra={"error": type(error).__name__})
            return order
        (self._lifecycle.cancel if cancelled else self._lifecycle.keep)(order, at, "shop")
        return order


def _uncancellable(order: Order) -> SpokenError:
    prompt = UNCANCELLABLE.get(order.state, "CancelOrderIntent.too_late")
    return SpokenError(prompt, {"seller": order.seller_name})
