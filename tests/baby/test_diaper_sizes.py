"""Diapers in the size a child wears: when one is old, what a yes or a new size records, what is offered."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skill.baby import sizes
from skill.baby.service import Diary
from skill.conversation.turn import Answer, Heard
from skill.storage.database import Database
from tests.orders.home import Home

DAY = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("size", "weeks"), [("newborn", 1), ("1", 3), ("2", 5), ("3", 8), ("5", 8), ("large", 8)]
)
def test_a_small_size_is_old_sooner_than_a_large_one(size: str, weeks: int) -> None:
    assert not sizes.is_old(size, DAY - timedelta(weeks=weeks) + timedelta(days=1), DAY)
    assert sizes.is_old(size, DAY - timedelta(weeks=weeks), DAY)


@given(st.sampled_from(["newborn", "1", "2", "3", "x"]), st.integers(0, 500), st.integers(0, 500))
def test_a_size_never_becomes_new_by_waiting(size: str, days: int, more: int) -> None:
    earlier = sizes.is_old(size, DAY, DAY + timedelta(days=days))
    assert sizes.is_old(size, DAY, DAY + timedelta(days=days + more)) or not earlier


def test_a_size_of_an_unknown_day_is_asked_about() -> None:
    assert sizes.is_old("5", None, DAY)
    assert sizes.weeks_ago(None, DAY) is None
    assert sizes.weeks_ago(DAY, DAY + timedelta(days=6)) is None
    assert sizes.weeks_ago(DAY, DAY + timedelta(days=36)) == 5


def order(home: Home, after: Answer | None = None, **slots: tuple[str, str | None]) -> Answer:
    turn = home.turn("OrderDiapersIntent", after)
    heard = {name: Heard(value, value_id) for name, (value, value_id) in slots.items()}
    return home.app.answer(type(turn)(**{**vars(turn), "slots": heard}))


def recorded(home: Home, name: str) -> tuple[str, date | None]:
    with home.database.reading(home.household_id) as unit:
        child = next(one for one in Diary(unit, home.app.orders(unit)).children() if one.name == name)
        return child.diaper_size, child.sized_on


def test_a_yes_records_that_the_size_still_fits(database: Database) -> None:
    home = Home(database)
    home.wait(weeks=6)
    asked = order(home, child=("Leo", None))
    assert asked.reply == "OrderDiapersIntent.still_size"
    assert home.say("AMAZON.YesIntent", asked).reply == "OrderItemIntent.quoted"
    assert recorded(home, "Leo") == ("2", home.now.date())
    assert order(home, child=("Leo", None)).reply == "OrderItemIntent.quoted"
    assert home.orders() == []


def test_a_new_size_is_recorded_and_one_pack_of_it_offered(database: Database) -> None:
    home = Home(database)
    home.wait(weeks=6)
    asked = order(home, child=("Leo", None))
    quoted = order(home, asked, size=("three", "3"))
    assert "Softleaf Diapers size 3, pack of 62" in quoted.speech
    assert "2 Softleaf" not in quoted.speech
    assert recorded(home, "Leo") == ("3", home.now.date())


def test_a_size_that_is_not_sold_or_not_understood_changes_nothing(database: Database) -> None:
    home = Home(database)
    before = recorded(home, "Leo")
    assert order(home, child=("Leo", None), size=("nine", "9")).reply == "OrderDiapersIntent.not_sold"
    assert order(home, child=("Leo", None), size=("blue", None)).reply == "OrderDiapersIntent.which_size"
    assert recorded(home, "Leo") == before


def test_cancel_is_no_answer_to_which_size(database: Database) -> None:
    home = Home(database)
    home.wait(weeks=6)
    asked = order(home, child=("Leo", None))
    assert home.say("AMAZON.CancelIntent", asked).reply == "NoIntent.order_dropped"


def test_a_number_of_packs_is_kept_over_the_question(database: Database) -> None:
    home = Home(database)
    home.wait(weeks=6)
    asked = order(home, child=("Leo", None), quantity=("3", None))
    assert "3 Softleaf Diapers size 2" in home.say("AMAZON.YesIntent", asked).speech
