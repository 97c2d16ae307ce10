"""The dates of subscriptions: every interval, month ends, clock changes, pauses, and what waits for a yes."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skill.orders.subscription_rules import (
    RUN_AT,
    Rhythm,
    first_date,
    is_announceable,
    is_missed,
    is_paused,
    is_possible,
    measured,
    moment,
    must_wait,
    next_after,
    next_from,
    occurrence,
    read_rhythm,
)

DAYS = st.dates(date(2020, 1, 1), date(2040, 12, 31))
RHYTHMS = st.one_of(
    st.builds(Rhythm, st.just("day"), st.integers(1, 366)),
    st.builds(Rhythm, st.just("need"), st.integers(1, 366)),
    st.builds(Rhythm, st.just("week"), st.integers(1, 52)),
    st.builds(Rhythm, st.just("month"), st.integers(1, 12)),
)
ZONES = st.sampled_from(["America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "Pacific/Apia", "UTC"])


@pytest.mark.parametrize(
    ("wire", "rhythm"),
    [
        ("P4W", Rhythm("week", 4)),
        ("P1D", Rhythm("day", 1)),
        ("P3M", Rhythm("month", 3)),
        ("P1Y", Rhythm("month", 12)),
        ("P0W", None),
        ("P1000Y", None),
        ("P2Y", None),
        ("P53W", None),
        ("P999999D", None),
        ("PT5M", None),
        ("P1W3D", None),
        ("?", None),
        ("P٤W", None),
    ],
)
def test_an_interval_is_at_least_a_day_and_at_most_a_year(wire: str, rhythm: Rhythm | None) -> None:
    assert read_rhythm(wire) == rhythm


def test_the_last_of_january_stays_the_last_of_each_month() -> None:
    monthly = Rhythm("month", 1)
    dates = [occurrence(date(2027, 1, 31), monthly, number) for number in range(4)]
    assert dates == [date(2027, 1, 31), date(2027, 2, 28), date(2027, 3, 31), date(2027, 4, 30)]
    assert next_after(date(2027, 1, 31), monthly, date(2027, 2, 28)) == date(2027, 3, 31)


def test_a_leap_day_comes_again_on_the_last_of_february() -> None:
    assert occurrence(date(2028, 2, 29), Rhythm("month", 12), 1) == date(2029, 2, 28)


@given(DAYS, RHYTHMS, DAYS)
def test_the_next_date_is_the_first_of_the_rhythm_after_a_day(
    anchor: date, rhythm: Rhythm, day: date
) -> None:
    found = next_after(anchor, rhythm, day)
    assert found > day or found == anchor
    assert found >= anchor
    number = next(n for n in range(30_000) if occurrence(anchor, rhythm, n) >= found)
    assert occurrence(anchor, rhythm, number) == found
    assert number == 0 or occurrence(anchor, rhythm, number - 1) <= day


@given(DAYS, RHYTHMS, st.integers(0, 50))
def test_dates_of_a_rhythm_rise_and_are_their_own_next(anchor: date, rhythm: Rhythm, number: int) -> None:
    this, following = occurrence(anchor, rhythm, number), occurrence(anchor, rhythm, number + 1)
    assert this < following
    assert next_from(anchor, rhythm, this) == this
    assert next_after(anchor, rhythm, this) == following


@given(DAYS, ZONES)
def test_a_run_is_due_at_nine_on_the_households_clock_whatever_it_does(day: date, zone: str) -> None:
    due = moment(day, zone)
    local = due.astimezone(ZoneInfo(zone))
    skipped = zone == "Pacific/Apia" and day == date(2011, 12, 30)
    assert due.tzinfo is UTC
    assert skipped or (local.date(), local.time()) == (day, RUN_AT)
    assert moment(day + timedelta(days=1), zone) > due
    assert is_announceable(day, moment(day - timedelta(days=3), zone), zone)
    assert not is_announceable(day, moment(day - timedelta(days=3), zone) - timedelta(seconds=1), zone)


def test_a_day_of_a_clock_change_has_its_own_length() -> None:
    spring = moment(date(2027, 3, 14), "America/New_York") - moment(date(2027, 3, 13), "America/New_York")
    autumn = moment(date(2026, 11, 1), "America/New_York") - moment(date(2026, 10, 31), "America/New_York")
    assert (spring, autumn) == (timedelta(hours=23), timedelta(hours=25))


def test_a_run_may_be_three_days_late_and_no_more() -> None:
    day = date(2026, 11, 20)
    assert not is_missed(day, datetime(2026, 11, 23, 9, 0, tzinfo=UTC), "UTC")
    assert is_missed(day, datetime(2026, 11, 23, 9, 1, tzinfo=UTC), "UTC")


def test_a_pause_ends_on_its_day_by_itself() -> None:
    until = date(2027, 3, 1)
    assert is_paused("paused", until, date(2027, 2, 28))
    assert not is_paused("paused", until, until)
    assert is_paused("paused", None, date(2099, 1, 1))
    assert not is_paused("active", None, until)


def test_the_first_order_follows_the_last_purchase_and_is_never_today() -> None:
    today, weekly = date(2026, 11, 20), Rhythm("week", 1)
    assert first_date(weekly, date(2026, 11, 18), today) == date(2026, 11, 25)
    assert first_date(weekly, date(2026, 1, 1), today) == date(2026, 11, 21)
    assert first_date(weekly, None, today) == date(2026, 11, 21)


def test_the_households_own_rhythm_is_the_median_between_purchases() -> None:
    start = date(2026, 1, 1)
    days = [start + timedelta(days=gap) for gap in (0, 10, 22, 100)]
    assert measured(days) == Rhythm("need", 12)
    assert measured(days[:2]) is None
    assert measured([start] * 5) is None


@given(st.lists(DAYS, max_size=12))
def test_a_measured_rhythm_is_possible(days: list[date]) -> None:
    rhythm = measured(days)
    assert rhythm is None or is_possible(rhythm)


@pytest.mark.parametrize(
    ("was", "now", "currency", "waits"),
    [
        (1000, 1000, "USD", False),
        (1000, 900, "USD", False),
        (1000, 1100, "USD", False),
        (1000, 1101, "USD", True),
        (5000, 5200, "USD", False),
        (5000, 5201, "USD", True),
        (5000, 5002, "JPY", False),
        (5000, 5003, "JPY", True),
    ],
)
def test_over_ten_percent_or_two_whole_units_waits_for_a_yes(
    was: int, now: int, currency: str, waits: bool
) -> None:
    assert must_wait(was, now, currency) == waits
