"""Which of the offered SKUs an answer to "which one?" means, in English and German."""

from collections.abc import Sequence

import pytest

from skill.catalog.index import SkuFacts
from skill.orders.choosing import chosen
from skill.orders.resolving import packs

PRICES = {"small": 999, "large": 2299}


def sku(sku_id: str, name: str, pack_size: int, *, unit: str = "count", size: str = "") -> SkuFacts:
    """A SKU that only its pack, its name and its size tell from others."""
    return SkuFacts(sku_id, "diapers", "shop", "diapers", name, "Diapers", size, pack_size, unit, 0)


TWO = (sku("large", "Diapers, pack of 74", 74), sku("small", "Diapers, pack of 28", 28))


def ids(answer: str, options: Sequence[SkuFacts] = TWO, language: str = "en") -> list[str]:
    """The ids of what the answer means."""
    return [one.sku_id for one in chosen(answer, options, language, lambda one: PRICES.get(one.sku_id))]


@pytest.mark.parametrize(
    ("answer", "language", "expected"),
    [
        ("the first one", "en", "large"),
        ("the second", "en", "small"),
        ("the latter", "en", "small"),
        ("number two", "en", "small"),
        ("the cheaper one", "en", "small"),
        ("the more expensive one", "en", "large"),
        ("the bigger pack", "en", "large"),
        ("the smaller one", "en", "small"),
        ("the pack of 28", "en", "small"),
        ("das erste", "de", "large"),
        ("die zweite", "de", "small"),
        ("nummer zwei", "de", "small"),
        ("die günstigere", "de", "small"),
        ("die teurere", "de", "large"),
        ("die größere packung", "de", "large"),
        ("die kleinere", "de", "small"),
    ],
)
def test_an_answer_chooses_by_place_price_pack_or_name(answer: str, language: str, expected: str) -> None:
    assert ids(answer, language=language) == [expected]


@pytest.mark.parametrize(("answer", "language"), [("both", "en"), ("both of them", "en"), ("beide", "de")])
def test_both_means_both(answer: str, language: str) -> None:
    assert ids(answer, language=language) == ["large", "small"]


@pytest.mark.parametrize("answer", ["", "purple elephants", "number three", "the third one"])
def test_what_is_none_of_the_options_chooses_nothing(answer: str) -> None:
    assert ids(answer) == []


def test_packs_of_the_same_size_or_of_other_units_have_no_bigger_one() -> None:
    assert ids("the bigger one", (TWO[0], sku("twin", "Diapers twin", 74))) == []
    assert ids("the bigger one", (TWO[0], sku("liquid", "Diaper rinse", 900, unit="ml"))) == []


def test_without_prices_nothing_is_cheaper() -> None:
    assert chosen("the cheaper one", TWO, "en", lambda _one: None) == []


@pytest.mark.parametrize(
    ("said", "pack_size", "unit", "expected"),
    [
        (12, 12, "count", 1),
        (24, 12, "count", 2),
        (2, 12, "count", 2),
        (12, 74, "count", 12),
        (64, 64, "ml", 64),
    ],
)
def test_pieces_are_told_from_packs(said: int, pack_size: int, unit: str, expected: int) -> None:
    assert packs(sku("eggs", "Eggs", pack_size, unit=unit), said) == expected
    assert packs(sku("eggs", "Eggs", pack_size, unit=unit), said, in_packs=True) == said
