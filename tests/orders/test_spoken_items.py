"""How many of what was said, and which numbers belong to the product."""

import pytest

from skill.orders.spoken_items import Wanted, as_json, from_json, read


@pytest.mark.parametrize(
    ("value", "language", "expected"),
    [
        ("oat milk", "en", Wanted("oat milk")),
        ("an oat milk", "en", Wanted("oat milk", 1)),
        ("a pack of diapers", "en", Wanted("diapers", 1)),
        ("12 packs of toilet paper", "en", Wanted("toilet paper", 12, in_packs=True)),
        ("12 rolls of toilet paper", "en", Wanted("toilet paper", 12)),
        ("half a dozen eggs", "en", Wanted("eggs", 6)),
        ("zwölf packungen windeln", "de", Wanted("windeln", 12, in_packs=True)),
        ("another pack of diapers", "en", Wanted("diapers", 1)),
        ("a few oat milks", "en", Wanted("oat milks")),
        ("three boxes of spaghetti", "en", Wanted("spaghetti", 3, in_packs=True)),
        ("a dozen eggs", "en", Wanted("eggs", 12)),
        ("two percent milk", "en", Wanted("two percent milk")),
        ("2% milk", "en", Wanted("2% milk")),
        ("12 pack of toilet paper", "en", Wanted("toilet paper", 1, 12)),
        ("a twelve pack of toilet paper", "en", Wanted("toilet paper", 1, 12)),
        ("eine packung windeln", "de", Wanted("windeln", 1, in_packs=True)),
        ("noch eine hafermilch", "de", Wanted("hafermilch", 1)),
        ("zwölferpack toilettenpapier", "de", Wanted("toilettenpapier", 1, 12)),
        ("12er-Pack Toilettenpapier", "de", Wanted("Toilettenpapier", 1, 12)),
        ("ein paar eier", "de", Wanted("eier")),
        ("3,5 prozent milch", "de", Wanted("3,5 prozent milch")),
    ],
)
def test_words_are_read_as_a_thing_and_how_many(value: str, language: str, expected: Wanted) -> None:
    assert read(value, language) == expected


def test_a_number_heard_before_the_product_counts_unless_it_belongs_to_it() -> None:
    assert read("oat milk", "en", "3") == Wanted("oat milk", 3)
    assert read("2 percent milk", "en", "3") == Wanted("2 percent milk", 3)
    assert read("percent milk", "en", "2") == Wanted("2 percent milk")
    assert read("pack of toilet paper", "en", "12") == Wanted("toilet paper", 1, 12)


def test_what_waits_in_a_session_comes_back_as_it_was() -> None:
    things = [Wanted("eggs", 12, in_packs=True), Wanted("toilet paper", 1, 24), Wanted("milk")]
    assert from_json(as_json(things)) == things
    assert from_json([["eggs"], "x", 3, ["milk", "two", None]]) == []
