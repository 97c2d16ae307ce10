"""Two processes against one database: the last unit is sold once, and one quote becomes one order."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from skill.catalog.models import Stock
from skill.orders.ports import Item
from skill.storage.database import Database
from tests.orders.home import MILK, Home, another_home

ROOT = Path(__file__).parents[2]
ROUNDS = 3


class Racers:
    """Two processes that each hold their own connection to the database."""

    def __init__(self, database: Database) -> None:
        url = database.engine.url.render_as_string(hide_password=False)
        command = [sys.executable, "-m", "tests.orders.race_worker", url]
        self.processes = [
            subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT)
            for _ in range(2)
        ]
        assert [self._line(process) for process in self.processes] == ["ready", "ready"]

    def race(self, home: Home, entries: Sequence[tuple[str, str]]) -> list[str]:
        """What each process, one for each (household id, quote id), was told."""
        start = time.time() + 0.1
        for process, (household, quote) in zip(self.processes, entries, strict=True):
            task = {
                "household": household,
                "quote": quote,
                "zone": "UTC",
                "at": home.now.isoformat(),
                "start": start,
            }
            assert process.stdin is not None
            process.stdin.write(json.dumps(task) + "\n")
            process.stdin.flush()
        return [self._line(process) for process in self.processes]

    def _line(self, process: subprocess.Popen[str]) -> str:
        assert process.stdout is not None
        return process.stdout.readline().strip()

    def end(self) -> None:
        """Let both end."""
        for process in self.processes:
            process.communicate(timeout=60)


@pytest.fixture
def racers(database: Database) -> Iterator[Racers]:
    """Two processes, for the length of a test."""
    found = Racers(database)
    yield found
    found.end()


def _stock(database: Database, quantity: int) -> None:
    with database.unit(None) as unit:
        row = unit.session.get(Stock, MILK)
        assert row is not None
        row.quantity = quantity
        unit.session.add(row)


def _left(database: Database) -> int:
    with database.reading(None) as unit:
        row = unit.session.get(Stock, MILK)
        assert row is not None
        return row.quantity


def test_two_processes_sell_the_last_unit_once(database: Database, racers: Racers) -> None:
    home = Home(database)
    other = Home.__new__(Home)
    other.__dict__.update(home.__dict__)
    other.household_id = another_home(home)
    for _ in range(ROUNDS):
        _stock(database, 1)
        other.now = home.now
        entries = [(str(one.household_id), one.quote(Item(MILK, 1))[0]) for one in (home, other)]
        told = racers.race(home, entries)
        assert sorted(told)[-1] in ("accepted", "refused")
        assert told.count("accepted") == 1
        assert set(told) <= {"accepted", "refused", "Changed"}
        assert _left(database) == 0
        home.wait(days=5)
        home.app.work()


def test_two_processes_make_one_order_of_one_quote(database: Database, racers: Racers) -> None:
    home = Home(database)
    for number in range(ROUNDS):
        _stock(database, 10)
        [quote] = home.quote(Item(MILK, 1))
        told = racers.race(home, [(str(home.household_id), quote)] * 2)
        assert sorted(told) == ["YesIntent.already_answered", "accepted"]
        assert _left(database) == 9
        assert len(home.orders()) == number + 1
        home.wait(days=5)
        home.app.work()
