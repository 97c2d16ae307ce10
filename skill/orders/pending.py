"""The quotes that wait for a yes: what may be asked about them, and changed in them, before it is said."""

from collections.abc import Iterator
from uuid import UUID

from skill.conversation.turn import Reply, Turn
from skill.orders.models import Quote
from skill.orders.ports import Item
from skill.orders.replies import quote_reply, quote_values, shopper
from skill.orders.service import Orders


def pending(turn: Turn, orders: Orders) -> list[Quote]:
    """The quotes that the open question of this session is about; none when it asks something else."""
    if turn.session.confirm is None or orders.unit.household_id is None:
        return []
    quotes = orders.quotes.get(list(_ids((turn.session.choice or {}).get("quotes"))))
    return quotes if all(quote.state == "quoted" for quote in quotes) else []


def _ids(values: object) -> Iterator[str]:
    for value in values if isinstance(values, list) else ():
        try:
            yield str(UUID(value))
        except (ValueError, AttributeError, TypeError):  # the session travels; what is no id is left out
            continue


def told_again(turn: Turn, orders: Orders, quotes: list[Quote]) -> Reply:
    """The whole offer again, everything by name; it stays open, and is made anew when it ran out."""
    if any(turn.at > quote.valid_until for quote in quotes):
        made = orders.placing.requote(shopper(turn), [str(quote.id) for quote in quotes])
        return quote_reply(orders, made, "YesIntent.quote_expired", source=quotes[0].source)
    views = tuple(orders.quotes.view(quote) for quote in quotes)
    return Reply("ReadQuoteIntent.told", quote_values(orders, quotes), keep_pending=True, quotes=views)


def with_quantity(turn: Turn, orders: Orders, quotes: list[Quote], quantity: int) -> Reply:
    """The same offer for so many: it replaces the one that waits. Only for an offer of one thing."""
    lines = [line for quote in quotes for line in orders.quotes.lines(quote)]
    if len(lines) != 1:
        return Reply("ChangeQuantityIntent.several", keep_pending=True)
    made = orders.quotes.instead(shopper(turn), quotes, [Item(lines[0].sku_id, quantity)])
    return quote_reply(orders, made, "OrderItemIntent.quoted", source=quotes[0].source)
