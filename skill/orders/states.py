"""The one state machine of buying: every step of a quote and of the order it becomes, by name."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

WAITING = ("draft", "awaiting_choice", "awaiting_pin", "quoted")
"""States of a quote that may still become an order."""

OPEN_STATES = ("placing", "unknown", "accepted", "packed", "part_shipped", "shipped", "cancel_requested")
"""States of an order that is not in the house yet and may still arrive."""
ARRIVED_STATES = ("delivered", "return_requested", "returned", "refunded")
"""States of an order that was in the house."""
RETURNING = ("return_requested", "returned")
"""States of an order of which something is on its way back."""
COUNTED_STATES = (*OPEN_STATES, *ARRIVED_STATES)
"""States of an order that counts as bought."""
HIDDEN = "importing"
"""The state of an order whose batch is not complete: no reader of orders asks for it."""
TRACKED_STATES = ("accepted", "packed", "part_shipped", "shipped")
"""States in which the shop is asked where an order is."""


class Step(NamedTuple):
    """From which states a step leads where."""

    sources: tuple[str, ...]
    target: str


QUOTE_STEPS: Mapping[str, Step] = {
    "ask_choice": Step(("draft",), "awaiting_choice"),
    "settle_choice": Step(("awaiting_choice",), "draft"),
    "quote": Step(("draft",), "quoted"),
    "ask_pin": Step(("quoted",), "awaiting_pin"),
    "confirm": Step(("quoted", "awaiting_pin"), "confirmed"),
    "drop": Step(WAITING, "cancelled"),
    "expire": Step(WAITING, "expired"),
}
"""What may happen to a quote. A confirmed one becomes exactly one order, which begins as `placing`."""

ORDER_STEPS: Mapping[str, Step] = {
    "publish": Step((HIDDEN,), "delivered"),
    "accept": Step(("placing", "unknown", "refused"), "accepted"),
    "refuse": Step(("placing", "unknown", "accepted", "packed", "cancel_requested"), "refused"),
    "lose": Step(("placing",), "unknown"),
    "pack": Step(("accepted",), "packed"),
    "part_ship": Step(("accepted", "packed"), "part_shipped"),
    "ship": Step(("accepted", "packed", "part_shipped"), "shipped"),
    "deliver": Step(("accepted", "packed", "part_shipped", "shipped"), "delivered"),
    "request_cancel": Step(("accepted", "packed"), "cancel_requested"),
    "cancel": Step(("cancel_requested",), "cancelled"),
    "keep": Step(("cancel_requested",), "accepted"),
    "request_return": Step(("delivered", "refunded"), "return_requested"),
    "decline_return": Step(("return_requested",), "delivered"),
    "take_back": Step(("return_requested",), "returned"),
    "refund": Step(("return_requested", "returned"), "refunded"),
}
"""What may happen to an order.

A refused order is accepted after all only when we gave it up unheard and the shop then says that it has it;
a shop may refuse what it accepted, when it sold more than it had. `refunded` may be a part: the rest can
still be returned.
"""


def allows(steps: Mapping[str, Step], name: str, state: str) -> bool:
    """Whether the step `name` may be taken from `state`."""
    return state in steps[name].sources


def edges() -> Iterator[tuple[str, str]]:
    """Every allowed (state, following state), the step from a confirmed quote to its order among them."""
    yield "confirmed", "placing"
    for step in (*QUOTE_STEPS.values(), *ORDER_STEPS.values()):
        for source in step.sources:
            yield source, step.target
