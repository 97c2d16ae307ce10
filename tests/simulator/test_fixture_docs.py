"""docs/fixtures.md names every key that the reader knows, and where it may stand."""

import re
import tomllib
from pathlib import Path

from skill.simulator.fixture_files import read
from skill.simulator.fixture_keys import CASE_KEYS, CONVERSATION_KEYS, TURN_KEYS

PAGE = (Path(__file__).parents[2] / "docs" / "fixtures.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| `(\w+)` \| (x?) ?\| (x?) ?\| (x?) ?\| (\S.*) \|$", re.MULTILINE)


def test_the_table_of_keys_is_the_readers() -> None:
    rows = ROW.findall(PAGE)
    columns = [frozenset(row[0] for row in rows if row[column]) for column in (1, 2, 3)]
    assert columns == [CASE_KEYS, CONVERSATION_KEYS, TURN_KEYS]
    assert len({row[0] for row in rows}) == len(rows)


def test_the_example_is_a_fixture_file(tmp_path: Path) -> None:
    example = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)[0]  # the next one is a pyproject.toml
    path = tmp_path / "example.toml"
    path.write_text(example, encoding="utf-8")
    assert tomllib.loads(example)
    case, conversation = read(path)
    assert case.only_understanding
    assert len(conversation.steps) == 2
