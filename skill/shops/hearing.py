"""Hears a merchant's signed reports: each in one transaction, of one household or of the catalogue."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from skill.catalog import news as catalogue
from skill.catalog.news import CatalogueNews, EventReused, UnknownSku
from skill.orders.service import Orders
from skill.orders.shop_events import NewsRefused, OrderNews
from skill.shops.event_body import read_event
from skill.storage.database import Database, Unit


@dataclass(frozen=True)
class Hearing:
    """Takes reports whose signature was verified."""

    database: Database
    orders: Callable[[Unit], Orders]
    clock: Callable[[], datetime]

    def __call__(self, event_id: str, body: bytes) -> None:
        """Take one report; a repeat of the same changes nothing. Raises NewsRefused and DatabaseError."""
        now, content_hash = self.clock(), sha256(body).hexdigest()
        household_id, news = read_event(body, now)

        def hear(unit: Unit) -> None:
            if isinstance(news, OrderNews):
                self.orders(unit).shop_events.hear(event_id, content_hash, news, now)
            else:
                _hear_catalogue(unit, event_id, content_hash, news, now)

        self.database.run(household_id, hear)


def _hear_catalogue(unit: Unit, event_id: str, content_hash: str, news: CatalogueNews, now: datetime) -> None:
    try:
        catalogue.hear(unit, event_id, content_hash, news, now)
    except UnknownSku as error:
        raise NewsRefused(str(error), 422) from None
    except EventReused:
        raise NewsRefused("event_reused", 409) from None
