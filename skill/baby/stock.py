"""Counts diapers by size: packs that orders brought, changes that were logged, and what to reorder."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlmodel import col, select

from skill.baby import rules
from skill.baby.models import Child, DiaperMovement
from skill.catalog.index import SkuFacts
from skill.orders.models import Delivery, Order, OrderLine
from skill.orders.ports import Item
from skill.orders.service import Orders
from skill.storage.database import Unit
from skill.storage.keys import new_id

NEED = "diapers"
DELIVERED, CHANGE, UNDONE = "delivered", "change", "undone"


@dataclass(frozen=True)
class Count:
    """About how many diapers of a size are left, for how many whole days, and at what daily rate."""

    size: str
    left: int
    days: int
    rate: rules.Rate


class DiaperStock:
    """The diapers of the unit's household."""

    def __init__(self, unit: Unit, orders: Orders) -> None:
        self.unit = unit
        self._orders = orders

    def take(self, entry_id: UUID, size: str, at: datetime) -> None:
        """Note that a change used one diaper."""
        self._move(size, -1, CHANGE, at, entry_id=entry_id)

    def put_back(self, entry_id: UUID) -> None:
        """Note that a change used no diaper after all; no effect for one that used none or was put back."""
        moved = self.unit.session.exec(
            select(DiaperMovement).where(
                col(DiaperMovement.household_id) == self.unit.household,
                col(DiaperMovement.entry_id) == entry_id,
            )
        ).all()
        if [one.reason for one in moved] == [CHANGE]:
            self._move(moved[0].size, 1, UNDONE, moved[0].at, entry_id=entry_id)

    def note_deliveries(self, language: str) -> None:
        """Add a movement for each delivered pack that has none yet, whoever recorded the delivery.

        Reading the orders, and not only their events, counts seeded and imported history too.
        """
        skus = self._orders.catalog.index(language).skus
        packs = [sku_id for sku_id, sku in skus.items() if sku.need == NEED]
        known = self._noted()
        for line, order, arrived in self._delivered_lines(packs):
            if (order.id, line.sku_id) not in known:
                known.add((order.id, line.sku_id))
                sku = skus[line.sku_id]
                quantity = line.quantity * sku.pack_size
                self._move(sku.size, quantity, DELIVERED, arrived, order_id=order.id, sku_id=line.sku_id)
        self.unit.session.flush()

    def known_sizes(self) -> frozenset[str]:
        """The sizes of which a pack was ever delivered."""
        sizes = self.unit.session.exec(
            select(DiaperMovement.size)
            .where(
                col(DiaperMovement.household_id) == self.unit.household,
                col(DiaperMovement.reason) == DELIVERED,
            )
            .distinct()
        ).all()
        return frozenset(sizes)

    def count(self, size: str, wearers: Sequence[Child], at: datetime, zone: str) -> Count | None:
        """What is left of `size`, which `wearers` wear; None when no pack of it was ever delivered."""
        today = at.astimezone(ZoneInfo(zone)).date()
        delivered, used = self._by_day(size, zone)
        if not delivered:
            return None
        planned = sum(rules.planned_per_day((today - child.born_on).days) for child in wearers)
        rate = rules.rate(used, today, planned)
        left = rules.diapers_left(delivered, used, rate.per_day, today)
        return Count(size, left, rules.days_left(left, rate.per_day), rate)

    def reorder(self, size: str, language: str) -> Item | None:
        """The pack of that size this household bought last, in its last quantity; None if it never did."""
        skus: Mapping[str, SkuFacts] = self._orders.catalog.index(language).skus
        for sku_id in self._orders.history.own_skus():
            sku = skus.get(sku_id)
            if sku is not None and sku.need == NEED and sku.size == size:
                return Item(sku_id, self._orders.history.last_quantity(sku_id) or 1)
        return None

    def in_size(self, size: str, language: str) -> SkuFacts | None:
        """The diapers bought last in another size, in the pack nearest to it; None where there are none."""
        index = self._orders.catalog.index(language)
        skus = (index.skus.get(sku_id) for sku_id in self._orders.history.own_skus())
        last = next((sku for sku in skus if sku is not None and sku.need == NEED), None)
        if last is None:
            return None
        others = [index.skus[one] for one in index.by_product[last.product_id]]
        fitting = [one for one in others if one.size == size]
        return min(fitting, key=lambda one: (abs(one.pack_size - last.pack_size), one.sku_id), default=None)

    def sold_sizes(self, language: str) -> list[str]:
        """The sizes that diapers are sold in, smallest first as far as they are numbers."""
        skus = self._orders.catalog.index(language).skus.values()
        found = {sku.size for sku in skus if sku.need == NEED and sku.size}
        return sorted(found, key=lambda size: (size.isdecimal(), size))

    def _by_day(self, size: str, zone: str) -> tuple[dict[date, int], dict[date, int]]:
        """(delivered, used) by local day; what was undone counts as not used."""
        delivered: Counter[date] = Counter()
        used: Counter[date] = Counter()
        rows = self.unit.session.exec(
            select(DiaperMovement).where(
                col(DiaperMovement.household_id) == self.unit.household, col(DiaperMovement.size) == size
            )
        ).all()
        for row in rows:
            day = row.at.astimezone(ZoneInfo(zone)).date()
            if row.reason == DELIVERED:
                delivered[day] += row.quantity
            else:
                used[day] -= row.quantity
        return delivered, used

    def _noted(self) -> set[tuple[UUID | None, str | None]]:
        rows = self.unit.session.exec(
            select(DiaperMovement.order_id, DiaperMovement.sku_id).where(
                col(DiaperMovement.household_id) == self.unit.household,
                col(DiaperMovement.reason) == DELIVERED,
            )
        ).all()
        return {(order_id, sku_id) for order_id, sku_id in rows}

    def _delivered_lines(self, packs: Collection[str]) -> list[tuple[OrderLine, Order, datetime]]:
        """Lines of delivered orders with the moment they arrived; imported orders by the time of purchase."""
        household = self.unit.household
        arrived = dict(
            self.unit.session.exec(
                select(Delivery.order_id, Delivery.delivered_at).where(
                    col(Delivery.household_id) == household, col(Delivery.delivered_at).is_not(None)
                )
            ).all()
        )
        rows = self.unit.session.exec(
            select(OrderLine, Order).where(
                col(OrderLine.household_id) == household,
                col(Order.household_id) == household,
                col(OrderLine.order_id) == col(Order.id),
                col(OrderLine.sku_id).in_(packs),
                col(OrderLine.hidden).is_(False),
                col(Order.state) == "delivered",
            )
        ).all()
        return [(line, order, arrived.get(order.id) or order.placed_at) for line, order in rows]

    def _move(
        self,
        size: str,
        quantity: int,
        reason: str,
        at: datetime,
        *,
        order_id: UUID | None = None,
        sku_id: str | None = None,
        entry_id: UUID | None = None,
    ) -> None:
        self.unit.session.add(
            DiaperMovement(
                household_id=self.unit.household,
                id=new_id(),
                size=size,
                quantity=quantity,
                reason=reason,
                at=at,
                order_id=order_id,
                sku_id=sku_id,
                entry_id=entry_id,
            )
        )
