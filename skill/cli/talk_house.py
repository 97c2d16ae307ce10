"""Builds the studios that `restock talk` and the browser's speaker stand on, our skill in this process."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from skill import bootstrap
from skill.bootstrap import App
from skill.cli.worlds import PERSON_ID, fixture_worlds
from skill.conversation import locale_files
from skill.features import BASIC_EXAMPLES
from skill.household import directory
from skill.household.identity import Speaker
from skill.household.service import Households
from skill.settings import Settings
from skill.simulator.account import Account, Person, Profile
from skill.simulator.fixture_cases import DEFAULT_WORLD
from skill.simulator.prepared import copy_database
from skill.simulator.remote import RemoteSkill
from skill.simulator.studio import Fresh, Studio
from skill.simulator.studio_clock import StudioClock
from skill.simulator.studio_house import House, StudioModels
from skill.speaker_state import household_state
from skill.storage.engine import sqlite_file


@cache
def own_models(first: str = locale_files.DEFAULT_LOCALE) -> StudioModels:
    """The models of our own skill, built in memory; a studio begins in the locale `first`."""
    others = [locale for locale in locale_files.available_locales() if locale != first]
    return StudioModels([first, *others], bootstrap.interaction_model, worth_trying)


def worth_trying(locale: str) -> list[str]:
    """Example sentences: those that always work, then the first of each other feature, then the rest."""
    examples = locale_files.load(locale).examples
    keys = [key for key in BASIC_EXAMPLES if key in examples]
    for key in examples:
        if all(key.partition(".")[0] != shown.partition(".")[0] for shown in keys):
            keys.append(key)
    return [examples[key].say for key in dict.fromkeys([*keys, *examples])]


def app_house(app: App, models: StudioModels) -> House:
    """The house of an App in this process; its people are the members of the offline speaker's household."""

    def account(name: str | None) -> Account:
        user_id = app.speaker(name)
        return Account(user_id, profile=_profile(app, name))

    def person(name: str) -> Person:
        found = app.member(name)
        person_id = f"{PERSON_ID}.{name.strip().casefold()}"
        with app.database.unit(found.household_id) as unit:
            directory.bind(unit, directory.ALEXA_PERSON, person_id, found.member_id)
        return Person(person_id, _profile(app, name))

    return House(
        handle=app.handle,
        models=models,
        skill_id=app.settings.skill_id,
        account=account,
        person=person,
        zone=lambda user_id: app.caller(Speaker(user_id=user_id), app.clock()).zone,
        users=lambda: _members(app),
        state=lambda user_id, person_id: household_state(app, user_id, person_id),
        observe=app.observe,
    )


def _profile(app: App, name: str | None) -> Profile:
    """What Amazon knows of a member who has an account; the address is at a domain that nobody can own."""
    found = app.member(name)
    with app.database.reading(found.household_id) as unit:
        member = Households(unit).member(found.member_id)
    known = member.name if member else "Nobody"
    return Profile(name=known, given_name=known, email=f"{known.casefold()}@example.com")


def _members(app: App) -> list[str]:
    found = app.member(None)
    with app.database.reading(found.household_id) as unit:
        return [member.name for member in Households(unit).members()]


@contextmanager
def own_studio(
    settings: Settings, clock: StudioClock, locale: str, models: StudioModels | None = None
) -> Iterator[Studio]:
    """A studio on the settings' database, made and seeded when it is the embedded one and absent.

    It begins in `locale`, one of ours; other `models` than ours may be tried on our skill.

    A replay starts from a copy of the embedded file as it is now, a fixture in the world "home". Raises
    DatabaseError.
    """
    models = models or own_models(locale)
    bootstrap.prepare(settings, clock)
    app = bootstrap.build(settings, clock=clock)
    with TemporaryDirectory(prefix="restock-talk-", ignore_cleanup_errors=True) as folder:
        try:
            studio = Studio(
                app_house(app, models),
                clock,
                fresh=_copies(app, models, Path(folder)),
                recorder=world_houses(DEFAULT_WORLD, models),
            )
            with closing(studio):
                yield studio
        finally:
            app.close()


@contextmanager
def world_studio(
    name: str, clock: StudioClock, locale: str, models: StudioModels | None = None
) -> Iterator[Studio]:
    """A studio in a fresh copy of a fixtures' world, which is gone afterwards. Raises LookupError."""
    fresh = world_houses(name, models or own_models(locale))
    with fresh(clock) as house, closing(Studio(house, clock, fresh=fresh)) as studio:
        yield studio


@contextmanager
def remote_studio(
    skill: RemoteSkill, models: StudioModels, clock: StudioClock, skill_id: str
) -> Iterator[Studio]:
    """A studio in front of a skill behind HTTP; of its household nothing is known but what it says."""
    with closing(Studio(House(skill, models, skill_id, remote=True), clock)) as studio:
        yield studio


def world_houses(name: str, models: StudioModels) -> Fresh:
    """Makes fresh copies of a fixtures' world as houses; each raises LookupError for an unknown name."""

    @contextmanager
    def fresh(clock: StudioClock) -> Iterator[House]:
        with fixture_worlds() as worlds:
            stage = worlds.world(name, clock)
            house = app_house(stage.app, models)
            yield replace(
                house, account=lambda user: Account(stage.speaker(user)), counts=stage.counts, world=name
            )

    return fresh


def _copies(app: App, models: StudioModels, folder: Path) -> Fresh | None:
    """Makes copies of the app's database as it is now; None for a database that is no file."""
    path = sqlite_file(app.database.engine)
    if path is None:
        return None
    start, again = folder / "start.db", folder / "again.db"
    copy_database(path, start)

    @contextmanager
    def fresh(clock: StudioClock) -> Iterator[House]:
        copy_database(start, again)
        copied = bootstrap.build(replace(app.settings, database_url=f"sqlite:///{again}"), clock=clock)
        try:
            yield app_house(copied, models)
        finally:
            copied.close()

    return fresh
