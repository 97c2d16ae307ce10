"""The built-in table of English synonyms is sound, and any table works both ways."""

from skill.catalog.spoken_names import words
from skill.catalog.synonyms import Synonyms, built_in_groups, built_in_synonyms


def test_every_phrase_stands_for_every_other_of_its_group() -> None:
    table = Synonyms({"toilet paper": ["loo rolls", "bathroom tissue"]})
    assert table.of(("loo", "roll")) == (("toilet", "paper"), ("bathroom", "tissue"))
    assert ("loo", "roll") in table.of(("bathroom", "tissue"))
    assert table.longest == 2


def test_no_table_knows_nothing() -> None:
    table = Synonyms({})
    assert (table.of(("nappy",)), table.longest) == ((), 0)


def test_the_built_in_table_has_no_empty_or_repeated_phrase_in_a_group() -> None:
    for canonical, alternatives in built_in_groups():
        phrases = [tuple(words(phrase)) for phrase in (canonical, *alternatives)]
        assert all(phrases), canonical
        assert len(set(phrases)) == len(phrases), canonical


def test_british_and_american_names_of_everyday_things_stand_for_one_another() -> None:
    table = built_in_synonyms()
    for one, other in (
        ("nappies", "diapers"),
        ("loo roll", "toilet paper"),
        ("pop", "soda"),
        ("biscuits", "cookies"),
    ):
        assert tuple(words(one)) in table.of(tuple(words(other)))
