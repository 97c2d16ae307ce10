"""Sentences that sound alike become the same tokens."""

import pytest

from skill.understanding.language import load_language
from skill.understanding.words import MAX_TOKENS, spoken, texts, tokenize


@pytest.mark.parametrize(
    ("code", "one", "other"),
    [
        ("en", "What's the count?", "what is the count"),
        ("en", "whats the count", "what is the count"),
        ("en", "don’t do it", "do not do it"),
        ("en", "track order two", "track order 2"),
        ("en", "twenty-one eggs", "21 eggs"),
        ("en", "the FIRST one", "the 1st one"),
        ("en", "order milk, please. Thank you!", "order milk"),
        ("en", "um order uh milk", "order milk"),
        ("en", "bread & milk", "bread and milk"),
        ("en", "two p.m.", "2 pm"),
        ("en", "1,250", "1250"),
        ("de", "wie geht's", "wie geht es"),
        ("de", "bestelle einundzwanzig eier bitte", "bestelle 21 eier"),
        ("de", "am ersten", "am 1."),
        ("de", "1.250", "1250"),
        ("de", "mu\u0308sli", "müsli"),
    ],
)
def test_what_sounds_alike_compares_equal(code: str, one: str, other: str) -> None:
    language = load_language(code)
    assert texts(tokenize(one, language)) == texts(tokenize(other, language))


@pytest.mark.parametrize("sentence", ["please", "thank you", "um", "please thanks"])
def test_politeness_alone_is_kept(sentence: str) -> None:
    assert tokenize(sentence, load_language("en"))


def test_the_words_are_kept_as_said() -> None:
    tokens = tokenize("Don't buy Leo's 7up, twenty one times", load_language("en"))
    assert spoken(tokens) == "don't buy leo's 7up twenty one times"


def test_a_long_sentence_is_cut() -> None:
    assert len(tokenize("a b c d e f " * 5000, load_language("en"))) == MAX_TOKENS


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Mill & Marrow Oats", ("mill", "and", "marrow", "oats")),
        ("Lactose-Free Milk", ("lactose", "free", "milk")),
        ("Kids' Juice", ("kids", "juice")),
        ("twenty-five dollars off", ("25", "dollars", "off")),
    ],
)
def test_a_name_keeps_its_signs_and_compares_without_them(name: str, said: tuple[str, ...]) -> None:
    tokens = tokenize(name, load_language("en"))
    assert (texts(tokens), spoken(tokens)) == (said, name.lower())
