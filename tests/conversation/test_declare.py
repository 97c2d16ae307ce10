"""Features declare intents and answers by decorators; what is declared twice is refused."""

from collections.abc import Mapping
from datetime import UTC, datetime
from types import ModuleType
from typing import Any

import pytest

from skill.conversation.declare import Intent, Slot, declared, intent, on_late, on_no, on_resume, on_yes
from skill.conversation.turn import Caller, Heard, Reply, Turn


def a_module(name: str, **functions: Any) -> ModuleType:
    """A module that holds these functions as its own."""
    module = ModuleType(name)
    for key, function in functions.items():
        function.__module__ = name
        setattr(module, key, function)
    return module


def test_an_intent_knows_its_feature_and_its_short_name() -> None:
    slot = Slot("item", "PRODUCT", multiple=True)

    def help_out(turn: Turn, service: object) -> Reply:
        return Reply("HelpIntent.teach")

    marked = intent("AMAZON.HelpIntent", slot, needs="orders")(help_out)
    found = declared([a_module("skill.orders.intents", help_out=marked)]).intents["AMAZON.HelpIntent"]
    assert found == Intent("AMAZON.HelpIntent", help_out, (slot,), "orders")
    assert (found.feature, found.short_name) == ("orders", "HelpIntent")


def test_answers_are_found_by_kind_and_teachers_by_name() -> None:
    def every(turn: Turn, service: object, payload: Mapping[str, Any]) -> Reply:
        return Reply("X.y")

    def teach(turn: Turn, service: object) -> list[str]:
        return []

    marked = on_yes("a")(on_no("b")(on_late("c")(on_resume("d")(every))))
    found = declared([a_module("skill.pets.intents", every=marked, teach=teach)])
    assert (found.yes, found.no, found.late, found.resume) == (
        {"a": every},
        {"b": every},
        {"c": every},
        {"d": every},
    )
    assert found.teachers == [teach]


def test_what_a_module_only_imported_is_not_its_own() -> None:
    def borrowed(turn: Turn, service: object) -> Reply:
        return Reply("X.y")

    module = a_module("skill.pets.intents", borrowed=intent("BorrowIntent")(borrowed))
    borrowed.__module__ = "skill.orders.intents"
    assert declared([module]).intents == {}


def test_the_same_name_twice_is_refused() -> None:
    def one(turn: Turn, service: object) -> Reply:
        return Reply("X.y")

    def two(turn: Turn, service: object) -> Reply:
        return Reply("X.y")

    modules = [
        a_module("skill.pets.intents", one=intent("PetIntent")(one)),
        a_module("skill.fish.intents", two=intent("PetIntent")(two)),
    ]
    with pytest.raises(ValueError, match="PetIntent is declared twice"):
        declared(modules)


def test_a_turn_tells_what_was_heard() -> None:
    both = (Heard("milk"), Heard("bread"))
    turn = Turn(
        "r",
        "intent",
        "de-DE",
        datetime(2026, 11, 20, 23, 30, tzinfo=UTC),
        Caller(zone="Europe/Berlin"),
        slots={"blank": Heard("  "), "one": Heard(" milk "), "both": Heard("", values=both)},
    )
    assert (turn.heard("blank"), turn.heard("one"), turn.heard("absent")) == (None, "milk", None)
    assert (turn.all_heard("blank"), turn.all_heard("absent")) == ((), ())
    assert turn.all_heard("one") == (Heard(" milk "),)
    assert turn.all_heard("both") == both
    assert turn.language == "de"
    assert turn.local.date().isoformat() == "2026-11-21"
