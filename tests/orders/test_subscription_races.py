"""Several workers at once, in threads and in processes: each date of a subscription is ordered once."""

import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from skill.orders.subscription_rules import moment
from skill.storage.database import Database
from tests.orders.subscribed import Subscribed

ROOT = Path(__file__).parents[2]


@pytest.fixture
def home(database: Database) -> Subscribed:
    """A household that subscribed to oat milk."""
    made = Subscribed(database)
    assert made.agree().reply == "YesIntent.subscribed"
    return made


def test_four_workers_at_once_order_each_date_once(home: Subscribed) -> None:
    day = home.one().next_date
    home.now = moment(day, home.caller.zone) - timedelta(hours=13)
    race(home)
    home.now = moment(day, home.caller.zone)
    assert race(home) == 1
    assert len(home.orders()) == 1
    assert home.states() == [("ordered", "")]


def race(home: Subscribed) -> int:
    start = threading.Barrier(4)

    def work(_: int) -> int:
        start.wait(timeout=20)
        return home.app.work().subscriptions_run

    with ThreadPoolExecutor(4) as pool:
        return sum(pool.map(work, range(4)))


class Workers:
    """Two worker processes, each with its own connection to the database."""

    def __init__(self, database: Database) -> None:
        url = database.engine.url.render_as_string(hide_password=False)
        command = [sys.executable, "-m", "tests.orders.subscription_worker", url]
        self.processes = [
            subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT)
            for _ in range(2)
        ]
        assert self._told() == ["ready", "ready"]

    def race(self, at: datetime) -> Sequence[int]:
        """How many orders each placed in a round at `at`."""
        task = json.dumps({"at": at.isoformat(), "start": time.time() + 0.1})
        for process in self.processes:
            assert process.stdin is not None
            process.stdin.write(task + "\n")
            process.stdin.flush()
        return [int(told) for told in self._told()]

    def _told(self) -> list[str]:
        return [process.stdout.readline().strip() for process in self.processes if process.stdout is not None]

    def end(self) -> None:
        """Let both end."""
        for process in self.processes:
            process.communicate(timeout=60)


@pytest.fixture
def workers(home: Subscribed) -> Iterator[Workers]:
    """Two processes, for the length of a test."""
    found = Workers(home.database)
    yield found
    found.end()


def test_two_processes_order_each_date_once(home: Subscribed, workers: Workers) -> None:
    day = home.one().next_date
    for number in range(3):
        due = moment(day + timedelta(weeks=number), home.caller.zone)
        workers.race(due - timedelta(hours=13))
        assert sum(workers.race(due)) == 1
        home.now = due
        assert len(home.orders()) == number + 1
        workers.race(due + timedelta(days=4))
