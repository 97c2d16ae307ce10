"""Sends open orders to another address of the household, as far as their shop still can."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from skill.conversation.errors import SpokenError
from skill.orders.history import History
from skill.orders.models import Order
from skill.orders.ports import MovesOrders, Shop
from skill.storage.database import Unit
from skill.storage.idempotency import checkpoint

log = logging.getLogger("restock.orders")
RESUME = "orders.moving"
MOVABLE = ("accepted", "packed")
"""States in which a shop may still change where an order goes; it has the last word."""


@dataclass(frozen=True)
class Moved:
    """What became of orders that were to go elsewhere: moved, too late, or the shop did not answer."""

    label: str
    moved: Sequence[Order]
    late: Sequence[Order] = ()
    unanswered: Sequence[Order] = ()


class Moves:
    """Changes of address for the unit's household's open orders."""

    def __init__(self, unit: Unit, shop: Shop, history: History) -> None:
        self.unit = unit
        self._shop = shop
        self._history = history

    def movable(self) -> list[Order]:
        """The newest open basket's orders that have not left.

        Raises SpokenError when nothing is open, when it has left, and when the shop takes no new address.
        """
        still_open = self._history.open()
        if not still_open:
            raise SpokenError("ChangeAddressIntent.nothing_open")
        found = [order for order in still_open if order.state in MOVABLE]
        if not found:
            raise SpokenError("ChangeAddressIntent.too_late", {"seller": still_open[0].seller_name})
        if not isinstance(self._shop, MovesOrders):
            raise SpokenError("ChangeAddressIntent.ask_shop", {"seller": found[0].seller_name})
        basket = found[0].confirmation_id or found[0].id
        return [order for order in found if (order.confirmation_id or order.id) == basket]

    def move(self, orders: Sequence[Order], label: str, at: datetime) -> Moved:
        """Ask the shop to send the orders to `label`; the unit is committed before it is asked."""
        ids = [str(order.id) for order in orders]
        checkpoint(self.unit, RESUME, {"orders": ids, "label": label})
        return self.resume(ids, label, at)

    def resume(self, order_ids: Sequence[str], label: str, at: datetime) -> Moved:
        """Finish a move that was cut off after its checkpoint; safe to repeat."""
        outcomes: dict[bool | None, list[Order]] = {True: [], False: [], None: []}
        for order_id in order_ids:
            order = self._history.get(UUID(order_id))
            if order is not None:
                outcomes[self._moved(order, label, at)].append(order)
        return Moved(label, outcomes[True], outcomes[False], outcomes[None])

    def _moved(self, order: Order, label: str, at: datetime) -> bool | None:
        if not isinstance(self._shop, MovesOrders):
            return False
        reference = order.reference
        self.unit.release()
        try:
            moved = self._shop.move(reference, label, at)
        except Exception as error:  # a connector may fail in any way; it is not known where the order goes
            log.warning("the shop did not answer a new address", extra={"error": type(error).__name__})
            return None
        if moved:
            order.address_label = label
            self.unit.session.add(order)
            self.unit.session.flush()
        return moved
