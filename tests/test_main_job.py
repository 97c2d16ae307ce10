"""The main job as the README tells it, by the command line in a folder of its own."""

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

import pytest

ROOT = Path(__file__).parents[1]
ORDERED = "2026-11-20T15:00:00+00:00"
A_MINUTE_LATER = "2026-11-20T15:01:00+00:00"
THREE_DAYS_LATER = "2026-11-23T16:00:00+00:00"
KEYS = [
    *("utterance", "intent", "slots", "heard", "reply", "speech", "ssml", "reprompt", "session_open"),
    *("directives", "quote", "order", "quotes", "orders", "ms"),
]
ORDER_KEYS = {"id", "seller", "state", "lines", "total_cents", "currency", "delivery_date"}
LINE_KEYS = {"product_id", "name", "quantity", "price_cents", "line_cents"}


class Ran(NamedTuple):
    """What a program wrote."""

    out: str
    err: str


Restock = Callable[..., Ran]


@pytest.fixture
def restock(tmp_path: Path) -> Restock:
    """Runs the command, as a person does in one folder, with the embedded database and no settings."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("RESTOCK_")}

    def command(*arguments: str, typed: str = "") -> Ran:
        done = subprocess.run(
            [sys.executable, "-m", "skill", *arguments],
            cwd=tmp_path,
            env={**kept, "PYTHONPATH": str(ROOT)},
            input=typed,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return Ran(done.stdout, done.stderr)

    return command


def turns(ran: Ran) -> list[dict[str, Any]]:
    assert ran.err == ""
    return [json.loads(line) for line in ran.out.splitlines()]


def require_documented(turn: dict[str, Any]) -> None:
    """Fail unless the turn is written with exactly the documented keys, in every order and line of it."""
    assert list(turn) == KEYS
    for one in [*turn["quotes"], *turn["orders"]]:
        assert set(one) == ORDER_KEYS
        assert [set(line) for line in one["lines"]] == [LINE_KEYS] * len(one["lines"])
    assert turn["quote"] == (turn["quotes"] or [None])[0]
    assert turn["order"] == (turn["orders"] or [None])[0]


def test_a_piped_conversation_places_one_order_and_the_next_one_is_warned(
    restock: Restock, tmp_path: Path
) -> None:
    """`printf 'reorder my usual\\nyes\\n' | make run` twice, without make."""
    first = restock("talk", typed="reorder my usual\nyes\n")
    assert first.err == ""
    greeting, asked, answered = first.out.split("\n> ")
    assert "reorder my usual" in greeting
    assert asked.startswith("reorder my usual\n")
    assert "?" in asked
    assert answered.startswith("yes\n")
    assert (tmp_path / "var" / "restock.db").is_file()

    assert states(tmp_path) == ["accepted", "delivered", "delivered", "delivered"]

    warned, declined = turns(restock("say", "--json", "reorder my usual", "no"))
    assert warned["reply"] == "OrderItemIntent.just_ordered"
    assert warned["quote"] is None
    assert warned["order"]["state"] == "accepted"
    assert declined["reply"] == "NoIntent.not_ordered_again"
    assert states(tmp_path) == ["accepted", "delivered", "delivered", "delivered"]


def states(folder: Path) -> list[str]:
    """The states of all orders in the embedded database."""
    with closing(sqlite3.connect(folder / "var" / "restock.db")) as connection:
        return sorted(state for (state,) in connection.execute("SELECT state FROM shop_order"))


def test_an_order_is_delivered_by_the_worker_and_brings_points(restock: Restock, tmp_path: Path) -> None:
    points, asked, answered = turns(
        restock("say", "--now", ORDERED, "--json", "how many points do I have", "reorder my usual", "yes")
    )
    for turn in (points, asked, answered):
        require_documented(turn)
    assert asked["session_open"]
    assert asked["reprompt"]
    assert answered["reply"] == "YesIntent.order_placed"
    assert answered["order"]["state"] == "accepted"
    assert not answered["session_open"]

    restock("worker", "--once", "--now", THREE_DAYS_LATER)
    assert set(states(tmp_path)) == {"delivered"}
    (after,) = turns(restock("say", "--now", THREE_DAYS_LATER, "--json", "how many points do i have"))
    assert said_points(after) > said_points(points)


def said_points(turn: dict[str, Any]) -> int:
    words = turn["speech"].replace(",", "").split()
    return int(next(word for word in words if word.isdigit()))


def test_what_is_kept_can_be_exported_erased_and_put_back(restock: Restock, tmp_path: Path) -> None:
    (asked,) = turns(restock("say", "--now", ORDERED, "--json", "how many points do I have"))
    exported = restock("household", "export").out
    assert json.loads(exported)["orders"]["shop_order"]

    restock("household", "erase", "--yes")
    assert states(tmp_path) == []

    (tmp_path / "kept.json").write_text(exported, encoding="utf-8")
    restock("household", "import", "kept.json")
    (after,) = turns(restock("say", "--now", A_MINUTE_LATER, "--json", "how many points do I have"))
    assert said_points(after) == said_points(asked)
    assert len(states(tmp_path)) == 3
