"""What may take the place of a thing that is out of stock: hard constraints first, then the nearest."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from skill.catalog.index import SkuFacts
from skill.orders.rules import MAX_SPOKEN_QUANTITY

FORMULA = frozenset({"formula", "ready-to-feed-formula"})
"""Kinds of things of which another product is one too only if both kinds are known and the same."""
FED_TO_BABIES = FORMULA | {"baby-food", "baby-cereal", "baby-snacks"}
"""Kinds of things that no stored preference replaces without asking."""


@dataclass(frozen=True)
class Candidate:
    """A SKU that may take the place, with today's price of one in minor units, and how many of it."""

    sku: SkuFacts
    price_cents: int
    quantity: int


def may_replace(wanted: SkuFacts, other: SkuFacts) -> bool:
    """Whether `other` may be offered for `wanted` at all; nobody's preference overrules this.

    The same kind of thing from the same seller, in the same size (stage, for formula), of the same kind,
    with no allergen that `wanted` has not, and free from all that `wanted` is free from. What a merchant
    does not declare counts as unknown, and unknown is never taken for harmless.
    """
    return (
        other.sku_id != wanted.sku_id
        and (other.seller_id, other.need, other.size) == (wanted.seller_id, wanted.need, wanted.size)
        and wanted.need != ""
        and _same_kind(wanted, other)
        and _adds_no_allergen(wanted, other)
        and free_from(wanted) <= free_from(other)
    )


def asks_always(wanted: SkuFacts, other: SkuFacts) -> bool:
    """Whether a yes of its own is needed even where the household always wants `other`.

    So it is for all that has a size, a stage or a kind, for what babies are fed, and where allergens or
    what a thing is free from could matter.
    """
    return (
        bool(wanted.size or kind(wanted) or free_from(wanted))
        or wanted.need in FED_TO_BABIES
        or allergens(wanted) != allergens(other)
    )


def kind(sku: SkuFacts) -> str:
    """What nothing of another kind can stand in for, as "soy" of formula; empty for most things."""
    return str(sku.facts.get("kind", ""))


def free_from(sku: SkuFacts) -> frozenset[str]:
    """What the SKU promises to be without, as {"lactose"}."""
    return _names(sku.facts.get("free_from"))


def allergens(sku: SkuFacts) -> frozenset[str] | None:
    """What the SKU declares to hold; None when its merchant declares nothing."""
    declared = sku.facts.get("allergens")
    return None if declared is None else _names(declared)


def packs_instead(wanted: SkuFacts, quantity: int, other: SkuFacts) -> int:
    """How many packs of `other` come nearest to the amount wanted; the same number where it is not known."""
    if wanted.pack_unit != other.pack_unit or wanted.pack_size < 1 or other.pack_size < 1:
        return quantity
    nearest = (2 * quantity * wanted.pack_size + other.pack_size) // (2 * other.pack_size)
    return min(max(nearest, 1), MAX_SPOKEN_QUANTITY)


def percent_more(wanted: SkuFacts, cents: int, other: SkuFacts, other_cents: int) -> int | None:
    """By how many percent the same amount costs more (negative: less), to the nearest whole percent.

    None where the two are not measured alike or have no price. Exact integers: a half rounds up.
    """
    if wanted.pack_unit != other.pack_unit or min(cents, wanted.pack_size, other.pack_size) < 1:
        return None
    now, was = other_cents * wanted.pack_size, cents * other.pack_size
    return (200 * (now - was) + was) // (2 * was)


def nearest_first(wanted: SkuFacts, candidates: Iterable[Candidate], own: Sequence[str]) -> list[Candidate]:
    """Candidates by product, brand, what the household bought last, price of the amount, and pack size.

    `own` are the SKUs that the household bought, the most recent first. Those that may not replace it are
    left out.
    """

    def key(one: Candidate) -> tuple[object, ...]:
        sku = one.sku
        alike = sku.pack_unit == wanted.pack_unit and sku.pack_size > 0
        return (
            sku.product_id != wanted.product_id,
            sku.brand != wanted.brand,
            own.index(sku.sku_id) if sku.sku_id in own else len(own),
            not alike,
            Fraction(one.price_cents, sku.pack_size) if alike else Fraction(one.price_cents),
            abs(sku.pack_size - wanted.pack_size),
            sku.sku_id,
        )

    return sorted((one for one in candidates if may_replace(wanted, one.sku)), key=key)


def _same_kind(wanted: SkuFacts, other: SkuFacts) -> bool:
    if wanted.product_id == other.product_id:
        return True
    return kind(wanted) == kind(other) and (wanted.need not in FORMULA or kind(wanted) != "")


def _adds_no_allergen(wanted: SkuFacts, other: SkuFacts) -> bool:
    """An undeclared one may hold anything, so nothing undeclared stands in for what is declared."""
    ours, theirs = allergens(wanted), allergens(other)
    if ours is None or theirs is None:
        return ours == theirs or theirs == frozenset()
    return theirs <= ours


def _names(values: object) -> frozenset[str]:
    return frozenset(str(value) for value in values) if isinstance(values, list | tuple) else frozenset()
