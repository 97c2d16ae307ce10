"""`restock db upgrade` and `restock db seed`."""

import sqlite3
from pathlib import Path

import pytest

from skill.storage import schema
from tests.cli.terminal import Terminal


@pytest.fixture
def terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Terminal:
    """A terminal in an empty folder."""
    return Terminal(capsys, monkeypatch, tmp_path)


def count(path: Path, table: str) -> int:
    connection = sqlite3.connect(path)
    (found,) = connection.execute(f"SELECT count(*) FROM {table}").fetchone()
    connection.close()
    return int(found)


def test_an_upgrade_makes_the_embedded_file_and_may_be_repeated(terminal: Terminal) -> None:
    for _ in range(2):
        ran = terminal.run("db", "upgrade")
        assert (ran.code, ran.err) == (0, "")
        assert f"revision {schema.REVISIONS[-1]}" in ran.out
    assert count(terminal.database, "household") == 0


def test_an_upgrade_makes_a_named_file(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    path = terminal.folder / "deep" / "shop.db"
    monkeypatch.setenv("RESTOCK_DATABASE_URL", f"sqlite:///{path}")
    assert terminal.run("db", "upgrade").code == 0
    assert count(path, "member") == 0


def test_a_seed_makes_shop_and_household_once(terminal: Terminal) -> None:
    assert terminal.run("db", "seed").code == 0
    first = {table: count(terminal.database, table) for table in ("sku", "household", "member", "shop_order")}
    assert first["household"] == 1
    assert first["member"] >= 2
    assert first["shop_order"] == 3
    assert terminal.run("db", "seed").code == 0
    assert {table: count(terminal.database, table) for table in first} == first


@pytest.mark.parametrize("command", ["upgrade", "seed"])
def test_a_database_of_a_newer_release_is_left_as_it_is(terminal: Terminal, command: str) -> None:
    terminal.run("db", "upgrade")
    connection = sqlite3.connect(terminal.database)
    connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.commit()
    connection.close()
    assert "newer release" in terminal.run("db", command).complaint
    assert count(terminal.database, "household") == 0


@pytest.mark.parametrize("command", ["upgrade", "seed"])
@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("postgresql://shop:secret@127.0.0.1:1/none", "cannot be opened"),
        ("mysql://shop:secret@db/none", "cannot be read as a database address|not installed|must name"),
        ("nonsense", "cannot be read"),
        ("sqlite://", "must name a SQLite file"),
        ("sqlite:////dev/null/restock.db", "There can be no database"),
    ],
)
def test_a_database_that_cannot_be_is_one_line(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch, command: str, url: str, told: str
) -> None:
    monkeypatch.setenv("RESTOCK_DATABASE_URL", url)
    complaint = terminal.run("db", command).complaint
    assert any(part in complaint for part in told.split("|"))
    assert "secret" not in complaint


def test_a_setting_that_is_wrong_is_one_line(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RESTOCK_PORT", "http")
    assert "RESTOCK_PORT" in terminal.run("db", "upgrade").complaint
    assert not terminal.database.exists()
