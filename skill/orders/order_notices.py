"""Tells a member on Alexa that an order is on its way or has arrived: through the outbox, once for each."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from skill.household.service import Households
from skill.orders.events import OrderDelivered, OrderEvent, OrderShipped
from skill.orders.history import History
from skill.storage.database import Unit
from skill.storage.outbox import Outbox

KIND, UPDATES = "order_status", "order_updates"
LOCALE = "en-US"
"""The one locale in which Amazon speaks AMAZON.OrderStatus.Updated ("Proactive Events Schemas")."""
SHIPPED, DELIVERED = "ORDER_SHIPPED", "ORDER_DELIVERED"
NEWS_FOR = timedelta(hours=24)
"""How long after it happened somebody wants to hear of it."""


def tell_order_status(unit: Unit, event: OrderEvent) -> None:
    """A subscriber: write a notice for whoever ordered; consent, quiet hours and caps are the worker's.

    A shipment is told with the promised day, which is no news once that day is over.
    """
    if not isinstance(event, OrderShipped | OrderDelivered) or event.member_id is None:
        return
    history = History(unit)
    order, delivery = history.get(event.order_id), history.delivery(event.order_id)
    if order is None or order.locale != LOCALE:
        return
    arrived = isinstance(event, OrderDelivered)
    payload = {
        "status": DELIVERED if arrived else SHIPPED,
        "seller": order.seller_name,
        "locale": LOCALE,
        "reference": f"{order.id.hex}-{DELIVERED if arrived else SHIPPED}",
    }
    zone = ZoneInfo(Households(unit).get().zone)
    if arrived:
        payload["delivered_on"] = event.at.astimezone(zone).isoformat(timespec="seconds")
    elif delivery is not None:
        evening = datetime(
            delivery.due_date.year, delivery.due_date.month, delivery.due_date.day, 20, tzinfo=zone
        )
        payload["expected"] = evening.isoformat(timespec="seconds")
    Outbox(unit).put(
        KIND,
        f"order-status:{payload['reference']}",
        payload,
        event.at,
        purpose=UPDATES,
        member_id=event.member_id,
        until=event.at + NEWS_FOR,
    )
