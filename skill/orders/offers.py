"""The one thing that may be offered unasked at a visit: what is usually needed about now, if that is sure."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Column
from sqlmodel import Field, SQLModel, col, select

from skill.catalog.models import Product, Seller, Sku
from skill.orders.needs import NOW, Need, Needs
from skill.storage.column_types import UtcDateTime
from skill.storage.database import Unit

WINDOW = 2 * NOW
"""How long the time at which something is needed lasts; in one such window it is offered once."""
MOST_MISSED = 2
"""After so many offers without a purchase a product is not offered again until it is bought."""


class NeedOffer(SQLModel, table=True):
    """That a SKU was offered unasked: when last, and how often since it was last bought."""

    __tablename__ = "need_offer"

    household_id: UUID = Field(primary_key=True)
    sku_id: str = Field(primary_key=True, max_length=80)
    offered_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    times: int = 1


class Offers:
    """What may be offered unasked to the unit's household, on the calendar of its zone."""

    def __init__(self, unit: Unit, zone: str) -> None:
        self.unit = unit
        self._zone = ZoneInfo(zone)
        self._needs = Needs(unit, zone)

    def next(self, at: datetime, without: Collection[str]) -> Need | None:
        """The likeliest need of about now that is sure enough for its seller, but for the SKUs `without`."""
        needs = [need for need in self._needs.now(at) if need.sku_id not in without]
        gates = self._gates([need.sku_id for need in needs])
        for need in needs:
            gate = gates.get(need.sku_id)  # None for what is sold no longer
            if gate is not None and need.confidence * 100 >= gate and not self._is_silent(need, at):
                return need
        return None

    def note(self, need: Need, at: datetime) -> None:
        """Remember that it is offered now."""
        row = self._row(need.sku_id)
        if row is None:
            row = NeedOffer(household_id=self.unit.household, sku_id=need.sku_id, offered_at=at)
        else:
            row.times = 1 if self._is_bought_since(need, row) else row.times + 1
            row.offered_at = at
        self.unit.session.add(row)

    def _is_silent(self, need: Need, at: datetime) -> bool:
        """Whether this window was offered already, or two that were missed were."""
        row = self._row(need.sku_id)
        if row is None or self._is_bought_since(need, row):
            return False
        return row.times >= MOST_MISSED or at < row.offered_at + WINDOW

    def _is_bought_since(self, need: Need, row: NeedOffer) -> bool:
        return need.reason.last_bought >= row.offered_at.astimezone(self._zone).date()

    def _row(self, sku_id: str) -> NeedOffer | None:
        return self.unit.session.exec(
            select(NeedOffer).where(
                col(NeedOffer.household_id) == self.unit.household, col(NeedOffer.sku_id) == sku_id
            )
        ).first()

    def _gates(self, sku_ids: Collection[str]) -> dict[str, int]:
        rows = self.unit.session.exec(
            select(Sku.id, Seller.offer_from_percent).where(
                col(Sku.product_id) == col(Product.id),
                col(Product.seller_id) == col(Seller.id),
                col(Sku.id).in_(sku_ids),
            )
        ).all()
        return dict(rows)
