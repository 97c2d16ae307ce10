"""What is offered unasked: one thing, at the beginning of a visit, while it is sure and not unwelcome."""

from dataclasses import replace

import pytest
from sqlmodel import update

from skill.bootstrap import OFFLINE_USER, App, seed
from skill.catalog.models import Seller
from skill.conversation.turn import Answer
from skill.household.identity import Speaker
from skill.household.news import add_news
from skill.household.roles import permissions
from skill.household.service import Households
from skill.orders.ports import Item
from skill.settings import Settings
from skill.shops.demo_household import deliver
from skill.storage.database import Database
from skill.worlds import WORLDS
from tests.orders.home import MILK, NOW, Home

OFFER, WELCOME = "LaunchRequest.offer", "LaunchRequest.welcome_back"


class Weekly(Home):
    """A household that bought oat milk every week for half a year, and eight days ago the last time."""

    def __init__(self, database: Database) -> None:
        self.now = NOW
        self.app = App(Settings(env="development"), database, lambda: self.now)
        self.database = database
        seed(self.app)
        WORLDS["restocking"].arrange(self.app, NOW)
        self.caller = self.app.caller(Speaker(user_id=OFFLINE_USER), NOW)
        assert self.caller.household_id is not None
        self.household_id = self.caller.household_id
        self._requests = 0

    def buy(self) -> None:
        """Oat milk, elsewhere: the merchant's books tell it."""
        with self.database.unit(self.household_id) as unit:
            assert self.caller.member_id is not None
            member = Households(unit).member(self.caller.member_id)
            assert member is not None
            deliver(unit, self.app.orders(unit), member, [Item(MILK, 1)], self.now)

    def visit(self, *, new_session: bool = True, role: str = "owner", child_mode: bool = False) -> Answer:
        """Open the shop."""
        caller = replace(self.caller, role=role, permissions=permissions(role, child_mode=child_mode))
        turn = self.turn("", caller=caller)
        return self.app.answer(replace(turn, kind="launch", intent=None, new_session=new_session))

    def replies(self, *days: int) -> list[str]:
        """What visits begin with, each so many days after the one before."""
        found = []
        for wait in days:
            self.wait(days=wait)
            found.append(self.visit().reply)
        return found


@pytest.fixture
def home(database: Database) -> Weekly:
    return Weekly(database)


def test_two_windows_that_were_missed_silence_it_until_it_is_bought_again(home: Weekly) -> None:
    assert home.replies(0, 1, 2) == [OFFER, WELCOME, WELCOME]
    assert home.replies(4, 7) == [OFFER, WELCOME]
    for _week in range(8):
        home.buy()
        home.wait(days=7)
    assert home.replies(0) == [OFFER]


def test_a_no_counts_as_a_missed_window_and_a_yes_only_quotes(home: Weekly) -> None:
    assert home.say("AMAZON.NoIntent", home.visit()).reply == "NoIntent.offer_declined"
    home.wait(days=7)
    quoted = home.say("AMAZON.YesIntent", home.visit())
    assert (quoted.reply, len(home.orders())) == ("OrderItemIntent.quoted", 0)
    home.say("AMAZON.NoIntent", quoted)
    assert home.replies(7) == [WELCOME]


@pytest.mark.parametrize("role", ["child", "guest", "helper"])
def test_nothing_is_offered_to_who_may_not_buy_and_hear_of_it(home: Weekly, role: str) -> None:
    assert home.visit(role=role).reply == WELCOME


def test_nothing_is_offered_in_child_mode(home: Weekly) -> None:
    assert home.visit(child_mode=True).reply == WELCOME


def test_nothing_is_offered_inside_a_conversation(home: Weekly) -> None:
    assert home.visit(new_session=False).reply == WELCOME


def test_nothing_is_offered_in_a_visit_that_begins_with_news(home: Weekly) -> None:
    with home.database.unit(home.household_id) as unit:
        add_news(unit, home.now, "back_in_stock", "watch", {"name": "Coffee"})
    assert [home.visit().reply, home.visit().reply] == ["LaunchRequest.news", OFFER]


def test_what_is_on_its_way_or_comes_by_itself_is_not_offered(home: Weekly) -> None:
    home.say("AMAZON.YesIntent", home.say("StartSubscriptionIntent", product="oat milk", interval="P1W"))
    assert home.visit().reply == WELCOME


def test_the_seller_says_how_sure_an_offer_must_be(home: Weekly) -> None:
    with home.database.unit(None) as unit:
        unit.session.execute(update(Seller).values(offer_from_percent=95))
    assert home.visit().reply == WELCOME


def test_an_offer_is_not_repeated_to_who_may_not_hear_it(home: Weekly) -> None:
    home.visit()
    home.wait(seconds=5)
    child = replace(home.caller, role="child", permissions=permissions("child"))
    assert (
        home.app.answer(home.turn("AMAZON.RepeatIntent", caller=child)).reply == "RepeatIntent.nothing_said"
    )
