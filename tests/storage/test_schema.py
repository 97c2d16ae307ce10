"""The schema: what a database must be at, the way there, and that migrations and models agree."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, String, inspect, text
from sqlmodel import SQLModel

from skill.storage import schema
from skill.storage.engine import make_engine
from skill.storage.errors import (
    DatabaseError,
    DatabaseLocked,
    DatabaseMissing,
    DatabaseNewer,
    DatabaseUnmigrated,
)
from tests.storage.empty_databases import empty_url


@pytest.fixture
def engine(database_kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Engine]:
    """An engine on a database without any table."""
    address = "" if database_kind == "sqlite" else request.getfixturevalue("postgres")
    made = make_engine(empty_url(database_kind, tmp_path, address))
    yield made
    made.dispose()


def set_revision(engine: Engine, revision: str) -> None:
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :now"), {"now": revision})


def test_an_upgrade_makes_a_database_that_passes_the_check(engine: Engine) -> None:
    schema.upgrade(engine)
    schema.check(engine)
    assert schema.revision(engine) == schema.REVISIONS[-1]
    schema.upgrade(engine)


def _differs(context: MigrationContext, *compared: object) -> bool | None:
    """None leaves the comparison to Alembic; lengths of texts say nothing on SQLite, which ignores them."""
    text_found = isinstance(compared[2], String)
    return False if text_found and context.dialect.name == "sqlite" else None


def test_the_migrations_make_exactly_what_the_models_say(engine: Engine) -> None:
    schema.upgrade(engine)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": _differs})
        assert compare_metadata(context, SQLModel.metadata) == []


def test_a_database_without_tables_is_unmigrated(engine: Engine) -> None:
    with engine.connect():
        pass  # SQLite makes the file
    with pytest.raises(DatabaseUnmigrated, match="no tables yet: run `restock db upgrade`"):
        schema.check(engine)


def test_a_database_of_a_newer_release_is_left_alone(engine: Engine) -> None:
    schema.upgrade(engine)
    set_revision(engine, "9999")
    for refused in (schema.check, schema.upgrade):
        with pytest.raises(DatabaseNewer, match="newer release"):
            refused(engine)


def test_a_database_of_an_older_release_asks_for_an_upgrade(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    schema.upgrade(engine)
    monkeypatch.setattr(schema, "REVISIONS", (*schema.REVISIONS, "9999"))
    with pytest.raises(DatabaseUnmigrated, match="older than this release"):
        schema.check(engine)


def test_the_revisions_are_those_of_the_script_files() -> None:
    config = Config()
    config.set_main_option("script_location", "skill.storage:migrations")
    scripts = ScriptDirectory.from_config(config)
    assert [script.revision for script in reversed(list(scripts.walk_revisions()))] == list(schema.REVISIONS)


def test_a_missing_file_is_told_and_not_made(tmp_path: Path) -> None:
    path = tmp_path / "absent.db"
    with pytest.raises(DatabaseMissing):
        schema.check(make_engine(f"sqlite:///{path}"))
    assert not path.exists()


def test_a_missing_server_is_told() -> None:
    with pytest.raises(DatabaseMissing):
        schema.check(make_engine("postgresql+psycopg://nobody@127.0.0.1:1/none"))


def test_a_missing_database_on_a_server_is_told(postgres: str) -> None:
    with pytest.raises(DatabaseMissing):
        schema.check(make_engine(f"{postgres}/never_made"))


@pytest.mark.parametrize("mode", ["IMMEDIATE", "EXCLUSIVE"])
def test_a_locked_file_is_told(tmp_path: Path, blank_file: Path, mode: str) -> None:
    path = tmp_path / "locked.db"
    made = make_engine(f"sqlite:///{path}")
    schema.upgrade(made)
    made.dispose()
    engine = make_engine(f"sqlite:///{path}", busy_timeout_ms=20)
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute(f"BEGIN {mode}")
    with pytest.raises(DatabaseLocked):
        schema.check(engine)
    holder.close()
    schema.check(engine)
    engine.dispose()


def test_a_file_that_is_no_database_is_told(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("not a database, but long enough to be looked at" * 50)
    with pytest.raises(DatabaseMissing, match=r"notes\.txt cannot be opened"):
        schema.check(make_engine(f"sqlite:///{path}"))


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(DatabaseMissing, match="There can be no database"):
        schema.create_folder(make_engine(f"sqlite:///{tmp_path / 'file' / 'restock.db'}"))


def test_every_error_of_a_database_is_one_tree() -> None:
    for kind in (DatabaseMissing, DatabaseLocked, DatabaseUnmigrated, DatabaseNewer):
        assert issubclass(kind, DatabaseError)


def test_quotes_of_the_first_release_keep_their_meaning(tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    engine = make_engine(f"sqlite:///{path}")
    config = Config()
    config.set_main_option("script_location", "skill.storage:migrations")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        columns = {column["name"]: column for column in inspect(connection).get_columns("quote")}
        for number, state in enumerate(("quoted", "confirmed", "dropped", "replaced")):
            row = {name: 0 if "INT" in str(column["type"]) else "" for name, column in columns.items()}
            row |= {"household_id": "h", "id": str(number), "state": state}
            names = ", ".join(row)
            values = ", ".join(f":{name}" for name in row)
            connection.execute(text(f"INSERT INTO quote ({names}) VALUES ({values})"), row)
    schema.upgrade(engine)
    with engine.connect() as connection:
        found = connection.execute(text("SELECT state FROM quote ORDER BY id")).scalars().all()
    engine.dispose()
    assert found == ["quoted", "confirmed", "cancelled", "expired"]
