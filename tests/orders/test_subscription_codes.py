"""A subscription's run that needs the voice code waits until the code was really said."""

import pytest
from sqlmodel import update

from skill.catalog.models import Seller
from skill.household.voice_code import VoiceCodes
from skill.storage.database import Database
from skill.worlds import CODE
from tests.orders.subscribed import Subscribed


@pytest.fixture
def home(database: Database) -> Subscribed:
    """A household whose every order needs the code, with a run that waits for a yes."""
    made = Subscribed(database)
    made.agree()
    with database.unit(made.household_id) as unit:
        assert made.caller.member_id is not None
        VoiceCodes(unit).draft(made.caller.member_id, CODE)
        VoiceCodes(unit).settle(made.caller.member_id, CODE)
    with database.unit(None) as unit:
        unit.session.execute(update(Seller).values(code_from_cents=1))
    made.work_until(made.one().next_date)
    assert (made.orders(), made.states()) == ([], [("held", "limit")])
    return made


def test_a_run_whose_code_was_never_said_still_waits(home: Subscribed) -> None:
    asked = home.say("AMAZON.YesIntent", home.say("ListSubscriptionsIntent"))
    assert asked.reply == "YesIntent.voice_code"
    home.wait(minutes=5)
    again = home.say("AMAZON.YesIntent", home.say("ListSubscriptionsIntent"))
    assert (again.reply, home.orders()) == ("YesIntent.voice_code", [])
    assert home.say("GiveVoiceCodeIntent", again, code=CODE).reply == "YesIntent.order_placed"
    assert len(home.orders()) == 1


def test_a_run_that_was_ordered_with_the_code_waits_no_longer(home: Subscribed) -> None:
    asked = home.say("AMAZON.YesIntent", home.say("ListSubscriptionsIntent"))
    home.say("GiveVoiceCodeIntent", asked, code=CODE)
    home.wait(minutes=5)
    assert home.say("ListSubscriptionsIntent").reply == "ListSubscriptionsIntent.told"
    assert home.states() == [("released", "limit")]
