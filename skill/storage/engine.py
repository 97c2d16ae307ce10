"""Makes the engine for SQLite or PostgreSQL with the settings that were measured to be safe."""

import sqlite3
from collections.abc import Mapping
from pathlib import Path
from threading import Lock
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, OperationalError

from skill.storage.errors import DatabaseError, DatabaseMissing

BUSY_TIMEOUT_MS = 5000
POOL: Mapping[str, Any] = {"pool_size": 8, "max_overflow": 64, "pool_timeout": 5}
"""A turn may hold one connection and ask the embedded shop over a second: two for each server thread."""


def make_engine(url: str, *, busy_timeout_ms: int = BUSY_TIMEOUT_MS) -> Engine:
    """An engine for `url` (`sqlite:///...` or `postgresql+psycopg://...`); connects to nothing yet.

    SQLite: WAL, synchronous FULL, foreign keys on, `BEGIN IMMEDIATE` for units that write.
    PostgreSQL: no server-side prepared statements, so that a transaction pooler can stand in between.
    Raises DatabaseError for an address that cannot be read or another kind of database.
    """
    try:
        parsed = make_url(url)
        if parsed.get_backend_name() == "sqlite" and parsed.database not in (None, "", ":memory:"):
            return _sqlite(url, busy_timeout_ms)
        if parsed.get_backend_name() == "postgresql":
            return create_engine(
                url,
                pool_pre_ping=True,
                connect_args={"prepare_threshold": None, "connect_timeout": 3},
                **POOL,
            )
    except (ArgumentError, NoSuchModuleError, ValueError) as error:
        raise DatabaseError("RESTOCK_DATABASE_URL cannot be read as a database address.") from error
    except ImportError as error:
        raise DatabaseError(f"The driver for the database is not installed: {error.name}.") from error
    raise DatabaseError("RESTOCK_DATABASE_URL must name a SQLite file or a PostgreSQL database.")


def sqlite_file(engine: Engine) -> Path | None:
    """The file behind a SQLite engine; None for PostgreSQL."""
    return Path(engine.url.database or "") if engine.dialect.name == "sqlite" else None


def safe_location(engine: Engine) -> str:
    """The engine's file, or its address without the password."""
    path = sqlite_file(engine)
    return str(path) if path else engine.url.render_as_string(hide_password=True)


def require_file(engine: Engine) -> None:
    """Raise DatabaseMissing when a SQLite file is absent: opening it would silently create it."""
    path = sqlite_file(engine)
    if path is not None and not path.is_file():
        raise DatabaseMissing(f"There is no database at {path}: run `restock db upgrade` to create it.")


def _sqlite(url: str, busy_timeout_ms: int) -> Engine:
    engine = create_engine(url, connect_args={"timeout": busy_timeout_ms / 1000}, **POOL)

    def on_connect(connection: sqlite3.Connection, _record: Any) -> None:
        connection.isolation_level = None  # the driver must not begin on its own: `on_begin` does
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")

    writer = Lock()  # SQLite's own wait is a poll that starves some of many threads; this one is a queue

    def on_begin(connection: Connection) -> None:
        if connection.get_execution_options().get("read_only", False):
            connection.exec_driver_sql("BEGIN")
            return
        if not writer.acquire(timeout=busy_timeout_ms / 1000):
            raise OperationalError("BEGIN IMMEDIATE", {}, sqlite3.OperationalError("database is locked"))
        try:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        except BaseException:
            writer.release()
            raise
        connection.info["writing"] = True

    def on_end(connection: Connection) -> None:
        if connection.info.pop("writing", False):
            writer.release()

    event.listen(engine, "connect", on_connect)
    event.listen(engine, "begin", on_begin)
    event.listen(engine, "commit", on_end)
    event.listen(engine, "rollback", on_end)
    return engine
