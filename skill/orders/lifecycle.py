"""The only place that writes the state of a quote or an order: one method for each step, with its guard."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, update
from sqlmodel import col, select

from skill.orders.models import Delivery, Order, OrderHistory, OrderLine, Quote, QuoteHistory, QuoteLine
from skill.orders.news import tell_step
from skill.orders.states import ORDER_STEPS, QUOTE_STEPS, Step, allows
from skill.storage.database import Unit


class StepRefused(ValueError):
    """The guard of a step forbids it: by the state, by the time, or for want of a confirmation."""


class Lifecycle:
    """The steps of the unit's household's quotes and orders.

    Each gives True when it was taken here, and False when somebody else moved the quote or order meanwhile:
    it then shows where it stands. Each raises StepRefused for a step that its guard forbids. All times are
    aware; `cause` is a short word for the history: who or what made it happen.
    """

    def __init__(self, unit: Unit) -> None:
        self.unit = unit

    # --- quotes

    def open_quote(self, quote: Quote, lines: Sequence[QuoteLine], cause: str) -> None:
        """Write a new quote with its lines: it was spoken at `quoted_at` and waits for its yes."""
        quote.state = "quoted"
        self.unit.session.add(quote)
        self.unit.session.flush()
        self.unit.session.add_all(lines)
        self._record_quote(quote, 0, quote.quoted_at, cause)

    def ask_pin(self, quote: Quote, at: datetime) -> bool:
        """The yes was said and the voice code is asked for."""
        return self._move_quote(quote, "ask_pin", at, "limit")

    def confirm(self, quote: Quote, at: datetime, cause: str) -> bool:
        """The yes that covers this quote was said; refused when the quote ran out before."""
        if at > quote.valid_until:
            raise StepRefused(f"the quote ran out at {quote.valid_until.isoformat()}")
        return self._move_quote(quote, "confirm", at, cause)

    def drop(self, quote: Quote, at: datetime, cause: str) -> bool:
        """The shopper does not want it."""
        return self._move_quote(quote, "drop", at, cause)

    def expire(self, quote: Quote, at: datetime, cause: str) -> bool:
        """It ran out, or another quote took its place."""
        return self._move_quote(quote, "expire", at, cause)

    # --- orders

    def begin(
        self,
        order: Order,
        lines: Sequence[OrderLine],
        due: date | None,
        cause: str,
        *,
        quote: Quote | None = None,
    ) -> None:
        """Write a new order that is about to be sent to the shop, from its confirmed `quote`.

        Refused without a confirmed quote of the same household and a confirmation.
        """
        if quote is None or quote.state != "confirmed" or order.quote_id != quote.id:
            raise StepRefused("an order begins from its confirmed quote")
        if order.confirmation_id is None:
            raise StepRefused("an order begins with the confirmation that covers it")
        order.state = "placing"
        self._write(order, lines, due, cause)

    def begin_imported(self, order: Order, lines: Sequence[OrderLine], due: date | None, cause: str) -> None:
        """Write an order that a shop's books tell of; it arrived already. Only for origin `import`."""
        if order.origin != "import":
            raise StepRefused("only an imported order begins as delivered")
        order.state = "delivered"
        self._write(order, lines, due, cause)

    def publish_imported(self, batch_id: UUID) -> int:
        """Make the hidden orders of a complete batch visible; gives how many there were."""
        step = ORDER_STEPS["publish"]
        published = self.unit.session.execute(
            update(Order)
            .where(
                col(Order.household_id) == self.unit.household,
                col(Order.state).in_(step.sources),
                col(Order.batch_id) == batch_id,
            )
            .values(state=step.target)
        )
        return int(published.rowcount)  # type: ignore[attr-defined]  # CursorResult

    def accept(self, order: Order, at: datetime, cause: str) -> bool:
        """The shop has the order; a refused one only when it was given up without the shop's word."""
        if order.state == "refused" and "unknown" not in self.steps(order.id):
            raise StepRefused("the shop refused this order itself")
        return self._move(order, "accept", at, cause)

    def refuse(self, order: Order, at: datetime, cause: str) -> bool:
        """The shop will not deliver it, or never saw it."""
        return self._move(order, "refuse", at, cause)

    def lose(self, order: Order, at: datetime, cause: str) -> bool:
        """The shop did not answer: whether it has the order is unknown."""
        return self._move(order, "lose", at, cause)

    def pack(self, order: Order, at: datetime, cause: str) -> bool:
        """The shop packed it."""
        return self._move(order, "pack", at, cause)

    def part_ship(self, order: Order, at: datetime, cause: str) -> bool:
        """A part of it left the shop."""
        return self._move(order, "part_ship", at, cause)

    def ship(self, order: Order, at: datetime, cause: str) -> bool:
        """All of it left the shop."""
        return self._move(order, "ship", at, cause)

    def deliver(self, order: Order, at: datetime, cause: str) -> bool:
        """It is in the house."""
        return self._move(order, "deliver", at, cause)

    def request_cancel(self, order: Order, at: datetime, cause: str) -> bool:
        """The shopper does not want it any more; the shop has the last word."""
        return self._move(order, "request_cancel", at, cause)

    def cancel(self, order: Order, at: datetime, cause: str) -> bool:
        """The shop cancelled it as it was asked to."""
        return self._move(order, "cancel", at, cause)

    def keep(self, order: Order, at: datetime, cause: str) -> bool:
        """The shop could not cancel it any more: it comes."""
        return self._move(order, "keep", at, cause)

    def request_return(self, order: Order, at: datetime, cause: str) -> bool:
        """The shopper sends some or all of it back."""
        return self._move(order, "request_return", at, cause)

    def decline_return(self, order: Order, at: datetime, cause: str) -> bool:
        """The shop does not take it back."""
        return self._move(order, "decline_return", at, cause)

    def take_back(self, order: Order, at: datetime, cause: str) -> bool:
        """What was sent back is at the shop."""
        return self._move(order, "take_back", at, cause)

    def refund(self, order: Order, at: datetime, cause: str) -> bool:
        """The money for what was sent back was given back."""
        return self._move(order, "refund", at, cause)

    # --- the history

    def steps(self, order_id: UUID) -> Sequence[str]:
        """The states an order has been in, oldest first."""
        return self.unit.session.exec(
            select(OrderHistory.state)
            .where(
                col(OrderHistory.household_id) == self.unit.household, col(OrderHistory.order_id) == order_id
            )
            .order_by(col(OrderHistory.position))
        ).all()

    def _write(self, order: Order, lines: Sequence[OrderLine], due: date | None, cause: str) -> None:
        self.unit.session.add(order)
        self.unit.session.flush()
        self.unit.session.add_all(lines)
        if due is not None:
            self.unit.session.add(Delivery(household_id=order.household_id, order_id=order.id, due_date=due))
        self._record(order, 0, order.placed_at, cause)

    def _move(self, order: Order, name: str, at: datetime, cause: str) -> bool:
        before, step = order.state, _step(ORDER_STEPS, name, order.state)
        if not self._changed(Order, order, step):
            return False
        position = len(self.steps(order.id))
        self._record(order, position, at, cause)
        tell_step(self.unit, order, before, position, at)
        return True

    def _move_quote(self, quote: Quote, name: str, at: datetime, cause: str) -> bool:
        step = _step(QUOTE_STEPS, name, quote.state)
        if not self._changed(Quote, quote, step):
            return False
        before = self.unit.session.exec(
            select(func.count())
            .select_from(QuoteHistory)
            .where(
                col(QuoteHistory.household_id) == self.unit.household,
                col(QuoteHistory.quote_id) == quote.id,
            )
        ).one()
        self._record_quote(quote, before, at, cause)
        return True

    def _changed(self, model: type[Order] | type[Quote], row: Order | Quote, step: Step) -> bool:
        """Move the row unless it is elsewhere by now; `row` shows the truth afterwards."""
        self.unit.session.flush()
        moved = self.unit.session.execute(
            update(model)
            .where(
                col(model.household_id) == self.unit.household,
                col(model.id) == row.id,
                col(model.state) == row.state,
            )
            .values(state=step.target)
            .execution_options(synchronize_session=False)
        )
        self.unit.session.refresh(row)
        return bool(moved.rowcount == 1)  # type: ignore[attr-defined]  # CursorResult

    def _record(self, order: Order, position: int, at: datetime, cause: str) -> None:
        self.unit.session.add(
            OrderHistory(
                household_id=order.household_id,
                order_id=order.id,
                position=position,
                state=order.state,
                at=at,
                cause=cause,
            )
        )
        self.unit.session.flush()

    def _record_quote(self, quote: Quote, position: int, at: datetime, cause: str) -> None:
        self.unit.session.add(
            QuoteHistory(
                household_id=quote.household_id,
                quote_id=quote.id,
                position=position,
                state=quote.state,
                at=at,
                cause=cause,
            )
        )
        self.unit.session.flush()


def _step(steps: Mapping[str, Step], name: str, state: str) -> Step:
    if not allows(steps, name, state):
        raise StepRefused(f"{name} is not possible from {state}")
    return steps[name]
