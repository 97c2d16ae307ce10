"""The commands of `restock talk`: what begins with a slash and is not said to the skill."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.text import Text

from skill.cli import talk_view
from skill.simulator.studio import SCOPES, SCREENS, Exchange, Place, Studio
from skill.simulator.studio_clock import MOMENT_HELP, read_moment
from skill.web.speaker import screens

FIXTURE_FOLDER = Path("tests/conversations")
LONGEST_NAME = 60
YES_NO: Mapping[str, bool | None] = {"yes": True, "no": False, "unasked": None}


@dataclass(frozen=True)
class Talk:
    """A conversation at the terminal: the studio, where to print, and whether somebody is looking."""

    studio: Studio
    console: Console
    interactive: bool

    def say(self, text: str, style: str = "") -> None:
        """Print a line of ours."""
        self.console.print(Text(text, style=style))

    def show(self, exchange: Exchange) -> None:
        """Print what came of a turn. Raises what the skill raised, unless somebody reads it here."""
        error = exchange.spoken.error
        if error is not None and not self.interactive:
            raise error
        talk_view.answer(self.console, exchange, interactive=self.interactive)


class Quit(Exception):
    """The person is done."""


@dataclass(frozen=True)
class Command:
    """A command; `usage` are its arguments, `choices` what may follow its name, for completion."""

    usage: str
    does: str
    run: Callable[[Talk, str], None]
    choices: Callable[[Studio], list[str]] = lambda _: []


def perform(talk: Talk, line: str) -> None:
    """Do what a line that begins with a slash asks for; a wrong one is answered with one line.

    Raises Quit, and what the skill raises.
    """
    name, _, rest = line[1:].strip().partition(" ")
    command = COMMANDS.get(name.lower())
    if command is None:
        near = get_close_matches(name.lower(), COMMANDS, 1, 0.5)
        hint = f"did you mean /{near[0]}?" if near else "/help lists all."
        talk.say(f"There is no /{name[:LONGEST_NAME]}; {hint}", "red")
        return
    try:
        command.run(talk, rest.strip())
    except (LookupError, ValueError) as error:
        talk.say(str(error.args[0]) if error.args else "That does not work.", "red")


def completions(studio: Studio, typed: str) -> list[str]:
    """The lines that a line beginning with a slash may become."""
    name, space, rest = typed[1:].partition(" ")
    if not space:
        return [f"/{each}{' ' if COMMANDS[each].usage else ''}" for each in COMMANDS if each.startswith(name)]
    command = COMMANDS.get(name)
    found = command.choices(studio) if command else []
    return [f"/{name} {each}" for each in found if each.casefold().startswith(rest.casefold().lstrip())]


def where(place: Place) -> str:
    """Who speaks where, in a few words: only what is not usual."""
    unusual = (place.user, None if place.device == "speaker" else place.device, _as(place.person))
    return ", ".join(each for each in unusual if each)


def _as(person: str | None) -> str | None:
    return f"{person}'s voice" if person else None


def _user(talk: Talk, name: str) -> None:
    if name:
        talk.studio.use(user="" if name == "-" else name)
    talk.say(f"user: {talk.studio.place.user or 'the usual one'}")
    _known(talk, talk.studio.house.users())


def _device(talk: Talk, words: str) -> None:
    name, _, screen = words.partition(" ")
    if name:
        talk.studio.use(device=name, screen=screen.strip() or None)
    place = talk.studio.place
    talk.say(f"device: {place.device}, screen: {place.screen}")
    _known(talk, talk.studio.devices())


def _person(talk: Talk, name: str) -> None:
    if name:
        talk.studio.use(person="" if name == "-" else name)
    talk.say(f"recognised voice: {talk.studio.place.person or 'none'}")
    _known(talk, talk.studio.house.users())


def _locale(talk: Talk, name: str) -> None:
    if name:
        talk.studio.use(locale=name)
    talk.say(f"locale: {talk.studio.place.locale}")
    _known(talk, list(talk.studio.house.models.locales))


def _clock(talk: Talk, text: str) -> None:
    studio, zone = talk.studio, talk.studio.device.state.zone
    if text:
        studio.move_clock(read_moment(text, studio.clock(), zone))
    local = talk.studio.local_time()
    moved = "" if studio.clock.moved else ", the real time"
    talk.say(f"{local:%A %Y-%m-%d %H:%M} in {zone}{moved}")


def _screen(talk: Talk, kind: str) -> None:
    if kind:
        talk.studio.use(screen=kind)
    talk.say(f"screen: {talk.studio.place.screen}")
    _known(talk, list(SCREENS))


def _permissions(talk: Talk, words: str) -> None:
    name, _, answer = words.partition(" ")
    if name in ("yes", "no") and not answer:
        talk.studio.grant(granted=name == "yes")
    elif name:
        if answer.strip() not in YES_NO:
            raise ValueError("Say yes, no or unasked behind the permission.")
        talk.studio.permission(name, YES_NO[answer.strip()])
    given = talk.studio.account.permissions
    short = {scope: name for name, scope in SCOPES.items()}
    told = {True: "yes", False: "no", None: "unasked"}
    asked = [(short.get(scope, scope), told[granted]) for scope, granted in given.items()]
    others = [(name, "unasked") for name, scope in SCOPES.items() if scope not in given]
    talk_view.rows(talk.console, [*asked, *others])


def _state(talk: Talk, _: str) -> None:
    talk_view.state(talk.console, talk.studio.state())


def _why(talk: Talk, number: str) -> None:
    talk_view.why(talk.console, talk.studio.why(_turn(number)))


def _json(talk: Talk, number: str) -> None:
    talk_view.wire(talk.console, talk.studio.exchange(_turn(number)))


def _turn(number: str) -> int:
    """The turn that a person means: 1 is the last, 2 the one before."""
    if number and not (number.isascii() and number.isdigit() and int(number[:9]) > 0):
        raise ValueError("Give how many turns back, 1 for the last.")
    return -int(number[:9] or 1)


def _replay(talk: Talk, _: str) -> None:
    count = changed = 0
    for exchange in talk.studio.replay():
        count, changed = count + 1, changed + bool(exchange.differences)
        talk.say(f"> {exchange.sentence}")
        talk.say(exchange.spoken.speech, "cyan")
        for difference in exchange.differences:
            talk.say(f"  differs in {difference}", "yellow")
    talk.say(f"{count} said again, {changed} answered otherwise.")


def _save(talk: Talk, name: str) -> None:
    found = list(talk.studio.recorded())
    if not found:
        raise LookupError("Nothing was said yet.")
    path = _fixture_path(name or found[0].sentence, is_path=bool(name))
    text = talk.studio.fixture(path.stem, found)
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise ValueError(f"{path} is there already; nothing was saved. Give another name.") from None
    except OSError as error:
        raise ValueError(f"{path} cannot be written: {error.strerror or error}.") from None
    talk.say(f"Saved as {path}: {_counted(len(found), 'turn')}.", "green")
    for exchange in found:
        for difference in _held_to(exchange):
            talk.say(f'  In the fixtures\' world "{exchange.sentence}" differs: {difference}', "yellow")


def _held_to(exchange: Exchange) -> list[str]:
    """The differences that a fixture minds: a reply key stands for all its wordings."""
    by_key = exchange.entry["reply"] is not None
    return [each for each in exchange.differences if not (by_key and each.startswith("speech:"))]


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _fixture_path(name: str, *, is_path: bool) -> Path:
    """A file as it was named, or named for the first sentence; in the fixtures' folder where there is one."""
    if is_path and ("/" in name or name.endswith(".toml")):
        return Path(name if name.endswith(".toml") else f"{name}.toml").expanduser()
    slug = re.sub(r"[^\w.-]+", "-", name.casefold()).strip("-.")[:LONGEST_NAME] or "conversation"
    return (FIXTURE_FOLDER if FIXTURE_FOLDER.is_dir() else Path()) / f"{slug}.toml"


def _silence(talk: Talk, _: str) -> None:
    exchange = talk.studio.silence()
    if exchange is None:
        raise LookupError("Nobody waits for an answer.")
    talk.show(exchange)


def _touch(talk: Talk, words: str) -> None:
    """A number touches what the screen shows with it; anything else is sent as the arguments."""
    if words.isascii() and words.isdigit() and len(words) < len("1000"):
        talk.show(_touched(talk.studio, int(words)))
        return
    arguments = _parsed(words) if words[:1] in ("[", "{", '"') else words.split()
    talk.show(talk.studio.touch(arguments if isinstance(arguments, list) else [arguments]))


def _touched(studio: Studio, number: int) -> Exchange:
    for exchange in reversed(studio.exchanges):
        screen = screens.of(exchange)
        if screen is not None:
            if not 0 < number <= len(screen.touches):
                raise LookupError(f"The screen has {len(screen.touches)} parts to touch.")
            touch = screen.touches[number - 1]
            return studio.touch(touch.arguments, touch.source)
    raise LookupError("Nothing is on the screen; /screen small gives this device one.")


def _event(talk: Talk, words: str) -> None:
    name, _, body = words.partition(" ")
    if not name:
        raise ValueError(f"Name an event: {', '.join(talk.studio.events())}.")
    parsed = _parsed(body) if body.strip() else None
    if parsed is not None and not isinstance(parsed, dict):
        raise ValueError("The body of an event is a JSON object.")
    talk.show(talk.studio.fire(name, parsed))


def _can_fulfill(talk: Talk, sentence: str) -> None:
    if not sentence:
        raise ValueError("Give a sentence.")
    exchange = talk.studio.can_fulfill(sentence)
    talk_view.wire(talk.console, exchange)
    talk_view.objections(talk.console, exchange)


def _fault(talk: Talk, words: str) -> None:
    service, _, behaviour = words.partition(" ")
    if service:
        talk.studio.fault(service, behaviour.strip())
        talk.say(f"{service}: {behaviour.strip() or 'well'}")
    else:
        talk.say("services: " + ", ".join(talk.studio.services.names))


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise ValueError("That is no JSON.") from None


def _help(talk: Talk, _: str) -> None:
    talk.say("Say: " + "; ".join(talk.studio.suggestions()[:3]))
    pairs = [(f"/{name} {command.usage}".strip(), command.does) for name, command in COMMANDS.items()]
    talk_view.rows(talk.console, pairs)


def _quit(_talk: Talk, _: str) -> None:
    raise Quit


def _known(talk: Talk, names: list[str]) -> None:
    if names and talk.interactive:
        talk.say(f"known: {', '.join(names)}", "dim")


def _users(studio: Studio) -> list[str]:
    return [*studio.house.users(), "-"]


COMMANDS: Mapping[str, Command] = {
    "user": Command("[NAME]", "Another member's Amazon account speaks; - is the usual one.", _user, _users),
    "device": Command(
        "[NAME [SCREEN]]", "Speak to another device, set up at first use.", _device, lambda s: s.devices()
    ),
    "person": Command("[NAME]", "The device recognises this voice; - is nobody's.", _person, _users),
    "locale": Command("[LOCALE]", "Speak another language.", _locale, lambda s: list(s.house.models.locales)),
    "clock": Command(
        "[WHEN]", f"Move the clock: {MOMENT_HELP}.", _clock, lambda _: ["+1h", "+1d", "tomorrow 8:00", "real"]
    ),
    "screen": Command("[KIND]", "Give the device a screen, or none.", _screen, lambda _: list(SCREENS)),
    "permissions": Command(
        "[[NAME] yes|no|unasked]",
        "What the skill may use; yes or no alone answers the card shown last.",
        _permissions,
        lambda _: ["yes", "no", *SCOPES],
    ),
    "state": Command("", "The household: orders, points, list, diary.", _state),
    "why": Command("[BACK]", "Why the last sentence (or an earlier one) was understood so.", _why),
    "json": Command("[BACK]", "Request and response of the last turn (or an earlier one).", _json),
    "replay": Command("", "Say everything again from the start and tell what differs.", _replay),
    "save": Command("[NAME]", "Save everything said as a fixture file; never over another.", _save),
    "fault": Command(
        "[SERVICE [WHAT]]",
        "Let a service of Amazon's fail: denied, empty, throttled, down, slow SECONDS; well again without.",
        _fault,
        lambda s: list(s.services.names),
    ),
    "silence": Command("", "Do not answer: hear the reprompt, then the end of the session.", _silence),
    "touch": Command("[NUMBER | ARGUMENTS]", "Touch a part of the screen, or send arguments.", _touch),
    "event": Command("NAME [JSON]", "Fire a skill event.", _event, lambda s: s.events()),
    "fulfill": Command(
        "SENTENCE", "Ask whether the skill could do this (CanFulfillIntentRequest).", _can_fulfill
    ),
    "help": Command("", "This list, and what can be said.", _help),
    "quit": Command("", "End, as Ctrl-D does.", _quit),
}
