"""The words in which the speaker page shows amounts, days and diary entries."""

from typing import Any, get_args

import pytest

from skill.understanding.results import Stage
from skill.web.speaker import view


@pytest.mark.parametrize(
    ("cents", "currency", "words"),
    [
        (9355, "USD", "93.55 USD"),
        (5, "EUR", "0.05 EUR"),
        (-120, "EUR", "-1.20 EUR"),
        (1_234_500, "USD", "12,345.00 USD"),
        (1500, "JPY", "1,500 JPY"),
        (1500, "KWD", "1.500 KWD"),
    ],
)
def test_amounts_have_the_digits_of_their_currency(cents: int, currency: str, words: str) -> None:
    assert view.money(cents, currency) == words


def test_days_are_short_and_have_a_time_where_there_is_one() -> None:
    assert view.day("2026-11-02") == "Mon 2 Nov"
    assert view.day("2026-11-20T10:05-05:00") == "Fri 20 Nov, 10:05"
    assert view.day(None) == ""


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ({"activity": "feeding", "method": "bottle", "amount": 4.0, "unit": "oz"}, "bottle, 4 oz"),
        ({"activity": "feeding", "method": "breast", "side": "left"}, "breast, left"),
        ({"activity": "feeding"}, "feed"),
        ({"activity": "diaper", "kind": "wet"}, "wet diaper"),
        ({"activity": "diaper"}, "diaper"),
    ],
)
def test_diary_entries_say_no_more_than_was_said(entry: dict[str, Any], words: str) -> None:
    assert view.diary_line(entry) == words


def test_every_stage_of_understanding_is_explained() -> None:
    assert set(get_args(Stage)) <= view.STAGES.keys()
