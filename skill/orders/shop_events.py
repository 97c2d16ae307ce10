"""What the shop reports by itself of an order: in any order, any number of times, with one outcome."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete
from sqlmodel import col, select

from skill.household.service import Households
from skill.orders.history import History
from skill.orders.lifecycle import Lifecycle
from skill.orders.models import Order
from skill.orders.placing import Placing
from skill.orders.ports import Item, Progress, ReturnProgress
from skill.orders.returns import Returns
from skill.orders.rules import QUOTE_LIFETIME
from skill.orders.shop_event_models import ShopEvent
from skill.orders.states import HIDDEN, ORDER_STEPS, allows
from skill.orders.tracking import Tracking
from skill.storage.database import Unit

PROGRESS = ("packed", "part_shipped", "shipped", "delivered")
LEFT = PROGRESS[1:]
ENDS = ("refused", "cancelled")
RETURNS = ("return_declined", "returned", "refunded")
KINDS = (*PROGRESS, *ENDS, *RETURNS)
"""Everything that can be reported of an order."""
UNDECIDED = ("placing", "unknown", "cancel_requested")
"""States in which another word of the shop is awaited: what happened meanwhile is applied after it."""
KEPT = timedelta(days=30)
"""How long a report is remembered; the states it led to stay."""


class NewsRefused(Exception):
    """A report that cannot be taken: `reason` is a slug for the shop, `status` the HTTP status it means."""

    def __init__(self, reason: str, status: int) -> None:
        super().__init__(reason)
        self.reason = reason
        self.status = status


@dataclass(frozen=True)
class OrderNews:
    """A report on the order `reference`; see ShopEvent for the rest."""

    kind: str
    at: datetime
    reference: str
    return_reference: str = ""
    items: tuple[Item, ...] = ()
    reason: str = ""


@dataclass(frozen=True)
class ToldReturn:
    """All that was reported of one return: the earliest moment of each kind, and what it holds if told."""

    moments: Mapping[str, datetime]
    items: tuple[Item, ...]

    @property
    def progress(self) -> ReturnProgress:
        """How far it is."""
        moment = self.moments.get
        return ReturnProgress(moment("return_declined"), moment("returned"), moment("refunded"))


@dataclass(frozen=True)
class Told:
    """All that was reported of one order: the earliest moment of each kind, and its returns by reference."""

    moments: Mapping[str, datetime]
    refusal: str
    returns: Mapping[str, ToldReturn]

    @property
    def progress(self) -> Progress:
        """Where the order is."""
        reached = [kind for kind in PROGRESS if kind in self.moments]
        moments = {f"{kind}_at": self.moments.get(kind) for kind in PROGRESS}
        return Progress(
            reached[-1] if reached else "accepted",
            packed_at=moments["packed_at"],
            shipped_at=moments["shipped_at"],
            delivered_at=moments["delivered_at"],
            part_shipped_at=moments["part_shipped_at"],
        )

    def first(self, *kinds: str) -> datetime | None:
        """When the first of `kinds` happened."""
        return min((self.moments[kind] for kind in kinds if kind in self.moments), default=None)


def fold(events: Iterable[OrderNews]) -> Told:
    """One picture of the reports, the same for every order of them and every repetition."""
    of_order: list[OrderNews] = []
    of_returns: dict[str, list[OrderNews]] = {}
    for event in sorted(events, key=lambda one: (one.at, KINDS.index(one.kind), one.reason)):
        if event.kind in RETURNS:
            of_returns.setdefault(event.return_reference, []).append(event)
        else:
            of_order.append(event)
    returns = {
        reference: ToldReturn(_earliest(told), next((one.items for one in told if one.items), ()))
        for reference, told in of_returns.items()
    }
    refusal = next((event.reason for event in of_order if event.kind == "refused"), "")
    return Told(_earliest(of_order), refusal, returns)


def _earliest(events: Sequence[OrderNews]) -> dict[str, datetime]:
    return {event.kind: event.at for event in reversed(events)}


class ShopEvents:
    """The reports on the orders of the unit's household. `on_accepted` hears of orders found accepted."""

    def __init__(
        self,
        unit: Unit,
        history: History,
        lifecycle: Lifecycle,
        placing: Placing,
        tracking: Tracking,
        returns: Returns,
        on_accepted: Callable[[Order], None],
    ) -> None:
        self.unit = unit
        self._history = history
        self._lifecycle = lifecycle
        self._placing = placing
        self._tracking = tracking
        self._returns = returns
        self._on_accepted = on_accepted

    def hear(self, event_id: str, content_hash: str, news: OrderNews, at: datetime) -> None:
        """Take a report once; a repeat of the same changes nothing.

        Raises NewsRefused for an order that this household does not have, for things that were not in it,
        and for an id that was another report's.
        """
        Households(self.unit).lock()
        order = self._order(news.reference)
        known = self._known(event_id)
        if known is not None:
            if known.content_hash != content_hash:
                raise NewsRefused("event_reused", 409)
            return
        if order is None:
            raise NewsRefused("unknown_order", 404)
        self._check_items(order, news.items)
        event = ShopEvent(
            household_id=self.unit.household,
            id=event_id,
            order_id=order.id,
            content_hash=content_hash,
            kind=news.kind,
            at=news.at,
            heard_at=at,
            return_reference=news.return_reference,
            items=[[item.sku_id, item.quantity] for item in news.items],
            reason=news.reason,
            waiting=True,
        )
        self.unit.session.add(event)
        self.unit.session.flush()
        self._apply(order, at)

    def settle(self, at: datetime) -> int:
        """Apply reports that had to wait; gives how many need not wait any more."""
        waiting = self._events(col(ShopEvent.waiting).is_(True))
        for order_id in dict.fromkeys(event.order_id for event in waiting):
            order = self._history.get(order_id)
            if order is not None:
                self._apply(order, at)
        return sum(not event.waiting for event in waiting)

    def forget(self, at: datetime) -> int:
        """Delete old reports; gives how many."""
        old = delete(ShopEvent).where(
            col(ShopEvent.household_id) == self.unit.household, col(ShopEvent.heard_at) < at - KEPT
        )
        deleted = self.unit.session.execute(old, execution_options={"synchronize_session": False})
        return int(deleted.rowcount)  # type: ignore[attr-defined]  # CursorResult

    def _apply(self, order: Order, at: datetime) -> None:
        if order.state == "placing" and at - order.placed_at < QUOTE_LIFETIME:
            return  # the turn that places it is at work: the worker comes back to it
        events = self._events(col(ShopEvent.order_id) == order.id)
        told = fold(map(_news, events))
        self._follow(order, told, at)
        for reference, one in told.returns.items():  # in the order in which they began
            self._returns.hear_of(order, reference, one.items, one.progress)
        for event in events:
            event.waiting = self._is_waiting(order, event)
            self.unit.session.add(event)
        self.unit.session.flush()

    def _follow(self, order: Order, told: Told, at: datetime) -> None:
        if told.first(*PROGRESS) and not told.first(*ENDS) and self._placing.found(order, at):
            self._on_accepted(order)
        left = told.first(*LEFT)
        if left is not None and order.state == "cancel_requested":  # too late: it comes
            self._lifecycle.keep(order, left, "shop")
        self._tracking.follow(order, told.progress)
        cancelled_at, refused_at = told.moments.get("cancelled"), told.moments.get("refused")
        if cancelled_at is not None:
            self._cancel(order, cancelled_at)
        if refused_at is not None and allows(ORDER_STEPS, "refuse", order.state):
            self._lifecycle.refuse(order, refused_at, told.refusal or "shop")

    def _cancel(self, order: Order, moment: datetime) -> None:
        if order.state in ("placing", "unknown"):  # the shop had it, and nobody needs to be told of that
            self._lifecycle.accept(order, moment, "shop")
        if allows(ORDER_STEPS, "request_cancel", order.state):
            self._lifecycle.request_cancel(order, moment, "shop")
        if allows(ORDER_STEPS, "cancel", order.state):
            self._lifecycle.cancel(order, moment, "shop")

    def _is_waiting(self, order: Order, event: ShopEvent) -> bool:
        if event.kind not in RETURNS:
            return order.state in UNDECIDED
        return not self._returns.is_known(event.return_reference, event.kind)

    def _check_items(self, order: Order, items: Sequence[Item]) -> None:
        bought: dict[str, int] = {}
        for line in self._history.lines(order.id):
            bought[line.sku_id] = bought.get(line.sku_id, 0) + line.quantity
        if any(item.quantity > bought.get(item.sku_id, 0) for item in items):
            raise NewsRefused("not_in_order", 422)

    def _order(self, reference: str) -> Order | None:
        return self.unit.session.exec(
            select(Order).where(
                col(Order.household_id) == self.unit.household,
                col(Order.reference) == reference,
                col(Order.state) != HIDDEN,
            )
        ).first()

    def _known(self, event_id: str) -> ShopEvent | None:
        return next(iter(self._events(col(ShopEvent.id) == event_id)), None)

    def _events(self, *conditions: object) -> Sequence[ShopEvent]:
        return self.unit.session.exec(
            select(ShopEvent)
            .where(col(ShopEvent.household_id) == self.unit.household, *conditions)  # type: ignore[arg-type]
            .order_by(col(ShopEvent.id))
        ).all()


def _news(event: ShopEvent) -> OrderNews:
    items = tuple(Item(str(sku_id), int(quantity)) for sku_id, quantity in event.items)
    return OrderNews(event.kind, event.at, "", event.return_reference, items, event.reason)


def shopper_id(text: str) -> UUID:
    """The household that a shop calls `shopper`; raises NewsRefused as for an order nobody has."""
    try:
        return UUID(text)
    except ValueError:
        raise NewsRefused("unknown_order", 404) from None
