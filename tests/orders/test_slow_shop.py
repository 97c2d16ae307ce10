"""A shop that takes its time to say where orders are keeps no other household from writing."""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from threading import Event
from typing import Any

import pytest

from skill.conversation.turn import Answer
from skill.household.identity import Speaker
from skill.orders.ports import Item
from skill.shops.demo import DemoShop
from skill.shops.misbehaving import WrappedShop
from skill.storage.database import Database
from tests.orders.home import MILK, Home, another_home

LONGEST = 60
"""Seconds after which a test that hangs fails."""


class SlowShop(WrappedShop):
    """Says nothing of orders until it is let."""

    def __init__(self, database: Database) -> None:
        super().__init__(DemoShop(database))
        self.asked, self.let = Event(), Event()
        self.slow = False

    def progress(self, references: Sequence[str], at: datetime) -> Mapping[str, Any]:
        if self.slow:
            self.asked.set()
            assert self.let.wait(LONGEST)
        return super().progress(references, at)


@pytest.fixture
def shop(database: Database) -> SlowShop:
    return SlowShop(database)


@pytest.fixture
def home(database: Database, shop: SlowShop) -> Home:
    """A household with an open order at the slow shop, and another one."""
    made = Home(database, shop)
    made.place(made.quote(Item(MILK, 1)))
    another_home(made)
    shop.slow = True
    return made


def by_another(home: Home) -> Answer:
    """Somebody else, who has no open order, writes."""
    caller = home.app.caller(Speaker(user_id="amzn1.ask.account.other"), home.now)
    return home.app.answer(home.turn("AddToListIntent", slots={"product": "milk"}, caller=caller))


def test_another_household_is_answered_while_a_turn_waits_for_the_shop(home: Home, shop: SlowShop) -> None:
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(home.say, "OrderStatusIntent")
        assert shop.asked.wait(LONGEST)
        try:
            assert by_another(home).reply.startswith("AddToListIntent.")
        finally:
            shop.let.set()
        assert waiting.result(LONGEST).reply == "OrderStatusIntent.accepted"


def test_another_household_is_answered_while_the_worker_waits_for_the_shop(
    home: Home, shop: SlowShop
) -> None:
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(home.app.work)
        assert shop.asked.wait(LONGEST)
        try:
            assert by_another(home).reply.startswith("AddToListIntent.")
        finally:
            shop.let.set()
        assert waiting.result(LONGEST).households_failed == 0
