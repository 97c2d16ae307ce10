"""`restock say`: sentences said to the offline speaker from the command line, as JSON for programs."""

import json
import os
from contextlib import suppress
from datetime import UTC, datetime
from typing import Annotated

import typer

from skill import bootstrap, settings
from skill.cli.root import app
from skill.cli.talk_house import own_studio
from skill.cli.understanding import own_locale
from skill.conversation import locale_files
from skill.simulator.studio import Studio
from skill.simulator.studio_clock import EARLIEST, LATEST, StudioClock

LocaleOption = Annotated[str, typer.Option(help="Language and region to speak, as en-US, en-GB or de-DE.")]
UserOption = Annotated[
    str | None, typer.Option(help="Who speaks: a member's name, or an imported customer's number.")
]
NowOption = Annotated[
    str | None, typer.Option(help="Start the clock here, as 2026-11-20T15:00:00+00:00 (with the offset).")
]


@app.command()
def say(
    sentences: Annotated[list[str], typer.Argument(metavar="SENTENCE...", help="One turn each.")],
    locale: LocaleOption = locale_files.DEFAULT_LOCALE,
    user: UserOption = None,
    now: NowOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object a turn.")] = False,
) -> None:
    """Say sentences to the offline speaker, as the turns of one session, and print the answers."""
    clock = StudioClock(bootstrap.system_clock, moment(now))
    with own_studio(settings.load(os.environ, env="development"), clock, own_locale(locale)) as studio:
        begin(studio, user)
        for sentence in sentences:
            exchange = studio.say(sentence)
            if exchange.spoken.error is not None:
                raise exchange.spoken.error
            if as_json:
                typer.echo(json.dumps(exchange.entry, ensure_ascii=False, default=str))
                continue
            if len(sentences) > 1:
                typer.echo(f"> {exchange.spoken.utterance}")
            typer.echo(exchange.spoken.speech)


def begin(studio: Studio, user: str | None) -> None:
    """Let the user of `--user` speak. Raises typer.BadParameter for somebody who is not known."""
    try:
        studio.use(user=user)
    except LookupError as error:
        raise typer.BadParameter(str(error.args[0]), param_hint="--user") from error
    if user is not None and not user.strip():
        raise typer.BadParameter(f"There is no member or customer called {user!r}.", param_hint="--user")


def moment(now: str | None) -> datetime | None:
    """The moment that `--now` names. Raises typer.BadParameter for one that is none or has no offset."""
    if now is None:
        return None
    with suppress(ValueError, OverflowError):
        found = datetime.fromisoformat(now)
        if found.tzinfo is not None and EARLIEST <= found < LATEST:
            return found.astimezone(UTC)
    raise typer.BadParameter(
        f"{now!r} is no date and time with an offset, as 2026-11-20T15:00:00+00:00.", param_hint="--now"
    )
