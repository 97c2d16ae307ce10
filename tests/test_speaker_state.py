"""What is shown of a household beside a conversation, read from the real program."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from skill import bootstrap
from skill.bootstrap import App
from skill.cli.talk_house import own_models
from skill.settings import DEVELOPMENT_SKILL_ID, Settings
from skill.simulator.account import Account, DeviceState
from skill.simulator.device import Device
from skill.speaker_state import household_state

NOW = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
USER = "amzn1.ask.account.of-this-test"


class Home:
    """The demo household on a clock, and its speaker."""

    def __init__(self, path: Path, env: str = "development") -> None:
        self.now = NOW
        self.app: App = bootstrap.build(
            Settings(
                env=env,
                skill_id=DEVELOPMENT_SKILL_ID,
                database_url=f"sqlite:///{path}",
                database_url_given=True,
            ),
            clock=lambda: self.now,
        )
        self.device = Device(
            self.app.handle,
            own_models().skill("en-US"),
            account=Account(USER),
            state=DeviceState(),
            skill_id=DEVELOPMENT_SKILL_ID,
            clock=lambda: self.now,
        )


@pytest.fixture
def home(demo_file: Path, tmp_path: Path) -> Iterator[Home]:
    """A demo home that is as old as the clock."""
    path = tmp_path / "home.db"
    path.write_bytes(demo_file.read_bytes())
    made = Home(path)
    made.app.seed_household(uuid4(), USER, NOW)
    yield made
    made.app.close()


def test_a_home_shows_who_lives_there_its_points_and_its_newest_orders(home: Home) -> None:
    state = household_state(home.app, USER)
    assert (state["member"], state["zone"]) == ("Anna", "America/New_York")
    assert state["at"] == "2026-11-20T10:00:00-05:00"
    assert state["points"] == {"available": 339, "held": 0}
    assert [order["open"] for order in state["orders"]] == [False, False, False]
    assert state["list"] == state["diary"] == []


def test_an_order_is_shown_first_and_open(home: Home) -> None:
    home.device.say("reorder my usual")
    home.device.say("yes")
    first, *others = household_state(home.app, USER)["orders"]
    assert first["open"] is True
    assert first["placed_at"] == "2026-11-20T10:00-05:00"
    assert first["lines"]
    assert [order["open"] for order in others] == [False, False, False]


def test_the_list_and_the_diary_of_the_day_are_shown(home: Home) -> None:
    home.device.say("add two oat milk to my list")
    home.device.say("log a wet diaper for Leo")
    home.now += timedelta(minutes=30)
    home.device.say("Leo drank four ounces")
    state = household_state(home.app, USER)
    assert [item["quantity"] for item in state["list"]] == [2]
    feed, change = state["diary"]
    assert feed == {
        "at": "2026-11-20T10:30-05:00",
        "child": "Leo",
        "activity": "feeding",
        "amount": 4.0,
        "unit": "oz",
    }
    assert change == {"at": "2026-11-20T10:00-05:00", "child": "Leo", "activity": "diaper", "kind": "wet"}


def test_the_diary_of_yesterday_is_not_shown_nor_what_was_undone(home: Home) -> None:
    home.device.say("log a wet diaper for Leo")
    assert len(household_state(home.app, USER)["diary"]) == 1
    home.now += timedelta(days=1)
    assert household_state(home.app, USER)["diary"] == []


def test_nobody_is_shown_for_an_account_that_is_not_linked(demo_file: Path, tmp_path: Path) -> None:
    path = tmp_path / "shop.db"
    path.write_bytes(demo_file.read_bytes())
    app = Home(path, env="production").app
    assert household_state(app, "stranger") == {}
    app.close()
