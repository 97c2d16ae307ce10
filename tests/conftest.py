"""Fixtures of the whole suite: private databases, and the household rule on every statement."""

import shutil
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import psycopg
import pytest
from hypothesis import settings
from sqlmodel import SQLModel

from skill import bootstrap  # every table model is known from here on
from skill.settings import DEVELOPMENT_SKILL_ID, Settings
from skill.storage.database import Database
from skill.storage.engine import make_engine
from tests import household_rule, servers

household_rule.watch()
settings.register_profile("restock", deadline=None)  # no test judges by the clock on the wall
settings.load_profile("restock")

ON_BOTH = ("storage", "orders", "loyalty", "worker")
"""Folders whose tests run on SQLite and on PostgreSQL when they use the `database` fixture."""
_numbers = count(1)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run tests of the folders in ON_BOTH once on each kind of database."""
    if "database_kind" in metafunc.fixturenames:
        both = Path(str(metafunc.definition.path)).parent.name in ON_BOTH
        metafunc.parametrize("database_kind", ["sqlite", "postgresql"] if both else ["sqlite"])


@pytest.fixture(scope="session")
def blank_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with all tables and no rows."""
    path = tmp_path_factory.mktemp("blank") / "blank.db"
    engine = make_engine(f"sqlite:///{path}")
    SQLModel.metadata.create_all(engine)
    engine.dispose()
    return path


@pytest.fixture(scope="session")
def demo_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with the demo shop and the demo household, as `restock talk` makes it; copy it."""
    path = tmp_path_factory.mktemp("demo") / "demo.db"
    url = f"sqlite:///{path}"
    bootstrap.prepare(Settings(env="development", skill_id=DEVELOPMENT_SKILL_ID, database_url=url))
    return path


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The address of a private PostgreSQL that holds a template database with all tables."""
    programs = servers.postgres_programs()
    if programs is None:
        servers.skip_or_fail("PostgreSQL is not installed")
    assert programs is not None
    with servers.private_postgres(programs) as address:
        _execute(address, "CREATE DATABASE blank")
        engine = make_engine(f"{address}/blank")
        SQLModel.metadata.create_all(engine)
        engine.dispose()
        yield address


@pytest.fixture
def database_url(database_kind: str, blank_file: Path, tmp_path: Path, request: pytest.FixtureRequest) -> str:
    """The address of a private database with all tables and no rows."""
    if database_kind == "sqlite":
        path = tmp_path / "private.db"
        shutil.copyfile(blank_file, path)
        return f"sqlite:///{path}"
    address: str = request.getfixturevalue("postgres")
    name = f"private_{next(_numbers)}"
    _execute(address, f"CREATE DATABASE {name} TEMPLATE blank")
    return f"{address}/{name}"


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A private database: SQLite, and PostgreSQL as well in the folders of ON_BOTH."""
    made = Database(make_engine(database_url))
    yield made
    made.engine.dispose()


def _execute(address: str, command: str) -> None:
    url = address.replace("postgresql+psycopg", "postgresql")
    with psycopg.connect(f"{url}/postgres", autocommit=True) as connection:
        connection.execute(command.encode())
