"""What a household waits for: told at the next visit when it is back in stock, for sixty days."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete
from sqlmodel import col, select

from skill.catalog.models import Stock
from skill.conversation.errors import SpokenError
from skill.household.news import add_news, withdraw_news
from skill.orders.ports import Item
from skill.orders.quoted import Shopper
from skill.orders.service import Orders
from skill.orders.substitution_models import StockWatch
from skill.storage.database import Database, Unit

LASTS = timedelta(days=60)
LOOKED_AT_EVERY = timedelta(hours=1)
"""How often the worker asks the shop, unless the shop reported since that there are some again."""
NEWS = "back_in_stock"


class StockWatches:
    """What the unit's household waits for."""

    def __init__(self, unit: Unit) -> None:
        self.unit = unit

    def all(self) -> Sequence[StockWatch]:
        """Every watch, the oldest first."""
        return self.unit.session.exec(
            select(StockWatch)
            .where(col(StockWatch.household_id) == self.unit.household)
            .order_by(col(StockWatch.since), col(StockWatch.sku_id))
        ).all()

    def has(self, skus: Sequence[str]) -> bool:
        """Whether all of the SKUs are waited for already."""
        return set(skus) <= {one.sku_id for one in self.all()}

    def watch(self, sku_id: str, name: str, shopper: Shopper) -> None:
        """Wait for a SKU for sixty days from now; news of an earlier return is old by this."""
        withdraw_news(self.unit, _subject(sku_id), NEWS)
        one = next((one for one in self.all() if one.sku_id == sku_id), None) or StockWatch(
            household_id=self.unit.household,
            sku_id=sku_id,
            name=name,
            member_id=shopper.member_id,
            locale=shopper.locale,
            since=shopper.at,
            until=shopper.at,
            checked_at=shopper.at,
        )
        one.until = shopper.at + LASTS
        self.unit.session.add(one)
        self.unit.session.flush()

    def stop(self, watches: Sequence[StockWatch]) -> None:
        """Wait for these no longer."""
        for one in watches:
            self.unit.session.delete(one)
            withdraw_news(self.unit, _subject(one.sku_id), NEWS)

    def tell(self, one: StockWatch, at: datetime) -> None:
        """It is back: news for the next visit, and the watch has ended."""
        add_news(self.unit, at, NEWS, f"{_subject(one.sku_id)}{one.since.isoformat()}", {"name": one.name})
        self.unit.session.delete(one)
        self.unit.session.flush()


def look_for(
    database: Database, orders: Callable[[Unit], Orders], household_id: UUID, at: datetime, zone: str
) -> int:
    """Ask the shop for what a household waits for, once an hour; gives how many things are back."""
    return database.run(household_id, lambda unit: _look(orders(unit), at, zone))


def _look(orders: Orders, at: datetime, zone: str) -> int:
    unit, back = orders.unit, 0
    unit.session.execute(
        delete(StockWatch)
        .where(col(StockWatch.household_id) == unit.household, col(StockWatch.until) <= at)
        .execution_options(synchronize_session=False)
    )
    watches = StockWatches(unit)
    for one in watches.all():
        if at - one.checked_at < LOOKED_AT_EVERY and not _is_reported(unit, one):
            continue
        one.checked_at = at
        unit.session.add(one)
        if _is_there(orders, one, at, zone):
            watches.tell(one, at)
            back += 1
    return back


def _is_reported(unit: Unit, one: StockWatch) -> bool:
    """Whether the shop has counted some by itself since it was asked last."""
    stock = unit.session.get(Stock, one.sku_id)
    counted_at = stock.counted_at if stock and stock.quantity > 0 else None
    return counted_at is not None and counted_at > one.checked_at


def _is_there(orders: Orders, one: StockWatch, at: datetime, zone: str) -> bool:
    language, _, region = one.locale.partition("-")
    shopper = Shopper(at, language, zone, one.member_id, region)
    try:
        offers = orders.quotes.offers(shopper, [Item(one.sku_id, 1)])
    except SpokenError:  # the shop does not answer: asked again within the hour
        return False
    return any(offer.lines for offer in offers)


def _subject(sku_id: str) -> str:
    """The beginning of what its news are about, closed so that no longer SKU begins so, too."""
    return f"stock:{sku_id}:"
