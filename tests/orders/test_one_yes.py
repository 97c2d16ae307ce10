"""One confirmation is one order, wherever the yes comes from: voice and web race for the same basket."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier

import pytest
from sqlmodel import col, update

from skill.conversation.errors import SpokenError
from skill.conversation.turn import Answer
from skill.orders.baskets import Baskets
from skill.orders.models import Quote
from skill.storage.database import Database, Unit
from tests.orders.home import Home

ROUNDS = 4


def test_voice_and_web_say_yes_at_once_and_one_order_is_placed(database: Database) -> None:
    home = Home(database)
    for number in range(ROUNDS):
        asked = home.say("OrderItemIntent", product=("oat milk", "ground coffee", "wipes", "diapers")[number])
        assert asked.quotes, asked.reply
        start = Barrier(2)
        with ThreadPoolExecutor(2) as pool:
            told = [pool.submit(voice_yes, home, asked, start), pool.submit(web_yes, home, start)]
            said, pressed = (one.result() for one in told)
        assert len(home.orders()) == number + 1, (said, pressed)
        won = [said.startswith("YesIntent.order_placed"), pressed == "placed"]
        assert sorted(won) == [False, True], (said, pressed)
        home.wait(minutes=11)


def voice_yes(home: Home, asked: Answer, start: Barrier) -> str:
    start.wait()
    return home.say("AMAZON.YesIntent", asked).reply


def web_yes(home: Home, start: Barrier) -> str:
    start.wait()
    try:
        return home.database.run(home.household_id, lambda unit: yes_in(home, unit))
    except SpokenError as error:
        return error.reply.prompt


def yes_in(home: Home, unit: Unit) -> str:
    baskets = Baskets(home.app.orders(unit), home.caller.member_id)
    waiting = baskets.begun_by_voice(home.now)
    if not waiting:
        return "gone"
    outcome = baskets.confirm(replace(home.shopper, origin="api"), waiting[0], None)
    return "placed" if isinstance(outcome, list) else type(outcome).__name__


def test_a_no_that_comes_too_late_is_not_told_as_one(database: Database) -> None:
    home = Home(database)
    home.say("OrderItemIntent", product="oat milk")

    def no_after_a_yes(unit: Unit) -> None:
        baskets = Baskets(home.app.orders(unit), home.caller.member_id)
        [waiting] = baskets.begun_by_voice(home.now)
        yes = update(Quote).where(col(Quote.household_id) == home.household_id).values(state="confirmed")
        unit.session.execute(yes, execution_options={"synchronize_session": False})
        baskets.drop(waiting, home.now)

    with pytest.raises(SpokenError, match=r"YesIntent\.already_answered"):
        database.run(home.household_id, no_after_a_yes)
