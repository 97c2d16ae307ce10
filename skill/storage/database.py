"""The unit of work: one transaction, of one household, committed once."""

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from random import Random
from typing import TypeVar
from uuid import UUID

from sqlalchemy import Engine, event
from sqlalchemy.exc import DatabaseError as DriverError
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlmodel import Session

from skill.storage.engine import safe_location
from skill.storage.errors import DatabaseError, DatabaseLocked, DatabaseMissing

T = TypeVar("T")
ATTEMPTS = 5
RETRIED_SQLSTATES = {"40001", "40P01", "23505"}
"""Serialization failure, deadlock, and a key that somebody else took first (PostgreSQL manual, 13.5)."""
RETRIED_SQLITE = {"SQLITE_CONSTRAINT_PRIMARYKEY", "SQLITE_CONSTRAINT_UNIQUE"}
"""The same race on SQLite, between two units that both were cut in two by a checkpoint."""
UNOPENED = ("unable to open", "not a database", "connect", "does not exist")
UNWRITTEN = ("readonly", "disk is full", "disk i/o error")


@dataclass
class Counter:
    """How many SQL statements ran since the counting began."""

    statements: int = 0


_counter: ContextVar[Counter | None] = ContextVar("statement_counter", default=None)


class Unit:
    """An open transaction of one household (or of none, for directory and reference tables).

    Services read and write through `session` and never commit; a use case that must be durable before it
    calls another system (placing an order at a shop) uses idempotency.checkpoint. `claimed` is the record
    of the request that this unit answers, if it answers one.
    """

    def __init__(self, session: Session, household_id: UUID | None) -> None:
        self.session = session
        self.household_id = household_id
        self.claimed: object = None

    @property
    def household(self) -> UUID:
        """The household of this unit; raises LookupError when the unit was opened for none."""
        if self.household_id is None:
            raise LookupError("this unit of work belongs to no household")
        return self.household_id

    def release(self) -> None:
        """Commit what was done so far, so that no lock is held while another system is called.

        Only for work that a repeat can take up from here; what follows is a new transaction.
        """
        self.session.commit()


class Database:
    """Opens units of work on one engine."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        event.listen(engine, "before_cursor_execute", _count)

    @contextmanager
    def counting(self) -> Iterator[Counter]:
        """Count the statements that this thread runs inside the block."""
        counter = Counter()
        token = _counter.set(counter)
        try:
            yield counter
        finally:
            _counter.reset(token)

    @contextmanager
    def unit(self, household_id: UUID | None) -> Iterator[Unit]:
        """A write transaction; commits at the end of the block, rolls back on any exception."""
        with translated(self.engine), Session(self.engine, expire_on_commit=False) as session:
            yield Unit(session, household_id)
            session.commit()

    @contextmanager
    def reading(self, household_id: UUID | None) -> Iterator[Unit]:
        """A read-only transaction: takes no write lock and is always rolled back."""
        engine = self.engine.execution_options(read_only=True)
        with translated(self.engine), Session(engine, expire_on_commit=False) as session:
            yield Unit(session, household_id)

    def run(self, household_id: UUID | None, work: Callable[[Unit], T]) -> T:
        """Run `work` in a unit, the whole of it again (at most five times) when the database asks for it."""
        jitter = Random()
        for attempt in range(1, ATTEMPTS + 1):
            try:
                with self.unit(household_id) as unit:
                    return work(unit)
            except DBAPIError as error:
                if attempt == ATTEMPTS or not must_retry(error):
                    raise
                time.sleep(0.01 * 2**attempt * (0.5 + jitter.random()))
        raise AssertionError("unreachable: the last attempt returns or raises")


def _count(*_arguments: object) -> None:
    counter = _counter.get()
    if counter is not None:
        counter.statements += 1


def must_retry(error: DBAPIError) -> bool:
    """Whether another transaction was in the way, so that the whole unit should be run again."""
    if isinstance(error.orig, sqlite3.Error):
        return getattr(error.orig, "sqlite_errorname", None) in RETRIED_SQLITE
    return getattr(error.orig, "sqlstate", None) in RETRIED_SQLSTATES


@contextmanager
def translated(engine: Engine) -> Iterator[None]:
    """Turn what a driver says of a database it cannot use into our errors; pass every other error on."""
    try:
        yield
    except DBAPIError as error:
        unusable = _unusable(engine, error)
        if unusable is None:
            raise
        raise unusable from error


def _unusable(engine: Engine, error: DBAPIError) -> DatabaseError | None:
    # A wrong statement or a wrong value is a subclass of DriverError: never a state of the database.
    if type(error) not in (OperationalError, DriverError) or must_retry(error):
        return None
    driver_says = str(error.orig).lower()
    if "is locked" in driver_says:
        return DatabaseLocked("The database is locked by another process: stop it or try again.")
    if any(words in driver_says for words in UNWRITTEN):
        return DatabaseError(f"The database at {safe_location(engine)} cannot be written to.")
    if any(words in driver_says for words in UNOPENED):
        return DatabaseMissing(f"The database at {safe_location(engine)} cannot be opened.")
    return None
