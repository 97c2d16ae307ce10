"""The tutorial for other skills: its model, sentences and fixtures do what the page says."""

import json
import re
from pathlib import Path

import pytest

from skill.simulator.fixture_files import read
from tests.cli.speaking import Restock

PAGE = (Path(__file__).parents[2] / "docs" / "testing-offline.md").read_text(encoding="utf-8")


def block(language: str) -> str:
    """The first block of this language on the page."""
    found = re.search(rf"^```{language}\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
    assert found, language
    return found[1]


@pytest.fixture
def model(tmp_path: Path) -> str:
    path = tmp_path / "en-US.json"
    path.write_text(block("json"), encoding="utf-8")
    return str(path)


def test_the_model_of_the_tutorial_has_no_errors(restock: Restock, model: str) -> None:
    ran = restock("lint", model)
    assert ran.code == 0
    assert "0 errors, 2 warnings" in ran.out


def test_its_sentences_reach_the_floor_and_without_a_sample_they_do_not(
    restock: Restock, model: str, tmp_path: Path
) -> None:
    said = tmp_path / "said.jsonl"
    said.write_text(block("json lines"), encoding="utf-8")
    asked = ("eval", "--model", model, "--set", str(said), "--floor", "0.9")
    assert "accuracy 1.000 of 5 sentences" in restock(*asked).out
    whole = json.loads(block("json"))
    whole["interactionModel"]["languageModel"]["intents"][6]["samples"].remove("is the pizza coming")
    Path(model).write_text(json.dumps(whole), encoding="utf-8")
    ran = restock(*asked)
    assert ran.code == 1
    assert "accuracy 0.800 of 5 sentences" in ran.out


def test_its_fixtures_are_three_conversations_and_a_case(tmp_path: Path) -> None:
    path = tmp_path / "order.toml"
    path.write_text(block("toml"), encoding="utf-8")
    assert [fixture.name for fixture in read(path)] == [
        "where is my pizza",
        "an order is brought home",
        "without a permission there is a card",
        "the address service is down",
    ]
