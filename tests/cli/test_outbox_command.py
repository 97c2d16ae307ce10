"""`restock outbox` and `restock member email`: what waits, what failed, and where letters go."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from skill import bootstrap
from skill.bootstrap import App
from skill.cli import app
from skill.household.service import Households
from skill.settings import DEVELOPMENT_SKILL_ID, Settings
from skill.storage.outbox import Outbox

NOW = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
run = CliRunner()


@pytest.fixture
def skill(demo_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> App:
    """The demo household on a database that the command line is pointed at."""
    path = tmp_path / "demo.db"
    path.write_bytes(demo_file.read_bytes())
    monkeypatch.setenv("RESTOCK_DATABASE_URL", f"sqlite:///{path}")
    url = f"sqlite:///{path}"
    return bootstrap.build(Settings(env="development", skill_id=DEVELOPMENT_SKILL_ID, database_url=url))


def _dead(skill: App) -> str:
    household = skill.member(None).household_id
    with skill.database.unit(household) as unit:
        Outbox(unit).put("email", "k", {"to": "anna@example.com"}, NOW, purpose="purchase")
        [message] = Outbox(unit).all("waiting")
        Outbox(unit).fail(message.id, "the address was refused", NOW, for_good=True)
        return str(message.id)


def test_an_empty_outbox_says_so(skill: App) -> None:
    assert run.invoke(app, ["outbox"]).output == "Nothing waits and nothing failed.\n"


def test_a_dead_message_is_shown_without_its_address_and_tried_again_on_demand(skill: App) -> None:
    message = _dead(skill)
    shown = run.invoke(app, ["outbox", "--json"])
    assert "anna" not in shown.output
    assert json.loads(shown.output)["state"] == "dead"
    assert json.loads(shown.output)["last_error"] == "the address was refused"
    assert "refused" in run.invoke(app, ["outbox"], env={"COLUMNS": "250"}).output
    assert run.invoke(app, ["outbox", "--retry", message]).exit_code == 0
    assert json.loads(run.invoke(app, ["outbox", "--json"]).output)["state"] == "waiting"


def test_only_a_dead_message_can_be_retried(skill: App) -> None:
    result = run.invoke(app, ["outbox", "--retry", "nonsense"])
    assert result.exit_code == 2


def test_an_address_is_set_and_taken_away(skill: App) -> None:
    assert run.invoke(app, ["member", "email", "Ben", "ben@example.com"]).exit_code == 0
    assert _email(skill, "Ben") == "ben@example.com"
    assert run.invoke(app, ["member", "email", "Ben", ""]).exit_code == 0
    assert _email(skill, "Ben") == ""


@pytest.mark.parametrize("address", ["ben", "ben@", "ben@x\nBcc: a@b", "<ben@x>", "a@b,c@d"])
def test_what_is_no_address_is_refused(skill: App, address: str) -> None:
    assert run.invoke(app, ["member", "email", "Ben", address]).exit_code == 2
    assert _email(skill, "Ben") == ""


def test_nobody_of_that_name_has_an_address(skill: App) -> None:
    assert run.invoke(app, ["member", "email", "Nobody", "a@b.example"]).exit_code == 2


def _email(skill: App, name: str) -> str:
    found = skill.member(name)
    with skill.database.reading(found.household_id) as unit:
        member = Households(unit).member(found.member_id)
        assert member is not None
        return member.email
