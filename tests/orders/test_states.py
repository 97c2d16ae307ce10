"""The state machine of buying: its shape, its guards, and that nothing else writes a state."""

import ast
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import col, select

from skill.orders import states
from skill.orders.lifecycle import Lifecycle, StepRefused
from skill.orders.models import Order, Quote, QuoteHistory
from skill.orders.ports import Item
from skill.orders.states import ORDER_STEPS, QUOTE_STEPS, edges
from skill.storage.database import Database
from tests.orders.home import DIAPERS, MILK, Home

REFERENCE_STATES = {
    *("draft", "quoted", "confirmed", "placing", "accepted", "packed", "shipped", "delivered"),
    *("awaiting_pin", "awaiting_choice", "unknown", "part_shipped", "cancel_requested", "cancelled"),
    *("refused", "return_requested", "returned", "refunded", "expired"),
}
STATES_OF_THEIR_OWN = {
    "importing.py": "an import batch",
    "returns.py": "a return",
    "subscriptions.py": "a subscription and its runs",
    "subscription_runs.py": "a subscription's runs",
    "subscription_intents.py": "a subscription",
}
"""Modules that keep the state of something else than a quote or an order."""
FINAL = {"cancelled", "expired"}


def test_the_machine_has_exactly_the_states_of_the_vocabulary() -> None:
    known = {state for edge in edges() for state in edge}
    assert known == REFERENCE_STATES | {states.HIDDEN}


def test_every_state_is_reached_from_a_draft_and_only_final_ones_lead_nowhere() -> None:
    following: dict[str, set[str]] = {}
    for source, target in edges():
        following.setdefault(source, set()).add(target)
    reached, frontier = {"draft"}, ["draft"]
    while frontier:
        for state in following.get(frontier.pop(), set()) - reached:
            reached.add(state)
            frontier.append(state)
    assert reached == REFERENCE_STATES
    assert {state for state in REFERENCE_STATES if not following.get(state)} == FINAL


@pytest.mark.parametrize("name", sorted(QUOTE_STEPS))
def test_no_step_of_a_quote_leaves_a_settled_one(name: str) -> None:
    assert not {"confirmed", "cancelled", "expired"} & set(QUOTE_STEPS[name].sources)


@pytest.mark.parametrize("name", sorted(ORDER_STEPS))
def test_no_step_of_an_order_leaves_a_cancelled_one(name: str) -> None:
    assert "cancelled" not in ORDER_STEPS[name].sources


def _writes_a_state(node: ast.AST) -> bool:
    """Whether the node is `x.state = ...`, `values(state=...)` of an update, or `Order(state=...)`."""
    match node:
        case ast.Assign(targets=targets):
            return any(isinstance(target, ast.Attribute) and target.attr == "state" for target in targets)
        case ast.Call(func=ast.Attribute(attr="values")) | ast.Call(func=ast.Name(id="Order" | "Quote")):
            return any(keyword.arg == "state" for keyword in node.keywords)
    return False


def _writers(tree: ast.AST) -> Iterator[int]:
    return (
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.stmt | ast.expr) and _writes_a_state(node)
    )


def test_only_the_lifecycle_writes_the_state_of_a_quote_or_an_order() -> None:
    found = {
        f"{path}:{line}"
        for folder in ("orders", "shops", "baby", "worker", "alexa", "web")
        for path in Path("skill", folder).rglob("*.py")
        for line in _writers(ast.parse(path.read_text(encoding="utf-8")))
        if path.name != "lifecycle.py" and path.name not in STATES_OF_THEIR_OWN
    }
    assert not found


def _quote(home: Home, quote_id: str) -> tuple[Quote, list[tuple[str, str]]]:
    with home.database.reading(home.household_id) as unit:
        quote = home.app.orders(unit).quotes.get([quote_id])[0]
        rows = unit.session.exec(
            select(QuoteHistory)
            .where(
                col(QuoteHistory.household_id) == home.household_id, col(QuoteHistory.quote_id) == quote.id
            )
            .order_by(col(QuoteHistory.position))
        ).all()
        return quote, [(row.state, row.cause) for row in rows]


def test_a_placed_quote_tells_its_whole_way(database: Database) -> None:
    home = Home(database)
    [quote_id] = home.quote(Item(MILK, 1))
    [order] = home.place([quote_id])
    assert _quote(home, quote_id)[1] == [("quoted", "item"), ("confirmed", "yes")]
    with database.reading(home.household_id) as unit:
        assert home.app.orders(unit).lifecycle.steps(order.id) == ["placing", "accepted"]


def test_a_confirmation_after_the_quote_ran_out_is_refused(database: Database) -> None:
    home = Home(database)
    [quote_id] = home.quote(Item(MILK, 1))
    home.wait(seconds=121)
    with database.unit(home.household_id) as unit:
        orders = home.app.orders(unit)
        with pytest.raises(StepRefused, match="ran out"):
            orders.lifecycle.confirm(orders.quotes.get([quote_id])[0], home.now, "yes")


def test_an_order_needs_a_confirmed_quote_and_a_confirmation(database: Database) -> None:
    home = Home(database)
    [quote_id] = home.quote(Item(DIAPERS, 1))
    quote, _ = _quote(home, quote_id)
    order = Order.model_validate(_order_fields(home, quote))
    with database.unit(home.household_id) as unit:
        lifecycle = Lifecycle(unit)
        with pytest.raises(StepRefused, match="confirmed quote"):
            lifecycle.begin(order, [], None, "test", quote=quote)
        confirmed = quote.model_copy(update={"state": "confirmed"})
        with pytest.raises(StepRefused, match="confirmation"):
            lifecycle.begin(order, [], None, "test", quote=confirmed)


def _order_fields(home: Home, quote: Quote) -> dict[str, object]:
    return {
        **quote.model_dump(),
        "number": 99,
        "reference": "R-test",
        "origin": "voice",
        "quote_id": quote.id,
        "placed_at": home.now,
        "cancel_until": home.now + timedelta(minutes=30),
    }


def test_what_the_shop_refused_itself_is_never_accepted_afterwards(database: Database) -> None:
    home = Home(database)
    [order] = home.place(home.quote(Item(MILK, 1)))
    with database.unit(home.household_id) as unit:
        orders = home.app.orders(unit)
        found = orders.history.get(order.id)
        assert found is not None
        assert orders.lifecycle.refuse(found, home.now, "out of stock")
        with pytest.raises(StepRefused, match="refused this order itself"):
            orders.lifecycle.accept(found, home.now, "shop")


def test_a_step_that_somebody_else_took_first_is_not_taken_twice(database: Database) -> None:
    home = Home(database)
    [order] = home.place(home.quote(Item(MILK, 1)))
    with database.unit(home.household_id) as unit:
        orders = home.app.orders(unit)
        stale = orders.history.get(order.id)
        assert stale is not None
        unit.session.expunge(stale)
        mine = orders.history.get(order.id)
        assert mine is not None
        assert orders.lifecycle.pack(mine, home.now, "shop")
        unit.session.flush()
        unit.session.expunge(mine)
        unit.session.add(stale)
        assert not orders.lifecycle.pack(stale, home.now, "shop")
        assert stale.state == "packed"
        assert orders.lifecycle.steps(order.id) == ["placing", "accepted", "packed"]
