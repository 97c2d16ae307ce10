"""What may take the place of something: no hard constraint is ever broken, and the nearest comes first."""

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skill.catalog.index import SkuFacts
from skill.orders.rules import MAX_SPOKEN_QUANTITY
from skill.orders.substitutes import (
    FED_TO_BABIES,
    FORMULA,
    Candidate,
    asks_always,
    may_replace,
    nearest_first,
    packs_instead,
    percent_more,
)


def sku(sku_id: str = "A", **changes: Any) -> SkuFacts:
    plain = SkuFacts(
        sku_id=sku_id,
        product_id=f"product-{sku_id}",
        seller_id="corner-shop",
        need="oat-milk",
        name=sku_id,
        product_name=sku_id,
        size="",
        pack_size=1000,
        pack_unit="ml",
        tax_bp=0,
        facts={"allergens": ["gluten"]},
        brand="Oatmere",
    )
    return replace(plain, **changes)


@st.composite
def facts(draw: st.DrawFn) -> Mapping[str, Any]:
    some = st.lists(st.sampled_from(["milk", "soy", "gluten", "lactose"]), max_size=2, unique=True)
    found: dict[str, Any] = {"free_from": draw(some)}
    if draw(st.booleans()):
        found["allergens"] = draw(some)
    if draw(st.booleans()):
        found["kind"] = draw(st.sampled_from(["standard", "soy"]))
    return found


skus = st.builds(
    sku,
    st.sampled_from(["A", "B", "C", "D"]),
    product_id=st.sampled_from(["p", "q", "r"]),
    seller_id=st.sampled_from(["corner-shop", "green-pantry"]),
    need=st.sampled_from(["formula", "diapers", "milk", ""]),
    brand=st.sampled_from(["One", "Two"]),
    size=st.sampled_from(["", "1", "2"]),
    pack_size=st.integers(1, 3000),
    pack_unit=st.sampled_from(["ml", "count"]),
    facts=facts(),
)


@given(skus, skus)
def test_a_hard_constraint_is_never_broken(wanted: SkuFacts, other: SkuFacts) -> None:
    if not may_replace(wanted, other):
        return
    assert (other.seller_id, other.need, other.size) == (wanted.seller_id, wanted.need, wanted.size)
    assert set(wanted.facts["free_from"]) <= set(other.facts["free_from"])
    if "allergens" in other.facts and "allergens" in wanted.facts:
        assert set(other.facts["allergens"]) <= set(wanted.facts["allergens"])
    if "allergens" in wanted.facts:
        assert "allergens" in other.facts
    if other.product_id != wanted.product_id:
        assert other.facts.get("kind") == wanted.facts.get("kind")
        assert wanted.need not in FORMULA or wanted.facts["kind"]


@given(skus, st.lists(st.builds(Candidate, skus, st.integers(1, 5000), st.integers(1, 9)), max_size=6))
def test_only_what_may_replace_is_ranked_and_its_own_product_comes_first(
    wanted: SkuFacts, candidates: list[Candidate]
) -> None:
    ranked = nearest_first(wanted, candidates, [])
    assert all(may_replace(wanted, one.sku) for one in ranked)
    assert len(ranked) == sum(may_replace(wanted, one.sku) for one in candidates)
    own = [one.sku.product_id == wanted.product_id for one in ranked]
    assert own == sorted(own, reverse=True)


@pytest.mark.parametrize(
    "other",
    [
        sku("B", need="milk"),
        sku("B", seller_id="green-pantry"),
        sku("B", size="2"),
        sku("B", facts={"allergens": ["gluten", "milk"]}),
        sku("B", facts={}),
        sku("B", facts={"allergens": ["gluten"], "kind": "barista"}),
        sku("A"),
    ],
)
def test_another_kind_seller_size_or_allergen_takes_no_place(other: SkuFacts) -> None:
    assert not may_replace(sku("A"), other)


def test_what_is_free_from_something_is_replaced_by_nothing_that_holds_it() -> None:
    without = {"allergens": ["milk"], "free_from": ["lactose"]}
    assert not may_replace(sku("A", facts=without), sku("B", facts={"allergens": ["milk"]}))
    assert may_replace(sku("A", facts={"allergens": ["milk"]}), sku("B", facts=without))


def test_formula_of_a_kind_that_nobody_declared_is_replaced_by_its_own_product_only() -> None:
    formula = sku("A", need="formula", size="1")
    assert not may_replace(formula, sku("B", need="formula", size="1"))
    assert may_replace(formula, sku("B", need="formula", size="1", product_id=formula.product_id))


@pytest.mark.parametrize("need", sorted(FED_TO_BABIES))
def test_what_babies_are_fed_is_always_asked_about(need: str) -> None:
    assert asks_always(sku("A", need=need), sku("B", need=need))


@pytest.mark.parametrize(
    ("wanted", "asks"),
    [
        (sku("A"), False),
        (sku("A", size="4"), True),
        (sku("A", facts={"allergens": ["gluten", "nuts"]}), True),
        (sku("A", facts={"allergens": ["gluten"], "free_from": ["sugar"]}), True),
    ],
)
def test_sizes_and_allergens_are_asked_about_whatever_is_preferred(wanted: SkuFacts, asks: bool) -> None:
    assert asks_always(wanted, sku("B", size=wanted.size)) is asks


def test_the_nearest_is_the_product_then_the_brand_then_what_was_bought_then_the_cheapest() -> None:
    wanted = sku("A", product_id="original")
    pack = Candidate(sku("P", product_id="original", pack_size=500), 400, 2)
    bought = Candidate(sku("Q"), 399, 1)
    cheap, dear = Candidate(sku("R"), 250, 1), Candidate(sku("S"), 300, 1)
    other = Candidate(sku("T", brand="Greenwhistle"), 100, 1)
    counted = Candidate(sku("U", pack_unit="count", pack_size=4), 10, 1)
    found = nearest_first(wanted, [other, dear, counted, cheap, bought, pack], ["Q"])
    assert [one.sku.sku_id for one in found] == ["P", "Q", "R", "S", "U", "T"]


@given(st.integers(1, 20), st.integers(1, 3000), st.integers(1, 3000))
def test_so_many_packs_come_nearest_to_the_amount(quantity: int, size: int, other_size: int) -> None:
    packs = packs_instead(sku("A", pack_size=size), quantity, sku("B", pack_size=other_size))
    assert 1 <= packs <= MAX_SPOKEN_QUANTITY
    for near in (packs - 1, packs + 1):
        if 1 <= near <= MAX_SPOKEN_QUANTITY:
            off = abs(near * other_size - quantity * size)
            assert abs(packs * other_size - quantity * size) <= off


def test_where_amounts_cannot_be_compared_so_many_packs_are_taken() -> None:
    assert packs_instead(sku("A"), 3, sku("B", pack_unit="count", pack_size=4)) == 3
    assert percent_more(sku("A"), 100, sku("B", pack_unit="count"), 100) is None
    assert percent_more(sku("A"), 0, sku("B"), 100) is None


@given(st.integers(1, 9999), st.integers(1, 3000), st.integers(1, 9999), st.integers(1, 3000))
def test_the_percentage_is_that_of_the_exact_unit_prices(
    cents: int, size: int, more: int, other: int
) -> None:
    percent = percent_more(sku("A", pack_size=size), cents, sku("B", pack_size=other), more)
    exact = 100 * (Fraction(more, other) / Fraction(cents, size) - 1)
    assert percent is not None
    assert abs(percent - exact) <= Fraction(1, 2)
