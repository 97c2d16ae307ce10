"""The diary's pure rules: amounts, clock times in the past, repeats, and how long diapers last."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skill.baby import rules
from skill.baby.rules import Change, Feed

ZONES = ("America/New_York", "Europe/Berlin", "Asia/Kolkata", "Australia/Lord_Howe", "UTC")
NEW_YORK = ZoneInfo("America/New_York")
DAY = date(2026, 11, 20)


def local(hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, 20, hour, minute, tzinfo=NEW_YORK)


@pytest.mark.parametrize(
    ("amount", "unit", "locale", "expected_ml"),
    [
        (4, "oz", "en-US", 118.294),
        (3.5, "oz", "de-DE", 103.507),
        (4, "oz", "en-GB", 113.652),
        (120, "ml", "en-US", 120),
        (80, "g", "en-US", None),
    ],
)
def test_an_amount_is_kept_in_millilitres_by_the_ounce_of_the_country(
    amount: float, unit: str, locale: str, expected_ml: float | None
) -> None:
    assert rules.in_ml(amount, unit, locale) == expected_ml


@pytest.mark.parametrize(
    ("amount", "unit"), [(0, "oz"), (-1, "oz"), (65, "oz"), (1_000_000, "ml"), (1_000_000, None), (0, None)]
)
def test_an_amount_that_no_feed_has_does_not_fit(amount: float, unit: str | None) -> None:
    assert not rules.fits(amount, unit)


@pytest.mark.parametrize(("amount", "unit"), [(0.5, "oz"), (64, "oz"), (120, "ml"), (80, "g"), (4, None)])
def test_an_everyday_amount_fits(amount: float, unit: str | None) -> None:
    assert rules.fits(amount, unit)


@pytest.mark.parametrize(
    ("amount", "usual", "expected"),
    [
        (4, None, None),
        (120, None, "ml"),
        (120, "oz", "ml"),
        (4, "oz", "oz"),
        (15, "ml", "ml"),
        (4, "ml", None),
        (80, "g", "ml"),
    ],
)
def test_a_unit_is_implied_only_where_it_is_plain(
    amount: float, usual: str | None, expected: str | None
) -> None:
    assert rules.implied_unit(amount, usual) == expected


@pytest.mark.parametrize(
    ("said", "now", "expected"),
    [
        (time(2, 15), local(9), local(2, 15)),
        (time(3), local(14, 50), local(3)),
        (time(12, 5), local(13), local(12, 5)),
        (time(14, 15), local(15), local(14, 15)),
        (time(23, 30), local(0, 20), local(0) - timedelta(minutes=30)),
        (time(0, 30), local(15), local(0, 30)),
        (time(2, 15), local(2, 14), local(2, 14)),
    ],
)
def test_a_plain_clock_time_is_its_most_recent_past(said: time, now: datetime, expected: datetime) -> None:
    assert rules.readings(said, now) == [expected.astimezone(UTC)]


@pytest.mark.parametrize(
    ("said", "now", "literal", "other"),
    [
        (time(2), local(15), local(2), local(14)),
        (time(2), local(19, 42), local(2), local(14)),
        (time(11, 30), local(0, 20), local(11, 30) - timedelta(days=1), local(0) - timedelta(minutes=30)),
        (time(12, 5), local(1), local(12, 5) - timedelta(days=1), local(0, 5)),
    ],
)
def test_an_hour_of_the_dial_whose_other_half_is_nearer_is_in_doubt(
    said: time, now: datetime, literal: datetime, other: datetime
) -> None:
    assert rules.readings(said, now) == [literal.astimezone(UTC), other.astimezone(UTC)]


def test_german_doubts_an_hour_only_when_its_other_half_was_a_short_while_ago() -> None:
    assert rules.readings(time(3), local(22), language="de") == [local(3).astimezone(UTC)]
    assert len(rules.readings(time(3), local(22))) == 2
    assert len(rules.readings(time(3), local(15, 30), language="de")) == 2


def test_a_named_half_is_not_in_doubt() -> None:
    assert rules.readings(time(2), local(15), sure=True) == [local(2).astimezone(UTC)]
    yesterday = local(23) - timedelta(days=1)
    assert rules.readings(time(23), local(22), sure=True, far=True) == [yesterday.astimezone(UTC)]
    assert rules.readings(time(23), local(22), sure=True) == []


def test_a_named_day_decides_among_the_past_of_that_day() -> None:
    yesterday = DAY - timedelta(days=1)
    five = local(17) - timedelta(days=1)
    assert rules.readings(time(17), local(15), yesterday) == [five.astimezone(UTC)]
    assert len(rules.readings(time(5), local(15), yesterday)) == 2
    assert rules.readings(time(9), local(15), DAY) == [local(9).astimezone(UTC)]
    assert rules.readings(time(17), local(15), DAY) == []


@pytest.mark.parametrize(
    ("part", "said", "half"),
    [
        ("MO", time(2), "am"),
        ("EV", time(8), "pm"),
        ("NI", time(2), "am"),
        ("NI", time(12), "am"),
        ("NI", time(11), "pm"),
        ("", time(2), "am"),
        ("", time(12), "pm"),
    ],
)
def test_a_part_of_the_day_names_a_half(part: str, said: time, half: str) -> None:
    assert rules.half_meant(part, said) == half


@pytest.mark.parametrize(
    ("said", "half", "expected"),
    [
        (time(2), "pm", time(14)),
        (time(12), "am", time(0)),
        (time(12), "pm", time(12)),
        (time(14), "am", time(2)),
        (time(11), "night", time(23)),
        (time(2), "night", time(2)),
    ],
)
def test_a_time_is_put_into_its_half(said: time, half: str, expected: time) -> None:
    assert rules.in_half(said, half) == expected


def test_a_time_of_24_hours_that_is_still_to_come_is_refused() -> None:
    assert rules.readings(time(15), local(14, 50)) == []


def test_an_hour_that_happened_twice_is_the_later_one() -> None:
    after_the_change = datetime(2026, 11, 1, 9, tzinfo=NEW_YORK)  # 1:30 happened at 5:30 and 6:30 UTC

    assert rules.readings(time(1, 30), after_the_change) == [datetime(2026, 11, 1, 6, 30, tzinfo=UTC)]


@given(
    said=st.times(),
    now=st.datetimes(min_value=datetime(2020, 1, 2), max_value=datetime(2040, 1, 1)),
    zone=st.sampled_from(ZONES),
    language=st.sampled_from(["en", "de"]),
)
def test_a_clock_time_never_leads_into_the_future_nor_far_back(
    said: time, now: datetime, zone: str, language: str
) -> None:
    here = now.replace(tzinfo=UTC).astimezone(ZoneInfo(zone))
    for moment in rules.readings(said, here, language=language):
        assert timedelta(0) <= here.astimezone(UTC) - moment <= timedelta(hours=26)


@given(hour=st.integers(1, 12), minute=st.integers(0, 59), zone=st.sampled_from(ZONES))
def test_a_time_on_the_dial_always_has_a_past(hour: int, minute: int, zone: str) -> None:
    here = datetime(2026, 6, 10, 15, 7, tzinfo=ZoneInfo(zone))
    nearest = max(rules.readings(time(hour, minute), here))
    assert here.astimezone(UTC) - nearest <= timedelta(hours=12)


@pytest.mark.parametrize(
    ("amount", "unit", "large"),
    [(12, "oz", False), (12.5, "oz", True), (350, "ml", False), (400, "ml", True), (None, None, False)],
)
def test_an_amount_above_a_big_bottle_is_large(amount: float | None, unit: str | None, large: bool) -> None:
    assert rules.is_large(amount, unit) is large


def test_what_was_not_said_does_not_contradict() -> None:
    assert rules.is_same(Feed("bottle", None, 4, "oz"), Feed(None, None, 4, "oz"))
    assert rules.is_same(Change("wet"), Change(None))


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (Feed(None, None, 4, "oz"), Feed(None, None, 5, "oz")),
        (Feed(None, None, 4, "oz"), Feed(None, None, 4, "ml")),
        (Feed("breast", "left"), Feed("breast", "right")),
        (Change("wet"), Change("dirty")),
        (Change(None), Feed()),
    ],
)
def test_different_contents_are_different_entries(left: Feed | Change, right: Feed | Change) -> None:
    assert not rules.is_same(left, right)


@pytest.mark.parametrize(("age_days", "expected"), [(0, 10), (29, 10), (30, 8), (150, 7), (800, 5)])
def test_the_planned_rate_falls_with_age(age_days: int, expected: int) -> None:
    assert rules.planned_per_day(age_days) == expected


def test_the_own_rate_counts_from_seven_logged_days_on() -> None:
    six = {DAY - timedelta(days=back): 6 for back in range(1, 7)}
    assert rules.rate(six, DAY, planned=8) == rules.Rate(8, own=False)
    seven = {**six, DAY - timedelta(days=9): 13}
    assert rules.rate(seven, DAY, planned=8) == rules.Rate(7, own=True)


def test_today_does_not_change_the_rate() -> None:
    week = {DAY - timedelta(days=back): 6 for back in range(1, 8)}
    assert rules.rate({**week, DAY: 1}, DAY, planned=8) == rules.rate(week, DAY, planned=8)


def test_days_without_entries_count_at_the_rate_and_logged_days_as_logged() -> None:
    delivered = {DAY - timedelta(days=4): 74}
    used = {DAY - timedelta(days=2): 5, DAY: 3}  # two days in between are unlogged
    assert rules.diapers_left(delivered, used, 7, DAY) == 74 - 7 - 5 - 7 - 3


def test_a_delivery_after_a_gap_is_whole() -> None:
    delivered = {DAY - timedelta(days=60): 74, DAY: 74}
    assert rules.diapers_left(delivered, {}, 7, DAY) == 74


def test_nothing_delivered_is_nothing_left() -> None:
    assert rules.diapers_left({}, {DAY: 3}, 7, DAY) == 0


BY_DAY = st.dictionaries(st.integers(0, 60).map(lambda back: DAY - timedelta(days=back)), st.integers(0, 200))


@given(delivered=BY_DAY, used=BY_DAY, per_day=st.floats(0, 20))
def test_what_is_left_is_between_nothing_and_what_came(
    delivered: dict[date, int], used: dict[date, int], per_day: float
) -> None:
    assert 0 <= rules.diapers_left(delivered, used, per_day, DAY) <= sum(delivered.values())


@given(delivered=BY_DAY, used=BY_DAY)
def test_one_more_change_today_takes_one_diaper(delivered: dict[date, int], used: dict[date, int]) -> None:
    before = rules.diapers_left(delivered, used, 7, DAY)
    more = {**used, DAY: used.get(DAY, 0) + 1}
    assert rules.diapers_left(delivered, more, 7, DAY) == max(0, before - 1)


def test_whole_days_are_told_and_no_rate_lasts_no_days() -> None:
    assert rules.days_left(20, 7) == 2
    assert rules.days_left(20, 0) == 0
