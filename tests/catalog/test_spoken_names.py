"""Printed names and spoken words come down to the same plain words."""

import pytest

from skill.catalog.spoken_names import LONGEST_TEXT, LONGEST_WORD, MOST_WORDS, sound, spelled, words


@pytest.mark.parametrize(
    ("printed", "said"),
    [
        ("SET/10 RED CANDLES", "set ten red candle"),
        ("S/12 BOXES", "s twelve box"),
        ("3D DOG", "three d dogs"),
        ("PACK OF 36", "pack of thirty six"),
        ("100 PARTIES", "one hundred party"),
        ("105 SHELVES", "a hundred five shelf"),
        ("12 EGGS", "a dozen eggs"),
        ("100 CUPS", "hundred cups"),
        ("36 ROLLS", "three dozen rolls"),
        ("6 MUGS", "half a dozen mugs"),
        ("CHILDREN'S CUPS & KNIVES", "childrens cup and knife"),
        ("COOKIES", "cookie"),
        ("GLASSES", "glass"),
        ("BÜRSTE", "buerste"),
        ("CRÈME", "creme"),
        ("007", "7"),
    ],
)
def test_a_printed_name_and_its_saying_are_the_same_words(printed: str, said: str) -> None:
    assert words(printed) == words(said)


def test_only_a_bounded_part_of_a_text_is_looked_at() -> None:
    assert words("a" * 10_000) == ["a" * LONGEST_WORD]
    assert len(words("a b " * 5_000)) == MOST_WORDS
    assert words("x" * LONGEST_TEXT + " milk") == ["x" * LONGEST_WORD]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("flour", "flower"),
        ("hart", "heart"),
        ("tee", "tea"),
        ("read", "red"),
        ("back", "bag"),
        ("lite", "light"),
    ],
)
def test_words_said_alike_share_a_sound(one: str, other: str) -> None:
    assert sound(one) == sound(other) != ""


def test_words_said_apart_have_different_sounds() -> None:
    assert len({sound(word) for word in ("milk", "mug", "tea", "paper", "diaper", "soap")}) == 6


def test_words_beyond_latin_letters_have_no_sound() -> None:
    assert sound("חלב") == sound("12") == ""


@pytest.mark.parametrize(
    ("word", "said"),
    [("7", "seven"), ("36", "thirtysix"), ("120", "onehundredtwenty"), ("5000", "5000"), ("tea", "tea")],
)
def test_numbers_are_spelled_as_said(word: str, said: str) -> None:
    assert spelled(word) == said
