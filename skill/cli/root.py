"""The Typer application that all commands belong to, and how any of them ends: with one line and a code."""

import io
import sys
from collections.abc import Callable
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup
from typer.exceptions import Abort, TyperException

# What --help says of each command stands here too, so that nothing need be imported to say it.
COMMANDS = {
    "resolve": (
        "understanding",
        "Say what sentences mean: intent, slots, score and stage, one JSON object a line.",
    ),
    "hear": (
        "hearing",
        "Say what is heard in WAV files and what it means, one JSON object a line.",
    ),
    "eval": (
        "evaluation",
        "Say how many sentences of an annotation set are understood as they should be, and what is confused.",
    ),
    "fixtures": ("fixtures", "Run fixture files; print each difference with its file and line."),
    "lint": (
        "lint",
        "Find what is wrong or doubtful in interaction models; exit code 1 when something is an error.",
    ),
    "models": (
        "models",
        "Generate the Alexa interaction models from the declared intents and the locale files.",
    ),
    "outbox": ("outbox", "Show messages that wait or are dead, without what they say or to whom."),
    "serve": ("serving", "Serve the Alexa endpoint over HTTP."),
    "worker": ("serving", "Do what time asks for: deliveries, unanswered orders, lapsing holds, retention."),
    "say": (
        "speaker",
        "Say sentences to the offline speaker, as the turns of one session, and print the answers.",
    ),
    "talk": ("talk", "Talk to the offline speaker: type sentences, or pipe in one a line."),
    "db": ("database", "Create, migrate and fill the database."),
    "member": ("members", "Who belongs to a household."),
    "oauth": ("oauth", "The programs that may link accounts, as Alexa."),
    "household": ("members", "Everything kept about a household."),
    "shop": ("shop", "The merchant's shop: its products and the history of its customers."),
}
"""Name of a command -> the module here that adds it to `app`, and the first line of its help."""


class CommandsOnDemand(TyperGroup):
    """Imports the module of a command when it is called: one that only reads a model needs no database.

    A context is of a class that Typer keeps to itself.
    """

    summaries: bool = False

    def list_commands(self, ctx: Any) -> list[str]:
        """All names, in the order in which --help shows them."""
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command, or while help is written only what it is for."""
        if cmd_name not in COMMANDS:
            return None
        module, summary = COMMANDS[cmd_name]
        if self.summaries:
            return TyperCommand(name=cmd_name, help=summary)
        import_module(f"skill.cli.{module}")
        return typer.main.get_group(app).commands[cmd_name]

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the help of `restock` itself."""
        self.summaries = True
        try:
            super().format_help(ctx, formatter)
        finally:
            self.summaries = False


app = typer.Typer(
    name="restock",
    cls=CommandsOnDemand,
    help="Voice commerce for any shop: talk to it offline, check it, serve it.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.callback()
def restock() -> None:
    """Hold the commands together; Typer makes no group of an app in which nothing is registered yet."""


KNOWN_ERRORS = frozenset(
    {
        "skill.settings.SettingsError",
        "skill.storage.errors.DatabaseError",
        "skill.simulator.fixture_cases.FixtureError",
        "skill.conversation.locale_files.LocaleFileError",
        "skill.understanding.files.FileError",
        "skill.simulator.remote.RemoteError",
        "skill.simulator.signing.SigningError",
        "skill.simulator.speech.sounds.SpeechError",
    }
)
"""Errors whose text is one line for the person at the terminal; by name, so that none is imported for it."""

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
    except (KeyboardInterrupt, Abort):
        return INTERRUPTED
    except Exception as error:
        if is_known(error):
            return _told(str(error), WRONG_USE)
        return _told(f"{type(error).__name__}: {error}", BROKEN)
    return result if isinstance(result, int) else OK


def is_known(error: Exception) -> bool:
    """Whether the text of an error is one line for the person who called."""
    return any(f"{kind.__module__}.{kind.__qualname__}" in KNOWN_ERRORS for kind in type(error).__mro__)


def _told(message: str, code: int) -> int:
    typer.echo("restock: " + " ".join(message.split()), err=True)
    return code
