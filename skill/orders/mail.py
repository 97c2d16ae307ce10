"""Confirms an order by e-mail, as a purchase asks for: written with the order, sent by the worker."""

from skill.conversation import prompts
from skill.conversation.wording import Money
from skill.household.service import Households
from skill.orders.events import OrderEvent, OrderPlaced
from skill.orders.gifts import spoken_lines
from skill.orders.history import History
from skill.storage.database import Unit
from skill.storage.outbox import Outbox

MAIL, PURCHASE = "email", "purchase"


def confirm_by_mail(unit: Unit, event: OrderEvent) -> None:
    """A subscriber: the order's confirmation to the member who ordered, if an address is known."""
    if not isinstance(event, OrderPlaced) or event.member_id is None:
        return
    member = Households(unit).member(event.member_id)
    history = History(unit)
    order = history.get(event.order_id)
    if member is None or not member.email or order is None:
        return
    delivery = history.delivery(order.id)
    values = {
        "name": member.name,
        "seller": order.seller_name,
        "number": order.number,
        "lines": [
            {**spoken_lines([line])[0], "price": Money(line.line_cents, order.currency)}
            for line in history.lines(order.id)
        ],
        "tax": Money(order.tax_cents, order.currency),
        "delivery_charge": Money(order.delivery_cents, order.currency),
        "total": Money(order.total_cents, order.currency),
        "due": delivery.due_date if delivery else None,
        "address": order.address_label,
        "payment": order.payment_label,
        "minutes": int((order.cancel_until - order.placed_at).total_seconds() // 60),
    }
    rendered = prompts.for_locale(event.locale).render("Mail.order_placed", values)
    card = rendered.card or {"title": rendered.speech, "text": rendered.speech}
    payload = {"to": member.email, "subject": card["title"], "text": card["text"]}
    Outbox(unit).put(
        MAIL, f"order-placed:{order.id}", payload, event.at, purpose=PURCHASE, member_id=member.id
    )
