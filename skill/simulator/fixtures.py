"""Runs fixtures, each in a fresh world on a clock of its own, and says where answers differ."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import Protocol
from zoneinfo import ZoneInfo

from skill.conversation.turn import Answer, Turn
from skill.simulator.account import (
    DEVICE_ID,
    SAMPLE_ADDRESS,
    Account,
    DeviceState,
    Person,
    sample_profile,
)
from skill.simulator.amazon.faults import Fault, fault_named
from skill.simulator.device import Device, Skill, Spoken
from skill.simulator.fixture_cases import (
    IN_PROCESS,
    UNDERSTANDING,
    Fixture,
    FixtureError,
    Setting,
    Step,
)
from skill.simulator.fixture_differences import (
    answer_differences,
    effect_differences,
    hearing_differences,
    problem_differences,
)
from skill.simulator.fixture_hearing import Hearing, heard_by_device, heard_by_model
from skill.simulator.services import Services
from skill.simulator.skill_model import SkillModel
from skill.simulator.transcript import Witness

Clock = Callable[[], datetime]
DEFAULT_ZONE = DeviceState().zone


class AccountServices(Services, Protocol):
    """The stand-in services of one account, which may be told to misbehave."""

    def behave(self, service: str, fault: Fault | None) -> None:
        """Let a service misbehave from now on. Raises ValueError for a name that is none."""


class World(Protocol):
    """A fresh copy of a named starting state, with the skill on top of it."""

    @property
    def handle(self) -> Skill:
        """The skill's face."""

    def observe(self, observer: Callable[[Turn, Answer], None]) -> None:
        """Tell `observer` of every answer from now on, where the skill is in this process."""

    @property
    def remote(self) -> bool:
        """Whether the skill is not in this process: it can be heard, not looked into."""

    def counts(self) -> Mapping[str, int]:
        """How many rows of each kind that `effects` may name there are now, as {"orders": 3}."""

    def speaker(self, name: str | None) -> str:
        """The Alexa user id of a member or an imported customer. Raises LookupError for an unknown name."""

    def person(self, name: str) -> Person:
        """A member whose voice is recognised. Raises LookupError for an unknown name."""

    def zone(self, user_id: str) -> str:
        """The IANA zone of that account's household."""

    def services(self, account: Account) -> AccountServices:
        """The stand-in Amazon services of this account, open until the world is closed."""

    def close(self) -> None:
        """Give free what the copy holds."""


class FixtureHost(Protocol):
    """What runs need of the composition root."""

    @property
    def skill_id(self) -> str:
        """The application id that requests carry."""

    def model(self, locale: str) -> SkillModel:
        """What `skill_model` makes of the locale's interaction model: made once, as many fixtures use it."""

    def world(self, name: str, clock: Clock) -> World:
        """A copy of the world `name` as it stands at `clock()`. Raises LookupError for an unknown name.

        Should copy a prepared database (one per name and starting moment) rather than fill one each time.
        """


@dataclass(frozen=True)
class Failure:
    """Where a fixture differs from the skill: one line with the file and line to look at."""

    path: Path
    line: int
    say: str
    reason: str

    def __str__(self) -> str:
        said = self.say if len(self.say) <= 60 else f"{self.say[:57]}..."
        return f'{self.path}:{self.line}: "{said}": {self.reason}'


@dataclass(frozen=True)
class Told:
    """Which intent a sentence should mean and which was heard; what a report counts."""

    path: Path
    line: int
    say: str
    expected: str
    heard: str | None
    stage: str


@dataclass(frozen=True)
class Outcome:
    """What came of a fixture: its first difference if any, and the intents that it asks for.

    `unchecked` names expectations that could not be looked at here, as a reply key over HTTP; where it was
    all of them, the fixture was not `examined`. `seconds` is how long it took.
    """

    failure: Failure | None
    told: tuple[Told, ...] = ()
    unchecked: tuple[str, ...] = ()
    examined: bool = True
    seconds: float = 0.0


class FixtureClock:
    """A clock that stands still until it is moved."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


def run(fixture: Fixture, host: FixtureHost) -> Failure | None:
    """Run a fixture to its first difference; None when there is none.

    Raises FixtureError when the fixture names a world or a user that does not exist.
    """
    return outcome(fixture, host).failure


def outcome(fixture: Fixture, host: FixtureHost) -> Outcome:
    """Run a fixture to its first difference; one that asks for intent and slots only needs no world.

    Raises FixtureError when the fixture names a world, a user or a person that does not exist.
    """
    if fixture.only_understanding:
        return understood(fixture, host)
    clock = FixtureClock(fixture.now)
    try:
        world = host.world(fixture.world, clock)
    except LookupError as error:
        raise FixtureError(fixture.path, fixture.line, f"world: {_message(error)}") from error
    try:
        return _Run(fixture, host, world, clock).outcome()
    finally:
        world.close()


def understood(fixture: Fixture, host: FixtureHost) -> Outcome:
    """What a model alone can tell of a fixture: intent, slots and resolution of its first sentence."""
    first, *later = fixture.steps
    unchecked = [key for step in later for key in step.expected.keys]
    if first.say is None or UNDERSTANDING.isdisjoint(first.expected.keys):
        return Outcome(None, (), (*first.expected.keys, *unchecked), examined=False)
    zone = ZoneInfo(first.setting.zone or fixture.setting.zone or DEFAULT_ZONE)
    now = (first.now or fixture.now).astimezone(zone)
    model = host.model(first.locale or fixture.locale)
    heard = heard_by_model(model, first.say, now, host.skill_id)
    reason = next(hearing_differences(first.expected, heard), None)
    failure = Failure(fixture.path, first.line, first.label, reason) if reason else None
    unchecked += [key for key in first.expected.keys if key not in UNDERSTANDING]
    return Outcome(failure, _told(fixture, first, heard), tuple(unchecked))


def _told(fixture: Fixture, step: Step, heard: Hearing) -> tuple[Told, ...]:
    if step.expected.intent is None:
        return ()
    expected = step.expected.intent
    return (Told(fixture.path, step.line, step.label, expected, heard.intent, heard.stage),)


class _Run:
    """One fixture in its world: the accounts and devices that speak in it, and the witness of the answers."""

    def __init__(self, fixture: Fixture, host: FixtureHost, world: World, clock: FixtureClock) -> None:
        self._fixture, self._host, self._world, self._clock = fixture, host, world, clock
        self._accounts: dict[str | None, Account] = {}
        self._services: dict[str, AccountServices] = {}
        self._devices: dict[tuple[str | None, str | None, str], Device] = {}
        self._told: list[Told] = []
        self._witness = Witness()
        world.observe(self._witness)

    def outcome(self) -> Outcome:
        """All steps up to the first difference."""
        unchecked: list[str] = []
        for step in self._fixture.steps:
            if self._world.remote:
                unchecked += [key for key in step.expected.keys if key in IN_PROCESS]
            reason = self._reason(step)
            if reason is not None:
                failure = Failure(self._fixture.path, step.line, step.label, reason)
                return Outcome(failure, tuple(self._told), tuple(unchecked))
        return Outcome(None, tuple(self._told), tuple(unchecked))

    def _reason(self, step: Step) -> str | None:
        self._clock.now = step.now or self._clock.now + step.after
        try:
            device = self._device(step)
        except ValueError as error:
            raise self._error(step, f"faults: {error}") from error
        counted = step.expected.effects is not None and not self._world.remote
        before = self._world.counts() if counted else {}
        try:
            spoken = self._done(device, step)
        except (LookupError, ValueError) as error:  # an event, or a touch, that this device cannot have
            raise self._error(step, f"{step.label}: {_message(error)}") from error
        if spoken is None:
            return "silence: no session is open"
        heard = heard_by_device(spoken)
        self._told += _told(self._fixture, step, heard)
        effects = step.expected.effects if counted else None
        after = self._world.counts() if counted else {}
        found = self._differences(step, spoken, heard)
        return next(chain(found, effect_differences(effects or {}, before, after)), None)

    def _differences(self, step: Step, spoken: Spoken, heard: Hearing) -> Iterator[str]:
        if spoken.error is not None:  # a crash of the skill fails its fixture, not the whole run
            yield f"the skill raised {type(spoken.error).__name__}: {spoken.error}"
        if step.answered and spoken.request is None and spoken.said_by != "cloud":
            yield "the skill was not called: nothing in its model fits"
        expected, answer = step.expected, self._witness.take()
        if self._world.remote:
            expected = replace(expected, reply=None)
        yield from hearing_differences(expected, heard)
        yield from answer_differences(expected, spoken, answer)
        yield from problem_differences(expected.problems, spoken)

    def _done(self, device: Device, step: Step) -> Spoken | None:
        if step.say is not None:
            return device.say(step.say)
        if step.touch is not None:
            return device.touch(list(step.touch))
        if step.event is not None:
            return device.fire(step.event, step.body)
        if step.can_fulfill is not None:
            return device.can_fulfill(step.can_fulfill)
        return device.silence()

    def _device(self, step: Step) -> Device:
        here, there = step.setting, self._fixture.setting
        user, name = here.user or there.user, here.device or there.device
        locale = here.locale or self._fixture.locale
        if (user, name, locale) not in self._devices:
            self._devices[user, name, locale] = self._new_device(step, user, name, locale)
        device = self._devices[user, name, locale]
        self._let(device, here)
        person = here.person or there.person
        device.person_id = None if person is None else self._person_id(device.account, person, step)
        return device

    def _new_device(self, step: Step, user: str | None, name: str | None, locale: str) -> Device:
        account = self._account(user, step)
        device = Device(
            self._world.handle,
            self._host.model(locale),
            account=account,
            state=DeviceState(
                device_id="-".join([DEVICE_ID, *(each for each in (user, name) if each)]),
                locale=locale,
                zone=self._world.zone(account.user_id),
                address=SAMPLE_ADDRESS,
            ),
            skill_id=self._host.skill_id,
            clock=self._clock,
            services=self._services.get(account.user_id),
        )
        self._let(device, self._fixture.setting)
        return device

    def _account(self, user: str | None, step: Step) -> Account:
        if user not in self._accounts:
            try:
                user_id = self._world.speaker(user)
                account = self._accounts[user] = Account(user_id, profile=sample_profile(user))
            except LookupError as error:
                raise self._error(step, f"user: {_message(error)}") from error
            if self._world.remote or self._fixture.uses_services:
                self._services[account.user_id] = self._world.services(account)
        return self._accounts[user]

    def _person_id(self, account: Account, name: str, step: Step) -> str:
        if name not in account.people:
            try:
                account.people[name] = self._world.person(name)
            except LookupError as error:
                raise self._error(step, f"person: {_message(error)}") from error
        return account.people[name].person_id

    def _let(self, device: Device, setting: Setting) -> None:
        """Let things stand as the setting says, from here on."""
        account, state = device.account, device.state
        state.screen = setting.screen or state.screen
        state.zone = setting.zone or state.zone
        if setting.permissions is not None:
            account.permissions = dict.fromkeys(setting.permissions, True)
        if setting.answers_permission is not None:
            account.answers_permission = setting.answers_permission
        if setting.proves_person is not None:
            account.proves_person = setting.proves_person
        if setting.access_token is not None:
            account.access_token = setting.access_token or None
        account.outcomes.update(setting.outcomes or {})
        for name, fault in (setting.faults or {}).items():
            self._services[account.user_id].behave(name, fault_named(fault))

    def _error(self, step: Step, reason: str) -> FixtureError:
        return FixtureError(self._fixture.path, step.line, reason)


def _message(error: Exception) -> str:
    return str(error.args[0]) if error.args else type(error).__name__
