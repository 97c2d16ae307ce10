"""Follows a household's open orders without holding anybody up: the shop is asked while nothing is locked."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from skill.orders.service import Orders
from skill.storage.database import Database, Unit


def follow_shop(
    database: Database, orders: Callable[[Unit], Orders], household_id: UUID, at: datetime
) -> int:
    """Ask the shop where orders and returns are, then record it in a unit of its own; gives how many moved.

    A unit that only reads takes no lock, so a slow shop keeps no other household from writing.
    """
    with database.reading(household_id) as unit:
        progress = orders(unit).asked(at)
    if not progress:
        return 0
    return database.run(household_id, lambda unit: orders(unit).follow(progress))
