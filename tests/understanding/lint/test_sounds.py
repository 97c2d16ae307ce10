"""Words that are spoken alike have one key; those that are not do not."""

import pytest

from skill.understanding.lint.sounds import key_of


@pytest.mark.parametrize(
    ("left", "right", "language"),
    [
        ("knights write", "nights right", "en"),
        ("cereal", "serial", "en"),
        ("meat", "meet", "en"),
        ("fish", "phish", "en"),
        ("wipes", "wypes", "en"),
        ("ice cream", "i scream", "en"),
        ("Saite", "Seite", "de"),
        ("Rad", "Rat", "de"),
        ("Mehl", "Mel", "de"),
        ("Fase", "Phase", "de-DE"),
    ],
)
def test_words_that_sound_alike_share_a_key(left: str, right: str, language: str) -> None:
    assert key_of(left, language) == key_of(right, language) != ""


@pytest.mark.parametrize(
    ("left", "right", "language"),
    [
        ("wipes", "pipes", "en"),
        ("milk", "mint", "en"),
        ("aa batteries", "aaa batteries", "en"),
        ("Brot", "Brett", "de"),
        ("Milch", "Mehl", "de"),
    ],
)
def test_words_that_sound_different_do_not(left: str, right: str, language: str) -> None:
    assert key_of(left, language) != key_of(right, language)


@pytest.mark.parametrize(("text", "language"), [("size 4", "en"), ("tea", "en"), ("", "en"), ("lait", "fr")])
def test_nothing_is_said_of_digits_short_words_and_other_languages(text: str, language: str) -> None:
    assert key_of(text, language) == ""
