"""What a shopper can say about an offer before answering it with yes or no."""

from skill.conversation.declare import Slot, intent
from skill.conversation.turn import Reply, Turn
from skill.orders.pending import pending, told_again, with_quantity
from skill.orders.service import Orders
from skill.orders.spoken_items import spoken_number


@intent("ReadQuoteIntent")
def read_quote(turn: Turn, orders: Orders) -> Reply:
    """Say the offer that waits for a yes again, in full."""
    quotes = pending(turn, orders)
    return told_again(turn, orders, quotes) if quotes else Reply("ReadQuoteIntent.nothing_open")


@intent("ChangeQuantityIntent", Slot("quantity", "AMAZON.NUMBER"), needs="reorder")
def change_quantity(turn: Turn, orders: Orders) -> Reply:
    """Offer another number of the one thing that waits for a yes."""
    choice = turn.session.choice or {}
    if "code_for" in choice:  # two or three digits were heard where the voice code was asked for
        return Reply("GiveVoiceCodeIntent.not_four", elicit="GiveVoiceCodeIntent.code", choice=choice)
    quotes, quantity = pending(turn, orders), spoken_number(turn, "quantity")
    if not quotes:
        return Reply("ChangeQuantityIntent.nothing_open")
    if quantity is None:
        return Reply("ChangeQuantityIntent.how_many", keep_pending=True)
    return with_quantity(turn, orders, quotes, quantity)
