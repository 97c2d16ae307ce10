"""A unit of work: committed once, undone as a whole, run again when another one was in the way."""

import sqlite3
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError, ProgrammingError
from sqlmodel import col, select

from skill.household.models import Address, Household
from skill.household.service import Households
from skill.storage.database import ATTEMPTS, Database, Unit, must_retry, translated
from skill.storage.engine import make_engine
from skill.storage.errors import DatabaseError, DatabaseLocked, DatabaseMissing
from skill.storage.keys import new_id

NOW = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)


def new_home(database: Database) -> UUID:
    household = new_id()
    with database.unit(household) as unit:
        Households(unit).create("Home", "UTC", NOW)
    return household


def labels(database: Database, household: UUID) -> list[str]:
    with database.reading(household) as unit:
        found = unit.session.exec(select(Address.label).where(col(Address.household_id) == household)).all()
    return sorted(found)


def failing_once(code: str) -> Callable[[Unit], int]:
    """Work that writes an address and then fails with an SQLSTATE, the first time only."""
    calls: list[None] = []

    def work(unit: Unit) -> int:
        calls.append(None)
        Households(unit).add_address(f"try {len(calls)}")
        if len(calls) == 1:
            raise refused_with(code)
        return len(calls)

    return work


def refused_with(code: str) -> DBAPIError:
    error = psycopg.errors.lookup(code)("in the way")
    return OperationalError("UPDATE", {}, error)


def test_what_was_written_is_there_and_a_failed_unit_leaves_nothing(database: Database) -> None:
    household = new_home(database)
    with database.unit(household) as unit:
        Households(unit).add_address("home")

    def fail(unit: Unit) -> None:
        Households(unit).add_address("work")
        unit.session.flush()
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        database.run(household, fail)
    assert labels(database, household) == ["home"]


def test_what_is_written_while_reading_is_undone(database: Database) -> None:
    household = new_home(database)
    with database.reading(household) as unit:
        Households(unit).add_address("home")
        unit.session.flush()
    assert labels(database, household) == []


def test_a_unit_of_no_household_says_so(database: Database) -> None:
    with database.reading(None) as unit, pytest.raises(LookupError):
        assert unit.household


@pytest.mark.parametrize("code", ["40001", "40P01", "23505"])
def test_a_unit_that_was_in_the_way_of_another_is_run_again_as_a_whole(database: Database, code: str) -> None:
    household = new_home(database)
    assert database.run(household, failing_once(code)) == 2
    assert labels(database, household) == ["try 2"]


def test_a_unit_is_run_at_most_five_times(database: Database) -> None:
    calls: list[None] = []

    def work(_unit: Unit) -> None:
        calls.append(None)
        raise refused_with("40001")

    with pytest.raises(OperationalError):
        database.run(new_id(), work)
    assert len(calls) == ATTEMPTS == 5


@pytest.mark.parametrize("code", ["23503", "22001", "57014"])
def test_any_other_error_is_not_tried_again(database: Database, code: str) -> None:
    calls: list[None] = []

    def work(_unit: Unit) -> None:
        calls.append(None)
        raise refused_with(code)

    with pytest.raises(OperationalError):
        database.run(new_id(), work)
    assert len(calls) == 1


def test_a_key_that_another_unit_took_first_is_worth_another_try(database: Database) -> None:
    household = new_home(database)
    with pytest.raises(IntegrityError) as refused, database.unit(household) as unit:
        unit.session.add(Household(household_id=household, name="Again", zone="UTC", created_at=NOW))
    assert must_retry(refused.value)


def test_a_missing_parent_is_not_worth_another_try(database: Database) -> None:
    with pytest.raises(IntegrityError) as refused, database.unit(new_id()) as unit:
        Households(unit).add_address("nowhere")
    assert not must_retry(refused.value)


def test_a_real_serialization_failure_is_run_again(database: Database) -> None:
    """Two units read all labels and add one, so each would have seen the other's: one must lose."""
    if database.engine.dialect.name != "postgresql":
        assert race(database) == [["a"], ["a", "b"]]  # one writer at a time: nothing to lose
        return
    strict = Database(database.engine.execution_options(isolation_level="SERIALIZABLE"))
    assert race(strict) == [["a"], ["a", "b"]]


def race(database: Database) -> list[list[str]]:
    """What two units saw that each read every label, waited for the other to have read too, and wrote."""
    household = new_home(database)
    both_have_read = threading.Barrier(2)
    tries: dict[str, int] = {"a": 0, "b": 0}
    seen: list[list[str]] = []

    def adding(label: str) -> Callable[[Unit], list[str]]:
        def work(unit: Unit) -> list[str]:
            tries[label] += 1
            unit.session.exec(select(Address).where(col(Address.household_id) == household)).all()
            if tries[label] == 1 and database.engine.dialect.name == "postgresql":
                both_have_read.wait(timeout=20)
            Households(unit).add_address(label)
            unit.session.flush()
            return sorted(
                unit.session.exec(select(Address.label).where(col(Address.household_id) == household)).all()
            )

        return work

    def run(label: str) -> None:
        seen.append(database.run(household, adding(label)))

    together([lambda: run("a"), lambda: run("b")])
    assert labels(database, household) == ["a", "b"]
    if database.engine.dialect.name == "postgresql":
        assert sorted(tries.values()) == [1, 2]
    return [["a"] if len(one) == 1 else one for one in sorted(seen, key=len)]


def test_a_real_deadlock_is_run_again(database: Database) -> None:
    """Two units lock two rows in opposite orders; on SQLite the second waits for the first to end."""
    household = new_home(database)
    with database.unit(household) as unit:
        Households(unit).add_address("x")
        Households(unit).add_address("y")
    meet = threading.Barrier(2)
    tries: list[str] = []

    def touching(*order: str) -> Callable[[Unit], None]:
        def work(unit: Unit) -> None:
            tries.append(order[0])
            for number, label in enumerate(order):
                unit.session.connection().execute(
                    text("UPDATE address SET is_default = true WHERE label = :label"), {"label": label}
                )
                if number == 0 and tries.count(order[0]) == 1 and postgresql:
                    meet.wait(timeout=20)

        return work

    postgresql = database.engine.dialect.name == "postgresql"
    together(
        [
            lambda: database.run(household, touching("x", "y")),
            lambda: database.run(household, touching("y", "x")),
        ]
    )
    assert len(tries) == (3 if postgresql else 2)


def together(works: list[Callable[[], object]]) -> None:
    """Run every work in a thread of its own; the first error of any is raised."""
    errors: list[BaseException] = []

    def guarded(work: Callable[[], object]) -> None:
        try:
            work()
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=guarded, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]


def test_statements_are_counted_for_each_thread_alone(database: Database) -> None:
    household = new_home(database)
    with database.counting() as counter:
        together([lambda: labels(database, household)])
        assert counter.statements == 0
        labels(database, household)
        assert counter.statements >= 1


def test_a_database_locked_by_another_process_is_told_as_that(tmp_path: Path, blank_file: Path) -> None:
    path = tmp_path / "held.db"
    path.write_bytes(blank_file.read_bytes())
    database = Database(make_engine(f"sqlite:///{path}", busy_timeout_ms=20))
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    with pytest.raises(DatabaseLocked):
        new_home(database)
    holder.execute("ROLLBACK")
    new_home(database)
    holder.close()
    database.engine.dispose()


def test_a_full_database_is_told_as_one_that_cannot_be_written(tmp_path: Path, blank_file: Path) -> None:
    path = tmp_path / "full.db"
    path.write_bytes(blank_file.read_bytes())
    database = Database(make_engine(f"sqlite:///{path}"))
    household = new_home(database)

    def fill(unit: Unit) -> None:
        unit.session.connection().exec_driver_sql("PRAGMA max_page_count = 1")
        for number in range(5000):
            Households(unit).add_address(f"{number:040}")
        unit.session.flush()

    with pytest.raises(DatabaseError, match="cannot be written to"):
        database.run(household, fill)
    assert labels(database, household) == []
    database.engine.dispose()


def test_a_server_that_is_gone_is_told_as_missing() -> None:
    database = Database(make_engine("postgresql+psycopg://restock:secret@127.0.0.1:1/none"))
    with pytest.raises(DatabaseMissing) as missing, database.reading(None) as unit:
        unit.session.connection()
    assert "secret" not in str(missing.value)


def test_a_mistake_of_ours_is_not_told_as_a_state_of_the_database(database: Database) -> None:
    with (
        pytest.raises((OperationalError, ProgrammingError), match="no_such_table"),
        translated(database.engine),
        database.engine.connect() as connection,
    ):
        connection.execute(text("SELECT * FROM no_such_table"))
