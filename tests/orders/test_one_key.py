"""Two requests of /v1 under one key at the same moment, and one that was cut off: one order, one answer."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier
from uuid import UUID

import pytest

from skill.orders.baskets import BY_API, Baskets
from skill.orders.ports import Item
from skill.orders.quotes import Quoted
from skill.orders.service import Orders
from skill.storage.database import Database
from skill.web.api_repeats import Repeatable, once
from skill.web.api_views import outcome_answer
from skill.web.api_wire import Answer, Problem
from tests.orders.home import MILK, Home

ROUNDS = 4


class Cut(Exception):
    """The power went off."""


def asked(home: Home, key: str, content: str = "yes") -> Repeatable:
    return Repeatable(home.household_id, home.caller.zone, key, content, home.now)


def basket(home: Home) -> str:
    with home.database.unit(home.household_id) as unit:
        orders = home.app.orders(unit)
        made = orders.quotes.make(home.shopper, [Item(MILK, 1)], "item", deliberate=True)
        assert isinstance(made, Quoted)
        return str(Baskets(orders, home.caller.member_id).ask(home.shopper, made, "shown", by=BY_API).id)


def yes(home: Home, basket_id: str, orders: Orders) -> Answer:
    baskets = Baskets(orders, home.caller.member_id)
    waiting = baskets.get(UUID(basket_id))
    assert waiting is not None
    shopper = replace(home.shopper, origin="api")
    return outcome_answer(orders, shopper, baskets.confirm(shopper, waiting, None))


def test_two_at_once_under_one_key_are_one_order_with_one_answer(database: Database) -> None:
    home = Home(database)
    for number in range(ROUNDS):
        basket_id = basket(home)
        start = Barrier(2)
        with ThreadPoolExecutor(2) as pool:
            racing = [pool.submit(press, home, basket_id, f"key-{number}", start) for _ in range(2)]
            first, second = (one.result() for one in racing)
        assert first == second
        assert first.status == 200
        assert len(home.orders()) == number + 1


def press(home: Home, basket_id: str, key: str, start: Barrier) -> Answer:
    start.wait()
    return once(home.app, asked(home, key), lambda orders: yes(home, basket_id, orders))


def test_a_yes_that_was_cut_off_is_finished_by_its_repeat(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = Home(database)
    basket_id = basket(home)

    def cut_off(orders: Orders) -> Answer:
        monkeypatch.setattr(orders.placing, "send", _raise)
        return yes(home, basket_id, orders)

    with pytest.raises(Cut):
        once(home.app, asked(home, "key"), cut_off)
    assert [order.state for order in home.orders()] == ["placing"]
    with pytest.raises(Problem):
        once(home.app, asked(home, "key", "something else"), cut_off)
    finished = once(home.app, asked(home, "key"), cut_off)
    assert [order["state"] for order in finished.body["orders"]] == ["accepted"]
    assert [order.state for order in home.orders()] == ["accepted"]


def _raise(*_given: object) -> None:
    raise Cut
