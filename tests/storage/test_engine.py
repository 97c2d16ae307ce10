"""How each kind of database is set up, and which addresses are refused."""

from pathlib import Path

import pytest
from sqlalchemy import Engine

from skill.storage.database import Database
from skill.storage.engine import make_engine, require_file, safe_location, sqlite_file
from skill.storage.errors import DatabaseError, DatabaseMissing
from skill.storage.keys import new_id


@pytest.fixture
def embedded(tmp_path: Path) -> Engine:
    """An engine on a new SQLite file."""
    return make_engine(f"sqlite:///{tmp_path / 'embedded.db'}")


@pytest.mark.parametrize(
    ("setting", "value"), [("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1)]
)
def test_every_sqlite_connection_is_set_up_to_lose_nothing(
    embedded: Engine, setting: str, value: object
) -> None:
    reading = embedded.execution_options(read_only=True)
    with reading.connect() as one, reading.connect() as other:
        for connection in (one, other):
            assert connection.exec_driver_sql(f"PRAGMA {setting}").scalar() == value
    embedded.dispose()


def test_a_sqlite_connection_waits_for_its_turn(embedded: Engine) -> None:
    with embedded.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA busy_timeout").scalar() == 5000
    embedded.dispose()


def test_units_that_write_take_the_write_lock_at_once_and_readers_never_do(embedded: Engine) -> None:
    begun: list[str] = []
    database = Database(embedded)
    with embedded.connect() as connection:
        raw = connection.connection.dbapi_connection
        assert raw is not None
        raw.set_trace_callback(lambda text: begun.append(text) if text.startswith("BEGIN") else None)
    with database.unit(new_id()) as unit:
        unit.session.connection()
    with database.reading(None) as unit:
        unit.session.connection()
    assert begun[-2:] == ["BEGIN IMMEDIATE", "BEGIN"]
    embedded.dispose()


def test_a_reader_is_not_held_up_by_a_writer(embedded: Engine) -> None:
    database = Database(embedded)
    with database.unit(new_id()) as writer, database.reading(None) as reader:
        writer.session.connection()
        assert reader.session.connection().exec_driver_sql("SELECT 1").scalar() == 1
    embedded.dispose()


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:"])
def test_a_database_that_would_be_forgotten_is_refused(url: str) -> None:
    with pytest.raises(DatabaseError, match="must name a SQLite file"):
        make_engine(url)


@pytest.mark.parametrize(
    "url", ["", "not an address", "sqlite:/x", "postgresql://host:port/name", "mysql://x/y"]
)
def test_an_address_that_is_none_is_refused_in_one_line(url: str) -> None:
    with pytest.raises(DatabaseError) as refused:
        make_engine(url)
    assert "\n" not in str(refused.value)


def test_a_driver_that_is_not_installed_is_named() -> None:
    with pytest.raises(DatabaseError, match=r"driver .* aiosqlite"):
        make_engine("sqlite+aiosqlite:///x.db")


def test_a_password_is_never_shown() -> None:
    engine = make_engine("postgresql+psycopg://shop:secret@127.0.0.1:1/restock")
    assert "secret" not in safe_location(engine)
    assert sqlite_file(engine) is None
    require_file(engine)


def test_a_file_that_is_not_there_is_not_created_by_looking(tmp_path: Path) -> None:
    path = tmp_path / "absent.db"
    with pytest.raises(DatabaseMissing, match=r"absent\.db"):
        require_file(make_engine(f"sqlite:///{path}"))
    assert not path.exists()
