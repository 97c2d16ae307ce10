"""The worlds that fixtures start in: named states of an embedded database, made once and copied."""

import re
from collections.abc import Callable, Hashable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import Engine, Executable, Table, event, func, select
from sqlmodel.main import default_registry

from skill import bootstrap
from skill.bootstrap import App
from skill.conversation.turn import Answer, Turn
from skill.household import directory
from skill.household.identity import Speaker
from skill.settings import DEVELOPMENT_SKILL_ID, Settings
from skill.shops.demo import DemoShop
from skill.simulator.account import Account, Person, Profile
from skill.simulator.amazon import AmazonServices
from skill.simulator.device import Skill
from skill.simulator.fixture_cases import DEFAULT_WORLD
from skill.simulator.fixtures import Clock
from skill.simulator.prepared import PreparedDatabases, copy_database
from skill.simulator.skill_model import SkillModel, skill_model
from skill.storage import schema
from skill.storage.database import Database
from skill.storage.engine import make_engine
from skill.worlds import WORLDS, Plan

STRANGER = "amzn1.ask.account.stranger"
PERSON_ID = "amzn1.ask.person.offline"
REFERENCE = "reference tables"

Observer = Callable[[Turn, Answer], None]


@dataclass
class Stage:
    """A database file and the App on it, which stay as one world after the other is put into the file."""

    app: App
    path: Path
    clock: Clock = bootstrap.system_clock
    name: str = DEFAULT_WORLD
    zones: dict[str, str] = field(default_factory=dict)
    observers: list[Observer] = field(default_factory=list)
    opened: ExitStack = field(default_factory=ExitStack)
    remote: bool = False

    @property
    def handle(self) -> Skill:
        """The skill's in-process face."""
        return self.app.handle

    def begin(self, name: str, clock: Clock, zones: dict[str, str]) -> None:
        """Be the world `name` from here on; `zones` is what is known of the template behind it."""
        self.name, self.clock, self.zones = name, clock, zones
        self.observers.clear()
        self.app.shop = WORLDS[name].shop(DemoShop(self.app.database))

    def observe(self, observer: Observer) -> None:
        """Tell `observer` of every answer until the world is taken anew."""
        self.observers.append(observer)

    def seen(self, turn: Turn, answer: Answer) -> None:
        """Called by the App; passes the answer on."""
        for observer in self.observers:
            observer(turn, answer)

    def counts(self) -> Mapping[str, int]:
        """Rows of each table that households own, as {"orders": 3, "list_items": 0}."""
        with self.app.database.reading(None) as unit:
            row = unit.session.connection().execute(_counting()).one()
            return dict(zip(counted_tables(), row, strict=True))

    def speaker(self, name: str | None) -> str:
        """The Alexa user id of a member; raises LookupError. Nobody is known to the stranger's world."""
        return STRANGER if WORLDS[self.name].env == "production" else self.app.speaker(name)

    def person(self, name: str) -> Person:
        """A member's voice, which the skill recognises; raises LookupError."""
        found = self.app.member(name)
        person_id = f"{PERSON_ID}.{name.strip().casefold()}"
        with self.app.database.unit(found.household_id) as unit:
            directory.bind(unit, directory.ALEXA_PERSON, person_id, found.member_id)
        return Person(person_id, Profile(name=name, given_name=name))

    def zone(self, user_id: str) -> str:
        """The zone of the account's household, UTC for a stranger."""
        if user_id not in self.zones:
            self.zones[user_id] = self.app.caller(Speaker(user_id=user_id), self.clock()).zone
        return self.zones[user_id]

    def services(self, account: Account) -> AmazonServices:
        """The stand-in services of the account, until the world is closed."""
        return self.opened.enter_context(AmazonServices(account, self.clock))

    def close(self) -> None:
        """Forget who observed; the database is put back when the world is taken again."""
        self.observers.clear()
        self.opened.close()


class FixtureWorlds:
    """Hands out worlds: the host that skill.simulator.fixtures runs on. Files live in `folder`.

    There is one App for each environment that worlds are in, so that what it keeps in memory of the
    catalogue, which is the same in all of them, is read once. One world at a time: taking another ends it.
    """

    skill_id = DEVELOPMENT_SKILL_ID

    def __init__(self, folder: Path, reference: Path | None = None) -> None:
        """`reference` is a file that `fill_reference_tables` made, if somebody did already."""
        self._folder = folder
        self._prepared = PreparedDatabases(folder, {} if reference is None else {REFERENCE: reference})
        self._stages: dict[str, Stage] = {}
        self._zones: dict[Hashable, dict[str, str]] = {}

    def model(self, locale: str) -> SkillModel:
        """The compiled model of a locale, made at first use."""
        return own_model(locale)

    def world(self, name: str, clock: Clock) -> Stage:
        """The world `name` as it stands at `clock()`; a world taken before ends. Raises LookupError."""
        if name not in WORLDS:
            raise LookupError(f"there is no world called {name!r}; there are {', '.join(WORLDS)}")
        plan, at = WORLDS[name], clock()
        stage, key = self._stage(plan), (plan.arrange, plan.env, at)
        self._prepared.restore(stage.path, key, lambda template: self._fill(stage, plan, at, template))
        stage.begin(name, clock, self._zones.setdefault(key, {}))
        return stage

    def dispose(self) -> None:
        """Close the databases."""
        for stage in self._stages.values():
            stage.app.database.engine.dispose()

    def _fill(self, stage: Stage, plan: Plan, at: datetime, template: Path) -> None:
        self._prepared.restore(stage.path, REFERENCE, fill_reference_tables)
        stage.begin(DEFAULT_WORLD, lambda: at, {})
        plan.arrange(stage.app, at)
        copy_database(stage.path, template)

    def _stage(self, plan: Plan) -> Stage:
        if plan.env not in self._stages:
            path = self._folder / f"{plan.env}.db"
            self._prepared.restore(path, REFERENCE, fill_reference_tables)
            app = bootstrap.build(_settings(plan.env, path), clock=lambda: self._stages[plan.env].clock())
            _let_go_of_safety(app.database.engine)
            self._stages[plan.env] = Stage(app, path)
            app.observe(self._stages[plan.env].seen)
        return self._stages[plan.env]


@cache
def own_model(locale: str) -> SkillModel:
    """Our own model of a locale, compiled."""
    return skill_model(bootstrap.interaction_model(locale), locale)


@contextmanager
def fixture_worlds() -> Iterator[FixtureWorlds]:
    """Worlds in a temporary folder, for the length of the block."""
    with TemporaryDirectory(prefix="restock-fixtures-", ignore_cleanup_errors=True) as folder:
        worlds = FixtureWorlds(Path(folder))
        try:
            yield worlds
        finally:
            worlds.dispose()


@cache
def counted_tables() -> Mapping[str, Table]:
    """The tables that households own by the plural of their class: orders, list_items, points_entries."""
    mappers = default_registry.mappers
    found: dict[str, Any] = {_plural(mapper.class_.__name__): mapper.local_table for mapper in mappers}
    return {name: table for name, table in sorted(found.items()) if "household_id" in table.columns}


@cache
def _counting() -> Executable:
    """One statement that counts the rows of every counted table."""
    counts = [
        select(func.count()).select_from(table).scalar_subquery().label(name)
        for name, table in counted_tables().items()
    ]
    return select(*counts).execution_options(crosses_households="fixtures")


def _plural(class_name: str) -> str:
    snake = re.sub(r"(?<!^)(?=[A-Z])", "_", class_name).lower()
    return f"{snake[:-1]}ies" if snake.endswith("y") else f"{snake}s"


def _settings(env: str, path: Path) -> Settings:
    return Settings(
        env=env,
        skill_id=DEVELOPMENT_SKILL_ID,
        database_url=f"sqlite:///{path}",
        database_url_given=True,
        verify_person=True,
    )


def _let_go_of_safety(engine: Engine) -> None:
    """Wait for no disk: these files are gone with the process that wrote them."""
    engine.dispose()  # connections that were opened before the listener
    event.listen(engine, "connect", lambda connection, _record: connection.execute("PRAGMA synchronous=OFF"))


def fill_reference_tables(path: Path) -> None:
    """What all worlds share: the schema and the catalogue, by far the most to write."""
    engine = make_engine(f"sqlite:///{path}")
    schema.upgrade(engine)
    bootstrap.seed(App(_settings("development", path), Database(engine), bootstrap.system_clock))
    engine.dispose()
