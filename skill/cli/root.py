"""The Typer application that all commands belong to, and how any of them ends: with one line and a code."""

import io
import sys
from collections.abc import Callable

import typer
from typer.exceptions import Abort, TyperException

from skill.conversation.locale_files import LocaleFileError
from skill.settings import SettingsError
from skill.simulator.fixture_cases import FixtureError
from skill.simulator.remote import RemoteError
from skill.simulator.signing import SigningError
from skill.storage.errors import DatabaseError
from skill.understanding.files import FileError

app = typer.Typer(
    name="restock",
    help="Voice commerce for any shop: talk to it offline, check it, serve it.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

KNOWN_ERRORS = (
    SettingsError,
    DatabaseError,
    FixtureError,
    LocaleFileError,
    FileError,
    RemoteError,
    SigningError,
)
"""Errors whose text is one line for the person at the terminal."""

OK, WRONG_USE, BROKEN, INTERRUPTED = 0, 2, 70, 130
"""Exit codes: 2 for what the person or the operator can put right, 70 for a fault of ours."""


def run(command: Callable[[], object]) -> int:
    """Run a command line and return its exit code; an error is one line on standard error, never a traceback.

    A closed pipe and Ctrl-C end quietly.
    """
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # an odd byte or character is no reason to stop
    try:
        result = command()
    except TyperException as error:
        return _told(error.format_message(), error.exit_code)
    except KNOWN_ERRORS as error:
        return _told(str(error), WRONG_USE)
    except (KeyboardInterrupt, Abort):
        return INTERRUPTED
    except Exception as error:
        return _told(f"{type(error).__name__}: {error}", BROKEN)
    return result if isinstance(result, int) else OK


def _told(message: str, code: int) -> int:
    typer.echo("restock: " + " ".join(message.split()), err=True)
    return code
