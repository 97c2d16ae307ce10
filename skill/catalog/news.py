"""What the shop reports by itself of prices and stock: the newest word counts, in whatever order it comes."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Column, delete, or_, update
from sqlmodel import Field, SQLModel, col, select

from skill.catalog.models import Price, Product, Seller, Sku, Stock
from skill.storage.column_types import UtcDateTime
from skill.storage.database import Unit

KEPT = timedelta(days=30)
"""How long the id of a report is remembered."""


class CatalogueEvent(SQLModel, table=True):
    """A report on a price or on stock that was heard, by the shop's own id."""

    __tablename__ = "catalogue_event"

    id: str = Field(primary_key=True, max_length=80)
    content_hash: str = Field(max_length=64)
    heard_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))


@dataclass(frozen=True)
class CatalogueNews:
    """A report on one SKU: its price in minor units, or (`currency` empty) how many there are."""

    at: datetime
    seller_id: str
    sku_id: str
    amount: int
    currency: str = ""


class UnknownSku(Exception):
    """The seller has no such SKU, or sells in another currency; `str()` is a slug that says which."""


class EventReused(Exception):
    """The id was another report's."""


def hear(unit: Unit, event_id: str, content_hash: str, news: CatalogueNews, at: datetime) -> None:
    """Take a report once, in a unit of no household; a repeat of the same changes nothing.

    Raises UnknownSku and EventReused.
    """
    known = unit.session.get(CatalogueEvent, event_id)
    if known is not None:
        if known.content_hash != content_hash:
            raise EventReused
        return
    _check(unit, news)
    unit.session.add(CatalogueEvent(id=event_id, content_hash=content_hash, heard_at=at))
    unit.session.flush()
    (_price if news.currency else _stock)(unit, news)
    unit.session.flush()


def forget(unit: Unit, at: datetime) -> None:
    """Delete the ids of old reports."""
    unit.session.execute(
        delete(CatalogueEvent).where(col(CatalogueEvent.heard_at) < at - KEPT),
        execution_options={"synchronize_session": False},
    )


def _check(unit: Unit, news: CatalogueNews) -> None:
    currency = unit.session.exec(
        select(Seller.currency).where(
            col(Sku.id) == news.sku_id,
            col(Sku.product_id) == col(Product.id),
            col(Product.seller_id) == col(Seller.id),
            col(Seller.id) == news.seller_id,
        )
    ).first()
    if currency is None:
        raise UnknownSku("unknown_sku")
    if news.currency not in ("", currency):
        raise UnknownSku("other_currency")


def _price(unit: Unit, news: CatalogueNews) -> None:
    """The price holds from its moment on; of two for one moment the higher counts."""
    known = unit.session.get(Price, (news.sku_id, news.at), with_for_update=True)
    if known is None:
        known = Price(sku_id=news.sku_id, valid_from=news.at, price_cents=news.amount)
    known.price_cents = max(known.price_cents, news.amount)
    unit.session.add(known)


def _stock(unit: Unit, news: CatalogueNews) -> None:
    """The latest count stays; of two of one moment the lower."""
    later = or_(
        col(Stock.counted_at).is_(None),
        col(Stock.counted_at) < news.at,
        (col(Stock.counted_at) == news.at) & (col(Stock.quantity) > news.amount),
    )
    counted = update(Stock).where(col(Stock.sku_id) == news.sku_id, later)
    unit.session.execute(
        counted.values(quantity=news.amount, counted_at=news.at),
        execution_options={"synchronize_session": False},
    )
    if unit.session.get(Stock, news.sku_id) is None:
        unit.session.add(Stock(sku_id=news.sku_id, quantity=news.amount, counted_at=news.at))
