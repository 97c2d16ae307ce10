"""What a fixture is, whatever kind of file it was read from: steps to play and what is expected of each."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from skill.conversation import locale_files
from skill.simulator.account import Outcome, Screen
from skill.simulator.spoken import SaidBy

DEFAULT_WORLD = "home"
DEFAULT_NOW = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)

Table = Mapping[str, Any]


class FixtureError(ValueError):
    """A fixture file is malformed; the message is one line: file, line (if any) and what is wrong."""

    def __init__(self, path: Path, line: int | None, reason: str) -> None:
        super().__init__(f"{path}: {reason}" if line is None else f"{path}:{line}: {reason}")
        self._parts = (path, line, reason)

    def __reduce__(self) -> tuple[type["FixtureError"], tuple[Path, int | None, str]]:
        """So that another process may raise it."""
        return FixtureError, self._parts


@dataclass(frozen=True)
class Setting:
    """Who speaks to what, and how things stand on Amazon's side; None where nothing is said of it.

    In a turn, `user`, `device`, `person` and `locale` hold for that turn only, the others from there on.
    `person` is the name of a voice that is recognised; `permissions` are the scopes granted, no others;
    `outcomes` are how tasks that the skill starts end, by uri; `faults` how Amazon's services misbehave, by
    name; `access_token` links the account, "" unlinks it.
    """

    user: str | None = None
    device: str | None = None
    person: str | None = None
    locale: str | None = None
    screen: Screen | None = None
    zone: str | None = None
    permissions: tuple[str, ...] | None = None
    answers_permission: bool | None = None
    proves_person: bool | None = None
    outcomes: Mapping[str, Outcome] | None = None
    faults: Mapping[str, str] | None = None
    access_token: str | None = None


@dataclass(frozen=True)
class ExpectedCall:
    """Calls to Amazon's services: `call` is "METHOD /path", where * stands for anything, and how many."""

    call: str
    count: int = 1
    status: int | None = None
    body: Table | None = None


@dataclass(frozen=True)
class Expected:
    """What is expected of a step; None where nothing is.

    `intent` is "" where nothing should be understood. `slots` are all slots that must be heard, no more,
    each with its value (or id) or list of values; `resolution` names parts of the entity resolution of some
    slots. `card` and `response` are contained in the card and the response envelope; a card that is False is
    none. A directive is its type, or a table contained in it. `calls` are all there may be; `problems` are
    codes that must be found, and no other that Amazon refuses may be. `effects` are by how much the named
    counts must grow.
    """

    intent: str | None = None
    slots: Mapping[str, str | list[str]] | None = None
    resolution: Mapping[str, tuple[Mapping[str, str], ...]] | None = None
    reply: str | None = None
    speech: str | None = None
    speech_matches: str | None = None
    reprompt: str | None = None
    reprompt_matches: str | None = None
    card: Table | bool | None = None
    response: Table | None = None
    said_by: SaidBy | None = None
    session_open: bool | None = None
    directives: tuple[str | Table, ...] | None = None
    calls: tuple[ExpectedCall, ...] | None = None
    problems: tuple[str, ...] | None = None
    effects: Mapping[str, int] | None = None

    @property
    def keys(self) -> tuple[str, ...]:
        """What is expected at all, by key."""
        return tuple(key for key, value in vars(self).items() if value is not None)


UNDERSTANDING = frozenset({"intent", "slots", "resolution"})
"""The expectations that a model alone can meet."""
IN_PROCESS = frozenset({"reply", "effects"})
"""The expectations that only a skill in this process can meet."""


@dataclass(frozen=True)
class Step:
    """One thing done at a device and what is expected of it.

    Exactly one of `say`, `silence`, `touch` (the arguments of a touch), `event` (with its `body`) and
    `can_fulfill` is given. `after` passes and then `now` is set before it is done. `answered` asks for
    nothing but an answer of the skill, as a replay does.
    """

    line: int
    say: str | None = None
    silence: bool = False
    touch: tuple[Any, ...] | None = None
    event: str | None = None
    body: Table | None = None
    can_fulfill: str | None = None
    after: timedelta = timedelta()
    now: datetime | None = None
    setting: Setting = field(default_factory=Setting)
    expected: Expected = field(default_factory=Expected)
    answered: bool = False

    @property
    def label(self) -> str:
        """What is done, in the words that a report names it by."""
        if self.say is not None:
            return self.say
        if self.can_fulfill is not None:
            return f"(can fulfill) {self.can_fulfill}"
        if self.event is not None:
            return f"(event) {self.event}"
        return "(silence)" if self.touch is None else f"(touch) {list(self.touch)}"

    @property
    def locale(self) -> str | None:
        """The locale of this step where it is another than the fixture's."""
        return self.setting.locale

    @property
    def reply(self) -> str | None:
        """The reply key that is expected."""
        return self.expected.reply

    @property
    def only_understanding(self) -> bool:
        """Whether a model alone can tell if the step holds: a sentence, and its intent or slots are asked."""
        keys = self.expected.keys
        return self.say is not None and bool(keys) and UNDERSTANDING.issuperset(keys)


@dataclass(frozen=True)
class Fixture:
    """A one-turn case or a conversation: its steps run in order in one fresh copy of `world`.

    `world_named` tells whether the file asks for the world; see `only_understanding`.
    """

    path: Path
    line: int
    name: str
    steps: tuple[Step, ...]
    world: str = DEFAULT_WORLD
    now: datetime = DEFAULT_NOW
    locale: str = locale_files.DEFAULT_LOCALE
    setting: Setting = field(default_factory=Setting)
    world_named: bool = False

    @property
    def user(self) -> str | None:
        """Who speaks; None for the default member."""
        return self.setting.user

    @property
    def uses_services(self) -> bool:
        """Whether it says anything of Amazon's services or of what they may tell."""
        settings = [self.setting, *(step.setting for step in self.steps)]
        asked = any(step.expected.calls is not None for step in self.steps)
        return asked or any(each.permissions is not None or each.faults is not None for each in settings)

    @property
    def only_understanding(self) -> bool:
        """Whether no skill need run: one sentence, its intent and slots, and no word on who says it where."""
        elsewhere = Setting(locale=self.setting.locale, zone=self.setting.zone)
        return (
            len(self.steps) == 1
            and self.steps[0].only_understanding
            and not self.world_named
            and self.setting == elsewhere
        )
