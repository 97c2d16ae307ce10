"""`restock models`: writes the interaction models and says when committed ones are stale."""

from pathlib import Path

import pytest

from skill.cli import models
from tests.cli.terminal import Terminal


@pytest.fixture
def terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Terminal:
    """A terminal in an empty folder."""
    return Terminal(capsys, monkeypatch, tmp_path)


def test_models_are_written_then_fresh_and_named_when_stale(terminal: Terminal) -> None:
    assert terminal.run("models").out == "3 of 3 models changed.\n"
    folder = terminal.folder / "interaction_models"
    assert len(list(folder.iterdir())) == 3
    assert terminal.run("models", "--check").code == 0
    (folder / "de-DE.json").write_text("{}")
    (folder / "en-GB.json").unlink()
    ran = terminal.run("models", "--check")
    assert ran.code == 1
    assert sorted(ran.err.splitlines()) == [
        "interaction_models/de-DE.json is stale: run `make models`.",
        "interaction_models/en-GB.json is stale: run `make models`.",
    ]
    assert (folder / "de-DE.json").read_text() == "{}"


def test_a_model_with_problems_is_not_written(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(models, "model_problems", lambda: ["en-US: something is wrong"])
    ran = terminal.run("models")
    assert (ran.code, ran.err) == (1, "en-US: something is wrong\n")
    assert not (terminal.folder / "interaction_models").exists()
