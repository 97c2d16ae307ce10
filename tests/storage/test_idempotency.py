"""One effect for each request, however often and however simultaneously it comes."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlmodel import col, select

from skill.household.models import Address
from skill.household.service import Households
from skill.storage import idempotency
from skill.storage.database import Database, Unit
from skill.storage.idempotency import TurnRecord
from skill.storage.keys import hashed, new_id

NOW = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
AT_ONCE = 16


@pytest.fixture
def household(database: Database) -> UUID:
    """A household with nothing in it."""
    found = new_id()
    with database.unit(found) as unit:
        Households(unit).create("Home", "UTC", NOW)
    return found


def answer_once(unit: Unit, request_id: str, content: str = "same") -> dict[str, object]:
    """What the dispatcher does, in small: claim, refuse or repeat, else one effect and its answer."""
    record, new = idempotency.claim(unit, request_id, content, NOW, "kitchen")
    if record.content_hash != content:
        return {"refused": True}
    if record.answer is not None:
        return dict(record.answer)
    assert new
    label = str(new_id())
    Households(unit).add_address(label)
    record.answer, record.reply_key = {"effect": label}, "Some.reply"
    unit.session.add(record)
    return dict(record.answer)


def effects(database: Database, household: UUID) -> list[str]:
    with database.reading(household) as unit:
        return list(
            unit.session.exec(select(Address.label).where(col(Address.household_id) == household)).all()
        )


def test_the_same_request_sixteen_times_at_once_has_one_effect_and_one_answer(
    database: Database, household: UUID
) -> None:
    for number in range(3):
        start = threading.Barrier(AT_ONCE)

        def send(_: int, start: threading.Barrier = start, request_id: str = f"r-{number}") -> object:
            start.wait(timeout=20)
            return database.run(household, lambda unit: answer_once(unit, request_id))

        with ThreadPoolExecutor(AT_ONCE) as pool:
            answers = list(pool.map(send, range(AT_ONCE)))
        assert all(answer == answers[0] for answer in answers)
        assert len(effects(database, household)) == number + 1


def test_the_same_id_with_other_content_is_refused_without_an_effect(
    database: Database, household: UUID
) -> None:
    first = database.run(household, lambda unit: answer_once(unit, "r"))
    assert database.run(household, lambda unit: answer_once(unit, "r", "other")) == {"refused": True}
    assert database.run(household, lambda unit: answer_once(unit, "r")) == first
    assert len(effects(database, household)) == 1


def test_two_households_may_use_the_same_request_id(database: Database, household: UUID) -> None:
    neighbour = new_id()
    with database.unit(neighbour) as unit:
        Households(unit).create("Next door", "UTC", NOW)
    for home in (household, neighbour):
        database.run(home, lambda unit: answer_once(unit, "r"))
        assert len(effects(database, home)) == 1


def test_a_claim_that_is_undone_can_be_made_again(database: Database, household: UUID) -> None:
    def cut_off(unit: Unit) -> None:
        answer_once(unit, "r")
        unit.session.flush()
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        database.run(household, cut_off)
    assert effects(database, household) == []
    database.run(household, lambda unit: answer_once(unit, "r"))
    assert len(effects(database, household)) == 1


def test_a_request_cut_off_after_its_checkpoint_knows_where_to_resume(
    database: Database, household: UUID
) -> None:
    def cut_off(unit: Unit) -> None:
        idempotency.claim(unit, "r", "same", NOW, None)
        Households(unit).add_address("kept")
        idempotency.checkpoint(unit, "placing", {"quote": 7})
        Households(unit).add_address("lost")
        unit.session.flush()
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        database.run(household, cut_off)
    assert effects(database, household) == ["kept"]
    with database.unit(household) as unit:
        record, new = idempotency.claim(unit, "r", "same", NOW, None)
        assert not new
        assert (record.answer, record.resume) == (None, {"kind": "placing", "payload": {"quote": 7}})


def test_a_checkpoint_outside_a_request_commits_as_well(database: Database, household: UUID) -> None:
    with database.unit(household) as unit:
        Households(unit).add_address("home")
        idempotency.checkpoint(unit, "placing", {})
        unit.session.rollback()
    assert effects(database, household) == ["home"]


def test_the_newest_answer_of_the_same_speaker_is_found(database: Database, household: UUID) -> None:
    with database.unit(household) as unit:
        for minute, device in enumerate(["kitchen", "bedroom", "kitchen"]):
            at = NOW + timedelta(minutes=minute)
            record, _new = idempotency.claim(unit, f"r-{minute}", "x", at, device)
            record.reply_key, record.variant = "Some.reply", minute
    with database.reading(household) as unit:
        newest = idempotency.last_answered(unit, "kitchen", NOW)
        assert newest is not None
        assert newest.request_id == "r-2"
        other = idempotency.last_answered(unit, "bedroom", NOW)
        assert other is not None
        assert other.request_id == "r-1"
        assert idempotency.last_answered(unit, "bedroom", NOW + timedelta(minutes=2)) is None
        assert idempotency.last_answered(unit, None, NOW) is None
        assert idempotency.last_variant(unit, "Some.reply") == 2
        assert idempotency.last_variant(unit, "Other.reply") is None


def test_what_names_a_speaker_is_kept_as_a_hash_only(database: Database, household: UUID) -> None:
    long = "amzn1.ask.device." + "A" * 900
    with database.unit(household) as unit:
        idempotency.claim(unit, "r", "x", NOW, long)
    with database.reading(household) as unit:
        kept = unit.session.exec(
            select(TurnRecord.device_hash).where(col(TurnRecord.household_id) == household)
        ).one()
    assert kept == hashed("device", long)


def test_a_speaker_heard_twice_at_once_is_one_device(database: Database, household: UUID) -> None:
    start = threading.Barrier(AT_ONCE)

    def hear(_: int) -> None:
        start.wait(timeout=20)
        database.run(household, lambda unit: Households(unit).see_device("new speaker", NOW))

    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(hear, range(AT_ONCE)))
