"""No path to an order skips the confirmation: every intent in several worlds, and who may call what.

tests/test_fixtures.py holds every sentence of every fixture to the same.
"""

import ast
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest

from skill import features
from skill.bootstrap import OFFLINE_USER, App
from skill.cli.worlds import FixtureWorlds, fixture_worlds
from skill.conversation.declare import Intent
from skill.conversation.session import from_attributes
from skill.conversation.turn import Answer, Heard, Turn
from skill.household.identity import Speaker
from skill.worlds import CODE
from tests.spoken_yes import Witness

SKILL = Path(__file__).parents[2] / "skill"
AT = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
YES = "AMAZON.YesIntent"
VALUES: Mapping[str, str] = {
    "PRODUCT": "oat milk",
    "REWARD": "one dollar off",
    "AMAZON.NUMBER": "2",
    "AMAZON.DURATION": "P2W",
    "AMAZON.DATE": "2026-11-24",
    "AMAZON.FOUR_DIGIT_NUMBER": CODE,
    "RHYTHM": "P2W",
}
"""What is heard in a slot of a type; "home" in all others."""

SHOP_ASKED_BY = {
    "orders/placing.py": "the one place that sends an order",
    "shops/misbehaving.py": "shops that misbehave in fixtures and tests, around a shop",
}
PLACING_CALLED_BY = {
    "orders/intents.py:place": "the yes to a quote",
    "orders/code_intents.py:_go_on": "the voice code behind that yes",
    "orders/subscription_intents.py:release": "the yes to a run that waited",
    "orders/subscription_runs.py:_placed": "the standing yes of a subscription",
    "orders/baskets.py": "the same yes on a card's link, on the web or through the API",
    "worlds.py:_with_order": "orders that are there before a fixture begins",
}
"""Who may place quotes, and by whose yes."""


@pytest.fixture(scope="module")
def worlds() -> Iterator[FixtureWorlds]:
    with fixture_worlds() as made:
        yield made


def slots(intent: Intent) -> dict[str, Heard]:
    return {slot.name: Heard(VALUES.get(slot.type, "home")) for slot in intent.slots}


@pytest.mark.parametrize("world", ["home", "with_code", "subscription_risen"])
def test_no_intent_and_no_yes_behind_it_orders_what_was_not_spoken(worlds: FixtureWorlds, world: str) -> None:
    stage = worlds.world(world, lambda: AT)
    witness = Witness(stage.app.database)
    stage.observe(witness.hear)
    for number, intent in enumerate(features.declarations().intents.values()):
        answer = say(stage.app, f"{number}-0", intent.name, None, slots(intent))
        for step in (1, 2):
            answer = say(stage.app, f"{number}-{step}", YES, answer, {})
        assert witness.unexplained() == [], intent.name


def say(app: App, request: str, intent: str, after: Answer | None, heard: Mapping[str, Heard]) -> Answer:
    caller = app.caller(Speaker(user_id=OFFLINE_USER), AT)
    session = from_attributes(after.session if after else None)
    return app.answer(
        Turn(request, "intent", "en-US", AT, caller, intent, heard, session, device_id="speaker")
    )


def callers(receiver: str) -> set[str]:
    """Where `<receiver>.place(...)` is called in the product, as "folder/module.py:function"."""
    found = set()
    for path in SKILL.rglob("*.py"):
        for function in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(function, ast.FunctionDef):
                found |= {
                    f"{path.relative_to(SKILL).as_posix()}:{function.name}"
                    for call in ast.walk(function)
                    if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute)
                    if call.func.attr == "place" and ast.unparse(call.func.value).endswith(receiver)
                }
    return found


def allowed(where: str, by: Mapping[str, str]) -> bool:
    return where in by or where.partition(":")[0] in by


def test_one_place_alone_sends_orders_to_a_shop() -> None:
    asked = callers("shop")
    assert {where for where in asked if not allowed(where, SHOP_ASKED_BY)} == set()
    assert any(where.startswith("orders/placing.py") for where in asked)


def test_quotes_are_placed_by_a_yes_alone() -> None:
    called = callers("placing")
    assert {where for where in called if not allowed(where, PLACING_CALLED_BY)} == set()
    assert "orders/intents.py:place" in called


def test_every_call_of_place_is_known() -> None:
    assert callers("") == callers("shop") | callers("placing") | callers("super()")


def test_an_order_without_its_spoken_yes_would_be_found(worlds: FixtureWorlds) -> None:
    witness = Witness(worlds.world("open_order", lambda: AT).app.database)
    witness.before = frozenset()
    assert [fault.partition(": ")[2] for fault in witness.unexplained()] == [
        "no confirmation was used up for it"
    ]
