"""`restock talk` and `restock say`: the offline speaker at the command line."""

import json
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from skill import bootstrap, settings
from skill.bootstrap import App
from skill.cli.root import app
from skill.conversation import locale_files
from skill.conversation.locale_files import LocaleTexts
from skill.household.identity import Speaker
from skill.simulator import transcript
from skill.simulator.account import Account, DeviceState
from skill.simulator.device import Device, Spoken
from skill.simulator.fixtures import Clock
from skill.simulator.skill_model import skill_model
from skill.simulator.transcript import Witness

TRY_AT_MOST = 4
EARLIEST, LATEST = datetime(1990, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)

LocaleOption = Annotated[str, typer.Option(help="Language and region to speak, as en-US, en-GB or de-DE.")]
UserOption = Annotated[
    str | None, typer.Option(help="Who speaks: a member's name, or an imported customer's number.")
]
NowOption = Annotated[
    str | None, typer.Option(help="Start the clock here, as 2026-11-20T15:00:00+00:00 (with the offset).")
]


class Conversation:
    """A device in front of the skill in this process, and a witness of the skill's answers."""

    def __init__(self, skill: App, texts: LocaleTexts, clock: Clock, user_id: str) -> None:
        self.texts = texts
        self._witness = Witness()
        skill.observe(self._witness)
        self.device = Device(
            skill.handle,
            skill_model(skill.model(texts.locale), texts.locale),
            account=Account(user_id),
            state=DeviceState(locale=texts.locale, zone=skill.caller(Speaker(user_id=user_id), clock()).zone),
            skill_id=skill.settings.skill_id,
            clock=clock,
        )

    def say(self, sentence: str) -> Spoken:
        """One turn; bytes of the command line that are no text are said as "?"."""
        return self.device.say(sentence.encode(errors="replace").decode())

    def entry(self, spoken: Spoken) -> str:
        """The turn as one line of JSON."""
        found = transcript.entry(spoken, self._witness.take(), self.texts.language)
        return json.dumps(found, ensure_ascii=False, default=str)


@contextmanager
def conversation(locale: str, user: str | None, now: str | None) -> Iterator[Conversation]:
    """A conversation in development mode; at the end of the block an open session is left.

    Raises typer.BadParameter for what the options say wrong, SettingsError and DatabaseError.
    """
    texts, clock = _texts(locale), _clock(now)
    chosen = settings.load(os.environ, env="development")
    bootstrap.prepare(chosen, clock)
    skill = bootstrap.build(chosen, clock=clock)
    try:
        held = Conversation(skill, texts, clock, _user_id(skill, user))
        yield held
        held.device.close()
    finally:
        skill.database.engine.dispose()


@app.command()
def say(
    sentences: Annotated[list[str], typer.Argument(metavar="SENTENCE...", help="One turn each.")],
    locale: LocaleOption = locale_files.DEFAULT_LOCALE,
    user: UserOption = None,
    now: NowOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object a turn.")] = False,
) -> None:
    """Say sentences to the offline speaker, as the turns of one session, and print the answers."""
    with conversation(locale, user, now) as held:
        for sentence in sentences:
            spoken = held.say(sentence)
            if as_json:
                typer.echo(held.entry(spoken))
                continue
            if len(sentences) > 1:
                typer.echo(f"> {spoken.utterance}")
            typer.echo(spoken.speech)


@app.command()
def talk(
    locale: LocaleOption = locale_files.DEFAULT_LOCALE,
    user: UserOption = None,
    now: NowOption = None,
) -> None:
    """Talk to the offline speaker: type sentences, or pipe in one a line."""
    console = Console(soft_wrap=True, markup=False, highlight=False, emoji=False)
    interactive = sys.stdin.isatty()
    with conversation(locale, user, now) as held:
        _greet(console, held.texts)
        for sentence in _typed(console) if interactive else _piped(console):
            spoken = held.say(sentence)
            console.print(Text(spoken.speech, style="bold cyan"))
            if interactive:
                _show_beside(console, spoken)


def _texts(locale: str) -> LocaleTexts:
    texts = locale_files.load(locale)
    if texts.language != locale.lower().replace("_", "-").split("-")[0]:
        known = ", ".join(locale_files.available_locales())
        raise typer.BadParameter(f"{locale!r} is not spoken here; there are {known}.", param_hint="--locale")
    return texts


def _user_id(skill: App, name: str | None) -> str:
    try:
        return skill.speaker(name)
    except LookupError as error:
        raise typer.BadParameter(str(error.args[0]), param_hint="--user") from error


def _clock(now: str | None) -> Clock:
    """The real clock, or one that starts at `now` and runs on at the real pace."""
    if now is None:
        return lambda: datetime.now(UTC)
    start, began = _moment(now), time.monotonic()
    return lambda: start + timedelta(seconds=time.monotonic() - began)


def _moment(text: str) -> datetime:
    with suppress(ValueError, OverflowError):
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is not None and EARLIEST <= moment < LATEST:
            return moment.astimezone(UTC)
    raise typer.BadParameter(
        f"{text!r} is no date and time with an offset, as 2026-11-20T15:00:00+00:00.", param_hint="--now"
    )


def _greet(console: Console, texts: LocaleTexts) -> None:
    name = texts.invocation_name.title()
    console.print(Text(f"{name}, on the offline speaker. Nothing here leaves this computer.", style="bold"))
    console.print("Type a sentence, as one of these; /quit ends.")
    for sentence in _worth_trying(texts):
        console.print(Text(f"  {sentence}", style="green"))


def _worth_trying(texts: LocaleTexts) -> list[str]:
    """Example sentences: those that always work, then the first of each feature not shown yet."""
    keys = [key for key in bootstrap.BASIC_EXAMPLES if key in texts.examples]
    for key in texts.examples:
        if all(key.partition(".")[0] != shown.partition(".")[0] for shown in keys):
            keys.append(key)
    return [texts.examples[key].say for key in keys][:TRY_AT_MOST]


def _typed(console: Console) -> Iterator[str]:
    """Sentences typed at a terminal, with line editing and history, until /quit or the end of input."""
    with suppress(ImportError):
        import readline  # noqa: F401 (importing it is what gives input() its history)
    while True:
        try:
            line = input("\n> ").strip()
        except EOFError:
            console.print()
            return
        if line == "/quit":
            return
        if line.startswith("/"):
            console.print("The only command is /quit.")
        elif line:
            yield line


def _piped(console: Console) -> Iterator[str]:
    """Sentences of a script, one a line, each echoed so that the output reads as a dialog."""
    for line in sys.stdin:
        if line.strip() == "/quit":
            return
        console.print(Text(f"\n> {line.strip()}"))
        yield line.strip()


def _show_beside(console: Console, spoken: Spoken) -> None:
    """What a person with the device would notice besides the voice: the card, and that it listens."""
    card = (spoken.response.get("response") or {}).get("card") or {}
    text = card.get("content") or card.get("text")
    if text:
        console.print(Text(f"[{card.get('title') or 'card'}] {text}", style="dim"))
    if spoken.session_open:
        console.print(Text("(listening)", style="dim"))
