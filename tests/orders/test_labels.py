"""Names of lists and buttons: how they are kept, and which one is meant."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skill.orders.labels import LONGEST_LABEL, label, meant

LIST, LISTE = frozenset({"list"}), frozenset({"liste"})
words = st.text(st.characters(categories=["Ll", "Lu", "Zs"]), max_size=60)


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("Baby Stuff", "baby stuff"),
        ("my baby list", "baby"),
        ("the list", ""),
        ("list called party", "party"),
    ],
)
def test_articles_and_the_noun_are_no_part_of_an_english_name(said: str, kept: str) -> None:
    assert label(said, "en", LIST) == kept


@pytest.mark.parametrize(
    ("said", "kept"),
    [("die Babyliste", "baby"), ("Liste Baby", "baby"), ("Baby-Liste", "baby"), ("die Liste", "")],
)
def test_a_german_noun_is_taken_off_the_word_it_ends(said: str, kept: str) -> None:
    assert label(said, "de", LISTE) == kept


@given(words)
def test_a_kept_name_fits_its_column_and_is_kept_as_itself(said: str) -> None:
    kept = label(said, "en", LIST)
    assert len(kept) <= LONGEST_LABEL
    assert kept == kept.strip()


def test_a_part_of_a_name_means_it_where_no_other_has_it() -> None:
    assert meant("baby", ["baby stuff", "weekend"]) == "baby stuff"
    assert meant("baby", ["baby stuff", "baby food"]) is None
    assert meant("baby", ["baby stuff", "baby"]) == "baby"


def test_a_misheard_letter_is_forgiven_and_another_word_is_not() -> None:
    assert meant("week end", ["weekend", "party"]) == "weekend"
    assert meant("garden", ["weekend", "party"]) is None
    assert meant("", ["weekend"]) is None
    assert meant("party", []) is None
