"""Every fixture of tests/utterances and tests/conversations holds; `restock fixtures` runs the same files."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from skill.cli.worlds import FixtureWorlds, Stage, fixture_worlds
from skill.simulator import fixtures
from skill.simulator.fixture_cases import Fixture
from skill.simulator.fixture_files import find, read
from skill.simulator.fixtures import Clock
from tests.spoken_yes import Witness

HERE = Path(__file__).parent
FOLDERS = [HERE / "utterances", HERE / "conversations"]
FIXTURES = [fixture for path in find(FOLDERS) for fixture in read(path)]


def place(fixture: Fixture) -> str:
    return f"{fixture.path.relative_to(HERE)}:{fixture.line}"


@pytest.fixture(scope="session")
def worlds() -> Iterator[FixtureWorlds]:
    with fixture_worlds() as made:
        yield made


class Witnessed:
    """Worlds whose every answer is heard by a witness."""

    def __init__(self, worlds: FixtureWorlds) -> None:
        self.skill_id, self.model = worlds.skill_id, worlds.model
        self._worlds = worlds
        self.witnesses: list[Witness] = []

    def world(self, name: str, clock: Clock) -> Stage:
        """The world `name`, with a new witness in it."""
        stage = self._worlds.world(name, clock)
        self.witnesses.append(Witness(stage.app.database))
        stage.observe(self.witnesses[-1].hear)
        return stage


@pytest.mark.parametrize("fixture", FIXTURES, ids=place)
def test_a_fixture_holds(fixture: Fixture, worlds: FixtureWorlds) -> None:
    """It says what it should, and each order in it names a yes to its seller, items, total and delivery."""
    witnessed = Witnessed(worlds)
    failure = fixtures.run(fixture, witnessed)
    assert failure is None, str(failure)
    assert [fault for witness in witnessed.witnesses for fault in witness.unexplained()] == []
