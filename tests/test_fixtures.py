"""Every fixture of tests/utterances and tests/conversations holds; `restock fixtures` runs the same files."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from skill.cli.worlds import FixtureWorlds, fixture_worlds
from skill.simulator import fixtures
from skill.simulator.fixture_cases import Fixture
from skill.simulator.fixture_files import find, read

HERE = Path(__file__).parent
FOLDERS = [HERE / "utterances", HERE / "conversations"]
FIXTURES = [fixture for path in find(FOLDERS) for fixture in read(path)]


def place(fixture: Fixture) -> str:
    return f"{fixture.path.relative_to(HERE)}:{fixture.line}"


@pytest.fixture(scope="session")
def worlds() -> Iterator[FixtureWorlds]:
    with fixture_worlds() as made:
        yield made


@pytest.mark.parametrize("fixture", FIXTURES, ids=place)
def test_a_fixture_holds(fixture: Fixture, worlds: FixtureWorlds) -> None:
    failure = fixtures.run(fixture, worlds)
    assert failure is None, str(failure)
