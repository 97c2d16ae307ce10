"""Export, erase and import of a household that has used everything, and files that are refused."""

import copy
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import String, Uuid, func, select
from sqlmodel import SQLModel

from skill import bootstrap, features
from skill.conversation.turn import Heard
from skill.household import directory, notices
from skill.household.account_links import grant_code
from skill.household.directory import Found
from skill.household.identity import Speaker
from skill.household.news import add_news
from skill.household.passwords import set_password
from skill.household.registry import ImportRefused
from skill.household.service import Households
from skill.household.voice_code import VoiceCodes
from skill.orders.models import OrderingLimits
from skill.orders.offers import NeedOffer
from skill.orders.together_models import DeclinedPair
from skill.storage.database import Database
from skill.storage.engine import make_engine
from skill.storage.keys import new_id
from skill.storage.scope import REFERENCE_TABLES
from tests.orders.home import Home, another_home

REGISTRY = features.registry()


@pytest.fixture(scope="module")
def used_file(tmp_path_factory: pytest.TempPathFactory, blank_file: Path) -> tuple[Path, UUID]:
    """A database with two households of which the first has used every feature; gives its id too."""
    path = tmp_path_factory.mktemp("used") / "used.db"
    path.write_bytes(blank_file.read_bytes())
    database = Database(make_engine(f"sqlite:///{path}"))
    home = Home(database)
    another_home(home)
    with database.unit(home.household_id) as unit:
        assert home.caller.member_id is not None
        Households(unit).set_email(home.caller.member_id, "anna@example.com")
    home.say("AMAZON.YesIntent", home.say("ReorderUsualIntent"))
    home.say("AMAZON.YesIntent", home.say("StartSubscriptionIntent", product="oat milk", interval="P1W"))
    home.say("SkipDeliveryIntent")
    asked = home.say("ReturnItemIntent", product="wipes", reason="damaged")
    home.say("AMAZON.YesIntent", home.say("ReturnItemIntent", asked, refund_to="card"))
    with database.reading(home.household_id) as unit:
        reference = home.app.orders(unit).history.recent(1, ("accepted",))[0].reference
    packed = {"type": "packed", "at": home.now.isoformat(), "shopper": str(home.household_id)}
    home.app.hear_shop("msg-1", json.dumps({**packed, "reference": reference}).encode())
    subscribed = {"subscriptions": [{"eventName": notices.ORDER_STATUS}]}
    anna = Speaker(user_id=bootstrap.OFFLINE_USER)
    home.app.event("AlexaSkillEvent.ProactiveSubscriptionChanged", anna, home.now, subscribed)
    home.say("AddToListIntent", product="milk")
    home.say("NeverSubstituteIntent", product="coffee")
    home.say("WatchStockIntent", product="coconut yogurt")
    home.say("CreateListIntent", list="baby stuff")
    home.say("BindButtonIntent", button="milk", product="oat milk")
    home.say("AMAZON.YesIntent", home.say("ClaimRewardIntent", reward="one dollar off"))
    assert home.say("LogDiaperIntent", child="Leo").reply == "LogDiaperIntent.what_kind"
    feed = home.turn("LogFeedingIntent", slots={"child": "Leo", "amount": "120"})
    spoken_unit = Heard("milliliters", "ml")
    assert (
        home.app.answer(replace(feed, slots={**feed.slots, "unit": spoken_unit})).reply
        == "LogFeedingIntent.logged"
    )
    home.wait(minutes=1)
    _keep_what_no_single_sentence_writes(home, database)
    database.engine.dispose()
    return path, home.household_id


def _keep_what_no_single_sentence_writes(home: Home, database: Database) -> None:
    """Limits, news, a declined pair, consents, an account with its code, and a voice code half set."""
    with database.unit(home.household_id) as unit:
        assert home.caller.member_id is not None
        VoiceCodes(unit).draft(home.caller.member_id, "4826")
        unit.session.add(OrderingLimits(household_id=unit.household, most_cents=50_000))
        unit.session.add(NeedOffer(household_id=unit.household, sku_id="milk", offered_at=home.now))
        add_news(unit, home.now, "back_in_stock", "watch", {"name": "Oat Milk"})
        unit.session.add(
            DeclinedPair(
                household_id=unit.household, product_a="coffee", product_b="filters", declined_at=home.now
            )
        )
        Households(unit).give_consent(home.caller.member_id, "offers", home.now)
        Households(unit).withdraw_consent(home.caller.member_id, "offers", home.now + timedelta(days=1))
        directory.bind(unit, directory.ACCOUNT, "account-anna", home.caller.member_id)
        set_password(unit, home.caller.member_id, "correct horse")
    anna = Found(home.household_id, home.caller.member_id)
    grant_code(database, anna, "client", "https://shop.example/back", "", home.now)


@pytest.fixture
def household(used_file: tuple[Path, UUID]) -> UUID:
    """The household that has used every feature."""
    return used_file[1]


@pytest.fixture
def used(used_file: tuple[Path, UUID], tmp_path: Path, request: pytest.FixtureRequest) -> Database:
    """A copy of that database."""
    path = tmp_path / "copy.db"
    path.write_bytes(used_file[0].read_bytes())
    database = Database(make_engine(f"sqlite:///{path}"))
    request.addfinalizer(database.engine.dispose)  # noqa: PT021 (nothing comes after it)
    return database


def exported(database: Database, household: UUID) -> dict[str, Any]:
    """The export as its file would hold it."""
    with database.reading(household) as unit:
        found: dict[str, Any] = json.loads(json.dumps(REGISTRY.export(unit)))
    return found


def erase(database: Database, household: UUID) -> int:
    with database.unit(household) as unit:
        return REGISTRY.erase(unit)


def load(database: Database, household: UUID, file: dict[str, Any]) -> None:
    with database.unit(household) as unit:
        REGISTRY.load(unit, file)


def contents(database: Database) -> dict[str, list[Any]]:
    """Every row of every table but the catalogue's, which are many and never written here."""
    with database.engine.execution_options(read_only=True).connect() as connection:
        return {
            table.name: sorted(
                map(str, connection.execute(select(table).execution_options(crosses_households="fixtures")))
            )
            for table in SQLModel.metadata.sorted_tables
            if table.name not in REFERENCE_TABLES
        }


def mentions(database: Database, household: UUID) -> list[str]:
    """Each column in which a row still names the household, in whatever form."""
    found = []
    columns = [column for table in SQLModel.metadata.sorted_tables for column in table.columns]
    with database.engine.execution_options(read_only=True).connect() as connection:
        for column in columns:
            text = func.replace(func.cast(column, String), "-", "")
            wanted = select(func.count()).select_from(column.table).where(text.contains(household.hex))
            if isinstance(column.type, Uuid):
                wanted = select(func.count()).select_from(column.table).where(column == household)
            if connection.execute(wanted.execution_options(crosses_households="fixtures")).scalar():
                found.append(f"{column.table.name}.{column.name}")
    return found


def test_the_household_of_these_tests_has_used_every_table(used: Database, household: UUID) -> None:
    tables = [part for part in exported(used, household).values() if isinstance(part, dict)]
    assert [name for part in tables for name, rows in part.items() if not rows] == []


def test_export_erase_and_import_give_the_same_again(used: Database, household: UUID) -> None:
    before, everything = exported(used, household), contents(used)
    erase(used, household)
    load(used, household, before)
    assert exported(used, household) == before
    with_secrets = {"voice_code", "member_password", "notice_address"}  # never exported: they are set anew
    restored = contents(used)
    assert {name: restored[name] for name in restored.keys() - with_secrets} == {
        name: everything[name] for name in everything.keys() - with_secrets
    }


def test_nothing_names_a_household_after_it_is_erased(used: Database, household: UUID) -> None:
    assert "household.household_id" in mentions(used, household)
    rows = sum(
        len(table)
        for part in exported(used, household).values()
        if isinstance(part, dict)
        for table in part.values()
    )
    assert erase(used, household) == rows
    assert mentions(used, household) == []
    assert directory.find(used, directory.ACCOUNT, "account-anna") is None


def test_erasing_leaves_every_other_household_as_it_was(used: Database, household: UUID) -> None:
    before = contents(used)
    erase(used, household)
    after = contents(used)
    for name, rows in after.items():
        assert set(rows) <= set(before[name])
    assert len(after["household"]) == 1
    assert len(after["shop_order"]) == 3


def test_an_export_holds_no_identifier_of_a_platform(used: Database, household: UUID) -> None:
    file = json.dumps(exported(used, household))
    assert "account-anna" not in file
    assert bootstrap.OFFLINE_USER not in file


def test_a_household_that_is_there_is_not_imported_over(used: Database, household: UUID) -> None:
    before = contents(used)
    with pytest.raises(ImportRefused, match="already holds data"):
        load(used, household, exported(used, household))
    assert contents(used) == before


def of_another_kind(file: dict[str, Any]) -> None:
    file["format"] = "something-else"


def of_another_household(file: dict[str, Any]) -> None:
    file["household_id"] = str(new_id())


def with_a_row_of_another_household(file: dict[str, Any]) -> None:
    file["orders"]["list_item"][0]["household_id"] = str(new_id())


def with_a_row_of_nobody(file: dict[str, Any]) -> None:
    del file["orders"]["list_item"][0]["household_id"]


def without_its_household(file: dict[str, Any]) -> None:
    file["household"]["household"] = []


def empty(file: dict[str, Any]) -> None:
    for feature in [name for name in file if name not in ("format", "household_id")]:
        del file[feature]


def with_an_unknown_column(file: dict[str, Any]) -> None:
    file["household"]["member"][0]["shoe_size"] = 44


def with_a_word_for_a_number(file: dict[str, Any]) -> None:
    file["orders"]["shop_order"][0]["total_cents"] = "a lot"


def with_a_truth_for_a_number(file: dict[str, Any]) -> None:
    file["orders"]["shop_order"][0]["total_cents"] = True


def with_a_number_beyond_reason(file: dict[str, Any]) -> None:
    file["orders"]["shop_order"][0]["total_cents"] = 10**30


def with_nothing_for_a_name(file: dict[str, Any]) -> None:
    file["household"]["member"][0]["name"] = None


def with_half_a_character(file: dict[str, Any]) -> None:
    file["household"]["member"][0]["name"] = "\ud800"


def with_a_naive_time(file: dict[str, Any]) -> None:
    file["household"]["household"][0]["created_at"] = "2026-11-20T15:00:00"


def with_a_time_that_is_none(file: dict[str, Any]) -> None:
    file["household"]["household"][0]["created_at"] = "yesterday"


def with_an_id_that_is_none(file: dict[str, Any]) -> None:
    file["household"]["member"][0]["id"] = 7


def with_a_row_twice(file: dict[str, Any]) -> None:
    file["household"]["member"].append(file["household"]["member"][0])


def without_a_parent(file: dict[str, Any]) -> None:
    file["orders"]["quote"] = []


def with_a_missing_value(file: dict[str, Any]) -> None:
    del file["household"]["member"][0]["role"]


def with_a_row_that_is_a_list(file: dict[str, Any]) -> None:
    file["household"]["member"][0] = ["Anna"]


def with_a_table_that_is_a_word(file: dict[str, Any]) -> None:
    file["household"]["member"] = "Anna"


def with_a_feature_that_is_a_list(file: dict[str, Any]) -> None:
    file["orders"] = []


DAMAGES = (
    of_another_kind,
    of_another_household,
    with_a_row_of_another_household,
    with_a_row_of_nobody,
    without_its_household,
    empty,
    with_an_unknown_column,
    with_a_word_for_a_number,
    with_a_truth_for_a_number,
    with_a_number_beyond_reason,
    with_nothing_for_a_name,
    with_half_a_character,
    with_a_naive_time,
    with_a_time_that_is_none,
    with_an_id_that_is_none,
    with_a_row_twice,
    without_a_parent,
    with_a_missing_value,
    with_a_row_that_is_a_list,
    with_a_table_that_is_a_word,
    with_a_feature_that_is_a_list,
)


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_foreign_or_damaged_file_is_refused_and_nothing_is_written(
    used: Database, household: UUID, damage: Callable[[dict[str, Any]], None]
) -> None:
    file = copy.deepcopy(exported(used, household))
    erase(used, household)
    before = contents(used)
    damage(file)
    with pytest.raises(ImportRefused):
        load(used, household, file)
    assert contents(used) == before


def test_an_identifier_that_is_somebody_elses_by_now_is_refused(used: Database, household: UUID) -> None:
    file = exported(used, household)
    erase(used, household)
    with used.unit(new_id()) as unit:
        Households(unit).create("New owner", "UTC", bootstrap.system_clock())
        member = Households(unit).add_member("Nora", "owner")
        directory.bind(unit, directory.ACCOUNT, "account-anna", member.id)
    before = contents(used)
    with pytest.raises(ImportRefused, match="do not fit"):
        load(used, household, file)
    assert contents(used) == before


@pytest.mark.parametrize("value", [None, [], "text", 7, {}, {"household_id": "x"}, {"household_id": 7}])
def test_what_is_no_export_names_no_household(value: Any) -> None:
    with pytest.raises(ImportRefused, match="not an export"):
        REGISTRY.household_of(value)
