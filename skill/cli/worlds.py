"""The worlds that fixtures start in: named states of an embedded database, made once and copied."""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import Table, func, select
from sqlmodel.main import default_registry

from skill import bootstrap
from skill.bootstrap import App
from skill.conversation.turn import Answer, Turn
from skill.household.identity import Speaker
from skill.settings import DEVELOPMENT_SKILL_ID, Settings
from skill.shops.demo import DemoShop
from skill.simulator.device import Skill
from skill.simulator.fixtures import Clock
from skill.simulator.prepared import PreparedDatabases
from skill.simulator.skill_model import SkillModel, skill_model
from skill.storage import schema
from skill.storage.database import Database
from skill.storage.engine import make_engine
from skill.worlds import WORLDS

STRANGER = "amzn1.ask.account.stranger"

Observer = Callable[[Turn, Answer], None]


@dataclass
class Stage:
    """One world's database file and the App on it, which stays as the file is put back for each fixture."""

    name: str
    app: App
    clock: Clock
    observers: list[Observer] = field(default_factory=list)

    @property
    def handle(self) -> Skill:
        """The skill's in-process face."""
        return self.app.handle

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
            found = {}
            for name, table in counted_tables().items():
                found[name] = (
                    unit.session.connection()
                    .execute(
                        select(func.count())
                        .select_from(table)
                        .execution_options(crosses_households="fixtures")
                    )
                    .scalar_one()
                )
            return found

    def speaker(self, name: str | None) -> str:
        """The Alexa user id of a member; raises LookupError. Nobody is known to the stranger's world."""
        return STRANGER if WORLDS[self.name].env == "production" else self.app.speaker(name)

    def zone(self, user_id: str) -> str:
        """The zone of the account's household, UTC for a stranger."""
        return self.app.caller(Speaker(user_id=user_id), self.clock()).zone

    def close(self) -> None:
        """Forget who observed; the database is put back when the world is taken again."""
        self.observers.clear()


class FixtureWorlds:
    """Hands out worlds: the host that skill.simulator.fixtures runs on. Files live in `folder`."""

    skill_id = DEVELOPMENT_SKILL_ID

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._prepared = PreparedDatabases(folder)
        self._stages: dict[str, Stage] = {}
        self._models: dict[str, SkillModel] = {}

    def model(self, locale: str) -> SkillModel:
        """The compiled model of a locale, made at first use."""
        if locale not in self._models:
            self._models[locale] = skill_model(bootstrap.interaction_model(locale), locale)
        return self._models[locale]

    def world(self, name: str, clock: Clock) -> Stage:
        """The world `name` as it stands at `clock()`; a world taken before ends. Raises LookupError."""
        if name not in WORLDS:
            raise LookupError(f"there is no world called {name!r}; there are {', '.join(WORLDS)}")
        at, path = clock(), self._folder / f"world-{name}.db"
        self._prepared.restore(path, (name, at), lambda template: self._fill(template, name, at))
        if name not in self._stages:
            self._stages[name] = self._stage(name, path, clock)
        stage, plan = self._stages[name], WORLDS[name]
        stage.clock = clock
        stage.app.shop = plan.shop(DemoShop(stage.app.database))
        return stage

    def dispose(self) -> None:
        """Close the databases."""
        for stage in self._stages.values():
            stage.app.database.engine.dispose()

    def _fill(self, path: Path, name: str, at: datetime) -> None:
        self._prepared.restore(path, "reference tables", _fill_reference_tables)
        app = App(_settings(name, path), Database(make_engine(f"sqlite:///{path}")), lambda: at)
        WORLDS[name].arrange(app, at)
        app.database.engine.dispose()

    def _stage(self, name: str, path: Path, clock: Clock) -> Stage:
        app = bootstrap.build(_settings(name, path), clock=lambda: self._stages[name].clock())
        stage = Stage(name, app, clock)
        app.observe(stage.seen)
        return stage


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


def _plural(class_name: str) -> str:
    snake = re.sub(r"(?<!^)(?=[A-Z])", "_", class_name).lower()
    return f"{snake[:-1]}ies" if snake.endswith("y") else f"{snake}s"


def _settings(name: str, path: Path) -> Settings:
    return Settings(
        env=WORLDS[name].env,
        skill_id=DEVELOPMENT_SKILL_ID,
        database_url=f"sqlite:///{path}",
        database_url_given=True,
    )


def _fill_reference_tables(path: Path) -> None:
    """What all worlds share: the schema and the catalogue, by far the most to write."""
    engine = make_engine(f"sqlite:///{path}")
    schema.upgrade(engine)
    bootstrap.seed(App(_settings("home", path), Database(engine), bootstrap.system_clock))
    engine.dispose()
