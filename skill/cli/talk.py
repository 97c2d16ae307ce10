"""`restock talk`: a conversation at the terminal, typed or piped in, with our skill or any other."""

import os
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from skill import bootstrap, settings
from skill.cli import talk_commands
from skill.cli.root import app
from skill.cli.speaker import LocaleOption, NowOption, UserOption, begin, moment
from skill.cli.talk_commands import Quit, Talk
from skill.cli.talk_history import History, state_folder, typed_lines
from skill.cli.talk_house import own_models, own_studio, remote_studio, world_studio
from skill.cli.understanding import checked, own_locale, source, tell_of_digits
from skill.conversation import locale_files
from skill.settings import DEVELOPMENT_SKILL_ID
from skill.simulator.dialog_model import read_dialogs
from skill.simulator.remote import RemoteSkill
from skill.simulator.signing import ChainHost, Signer
from skill.simulator.studio import Studio
from skill.simulator.studio_clock import StudioClock
from skill.simulator.studio_house import StudioModels
from skill.understanding import ModelError
from skill.worlds import WORLDS

TRY_AT_MOST = 4


@dataclass(frozen=True)
class Wish:
    """What the options of `talk` say about whom to talk to."""

    locale: str
    world: str | None
    endpoint: str | None
    model: Path | None
    skill_id: str
    chain_port: int | None


@app.command()
def talk(
    locale: LocaleOption = locale_files.DEFAULT_LOCALE,
    user: UserOption = None,
    now: NowOption = None,
    world: Annotated[
        str | None, typer.Option(help="Start in a fresh copy of this world of the fixtures, as home.")
    ] = None,
    endpoint: Annotated[
        str | None, typer.Option(metavar="URL", help="Talk to the skill at this address, over signed HTTP.")
    ] = None,
    model: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Its interaction model (JSON), or one to try on ours.")
    ] = None,
    skill_id: Annotated[
        str, typer.Option(help="The application id that requests to --endpoint carry.")
    ] = DEVELOPMENT_SKILL_ID,
    chain_port: Annotated[
        int | None,
        typer.Option(min=1, max=65535, help="Hand the certificates of signed requests out on this port."),
    ] = None,
) -> None:
    """Talk to the offline speaker: type sentences, or pipe in one a line."""
    console = Console(soft_wrap=True, markup=False, highlight=False, emoji=False)
    wish = Wish(locale, world, endpoint, model, skill_id, chain_port)
    clock = StudioClock(bootstrap.system_clock, moment(now))
    with _studio(wish, clock, console) as studio:
        _begin(studio, user, console)
        talking = Talk(studio, console, sys.stdin.isatty())
        _greet(talking)
        for line in _typed(talking) if talking.interactive else _piped(talking):
            try:
                _turn(talking, line)
            except Quit:
                break


@contextmanager
def _studio(wish: Wish, clock: StudioClock, console: Console) -> Iterator[Studio]:
    """The studio that is wished for; making it takes a moment the first time, which is shown."""
    models = _models(wish)
    with ExitStack() as stack:
        with _progress(console, "Preparing the household"):
            studio = stack.enter_context(_opened(wish, models, clock, stack))
        yield studio


def _opened(
    wish: Wish, models: StudioModels, clock: StudioClock, stack: ExitStack
) -> AbstractContextManager[Studio]:
    locale = models.locales[0]
    if wish.endpoint is not None:
        skill = _remote(wish.endpoint, wish, clock, stack)
        return remote_studio(skill, models, clock, wish.skill_id)
    if wish.world is None:
        return own_studio(settings.load(os.environ, env="development"), clock, locale, models)
    if wish.world not in WORLDS:
        known = ", ".join(WORLDS)
        raise typer.BadParameter(
            f"There is no world {wish.world!r}; there are {known}.", param_hint="--world"
        )
    return world_studio(wish.world, clock, locale, models)


def _remote(url: str, wish: Wish, clock: StudioClock, stack: ExitStack) -> RemoteSkill:
    """The skill at an address, with an authority of our own that signs requests, kept for the next time."""
    if wish.model is None:
        raise typer.BadParameter("The skill's --model is needed too.", param_hint="--endpoint")
    folder = state_folder()
    now = clock.real()
    signer = Signer.at(folder / "signer", now) if folder else Signer.new(now)
    try:
        skill = RemoteSkill(url, signer)
        if wish.chain_port:
            stack.enter_context(ChainHost(signer, wish.chain_port))
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--endpoint") from error
    except OSError as error:
        raise typer.BadParameter(f"{error.strerror}.", param_hint="--chain-port") from error
    return skill


def _models(wish: Wish) -> StudioModels:
    """Our own models, or the one of a file. Raises typer.BadParameter, FileError, ModelError."""
    if wish.model is None:
        return own_models(own_locale(wish.locale))
    found = source(wish.model, None if wish.locale == locale_files.DEFAULT_LOCALE else wish.locale)
    model = checked(found)
    try:
        read_dialogs(found.raw, model)
    except ModelError as error:
        raise ModelError(f"{found.name}: {error}") from error
    tell_of_digits([found])
    return StudioModels([found.locale], lambda _: found.raw)


def _begin(studio: Studio, user: str | None, console: Console) -> None:
    """Let the named user speak, and compile the model before the first sentence has to wait for it."""
    with _progress(console, "Compiling the interaction model"):
        begin(studio, user)


@contextmanager
def _progress(console: Console, what: str) -> Iterator[None]:
    """Shows that something takes long, where somebody looks."""
    with console.status(f"{what} ...") if console.is_terminal else nullcontext():
        yield


def _turn(talking: Talk, line: str) -> None:
    """Say a line or do what it commands. Raises what the skill raised, where nobody is there to read it."""
    if line.startswith("/"):
        talk_commands.perform(talking, line)
    else:
        talking.show(talking.studio.say(line))


def _greet(talking: Talk) -> None:
    studio = talking.studio
    name = studio.house.models.skill(studio.place.locale).invocation_name.title() or "A skill"
    where = "It is asked over HTTP." if studio.house.remote else "Nothing here leaves this computer."
    talking.say(f"{name}, on the offline speaker. {where}", "bold")
    talking.say("Type a sentence, as one of these; /help lists commands, /quit ends.")
    for sentence in studio.suggestions()[:TRY_AT_MOST]:
        talking.say(f"  {sentence}", "green")


def _typed(talking: Talk) -> Iterator[str]:
    """Lines typed at a terminal, until /quit or the end of input."""
    studio, folder = talking.studio, state_folder()

    def prompt() -> str:
        where = talk_commands.where(studio.place)
        return f"{where}> " if where else "> "

    def complete(line: str) -> list[str]:
        if line.startswith("/"):
            return talk_commands.completions(studio, line)
        return studio.continuations(line)

    for line in typed_lines(prompt, History(folder / "history" if folder else None), complete):
        if line.strip():
            yield line.strip()
    talking.console.print()


def _piped(talking: Talk) -> Iterator[str]:
    """Lines of a script, each echoed so that the output reads as a dialog."""
    for line in sys.stdin:
        if line.strip() == "/quit":
            return
        talking.console.print(Text(f"\n> {line.strip()}"))
        yield line.strip()
