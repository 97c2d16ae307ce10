"""The diary on a real database: what is kept, undone, counted, exported and erased."""

from datetime import UTC, datetime, timedelta
from typing import TypeVar
from uuid import UUID

import pytest
from sqlmodel import SQLModel, select

from skill.baby.models import BABY_TABLES, Child, DiaperMovement, DiaryEntry, Feeding
from skill.baby.rules import Change, Feed
from skill.baby.service import Diary, Draft, Told
from skill.household.registry import Registry
from skill.household.service import HOUSEHOLD_TABLES
from tests.baby.diary_home import NOW, ZONE, Home

FOUR_OUNCES = Feed("bottle", None, 4.0, "oz", 118.294)
Row = TypeVar("Row", bound=SQLModel)


def child(diary: Diary, name: str = "Leo") -> Child:
    return next(one for one in diary.children() if one.name == name)


def save(home: Home, what: Feed | Change, at: datetime = NOW, name: str = "Leo", by: str = "Anna") -> None:
    home.do(lambda diary: diary.save(Draft(child(diary, name).id, at, what), home.members[by], at))


def rows(home: Home, table: type[Row]) -> list[Row]:
    with home.database.reading(home.household_id) as unit:
        owner = SQLModel.metadata.tables[str(table.__tablename__)].c.household_id
        return list(unit.session.exec(select(table).where(owner == home.household_id)).all())


def left(home: Home, at: datetime = NOW, name: str = "Leo") -> int | None:
    with home.database.unit(home.household_id) as unit:
        diary = home.diary(unit)
        count = diary.count_diapers(child(diary, name), at, ZONE, "en")
        return count.left if count else None


def test_a_feed_keeps_the_unit_as_said_beside_its_millilitres(home: Home) -> None:
    save(home, FOUR_OUNCES)
    feeding = rows(home, Feeding)[0]
    assert (feeding.amount, feeding.unit, feeding.amount_ml) == (4.0, "oz", 118.294)


def test_a_feed_without_an_amount_has_none_and_never_zero(home: Home) -> None:
    save(home, Feed("breast", "left"))
    assert rows(home, Feeding)[0].amount is None


def test_an_entry_says_who_logged_it_and_when(home: Home) -> None:
    earlier = NOW - timedelta(minutes=20)
    home.do(
        lambda diary: diary.save(Draft(child(diary).id, earlier, Change("wet")), home.members["Ben"], NOW)
    )
    entry = rows(home, DiaryEntry)[0]
    assert (entry.member_id, entry.happened_at, entry.logged_at) == (home.members["Ben"], earlier, NOW)


def test_the_last_entry_goes_by_when_it_happened(home: Home) -> None:
    save(home, Feed("bottle"), NOW)
    save(home, Feed("solid"), NOW - timedelta(hours=3))
    told = home.do(lambda diary: diary.last(child(diary), "feeding"))
    assert told is not None
    assert (told.child, told.what, told.happened_at) == ("Leo", Feed("bottle"), NOW)


def test_the_last_entry_is_the_childs_own(home: Home) -> None:
    save(home, Feed("bottle"), name="Maya")
    assert home.do(lambda diary: diary.last(child(diary), "feeding")) is None


@pytest.mark.parametrize(
    ("kinds", "hours_ago"), [(("wet", "both"), 2), (("dirty", "both"), 2), (("dry",), 4)]
)
def test_the_last_diaper_of_a_kind_counts_one_that_was_both(
    home: Home, kinds: tuple[str, ...], hours_ago: int
) -> None:
    for hours, kind in ((4, "dry"), (3, "wet"), (2, "both"), (1, None)):
        save(home, Change(kind), NOW - timedelta(hours=hours))
    told = home.do(lambda diary: diary.last(child(diary), "diaper", kinds))
    assert isinstance(told, Told)
    assert told.happened_at == NOW - timedelta(hours=hours_ago)


def test_undo_takes_back_only_the_members_own_newest_entry(home: Home) -> None:
    save(home, Change("wet"), NOW - timedelta(minutes=5))
    save(home, Change("dirty"), NOW - timedelta(minutes=3))
    save(home, FOUR_OUNCES, NOW - timedelta(minutes=1), by="Ben")
    told = home.do(lambda diary: diary.undo(home.members["Anna"], NOW))
    assert told is not None
    assert (told.child, told.what, told.happened_at) == ("Leo", Change("dirty"), NOW - timedelta(minutes=3))
    assert home.do(lambda diary: diary.last(child(diary), "feeding")) is not None


def test_an_undone_entry_stays_for_the_audit_and_is_told_no_more(home: Home) -> None:
    save(home, FOUR_OUNCES)
    home.do(lambda diary: diary.undo(home.members["Anna"], NOW + timedelta(minutes=1)))
    entry = rows(home, DiaryEntry)[0]
    assert (entry.removed_at, entry.removed_by_id) == (NOW + timedelta(minutes=1), home.members["Anna"])
    assert home.do(lambda diary: diary.last(child(diary), "feeding")) is None
    assert home.do(lambda diary: diary.usual_unit()) is None


def test_undo_reaches_back_ten_minutes_and_no_further(home: Home) -> None:
    save(home, FOUR_OUNCES)
    assert home.do(lambda diary: diary.undo(home.members["Anna"], NOW + timedelta(minutes=11))) is None
    assert home.do(lambda diary: diary.undo(home.members["Anna"], NOW + timedelta(minutes=10))) is not None


def test_two_undos_take_back_two_entries(home: Home) -> None:
    save(home, Change("wet"), NOW - timedelta(minutes=2))
    save(home, Change("dirty"), NOW - timedelta(minutes=1))
    first = home.do(lambda diary: diary.undo(home.members["Anna"], NOW))
    second = home.do(lambda diary: diary.undo(home.members["Anna"], NOW))
    assert isinstance(first, Told)
    assert isinstance(second, Told)
    assert (first.what, second.what) == (Change("dirty"), Change("wet"))


def test_a_change_uses_a_diaper_and_undo_puts_it_back(home: Home) -> None:
    home.deliver("D2", 1, NOW)
    assert left(home) == 74
    save(home, Change("wet"))
    assert left(home) == 73
    home.do(lambda diary: diary.undo(home.members["Anna"], NOW))
    assert left(home) == 74
    assert [row.quantity for row in rows(home, DiaperMovement) if row.reason != "delivered"] == [-1, 1]


def test_a_dry_diaper_is_put_on_again(home: Home) -> None:
    home.deliver("D2", 1, NOW)
    save(home, Change("dry"))
    assert left(home) == 74


def test_undoing_a_feed_leaves_the_stock_alone(home: Home) -> None:
    home.deliver("D2", 1, NOW)
    save(home, FOUR_OUNCES)
    home.do(lambda diary: diary.undo(home.members["Anna"], NOW))
    assert left(home) == 74


def test_packs_count_by_their_size_and_only_once_delivered(home: Home) -> None:
    home.deliver("D2", 2, NOW)
    home.deliver("D3", 1, NOW)
    home.deliver("D2", 1, NOW, state="shipped")
    assert left(home) == 148
    assert left(home) == 148


def test_a_size_of_which_nothing_was_delivered_is_not_known(home: Home) -> None:
    home.deliver("N5", 1, NOW)
    assert left(home, name="Maya") is None


def test_days_that_nobody_logged_count_at_the_planned_rate(home: Home) -> None:
    home.deliver("D2", 1, NOW - timedelta(days=4))
    assert left(home) == 74 - 3 * 7


def test_the_children_of_one_size_share_its_diapers(home: Home) -> None:
    home.do(lambda diary: diary.add_child("Noah", NOW.date() - timedelta(days=150), "2"))
    home.deliver("D2", 1, NOW - timedelta(days=2))
    save(home, Change("wet"), NOW, name="Noah")
    assert left(home) == 74 - 2 * 7 - 1


def test_the_day_of_a_change_is_the_households_day(home: Home) -> None:
    home.deliver("D2", 1, NOW - timedelta(days=2))
    save(home, Change("wet"), datetime(2026, 11, 20, 3, tzinfo=UTC))  # 10 PM of the day before in New York
    assert left(home) == 73


def test_two_households_do_not_see_each_other(home: Home) -> None:
    save(home, FOUR_OUNCES)
    with home.database.reading(UUID(int=7)) as unit:
        assert not home.diary(unit).children()
        assert not home.diary(unit).has_entries()


def test_the_diary_is_exported_and_erased_with_the_household(home: Home) -> None:
    home.deliver("D2", 1, NOW)
    save(home, FOUR_OUNCES)
    save(home, Change("wet"))
    left(home)
    registry = Registry({"baby": BABY_TABLES})
    with home.database.unit(home.household_id) as unit:
        exported = registry.export(unit)["baby"]
        assert exported["feeding"][0]["amount"] == 4.0
        assert exported["child"][0]["name"] == "Leo"
        assert registry.erase(unit) == 2 + 2 + 1 + 1 + 2
        assert not home.diary(unit).children()


def test_every_table_is_keyed_by_the_household_first() -> None:
    assert Child.__tablename__ not in [table.__tablename__ for table in HOUSEHOLD_TABLES]
    for table in BABY_TABLES:
        kept = SQLModel.metadata.tables[str(table.__tablename__)]
        groups = [kept.primary_key.columns, *(index.columns for index in kept.indexes)]
        for columns in groups:
            assert next(iter(columns)).name == "household_id"


def test_undo_takes_back_only_what_was_asked_for(home: Home) -> None:
    save(home, Change("wet"))
    save(home, FOUR_OUNCES, NOW + timedelta(minutes=1))
    save(home, Change("dirty"), NOW + timedelta(minutes=2), name="Maya")
    later, anna = NOW + timedelta(minutes=3), home.members["Anna"]

    feed = home.do(lambda diary: diary.undo(anna, later, activity="feeding"))
    assert feed is not None
    assert feed.what == FOUR_OUNCES
    assert home.do(lambda diary: diary.undo(anna, later, activity="feeding")) is None
    assert home.do(lambda diary: diary.undo(anna, later, kinds=("dry",))) is None
    leos = home.do(lambda diary: diary.undo(anna, later, child=child(diary)))
    assert leos is not None
    assert leos.what == Change("wet")


def test_a_change_is_completed_once_and_a_dry_one_returns_its_diaper(home: Home) -> None:
    home.deliver("D2", 1, NOW - timedelta(days=1))
    save(home, Change())
    entry_id = rows(home, DiaryEntry)[0].id
    assert left(home) == 73

    told = home.do(lambda diary: diary.complete(entry_id, "dry"))
    assert told is not None
    assert told.what == Change("dry")
    assert left(home) == 74
    assert home.do(lambda diary: diary.complete(entry_id, "wet")) is None
    assert home.do(lambda diary: diary.undo(home.members["Anna"], NOW)) is not None
    assert left(home) == 74
