"""Runs fixtures, each in a fresh world on a clock of its own, and says where answers differ."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from skill.conversation.turn import Answer, Turn
from skill.simulator.account import DEVICE_ID, Account, DeviceState
from skill.simulator.device import Device, Skill, Spoken
from skill.simulator.fixture_files import Fixture, FixtureError, Step
from skill.simulator.heard import wire_values
from skill.simulator.skill_model import SkillModel
from skill.simulator.transcript import Witness

Clock = Callable[[], datetime]


class World(Protocol):
    """A fresh copy of a named starting state, with the skill on top of it."""

    @property
    def handle(self) -> Skill:
        """The skill's in-process face."""

    def observe(self, observer: Callable[[Turn, Answer], None]) -> None:
        """Tell `observer` of every answer from now on."""

    def counts(self) -> Mapping[str, int]:
        """How many rows of each kind that `effects` may name there are now, as {"orders": 3}."""

    def speaker(self, name: str | None) -> str:
        """The Alexa user id of a member or an imported customer. Raises LookupError for an unknown name."""

    def zone(self, user_id: str) -> str:
        """The IANA zone of that account's household."""

    def close(self) -> None:
        """Give the copy's database free."""


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
    clock = FixtureClock(fixture.now)
    try:
        world = host.world(fixture.world, clock)
    except LookupError as error:
        raise FixtureError(fixture.path, fixture.line, f"world: {_message(error)}") from error
    try:
        return _Run(fixture, host, world, clock).first_failure()
    finally:
        world.close()


class _Run:
    """One fixture in its world: the devices that speak in it and the witness of the answers."""

    def __init__(self, fixture: Fixture, host: FixtureHost, world: World, clock: FixtureClock) -> None:
        self._fixture, self._host, self._world, self._clock = fixture, host, world, clock
        self._devices: dict[tuple[str | None, str], Device] = {}
        self._witness = Witness()
        world.observe(self._witness)

    def first_failure(self) -> Failure | None:
        for step in self._fixture.steps:
            reason = next(self._differences(step), None)
            if reason is not None:
                return Failure(self._fixture.path, step.line, step.say, reason)
        return None

    def _differences(self, step: Step) -> Iterator[str]:
        self._clock.now = step.now or self._clock.now + step.after
        device = self._device(step)
        before = self._world.counts() if step.effects is not None else {}
        try:
            spoken = device.say(step.say)
        except Exception as error:  # a crash of the skill fails its fixture, not the whole run
            yield f"the skill raised {type(error).__name__}: {error}"
            return
        yield from differences(step, spoken, self._witness.take())
        if step.effects is not None:
            yield from effect_differences(step.effects, before, self._world.counts())

    def _device(self, step: Step) -> Device:
        name = step.user or self._fixture.user
        locale = step.locale or self._fixture.locale
        if (name, locale) not in self._devices:
            self._devices[name, locale] = self._new_device(name, locale, step.line)
        return self._devices[name, locale]

    def _new_device(self, name: str | None, locale: str, line: int) -> Device:
        try:
            user_id = self._world.speaker(name)
        except LookupError as error:
            raise FixtureError(self._fixture.path, line, f"user: {_message(error)}") from error
        return Device(
            self._world.handle,
            self._host.model(locale),
            account=Account(user_id),
            state=DeviceState(
                device_id=f"{DEVICE_ID}-{name}" if name else DEVICE_ID,
                locale=locale,
                zone=self._world.zone(user_id),
            ),
            skill_id=self._host.skill_id,
            clock=self._clock,
        )


def differences(step: Step, spoken: Spoken, answer: Answer | None) -> Iterator[str]:
    """What the step expects and did not happen, one line each."""
    said = {
        "intent": (step.intent, spoken.intent),
        "reply": (step.reply, answer.reply if answer else None),
        "speech": (step.speech, spoken.speech),
        "session_open": (step.session_open, spoken.session_open),
        "directives": (step.directives, tuple(str(each.get("type")) for each in spoken.directives)),
    }
    for key, (expected, found) in said.items():
        if expected is not None and expected != found:
            yield f"{key}: expected {_shown(expected)}, got {_shown(found)}{_heard(spoken, key)}"
    if step.slots is not None:
        yield from _slot_differences(step.slots, wire_values(spoken.wire_slots))
    if step.speech_matches is not None and not re.search(step.speech_matches, spoken.speech):
        yield f"speech_matches: {step.speech_matches!r} is not in {spoken.speech!r}"


def effect_differences(
    effects: Mapping[str, int], before: Mapping[str, int], after: Mapping[str, int]
) -> Iterator[str]:
    """The named counts that did not grow by what is expected, one line each."""
    for name, expected in effects.items():
        if name not in after:
            yield f"effects: {name} is not counted; counted are {', '.join(sorted(after))}"
        elif after[name] - before[name] != expected:
            yield f"effects: expected {name} to grow by {expected}, it grew by {after[name] - before[name]}"


def _slot_differences(
    expected: Mapping[str, str | list[str]], heard: Mapping[str, Mapping[str, Any]]
) -> Iterator[str]:
    for name in sorted({*expected, *heard}):
        wanted = expected.get(name)
        pairs = heard[name].get("values") or [heard[name]] if name in heard else []
        if wanted is None:
            yield f"slots: {name} was heard as {_slot_shown(pairs)} and is not expected"
        elif not _slot_agrees([wanted] if isinstance(wanted, str) else wanted, pairs):
            yield f"slots: expected {name} to be {_shown(wanted)}, got {_slot_shown(pairs)}"


def _slot_agrees(wanted: list[str], pairs: list[Mapping[str, Any]]) -> bool:
    return len(wanted) == len(pairs) and all(
        each in (pair["value"], pair["id"]) for each, pair in zip(wanted, pairs, strict=True)
    )


def _slot_shown(pairs: list[Mapping[str, Any]]) -> str:
    shown = [f"{pair['value']!r}" + (f" ({pair['id']})" if pair["id"] else "") for pair in pairs]
    return ", ".join(shown) or "nothing"


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return repr(list(value)) if isinstance(value, tuple) else repr(value)


def _heard(spoken: Spoken, key: str) -> str:
    """For an unexpected reply, what was said and understood: usually the reason."""
    return f" (intent {spoken.intent}, speech {spoken.speech!r})" if key in ("intent", "reply") else ""


def _message(error: LookupError) -> str:
    return str(error.args[0]) if error.args else type(error).__name__
