"""`restock oauth client add | list | remove` and `restock member password`."""

import io
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from skill.household.oauth_clients import find_client, is_secret
from skill.household.passwords import sign_in
from skill.storage.database import Database
from skill.storage.engine import make_engine
from tests.cli.terminal import Terminal

BACK = "https://alexa.amazon.com/api/skill/link/M1"
NOW = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)


@pytest.fixture
def terminal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], demo_file: Path
) -> Terminal:
    """A terminal in a folder with the demo household."""
    made = Terminal(capsys, monkeypatch, tmp_path)
    made.put(demo_file)
    return made


def test_a_client_is_added_shown_without_its_secret_and_removed(terminal: Terminal) -> None:
    added = terminal.run("oauth", "client", "add", "Alexa", "--redirect-uri", BACK)
    assert added.code == 0
    told = dict(line.split(": ") for line in added.out.splitlines())
    database = Database(make_engine(f"sqlite:///{terminal.database}"))
    with database.reading(None) as unit:
        client = find_client(unit, told["client id"])
        assert client is not None
        assert is_secret(client, told["client secret"])
    database.engine.dispose()
    listed = terminal.run("oauth", "client", "list", "--json")
    assert json.loads(listed.out) == {
        "id": told["client id"],
        "name": "Alexa",
        "redirect_uris": [BACK],
        "public": False,
    }
    assert told["client id"] in terminal.run("oauth", "client", "list").out
    assert terminal.run("oauth", "client", "remove", told["client id"]).code == 0
    assert terminal.run("oauth", "client", "list").out == ""
    assert terminal.run("oauth", "client", "remove", told["client id"]).code == 2


def test_a_client_that_leads_nowhere_safe_is_one_line_and_exit_2(terminal: Terminal) -> None:
    ran = terminal.run("oauth", "client", "add", "App", "--public", "--redirect-uri", "http://shop.example")
    assert ran.code == 2
    assert "https://" in ran.err
    ran = terminal.run("oauth", "client", "add", "App", "--public", "--redirect-uri", BACK)
    assert "secret" not in ran.out


def test_a_password_is_read_from_standard_input(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("correct horse\n"))
    ran = terminal.run("member", "password", "Anna", "--login", "annie")
    assert (ran.code, ran.out) == (0, "Anna signs in as annie.\n")
    database = Database(make_engine(f"sqlite:///{terminal.database}"))
    assert sign_in(database, "annie", "correct horse", NOW) is not None
    database.engine.dispose()
    monkeypatch.setattr("sys.stdin", io.StringIO("short\n"))
    refused = terminal.run("member", "password", "Anna")
    assert refused.code == 2
    assert "10 to 200 characters" in refused.err
    assert "short" not in refused.err
