"""A database that cannot be used is one line and exit 2 at the command line, and is left as it is."""

import io
import os
import shutil
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path

import pytest

from skill import bootstrap
from skill.cli.root import app, run
from skill.settings import Settings
from skill.storage.engine import make_engine

TURNS = (["say", "reorder my usual", "yes"], ["talk"])
COMMANDS = (*TURNS, ["household", "export"], ["household", "erase", "--yes"], ["member", "link", "Anna"])
Restock = Callable[[list[str]], str]


@pytest.fixture(scope="module")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An embedded database as `restock talk` makes it."""
    path = tmp_path_factory.mktemp("seeded") / "restock.db"
    bootstrap.prepare(Settings(env="development", database_url=f"sqlite:///{path}"))
    return path


@pytest.fixture
def path(seeded: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of it where the program looks for its embedded database, which is in the current folder."""
    made = tmp_path / "var" / "restock.db"
    made.parent.mkdir()
    shutil.copyfile(seeded, made)
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("RESTOCK_")]:
        monkeypatch.delenv(name)
    return made


@pytest.fixture
def refused(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Restock:
    """Runs a command that must end with exit code 2 and one line, and gives the line."""

    def command(arguments: list[str]) -> str:
        monkeypatch.setattr(sys, "stdin", io.StringIO("reorder my usual\nyes\n"))
        more = ["--alexa-user", "amzn1.ask.account.NEW"] if arguments[0] == "member" else []
        code = run(lambda: app([*arguments, *more], standalone_mode=False))
        printed = capsys.readouterr()
        assert (code, printed.out) == (2, "")
        assert printed.err.startswith("restock: ")
        assert printed.err.count("\n") == 1
        return printed.err

    return command


def dump(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as connection:
        return list(connection.iterdump())


@contextmanager
def held(path: Path) -> Iterator[None]:
    """The database while another program writes to it."""
    with closing(sqlite3.connect(path, isolation_level=None)) as holder:
        holder.execute("BEGIN IMMEDIATE")
        yield


def set_revision(path: Path, revision: str) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = ?", [revision])


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_a_locked_database_is_one_line(
    path: Path, refused: Restock, command: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    # The program waits five seconds for a lock; these tests need not.
    monkeypatch.setattr(bootstrap, "make_engine", partial(make_engine, busy_timeout_ms=20))
    before = dump(path)
    with held(path):
        assert "locked by another process" in refused(command)
    assert dump(path) == before


@pytest.mark.parametrize("named", [False, True], ids=["embedded", "named"])
@pytest.mark.parametrize("command", [*COMMANDS, ["db", "upgrade"], ["db", "seed"]], ids=" ".join)
def test_a_database_newer_than_the_code_is_one_line(
    path: Path, refused: Restock, command: list[str], named: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_revision(path, "9999")
    if named:
        monkeypatch.setenv("RESTOCK_DATABASE_URL", f"sqlite:///{path}")
    before = dump(path)
    assert "newer release" in refused(command)
    assert dump(path) == before


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_a_named_database_that_is_missing_is_one_line_and_not_made(
    path: Path, refused: Restock, command: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    absent = path.with_name("absent.db")
    monkeypatch.setenv("RESTOCK_DATABASE_URL", f"sqlite:///{absent}")
    line = refused(command)
    assert str(absent) in line
    assert "restock db upgrade" in line
    assert not absent.exists()


@pytest.mark.parametrize("command", TURNS, ids=" ".join)
def test_a_named_database_without_tables_is_one_line_and_stays_empty(
    path: Path, refused: Restock, command: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    empty = path.with_name("empty.db")
    with closing(sqlite3.connect(empty)) as connection:
        connection.execute("VACUUM")
    monkeypatch.setenv("RESTOCK_DATABASE_URL", f"sqlite:///{empty}")
    assert "restock db upgrade" in refused(command)
    assert dump(empty) == ["BEGIN TRANSACTION;", "COMMIT;"]


@pytest.mark.parametrize("command", TURNS, ids=" ".join)
def test_a_file_that_is_no_database_is_one_line_and_stays(
    path: Path, refused: Restock, command: list[str]
) -> None:
    path.write_text("shopping list: milk\n" * 100)
    assert "cannot be opened" in refused(command)
    assert path.read_text().startswith("shopping list")


@pytest.mark.parametrize("url", ["milk", "mysql://shop/restock", "sqlite://", "sqlite:///:memory:", "://"])
def test_an_address_of_no_database_is_one_line(
    path: Path, refused: Restock, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RESTOCK_DATABASE_URL", url)
    assert "RESTOCK_DATABASE_URL" in refused(["say", "help"])
