"""Prepared databases are filled once per key and put in place as exact copies."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from skill.simulator.prepared import PreparedDatabases


def rows(path: Path) -> list[tuple[str]]:
    with closing(sqlite3.connect(path)) as connection:
        return list(connection.execute("SELECT name FROM pet ORDER BY name"))


def filler(name: str, filled: list[Path]) -> Callable[[Path], None]:
    def fill(path: Path) -> None:
        filled.append(path)
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("CREATE TABLE pet (name TEXT)")
            connection.execute("INSERT INTO pet VALUES (?)", (name,))
            connection.commit()

    return fill


def test_a_database_is_filled_once_and_put_back_as_it_was(tmp_path: Path) -> None:
    filled: list[Path] = []
    prepared, path = PreparedDatabases(tmp_path), tmp_path / "world.db"
    prepared.restore(path, ("home", 1), filler("cat", filled))
    with closing(sqlite3.connect(path)) as held_open:
        held_open.execute("INSERT INTO pet VALUES ('dog')")
        held_open.commit()
        prepared.restore(path, ("home", 1), filler("cat", filled))
        assert list(held_open.execute("SELECT name FROM pet")) == [("cat",)]
    assert len(filled) == 1
    assert rows(path) == [("cat",)]


def test_each_key_has_a_template_of_its_own(tmp_path: Path) -> None:
    prepared, path = PreparedDatabases(tmp_path), tmp_path / "world.db"
    prepared.restore(path, "cat", filler("cat", []))
    prepared.restore(path, "dog", filler("dog", []))
    assert rows(path) == [("dog",)]


def test_a_template_may_be_made_from_another(tmp_path: Path) -> None:
    prepared, path = PreparedDatabases(tmp_path), tmp_path / "world.db"

    def on_top(template: Path) -> None:
        prepared.restore(template, "base", filler("cat", []))
        with closing(sqlite3.connect(template)) as connection:
            connection.execute("INSERT INTO pet VALUES ('dog')")
            connection.commit()

    prepared.restore(path, "both", on_top)
    assert rows(path) == [("cat",), ("dog",)]
    prepared.restore(path, "base", filler("not made again", []))
    assert rows(path) == [("cat",)]
