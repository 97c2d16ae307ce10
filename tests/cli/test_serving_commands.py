"""`restock worker` and the ways in which `restock serve` refuses to start."""

import os
import socket
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from skill.settings import TEST_ONLY
from tests.cli.terminal import Terminal

ROOT = Path(__file__).parents[2]
SKILL_ID = "amzn1.ask.skill.restock"


@pytest.fixture
def terminal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], demo_file: Path
) -> Terminal:
    """A terminal in a folder with the demo household."""
    made = Terminal(capsys, monkeypatch, tmp_path)
    made.put(demo_file)
    return made


def test_the_worker_tells_what_one_round_did(terminal: Terminal) -> None:
    ran = terminal.run("worker", "--once")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("households 1, orders moved 0, ")


def test_the_worker_fails_when_the_round_of_a_household_did(terminal: Terminal) -> None:
    with closing(sqlite3.connect(terminal.database)) as broken:
        broken.execute("UPDATE shop_order SET state = 'accepted', placed_at = 'no time at all'")
        broken.commit()
    ran = terminal.run("worker", "--once")
    assert ran.code == 1
    assert "households failed 1," in ran.out.rstrip()


def test_the_worker_acts_for_the_moment_it_is_given(terminal: Terminal) -> None:
    terminal.run("say", "--now", "2030-01-01T00:00:00+00:00", "reorder my usual", "yes")
    assert "orders moved 0" in terminal.run("worker", "--once", "--now", "2030-01-01T01:00:00+00:00").out
    assert "orders moved 1" in terminal.run("worker", "--once", "--now", "2030-01-09T00:00:00+01:00").out


@pytest.mark.parametrize(
    "moment", ["yesterday", "2026-11-20T15:00:00", "2026-13-01T00:00:00Z", "0001-01-01T00:00:00+14:00", ""]
)
def test_a_moment_that_is_none_is_one_line(terminal: Terminal, moment: str) -> None:
    assert "--now" in terminal.run("worker", "--once", "--now", moment).complaint


def test_serving_needs_to_know_the_skill(terminal: Terminal) -> None:
    assert "RESTOCK_SKILL_ID is not set" in terminal.run("serve").complaint


@pytest.mark.parametrize("name", TEST_ONLY)
def test_a_setting_for_tests_stops_a_server_in_production(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv("RESTOCK_SKILL_ID", SKILL_ID)
    monkeypatch.setenv(name, "anything")
    assert f"{name} is for tests only" in terminal.run("serve").complaint


@pytest.mark.parametrize("text", ["", "no certificate", "-----BEGIN CERTIFICATE-----\nx\n"])
def test_roots_that_cannot_be_read_are_one_line(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    roots = terminal.folder / "roots.pem"
    roots.write_text(text)
    for name, value in {
        "RESTOCK_ENV": "development",
        "RESTOCK_SKILL_ID": SKILL_ID,
        "RESTOCK_TEST_CA_FILE": str(roots),
    }.items():
        monkeypatch.setenv(name, value)
    assert "RESTOCK_TEST_CA_FILE" in terminal.run("serve").complaint


def test_a_certificate_base_that_is_no_address_is_one_line(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RESTOCK_ENV", "development")
    monkeypatch.setenv("RESTOCK_TEST_CERT_BASE", "ftp://somewhere")
    assert "The certificate base must be" in terminal.run("serve").complaint


@pytest.mark.parametrize("options", [[], ["--dev"]], ids=["production", "development"])
def test_a_port_that_is_taken_is_one_line(terminal: Terminal, options: list[str]) -> None:
    environ = {**os.environ, "RESTOCK_SKILL_ID": SKILL_ID, "PYTHONPATH": str(ROOT)}
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        command = [sys.executable, "-m", "skill", "serve", "--port", str(holder.getsockname()[1]), *options]
        ran = subprocess.run(command, env=environ, capture_output=True, text=True, check=False, timeout=60)
    assert ran.returncode == 2
    (line,) = ran.stderr.splitlines()
    assert line.endswith("cannot be listened on: choose another --host or --port.")


@pytest.mark.parametrize("options", [[], ["--dev"]], ids=["production", "development"])
def test_a_host_that_is_none_is_one_line(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch, options: list[str]
) -> None:
    monkeypatch.setenv("RESTOCK_SKILL_ID", SKILL_ID)
    ran = terminal.run("serve", "--host", "no host", *options)
    assert "no host:8000 cannot be listened on" in ran.complaint


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({}, "RESTOCK_SKILL_ID is not set"),
        ({"RESTOCK_SKILL_ID": SKILL_ID, "RESTOCK_TEST_CERT_BASE": "http://x"}, "for tests only"),
        (
            {"RESTOCK_SKILL_ID": SKILL_ID, "RESTOCK_DATABASE_URL": "sqlite:///absent.db"},
            "There is no database",
        ),
    ],
    ids=["no skill", "test setting", "no database"],
)
def test_the_wsgi_entry_ends_with_one_line_as_well(
    terminal: Terminal, settings: dict[str, str], told: str
) -> None:
    environ = {**os.environ, **settings, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", "import app"]
    ran = subprocess.run(command, env=environ, capture_output=True, text=True, check=False, timeout=60)
    assert ran.returncode == 2
    (line,) = ran.stderr.splitlines()
    assert told in line


@pytest.mark.parametrize("port", ["0", "65536", "x"])
def test_a_port_that_is_none_is_one_line(terminal: Terminal, port: str) -> None:
    assert "--port" in terminal.run("serve", "--port", port).complaint
