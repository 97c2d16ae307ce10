"""Category questions: what is read out of the words, what fits, in which order, and what narrows them."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skill.catalog.discovery import Wishes, amount_cents, choices, fitting, question, ranked, read_wishes
from skill.catalog.index import CatalogIndex, SkuFacts
from skill.catalog.packs import best_saving, packs_for, saving_percent


def sku(name: str, product: str = "p", **facts: object) -> SkuFacts:
    """A SKU called `name` of a product."""
    known: dict[str, object] = {"size": "", "pack_size": 1, "pack_unit": "count", "brand": "", **facts}
    return SkuFacts(
        sku_id=name,
        product_id=product,
        seller_id="shop",
        need="diapers",
        name=name,
        product_name=product,
        tax_bp=0,
        size=str(known["size"]),
        pack_size=int(str(known["pack_size"])),
        pack_unit=str(known["pack_unit"]),
        brand=str(known["brand"]),
        sponsored=bool(known.get("sponsored")),
    )


DIAPERS = (
    sku("s3-26", "softleaf", size="3", pack_size=26, brand="Softleaf"),
    sku("s3-62", "softleaf", size="3", pack_size=62, brand="Softleaf"),
    sku("s4-54", "softleaf", size="4", pack_size=54, brand="Softleaf"),
    sku("b3-58", "snugglebrook", size="3", pack_size=58, brand="Snugglebrook"),
)
CENTS = {"s3-26": 999, "s3-62": 2199, "s4-54": 2199, "b3-58": 2549}
INDEX = CatalogIndex(
    {one.sku_id: one for one in DIAPERS}, [], {"diaper": "diapers", "windeln": "diapers", "windel": "diapers"}
)


def ids(skus: Sequence[SkuFacts]) -> list[str]:
    return [one.sku_id for one in skus]


@pytest.mark.parametrize(
    ("language", "said", "read"),
    [
        ("en", "diapers", Wishes("diapers")),
        ("en", "diapers in size three from Snugglebrook", Wishes("diapers", "3", "Snugglebrook")),
        ("en", "some diapers from snugglebruck", Wishes("diapers", brand="Snugglebrook")),
        ("en", "softleaf diapers", Wishes("diapers", brand="Softleaf")),
        ("en", "newborn diapers", Wishes("diapers", "newborn")),
        ("en", "diapers under ten dollars", Wishes("diapers", most_hundredths=1000, currency="USD")),
        ("en", "diapers for less than $9.50", Wishes("diapers", most_hundredths=950)),
        (
            "en",
            "diapers below four dollars and fifty cents",
            Wishes("diapers", most_hundredths=450, currency="USD"),
        ),
        ("en", "cheap diapers", Wishes("diapers", cheap=True)),
        ("en", "diapers from Nobody", Wishes("diapers", brand="nobody")),
        ("de", "Windeln in Größe drei von Softleaf", Wishes("windeln", "3", "Softleaf")),
        (
            "de",
            "günstige Windeln bis zehn Euro",
            Wishes("windeln", most_hundredths=1000, currency="EUR", cheap=True),
        ),
        ("de", "Windeln für unter 9,50 Dollar", Wishes("windeln", most_hundredths=950, currency="USD")),
    ],
)
def test_a_category_question_is_parted_into_the_thing_and_what_it_must_be(
    language: str, said: str, read: Wishes
) -> None:
    assert read_wishes(said, INDEX, language) == read


def test_words_that_are_no_constraint_stay_part_of_the_thing() -> None:
    assert read_wishes("letters from home", INDEX, "en").words == "letters from home"
    assert read_wishes("under the sea", INDEX, "en").words == "under the sea"


@pytest.mark.parametrize("said", ["", "?", "0", "-3", "many", "12345678"])
def test_what_is_no_amount_of_money_is_no_budget(said: str) -> None:
    assert amount_cents(said) is None


@given(st.text(max_size=60))
def test_any_words_can_be_read(said: str) -> None:
    wishes = read_wishes(said, INDEX, "en")
    assert wishes.most_hundredths is None or wishes.most_hundredths > 0


def test_only_what_is_all_that_was_asked_for_fits() -> None:
    wishes = Wishes("diapers", "3", most_hundredths=2199)
    assert ids(fitting(DIAPERS, wishes, CENTS, "USD")) == ["s3-26", "s3-62"]
    assert fitting(DIAPERS, replace(wishes, brand="Snugglebrook"), CENTS, "USD") == []
    assert fitting(DIAPERS, Wishes("diapers"), {}, "USD") == []


@pytest.mark.parametrize(("currency", "most"), [("USD", 1050), ("JPY", 10), ("KWD", 10_500)])
def test_a_budget_is_compared_in_the_minor_units_of_its_currency(currency: str, most: int) -> None:
    assert Wishes(most_hundredths=1050).most_cents(currency) == most


def test_own_purchases_come_first_then_ratings_then_prices() -> None:
    scores = {"snugglebrook": 2, "softleaf": 1}
    assert ids(ranked(DIAPERS, ["s4-54"], CENTS, scores)) == ["s4-54", "b3-58", "s3-26", "s3-62"]
    assert ids(ranked(DIAPERS, ["s4-54"], CENTS, scores, cheap=True))[0] == "s3-26"


def test_the_second_choice_is_the_larger_pack_that_saves_else_another_product_of_that_size() -> None:
    assert ids(choices(ranked(DIAPERS, [], CENTS, {}), CENTS)) == ["s3-26", "s3-62"]
    assert ids(choices(ranked(DIAPERS, ["s3-62"], CENTS, {}), CENTS)) == ["s3-62", "b3-58"]
    assert ids(choices(DIAPERS[:1], CENTS)) == ["s3-26"]


def test_one_question_narrows_by_size_else_brand_else_price() -> None:
    assert question(DIAPERS, Wishes("diapers")) == "size"
    assert question(DIAPERS[:2] + DIAPERS[3:], Wishes("diapers", "3")) == "brand"
    assert question(DIAPERS[:2], Wishes("diapers", "3", "Softleaf")) == "budget"


flags = st.lists(st.booleans(), min_size=len(DIAPERS), max_size=len(DIAPERS))


@given(flags, st.permutations(ids(DIAPERS)), st.integers(0, 4), st.booleans())
def test_who_pays_for_a_place_never_moves_anything(
    sponsored: list[bool], own: list[str], bought: int, cheap: bool
) -> None:
    flagged = [replace(one, sponsored=flag) for one, flag in zip(DIAPERS, sponsored, strict=True)]
    plain = ranked(DIAPERS, own[:bought], CENTS, {"softleaf": 1}, cheap=cheap)
    paid = ranked(flagged, own[:bought], CENTS, {"softleaf": 1}, cheap=cheap)
    assert ids(paid) == ids(plain)
    assert ids(choices(paid, CENTS)) == ids(choices(plain, CENTS))
    assert question(paid, Wishes()) == question(plain, Wishes())


cents = st.integers(1, 10_000)
sizes = st.integers(1, 500)


@given(cents, sizes, cents, sizes)
def test_a_larger_pack_is_offered_only_where_its_unit_costs_less_and_never_promises_more(
    small_cents: int, small: int, large_cents: int, large: int
) -> None:
    pack, larger = sku("small", pack_size=small), sku("large", pack_size=large)
    prices = {"small": small_cents, "large": large_cents}
    percent = saving_percent(pack, larger, prices)
    found = best_saving(pack, [larger], prices)
    assert (found is not None) == (percent > 0)
    if percent:
        assert large > small
        assert large_cents * small * 100 <= small_cents * large * (100 - percent)
    elif large > small:
        assert large_cents * small * 100 > small_cents * large * 99


@pytest.mark.parametrize(
    "other",
    [
        sku("o", "another", pack_size=100),
        sku("o", size="4", pack_size=100),
        sku("o", pack_size=100, pack_unit="ml"),
    ],
    ids=["another product", "another size", "another unit"],
)
def test_only_packs_of_the_same_thing_are_compared(other: SkuFacts) -> None:
    assert saving_percent(sku("s", size="3", pack_size=10), other, {"s": 1000, "o": 1000}) == 0


@given(st.integers(1, 99), sizes, sizes)
def test_larger_packs_hold_at_least_as_much(quantity: int, small: int, large: int) -> None:
    pack, larger = sku("small", pack_size=small), sku("large", pack_size=small + large)
    packs = packs_for(quantity, pack, larger)
    assert packs * larger.pack_size >= quantity * small
    assert (packs - 1) * larger.pack_size < quantity * small
