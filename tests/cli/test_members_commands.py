"""`restock member link` and `restock household export | import | erase`."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from skill.bootstrap import OFFLINE_USER
from skill.household import directory
from skill.household.service import Households
from skill.storage.database import Database
from skill.storage.engine import make_engine
from tests.cli.terminal import Terminal


@pytest.fixture
def terminal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], demo_file: Path
) -> Terminal:
    """A terminal in a folder with the demo household."""
    made = Terminal(capsys, monkeypatch, tmp_path)
    made.put(demo_file)
    return made


@contextmanager
def opened(terminal: Terminal) -> Iterator[Database]:
    database = Database(make_engine(f"sqlite:///{terminal.database}"))
    yield database
    database.engine.dispose()


def member_of(terminal: Terminal, user_id: str) -> str | None:
    with opened(terminal) as database:
        found = directory.find(database, directory.ALEXA_USER, user_id)
        if found is None:
            return None
        with database.reading(found.household_id) as unit:
            member = Households(unit).member(found.member_id)
        return member.name if member else None


def test_a_linked_account_speaks_for_the_member(terminal: Terminal) -> None:
    ran = terminal.run("member", "link", "ben", "--alexa-user", "amzn1.ask.account.B")
    assert (ran.code, ran.err) == (0, "")
    assert member_of(terminal, "amzn1.ask.account.B") == "Ben"
    terminal.run("member", "link", "Anna", "--alexa-user", "amzn1.ask.account.B")
    assert member_of(terminal, "amzn1.ask.account.B") == "Anna"


def test_a_member_who_is_not_there_is_one_line(terminal: Terminal) -> None:
    complaint = terminal.run("member", "link", "Nobody", "--alexa-user", "x").complaint
    assert "no member or customer called 'Nobody'" in complaint
    assert member_of(terminal, "x") is None


def test_a_household_goes_out_and_comes_back(terminal: Terminal) -> None:
    first = terminal.run("household", "export")
    assert first.code == 0
    file = terminal.folder / "home.json"
    file.write_text(first.out, encoding="utf-8")
    assert terminal.run("household", "erase", "--yes").out.endswith("rows are erased.\n")
    assert member_of(terminal, OFFLINE_USER) is None
    assert "no demo household" in terminal.run("household", "export").complaint
    assert terminal.run("household", "import", str(file)).code == 0
    assert json.loads(terminal.run("household", "export").out) == json.loads(first.out)


def test_an_erasure_needs_its_yes(terminal: Terminal) -> None:
    assert "--yes" in terminal.run("household", "erase").complaint
    assert member_of(terminal, OFFLINE_USER) == "Anna"


@pytest.mark.parametrize(
    "text", ["", "[]", "no json", "{}", '{"household_id": "x"}', "[" * 100_000, "\udcff"], ids=range(7)
)
def test_a_file_that_is_no_export_is_one_line(terminal: Terminal, text: str) -> None:
    file = terminal.folder / "broken.json"
    file.write_text(text, encoding="utf-8", errors="surrogateescape")
    assert terminal.run("household", "import", str(file)).complaint


def test_a_household_that_is_there_is_not_imported_over(terminal: Terminal) -> None:
    file = terminal.folder / "home.json"
    file.write_text(terminal.run("household", "export").out, encoding="utf-8")
    assert "already holds data" in terminal.run("household", "import", str(file)).complaint


def test_without_a_database_every_command_is_one_line(terminal: Terminal) -> None:
    terminal.database.unlink()
    for arguments in (
        ("member", "link", "Ben", "--alexa-user", "x"),
        ("household", "export"),
        ("household", "erase", "--yes"),
        ("worker", "--once"),
    ):
        assert "There is no database" in terminal.run(*arguments).complaint
    assert not terminal.database.exists()
