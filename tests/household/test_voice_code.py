"""The voice code: how it is kept, checked and locked."""

from datetime import timedelta

import pytest
from sqlmodel import col, select

from skill.features import registry
from skill.household.identity import Speaker
from skill.household.models import VoiceCode
from skill.household.voice_code import LOCKED_FOR, VoiceCodes, is_code, is_guessable
from skill.orders.ports import Item
from skill.storage.database import Database
from skill.storage.idempotency import TurnRecord
from tests.orders.home import DIAPERS, Home, another_home


@pytest.fixture
def home(database: Database) -> Home:
    return Home(database)


def _set(home: Home, code: str) -> None:
    with home.database.unit(home.household_id) as unit:
        assert home.caller.member_id is not None
        assert VoiceCodes(unit).draft(home.caller.member_id, code)
        assert VoiceCodes(unit).settle(home.caller.member_id, code)


def _check(home: Home, code: str) -> str:
    with home.database.unit(home.household_id) as unit:
        return VoiceCodes(unit).check(home.caller.member_id, code, home.now)


@pytest.mark.parametrize("code", ["1111", "1234", "9876", "1212", "0000"])
def test_a_code_that_everybody_tries_first_is_refused(code: str) -> None:
    assert is_guessable(code)


@pytest.mark.parametrize("code", ["4826", "1357", "0071"])
def test_other_codes_are_good(code: str) -> None:
    assert not is_guessable(code)


@pytest.mark.parametrize("code", ["", "123", "12345", "12a4", "?", "١٢٣٤"])
def test_only_four_digits_are_a_code(code: str) -> None:
    assert not is_code(code)


def test_the_right_code_is_right_and_another_is_not(home: Home) -> None:
    _set(home, "4826")
    assert _check(home, "4826") == "right"
    assert _check(home, "4827") == "wrong"


def test_no_code_matches_where_none_is_set(home: Home) -> None:
    assert _check(home, "") == "wrong"


def test_the_third_wrong_code_in_a_row_locks_for_half_an_hour(home: Home) -> None:
    _set(home, "4826")
    assert [_check(home, code) for code in ("1000", "2000", "3000", "4826")] == [
        *("wrong", "wrong", "locked", "locked")
    ]
    home.now += LOCKED_FOR - timedelta(seconds=1)
    assert _check(home, "4826") == "locked"
    home.now += timedelta(seconds=1)
    assert _check(home, "4826") == "right"


def test_a_right_code_forgives_the_wrong_ones_before_it(home: Home) -> None:
    _set(home, "4826")
    assert [_check(home, code) for code in ("1000", "2000", "4826", "1000", "2000", "4826")] == [
        *("wrong", "wrong", "right", "wrong", "wrong", "right")
    ]


def test_no_export_holds_a_code_or_its_hash(home: Home) -> None:
    _set(home, "4826")
    with home.database.reading(home.household_id) as unit:
        exported = registry().export(unit)
    [row] = exported["household"]["voice_code"]
    assert (row["salt"], row["digest"], row["draft"]) == ("", "", "")


def test_the_code_is_stored_nowhere_in_plain(home: Home) -> None:
    _set(home, "4826")
    with home.database.reading(home.household_id) as unit:
        row = unit.session.exec(
            select(VoiceCode).where(col(VoiceCode.household_id) == home.household_id)
        ).one()
        assert "4826" not in str(row.model_dump())


def test_two_households_with_the_same_code_have_different_hashes(home: Home) -> None:
    _set(home, "4826")
    first, home.household_id = _row(home), another_home(home)
    home.caller = home.app.caller(Speaker(user_id="amzn1.ask.account.other"), home.now)
    _set(home, "4826")
    assert _row(home).digest != first.digest


def _row(home: Home) -> VoiceCode:
    with home.database.reading(home.household_id) as unit:
        return unit.session.exec(
            select(VoiceCode).where(col(VoiceCode.household_id) == home.household_id)
        ).one()


def test_a_turn_with_the_code_leaves_no_trace_of_it(home: Home, caplog: pytest.LogCaptureFixture) -> None:
    _set(home, "4826")
    caplog.set_level("DEBUG", logger="restock")
    quoted = home.say("OrderItemIntent", product="diapers size 2", quantity="10")
    asked = home.say("AMAZON.YesIntent", quoted)
    assert asked.reply == "YesIntent.voice_code"
    answers = [home.say("GiveVoiceCodeIntent", asked, code=code) for code in ("7391", "4826")]
    assert [answer.reply for answer in answers] == ["GiveVoiceCodeIntent.wrong", "YesIntent.order_placed"]
    with home.database.reading(home.household_id) as unit:
        records = unit.session.exec(
            select(TurnRecord).where(col(TurnRecord.household_id) == home.household_id)
        ).all()
    kept = caplog.text + " ".join(str(record.model_dump()) for record in records)
    assert "7391" not in kept
    assert "4826" not in kept
    assert len({record.content_hash for record in records if "Code" in (record.reply_key or "")}) <= 2


def test_the_content_hash_of_two_codes_is_the_same(home: Home) -> None:
    dispatcher = home.app.dispatcher
    one, other = (
        dispatcher._content_hash(home.turn("GiveVoiceCodeIntent", None, {"code": code}))
        for code in ("1357", "2468")
    )
    assert one == other


def test_an_order_below_the_merchants_amount_needs_no_code(home: Home) -> None:
    _set(home, "4826")
    [order] = home.place(home.quote(Item(DIAPERS, 1)))
    assert order.state == "accepted"
