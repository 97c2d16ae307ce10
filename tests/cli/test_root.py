"""Every command ends with one line and an exit code, never with a traceback."""

import io
import sys
from collections.abc import Callable

import pytest
import typer

from skill.cli.root import app, run
from skill.settings import SettingsError
from skill.storage.errors import DatabaseLocked


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


def test_a_character_that_the_terminal_cannot_show_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(shown, encoding="latin-1"))
    assert run(lambda: typer.echo("bottle \N{BABY BOTTLE}")) == 0
    sys.stdout.flush()
    assert shown.getvalue() == b"bottle ?\n"
