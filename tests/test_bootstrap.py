"""The composition root: the embedded file is made whole and once, and the App does what every face needs."""

import shutil
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlmodel import SQLModel, func, select

from skill import bootstrap
from skill.bootstrap import OFFLINE_USER, App
from skill.conversation.turn import Heard
from skill.household import directory
from skill.household.identity import Speaker
from skill.household.tokens import TokenRefused
from skill.settings import Settings
from skill.storage import schema
from skill.storage.engine import make_engine
from skill.storage.errors import DatabaseError, DatabaseMissing, DatabaseUnmigrated

NOW = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)


def embedded(path: Path, *, given: bool = False, env: str = "development") -> Settings:
    return Settings(env=env, skill_id="x", database_url=f"sqlite:///{path}", database_url_given=given)


@pytest.fixture
def app(demo_file: Path, tmp_path: Path) -> Iterator[App]:
    """The App on a copy of the demo file."""
    path = tmp_path / "demo.db"
    shutil.copyfile(demo_file, path)
    made = bootstrap.build(embedded(path), clock=lambda: NOW)
    yield made
    made.close()


def rows(app: App, table: str) -> int:
    counted = select(func.count()).select_from(SQLModel.metadata.tables[table])
    with app.database.reading(None) as unit:
        return unit.session.exec(counted.execution_options(crosses_households="fixtures")).one()


def test_the_embedded_file_is_made_with_its_folder_and_nothing_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "var" / "restock.db"
    bootstrap.prepare(embedded(path))
    assert [found.name for found in path.parent.iterdir()] == ["restock.db"]
    app = bootstrap.build(embedded(path))
    assert app.caller(Speaker(user_id=OFFLINE_USER), NOW).name == "Anna"
    app.close()


def test_a_file_that_is_there_is_left_alone(demo_file: Path, tmp_path: Path) -> None:
    path = tmp_path / "restock.db"
    shutil.copyfile(demo_file, path)
    before = path.read_bytes()
    bootstrap.prepare(embedded(path))
    assert path.read_bytes() == before


def test_a_database_that_was_named_is_never_made(tmp_path: Path) -> None:
    path = tmp_path / "named.db"
    bootstrap.prepare(embedded(path, given=True))
    with pytest.raises(DatabaseMissing):
        bootstrap.build(embedded(path, given=True))
    assert not path.exists()


def test_a_preparation_that_fails_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_app: App) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(bootstrap, "seed_demo", fail)
    with pytest.raises(ZeroDivisionError):
        bootstrap.prepare(embedded(tmp_path / "restock.db"))
    assert list(tmp_path.iterdir()) == []


def test_of_two_that_prepare_at_once_the_first_one_stays(
    demo_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "restock.db"
    seed = bootstrap.seed_demo

    def overtaken(app: App) -> None:
        seed(app)
        shutil.copyfile(demo_file, path)

    monkeypatch.setattr(bootstrap, "seed_demo", overtaken)
    bootstrap.prepare(embedded(path))
    assert path.read_bytes() == demo_file.read_bytes()
    assert [found.name for found in tmp_path.iterdir()] == ["restock.db"]


def test_a_file_system_without_hard_links_serves_as_well(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unsupported(_self: Path, _target: Path) -> None:
        raise OSError("not supported")

    monkeypatch.setattr(Path, "hardlink_to", unsupported)
    bootstrap.prepare(embedded(tmp_path / "restock.db"))
    assert [found.name for found in tmp_path.iterdir()] == ["restock.db"]


def test_an_older_embedded_file_is_migrated(
    demo_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "restock.db"
    shutil.copyfile(demo_file, path)
    upgraded: list[str] = []
    monkeypatch.setattr(schema, "REVISIONS", (*schema.REVISIONS, "9999"))
    monkeypatch.setattr(schema, "upgrade", lambda engine: upgraded.append(str(engine.url)))
    bootstrap.prepare(embedded(path))
    assert upgraded == [f"sqlite:///{path}"]


def test_an_app_is_not_built_on_an_unmigrated_database(tmp_path: Path) -> None:
    (tmp_path / "empty.db").touch()
    with pytest.raises(DatabaseUnmigrated):
        bootstrap.build(embedded(tmp_path / "empty.db"))


def test_seeding_again_changes_nothing(app: App) -> None:
    tables = ("sku", "price", "reward", "household", "shop_order")
    before = {table: rows(app, table) for table in tables}
    bootstrap.seed_demo(app)
    assert {table: rows(app, table) for table in tables} == before


def test_an_unknown_user_who_asks_twice_at_once_gets_one_household(app: App) -> None:
    before = rows(app, "household")
    start = threading.Barrier(4)

    def arrive(_: int) -> object:
        start.wait(timeout=20)
        return app.caller(Speaker(user_id="amzn1.ask.account.NEW"), NOW)

    with ThreadPoolExecutor(4) as pool:
        callers = list(pool.map(arrive, range(4)))
    assert callers == callers[:1] * 4
    assert rows(app, "household") == before + 1


def test_in_production_an_unknown_user_makes_no_household(demo_file: Path, tmp_path: Path) -> None:
    path = tmp_path / "demo.db"
    shutil.copyfile(demo_file, path)
    app = bootstrap.build(embedded(path, env="production"))
    before = rows(app, "household")
    assert app.caller(Speaker(user_id="amzn1.ask.account.NEW"), NOW).household_id is None
    assert rows(app, "household") == before
    app.close()


@dataclass
class OneToken:
    """A token check that knows one token."""

    def subject(self, token: str, at: datetime) -> str:
        if token != "good":
            raise TokenRefused("signature")
        return "account-anna"


def test_a_linked_account_is_bound_and_an_unlinked_one_forgotten(app: App) -> None:
    anna = app.member("Anna")
    with app.database.unit(anna.household_id) as unit:
        directory.bind(unit, directory.ACCOUNT, "account-anna", anna.member_id)
    speaker = Speaker(user_id="amzn1.ask.account.PHONE")

    def bound() -> object:
        return directory.find(app.database, directory.ALEXA_USER, "amzn1.ask.account.PHONE")

    linked = "AlexaSkillEvent.SkillAccountLinked"
    app.event(linked, speaker, NOW, {"accessToken": "good"})
    assert bound() is None  # without a provider no token proves anything
    app.tokens = OneToken()
    for body in ({}, {"accessToken": 7}, {"accessToken": "forged"}):
        app.event(linked, speaker, NOW, body)
        assert bound() is None
    app.event(linked, Speaker(), NOW, {"accessToken": "good"})
    app.event(linked, speaker, NOW, {"accessToken": "good"})
    assert bound() == anna
    app.event("AlexaSkillEvent.SkillPermissionChanged", speaker, NOW, {})
    assert bound() == anna
    app.event("AlexaSkillEvent.SkillDisabled", speaker, NOW, {})
    assert bound() is None


def test_whether_an_intent_can_be_met_is_said_without_a_trace(app: App) -> None:
    before = rows(app, "turn_record")
    assert app.can_fulfill("ReorderUsualIntent", {})
    assert app.can_fulfill("OrderItemIntent", {"product": Heard("oat milk")})
    assert not app.can_fulfill("OrderItemIntent", {"product": Heard("a submarine with wings")})
    assert not app.can_fulfill("BookFlightIntent", {})
    assert rows(app, "turn_record") == before


@pytest.mark.parametrize("locale", ["en-US", "de-DE", "fr-FR"])
def test_an_apology_needs_no_database(app: App, locale: str) -> None:
    answer = app.apologise(locale)
    assert answer.speech
    assert not answer.session_open


def test_people_are_found_by_name_and_customers_by_number(app: App) -> None:
    assert app.member(None) == app.member("anna")
    with app.database.unit(app.member("ben").household_id) as unit:
        directory.bind(unit, directory.CUSTOMER, "17850", app.member("ben").member_id)
    assert app.member("17850") == app.member("Ben")
    assert app.caller(Speaker(user_id=app.speaker("Ben")), NOW).name == "Ben"
    for unknown in ("Zelda", ""):
        with pytest.raises(LookupError):
            app.member(unknown)


def test_without_the_demo_household_nobody_is_found(tmp_path: Path) -> None:
    path = tmp_path / "bare.db"
    engine = make_engine(f"sqlite:///{path}")
    schema.upgrade(engine)
    engine.dispose()
    app = bootstrap.build(embedded(path))
    with pytest.raises(LookupError, match="restock db seed"):
        app.member(None)
    app.close()


def test_an_address_that_is_none_is_told_before_anything_is_made(tmp_path: Path) -> None:
    chosen = replace(embedded(tmp_path / "x.db"), database_url="nonsense")
    for made in (bootstrap.prepare, bootstrap.build):
        with pytest.raises(DatabaseError):
            made(chosen)
