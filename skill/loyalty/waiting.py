"""The points promised for waiting: pending while the order is on its way, credited once when it arrives.

Nothing is written before: an order on its way has its points pending, and a cancelled or refused one, which
never arrives, never gets them.
"""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from skill.conversation.declare import intent
from skill.conversation.turn import Reply, Turn
from skill.loyalty.service import Loyalty
from skill.orders.deliveries import Deliveries
from skill.orders.events import OrderDelivered, OrderEvent
from skill.orders.history import History
from skill.orders.models import Order
from skill.orders.states import ARRIVED_STATES, OPEN_STATES
from skill.storage.database import Unit

MOST_ORDERS = 50


@dataclass(frozen=True)
class Promised:
    """Points for an order that was waited for, and the day on which it is due."""

    order: Order
    points: int
    due: date | None


@intent("WaitingCreditIntent", needs="points")
def waiting_credit(turn: Turn, loyalty: Loyalty) -> Reply:
    """Say what waiting brings: the points of orders on their way, else those credited last."""
    pending = promised(loyalty.unit, OPEN_STATES)
    if pending:
        due = min((one.due for one in pending if one.due is not None), default=None)
        return Reply(
            "WaitingCreditIntent.pending", {"points": sum(one.points for one in pending), "due": due}
        )
    for one in promised(loyalty.unit, ARRIVED_STATES):
        points = loyalty.earned(waiting_source(one.order.id))
        if points:
            return Reply("WaitingCreditIntent.credited", {"points": points, "seller": one.order.seller_name})
    return Reply("WaitingCreditIntent.none")


def promised(unit: Unit, states: tuple[str, ...]) -> list[Promised]:
    """What was promised for waiting with orders in one of `states`, newest first."""
    history = History(unit)
    deliveries = Deliveries(unit, history)
    found = []
    for order in history.recent(MOST_ORDERS, states):
        row, delivery = deliveries.of(order.quote_id), history.delivery(order.id)
        if row is not None and row.credit_points:
            found.append(Promised(order, row.credit_points, delivery.due_date if delivery else None))
    return found


def credit_waiting(unit: Unit, event: OrderEvent) -> None:
    """Subscriber of order events: an order that was waited for arrived, so its points are credited."""
    if not isinstance(event, OrderDelivered):
        return
    history = History(unit)
    order = history.get(event.order_id)
    row = Deliveries(unit, history).of(order.quote_id) if order else None
    if row is not None and row.credit_points:
        Loyalty(unit).credit(row.credit_points, waiting_source(event.order_id), event.at)


def waiting_source(order_id: UUID) -> str:
    """The name under which the points for waiting stand in the ledger."""
    return f"order:{order_id}:waited"
