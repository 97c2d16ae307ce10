"""A check by the maker of the device stands in for the voice code: for one order, of one member."""

from dataclasses import replace

import pytest
from sqlmodel import update

from skill.catalog.models import Seller
from skill.conversation.turn import Answer, Heard
from skill.household.service import Households
from skill.household.voice_code import VoiceCodes
from skill.storage.database import Database
from skill.worlds import CODE
from tests.orders.home import MILK, Home


@pytest.fixture
def home(database: Database) -> Home:
    """A household whose every order needs the code, at a skill that lets Alexa check."""
    made = Home(database)
    made.app.settings = replace(made.app.settings, verify_person=True)
    with database.unit(made.household_id) as unit:
        assert made.caller.member_id is not None
        VoiceCodes(unit).draft(made.caller.member_id, CODE)
        VoiceCodes(unit).settle(made.caller.member_id, CODE)
    with database.unit(None) as unit:
        unit.session.execute(update(Seller).values(code_from_cents=1))
    return made


def handed_over(home: Home) -> str:
    """Say yes to oat milk with a recognised voice; gives the token."""
    quoted = home.say("OrderItemIntent", product="oat milk")
    answer = home.app.answer(replace(home.turn("AMAZON.YesIntent", quoted), verifies=True))
    assert (answer.reply, answer.session_open) == ("YesIntent.verify_person", False)
    assert answer.verify is not None
    return answer.verify


def resumed(home: Home, token: str, status: str = "ACHIEVED", *, by: str | None = None) -> Answer:
    turn = replace(home.turn(""), kind="resumed", intent=None)
    if by is not None:
        with home.database.reading(home.household_id) as unit:
            member = Households(unit).member_named(by)
        assert member is not None
        turn = replace(turn, caller=replace(turn.caller, member_id=member.id))
    return home.app.answer(replace(turn, slots={"token": Heard(token), "status": Heard(status)}))


def test_who_was_checked_orders_once(home: Home) -> None:
    token = handed_over(home)
    assert resumed(home, token).reply == "YesIntent.order_placed"
    assert resumed(home, token).reply == "GiveVoiceCodeIntent.not_asked"
    assert [len(home.orders()), home.stock(MILK) >= 0] == [1, True]


@pytest.mark.parametrize("status", ["NOT_ACHIEVED", "", "achieved"])
def test_who_was_not_checked_is_asked_for_the_code(home: Home, status: str) -> None:
    asked = resumed(home, handed_over(home), status)
    assert (asked.reply, home.orders()) == ("GiveVoiceCodeIntent.instead", [])
    assert home.say("GiveVoiceCodeIntent", asked, code=CODE).reply == "YesIntent.order_placed"


def test_another_member_or_a_token_that_is_none_orders_nothing(home: Home) -> None:
    token = handed_over(home)
    assert resumed(home, token, by="Ben").reply == "GiveVoiceCodeIntent.not_asked"
    assert resumed(home, "no-token").reply == "GiveVoiceCodeIntent.not_asked"
    assert home.orders() == []


def test_nobody_can_say_that_they_were_checked(home: Home) -> None:
    token = handed_over(home)
    said = home.turn("SessionResumedRequest", slots={"token": token, "status": "ACHIEVED"})
    assert home.app.answer(said).reply == "FallbackIntent.not_understood"
    assert home.orders() == []


def test_a_quote_that_ran_out_meanwhile_is_asked_about_anew(home: Home) -> None:
    token = handed_over(home)
    home.wait(minutes=3)
    assert resumed(home, token).reply.startswith("YesIntent.")
    assert home.orders() == []


def test_a_skill_that_did_not_ask_for_it_uses_the_code(home: Home) -> None:
    home.app.settings = replace(home.app.settings, verify_person=False)
    answer = home.say("OrderItemIntent", product="oat milk")
    asked = home.app.answer(replace(home.turn("AMAZON.YesIntent", answer), verifies=True))
    assert (asked.reply, asked.verify) == ("YesIntent.voice_code", None)
