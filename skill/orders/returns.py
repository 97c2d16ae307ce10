"""Sends things back: by line and quantity, inside the seller's window, and follows them to the refund."""

import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import col, select

from skill.catalog.models import Seller
from skill.conversation.errors import SpokenError
from skill.household.service import Households
from skill.orders.events import LineReturned, ReturnedLine, Subscriber
from skill.orders.history import History
from skill.orders.lifecycle import Lifecycle
from skill.orders.models import Order, OrderLine
from skill.orders.ports import (
    Item,
    Placed,
    Progress,
    ReturnItem,
    ReturnProgress,
    Shop,
    TakesReturns,
)
from skill.orders.return_models import ReturnLine, ReturnRequest
from skill.orders.return_worth import gone_back, worth
from skill.orders.states import ARRIVED_STATES, ORDER_STEPS, RETURNING, allows
from skill.storage.database import Unit
from skill.storage.idempotency import checkpoint
from skill.storage.keys import new_id

log = logging.getLogger("restock.orders")
RESUME = "orders.returning"
SEARCHED = 200
"""So many of the newest orders are looked through for what could go back."""
SOURCE, CREDIT = "source", "credit"


@dataclass(frozen=True)
class Bought:
    """A line of an order that arrived at `arrived`, of which `left` were not sent back yet."""

    order: Order
    line: OrderLine
    left: int
    arrived: datetime


@dataclass(frozen=True)
class Draft:
    """What would go back, before it is asked for: the lines with their quantities, and what comes back."""

    order: Order
    lines: tuple[tuple[OrderLine, int], ...]
    goods_cents: int
    tax_cents: int
    both_ways: bool

    @property
    def back_cents(self) -> int:
        """What comes back in minor units: the goods and their tax, not the charge for delivery."""
        return self.goods_cents + self.tax_cents


class Returns:
    """What the unit's household sends back."""

    def __init__(
        self,
        unit: Unit,
        shop: Shop,
        history: History,
        lifecycle: Lifecycle,
        subscribers: Sequence[Subscriber],
    ) -> None:
        self.unit = unit
        self._shop = shop
        self._history = history
        self._lifecycle = lifecycle
        self._subscribers = subscribers

    def at_home(self) -> list[Bought]:
        """Every line that arrived and was not sent back, the newest order first."""
        orders = self._history.recent(SEARCHED, ARRIVED_STATES)
        return [one for order in orders for one in self.left_of(order)]

    def left_of(self, order: Order) -> list[Bought]:
        """The lines of an order of which something was not sent back yet."""
        delivery = self._history.delivery(order.id)
        arrived = (delivery.delivered_at if delivery else None) or order.placed_at
        gone = gone_back(self.unit, order.id)
        found = (
            Bought(order, line, line.quantity - gone[line.position], arrived)
            for line in self._history.lines(order.id)
        )
        return [one for one in found if one.left > 0]

    def draft(self, order_id: UUID, counts: Mapping[int, int], at: datetime) -> Draft:
        """What sending back `counts` (line position -> how many) of an order would bring.

        Raises SpokenError when the order is unknown, not here, too old, has a return under way or nothing
        left, when more is asked for than is left, and when its shop takes nothing back by voice.
        """
        order = self._history.get(order_id)
        if order is None or order.state not in ARRIVED_STATES:
            raise SpokenError("ReturnItemIntent.not_bought")
        if order.state in RETURNING:  # one return at a time
            raise SpokenError("ReturnItemIntent.under_way", {"seller": order.seller_name})
        left = {one.line.position: one for one in self.left_of(order)}
        if not counts or any(position not in left or count < 1 for position, count in counts.items()):
            raise SpokenError("ReturnItemIntent.not_bought")
        seller = self._in_time(order, next(iter(left.values())).arrived, at)
        for position, count in counts.items():
            if count > left[position].left:
                one = left[position]
                raise SpokenError(
                    "ReturnItemIntent.too_many", {"left": one.left, "name": one.line.name, "asked": count}
                )
        both_ways = seller is not None and seller.store_credit
        return self._drafted(order, counts, both_ways=both_ways)

    def _drafted(self, order: Order, counts: Mapping[int, int], *, both_ways: bool) -> Draft:
        lines = {line.position: line for line in self._history.lines(order.id)}
        gone = gone_back(self.unit, order.id)
        held = list(lines.values())
        before = worth(self.unit, order, held, gone)
        after = worth(self.unit, order, held, gone + Counter(counts))
        taken = tuple((lines[position], count) for position, count in sorted(counts.items()))
        return Draft(order, taken, after[0] - before[0], after[1] - before[1], both_ways)

    def _in_time(self, order: Order, arrived: datetime, at: datetime) -> Seller | None:
        if not isinstance(self._shop, TakesReturns):
            raise SpokenError("ReturnItemIntent.not_by_voice", {"seller": order.seller_name})
        seller = self.unit.session.exec(select(Seller).where(col(Seller.id) == order.seller_id)).first()
        days = seller.return_days if seller else 0
        if at > arrived + timedelta(days=days):
            values = {"seller": order.seller_name, "days": days, "arrived": arrived}
            raise SpokenError("ReturnItemIntent.too_late", values)
        return seller

    def request(
        self, draft: Draft, reason: str, refund_to: str, member_id: UUID | None, at: datetime
    ) -> ReturnRequest:
        """Ask the shop to take a draft back; the unit is committed before the shop is asked.

        The request shows what the shop said: heard, declined, or neither when it did not answer. Raises
        SpokenError when another return of the order is under way by now, or the draft holds no more.
        """
        Households(self.unit).lock()
        counts = {line.position: count for line, count in draft.lines}
        draft = self.draft(draft.order.id, counts, at)
        order = draft.order
        if not self._lifecycle.request_return(order, at, reason):
            raise SpokenError("ReturnItemIntent.under_way", {"seller": order.seller_name})
        refunded_to = refund_to if draft.both_ways and refund_to == CREDIT else SOURCE
        request = self._written(draft, refunded_to, member_id, at)
        self._keep_lines(request, draft, reason)
        checkpoint(self.unit, RESUME, {"return": str(request.id)})
        return self.send(request, at)

    def _written(
        self, draft: Draft, refund_to: str, member_id: UUID | None, at: datetime, reference: str | None = None
    ) -> ReturnRequest:
        """A new request; with a `reference` of the shop's own it began there, and need not be sent."""
        return_id = new_id()
        request = ReturnRequest(
            household_id=draft.order.household_id,
            id=return_id,
            order_id=draft.order.id,
            reference=reference or f"B-{return_id.hex}",
            member_id=member_id,
            refund_to=refund_to,
            currency=draft.order.currency,
            goods_cents=draft.goods_cents,
            tax_cents=draft.tax_cents,
            requested_at=at,
            heard_at=at if reference else None,
        )
        self.unit.session.add(request)
        self.unit.session.flush()
        return request

    def _keep_lines(self, request: ReturnRequest, draft: Draft, reason: str) -> None:
        for line, count in draft.lines:
            self.unit.session.add(
                ReturnLine(
                    household_id=request.household_id,
                    return_id=request.id,
                    position=line.position,
                    sku_id=line.sku_id,
                    quantity=count,
                    reason=reason,
                )
            )

    def resume(self, return_id: str, at: datetime) -> ReturnRequest:
        """Finish a request that was cut off after its checkpoint."""
        return self.send(self._get(UUID(return_id)), at)

    def settle(self, at: datetime) -> int:
        """Tell the shop of returns that it did not answer yet; gives how many it has answered now."""
        unheard = [one for one in self._open() if one.heard_at is None]
        return sum(self.send(one, at).heard_at is not None for one in unheard)

    def send(self, request: ReturnRequest, at: datetime) -> ReturnRequest:
        """Tell the shop of a return that it has not answered; safe to repeat."""
        order = self._history.get(request.order_id)
        if request.heard_at is not None or order is None:
            return request
        items = [ReturnItem(one.sku_id, one.quantity, one.reason) for one in self.lines(request)]
        self.unit.release()
        answer = self._asked(request, order.reference, items, at)
        if answer is None:
            return request
        request.heard_at = at
        self.unit.session.add(request)
        if not answer.accepted:
            self._decline(request, order, at)
        self.unit.session.flush()
        return request

    def _asked(
        self, request: ReturnRequest, reference: str, items: Sequence[ReturnItem], at: datetime
    ) -> Placed | None:
        if not isinstance(self._shop, TakesReturns):
            return None
        try:
            return self._shop.request_return(reference, request.reference, items, request.refund_to, at)
        except Exception as error:  # the shop may have it: the worker asks again by the same reference
            log.warning("the shop did not answer a return", extra={"error": type(error).__name__})
            return None

    def followed(self) -> list[tuple[ReturnRequest, Order]]:
        """The returns that the shop has and that are not over, each with its order."""
        found = ((one, self._history.get(one.order_id)) for one in self._open() if one.heard_at)
        return [(request, order) for request, order in found if order is not None]

    def advance(self, told: Mapping[str, Progress]) -> int:
        """Record each step that the shop reports of returns; gives how many moved."""
        moved = 0
        for request, order in self.followed():
            progress = told.get(order.reference)
            if progress is not None and request.reference in progress.returns:
                moved += self._apply(request, order, progress.returns[request.reference])
        return moved

    def hear_of(self, order: Order, reference: str, items: Sequence[Item], told: ReturnProgress) -> None:
        """What the shop reports of a return by itself; one that began there is made of its `items`.

        Nothing happens while the order is not so far.
        """
        request = self._by_reference(reference)
        if request is None and items and allows(ORDER_STEPS, "request_return", order.state):
            request = self._begun_at_shop(order, reference, items, told)
        if request is None or request.order_id != order.id:
            return
        request.heard_at = request.heard_at or request.requested_at
        self._apply(request, order, told)

    def is_known(self, reference: str, kind: str) -> bool:
        """Whether a return is as far as `kind` says: return_declined, returned or refunded."""
        request = self._by_reference(reference)
        moment = {"return_declined": "declined_at"}.get(kind, f"{kind}_at")
        return request is not None and getattr(request, moment) is not None

    def _begun_at_shop(
        self, order: Order, reference: str, items: Sequence[Item], told: ReturnProgress
    ) -> ReturnRequest | None:
        wanted, counts = Counter({item.sku_id: item.quantity for item in items}), Counter[int]()
        for one in self.left_of(order):
            counts[one.line.position] = min(one.left, wanted[one.line.sku_id])
            wanted[one.line.sku_id] -= counts[one.line.position]
        counts = +counts
        at = min(filter(None, (told.declined_at, told.returned_at, told.refunded_at)))
        if not counts or not self._lifecycle.request_return(order, at, "shop"):
            return None
        draft = self._drafted(order, counts, both_ways=False)
        request = self._written(draft, SOURCE, None, at, reference)
        self._keep_lines(request, draft, "other")
        return request

    def _apply(self, request: ReturnRequest, order: Order, told: ReturnProgress) -> bool:
        """Take the steps that the shop tells of, each once: a later return of the order may be under way."""
        before = (request.declined_at, request.returned_at, request.refunded_at)
        if request.declined_at is not None:
            return False
        if told.declined_at is not None and request.refunded_at is None:
            self._decline(request, order, told.declined_at)
        if told.returned_at is not None and request.returned_at is None:
            self._take_back(request, order, told.returned_at)
        if told.refunded_at is not None and request.refunded_at is None:
            self._refund(request, order, told.refunded_at)
        self.unit.session.add(request)
        self.unit.session.flush()
        return before != (request.declined_at, request.returned_at, request.refunded_at)

    def _take_back(self, request: ReturnRequest, order: Order, at: datetime) -> None:
        due = request.refunded_at is None and allows(ORDER_STEPS, "take_back", order.state)
        if request.refunded_at is not None or (due and self._lifecycle.take_back(order, at, "shop")):
            request.returned_at = at

    def _refund(self, request: ReturnRequest, order: Order, at: datetime) -> None:
        if allows(ORDER_STEPS, "refund", order.state) and self._lifecycle.refund(order, at, "shop"):
            request.refunded_at = at
            self._publish(request, order)

    def _decline(self, request: ReturnRequest, order: Order, at: datetime) -> None:
        if allows(ORDER_STEPS, "decline_return", order.state):
            self._lifecycle.decline_return(order, at, "shop")
            request.declined_at = at

    def _publish(self, request: ReturnRequest, order: Order) -> None:
        assert request.refunded_at is not None  # it was just written
        gone = gone_back(self.unit, order.id)
        lines = tuple(
            ReturnedLine(line.line_cents, line.quantity, gone[line.position])
            for line in self._history.lines(order.id)
        )
        event = LineReturned(
            order.household_id,
            order.id,
            request.id,
            order.member_id,
            request.goods_cents,
            request.currency,
            lines,
            request.refunded_at,
        )
        for subscriber in self._subscribers:
            subscriber(self.unit, event)

    # --- reading

    def latest(self, order_id: UUID) -> ReturnRequest | None:
        """The newest return of an order that was not declined."""
        return self.unit.session.exec(
            select(ReturnRequest)
            .where(
                col(ReturnRequest.household_id) == self.unit.household,
                col(ReturnRequest.order_id) == order_id,
                col(ReturnRequest.declined_at).is_(None),
            )
            .order_by(col(ReturnRequest.requested_at).desc(), col(ReturnRequest.id).desc())
            .limit(1)
        ).first()

    def lines(self, request: ReturnRequest) -> Sequence[ReturnLine]:
        """What a return holds."""
        return self.unit.session.exec(
            select(ReturnLine)
            .where(
                col(ReturnLine.household_id) == self.unit.household,
                col(ReturnLine.return_id) == request.id,
            )
            .order_by(col(ReturnLine.position))
        ).all()

    def _get(self, return_id: UUID) -> ReturnRequest:
        return self.unit.session.exec(
            select(ReturnRequest).where(
                col(ReturnRequest.household_id) == self.unit.household, col(ReturnRequest.id) == return_id
            )
        ).one()

    def _by_reference(self, reference: str) -> ReturnRequest | None:
        return self.unit.session.exec(
            select(ReturnRequest).where(
                col(ReturnRequest.household_id) == self.unit.household,
                col(ReturnRequest.reference) == reference,
            )
        ).first()

    def _open(self) -> Sequence[ReturnRequest]:
        return self.unit.session.exec(
            select(ReturnRequest)
            .where(
                col(ReturnRequest.household_id) == self.unit.household,
                col(ReturnRequest.declined_at).is_(None),
                col(ReturnRequest.refunded_at).is_(None),
            )
            .order_by(col(ReturnRequest.requested_at))
        ).all()
