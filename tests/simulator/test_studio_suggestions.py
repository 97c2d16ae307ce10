"""What can be said to a skill, taken from its examples and its model."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skill.simulator.studio_suggestions import Suggestions
from skill.understanding.model import read_model
from tests.simulator.fake_skill import MODEL, compiled

NOW = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def suggestions() -> Suggestions:
    return Suggestions(read_model(MODEL), "en", ["order diapers", "log two ounces"])


def test_examples_come_first(suggestions: Suggestions) -> None:
    assert suggestions.openers() == ["order diapers", "log two ounces"]
    assert suggestions.starting("ORDER d")[0] == "order diapers"


def test_without_examples_each_intent_is_shown_once_before_any_twice() -> None:
    assert Suggestions(read_model(MODEL), "en", []).openers(3)[:2] == ["order something", "log three ounces"]


def test_samples_are_said_with_values_that_are_understood(suggestions: Suggestions) -> None:
    model = compiled()
    for sentence in suggestions.starting("", most=100):
        understood = model.compiled.resolve(sentence, now=NOW)
        assert understood.stage == "exact", sentence
        assert "{" not in sentence


def test_a_sample_with_a_slot_nobody_can_fill_is_not_suggested() -> None:
    raw = {
        "intents": [
            {
                "name": "FindIntent",
                "slots": [{"name": "query", "type": "AMAZON.SearchQuery"}],
                "samples": ["find {query}", "find something"],
            }
        ]
    }
    assert Suggestions(read_model(raw), "en", []).starting("find") == ["find something"]


def test_many_sentences_are_completed_to_the_next_word(suggestions: Suggestions) -> None:
    assert suggestions.continuations("o", most=2) == ["order "]
    found = suggestions.continuations("order ", most=2)
    assert "order diapers" in found
    assert "order two " in found


@given(st.sampled_from(["order diapers for tomorrow", "log two ounces", "zebra"]), st.integers(0, 30))
def test_completions_cover_every_sentence_that_begins_so(sentence: str, length: int) -> None:
    suggestions = Suggestions(read_model(MODEL), "en", [])
    typed = sentence[:length]
    offered = suggestions.continuations(typed, most=1)
    for fitting in suggestions.starting(typed, most=1000):
        assert any(fitting.startswith(each) for each in offered)


def test_a_question_is_answered_with_values_of_its_slot(suggestions: Suggestions) -> None:
    assert suggestions.answers("OrderItemIntent", "product")[:2] == ["diapers", "wipes"]
    assert suggestions.answers("OrderItemIntent", "colour") == []
    assert suggestions.answers("NoSuchIntent", "product") == []
