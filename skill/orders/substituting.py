"""Finds what can take the place of something out of stock, and keeps what the household prefers."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, select

from skill.catalog.index import SkuFacts
from skill.catalog.service import Catalog
from skill.orders.history import History
from skill.orders.ports import Item, Offer, OfferedLine
from skill.orders.substitutes import (
    Candidate,
    asks_always,
    may_replace,
    nearest_first,
    packs_instead,
    percent_more,
)
from skill.orders.substitution_models import SubstitutionPreference
from skill.storage.database import Unit

ALWAYS, NEVER = "always", "never"
MOST_ASKED_FOR = 12
"""So many candidates at most is the shop asked about."""

Ask = Callable[[Sequence[Item]], list[Offer]]
"""Today's offers for items; raises SpokenError when a shop does not answer."""
Declined = Collection[tuple[str, str]]
"""Pairs of a SKU that is out of stock and one that was offered in its place and refused."""


@dataclass(frozen=True)
class Substitute:
    """What may be taken instead: `price_cents` for one, `percent` more (or less) for the same amount.

    With the SKU that was wanted itself it means fewer of it. `unasked` says that the household always wants
    it so, and nothing stands against that.
    """

    item: Item
    name: str
    pack_unit: str
    price_cents: int
    currency: str
    percent: int | None
    unasked: bool = False
    sponsored: bool = False


@dataclass(frozen=True)
class Lack:
    """One thing that is short: `left` of it are there, and what may be taken instead, if anything.

    `never` says that the household wants nothing in its place.
    """

    sku_id: str
    left: int
    substitute: Substitute | None = None
    never: bool = False


class Substituting:
    """What the unit's household can and wants to have instead."""

    def __init__(self, unit: Unit, catalog: Catalog, history: History) -> None:
        self.unit = unit
        self._catalog = catalog
        self._history = history

    # --- what is preferred

    def preferences(self) -> Sequence[SubstitutionPreference]:
        """Every stored preference, the oldest first."""
        return self.unit.session.exec(
            select(SubstitutionPreference)
            .where(col(SubstitutionPreference.household_id) == self.unit.household)
            .order_by(col(SubstitutionPreference.set_at), col(SubstitutionPreference.product_id))
        ).all()

    def preference(self, product_id: str) -> SubstitutionPreference | None:
        """What is preferred for one product."""
        return next((one for one in self.preferences() if one.product_id == product_id), None)

    def prefer(self, product_id: str, mode: str, other_product_id: str, at: datetime) -> None:
        """Keep a preference, in the place of an older one for the same product."""
        one = self.preference(product_id) or SubstitutionPreference(
            household_id=self.unit.household, product_id=product_id, mode=mode, set_at=at
        )
        one.mode, one.other_product_id, one.set_at = mode, other_product_id, at
        self.unit.session.add(one)
        self.unit.session.flush()

    def forget(self, product_id: str) -> bool:
        """Forget what is preferred for a product; False when nothing was."""
        one = self.preference(product_id)
        if one is not None:
            self.unit.session.delete(one)
        return one is not None

    # --- what there is

    def lack(
        self, line: OfferedLine, currency: str, language: str, ask: Ask, declined: Declined = ()
    ) -> Lack:
        """What to do about a line that is short: fewer of it first, then the best thing in its place."""
        left, wanted = line.available or 0, self._catalog.sku(line.sku_id, language)
        preferred = self.preference(wanted.product_id) if wanted else None
        never = preferred is not None and preferred.mode == NEVER
        if wanted is None:
            return Lack(line.sku_id, left)
        if left > 0 and (line.sku_id, line.sku_id) not in declined:
            fewer = Item(line.sku_id, left)
            offered = Substitute(fewer, wanted.name, wanted.pack_unit, line.price_cents, currency, None)
            return Lack(line.sku_id, left, offered, never)
        refused = any(short == line.sku_id != offered for short, offered in declined)
        if never or refused:
            return Lack(line.sku_id, left, None, never)
        other = preferred.other_product_id if preferred else ""
        return Lack(line.sku_id, left, self._best(wanted, line, currency, language, ask, other))

    def _best(
        self, wanted: SkuFacts, line: OfferedLine, currency: str, language: str, ask: Ask, other: str
    ) -> Substitute | None:
        """The preferred product `other` if it can be had, else the nearest."""
        candidates = self._in_stock(wanted, line.quantity, language, ask, other)
        ranked = nearest_first(wanted, candidates, self._history.own_skus())
        of_choice = [one for one in ranked if one.sku.product_id == other]
        best = next(iter([*of_choice, *ranked]), None)
        if best is None:
            return None
        return Substitute(
            Item(best.sku.sku_id, best.quantity),
            best.sku.name,
            best.sku.pack_unit,
            best.price_cents,
            currency,
            percent_more(wanted, line.price_cents, best.sku, best.price_cents),
            unasked=bool(of_choice) and not asks_always(wanted, best.sku),
            sponsored=best.sku.sponsored,
        )

    def _in_stock(
        self, wanted: SkuFacts, quantity: int, language: str, ask: Ask, other: str
    ) -> list[Candidate]:
        """What may replace it and can be had now in the amount wanted."""
        index = self._catalog.index(language)
        fitting = [index.skus[sku] for sku in index.by_need.get(wanted.need, [])]
        fitting = [sku for sku in fitting if may_replace(wanted, sku)]
        fitting.sort(
            key=lambda sku: (
                sku.product_id != other,
                sku.product_id != wanted.product_id,
                sku.brand != wanted.brand,
                abs(sku.pack_size - wanted.pack_size),
            )
        )
        skus = {sku.sku_id: sku for sku in fitting[:MOST_ASKED_FOR]}
        if not skus:
            return []
        offers = ask([Item(one.sku_id, packs_instead(wanted, quantity, one)) for one in skus.values()])
        lines = [line for offer in offers for line in offer.lines]
        return [Candidate(skus[line.sku_id], line.price_cents, line.quantity) for line in lines]
