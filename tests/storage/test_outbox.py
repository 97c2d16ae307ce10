"""The outbox: written once, taken by one worker, tried again, dead at last, forgotten in time."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update
from sqlmodel import col

from skill.storage.database import Database
from skill.storage.keys import new_id
from skill.storage.outbox import BACK_OFF, KEPT, LEASE, Outbox, OutboxMessage

NOW = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
HOME = new_id()


def put(database: Database, key: str = "k", due_at: datetime | None = None) -> bool:
    with database.unit(HOME) as unit:
        return Outbox(unit).put("email", key, {"to": "a@b.example"}, NOW, purpose="purchase", due_at=due_at)


def only(database: Database, *states: str) -> OutboxMessage:
    with database.reading(HOME) as unit:
        [message] = Outbox(unit).all(*(states or ("waiting", "sent", "dead", "dropped")))
        return message


def attempt(database: Database, at: datetime) -> bool:
    with database.unit(HOME) as unit:
        due = Outbox(unit).due(at)
        return bool(due) and Outbox(unit).take(due[0], at)


def test_a_message_is_written_once_for_its_key(database: Database) -> None:
    assert put(database)
    assert not put(database)
    assert put(database, "another")


def test_a_message_waits_for_its_time(database: Database) -> None:
    put(database, due_at=NOW + timedelta(hours=1))
    assert not attempt(database, NOW)
    assert attempt(database, NOW + timedelta(hours=1))


def test_a_taken_message_is_left_alone_for_its_lease(database: Database) -> None:
    put(database)
    assert attempt(database, NOW)
    assert not attempt(database, NOW + LEASE - timedelta(seconds=1))
    assert attempt(database, NOW + LEASE)


def test_of_two_workers_one_takes_a_message(database: Database) -> None:
    put(database)
    with database.unit(HOME) as unit:
        [mine] = Outbox(unit).due(NOW)
        unit.session.execute(  # what the other worker did meanwhile
            update(OutboxMessage)
            .where(col(OutboxMessage.household_id) == HOME)
            .values(attempts=1)
            .execution_options(synchronize_session=False)
        )
        assert not Outbox(unit).take(mine, NOW)


def test_failures_are_tried_again_ever_later_and_then_the_message_is_dead(database: Database) -> None:
    put(database)
    at = NOW
    for wait in BACK_OFF:
        assert attempt(database, at)
        with database.unit(HOME) as unit:
            assert Outbox(unit).fail(only(database).id, "Timeout", at) == "waiting"
        assert not attempt(database, at + wait - timedelta(seconds=1))
        at += wait
    assert attempt(database, at)
    with database.unit(HOME) as unit:
        assert Outbox(unit).fail(only(database).id, "Timeout", at) == "dead"
    assert not attempt(database, at + timedelta(days=9))
    with database.unit(HOME) as unit:
        assert Outbox(unit).revive(only(database).id, at)
    assert attempt(database, at)


def test_a_living_message_is_not_revived(database: Database) -> None:
    put(database)
    with database.unit(HOME) as unit:
        assert not Outbox(unit).revive(only(database).id, NOW)


@pytest.mark.parametrize("state", ["sent", "dropped"])
def test_what_was_said_is_forgotten_at_once_and_the_rest_after_a_month(
    database: Database, state: str
) -> None:
    put(database)
    with database.unit(HOME) as unit:
        Outbox(unit).settle(only(database).id, state, NOW)
    assert only(database, state).payload == {}
    with database.unit(HOME) as unit:
        assert Outbox(unit).forget(NOW + KEPT) == 0
        assert Outbox(unit).forget(NOW + KEPT + timedelta(seconds=1)) == 1
