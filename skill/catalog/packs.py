"""Larger packs of the same thing, compared by unit price in whole numbers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from skill.catalog.index import CatalogIndex, SkuFacts


@dataclass(frozen=True)
class LargerPack:
    """A larger pack of the same product and how many whole percent less its unit costs (from 1)."""

    sku: SkuFacts
    percent: int


def saving_percent(pack: SkuFacts, larger: SkuFacts, cents: Mapping[str, int]) -> int:
    """By how many whole percent a unit of `larger` costs less than one of `pack`; 0 when it does not.

    0 too where the two are not larger and smaller packs of one product in one size and unit, and below one
    percent. The share is rounded down, so that no more is promised than is saved.
    """
    same = (pack.product_id, pack.size, pack.pack_unit) == (larger.product_id, larger.size, larger.pack_unit)
    if not same or larger.pack_size <= pack.pack_size or not cents.get(pack.sku_id):
        return 0
    if larger.sku_id not in cents:
        return 0
    here, there = cents[pack.sku_id] * larger.pack_size, cents[larger.sku_id] * pack.pack_size
    return max(0, (here - there) * 100 // here)


def larger_packs(index: CatalogIndex, sku: SkuFacts) -> list[SkuFacts]:
    """The larger packs of the same product in the same size and unit."""
    packs = [index.skus[one] for one in index.by_product.get(sku.product_id, [])]
    return [
        one
        for one in packs
        if one.pack_size > sku.pack_size and (one.size, one.pack_unit) == (sku.size, sku.pack_unit)
    ]


def best_saving(pack: SkuFacts, larger: Sequence[SkuFacts], cents: Mapping[str, int]) -> LargerPack | None:
    """The one of `larger` that saves most on each unit; None when none does."""
    saving = [LargerPack(one, percent) for one in larger if (percent := saving_percent(pack, one, cents))]
    return min(saving, key=lambda one: (-one.percent, one.sku.pack_size, one.sku.sku_id), default=None)


def packs_for(quantity: int, pack: SkuFacts, larger: SkuFacts) -> int:
    """How many of the larger pack hold at least what `quantity` of the smaller one do."""
    return -(-quantity * pack.pack_size // larger.pack_size)
