"""The entry of AWS Lambda: Alexa's events go to the Alexa face, the schedule's events to the worker."""

# ruff: noqa: E402 (the collector must be paused before the imports)

import gc
import logging
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict
from datetime import datetime
from functools import cache
from importlib import import_module
from typing import Any

# Modules live as long as the process: looking for garbage among them costs 45 of 730 ms and finds none.
gc.disable()

from skill import bootstrap, logs, settings
from skill.alexa.adapter import make_handler
from skill.bootstrap import App
from skill.conversation.locale_files import available_locales
from skill.conversation.turn import Answer, Caller, Heard, Turn
from skill.household.identity import Speaker
from skill.settings import Settings
from skill.storage.errors import DatabaseError

gc.freeze()
gc.enable()

log = logging.getLogger("restock.lambda")

SCHEDULE = "aws.events"
"""The source that EventBridge gives to a rule's events; an Alexa request has no source."""


def configured() -> Settings:
    """The settings of this process. Raises SettingsError."""
    return settings.load(os.environ, need_skill_id=True)


@cache
def app() -> App:
    """The program, made once per process. Raises SettingsError or DatabaseError, and is then tried again."""
    logs.configure()
    return bootstrap.build(configured())


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Answer one event of Alexa's or do one round of the worker.

    Raises WrongApplication for a request of another skill and SettingsError. Raises DatabaseError only
    where nobody listens: the senders of events and schedules try again, a shopper hears an apology.
    """
    try:
        program = app()
    except DatabaseError as error:
        if "session" not in event:
            raise
        log.error("out of service", extra={"error": type(error).__name__})  # noqa: TRY400 (no values in logs)
        return make_handler(OutOfService(error), configured().skill_id)(event)
    if event.get("source") == SCHEDULE:
        return asdict(program.work())
    return program.handle(event)


class OutOfService:
    """The assistant while the database cannot be used: it identifies nobody and apologises."""

    def __init__(self, error: DatabaseError) -> None:
        self._error = error

    def now(self) -> datetime:
        """The server's clock."""
        return bootstrap.system_clock()

    def caller(self, speaker: Speaker, at: datetime) -> Caller:
        """Raise the DatabaseError."""
        raise self._error

    def answer(self, turn: Turn) -> Answer:
        """Raise the DatabaseError."""
        raise self._error

    def apologise(self, locale: str, key: str = "Error.internal") -> Answer:
        """The apology of the locale files."""
        rendered = bootstrap.speech(locale).prompts.render(key, {})
        return Answer(key, rendered.ssml, rendered.speech, session_open=False)

    def knows(self, intent: str) -> bool:
        """No intent can be met."""
        return False

    def can_fulfill(self, intent: str, slots: Mapping[str, Heard]) -> bool:
        """No intent can be met."""
        return False

    def event(self, kind: str, speaker: Speaker, at: datetime, body: Mapping[str, object]) -> None:
        """Raise the DatabaseError."""
        raise self._error


def warm() -> None:
    """Do before the snapshot what every restored process would do again, and leave no connection open.

    Reads the locale files, compiles a template of each, maps the tables and loads the catalogue.
    """
    program = app()
    for locale in available_locales():
        program.apologise(locale)
    program.can_fulfill("OrderItemIntent", {"product": Heard("milk")})
    program.database.engine.dispose()


with suppress(ImportError):  # Lambda's runtime has it, other machines need not
    import_module("snapshot_restore_py").register_before_snapshot(warm)
