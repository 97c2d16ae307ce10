"""What is told of an order: its lines by today's names, its moments on the household's own clock."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from skill.conversation.turn import Turn
from skill.conversation.wording import Money
from skill.orders.gifts import spoken_lines
from skill.orders.models import OrderLine
from skill.orders.rules import dearest_first
from skill.orders.service import Orders
from skill.orders.tracking import Tracked


def told(turn: Turn, orders: Orders, tracked: Tracked) -> dict[str, object]:
    """An order for a prompt; the household's own clock decides what "yesterday" was."""
    order, zone = tracked.order, ZoneInfo(turn.caller.zone)
    return {
        "seller": order.seller_name,
        "lines": told_lines(turn, orders, dearest_first(orders.history.lines(order.id))),
        "total": Money(order.total_cents, order.currency),
        "due": tracked.due,
        "slot": orders.quotes.deliveries.slot(order),
        "delivered": (tracked.delivered_at or order.placed_at).astimezone(zone),
        "placed": order.placed_at.astimezone(zone),
    }


def told_lines(turn: Turn, orders: Orders, lines: Sequence[OrderLine]) -> list[dict[str, object]]:
    """Lines by today's names; gifts are one without a name."""
    return spoken_lines(lines, lambda line: str(told_line(turn, orders, line)["name"]))


def told_line(turn: Turn, orders: Orders, line: OrderLine, quantity: int | None = None) -> dict[str, object]:
    """A line by today's name in the language of the turn; by the name it was bought under when delisted.

    `quantity` is how many of it are meant, by default all.
    """
    if line.hidden:
        return spoken_lines([line])[0]
    sku = orders.catalog.sku(line.sku_id, turn.language)
    return {"name": sku.name if sku else line.name, "quantity": quantity or line.quantity}
