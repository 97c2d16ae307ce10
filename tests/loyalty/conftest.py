"""An empty database with every table, for the loyalty tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlmodel import SQLModel

from skill.storage.database import Database
from skill.storage.engine import make_engine


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """A new SQLite file with every table that the tests have imported."""
    engine = make_engine(f"sqlite:///{tmp_path / 'loyalty.db'}")
    SQLModel.metadata.create_all(engine)
    yield Database(engine)
    engine.dispose()
