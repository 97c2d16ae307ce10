"""What fixtures run on: our own skill in its worlds, another's model alone, or a skill behind an address."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import typer

from skill.cli.talk_history import state_folder
from skill.cli.understanding import Source, checked, own_locale, tell_of_digits
from skill.conversation.turn import Answer, Turn
from skill.settings import DEVELOPMENT_SKILL_ID
from skill.simulator import fixture_files
from skill.simulator.account import Account, DeviceState, Person, sample_profile
from skill.simulator.amazon import AmazonServices
from skill.simulator.device import Skill
from skill.simulator.fixture_cases import DEFAULT_NOW, DEFAULT_WORLD, Fixture
from skill.simulator.fixtures import Clock, Outcome, outcome, understood
from skill.simulator.remote import RemoteSkill
from skill.simulator.signing import ChainHost, Signer
from skill.simulator.skill_model import SkillModel, skill_model
from skill.understanding import ModelError

ACCOUNT_ID = "amzn1.ask.account.offline"
PERSON_ID = "amzn1.ask.person.offline"
Models = Callable[[str], SkillModel]


@dataclass(frozen=True)
class Wish:
    """What to run fixtures on: our own skill, unless another's model or the address of a skill is given."""

    model: Source | None = None
    endpoint: str | None = None
    skill_id: str = DEVELOPMENT_SKILL_ID
    chain_port: int | None = None

    @property
    def is_own(self) -> bool:
        """Whether it is our own skill, in this process."""
        return self.endpoint is None and self.model is None


@dataclass
class RemoteWorld:
    """A skill behind an address with one household in front of it; what it keeps, nobody here can tell."""

    handle: Skill
    clock: Clock
    remote: bool = True
    _open: ExitStack = field(default_factory=ExitStack)

    def observe(self, observer: Callable[[Turn, Answer], None]) -> None:
        """Nothing behind the wire is seen."""

    def counts(self) -> Mapping[str, int]:
        """Nothing is counted."""
        return {}

    def speaker(self, name: str | None) -> str:
        """Every name is an account of its own."""
        return _named(ACCOUNT_ID, name)

    def person(self, name: str) -> Person:
        """Every name is a person."""
        return Person(_named(PERSON_ID, name), sample_profile(name))

    def zone(self, user_id: str) -> str:
        """Where devices stand that nobody put elsewhere."""
        return DeviceState().zone

    def services(self, account: Account) -> AmazonServices:
        """The stand-in services of the account, until the world is closed."""
        return self._open.enter_context(AmazonServices(account, self.clock))

    def close(self) -> None:
        """Stop the services."""
        self._open.close()


@dataclass(frozen=True)
class RemoteHost:
    """Runs fixtures on a skill behind an address, which is in no world but the one it is in."""

    handle: Skill
    models: Models
    skill_id: str

    def model(self, locale: str) -> SkillModel:
        """The skill's compiled model."""
        return self.models(locale)

    def world(self, name: str, clock: Clock) -> RemoteWorld:
        """The skill as it is. Raises LookupError for a world that is named."""
        if name != DEFAULT_WORLD:
            raise LookupError(f"a skill behind an address cannot be put into {name!r}")
        return RemoteWorld(self.handle, clock)


@dataclass(frozen=True)
class ModelHost:
    """Tells what sentences mean to a model; there is no skill that could answer."""

    models: Models
    skill_id: str

    def model(self, locale: str) -> SkillModel:
        """The compiled model."""
        return self.models(locale)

    def world(self, name: str, clock: Clock) -> RemoteWorld:
        """There is none. Raises LookupError."""
        raise LookupError("there is no skill behind a model alone")


@contextmanager
def signed(url: str, chain_port: int | None) -> Iterator[RemoteSkill]:
    """The skill at an address, asked with requests signed by an authority of our own, kept between runs.

    Raises typer.BadParameter for an address that is none, or a port that is taken.
    """
    folder, now = state_folder(), datetime.now(UTC)
    signer = Signer.at(folder / "signer", now) if folder else Signer.new(now)
    try:
        skill = RemoteSkill(url, signer)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--endpoint") from error
    with ExitStack() as stack:
        if chain_port:
            try:
                stack.enter_context(ChainHost(signer, chain_port))
            except OSError as error:
                raise typer.BadParameter(f"{error.strerror}.", param_hint="--chain-port") from error
        yield skill


def read_fixtures(paths: Sequence[Path], model: Source | None, locale: str | None = None) -> list[Fixture]:
    """All fixtures of files and folders; with another skill's model all are in its locale.

    Raises FixtureError or FileError for the first thing wrong, typer.BadParameter for a locale not ours.
    """
    if model is not None:
        reading = partial(fixture_files.read, locale=model.locale, locales=(model.locale,))
    else:
        reading = partial(fixture_files.read, locale=own_locale(locale) if locale else None)
    return [fixture for path in fixture_files.find(paths) for fixture in reading(path)]


@contextmanager
def examining(wish: Wish) -> Iterator[Callable[[Fixture], Outcome]]:
    """What runs one fixture after the other in this process. Raises ModelError, and what `signed` raises."""
    if wish.is_own:
        from skill.cli.worlds import fixture_worlds  # brings the database; another's model needs none

        with fixture_worlds() as worlds:
            yield partial(outcome, host=worlds)
        return
    models = _models(wish.model)
    if wish.endpoint is None:
        yield partial(understood, host=ModelHost(models, wish.skill_id))
        return
    with signed(wish.endpoint, wish.chain_port) as skill:
        host = RemoteHost(skill, models, wish.skill_id)
        yield lambda fixture: outcome(_today(fixture), host)


def _today(fixture: Fixture) -> Fixture:
    """A skill that verifies requests takes none that are 150 seconds old, so the time is the real one."""
    return replace(fixture, now=datetime.now(UTC)) if fixture.now == DEFAULT_NOW else fixture


def _models(model: Source | None) -> Models:
    if model is None:
        from skill.cli.worlds import own_model

        return own_model
    checked(model)
    try:
        compiled = skill_model(model.raw, model.locale)
    except ModelError as error:
        raise ModelError(f"{model.name}: {error}") from error
    tell_of_digits([model])
    return lambda _: compiled


def _named(kind: str, name: str | None) -> str:
    return kind if name is None else f"{kind}.{name.strip().casefold()}"
