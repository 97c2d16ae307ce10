"""Whether a member wants to hear of orders unasked: our consent, beside the one that Amazon asks for."""

from skill.conversation.declare import intent
from skill.conversation.turn import Reply, Turn
from skill.household import notices
from skill.household.service import Households
from skill.orders.order_notices import UPDATES
from skill.orders.service import Orders

NOTIFICATIONS = "alexa::devices:all:notifications:write"
"""Amazon's permission to deliver notices ("Request Customer Consent to Notifications")."""


@intent("TurnOnNoticesIntent", needs="orders")
def turn_on_notices(turn: Turn, orders: Orders) -> Reply:
    """Note that the member agrees to order updates; where Amazon was not told so, a card asks for that."""
    member_id = turn.caller.member_id
    assert member_id is not None  # who may hear of orders is a member
    Households(orders.unit).give_consent(member_id, UPDATES, turn.at)
    told_at_amazon = (notices.ORDER_STATUS, notices.MESSAGE)
    if any(notices.address(orders.unit, member_id, event) for event in told_at_amazon):
        return Reply("TurnOnNoticesIntent.on")
    return Reply("TurnOnNoticesIntent.permit", permissions=(NOTIFICATIONS,))


@intent("TurnOffNoticesIntent", needs="orders")
def turn_off_notices(turn: Turn, orders: Orders) -> Reply:
    """Note that the member does not agree any more; what waits to be sent is dropped."""
    member_id = turn.caller.member_id
    assert member_id is not None  # who may hear of orders is a member
    Households(orders.unit).withdraw_consent(member_id, UPDATES, turn.at)
    return Reply("TurnOffNoticesIntent.off")
