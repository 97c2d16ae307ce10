"""Every command ends with one line and an exit code, never with a traceback."""

import io
import json
import subprocess
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

import pytest
import typer
from typer.core import TyperGroup

from skill.cli.root import COMMANDS, KNOWN_ERRORS, app, run
from skill.settings import SettingsError
from skill.storage.errors import DatabaseLocked

ROOT = Path(__file__).parents[2]
CORNER = str(ROOT / "tests" / "data" / "models" / "corner_en.json")
IMPORTED = """
import json, sys
from skill.cli.root import app, run
run(lambda: app(standalone_mode=False))
print(json.dumps(sorted(sys.modules)))
"""


def raising(error: BaseException) -> Callable[[], object]:
    def command() -> object:
        raise error

    return command


def test_a_command_that_ends_well_is_zero(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(lambda: None) == 0
    assert capsys.readouterr().err == ""


def test_an_exit_code_of_a_command_is_kept() -> None:
    assert run(lambda: 1) == 1


@pytest.mark.parametrize(
    ("error", "code", "line"),
    [
        (SettingsError("RESTOCK_PORT must be a number."), 2, "restock: RESTOCK_PORT must be a number.\n"),
        (DatabaseLocked("The database\nis locked."), 2, "restock: The database is locked.\n"),
        (typer.BadParameter("no such thing"), 2, "restock: Invalid value: no such thing\n"),
        (ZeroDivisionError("division by zero"), 70, "restock: ZeroDivisionError: division by zero\n"),
    ],
)
def test_an_error_is_one_line(
    error: Exception, code: int, line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(raising(error)) == code
    assert capsys.readouterr() == ("", line)


@pytest.mark.parametrize("error", [KeyboardInterrupt(), typer.Abort()])
def test_an_interruption_is_quiet(error: BaseException, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(raising(error)) == 130
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["sing"], "restock: No such command 'sing'."),
        (["say"], "restock: Missing argument 'SENTENCE...'."),
        (["say", "--loud", "hi"], "restock: No such option: --loud"),
    ],
)
def test_wrong_use_is_one_line_and_two(
    arguments: list[str], line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(lambda: app(arguments, standalone_mode=False)) == 2
    told = capsys.readouterr().err
    assert told.startswith(line)
    assert told.count("\n") == 1


@pytest.mark.parametrize("name", COMMANDS)
def test_the_help_of_all_commands_says_what_each_says_itself(name: str) -> None:
    group = typer.main.get_command(app)
    assert isinstance(group, TyperGroup)
    command = group.get_command(typer.Context(group), name)
    assert command is not None
    assert (command.help or "").splitlines()[0] == COMMANDS[name][1]


def test_no_command_is_forgotten() -> None:
    for module, _ in COMMANDS.values():
        import_module(f"skill.cli.{module}")
    assert {*typer.main.get_group(app).commands} == {*COMMANDS}


@pytest.mark.parametrize("name", sorted(KNOWN_ERRORS))
def test_a_known_error_is_an_error(name: str) -> None:
    module, _, kind = name.rpartition(".")
    assert issubclass(getattr(import_module(module), kind), Exception)


@pytest.mark.parametrize(
    "arguments",
    [
        ["--help"],
        ["resolve", "--model", CORNER, "order milk"],
        ["lint", "--skip", "unpredicted-sample", CORNER],
    ],
)
def test_reading_a_model_imports_neither_database_nor_skill(arguments: list[str]) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", IMPORTED, *arguments], check=True, capture_output=True, timeout=120, cwd=ROOT
    )
    *shown, told = ran.stdout.splitlines()
    assert shown
    assert not {"sqlalchemy", "sqlmodel", "ask_sdk_core", "flask"} & {*json.loads(told)}


def test_a_character_that_the_terminal_cannot_show_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(shown, encoding="latin-1"))
    assert run(lambda: typer.echo("bottle \N{BABY BOTTLE}")) == 0
    sys.stdout.flush()
    assert shown.getvalue() == b"bottle ?\n"
