"""What is done in a studio and what came of it: by whom and where, and how two runs of a turn differ."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Literal

from skill.simulator.account import Screen
from skill.simulator.device import Device
from skill.simulator.spoken import Spoken
from skill.simulator.studio_reasons import differences

Kind = Literal["say", "silence", "touch", "event", "can-fulfill"]


@dataclass(frozen=True)
class Place:
    """Who speaks where: a user's name (None: the usual one), a device's name, the voice recognised if any."""

    user: str | None
    device: str
    person: str | None
    locale: str
    screen: Screen


@dataclass(frozen=True)
class Act:
    """What was done: `text` said, `body` sent by a touched part, or the event `text` fired with `body`."""

    kind: Kind
    text: str = ""
    body: Any = None
    source: Mapping[str, object] | None = None

    @property
    def line(self) -> str:
        """The act as a line of text: the sentence as it was said, anything else named in brackets."""
        if self.kind == "say":
            return self.text
        sent = [str(each) for each in self.body] if self.kind == "touch" else [self.text]
        return " ".join([f"({self.kind})", *(each for each in sent if each)])


@dataclass(frozen=True)
class Exchange:
    """One turn: what was done and what came of it, its transcript line, when and where.

    `effects` are the counted rows that came or went, where they are counted; `meanwhile` is what the skill
    said by progressive responses before its answer; `granted` are the scopes that were granted before it.
    `differences` are those of a replay to the first time.
    """

    act: Act
    spoken: Spoken
    entry: dict[str, Any]
    at: datetime
    place: Place
    effects: Mapping[str, int] = field(default_factory=dict)
    meanwhile: tuple[str, ...] = ()
    granted: tuple[str, ...] = ()
    differences: tuple[str, ...] = ()

    @property
    def sentence(self) -> str:
        """What was said, or a line that names what was done instead."""
        return self.act.line


@dataclass(frozen=True)
class Kept:
    """A turn (`first` is what came of it), or a change of a permission or of how a service behaves."""

    at: datetime
    place: Place
    first: Exchange | None = None
    permission: tuple[str, bool | None] | None = None
    fault: tuple[str, str] | None = None


def spoken(device: Device, act: Act) -> Spoken | None:
    """Do it at a device; None when nothing comes of it: a silence where nobody was asked."""
    match act.kind:
        case "say":
            return device.say(act.text)
        case "silence":
            return device.silence()
        case "touch":
            return device.touch(act.body, source=act.source)
        case "event":
            return device.fire(act.text, act.body)
        case "can-fulfill":
            return device.can_fulfill(act.text)


def compared(first: Exchange, again: Exchange | None) -> Exchange:
    """The second run of a turn with its differences to the first; the first itself where nothing came."""
    if again is None:
        return replace(first, differences=("no session is open this time",))
    return replace(again, differences=tuple(differences(first.entry, again.entry)))
